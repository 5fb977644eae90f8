"""What is heard from customers: the taxonomy of reasons, and the tables that contacts, reviews and returns give."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_model, read_model
from profithunt.engine.compiler import values_query
from profithunt.errors import ConfigError, NotFound

QUERIES: Final = Path(__file__).parent / "queries"
TABLE: Final = "heard"
UNCLEAR: Final = "unclear"
DIMENSIONS: Final = {
    "reason": "reason",
    "sku": "sku",
    "category": "category",
    "lane": "lane",
    "defect": "defect",
    "country": "country",
    "channel": "channel",
    "medium": "medium",
    "kind": "kind",
}
"""What can be cut by, and the column of `heard` behind it."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Reason:
    """One reason of the taxonomy: its name, title, the team that can change it, defects it goes with, seed phrases."""

    name: str
    title: str
    team: str
    defects: tuple[str, ...] = ()
    praise: bool = False
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def pairs(self) -> list[tuple[str, str]]:
        """(phrase, reason) of every seed."""
        return [(phrase, self.name) for phrases in self.seeds.values() for phrase in phrases]

    def to_json(self) -> dict[str, Any]:
        """As data; of the seeds how many by language."""
        return {
            "reason": self.name,
            "title": self.title,
            "team": self.team,
            "defects": list(self.defects),
            "praise": self.praise,
            "n_seeds": {language: len(phrases) for language, phrases in self.seeds.items()},
        }


@cache
def taxonomy() -> tuple[Reason, ...]:
    """The default taxonomy of retail reasons (`reasons.toml`)."""
    text = files("profithunt.proposition").joinpath("reasons.toml").read_text("utf-8")
    return _reasons(tomllib.loads(text), "reasons.toml")


def taxonomy_of(config: ShopConfig) -> tuple[Reason, ...]:
    """The taxonomy of a shop: its own file where it names one. Raises ConfigError."""
    if config.listening.taxonomy is None:
        return taxonomy()
    path = config.folder / config.listening.taxonomy
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            "can't be read", where=f"{config.folder / 'shop.toml'}, listening.taxonomy", expected=f"a file at {path}"
        ) from error
    except ValueError as error:
        raise ConfigError(f"is not TOML: {error}", where=str(path), do="mend that line") from error
    return _reasons(data, str(path))


def _reasons(data: Mapping[str, Any], where: str) -> tuple[Reason, ...]:
    found = []
    for name, given in data.items():
        if not _NAME.fullmatch(name) or name == UNCLEAR or not isinstance(given, dict):
            raise ConfigError(f"'{name}' is no reason", where=where, expected="[lower_case_name] with title and seeds")
        unknown = set(given) - {"title", "team", "defects", "praise", "seeds"}
        if unknown:
            raise ConfigError(f"unknown key '{min(unknown)}' of {name}", where=where)
        seeds = given.get("seeds", {})
        if not isinstance(seeds, dict) or not all(_is_phrases(phrases) for phrases in seeds.values()) or not seeds:
            raise ConfigError(f"{name} has no seeds", where=where, expected='[name.seeds] with en = ["a phrase", …]')
        title = given.get("title") or name.replace("_", " ").capitalize()
        by_language = {str(language): tuple(phrases) for language, phrases in seeds.items()}
        defects = tuple(given.get("defects", ()))
        found.append(Reason(name, title, given.get("team", "service"), defects, bool(given.get("praise")), by_language))
    if len(found) < 2:
        raise ConfigError("has fewer than two reasons", where=where, expected="two at least, to tell them apart")
    return tuple(found)


def _is_phrases(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(item, str) and item.strip() for item in given)


# What a run has to say


def texts(engine: AnyEngine) -> dict[str, Any]:
    """Columns `text` and `n` of every distinct text, as arrays."""
    return engine.arrays(_compiled("heard_texts", {}))


def heard_query(config: ShopConfig) -> str:
    """The table `heard`: the run, `_read_texts` (text, reason, probability, also) and `_labels` (kind, id, reason)."""
    return _compiled("heard", {"timezone": config.shop.timezone})


def labels_query(labels: Sequence[tuple[str, str, str]]) -> exp.Select:
    """Corrections as the table `_labels`."""
    return values_query({"kind": "text", "id": "text", "reason": "text"}, list(labels))


def labelled_texts(engine: AnyEngine) -> list[tuple[str, str]]:
    """(text, reason) of what was corrected and has words, from `_labels` and the run."""
    rows = engine.rows(_compiled("labelled_texts", {}))
    return [(str(text), str(reason)) for text, reason in rows]


def members(engine: AnyEngine, by: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Rows of `heard_members.sql`."""
    return engine.dicts(_compiled("heard_members", {"first": first, "last": last}, by))


def weeks(engine: AnyEngine, by: str, last: dt.date, n_weeks: int) -> list[dict[str, Any]]:
    """Rows of `heard_weeks.sql`."""
    return engine.dicts(_compiled("heard_weeks", {"last": last, "n_weeks": n_weeks}, by))


def orders(engine: AnyEngine, first: dt.date, last: dt.date, n_weeks: int, timezone: str) -> dict[int, int]:
    """Orders by week back from `last`; those from `first` to `last` under -1."""
    values = {"first": first, "last": last, "n_weeks": n_weeks, "timezone": timezone}
    return {int(row["week"]): int(row["n"]) for row in engine.dicts(_compiled("order_weeks", values))}


def voices(engine: AnyEngine, by: str, first: dt.date, last: dt.date, n: int, seed: int) -> list[dict[str, Any]]:
    """Rows of `heard_voices.sql`: `n` of each member's own words, another fair choice for each seed."""
    return engine.dicts(_compiled("heard_voices", {"first": first, "last": last, "n": n, "seed": seed}, by))


def term_counts(engine: AnyEngine, last: dt.date, lately_days: int, n_weeks: int) -> dict[str, Any]:
    """Columns of `heard_terms.sql` as arrays."""
    return engine.arrays(_compiled("heard_terms", {"last": last, "lately_days": lately_days, "n_weeks": n_weeks}))


def sample(engine: AnyEngine, first: dt.date, last: dt.date, n: int, seed: int) -> list[dict[str, Any]]:
    """A fair random sample of contacts and reviews between two days."""
    return engine.dicts(_compiled("listening_sample", {"first": first, "last": last, "n": n, "seed": seed}))


def costs(engine: AnyEngine) -> tuple[float, float]:
    """What a failed order costs in contacts and returns, and what a contact costs; 1 each where no cost is known."""
    row = engine.dicts(_compiled("heard_costs", {}))[0]
    return float(row["failed_cost"] or 1.0), float(row["contact_cost"] or 1.0)


def worst(engine: AnyEngine, first: dt.date, last: dt.date, n: int) -> list[dict[str, Any]]:
    """The journeys of a span of days that went worst, by defects and money."""
    failed, contact = costs(engine)
    values = {"first": first, "last": last, "n": n, "defect_cost": failed, "contact_cost": contact}
    return engine.dicts(_compiled("listening_worst", values))


def journey(engine: AnyEngine, order_id: str, timezone: str) -> list[dict[str, Any]]:
    """One order as the customer lived it, from touch to return. Raises NotFound."""
    rows = engine.dicts(_compiled("journey", {"order_id": order_id, "timezone": timezone}))
    if not rows:
        raise NotFound(f"there is no order {order_id!r} in this run")
    return rows


def one(engine: AnyEngine, kind: str, id_: str) -> dict[str, Any] | None:
    """A row of `heard`, or None."""
    where = [exp.column(name).eq(exp.Literal.string(value)) for name, value in (("kind", kind), ("id", id_))]
    rows = engine.dicts(exp.select("*").from_(TABLE).where(*where))
    return rows[0] if rows else None


def _compiled(name: str, values: Mapping[str, Any], by: str | None = None) -> str:
    parts: dict[str, exp.Expr] = {}
    if by is not None:
        if by not in DIMENSIONS:
            raise NotFound(f"there is no dimension {by!r}", do=f"there are: {', '.join(DIMENSIONS)}")
        parts["member"] = exp.column(DIMENSIONS[by])
    return compile_model(read_model(QUERIES / f"{name}.sql"), parts=parts, values=dict(values))
