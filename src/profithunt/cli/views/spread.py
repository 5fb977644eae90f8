"""Spread and anomalies of metrics in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.spread import Spread, SpreadMember


def spread(found: Spread, currency: str, top: int) -> list[RenderableType]:
    """How a metric spreads, then its worst members and its best."""

    def text(value: float | None) -> str:
        if found.metric.unit == "money":
            return fmt.money(value, currency)
        return fmt.share(value) if found.metric.unit == "share" else fmt.number(value)

    total = found.total
    rows = f"p10 {text(total.p10)}, p50 {text(total.p50)}, p90 {text(total.p90)} over {fmt.count(total.n_rows)} rows"
    parts: list[RenderableType] = [heading(f"{found.metric.title}: {text(total.value)}", rows)]
    if found.members:
        names = ("Value", "Rows", "p10", "p50", "p90", "Fairly")
        shown = table(str(found.by), *names, "Worst examples", right=names)
        kept: Sequence[SpreadMember | None] = found.members
        if len(found.members) > 2 * top:
            kept = [*found.members[:top], None, *found.members[-top:]]
        for one in kept:
            if one is None:
                shown.add_row("⋮")
                continue
            fair = fmt.MISSING if one.low is None else f"{text(one.low)} to {text(one.high)}"
            values = [text(value) for value in (one.p10, one.p50, one.p90)]
            shown.add_row(
                one.member or "", text(one.value), fmt.count(one.n_rows), *values, fair, ", ".join(one.examples)
            )
        parts += [heading(f"By {found.by}, worst first", "fairly: 90 % range, held against the others"), shown]
    return parts


def anomalies(rows: Sequence[Mapping[str, Any]], top: int, chance: float) -> list[RenderableType]:
    """The latest anomalies of all metrics; `chance` is the share of them that may be none."""
    found = f"{fmt.counted(len(rows), 'anomaly', 'anomalies')}; about {fmt.share(chance)} of them may be chance."
    if not rows:
        return [heading("Anomalies", "None: nothing left its usual course by more than chance explains.")]
    shown = table("Day", "Metric", "Of", "Kind", "Seen", "Expected", "To the bad", "Noted", right=("Seen", "Expected"))
    for row in rows[:top]:
        of = f"{row['dimension']} {row['member']}" if row["dimension"] else "shop"
        figures = [fmt.number(row[name]) for name in ("seen", "expected")]
        bad = "yes" if row["adverse"] else ""
        shown.add_row(fmt.day(row["on"]), row["metric"], of, row["kind"], *figures, bad, row["event"] or fmt.MISSING)
    more = [f"{len(rows) - top} earlier ones: --top {len(rows)}, or --json"] if len(rows) > top else []
    return [heading("Anomalies, the latest first", found), shown, *more]
