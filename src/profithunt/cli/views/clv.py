"""Lifetime value in the terminal: the spread first, then customers, the hold-out, and what the forecast rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.clv import Clv, CustomerClv
    from profithunt.customers.clv_reading import ClvDecile, ClvFit

METHODS: Final = {
    "bg_nbd": "BG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "cohort_mean": "means of customers in the same state",
    "none": "nothing: no forecast",
}


def customers(found: Clv, currency: str) -> list[RenderableType]:
    """The whole shop."""
    spread, months = found.spread, found.horizon
    if not spread.n_known:
        parts: list[RenderableType] = [
            heading(f"What customers will bring in {months} months", "Not known: see the remarks below.")
        ]
        return [*parts, "", *(_rests_on(fit, currency) for fit in found.fits)]
    finding = (
        f"{fmt.counted(spread.n_customers, 'customer')} are expected to bring {fmt.money(spread.total, currency)}: "
        f"half of them less than {fmt.money(spread.p50, currency)}, one in ten more than "
        f"{fmt.money(spread.p90, currency)}; {fmt.failed(spread.n_losing, spread.n_known)} are expected to lose money."
    )
    names = ("Customer", "Orders", "P(active)", "Orders ahead", "Profit an order", "Value", "80 % range")
    shown = table(*names, right=names[1:])
    for row in found.best:
        shown.add_row(*_cells(row, months, currency))
    if found.worst:
        shown.add_row("⋮")
    for row in found.worst:
        shown.add_row(*_cells(row, months, currency))
    parts = [heading(f"What customers will bring in {months} months", finding), shown, ""]
    for fit in found.fits:
        parts += _held(fit, [item for item in found.calibration if item.segment == fit.segment], currency)
        parts.append(_rests_on(fit, currency))
    if found.season:
        factors = " · ".join(f"{fmt.MONTHS[month - 1]} {factor:.2f}" for month, factor in found.season.items())
        parts.append(listing("Calendar factor", [factors]))
    return parts


def _cells(row: Mapping[str, Any], months: int, currency: str) -> list[RenderableType]:
    value = f"clv_{months}m"
    return [
        str(row["customer_id"]),
        fmt.count(row["n_orders"]),
        fmt.share(row["p_alive"]),
        _ahead(row[f"expected_orders_{months}m"]),
        money(row["profit_per_order"], currency),
        money(row[value], currency),
        fmt.money_range(row[f"{value}_p10"], row[f"{value}_p90"], currency),
    ]


def _ahead(orders: float | None) -> str:
    """Orders to expect; hardly any is said as such."""
    return "<0.01" if orders is not None and 0 < orders < 0.01 else fmt.number(orders)


def _held(fit: ClvFit, rows: Sequence[ClvDecile], currency: str) -> list[RenderableType]:
    """The hold-out: forecast and what came, by tenth of customers."""
    if not rows:
        return []
    held = fit.holdout
    first, last = rows[0].from_on, rows[0].until_on
    finding = (
        f"Forecast as of the day before, for {fmt.day(first)} to {fmt.day(last)}: "
        f"{fmt.number(held.get('predicted_orders'))} orders, {fmt.count(held.get('actual_orders'))} came "
        f"({fmt.change(held.get('actual_orders'), held.get('predicted_orders'))}); "
        f"{fmt.money(held.get('predicted_profit'), currency)}, {fmt.money(held.get('actual_profit'), currency)} came "
        f"({fmt.change(held.get('actual_profit'), held.get('predicted_profit'))})."
    )
    if held.get("cover") is not None:
        finding += f" {fmt.share(held['cover'])} of customers came inside their 80 % range."
    names = ("Tenth", "Customers", "Orders forecast", "came", "Profit forecast", "came ", "Inside range")
    shown = table(*names, right=names)
    for row in rows:
        shown.add_row(
            str(row.decile),
            fmt.count(row.n_customers),
            fmt.number(row.predicted_orders),
            fmt.count(row.actual_orders),
            money(row.predicted_profit, currency),
            money(row.actual_profit, currency),
            fmt.share(row.cover),
        )
    name = f", {fit.segment}" if fit.segment else ""
    return [heading(f"How an earlier forecast held{name}", finding), shown, ""]


def _rests_on(fit: ClvFit, currency: str) -> RenderableType:
    """Method, customers, parameters, remarks."""
    n = fit.buying.get("customers", (None, None))[0]
    again = fit.buying.get("repeat_customers", (None, None))[0]
    lines = [f"{METHODS.get(fit.method, fit.method)}: {fmt.failed(again, n)} bought on a second day"]
    figures = {name: pair for name, pair in fit.buying.items() if name not in ("customers", "repeat_customers")}
    if figures:
        lines.append(_parameters(figures))
    mean, sd = fit.value.get("mean", (None, None))[0], fit.value.get("between_customers_sd", (None, None))[0]
    if mean is not None:
        spread = f", which differs between customers by {fmt.money(sd, currency)}" if sd is not None else ""
        lines.append(f"profit an order {fmt.money(mean, currency)} on average{spread}")
    predicted = fit.check.get("predicted_orders", (None, None))[0]
    if predicted is not None:
        other = "Pareto/NBD" if fit.method == "bg_nbd" else "BG/NBD"
        lines.append(f"{other}, as a check, forecast {fmt.number(predicted)} orders for the same days")
    lines += fit.notes
    name = f" ({fit.segment})" if fit.segment else ""
    return listing(f"What the forecast rests on{name}", lines)


def _parameters(figures: Mapping[str, tuple[float | None, float | None]]) -> str:
    shown = []
    for name, (value, error) in sorted(figures.items()):
        text = f"{name.replace('_', ' ')} {value:,.4g}" if value is not None else name
        shown.append(f"{text} ± {error:.2g}" if error is not None else text)
    return ", ".join(shown)


def customer(found: CustomerClv, currency: str) -> list[RenderableType]:
    """One customer."""
    row = found.customer
    so_far = fmt.money(row["profit_to_date"], currency)
    finding = f"{fmt.counted(row['n_orders'], 'order')} so far, with a profit of {so_far}."
    if row["p_alive"] is not None:
        finding += f" Active still with a probability of {fmt.share(row['p_alive'])}."
    names = ("Months", "Orders ahead", "80 % range of orders", "Value", "80 % range")
    shown = table(*names, right=names)
    for months in (12, 24, 36):
        orders, value = f"expected_orders_{months}m", f"clv_{months}m"
        low, high = row[f"{orders}_p10"], row[f"{orders}_p90"]
        shown.add_row(
            str(months),
            _ahead(row[orders]),
            f"{fmt.count(low)} to {fmt.count(high)}" if low is not None and high is not None else fmt.MISSING,
            money(row[value], currency),
            fmt.money_range(row[f"{value}_p10"], row[f"{value}_p90"], currency),
        )
    parts: list[RenderableType] = [heading(f"What {row['customer_id']} will bring", finding), shown, ""]
    if found.fit is not None:
        parts += _held(found.fit, found.calibration, currency)
        parts.append(_rests_on(found.fit, currency))
    return parts
