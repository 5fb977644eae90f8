"""What `simulate` shows: how large the shop is, what was planted, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api import Simulated

MADE_UP = "This shop is simulated: no retailer, customer or product in it is real."


def simulated(made: Simulated) -> list[RenderableType]:
    """The shop in a few lines."""
    size, rows, planted = made.size, made.rows, made.planted
    lines = [
        (
            f"{fmt.counted(size.customers, 'customer')}, {fmt.counted(rows['orders'], 'order')}, "
            f"{fmt.counted(rows['order_lines'], 'order line')}, {fmt.counted(sum(rows.values()), 'row')} in "
            f"{fmt.counted(len(rows), 'table')}, from {fmt.day(size.starts_on)} to {fmt.day(size.ends_on)}, "
            f"in {fmt.duration(made.seconds)}."
        ),
        (
            f"Planted: {fmt.counted(planted['problems'], 'problem')}, {fmt.counted(planted['decoys'], 'decoy')}, "
            f"{fmt.counted(planted['shifts'], 'shift')} of a metric, {fmt.counted(planted['actions'], 'action')} "
            f"with a known effect. Beside it, {fmt.counted(planted['arisen'], 'problem')} arose by themselves."
        ),
    ]
    where = [
        f"Truth  {made.folder / 'truth' / 'truth.json'} (no run reads it)",
        f"Next   profithunt run {made.folder}",
    ]
    return [heading(MADE_UP, "\n".join(lines)), heading("Where things are", "\n".join(where))]
