"""The waterfall in block characters: components hang on the running total, subtotals stand on zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.charts import Bar, Scale, WaterfallStep, scale_for, waterfall
from profithunt.cli.views.tables import LOSS, PROFIT, TOTAL
from profithunt.reports.sentences import EMPTY, is_empty, nothing

if TYPE_CHECKING:
    from rich.text import Text

FULL: Final = "█"
LEFT_HALF: Final = "▌"
RIGHT_HALF: Final = "▐"
AXIS: Final = "│"
NARROWEST: Final = 12
COLOURS: Final = {"gain": PROFIT, "loss": LOSS, "total": TOTAL}


def strip(start: float, end: float, scale: Scale, width: int) -> str:
    """A bar from start to end in `width` characters, to the half character, with the line of zero where it is free.

    Zero lies between two characters; a bar that isn't zero is at least half a character long.
    """
    span = scale.high - scale.low
    below = scale.low < 0 and width > 1
    unit = span / (width - 1 if below else width)
    axis = math.ceil(-scale.low / unit) if below and unit else 0
    halves = sorted(round(2 * (axis + (value / unit if unit else 0))) for value in (start, end))
    first, last = (min(max(place, 0), 2 * width) for place in halves)
    if start != end and first == last:
        first, last = (first - 1, last) if (end < start and first > 0) or last == 2 * width else (first, last + 1)
    cells = []
    for cell in range(width):
        left, right = first <= cell * 2 < last, first <= cell * 2 + 1 < last
        shape = FULL if left and right else LEFT_HALF if left else RIGHT_HALF if right else " "
        cells.append(AXIS if shape == " " and cell == axis else shape)
    return "".join(cells)


def draw(steps: Sequence[WaterfallStep], currency: str, width: int) -> Text:
    """The whole waterfall, `width` characters wide: label, amount, share of the first subtotal, bar.

    Components that are zero are left out and named below.
    """
    from rich.text import Text

    if is_empty(steps):
        return Text(EMPTY)
    bars = waterfall([step for step in steps if step.subtotal or step.amount != 0])
    amounts = [fmt.money(bar.amount, currency) for bar in bars]
    base = next((bar for bar in bars if bar.kind == "total"), None)
    shares = [_share(bar, base) for bar in bars]
    label_width = max((len(bar.label) for bar in bars), default=0)
    amount_width = max((len(text) for text in amounts), default=0)
    share_width = max((len(text) for text in shares), default=0)
    room = max(width - label_width - amount_width - share_width - 6, NARROWEST)
    scale = scale_for([place for bar in bars for place in (bar.start, bar.end)])
    shown = Text()
    for bar, amount, share in zip(bars, amounts, shares, strict=True):
        weight = "bold" if bar.kind == "total" else ""
        ink = f"{weight} {LOSS}".strip() if amount.startswith(fmt.MINUS) else weight
        shown.append(f"{bar.label:<{label_width}}  ", style=weight)
        shown.append(f"{amount:>{amount_width}}  ", style=ink)
        shown.append(f"{share:>{share_width}}  ", style="dim")
        shown.append(strip(bar.start, bar.end, scale, room).rstrip(), style=COLOURS[bar.kind])
        shown.append("\n")
    shown.append(f"\n{nothing(steps)}", style="dim")
    shown.rstrip()
    return shown


def _share(bar: Bar, base: Bar | None) -> str:
    if base is None or bar.amount is None or base.amount is None or base.amount <= 0:
        return fmt.MISSING
    return fmt.share(bar.amount / base.amount)
