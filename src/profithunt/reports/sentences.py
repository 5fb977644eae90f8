"""The findings of a report in words: each title says what, the sentence below it says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from profithunt import fmt
from profithunt.charts import WaterfallStep
from profithunt.reports.content import Report, Tails, Whale
from profithunt.reports.wording import capitalize_first

ASSUMED: Final = ("assumed",)
FALLBACK: Final = ("latest", "category_ratio", "shop_ratio")
UNKNOWN: Final = ("none",)
EMPTY: Final = "The ledger is empty: no order line was read. `profithunt check` says what the sources hold."
ENOUGH: Final = 2
"""Months that a comparison needs at least."""


@dataclass(frozen=True)
class Figure:
    """One of the figures below the headline; `loss` when it stands for money lost."""

    label: str
    value: str
    note: str
    loss: bool = False


@dataclass(frozen=True)
class Text:
    """Every sentence of the report."""

    headline: str
    lead: str
    basis: str
    figures: tuple[Figure, ...]
    waterfall: str
    nothing: str
    months: str
    months_description: str
    customers: str
    skus: str
    whale: str
    whale_description: str
    spread: str
    opportunities: str
    reconciliation: str
    assumptions: str
    health: str


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Part of a whole in 0–1; missing where either is, or where the whole isn't above zero."""
    return None if part is None or whole is None or whole <= 0 else part / whole


def is_empty(steps: Sequence[WaterfallStep]) -> bool:
    """Whether the ledger holds nothing at all."""
    return all(step.amount is None for step in steps)


def headline(report: Report) -> str:
    """Contribution profit on net sales, in one line."""
    cm3, sales, shop = report.step("cm3"), report.step("net_sales"), capitalize_first(report.shop)
    if is_empty(report.steps):
        return f"{shop}: no orders yet"
    if cm3 is None:
        return f"{shop} has net sales of {fmt.money(sales, report.currency)}; what it keeps of them is not known"
    rate = ratio(cm3, sales)
    of = "" if rate is None else f", {fmt.share(rate)} of net sales"
    return f"{shop} {'loses' if cm3 < 0 else 'makes'} {fmt.money(abs(cm3), report.currency)} of contribution profit{of}"


def losing(group: Tails | None, currency: str) -> str:
    """How many of a group lose money, and how much."""
    if group is None or not group.n:
        return ""
    who = fmt.failed(group.n_losing, group.n, group.one, group.many)
    return f"{who} lose money, {fmt.money(group.lost, currency)} together"


def _lead(report: Report) -> str:
    if is_empty(report.steps):
        return EMPTY
    if report.step("cm3") is None:
        return "Some costs are missing and none may be assumed: contribution profit is left blank rather than guessed."
    found = [text for text in (losing(report.customers, report.currency), losing(report.skus, report.currency)) if text]
    return "; ".join(found) + "." if found else "No customers or SKUs are named in the data."


def ties_out(total: Decimal | None, n_cuts: int, currency: str, *, empty: bool = False) -> str:
    """What it means that every cut of the ledger adds up."""
    cuts = fmt.counted(n_cuts, "dimension")
    if empty:
        return "there is nothing to add up yet."
    if total is None:
        return f"cut by any of {cuts}, the members add up in all that is known; costs are missing, so profit is blank."
    return f"cut by any of {cuts}, the members add up to {fmt.money_exact(total, currency)}, to the cent."


def share_on(report: Report, *sources: str) -> Decimal | None:
    """Share of net sales whose cost of goods comes from these sources; None where nothing says where it comes from."""
    if not report.bases:
        return None
    amount = sum((basis.net_sales for basis in report.bases if basis.source in sources), Decimal(0))
    return ratio(amount, sum((basis.net_sales for basis in report.bases), Decimal(0)))


def _resting(report: Report) -> list[str]:
    shares = (
        (share_on(report, *ASSUMED), "on assumed costs of goods"),
        (share_on(report, *FALLBACK), "on fallback costs (the SKU's latest, or a median of its category or the shop)"),
        (share_on(report, *UNKNOWN), "on goods whose cost is not known"),
    )
    return [f"{fmt.share(share)} {words}" for share, words in shares if share]


def basis(report: Report) -> str:
    """What the amounts are, and what share of them rests on assumptions."""
    resting = _resting(report)
    rest = f" Of net sales, {', '.join(resting)}." if resting else ""
    return f"All amounts in {report.currency}, without tax, by date of order.{rest}"


def _margin_note(report: Report, name: str, words: str) -> str:
    rate = ratio(report.step(name), report.step("net_sales"))
    return words if rate is None else f"{fmt.share(rate)} of net sales, {words}"


def _figures(report: Report) -> tuple[Figure, ...]:
    def figure(label: str, name: str, note: str) -> Figure:
        amount = report.step(name)
        return Figure(label, fmt.money(amount, report.currency), note, loss=amount is not None and amount < 0)

    reach = "per order " + fmt.money(ratio(report.step("net_sales"), Decimal(report.n_orders or 0)), report.currency)
    found = [
        figure("Net sales", "net_sales", reach if report.n_orders else "without tax, after refunds"),
        figure("CM1", "cm1", _margin_note(report, "cm1", "after cost of goods")),
        figure("CM2", "cm2", _margin_note(report, "cm2", "after delivery and service")),
        figure("Contribution profit", "cm3", _margin_note(report, "cm3", "after marketing")),
    ]
    for group in (report.customers, report.skus):
        if group is not None:
            name = group.many if group.many.isupper() or group.many[:3].isupper() else group.many.capitalize()
            label = f"{name} that lose money"
            share = f"of {fmt.count(group.n)}, {fmt.money(group.lost, report.currency)} together"
            found.append(Figure(label, fmt.count(group.n_losing), share, loss=group.n_losing > 0))
    return tuple(found)


def waterfall(steps: Sequence[WaterfallStep], currency: str) -> str:
    """Where the first amount of the waterfall goes: the largest deductions, by name."""
    parts = [step for step in steps if not step.subtotal]
    if is_empty(steps):
        return EMPTY
    losses = [(step.amount, step.label) for step in parts[1:] if step.amount is not None and step.amount < 0]
    taken = sorted(losses)[:3]
    if not taken:
        return f"{parts[0].label} of {fmt.money(parts[0].amount, currency)} with nothing taken off."
    names = [f"{label.lower()} {fmt.money(amount, currency)}" for amount, label in taken]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Of {fmt.money(parts[0].amount, currency)} {parts[0].label.lower()}, the most goes to {listed}."


def nothing(steps: Sequence[WaterfallStep]) -> str:
    """Components in which there is nothing, by name; they are left out of the waterfall."""
    zero = [step.label.lower() for step in steps if not step.subtotal and step.amount == 0]
    return f"Nothing in {', '.join(zero)}." if zero else ""


def _months(report: Report) -> tuple[str, str]:
    whole = [month for month in report.months if month.complete and month.cm3 is not None]
    left_out = len(report.months) - len(whole)
    note = f" {fmt.counted(left_out, 'incomplete month')} hatched and left out of comparisons." if left_out else ""
    if len(whole) < ENOUGH:
        return f"Too few complete months to compare.{note}", "Columns of contribution profit by month of order."
    best = max(whole, key=lambda month: month.cm3 or Decimal(0))
    worst = min(whole, key=lambda month: month.cm3 or Decimal(0))
    finding = (
        f"Best in {fmt.month(best.month)} with {fmt.money(best.cm3, report.currency)}, "
        f"weakest in {fmt.month(worst.month)} with {fmt.money(worst.cm3, report.currency)}.{note}"
    )
    first, last = whole[0], whole[-1]
    described = (
        f"Columns of contribution profit for {len(report.months)} months: {fmt.money(first.cm3, report.currency)} in "
        f"{fmt.month(first.month)}, {fmt.money(last.cm3, report.currency)} in {fmt.month(last.month)}, between "
        f"{fmt.money(worst.cm3, report.currency)} and {fmt.money(best.cm3, report.currency)}."
    )
    return finding, described


def _tails(group: Tails | None, currency: str) -> str:
    if group is None:
        return ""
    if not group.n_losing:
        return f"None of {fmt.counted(group.n, group.one, group.many)} loses money."
    return f"{losing(group, currency)}. Both ends of the ranking by contribution profit:"


def whale(curve: Whale | None, currency: str) -> tuple[str, str]:
    """The whale curve's headline, and the curve in words."""
    if curve is None:
        return "", ""
    peak = f"The best {fmt.share(curve.before_peak)} of customers make {fmt.money(curve.peak, currency)}"
    after = curve.peak - curve.total
    if after <= 0:
        finding = f"No customer takes profit back: all {fmt.count(curve.n_customers)} add to it."
    else:
        of_total = ratio(curve.peak, curve.total)
        times = f", {fmt.share(of_total)} of the total" if of_total is not None else ""
        finding = f"{peak}{times}; the others take {fmt.money(after, currency)} back."
    if curve.top_share is not None:
        finding += f" The best tenth makes {fmt.share(curve.top_share)} of the total."
    described = (
        f"Cumulative contribution profit over {fmt.counted(curve.n_customers, 'customer')} from best to worst: it "
        f"peaks at {fmt.money(curve.peak, currency)} after {fmt.share(curve.before_peak)} of them and ends at "
        f"{fmt.money(curve.total, currency)}."
    )
    return finding, described


def _spread(report: Report) -> str:
    row = next((row for spread in report.spreads for row in spread.rows), None)
    if row is None or row.losing_share is None:
        return "Contribution profit: the mean beside the tenth, fiftieth and ninetieth percentile."
    lost = round(row.n * row.losing_share)
    return (
        f"The mean {row.label.lower()} brings {fmt.money(row.mean, report.currency)}, the median one "
        f"{fmt.money(row.p50, report.currency)}; {fmt.failed(lost, row.n, row.label.lower())} lose money."
    )


def opportunities(report: Report, n_shown: int | None = None) -> str:
    """How many opportunities there are, and how many of them are shown."""
    if not report.n_opportunities:
        return (
            "Nothing found that passes the gates. Opportunities appear here when a detector finds money whose gap to "
            "its peers is likely to be real."
        )
    shown = min(len(report.opportunities), n_shown or len(report.opportunities))
    which = "all shown" if shown == report.n_opportunities else f"the first {shown} shown"
    count = fmt.counted(report.n_opportunities, "opportunity", "opportunities")
    return f"{count}, {which}. Values are estimates over the window named, with their range from p10 to p90."


def reconciliation(report: Report) -> str:
    """Whether every cut of the ledger adds up to the whole."""
    if report.reconciles:
        empty = is_empty(report.steps)
        return f"Yes: {ties_out(report.step('cm3'), len(report.slices), report.currency, empty=empty)}"
    off = [one.dimension for one in report.slices if one.difference]
    return f"No: {', '.join(off) or 'the ledger'} differs from the total."


def assumptions(report: Report) -> str:
    """What share of net sales rests on assumed or fallback costs of goods, and where that is declared."""
    if not report.bases:
        return "The data says nothing about the source of costs."
    resting = _resting(report)
    if not resting:
        return "Every cost of goods comes from the shop's own data: nothing is assumed."
    where = " Assumptions are declared in shop.toml under [assumptions] and can be switched off there."
    return f"Of net sales, {', '.join(resting)}.{where if share_on(report, *ASSUMED) else ''}"


def health(report: Report) -> str:
    """How many rows were read and set aside, with how much money."""
    read = sum(table.rows_read for table in report.tables)
    aside = sum(table.rows_quarantined for table in report.tables)
    if not aside:
        return f"{fmt.counted(read, 'row')} read, none set aside."
    money = sum((table.money_quarantined or Decimal(0) for table in report.tables), Decimal(0))
    return f"{fmt.failed(aside, read, 'row')} set aside, with {fmt.money(money, report.currency)} in them."


def write(report: Report) -> Text:
    """All sentences of the report."""
    months, months_description = _months(report)
    whale_finding, whale_description = whale(report.whale, report.currency)
    return Text(
        headline=headline(report),
        lead=_lead(report),
        basis=basis(report),
        figures=_figures(report),
        waterfall=waterfall(report.steps, report.currency),
        nothing=nothing(report.steps),
        months=months,
        months_description=months_description,
        customers=_tails(report.customers, report.currency),
        skus=_tails(report.skus, report.currency),
        whale=whale_finding,
        whale_description=whale_description,
        spread=_spread(report),
        opportunities=opportunities(report),
        reconciliation=reconciliation(report),
        assumptions=assumptions(report),
        health=health(report),
    )
