"""What customers do about a free-delivery threshold and a delivery charge, read off the orders that a shop has.

A shopper with a basket below the threshold has three ways: pay the charge, fill the basket up to the threshold
(*padding*), or leave. The orders show it: baskets are missing below the threshold, and too many lie just above it. What
is missing and does not come back above it was lost. Past terms of the shop, each with its visits, say the same more
plainly, since the same shoppers met other terms; where the shop's own orders say little, declared priors speak.

With g the rate at which visits bring baskets of value b (log g a polynomial in log b, smooth across any threshold), T
the threshold and f the charge:

- baskets b ≥ T are ordered as they are;
- below T a share q = λ ÷ (1 + (a ÷ (r f))²) would rather pad, to T plus an exponential overshoot of mean o T, since
  goods come in whole units; a = T − b + o T is all that they add. Padding costs them anything between nothing and the
  charge, else they would pay it; who finds even that too much leaves: (1 − exp(−x)) ÷ x of them order, x = ε f ÷ b;
- of the rest a share exp(−x) orders and pays, the others leave;
- a threshold that is announced higher turns visitors away whatever they want: each quarter of the largest baskets that
  it rises by leaves a share exp(−η).

Fitted by penalised Fisher scoring of Poisson counts over all periods at once; the posterior is normal around the mode,
with the counts' overdispersion (Pearson) in it. Sources: Saez (2010) and Kleven (2016) for bunching at a threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]

DEGREE = 7
_BEHAVIOUR = ("sensitivity", "padding", "reach", "overshoot", "aversion")
_N = len(_BEHAVIOUR)
_FIRST, _END = _N, _N + DEGREE + 1
_ROUNDS = 80
_STEP = 1e-5
_DRIFT = 0.01
_WEAK = 10.0
_LARGEST = 4.0
_MOST_RATE = 1e12


@dataclass(frozen=True)
class Terms:
    """Delivery terms as customers see them: `threshold` from which it is free (0 always, inf never), `charge` below.

    In shop currency, with tax where prices carry it.
    """

    threshold: float
    charge: float


@dataclass(frozen=True)
class Period:
    """Orders under the same terms: `orders` by bin of basket value, and the visits behind them where they are known."""

    terms: Terms
    orders: Array
    visits: float | None = None
    days: float = 28.0


@dataclass(frozen=True)
class Prior:
    """What is believed before any order was seen: mean and standard deviation on the scale that is fitted.

    `sensitivity` log of ε; `padding` logit of λ; `reach` log of r; `overshoot` log of o, a share of the threshold;
    `aversion` η itself: a normal that lets it be nothing, else every lower threshold would surely be better for it.
    """

    sensitivity: tuple[float, float] = (0.0, 0.7)
    padding: tuple[float, float] = (0.0, 1.0)
    reach: tuple[float, float] = (0.7, 0.7)
    overshoot: tuple[float, float] = (-2.5, 0.6)
    aversion: tuple[float, float] = (0.15, 0.15)

    @staticmethod
    def names() -> tuple[str, ...]:
        """Names of what is fitted, in its order."""
        return _BEHAVIOUR

    def pairs(self) -> tuple[tuple[float, float], ...]:
        """All of them, in the order in which they are fitted."""
        return (self.sensitivity, self.padding, self.reach, self.overshoot, self.aversion)


@dataclass(frozen=True)
class Economics:
    """What an order earns: contribution before what the customer pays for delivery = `fixed` + `share` × basket value.

    `tax` is the rate inside the charge; `returned` the share of padding that comes back, `return_cost` what each such
    return costs; `lost_customer` what a lost order costs beyond itself (0: nothing).
    """

    fixed: float
    share: float
    tax: float = 0.0
    returned: float = 0.115
    return_cost: float = 0.0
    lost_customer: float = 0.0


@dataclass(frozen=True)
class Response:
    """The fitted behaviour: draws from its posterior, one row a draw, and the scatter of counts beyond Poisson's."""

    edges: Array
    draws: Array
    mode: Array
    dispersion: float
    unit: float
    visits: float | None
    days: float
    threshold: float
    prior: Prior = field(default_factory=Prior)

    def behaviour(self) -> Mapping[str, tuple[float, float, float]]:
        """P10, P50, P90 of sensitivity ε, padding λ, reach r, overshoot o and aversion η."""
        natural = _natural(self.draws[:, :_N])
        low, middle, high = np.quantile(natural, (0.1, 0.5, 0.9), axis=0)
        return {name: (low[at], middle[at], high[at]) for at, name in enumerate(_BEHAVIOUR)}

    def learnt(self) -> Mapping[str, float]:
        """How much of the prior's spread the shop's own orders took away, 0 (nothing) to 1, by parameter."""
        spread = self.draws[:, :_N].std(axis=0)
        return {name: float(max(0.0, 1 - spread[at] / self.prior.pairs()[at][1])) for at, name in enumerate(_BEHAVIOUR)}


@dataclass(frozen=True)
class Outcome:
    """What terms bring, one entry a draw: all per visit, or per order of today where visits are not known."""

    terms: Terms
    profit: Array
    orders: Array
    sales: Array
    padded: Array
    lost: Array


def fit(
    edges: Array, periods: Sequence[Period], prior: Prior | None = None, *, seed: int = 0, n: int = 400
) -> Response:
    """Learn the response of customers from orders by basket value; the last period is today's.

    `edges` of the bins, ascending and positive in their middle. Raises ValueError without an order.
    """
    prior = prior or Prior()
    if not periods or not any(period.orders.sum() for period in periods):
        raise ValueError("no orders")
    unit = _unit(periods)
    problem = _Problem(edges, tuple(periods), prior, unit)
    mode, information, dispersion = problem.solve()
    covariance = np.linalg.inv(information)
    root = np.linalg.cholesky((covariance + covariance.T) / 2 + 1e-12 * np.eye(len(mode)))
    draws = mode + np.random.default_rng(seed).normal(size=(n, len(mode))) @ root.T
    last = periods[-1]
    return Response(edges, draws, mode, dispersion, unit, last.visits, last.days, last.terms.threshold, prior)


def outcome(response: Response, economics: Economics, terms: Terms, *, weight: Array | None = None) -> Outcome:
    """What some terms bring, draw by draw; `weight` leaves a share of each bin's baskets in (default: all)."""
    middle = (response.edges[1:] + response.edges[:-1]) / 2
    natural = _natural(response.draws[:, :_N])
    rate = np.exp(np.clip(_log_rate(middle, response.draws[:, _FIRST:_END]), -60, 60))
    rate = rate * _turned_away(response.edges, terms.threshold, response.threshold, natural)
    rate = rate if weight is None else rate * weight
    under = _under(response.edges, terms.threshold)
    padded, paid, lost = _ways(middle, terms, natural)
    overshoot = natural[:, 3:4] * terms.threshold if math.isfinite(terms.threshold) else np.zeros((len(natural), 1))
    filled = np.where(under > 0, _capped(terms.threshold, middle), 0.0) + overshoot
    as_is = economics.fixed + economics.share * middle
    added = filled - middle
    keeps = economics.fixed + economics.share * (middle + added * (1 - economics.returned))
    when_padded = keeps - economics.returned * economics.return_cost
    when_paid = as_is + terms.charge / (1 + economics.tax)
    below = padded * when_padded + paid * when_paid - lost * economics.lost_customer
    return Outcome(
        terms,
        profit=(rate * ((1 - under) * as_is + under * below)).sum(axis=1),
        orders=(rate * ((1 - under) + under * (padded + paid))).sum(axis=1),
        sales=(rate * ((1 - under) * middle + under * (padded * filled + paid * middle))).sum(axis=1),
        padded=(rate * under * padded).sum(axis=1),
        lost=(rate * under * lost).sum(axis=1),
    )


def expected(response: Response, terms: Terms) -> Array:
    """Orders by bin of basket value that the mode expects per visit (or per order of today) under some terms."""
    return np.asarray(_rates(response.edges, terms, response.threshold, response.mode[None, :])[0])


class _Problem:
    """Counts of all periods, the prior, and the search for the mode."""

    def __init__(self, edges: Array, periods: tuple[Period, ...], prior: Prior, unit: float) -> None:
        self.edges = edges
        self.periods = periods
        self.counts = np.concatenate([period.orders for period in periods])
        known = [period.visits is not None for period in periods]
        self.exposure = np.array([period.visits or unit for period in periods])
        drift = [_DRIFT if known[at] and known[-1] else _WEAK for at in range(len(periods) - 1)]
        means = [mean for mean, _ in prior.pairs()] + [0.0] * (DEGREE + 1) + [0.0] * len(drift)
        spreads = [spread for _, spread in prior.pairs()] + [_WEAK * 10] * (DEGREE + 1) + drift
        self.centre = np.array(means)
        self.precision = 1 / np.array(spreads) ** 2

    def rates(self, at: Array) -> Array:
        """Expected counts, period after period."""
        parts = []
        today = self.periods[-1].terms.threshold
        for place, period in enumerate(self.periods):
            level = at[_END + place] if place < len(self.periods) - 1 else 0.0
            expects = _rates(self.edges, period.terms, today, at[None, :_END])[0]
            parts.append(self.exposure[place] * np.exp(np.clip(level, -30, 30)) * expects)
        return np.asarray(np.minimum(np.concatenate(parts), _MOST_RATE) + 1e-9)

    def loss(self, at: Array, dispersion: float) -> float:
        rates = self.rates(at)
        away = at - self.centre
        return float((rates - self.counts * np.log(rates)).sum() / dispersion + 0.5 * (self.precision * away**2).sum())

    def jacobian(self, at: Array, rates: Array) -> Array:
        """Slopes of the log rates, one column a parameter."""
        columns = []
        for place in range(len(at)):
            moved = at.copy()
            moved[place] += _STEP
            columns.append((np.log(self.rates(moved)) - np.log(rates)) / _STEP)
        return np.stack(columns, axis=1)

    def solve(self) -> tuple[Array, Array, float]:
        """The mode, its information and the dispersion: scatter is measured at a first mode and weighs in the next."""
        at, dispersion, information = self.start(), 1.0, np.diag(self.precision)
        for _ in range(3):
            at, information = self.climb(at, dispersion)
            rates = self.rates(at)
            seen = rates > 1.0
            excess = ((self.counts - rates)[seen] ** 2 / rates[seen]).sum() / max(seen.sum() - len(at), 1)
            dispersion = float(max(excess, 1.0))
        return at, information, dispersion

    def climb(self, at: Array, dispersion: float) -> tuple[Array, Array]:
        loss, damping = self.loss(at, dispersion), 1e-3
        information = np.diag(self.precision)
        for _ in range(_ROUNDS):
            rates = self.rates(at)
            slopes = self.jacobian(at, rates)
            information = slopes.T @ (rates[:, None] * slopes) / dispersion + np.diag(self.precision)
            gradient = slopes.T @ (self.counts - rates) / dispersion - self.precision * (at - self.centre)
            while True:
                step = np.linalg.solve(information + damping * np.diag(np.diag(information)), gradient)
                moved = at + np.clip(step, -2, 2)
                tried = self.loss(moved, dispersion)
                if tried < loss or damping > 1e8:
                    break
                damping *= 4
            gain = loss - tried
            if tried < loss:
                at, loss, damping = moved, tried, max(damping / 8, 1e-6)
            if gain < 1e-6 * max(1.0, abs(loss)) * 1e-3 or damping > 1e8:
                break
        return at, information

    def start(self) -> Array:
        """The prior's behaviour, and a polynomial through the log of today's counts."""
        middle = (self.edges[1:] + self.edges[:-1]) / 2
        today = self.periods[-1].orders / self.exposure[-1]
        today = np.maximum(today, 0.1 * today[today > 0].min())
        seen = today > 0
        basis = np.vander(_scaled(middle), DEGREE + 1, increasing=True)
        weights = np.sqrt(today[seen])
        wished = np.log(today[seen])
        ridge = 1e-3 * np.eye(DEGREE + 1) * weights.max()
        left = np.vstack([basis[seen] * weights[:, None], ridge])
        coefficients, *_ = np.linalg.lstsq(left, np.concatenate([wished * weights, np.zeros(DEGREE + 1)]), rcond=None)
        return np.concatenate([self.centre[:_N], coefficients, np.zeros(len(self.periods) - 1)])


def _unit(periods: Sequence[Period]) -> float:
    """Visits of today's period, or its orders where visits are not known."""
    last = periods[-1]
    return float(last.visits or last.orders.sum() or 1.0)


def _scaled(middle: Array) -> Array:
    """Log of the value, about −1 to 1 over the bins."""
    logs = np.log(middle)
    low, high = logs[0], logs[-1]
    return np.asarray((2 * logs - low - high) / max(high - low, 1e-9))


def _log_rate(middle: Array, coefficients: Array) -> Array:
    return np.asarray(coefficients @ np.vander(_scaled(middle), DEGREE + 1, increasing=True).T)


def _natural(behaviour: Array) -> Array:
    """ε, λ, r, o, η from the scale that is fitted."""
    clipped = np.clip(behaviour, -12, 12)
    natural = np.exp(clipped)
    natural[:, 1] = special.expit(clipped[:, 1])
    natural[:, 4] = clipped[:, 4]
    return np.asarray(natural)


def _turned_away(edges: Array, threshold: float, today: float, natural: Array) -> Array:
    """What is left of the orders under another threshold than today's, one row a draw, one column.

    A threshold below all baskets turns nobody away, one above all of them as many as no free delivery at all.
    """
    asked, now = (min(max(one, float(edges[0])), float(edges[-1])) for one in (threshold, today))
    return np.asarray(np.exp(-natural[:, 4:5] * (asked - now) / (edges[-1] / _LARGEST)))


def _under(edges: Array, threshold: float) -> Array:
    """Share of each bin that lies below the threshold."""
    return np.clip((threshold - edges[:-1]) / (edges[1:] - edges[:-1]), 0.0, 1.0)


def _capped(threshold: float, middle: Array) -> Array:
    return np.asarray(np.maximum(threshold, middle)) if math.isfinite(threshold) else np.asarray(middle)


def _ways(middle: Array, terms: Terms, natural: Array) -> tuple[Array, Array, Array]:
    """Shares of the baskets below the threshold that are padded, ordered with the charge, and lost."""
    sensitivity, padding, reach = natural[:, 0:1], natural[:, 1:2], natural[:, 2:3]
    burden = sensitivity * terms.charge / middle
    if math.isfinite(terms.threshold) and terms.charge > 0:
        gap = np.maximum(terms.threshold - middle, 0.0) + natural[:, 3:4] * terms.threshold
        would = padding / (1 + (gap / (reach * terms.charge)) ** 2)
    else:
        would = np.zeros((len(natural), len(middle)))
    padded = would * -np.expm1(-burden) / np.maximum(burden, 1e-9)
    paid = (1 - would) * np.exp(-burden)
    return padded, paid, 1 - padded - paid


def _rates(edges: Array, terms: Terms, today: float, parameters: Array) -> Array:
    """Orders by bin, as they stand in the books: padded ones where they end up."""
    middle = (edges[1:] + edges[:-1]) / 2
    natural = _natural(parameters[:, :_N])
    wanted = np.exp(np.clip(_log_rate(middle, parameters[:, _FIRST:_END]), -60, 60))
    wanted = wanted * _turned_away(edges, terms.threshold, today, natural)
    under = _under(edges, terms.threshold)
    padded, paid, _ = _ways(middle, terms, natural)
    stay = wanted * ((1 - under) + under * paid)
    if not math.isfinite(terms.threshold):
        return stay
    beyond = np.maximum(edges - terms.threshold, 0.0) / np.maximum(natural[:, 3:4] * max(terms.threshold, 1e-9), 1e-9)
    arrives = np.diff(-np.expm1(-beyond), axis=1)
    return np.asarray(stay + (wanted * under * padded).sum(axis=1, keepdims=True) * arrives)
