"""From a shop's books to what the assignment of overstock takes, and back to lists with names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt.models.elasticity import Array, Elasticities, Integers
from profithunt.models.markdown_books import texts
from profithunt.models.offers import Goods, Incentive, Offers, Pairs, People, Terms, chances, places

Columns = Mapping[str, npt.NDArray[Any]]

DAYS = 28
SPAN_PAIRS = 25_000_000
_DISCOUNTED = 0.5


@dataclass(frozen=True)
class Named:
    """Overstocked SKUs as the assignment takes them, with names.

    `units` sell by themselves in 28 days, `stock` is all there is, `floors` the largest share that may come off.
    """

    goods: Goods
    spread: Array
    units: Array
    stock: Array
    floors: Array
    price: Array
    unit_cost: Array
    sku: npt.NDArray[Any]
    name: npt.NDArray[Any]


@dataclass(frozen=True)
class Crowd:
    """Customers as the assignment takes them, with names; `refused` of them want no letters.

    `wait` are days until each may be written to again, `spacing` days between two offers to the same customer.
    """

    people: People
    customer: npt.NDArray[Any]
    discounted: npt.NDArray[np.bool_]
    wait: Integers
    spacing: int
    refused: int


def named(
    skus: Columns, found: Elasticities, rows: Integers, incentives: tuple[Incentive, ...], margin_floor: float
) -> Named:
    """SKUs (`overstock_skus.sql`) with the elasticities of their `rows`."""
    price, cost = _filled(skus["price"]), _filled(skus["unit_cost"])
    kept_share = 1 - _filled(skus["returned"])
    lowest = cost / max(1 - margin_floor, 1e-9)
    floors = np.clip(1 - lowest / price, 0.0, 1.0)
    given = np.array([one.given for one in incentives])
    # What takes nothing off is always allowed: the price is today's.
    allowed = (given[None, :] <= floors[:, None] + 1e-9) | (given[None, :] == 0)
    weight = found.weight[found.category[rows]]
    goods = Goods(
        excess=_filled(skus["excess"]),
        price=price * kept_share,
        costs=_filled(skus["handling"]),
        kept=_filled(skus["kept"]) * kept_share,
        elasticity=found.expected()[rows],
        allowed=allowed,
    )
    return Named(
        goods,
        (found.spread[rows] * weight).sum(axis=1),
        _filled(skus["units_28"]),
        _filled(skus["on_hand"]),
        floors,
        price,
        cost,
        np.asarray(skus["sku"]).astype(str),
        texts(skus["name"]),
    )


def crowd(columns: Columns, today: dt.date, most: int, spacing: int) -> Crowd:
    """Customers (`overstock_people.sql`): at most so many offers each in 28 days, so many days after the last send.

    As many days lie between two offers, so that fewer fit in where the last send was lately. A customer answers a
    discount as much more than others as more of what they buy is discounted, a quarter to three times. Who does not
    want letters gets none.
    """
    share, shop = _filled(columns["discounted_share"]), _filled(columns["shop_share"])
    answer = np.where(shop > 0, np.clip(share / np.maximum(shop, 1e-9), 0.25, 3.0), 1.0)
    wants = np.ma.filled(np.ma.asarray(columns["email_opt_in"]), fill_value=True).astype(bool)
    sent = np.ma.asarray(columns["last_sent_on"]).astype("datetime64[D]")
    since = (np.datetime64(today, "D") - sent).astype(np.int64)
    # Offers go out from tomorrow on.
    wait = np.maximum(spacing - 1 - np.ma.filled(since, fill_value=spacing), 0).astype(np.int64)
    fit = np.where(wait < DAYS, 1 + (DAYS - 1 - wait) // max(spacing, 1), 0) if spacing else np.full(len(wait), most)
    return Crowd(
        People(answer, np.where(wants, np.minimum(fit, most), 0).astype(np.int64)),
        np.asarray(columns["customer_id"]).astype(str),
        share >= _DISCOUNTED,
        wait,
        spacing,
        int((~wants).sum()),
    )


def terms_columns(goods: Goods, terms: Terms, price: Array, **more: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The SKUs as the table `overstock_terms`, at prices of stock."""
    full, margin = goods.margins(terms.incentives)
    columns: dict[str, npt.NDArray[Any]] = {
        "item": np.arange(len(full)),
        "elasticity": goods.elasticity,
        "full_margin": full,
        "stock_price": price,
    }
    return {**columns, **{f"margin_{at}": margin[:, at] for at in range(margin.shape[1])}, **more}


def people_columns(people: People, **more: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The customers as the table `overstock_people`."""
    return {"customer": np.arange(len(people.answer)), "answer": people.answer, "most": people.most, **more}


def values(terms: Terms) -> dict[str, float]:
    """What `overstock_offers.sql` is compiled with."""
    given: dict[str, float] = {"cost": terms.cost}
    for at, one in enumerate(terms.incentives):
        given |= {f"push_{at}": terms.told * one.push, f"felt_{at}": float(-np.log1p(-one.felt))}
    return given


def pairs_of(parts: Iterable[Columns]) -> Pairs:
    """Rows of `overstock_pairs` or of `overstock_offers.sql`, a part after the other."""
    found = [
        Pairs(
            np.asarray(columns["customer"], dtype=np.int64),
            np.asarray(columns["item"], dtype=np.int64),
            np.asarray(columns["chance"], dtype=np.float64),
        )
        for columns in parts
    ]
    return Pairs(*(np.concatenate([getattr(part, name) for part in found]) for name in ("customer", "sku", "chance")))


def spans(n_customers: int, n_pairs: int) -> list[int]:
    """Where spans of customers end, so that each has about 25 million pairs at most."""
    number = max(-(-n_pairs // SPAN_PAIRS), 1)
    return [round(n_customers * at / number) for at in range(number + 1)]


def listed(
    pairs: Pairs, offers: Offers, goods: Named, crowd: Crowd, terms: Terms, today: dt.date
) -> dict[str, npt.NDArray[Any]]:
    """The offers as a table, the most profit first; a customer's best one is sent first, the others later."""
    order = np.lexsort((offers.pair, -offers.gain))
    at, incentive = offers.pair[order], offers.incentive[order]
    customer = pairs.customer[at]
    turn = places(customer)
    days = 1 + crowd.wait[customer] + turn * crowd.spacing
    names = np.array([one.name for one in terms.incentives], dtype=object)
    given = np.array([one.given for one in terms.incentives])
    return {
        "place": np.arange(1, len(at) + 1),
        "customer_id": crowd.customer[customer].astype(object),
        "sku": goods.sku[pairs.sku[at]].astype(object),
        "incentive": names[incentive],
        "incentive_share": given[incentive],
        "send_on": np.datetime64(today, "D") + days.astype("timedelta64[D]"),
        "chance": pairs.chance[at],
        "extra_units": offers.units[order],
        "expected_profit": offers.gain[order],
    }


def by_sku(pairs: Pairs, offers: Offers, n: int) -> list[tuple[int, float, float]]:
    """Offers, units moved and gain of each SKU."""
    return _sums(pairs.sku[offers.pair], offers, n)


def by_incentive(offers: Offers, n: int) -> list[tuple[int, float, float]]:
    """The same of each incentive."""
    return _sums(offers.incentive, offers, n)


def by_kind(pairs: Pairs, offers: Offers, crowd: Crowd) -> list[tuple[int, int, float]]:
    """Customers, offers and gain: of those who mostly buy at full price, and of those who mostly buy discounted."""
    customer = pairs.customer[offers.pair]
    out = []
    for kind in (False, True):
        mine = crowd.discounted[customer] == kind
        out.append((len(np.unique(customer[mine])), int(mine.sum()), float(offers.gain[mine].sum())))
    return out


def n_customers(pairs: Pairs, offers: Offers) -> int:
    """How many customers get an offer."""
    return len(np.unique(pairs.customer[offers.pair]))


def cost_of(pairs: Pairs, offers: Offers, goods: Goods, people: People, terms: Terms) -> float:
    """What the list is expected to cost: offers sent, and what is given to those who buy."""
    at = offers.pair
    chosen = Pairs(pairs.customer[at], pairs.sku[at], pairs.chance[at])
    bought = chances(chosen, people, goods, terms)[np.arange(len(at)), offers.incentive]
    given = np.array([one.given for one in terms.incentives])[offers.incentive]
    return float((bought * goods.price[chosen.sku] * given).sum() + terms.cost * len(at))


def _sums(group: Integers, offers: Offers, n: int) -> list[tuple[int, float, float]]:
    counts = np.bincount(group, minlength=n)
    units, gain = (np.bincount(group, weights, minlength=n) for weights in (offers.units, offers.gain))
    return [(int(counts[at]), float(units[at]), float(gain[at])) for at in range(n)]


def _filled(column: npt.NDArray[Any]) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan))
