"""Which shop a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from profithunt.errors import NotFound, UsageError

if TYPE_CHECKING:
    from profithunt.api import Shop

FILE: Final = "shop.toml"


def find(shop: Path | None, option: Path | None = None) -> Path:
    """The path of the shop's settings: the one named, else in this folder or the nearest one above it."""
    if shop is not None and option is not None and shop.resolve() != option.resolve():
        raise UsageError(f"two shops are named: {shop} and {option}", do="name one, as SHOP or as --shop SHOP")
    named = option if shop is None else shop
    if named is not None:
        return _named(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    raise NotFound(
        "there is no shop here",
        where=str(here),
        expected=f"{FILE} in this folder or one above it",
        do="name a shop, or make one from your files: profithunt init DIR --from FOLDER",
    )


def _named(path: Path) -> Path:
    if path.is_dir():
        path /= FILE
    if path.is_file():
        return path
    raise NotFound(
        "there is no shop",
        where=str(path),
        expected=f"a {FILE} or a folder that holds one",
        do="make one from your files: profithunt init DIR --from FOLDER",
    )


def open_shop(shop: Path | None, option: Path | None = None) -> Shop:
    """The shop that the command is about, opened."""
    from profithunt.api import Shop

    return Shop.open(find(shop, option))
