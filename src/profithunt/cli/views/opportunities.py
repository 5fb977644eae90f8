"""Opportunities in the terminal: money with its range at the left, then what, why and the action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing
from profithunt.reports.wording import entity_text, evidence_text, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def opportunities(items: Sequence[Mapping[str, Any]], titles: Mapping[str, str], currency: str) -> Table:
    """One block an opportunity; `titles` names each detector's leak by its code."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    shown.add_column(justify="right", no_wrap=True)
    shown.add_column(ratio=1, overflow="fold")
    for item in items:
        value = Text.assemble(
            (fmt.money(item["value"], currency), "bold"),
            (f"\n{fmt.money_range(item['p10'], item['p90'], currency)}", "dim"),
            (f"\nin {item['window_days']} days", "dim"),
        )
        title = titles.get(item["code"], item["code"])
        does = "reversible" if item["reversible"] else "hard to reverse"
        sure = "" if item["confidence"] is None else f" · {item['confidence']:.0%} sure"
        what = Text.assemble(
            (f"{item['rank']}. {title}: {entity_text(item['entity'])}", "bold"),
            f"\n{evidence_text(item['evidence'], currency)}" if item["evidence"] else "",
            f"\n→ {words(item['action'])}",
            (f"  {item['owner']} · {does}{sure} · {item['code']}", "dim"),
        )
        shown.add_row(value, what)
    return shown


def hunt(
    items: Sequence[Mapping[str, Any]],
    titles: Mapping[str, str],
    asleep: Sequence[str],
    failures: Sequence[str],
    currency: str,
    top: int,
) -> list[RenderableType]:
    """The ranked list, then what sleeps for want of data and what failed."""
    if not items:
        finding = "Nothing found that passes the gates: enough data, money above the floor, a gap likely to be real."
    else:
        which = "" if len(items) <= top else f", the first {top} shown"
        finding = f"{fmt.counted(len(items), 'opportunity', 'opportunities')}{which}."
    parts: list[RenderableType] = [heading("Opportunities, in order of money", finding), ""]
    if items:
        parts.append(opportunities(items[:top], titles, currency))
    if asleep:
        parts.append(listing(f"{fmt.counted(len(asleep), 'detector')} asleep for want of data", asleep))
    if failures:
        parts.append(listing(f"{fmt.counted(len(failures), 'detector')} failed", failures))
    return parts
