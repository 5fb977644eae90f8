"""profithunt finds where a retailer makes and loses money, customer by customer and SKU by SKU.

It reads the retailer's own files, builds a profit ledger that reconciles to the cent, and ranks what to do about the
money found. The Python API starts at ``Shop.open("shop.toml")``; the command line at ``profithunt --help``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profithunt.api import Progress, Run, Shop

__version__ = "0.1.0"
__all__ = ["Progress", "Run", "Shop", "__version__"]


def __getattr__(name: str) -> Any:
    """The API's names, loaded when they are asked for, so that lower layers never pull upper ones."""
    if name in ("Progress", "Run", "Shop"):
        from profithunt import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
