"""Which shop a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.api import Shop
    from profithunt.cli.progress import Steps


def open_shop(shop: Path | None, option: Path | None = None) -> Shop:
    """The shop named as SHOP or as --shop; else the one in this folder or the nearest above it."""
    from profithunt.api import Shop

    if shop is not None and option is not None and shop.resolve() != option.resolve():
        raise UsageError(f"two shops are named: {shop} and {option}", do="name one, as SHOP or as --shop SHOP")
    return Shop.open(option or shop or Path.cwd())


def must_be_free(folder: Path, *, force: bool) -> None:
    """Raise UsageError when a shop is there already and isn't to be replaced; said before anything is looked at."""
    from profithunt.config import FILE_NAME

    target = folder / FILE_NAME
    if target.exists() and not force:
        raise UsageError(
            "there is a shop already", where=str(target), do="choose another folder, or say --force to replace it"
        )


def prepare(folder: Path, source: Path, preset: str, steps: Steps) -> None:
    """Make the shop of a known export, unless it is there already."""
    from profithunt.api import propose
    from profithunt.config import FILE_NAME

    if not (folder / FILE_NAME).exists():
        propose(source, preset, steps).write(folder)
