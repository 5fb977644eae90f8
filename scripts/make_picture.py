"""Draw the README's picture from a real run: the waterfall as the terminal shows it.

After `make demo`: `python scripts/make_picture.py demo`.
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from profithunt import Shop, fmt
from profithunt.cli.views import waterfall

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "waterfall.svg"
WIDTH = 100
# The house colours on a white ground, so that it reads on a light and on a dark page alike.
THEME = TerminalTheme(
    (255, 255, 255),
    (29, 33, 39),
    [(29, 33, 39), (196, 80, 27), (26, 111, 181), (138, 143, 152)] + [(29, 33, 39)] * 4,
    [(91, 97, 107), (196, 80, 27), (26, 111, 181), (138, 143, 152)] + [(29, 33, 39)] * 4,
)
FONTS = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw(folder: Path) -> str:
    """The picture of the shop's current run as SVG that loads nothing."""
    console = Console(record=True, width=WIDTH, file=StringIO(), color_system="truecolor", force_terminal=True)
    with Shop.open(folder) as shop:
        steps = [step for step in shop.waterfall() if step.amount]
        total = shop.reconcile()
        console.print(waterfall.draw(steps, shop.config.shop.currency, WIDTH - 2))
        console.print()
        amount = fmt.money_exact(total.total, shop.config.shop.currency)
        cuts = f"Ties out: {len(total.slices)} cuts of the ledger add up to {amount}, to the cent."
        console.print(Text(cuts, style="dim"))
    svg = console.export_svg(title="profithunt profit demo", theme=THEME, unique_id="waterfall")
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"Fira Code(?:, monospace)?", FONTS, svg)


if __name__ == "__main__":
    PICTURE.write_text(draw(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")), "utf-8")
