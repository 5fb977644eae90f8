"""Who is offered which overstocked SKU, with the least incentive: all SKUs and customers in one assignment.

An offer of SKU s with incentive l to customer c moves Δ = p_l − p₀ units beyond what c would buy unasked, and earns

    g = p_l a_l − p₀ a₀ − cost,   p_l = 1 − (1 − p₀)^m,   m = told · push_l · exp(e_s κ_c h_l)

with a the margin of a unit over what it brings if it stays in stock, e the SKU's elasticity, κ how the customer answers
discounts against others, h = −ln(1 − felt share of the price). So discounts to those who would have bought anyway are
paid for. The assignment maximises Σ g x with at most one incentive a pair, k offers a customer and Σ Δ x within what is
too much of each SKU: a linear programme for HiGHS, whose corners are integral but for about one pair a SKU.

Above a size the programme is solved for a sample of customers with as much less of each SKU. Its dual prices λ of stock
take the SKUs apart: each customer's best offers are those with the largest g − λ Δ, which SQL finds for all of them
(`proposition/queries/overstock_offers.sql`). Source: Dantzig and Wolfe (1960).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from profithunt.models.elasticity import Array, Integers

NEVER = -1e12
"""Margin of an incentive that may not be given."""

_TINY = 1e-9
_PART = 500_000


@dataclass(frozen=True)
class Incentive:
    """What may be given with an offer: `felt` and `given` shares of the price, and `push` beside them.

    `felt` is how much cheaper it looks to the customer, `given` what it costs the shop of what is paid; `push`
    multiplies the wish to buy of who is told.
    """

    name: str
    felt: float
    given: float
    push: float = 1.0


@dataclass(frozen=True)
class Terms:
    """What offering earns: `told` multiplies the wish to buy, `cost` is that of one offer sent."""

    incentives: tuple[Incentive, ...]
    told: float
    cost: float


@dataclass(frozen=True)
class Goods:
    """The overstocked SKUs, one entry each: units too many, what a unit brings at full price, what if it stays.

    `price` is paid without tax after returns, `costs` of selling a unit; `kept` what it brings if it stays in stock;
    `allowed` SKUs × incentives: whether the margin floor allows it.
    """

    excess: Array
    price: Array
    costs: Array
    kept: Array
    elasticity: Array
    allowed: npt.NDArray[np.bool_]

    def margins(self, incentives: tuple[Incentive, ...]) -> tuple[Array, Array]:
        """Margin over keeping a unit: at full price, and SKUs × incentives (`NEVER` where not allowed)."""
        full = self.price - self.costs - self.kept
        given = np.array([one.given for one in incentives])
        with_it = self.price[:, None] * (1 - given)[None, :] - (self.costs + self.kept)[:, None]
        return full, np.where(self.allowed, with_it, NEVER)


@dataclass(frozen=True)
class Pairs:
    """Customers × SKUs that may be offered: their numbers, and the chance that the customer buys it unasked."""

    customer: Integers
    sku: Integers
    chance: Array


@dataclass(frozen=True)
class People:
    """Customers, one entry each: how they answer discounts against others (1 as others), and offers they may get."""

    answer: Array
    most: Integers


@dataclass(frozen=True)
class Offers:
    """Offers chosen: places in the pairs, the incentive of each (its place), gain and units moved."""

    pair: Integers
    incentive: Integers
    gain: Array
    units: Array


def chances(pairs: Pairs, people: People, goods: Goods, terms: Terms) -> Array:
    """Chance to buy with each incentive, pairs × incentives."""
    felt = np.array([-np.log1p(-one.felt) for one in terms.incentives])
    push = terms.told * np.array([one.push for one in terms.incentives])
    keen = goods.elasticity[pairs.sku] * people.answer[pairs.customer]
    wish = push[None, :] * np.exp(keen[:, None] * felt[None, :])
    return np.asarray(-np.expm1(np.log1p(-np.minimum(pairs.chance, 0.999))[:, None] * wish))


def worth(pairs: Pairs, people: People, goods: Goods, terms: Terms) -> tuple[Array, Array]:
    """Gain of each offer and units it moves, pairs × incentives."""
    with_it = chances(pairs, people, goods, terms)
    full, margin = goods.margins(terms.incentives)
    gain = with_it * margin[pairs.sku] - (pairs.chance * full[pairs.sku])[:, None] - terms.cost
    return gain, np.maximum(with_it - pairs.chance[:, None], 0.0)


def bound(pairs: Pairs, people: People, goods: Goods, terms: Terms, price: Array) -> float:
    """What no assignment of these pairs can exceed: the best offers at prices of stock, and all stock at them."""
    gain, units = worth(pairs, people, goods, terms)
    net = np.maximum((gain - price[pairs.sku][:, None] * units).max(axis=1), 0.0)
    order = np.lexsort((-net, pairs.customer))
    ranks = places(pairs.customer[order])
    within = ranks < people.most[pairs.customer[order]]
    return float(net[order][within].sum() + price @ np.maximum(goods.excess, 0.0))


def assign(pairs: Pairs, people: People, goods: Goods, terms: Terms) -> tuple[Offers, Array]:
    """The best offers, and the dual price of a unit of each SKU.

    What HiGHS leaves between two offers is decided by the dual prices, within all limits.
    """
    gain, units = worth(pairs, people, goods, terms)
    at, incentive = np.nonzero(gain > 0)
    if not len(at):
        empty = np.zeros(0, dtype=np.int64)
        return Offers(empty, empty, np.zeros(0), np.zeros(0)), np.zeros(len(goods.excess))
    value, moved = gain[at, incentive], units[at, incentive]
    customer, sku = pairs.customer[at], pairs.sku[at]
    x, price = _programme(value, moved, at, customer, sku, people.most, goods.excess)
    return _whole(x, price, (value, moved), at, incentive, customer, sku, people.most, goods.excess), price


def _programme(
    value: Array, moved: Array, pair: Integers, customer: Integers, sku: Integers, most: Integers, excess: Array
) -> tuple[Array, Array]:
    """The linear programme: how much of each offer to make, and the dual price of each SKU's units."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    n = len(value)
    every = np.arange(n)
    _, of_pair = np.unique(pair, return_inverse=True)
    people, of_customer = np.unique(customer, return_inverse=True)
    rows = [
        csr_matrix((moved, (sku, every)), shape=(len(excess), n)),
        csr_matrix((np.ones(n), (of_customer, every)), shape=(len(people), n)),
        csr_matrix((np.ones(n), (of_pair, every)), shape=(int(of_pair.max()) + 1, n)),
    ]
    bounds = np.concatenate([np.maximum(excess, 0.0), most[people].astype(np.float64), np.ones(rows[2].shape[0])])
    found = linprog(-value, A_ub=vstack(rows, format="csr"), b_ub=bounds, bounds=(0, 1), method="highs")
    if found.x is None:
        raise ArithmeticError(f"the assignment was not solved: {found.message}")
    return np.asarray(found.x), np.maximum(-np.asarray(found.ineqlin.marginals)[: len(excess)], 0.0)


def _whole(
    x: Array,
    price: Array,
    worth_of: tuple[Array, Array],
    pair: Integers,
    incentive: Integers,
    customer: Integers,
    sku: Integers,
    most: Integers,
    excess: Array,
) -> Offers:
    """Whole offers: those of the programme, then what else is worth it at the dual prices, the best first."""
    value, moved = worth_of
    net = value - price[sku] * moved
    order = np.lexsort((incentive, -net, -np.round(x, 6)))
    order = order[(x[order] > _TINY) | (net[order] > -_TINY)]
    taken = _greedy(pair[order], customer[order], sku[order], moved[order], most, excess)
    chosen = order[taken]
    return Offers(pair[chosen], incentive[chosen], value[chosen], moved[chosen])


def _greedy(
    pair: Integers | None, customer: Integers, sku: Integers, moved: Array, most: Integers, excess: Array
) -> Integers:
    """Places of the offers that fit when they are taken in their order: one a pair, k a customer, stock of the SKU.

    Rounds over all that still fit, each of which takes whatever comes first of its pair, customer and SKU. Without
    `pair` each offer is a pair of its own.
    """
    left, room = most.astype(np.int64).copy(), np.maximum(excess, 0.0).copy()
    open_ = np.arange(len(customer))
    taken: list[Integers] = []
    while True:
        open_ = open_[(left[customer[open_]] > 0) & (moved[open_] <= room[sku[open_]] + _TINY)]
        if not len(open_):
            break
        first = np.ones(len(open_), dtype=np.bool_) if pair is None else _first(pair[open_])
        first &= _place(customer[open_], first) < left[customer[open_]]
        fits = first & (_running(sku[open_], np.where(first, moved[open_], 0.0)) <= room[sku[open_]] + _TINY)
        if not fits.any():
            fits[0] = True
        now = open_[fits]
        taken.append(now)
        np.subtract.at(left, customer[now], 1)
        np.subtract.at(room, sku[now], moved[now])
        open_ = open_[~fits if pair is None else ~np.isin(pair[open_], pair[now])]
    return np.concatenate(taken) if taken else np.zeros(0, dtype=np.int64)


def _first(group: Integers) -> npt.NDArray[np.bool_]:
    """Whether an entry is the first of its group."""
    out = np.zeros(len(group), dtype=np.bool_)
    out[np.unique(group, return_index=True)[1]] = True
    return out


def _place(group: Integers, counted: npt.NDArray[np.bool_]) -> Integers:
    """How many counted entries of the group come before each."""
    return np.asarray(_running(group, counted.astype(np.float64)) - counted, dtype=np.int64)


def places(group: Integers) -> Integers:
    """How many entries of its group come before each."""
    return _place(group, np.ones(len(group), dtype=np.bool_))


def _running(group: Integers, amount: Array) -> Array:
    """Sums of the amounts of a group up to and with each entry, in their order."""
    order = np.argsort(group, kind="stable")
    total = np.cumsum(amount[order])
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    before = np.concatenate([[0.0], total])[starts]
    sizes = np.diff(np.r_[starts, len(group)])
    out = np.empty(len(group))
    out[order] = total - np.repeat(before, sizes)
    return out


def scaled(goods: Goods, share: float) -> Goods:
    """The same SKUs with as much less that is too much."""
    return replace(goods, excess=goods.excess * share)


def refined(
    pairs: Pairs, people: People, goods: Goods, terms: Terms, price: Array, share: float, *, rounds: int = 60
) -> Array:
    """Dual prices at which the offers of some customers use up their `share` of what is too much, or are worth nothing.

    Prices rise where more is wanted than is there and fall where less is, by ever smaller steps; their mean over the
    second half is taken. Source: Polyak (1969) for subgradients.
    """
    gain, units = worth(pairs, people, goods, terms)
    margin, _ = goods.margins(terms.incentives)
    room = np.maximum(goods.excess * share, _TINY)
    scale = np.maximum(margin, 0.05 * goods.price)
    price, kept, n_kept = price.copy(), np.zeros_like(price), 0
    for at in range(rounds):
        net = gain - price[pairs.sku][:, None] * units
        best = np.argmax(net, axis=1)
        every = np.arange(len(best))
        value = net[every, best]
        order = np.lexsort((-value, pairs.customer))
        order = order[value[order] > 0]
        ranks = places(pairs.customer[order])
        chosen = order[ranks < people.most[pairs.customer[order]]]
        wanted = np.bincount(pairs.sku[chosen], units[chosen, best[chosen]], minlength=len(price))
        away = np.clip(wanted / room - 1, -1.0, 1.0)
        price = np.maximum(price + 0.3 / np.sqrt(1 + at) * scale * away, 0.0)
        if at >= rounds // 2:
            kept, n_kept = kept + price, n_kept + 1
    return kept / max(n_kept, 1)


def fitted(pairs: Pairs, people: People, goods: Goods, terms: Terms, price: Array) -> Offers:
    """The best incentive of each pair at given dual prices, and of them what customers and stock allow, the best first.

    `pairs` may hold more than a customer may get: who comes too late for one SKU is offered the next best.
    """
    n = len(pairs.sku)
    incentive, gain, moved, net = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n), np.zeros(n)
    for start in range(0, n, _PART):
        some = slice(start, start + _PART)
        part = Pairs(pairs.customer[some], pairs.sku[some], pairs.chance[some])
        value, units = worth(part, people, goods, terms)
        of = value - price[part.sku][:, None] * units
        best = np.argmax(of, axis=1)
        every = np.arange(len(best))
        incentive[some], net[some] = best, of[every, best]
        gain[some], moved[some] = value[every, best], units[every, best]
    order = np.lexsort((pairs.customer, -net))
    order = order[gain[order] > 0]
    taken = _greedy(None, pairs.customer[order], pairs.sku[order], moved[order], people.most, goods.excess)
    kept = np.sort(order[taken])
    return Offers(kept, incentive[kept], gain[kept], moved[kept])


def broadcast(goods: Goods, units: Array, cuts: Array, stock: Array, floors: Array) -> Array:
    """Gain of a price cut that everybody sees, SKUs × cuts, over today's price: `units` would be bought at that.

    No more is sold than there is in `stock`; a cut beyond a SKU's `floors` (largest share allowed) is its largest one.
    """
    cut = np.minimum(cuts[None, :], floors[:, None])
    sold = np.minimum(units[:, None] * (1 - cut) ** -goods.elasticity[:, None], stock[:, None])
    margin = goods.price[:, None] * (1 - cut) - (goods.costs + goods.kept)[:, None]
    today = np.minimum(units, stock) * (goods.price - goods.costs - goods.kept)
    return np.asarray(sold * margin - today[:, None])
