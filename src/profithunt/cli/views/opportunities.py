"""Opportunities in the terminal: money with its range at the left, then what, why and the action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing
from profithunt.reports.wording import entity_text, evidence_text, examples, sure, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from profithunt.opportunities import Hunt, Opportunity


def opportunities(items: Sequence[Opportunity], currency: str) -> Table:
    """One block an opportunity."""
    from rich.table import Table

    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    shown.add_column(justify="right", no_wrap=True)
    shown.add_column(ratio=1, overflow="fold")
    for item in items:
        shown.add_row(_money(item, currency), _what(item, currency))
    return shown


def _money(item: Opportunity, currency: str) -> Text:
    from rich.text import Text

    return Text.assemble(
        (fmt.money(item.value, currency), "bold"),
        (f"\n{fmt.money_range(item.p10, item.p90, currency)}", "dim"),
        (f"\nin {item.window_days} days", "dim"),
        (f"\n{item.id}", "dim"),
    )


def _what(item: Opportunity, currency: str) -> Text:
    from rich.text import Text

    does = "reversible" if item.reversible else "hard to reverse"
    not_counted = "" if item.counted else " · not counted"
    waits = "" if item.executes else " · another action on the same comes first"
    orders = examples(item.evidence)
    return Text.assemble(
        (f"{item.rank}. {item.title}: {entity_text(item.entity)}", "bold"),
        f"\n{evidence_text(item.evidence, currency)}",
        (f"\nfor example order {', '.join(orders)}" if orders else "", "dim"),
        f"\n→ {words(item.action)}",
        (
            f"  {item.owner.replace('_', ' ')} · {does} · {sure(item.confidence)} · {item.code}{not_counted}{waits}",
            "dim",
        ),
    )


def hunt(found: Hunt, currency: str, top: int, wanted: str = "") -> list[RenderableType]:
    """The ranked list, then what sleeps for want of data, what another detector vetoed, and what failed.

    `wanted` says in words what the list was cut down to.
    """
    if not found and wanted:
        finding = f"Nothing found for {wanted}."
    elif not found:
        finding = "Nothing found that passes the gates: enough data, money above the floor, a gap likely to be real."
    else:
        which = "" if len(found) <= top else f", the first {top} shown"
        finding = f"{fmt.counted(len(found), 'opportunity', 'opportunities')}{which}."
        finding += f" {fmt.money(found.total, currency)} in 28 days, what several claim counted once"
        finding += f" ({fmt.money(found.claimed, currency)} claimed)." if found.claimed > found.total else "."
    parts: list[RenderableType] = [heading("Opportunities, in order of money", finding), ""]
    if found:
        parts.append(opportunities(found.opportunities[:top], currency))
    asleep = [f"{item.code} {words(item.name)}: needs {item.wakes}" for item in found.sleeping]
    vetoed = [f"{entity_text(item.opportunity.entity)}: {item.opportunity.title}, but {words(item.by).lower()}"
              for item in found.vetoed[:top]]  # fmt: skip
    failed = [f"{item.code} {words(item.name)}: {item.reason}" for item in found.failed]
    for title, lines in (
        (f"{fmt.counted(len(found.vetoed), 'find')} set aside by another", vetoed),
        (f"{fmt.counted(len(asleep), 'detector')} asleep for want of data", asleep),
        (f"{fmt.counted(len(failed), 'detector')} failed", failed),
    ):
        if lines:
            parts.append(listing(title, lines))
    return parts
