"""The demo in the terminal: from the waterfall to what to do, and where everything is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views import cohorts, customers as people
from profithunt.cli.views.tables import heading, money, table
from profithunt.cli.views.waterfall import draw
from profithunt.reports import sentences
from profithunt.reports.wording import NAMED, entity_text, evidence_text, sure, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from profithunt.reports.content import Member, Opportunity, Report, Tails

SHOWN: Final = 5


def demo(report: Report, folder: Path, page: Path, width: int) -> list[RenderableType]:
    """Everything that the demo shows, in the order of the questions that people ask."""
    currency = report.currency
    whale, _ = sentences.whale(report.whale, currency)
    parts: list[RenderableType] = [
        heading(f"{sentences.headline(report)}.", sentences.basis(report)),
        "",
        draw(report.steps, currency, width),
    ]
    for group in (report.customers, report.skus):
        if group is not None:
            parts += _tails(group, currency)
    if whale:
        parts.append(heading("Whale curve", whale))
    if report.people is not None:
        parts += people.segments(report.people.segments, currency)
        parts += people.flows(report.people.flows[-SHOWN:], currency)
        recent = replace(report.people.cohorts, rows=report.people.cohorts.rows[-2 * SHOWN :])
        parts += cohorts.cohorts(recent, currency, width)
    parts.append(heading("Does it tie out?", sentences.reconciliation(report)))
    parts.append(heading("Data health", "\n".join(_health(report))))
    parts += [heading("What to do, in order of money", sentences.opportunities(report, SHOWN)), ""]
    parts.append(_opportunities(report.opportunities[:SHOWN], currency))
    return [*parts, heading("Where things are", "\n".join(_places(report, folder, page)))]


def _tails(group: Tails, currency: str) -> list[RenderableType]:
    lost = sentences.losing(group, currency)
    shown = table(
        group.one[:1].upper() + group.one[1:], "", group.counts, "Net sales", "Contribution",
        right=(group.counts, "Net sales", "Contribution"),
    )  # fmt: skip
    for member in group.best[:SHOWN]:
        _add(shown, member, currency)
    shown.add_row("⋮")
    for member in reversed(group.worst[:SHOWN]):
        _add(shown, member, currency)
    return [heading(f"Best and worst {group.many}", f"{lost}." if lost else ""), shown]


def _add(shown: Table, member: Member, currency: str) -> None:
    amounts = (money(member.net_sales, currency), money(member.cm3, currency))
    shown.add_row(member.id, member.detail, fmt.count(member.n), *amounts)


def _health(report: Report) -> list[str]:
    tables = fmt.counted(len(report.tables), "table")
    asleep = fmt.counted(len(report.capabilities), "capability", "capabilities")
    days = f"from {fmt.day(report.first_on)} to {fmt.day(report.last_on)}"
    return [
        sentences.health(report),
        f"{tables} filled, {days}; {asleep} asleep for want of data (profithunt check says which).",
        sentences.assumptions(report),
    ]


def _opportunities(items: tuple[Opportunity, ...], currency: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column(justify="right", no_wrap=True)
    shown.add_column(ratio=1, overflow="fold")
    for item in items:
        name = f" {item.name}" if item.name else ""
        how = "" if item.confidence is None else f" · {sure(item.confidence)}"
        value = Text.assemble(
            (fmt.money(item.value, currency), "bold"), (f"\n{fmt.money_range(item.p10, item.p90, currency)}", "dim")
        )
        what = Text.assemble(
            (f"{item.rank}. {item.title}: {entity_text(item.entity)}{name}", "bold"),
            f"\n{evidence_text(item.evidence, currency, NAMED if item.name else ())}",
            f"\n→ {words(item.action)}",
            (f"  {item.owner.replace('_', ' ')}{how} · {item.code}", "dim"),
        )
        shown.add_row(value, what)
    return shown


def _places(report: Report, folder: Path, page: Path) -> list[str]:
    worst = report.customers.worst[0].id if report.customers and report.customers.worst else None
    explain = f"profithunt explain customer {worst} --shop {folder}" if worst else f"profithunt check {folder}"
    tries = (
        (f"profithunt serve {folder}", "all of it as pages in the browser (make serve)"),
        (f"profithunt hunt {folder}", "everything that was found, with evidence"),
        (explain, "why a customer loses money, down to the rows"),
        (f"profithunt profit {folder} --by category", "any other cut"),
        ("profithunt init myshop --from FOLDER", "the same for your own exports"),
    )
    width = max(len(command) for command, _ in tries)
    return [
        f"Report    {page}",
        f"Settings  {folder / 'shop.toml'}",
        f"Tables    {folder / '.profithunt' / 'runs' / report.lineage.run_id / 'tables'}",
        "",
        "Try next",
        *(f"  {command:<{width}}  {what}" for command, what in tries),
    ]


def summary(report: Report, folder: Path, page: Path) -> dict[str, Any]:
    """The same as data."""

    def members(group: Tails | None, *, best: bool) -> list[dict[str, Any]]:
        if group is None:
            return []
        chosen = group.best if best else group.worst
        return [{"id": item.id, "name": item.detail, "cm3": item.cm3} for item in chosen[:SHOWN]]

    return {
        "shop": str(folder),
        "report": str(page),
        "run_id": report.lineage.run_id,
        "waterfall": [{"name": step.name, "amount": step.amount, "subtotal": step.subtotal} for step in report.steps],
        "customers": {"best": members(report.customers, best=True), "worst": members(report.customers, best=False)},
        "skus": {"best": members(report.skus, best=True), "worst": members(report.skus, best=False)},
        "reconciles": report.reconciles,
        "rows_quarantined": sum(item.rows_quarantined for item in report.tables),
        "money_quarantined": sum((item.money_quarantined or Decimal(0) for item in report.tables), Decimal(0)),
        "opportunities": report.n_opportunities,
    }
