"""Which shop a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.api import Shop


def open_shop(shop: Path | None, option: Path | None = None) -> Shop:
    """The shop named as SHOP or as --shop; else the one in this folder or the nearest above it."""
    from profithunt.api import Shop

    if shop is not None and option is not None and shop.resolve() != option.resolve():
        raise UsageError(f"two shops are named: {shop} and {option}", do="name one, as SHOP or as --shop SHOP")
    return Shop.open(option or shop or Path.cwd())
