"""profithunt finds where a retailer makes and loses money, customer by customer and SKU by SKU.

It reads the retailer's own files, builds a profit ledger that reconciles to the cent, and ranks what to do about the
money found. The Python API starts at ``Shop.open("shop.toml")``; the command line at ``profithunt --help``.
"""

__version__ = "0.1.0"
