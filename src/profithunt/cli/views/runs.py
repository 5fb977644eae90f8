"""A finished run and written files in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading
from profithunt.cli.views.waterfall import draw
from profithunt.reports.sentences import is_empty, ties_out

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.charts import WaterfallStep


def finished(
    info: Mapping[str, Any], steps: Sequence[WaterfallStep], currency: str, width: int
) -> list[RenderableType]:
    """The waterfall of a run that has just finished, and in a line each: does it tie out, what was set aside, found."""
    health, tables = info["health"], info["tables"]
    n_cuts = len(info["reconciliation"]["slices"])
    total = fmt.to_decimal(info["reconciliation"]["total"])
    seconds = sum(info["seconds"].values())
    reused = sum(1 for table in tables.values() if table["reused"])
    lines = [
        f"Ties out: {ties_out(total, n_cuts, currency, empty=is_empty(steps))}",
        _aside(health, currency),
        f"Found: {fmt.counted(info['hunt']['opportunities'], 'opportunity', 'opportunities')} (profithunt hunt).",
        f"Run {info['run_id']} took {fmt.duration(seconds)}; {fmt.counted(reused, 'table')} taken over as they were.",
    ]
    return [heading("From list price to contribution profit"), "", draw(steps, currency, width), "", "\n".join(lines)]


def _aside(health: Mapping[str, Any], currency: str) -> str:
    read = sum(table["rows_read"] for table in health["tables"].values())
    rows = health["rows_quarantined"]
    if not rows:
        return f"Data: {fmt.counted(read, 'row')} read, none set aside."
    amount = fmt.money(health["money_quarantined"], currency)
    return f"Data: {fmt.failed(rows, read, 'row')} set aside, with {amount} in them (profithunt check says why)."


def written(paths: Sequence[Path]) -> list[RenderableType]:
    """Files that were written, with their sizes."""
    width = max((len(str(path)) for path in paths), default=0)
    return ["\n".join(f"{path!s:<{width}}  {fmt.size(path.stat().st_size):>8}" for path in paths)]
