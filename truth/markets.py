"""Markets with overstock in which every customer's mind is known: what `truth/overstock.py` judges offers in.

Customers have tastes in eight dimensions and an own answer to discounts and to being told; SKUs lie in the same space.
What the assignment sees is blurred: of those with the same chance (a hunt gives the share that buys at a score) some
are far likelier than others, of those who buy as much discounted some mind prices more; one elasticity a SKU.
Incentives work a little differently for everyone. A price cut for all is seen by everybody, without a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.offers import Goods, Incentive, Pairs, People, Terms

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

INCENTIVES: Final = (
    Incentive("none", 0.0, 0.0),
    Incentive("early access", 0.0, 0.0, 1.1),
    Incentive("bundle", 0.08, 0.05),
    Incentive("small", 0.1, 0.1),
    Incentive("larger", 0.2, 0.2),
)
TERMS: Final = Terms(INCENTIVES, 2.0, 0.05)
CUTS: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
MOST: Final = 4


@dataclass(frozen=True)
class Market:
    """What is seen (`goods`, `people`, `pairs`: all customers × all SKUs) and what is true.

    `chance` customers × SKUs to buy unasked; `told`, `answer` by customer, `elasticity` by SKU, `push` by customer and
    incentive.
    """

    goods: Goods
    people: People
    pairs: Pairs
    stock: Array
    chance: Array
    told: Array
    answer: Array
    elasticity: Array
    push: Array

    def profit(self, customer: Integers, sku: Integers, incentive: Integers, seed: int, n: int = 40) -> float:
        """Mean profit over what comes unasked, of offers: lived through `n` times, first come first served."""
        draw = np.random.default_rng([61, seed])
        given = np.array([one.given for one in INCENTIVES])
        felt = -np.log1p(-np.array([one.felt for one in INCENTIVES]))
        wish = self.told[customer] * self.push[customer, incentive]
        wish = wish * np.exp(self.elasticity[sku] * self.answer[customer] * felt[incentive])
        before = self.chance[customer, sku]
        after = -np.expm1(np.log1p(-before) * wish)
        full, _ = self.goods.margins(INCENTIVES)
        margin = self.goods.price[sku] * (1 - given[incentive]) - (self.goods.costs + self.goods.kept)[sku]
        # The rest of the market buys as ever; what it takes can't be sold to those who were told.
        others = self.chance.sum(axis=0)
        np.subtract.at(others, sku, before)
        total = 0.0
        for _ in range(n):
            taken = draw.poisson(np.maximum(others, 0.0))
            luck = draw.random(len(sku))
            buys, would = luck < after, luck < before
            turn = np.argsort(draw.random(len(sku)))
            room = np.maximum(self.stock - taken, 0)
            total += self._sold(sku, buys, margin, turn, room) - self._sold(sku, would, full[sku], turn, room)
        return total / n - TERMS.cost * len(sku)

    def _sold(self, sku: Integers, buys: npt.NDArray[np.bool_], margin: Array, turn: Integers, room: Array) -> float:
        order = turn[buys[turn]]
        by_sku = np.argsort(sku[order], kind="stable")
        sorted_ = sku[order][by_sku]
        starts = np.searchsorted(sorted_, sorted_)
        fits = np.arange(len(sorted_)) - starts < room[sorted_]
        return float(margin[order][by_sku][fits].sum())

    def cut(self, share: float) -> Array:
        """Gain by SKU of a price cut for all, over today's price."""
        keen = self.elasticity[None, :] * self.answer[:, None] * -np.log1p(-share)
        bought = -np.expm1(np.log1p(-self.chance) * np.exp(keen)).sum(axis=0)
        full, _ = self.goods.margins(INCENTIVES)
        lower = self.goods.price * (1 - share) - self.goods.costs - self.goods.kept
        return np.asarray(
            np.minimum(bought, self.stock) * lower - np.minimum(self.chance.sum(axis=0), self.stock) * full
        )


def market(seed: int, n_customers: int, n_skus: int, *, wanted: bool = False) -> Market:
    """One market; about one customer in ten may not be written to.

    Overstock is what few want, each for a reason of their own; `wanted` makes it goods that everybody buys anyway.
    """
    draw = np.random.default_rng([60, seed])
    tastes, goods_at = draw.normal(size=(n_customers, 8)), draw.normal(size=(n_skus, 8))
    keen = tastes @ goods_at.T / np.sqrt(8) * draw.uniform(*((0.4, 0.8) if wanted else (1.0, 1.8)))
    seen = special.expit(draw.normal(-4.5 if wanted else -7.0, 0.4) + keen + draw.normal(0, 0.4, n_skus)[None, :])
    chance = np.clip(seen * np.exp(draw.normal(0, 0.5, seen.shape) - 0.125), 1e-9, 0.95)
    habit = np.exp(draw.normal(0, 0.6, n_customers))
    habit = np.clip(habit / habit.mean(), 0.25, 3.0)
    answer = habit * np.exp(draw.normal(0, 0.4, n_customers) - 0.08)
    elasticity = np.clip(draw.normal(2.3, 0.6, n_skus), 0.5, 4.5)
    price = np.exp(draw.normal(3.6, 0.4, n_skus))
    cost = price * draw.uniform(0.3, 0.6, n_skus)
    told = 1 + draw.gamma(4, draw.uniform(0.15, 0.35), n_customers)
    base = chance.sum(axis=0)
    excess = np.maximum(base * draw.uniform(0.1, 3.0, n_skus), 3.0)
    floors = 1 - cost / price
    given = np.array([one.given for one in INCENTIVES])
    # What a shop can learn of an elasticity: what a tenth off moved, over all customers.
    tenth = -np.log(0.9)
    after = -np.expm1(np.log1p(-chance) * np.exp(elasticity[None, :] * answer[:, None] * tenth)).sum(axis=0)
    goods = Goods(
        excess=excess,
        price=price,
        costs=np.full(n_skus, 4.0),
        kept=0.3 * cost,
        elasticity=np.maximum(np.log(after / base) / tenth + draw.normal(0, 0.4, n_skus), 0.2),
        allowed=given[None, :] <= floors[:, None],
    )
    most = np.where(draw.random(n_customers) < 0.1, 0, MOST).astype(np.int64)
    people = People(habit, most)
    customer, sku = np.divmod(np.arange(chance.size), n_skus)
    push = np.array([one.push for one in INCENTIVES])[None, :] * np.exp(draw.normal(0, 0.1, (n_customers, 5)))
    pairs = Pairs(customer, sku, seen.ravel())
    return Market(goods, people, pairs, np.round(base + excess), chance, told, answer, elasticity, push)
