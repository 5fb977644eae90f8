"""How demand answers a price, read off the price changes that a shop has made: elasticities by empirical Bayes.

Units of a SKU in a week are counts around e · exp(a + g + ε h(r)): e the share of the week in which it could be bought,
a the SKU's level in its block of thirteen weeks, g the week's factor of its category, r the price as a share of the
SKU's full one, h(r) = (1 − r^θ) ÷ θ. With θ = 0, h = −ln r, the elasticity is the same at every price; with θ above it
falls with the price, as where most who want the goods have bought. Each θ is tried and weighs by how well it explains
the category's counts. Only what changes within a SKU's block, and not for its whole category alike, tells of ε: a price
that was cut when demand had faded anyway, or a sale of everything at once, says little, and the error says so.

Three levels: SKUs differ around their category, categories around the shop, the shop's mean has a declared prior. Each
is pulled towards the level above it the further the less its own prices have moved.

Shapes: SKUs × weeks, the oldest week first, the number of weeks a multiple of thirteen. Sources: Bijmolt, van Heerde
and Pieters (2005) for the prior; Wooldridge (1999) for Poisson counts with fixed effects; Efron and Morris (1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BLOCK = 13
FORMS = (0.0, 1.0, 2.5)
LEAST = 0.05
_BEFORE = (0.35, 0.4, 0.25)
_ROUNDS = 24
_PROJECTIONS = 3
_LEAST_INFORMATION = 0.02
_WIDE = 5.0
_LEAN = 3.0
_MOST = 12.0
_STRENGTH = 20.0
_MOST_EXTRA = 4.0


@dataclass(frozen=True)
class Sold:
    """What was sold at which price: `units`, `price` (per unit, the usual one where none is known) and `open`.

    `open` is the share of each week in which the SKU could be bought, 0 where nothing is known; `category` a number
    from 0 for each SKU.
    """

    units: Array
    price: Array
    open: Array
    category: Integers


@dataclass(frozen=True)
class Belief:
    """What is believed before: mean elasticity of a shop and its spread, between its categories, within a category."""

    mean: float = 2.6
    spread: float = 1.0
    between: float = 0.5
    within: float = 0.5


@dataclass(frozen=True)
class Elasticities:
    """What was learnt: `mean` and `spread` a SKU at its `full` price, by form of the answer (`FORMS`) in the last axis.

    `weight` says how likely each form is, categories × forms. `learnt` is the share of the prior's spread that own
    price changes took away, 0 to 1; `week` the log factors, categories × weeks; `extra` the variance of a week's
    units beyond Poisson's, as a share of their mean squared, by category.
    """

    category: Integers
    full: Array
    mean: Array
    spread: Array
    weight: Array
    learnt: Array
    week: Array
    extra: Array

    def answer(self, rows: Integers, now: Array, price: Array, level: float = 0.0) -> Array:
        """Demand at prices (SKUs × anything) against demand at a price `now` of each SKU; a mean over the forms.

        `level` is where in their spread the elasticities are taken, in standard deviations.
        """
        out = np.zeros(price.shape)
        full = self.full[rows]
        for place, form in enumerate(FORMS):
            at = np.maximum(self.mean[rows, place] + level * self.spread[rows, place], LEAST)
            grows = _h(price / full[:, None], form) - _h(now / full, form)[:, None]
            out += self.weight[self.category[rows], place, None] * np.exp(at[:, None] * grows)
        return out

    def expected(self) -> Array:
        """Elasticity to expect of each SKU at its full price."""
        return np.asarray((self.mean * self.weight[self.category]).sum(axis=1))


def learn(sold: Sold, belief: Belief | None = None) -> Elasticities:
    """Elasticities of all SKUs, positive numbers: 2 is two per cent more units for one per cent less in price."""
    belief = belief or Belief()
    fits = [_learn(sold, belief, form) for form in FORMS]
    # All held against the counts with the scatter of one of them: else the most scattered would look best.
    explained = np.stack([one.explained(sold, fits[0]) for one in fits], axis=1)
    likely = np.log(_BEFORE)[None, :] + explained
    weight = np.exp(likely - likely.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    spread = np.stack([one.spread for one in fits], axis=1)
    everything = float(np.hypot(np.hypot(belief.spread, belief.between), belief.within))
    usual = (spread * weight[sold.category]).sum(axis=1)
    week = np.einsum("cf,fcw->cw", weight, np.stack([one.week for one in fits]))
    return Elasticities(
        category=sold.category,
        full=_full(sold),
        mean=np.stack([one.mean for one in fits], axis=1),
        spread=spread,
        weight=weight,
        learnt=np.clip(1 - usual / everything, 0.0, 1.0),
        week=week,
        extra=fits[0].extra,
    )


@dataclass(frozen=True)
class _Learnt:
    mean: Array
    spread: Array
    week: Array
    extra: Array
    expected: Array
    sure: Array

    def explained(self, sold: Sold, like: _Learnt) -> Array:
        """How well the counts are explained, by category: their log likelihood, `sure` as another fit has it."""
        seen = np.where(sold.open > 0, sold.units, 0.0) * np.log(np.maximum(self.expected, 1e-12)) - self.expected
        of_sku = np.where(self.expected > 0, seen * like.sure, 0.0).sum(axis=1)
        return np.bincount(sold.category, of_sku, minlength=len(self.extra)).astype(np.float64)


def _learn(sold: Sold, belief: Belief, form: float) -> _Learnt:
    """The same with one form of the answer."""
    fit = _Fit(sold, belief, form)
    fit.climb()
    raw, error = fit.slope, 1 / np.sqrt(np.maximum(fit.information, 1e-9))
    shop, shop_spread = _shop(raw, error, belief)
    prior_spread = float(np.hypot(belief.between, shop_spread))
    mean, spread = _pulled(raw, error, shop, prior_spread)
    own, own_error = fit.own()
    within = _within(own, own_error, belief.within)
    shift, rest = _pulled(own, own_error, 0.0, within)
    return _Learnt(
        mean=np.maximum(mean[sold.category] + shift, 0.0),
        spread=np.hypot(spread[sold.category], rest),
        week=fit.course(),
        extra=fit.extra,
        expected=fit.expected,
        sure=fit.sure,
    )


class _Fit:
    """Slopes of the categories, with the levels of SKUs and weeks worked out by turns."""

    def __init__(self, sold: Sold, belief: Belief, form: float) -> None:
        n, weeks = sold.units.shape
        self.n_categories = int(sold.category.max()) + 1 if n else 0
        self.category = sold.category
        self.blocks = weeks // BLOCK
        self.open = sold.open
        self.units = np.where(sold.open > 0, sold.units, 0.0)
        self.x = np.where(self.open > 0, -_h(sold.price / _full(sold)[:, None], form), 0.0)
        self.cell = (sold.category[:, None] * weeks + np.arange(weeks)[None, :]).ravel()
        self.week = np.zeros((self.n_categories, weeks))
        self.slope = np.full(self.n_categories, belief.mean)
        self.belief = belief
        self.information = np.zeros(self.n_categories)
        self.extra = np.zeros(self.n_categories)
        self.sure = np.ones_like(self.units)
        self.expected = np.zeros_like(self.units)

    def climb(self) -> None:
        """Levels, week factors and slopes by turns, until they stay."""
        for _ in range(_ROUNDS):
            self._levels()
            x = self._alone()
            self._scatter()
            information = self._by_category(self.expected * self.sure * x * x)
            score = -self._by_category(x * (self.units - self.expected) * self.sure)
            pull = 1 / _WIDE**2
            step = (score - pull * (self.slope - self.belief.mean)) / (information + pull)
            self.slope = np.clip(self.slope + np.clip(step, -1.0, 1.0), -_MOST, _MOST)
            self.information = information
            if np.abs(step).max(initial=0.0) < 1e-3:
                break

    def own(self) -> tuple[Array, Array]:
        """How far each SKU's slope lies from its category's, and the error of that; very large where no price moved."""
        weight = self.expected * self.sure
        x = self.x - self._spread_blocks(_mean(self._blocked(self.x), self._blocked(weight), axis=2))
        information = (weight * x * x).sum(axis=1)
        score = -(x * (self.units - self.expected) * self.sure).sum(axis=1)
        known = information > _LEAST_INFORMATION
        safe = np.where(known, information, 1.0)
        return np.where(known, score / safe, 0.0), np.where(known, safe**-0.5, 1e6)

    def course(self) -> Array:
        """Log factors of the weeks, a SKU's level the same in all of them: blocks would take the season away."""
        answer = np.exp(-self.slope[self.category][:, None] * self.x) * self.open
        total = self.units.sum(axis=1)
        week = np.zeros_like(self.week)
        for _ in range(_ROUNDS):
            given = (answer * np.exp(week[self.category])).sum(axis=1)
            level = np.where(given > 0, total / np.maximum(given, 1e-12), 0.0)
            without = self._by_week(answer * level[:, None])
            week = np.log((self._by_week(self.units) + _LEAN) / (without + _LEAN))
        return week

    def _levels(self) -> None:
        answer = np.exp(-self.slope[self.category][:, None] * self.x) * self.open
        week, level = np.exp(self.week[self.category]), self.units
        for _ in range(2):
            given = self._blocked(answer * week).sum(axis=2)
            level = self._blocked(self.units).sum(axis=2) / np.maximum(given, 1e-12)
            level = self._spread_blocks(np.where(given > 0, level, 0.0))
            without = self._by_week(answer * level)
            self.week = np.log((self._by_week(self.units) + _LEAN) / (without + _LEAN))
            week = np.exp(self.week[self.category])
        self.expected = answer * level * week

    def _alone(self) -> Array:
        """What of the log prices is neither the SKU's block nor the category's week."""
        x, weight = self.x.copy(), self.expected * self.sure
        total = np.maximum(self._by_week(weight), 1e-12)
        for _ in range(_PROJECTIONS):
            x -= self._spread_blocks(_mean(self._blocked(x), self._blocked(weight), axis=2))
            x -= (self._by_week(weight * x) / total)[self.category]
        return x

    def _scatter(self) -> None:
        """How counts scatter beyond Poisson's: where much is expected they tell less than they seem."""
        beyond = self._by_category((self.units - self.expected) ** 2 - self.expected)
        self.extra = np.clip(beyond / np.maximum(self._by_category(self.expected**2), 1e-9), 0.0, _MOST_EXTRA)
        self.sure = 1 / (1 + self.extra[self.category][:, None] * self.expected)

    def _blocked(self, values: Array) -> Array:
        return values.reshape(len(values), self.blocks, BLOCK)

    def _spread_blocks(self, values: Array) -> Array:
        return np.repeat(values, BLOCK, axis=1)

    def _by_week(self, values: Array) -> Array:
        flat = np.bincount(self.cell, values.ravel(), minlength=self.week.size).astype(np.float64)
        return flat.reshape(self.week.shape)

    def _by_category(self, values: Array) -> Array:
        return np.bincount(self.category, values.sum(axis=1), minlength=self.n_categories).astype(np.float64)


def _full(sold: Sold) -> Array:
    """Each SKU's full price: what nine in ten of its weeks don't exceed, so that one odd week says nothing."""
    seen = np.where(sold.open > 0, sold.price, np.nan)
    known = np.isfinite(seen).any(axis=1)
    seen[~known] = sold.price[~known]
    return np.asarray(np.nanquantile(seen, 0.9, axis=1, method="higher"))


def _h(ratio: Array, form: float) -> Array:
    """(1 − r^θ) ÷ θ, −ln r for θ = 0: what the elasticity is multiplied with."""
    return np.asarray(-np.log(ratio) if form == 0 else (1 - ratio**form) / form)


def _mean(values: Array, weight: Array, axis: int) -> Array:
    total = weight.sum(axis=axis)
    return np.asarray(np.where(total > 0, (values * weight).sum(axis=axis) / np.maximum(total, 1e-12), 0.0))


def _shop(raw: Array, error: Array, belief: Belief) -> tuple[float, float]:
    """The shop's mean elasticity and what is not known of it, from its categories and the declared prior."""
    precision = 1 / (error**2 + belief.between**2)
    total = precision.sum() + 1 / belief.spread**2
    return float((precision @ raw + belief.mean / belief.spread**2) / total), float(total**-0.5)


def _pulled(value: Array, error: Array, centre: float, spread: float) -> tuple[Array, Array]:
    """Normal posterior of each value around a common centre: mean and standard deviation."""
    precision = 1 / error**2 + 1 / spread**2
    return (value / error**2 + centre / spread**2) / precision, precision**-0.5


def _within(own: Array, error: Array, declared: float) -> float:
    """How SKUs spread around their categories: what is seen beyond chance, and the belief as if from twenty SKUs."""
    weight = (1 + (error / declared) ** 2) ** -2.0
    seen = (weight * (own**2 - error**2)).sum()
    variance = (_STRENGTH * declared**2 + seen) / (_STRENGTH + weight.sum())
    return float(np.sqrt(np.clip(variance, (0.3 * declared) ** 2, (4 * declared) ** 2)))
