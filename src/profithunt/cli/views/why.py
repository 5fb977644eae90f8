"""Why a metric changed, in the terminal: the slices behind it, then the split by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.why import Why
    from profithunt.metrics.change import Split
    from profithunt.metrics.definition import Metric


def why(found: Why, currency: str, top: int) -> list[RenderableType]:
    """What moved, by how much, and what that costs."""
    metric = found.metric
    before, after = (_value(metric, value, currency) for value in (found.value_before, found.value_after))
    days = ", against ".join(f"{fmt.day(first)} to {fmt.day(last)}" for first, last in (found.after, found.before))
    parts: list[RenderableType] = [heading(f"{metric.title}: {before} → {after}", days)]
    slices = table(
        "Slice",
        "Moved by",
        "90 % range",
        "Recoverable",
        "Rows",
        right=("Moved by", "90 % range", "Recoverable", "Rows"),
    )
    for one in found.slices:
        name = " and ".join(f"{key} = {value}" for key, value in one.attributes.items())
        worth = fmt.MISSING
        if one.recoverable is not None:
            worth = fmt.estimate(one.recoverable, one.recoverable_low, one.recoverable_high, currency)
        moved, low, high = (_moved(metric, value, currency) for value in (one.effect, one.low, one.high))
        slices.add_row(name, moved, f"{low} to {high}", worth, fmt.count(one.n_rows))
    if found.slices:
        parts += [heading("What moved more than everything else"), slices]
    else:
        parts.append(heading("No slice moved beyond chance against everything else."))
    if found.unpriced and found.slices:
        parts.append(f"Without money: {found.unpriced}.")
    for split in found.splits:
        parts += _split(metric, split, currency, top)
    return parts


def _split(metric: Metric, split: Split, currency: str, top: int) -> list[RenderableType]:
    """One dimension: each member's part of the change."""
    figures = ("Before", "After", "Size", "Mix", "Rate", "Together")
    words = split.dimension.replace("_", " ")
    shown = table(words, *figures, right=figures)

    def row(name: str, ends: Sequence[fmt.Amount], moves: Sequence[fmt.Amount], style: str = "") -> None:
        values = [_value(metric, value, currency) for value in ends]
        shown.add_row(name, *values, *[_change(metric, value, currency) for value in moves], style=style)

    for part in split.parts[:top]:
        row(part.member, (part.before, part.after), (part.size, part.mix, part.rate, part.total))
    sums = [split.sum_of(name) for name in ("size", "mix", "rate")]
    row("all", (split.before, split.after), (*sums, split.change), "bold")
    return [heading(f"By {words}"), shown]


def _value(metric: Metric, value: fmt.Amount, currency: str) -> str:
    if metric.unit == "money":
        return fmt.money(value, currency)
    return fmt.share(value) if metric.unit == "share" else fmt.number(value)


def _change(metric: Metric, value: fmt.Amount, currency: str) -> str:
    if metric.unit == "money":
        return fmt.money(value, currency, plus=True)
    return fmt.basis_points(0, value) if metric.unit == "share" else fmt.number(value, plus=True)


def _moved(metric: Metric, value: float, currency: str) -> str:
    """The move of a rate in its unit; of an amount as a share of what was expected."""
    if metric.is_rate:
        return _change(metric, value, currency)
    return f"{'+' if value > 0 else ''}{fmt.share(value)}"
