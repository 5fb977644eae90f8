"""The one form of table: light lines, figures to the right, losses in the colour of loss and with a minus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from profithunt import fmt

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

PROFIT: Final = "#3d8fd1"
LOSS: Final = "#d9692f"
TOTAL: Final = "#8a939f"


def heading(text: str, finding: str = "") -> Text:
    """What a view shows, and below it what was found."""
    from rich.text import Text

    return Text.assemble("\n", (text, "bold"), f"\n{finding}" if finding else "")


def table(*columns: str, right: Iterable[str] = ()) -> Table:
    """An empty table; columns in `right` hold figures and are never cut, the others give way and break over lines."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 1))
    figures = set(right)
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in figures else "left",
            no_wrap=name in figures,
            overflow="ellipsis" if name in figures else "fold",
        )
    return made


def money(amount: fmt.Amount, currency: str, style: str = "") -> Text:
    """An amount in three digits, losses in their colour."""
    return _coloured(fmt.money(amount, currency), style)


def cents(amount: fmt.Amount, currency: str, style: str = "") -> Text:
    """An amount to the cent, losses in their colour."""
    return _coloured(fmt.money_exact(amount, currency), style)


def _coloured(text: str, style: str) -> Text:
    from rich.text import Text

    colour = LOSS if text.startswith(fmt.MINUS) else ""
    return Text(text, style=f"{style} {colour}".strip())


def listing(title: str, items: Sequence[str]) -> Text:
    """A short list below a title."""
    from rich.text import Text

    return Text.assemble((f"{title}\n", "dim"), *(f"  {item}\n" for item in items))
