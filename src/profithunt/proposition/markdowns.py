"""What markdown ladders are worked out from: stock and season, weeks of sales and prices, who buys what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
WEEKS: Final = 104
MOST_SKUS: Final = 20_000


@dataclass(frozen=True)
class Books:
    """Columns of `markdown_skus.sql`, `markdown_weeks.sql`, `markdown_open.sql`, `markdown_tags.sql` as arrays."""

    skus: dict[str, Any]
    weeks: dict[str, Any]
    there: dict[str, Any]
    tags: dict[str, Any]


def books(engine: AnyEngine, values: Mapping[str, Any], category: str | None) -> Books:
    """Everything that the study reads; `values` are the ledger's. Needs `stock` and `products`."""
    given = {**values, "category": category, "weeks": WEEKS, "most_skus": MOST_SKUS}
    return Books(
        *(
            _arrays(engine, name, given)
            for name in ("markdown_skus", "markdown_weeks", "markdown_open", "markdown_tags")
        )
    )


def counted(engine: AnyEngine) -> bool:
    """Whether there is a count of stock."""
    return bool(engine.value(exp.select(exp.Count(this=exp.Star())).from_("stock")))


def segments(engine: AnyEngine, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of `markdown_segments.sql` as arrays."""
    return _arrays(engine, "markdown_segments", values)


def _arrays(engine: AnyEngine, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return engine.arrays(compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values)))
