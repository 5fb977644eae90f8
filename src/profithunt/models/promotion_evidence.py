"""What customers did around a promotion that they would not have done: by those held back, and by what others did.

**Arms.** Customers to whom a promotion was offered are held against those to whom it was not, inside strata of what
they bought long before, less what a regression on the weeks before foretells (among those held back). Where the shop
drew who is held back, that is an experiment. Where it chose whom to send an offer to, the same comparison is made of
the weeks before, when nothing had been offered yet: how far the two lie apart then (*placebo*), over all campaigns, is
added to the error of each.

**Panel.** Categories (or SKUs) that a promotion reached are held against their own weeks before, moved as all other
categories moved at the same time, customers of the same kind among themselves. How far the others moved apart says how
far chance alone would carry it.

Sources: Imbens and Rubin (2015), chapters 9 and 17, for strata with regression; Deng, Xu, Kohavi and Walker (2013) for
the weeks before; Abadie, Diamond and Hainmueller (2010) for placebos in space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Columns = Mapping[str, npt.NDArray[Any]]

SEGMENTS: Final = ("heavy", "regular", "occasional", "other", "lapsed", "new")
ROLES: Final = ("scope", "siblings", "rest")
_SUMS: Final = ("y", "z", "b", "a", "yy", "zz", "yz", "bb", "aa", "ab", "yb", "ya", "zb", "za")
_PRIOR_APART: Final = 0.15
_PRIOR_SPREAD: Final = 0.1
_PRIOR_PEERS: Final = 2.0
_CLUMPS: Final = 1.4
_STEADY: Final = 50.0
_FEWEST_BEFORE, _FEWEST_DURING, _FEWEST_AFTER = 14, 3, 14
_OWN_VARIANCE: Final = 5.0
_LEAST_SCATTER: Final = 0.02


@dataclass(frozen=True)
class Extra:
    """Value at list price that came on top by kind of customer, all reached customers together.

    `error` standard error of each by itself; `shared` what an error common to all kinds would move each by; `chance`
    the part of the error's square that is in what they did meanwhile, whatever it is held against. NaN where nothing
    was seen.
    """

    value: Array
    error: Array
    shared: Array
    chance: Array


@dataclass(frozen=True)
class Seen:
    """What one comparison says of a promotion: during it and in the weeks after, by what the units are of.

    `kind` is `holdout`, `targeted` or `panel`; `naive` what the plain difference would have said (arms only);
    `placebo` the difference before anything was offered, as a share of what was bought then, with its error.
    """

    kind: str
    during: Mapping[str, Extra]
    after: Mapping[str, Extra]
    n_acted: float = 0.0
    n_held: float = 0.0
    naive: float | None = None
    placebo: tuple[float, float] | None = None
    profit: tuple[float, float] | None = None


@dataclass(frozen=True)
class Spread:
    """How far customers' spending scatters around what their weeks before foretell, and how many customers there are.

    Spending at list price on what the promotion is about, during it and in the weeks after.
    """

    sigma: float
    n: float


def arms(columns: Columns) -> dict[str, Seen]:
    """Comparisons of customers with and without the offer by promotion, from rows of `promotion_arms.sql`."""
    promos = _text(columns["promo_id"])
    design = _text(columns["design"])
    found: dict[str, dict[str, _Arms]] = {}
    for promo in dict.fromkeys(promos[design != "none"].tolist()):
        chosen = promos == promo
        found[promo] = {
            metric: _Arms.of({name: column[chosen] for name, column in columns.items()}, metric)
            for metric in (*ROLES, "profit")
        }
    targeted = {promo: one for promo, one in found.items() if design[promos == promo][0] == "targeted"}
    usual = {metric: _usual([one[metric].placebo() for one in targeted.values()]) for metric in (*ROLES, "profit")}
    made = {}
    for promo, one in found.items():
        kind = "targeted" if promo in targeted else "holdout"
        off = usual if kind == "targeted" else dict.fromkeys(usual, 0.0)
        made[promo] = _seen(kind, one, off)
    return made


def spreads(columns: Columns) -> dict[str, Spread]:
    """Scatter of customers' spending by promotion, from the same rows: what the size of a test rests on."""
    promos, metric = _text(columns["promo_id"]), _text(columns["metric"])
    found = {}
    for promo in dict.fromkeys(promos.tolist()):
        chosen = (promos == promo) & (metric == "scope")
        sums = {name: np.asarray(columns[name][chosen], dtype=np.float64) for name in ("n", *_SUMS)}
        n = float(sums["n"].sum())
        if n < 2:
            continue
        within = _Within(sums)
        slopes = within.slopes("t", ("b", "a"))
        found[promo] = Spread(float(np.sqrt(max(within.left("t", ("b", "a"), slopes).sum(), 0.0) / n)), n)
    return found


def panel(units: Columns, days: Columns, run_days: Mapping[str, int]) -> dict[str, Seen]:
    """Comparisons with the weeks before and with other categories by promotion.

    `units` rows of `promotion_panel.sql`, `days` of `promotion_days.sql`; `run_days` how long each promotion ran.
    """
    found = {}
    promos = _text(units["promo_id"])
    day_promos = _text(days["promo_id"])
    for promo in dict.fromkeys(promos.tolist()):
        one = _Panel.of(_only(units, promos == promo), _only(days, day_promos == promo))
        seen = one.seen(run_days[promo])
        if seen is not None:
            found[promo] = seen
    return found


class _Within:
    """Sums of squares and products inside strata, from sums over customers; `t` is during and after together."""

    def __init__(self, sums: Mapping[str, Array]) -> None:
        n = np.maximum(sums["n"], 1.0)
        total = {name: sums[name] for name in ("y", "z", "b", "a")}
        product = {
            ("y", "y"): sums["yy"], ("z", "z"): sums["zz"], ("y", "z"): sums["yz"], ("b", "b"): sums["bb"],
            ("a", "a"): sums["aa"], ("a", "b"): sums["ab"], ("y", "b"): sums["yb"], ("y", "a"): sums["ya"],
            ("z", "b"): sums["zb"], ("z", "a"): sums["za"],
        }  # fmt: skip
        total["t"] = total["y"] + total["z"]
        product["t", "t"] = sums["yy"] + 2 * sums["yz"] + sums["zz"]
        product["t", "b"], product["t", "a"] = sums["yb"] + sums["zb"], sums["ya"] + sums["za"]
        self.n = sums["n"]
        self.mean = {name: value / n for name, value in total.items()}
        self._product = {
            pair: value - total[pair[0]] * total[pair[1]] / n
            for one, value in product.items()
            for pair in (one, one[::-1])
        }

    def slopes(self, outcome: str, before: Sequence[str]) -> Array:
        """Regression of an outcome on the weeks before, one for all strata."""
        left = np.array([[self._product[one, other].sum() for other in before] for one in before])
        right = np.array([self._product[outcome, one].sum() for one in before])
        ridge = 1e-6 * max(float(np.trace(left)), 1e-9)
        return np.asarray(np.linalg.solve(left + ridge * np.eye(len(before)), right))

    def left(self, outcome: str, before: Sequence[str], slopes: Array) -> Array:
        """Squares that the regression leaves, by stratum."""
        found = self._product[outcome, outcome].copy()
        for at, one in enumerate(before):
            found -= 2 * slopes[at] * self._product[outcome, one]
            for to, other in enumerate(before):
                found += slopes[at] * slopes[to] * self._product[one, other]
        return np.asarray(np.maximum(found, 0.0))

    def beyond(self, outcome: str, before: Sequence[str], slopes: Array) -> Array:
        """Mean of the outcome beyond what the weeks before foretell, by stratum."""
        return np.asarray(
            self.mean[outcome] - sum(slopes[at] * self.mean[one] for at, one in enumerate(before)), dtype=np.float64
        )


@dataclass(frozen=True)
class _Arms:
    """Strata of one promotion and metric, both arms side by side."""

    segment: npt.NDArray[np.int64]
    acted: _Within
    held: _Within

    @classmethod
    def of(cls, columns: Columns, metric: str) -> _Arms:
        chosen = _text(columns["metric"]) == metric
        segment, stratum, arm = (_text(columns[name])[chosen] for name in ("segment", "stratum", "arm"))
        keys, place = np.unique(np.char.add(np.char.add(segment, "|"), stratum), return_inverse=True)
        sums = {}
        for side in ("acted", "held"):
            sums[side] = {name: np.zeros(len(keys)) for name in ("n", *_SUMS)}
            mine = arm == side
            for name in ("n", *_SUMS):
                np.add.at(sums[side][name], place[mine], np.asarray(columns[name][chosen][mine], dtype=np.float64))
        names = [key.split("|")[0] for key in keys.tolist()]
        index = np.array([SEGMENTS.index(name) for name in names], dtype=np.int64)
        return cls(index, _Within(sums["acted"]), _Within(sums["held"]))

    def effect(self, outcome: str, before: Sequence[str] = ("b", "a")) -> tuple[Array, Array, Array]:
        """Effect on all customers acted on, its error and the part of its square that is theirs, by kind of customer.

        NaN where there is nobody to compare them with.
        """
        slopes = self.held.slopes(outcome, before)
        gap = self.acted.beyond(outcome, before, slopes) - self.held.beyond(outcome, before, slopes)
        variance = [_variances(side, side.left(outcome, before, slopes)) for side in (self.acted, self.held)]
        usable = (self.acted.n > 0) & (self.held.n >= 2)
        n_acted, n_held = np.maximum(self.acted.n, 1.0), np.maximum(self.held.n, 1.0)
        error = n_acted**2 * (variance[0] / n_acted + variance[1] / n_held)
        value, squares, own = (np.full(len(SEGMENTS), np.nan) for _ in range(3))
        for segment in np.unique(self.segment[usable]):
            mine = usable & (self.segment == segment)
            grown = self.acted.n[self.segment == segment].sum() / self.acted.n[mine].sum()
            value[segment] = grown * (self.acted.n * gap)[mine].sum()
            squares[segment] = grown**2 * error[mine].sum()
            own[segment] = grown**2 * (n_acted * variance[0])[mine].sum()
        return value, np.sqrt(squares), own

    def bought(self, outcome: str) -> Array:
        """What customers acted on had in all, by kind."""
        found = np.zeros(len(SEGMENTS))
        np.add.at(found, self.segment, self.acted.n * self.acted.mean[outcome])
        return found

    def naive(self, outcome: str) -> float:
        """The plain difference of means, for all acted on."""
        sides = [(side.n * side.mean[outcome]).sum() / max(side.n.sum(), 1.0) for side in (self.acted, self.held)]
        return float((sides[0] - sides[1]) * self.acted.n.sum())

    def placebo(self) -> tuple[float, float]:
        """The difference in the weeks before anything was offered, as a share of what was bought in them."""
        value, error, _ = self.effect("b", ("a",))
        base = float(np.abs(self.bought("b")).sum())
        if base <= 0 or np.isnan(value).all():
            return np.nan, np.nan
        return float(np.nansum(value) / base), float(np.sqrt(np.nansum(error**2)) / base)


def _variances(side: _Within, left: Array) -> Array:
    """Variance of a customer by stratum, small strata held towards all."""
    pooled = left.sum() / max(float(np.maximum(side.n - 1, 0).sum()), 1.0)
    return np.asarray((left + _OWN_VARIANCE * pooled) / (np.maximum(side.n - 1, 0) + _OWN_VARIANCE))


def _usual(placebos: Sequence[tuple[float, float]]) -> float:
    """How far those chosen and those not lie apart with nothing offered, beyond chance, in shares of what is bought.

    Root mean square over the campaigns, held towards what is declared where there are few.
    """
    known = np.array([pair for pair in placebos if np.isfinite(pair).all()]).reshape(-1, 2)
    squares = _PRIOR_PEERS * _PRIOR_APART**2
    if not len(known):
        return _PRIOR_APART
    weight = 1 / (_PRIOR_APART**2 + known[:, 1] ** 2)
    weight = weight / weight.max()
    beyond = (weight * (known[:, 0] ** 2 - known[:, 1] ** 2)).sum()
    return float(np.sqrt(max((squares + beyond) / (_PRIOR_PEERS + weight.sum()), _LEAST_SCATTER**2)))


def _seen(kind: str, one: Mapping[str, _Arms], usual: Mapping[str, float]) -> Seen:
    during: dict[str, Extra] = {}
    after: dict[str, Extra] = {}
    for role in ROLES:
        for outcome, into in (("y", during), ("z", after)):
            value, error, chance = one[role].effect(outcome)
            into[role] = Extra(value, error, usual[role] * one[role].bought(outcome), chance)
    profit = one["profit"]
    value, error, _ = profit.effect("t")
    base = usual["profit"] * float(profit.bought("t").sum())
    total = float(np.nansum(value)), float(np.sqrt(np.nansum(error**2) + base**2))
    placebo = profit.placebo()
    return Seen(
        kind,
        during,
        after,
        float(profit.acted.n.sum()),
        float(profit.held.n.sum()),
        profit.naive("t"),
        placebo if np.isfinite(placebo).all() else None,
        total,
    )


@dataclass(frozen=True)
class _Panel:
    """Value of one promotion by role, category, kind of customer and part of time, and the days behind it.

    `squares` are the sums of squares of the lines behind each value: what chance alone makes of it.
    """

    units: Mapping[str, Array]
    squares: Mapping[str, Array]
    days: Array

    @classmethod
    def of(cls, units: Columns, days: Columns) -> _Panel:
        names = sorted({*_text(units["category"]).tolist(), *_text(days["category"]).tolist()})
        place = {name: at for at, name in enumerate(names)}
        part = {"before": 0, "during": 1, "after": 2}
        counted = np.zeros((len(names), 3))
        for category, when, n in zip(_text(days["category"]), _text(days["part"]), days["n_days"], strict=True):
            counted[place[str(category)], part[str(when)]] = float(n)
        shape = (len(names), len(SEGMENTS), 3)
        found, squares = ({role: np.zeros(shape) for role in ("scope", "siblings", "control")} for _ in range(2))
        at = (_text(units[name]) for name in ("role", "category", "segment", "part"))
        for role, category, segment, when, worth, square in zip(*at, units["worth"], units["squares"], strict=True):
            cell = place[str(category)], SEGMENTS.index(str(segment)), part[str(when)]
            found[str(role)][cell] += float(worth)
            squares[str(role)][cell] += float(square)
        return cls(found, squares, counted)

    def seen(self, run_days: int) -> Seen | None:
        """What came on top in the categories reached; None where too few days without another promotion are left."""
        about = np.flatnonzero(self.units["scope"].sum(axis=(1, 2)) > 0)
        days = self.days[about]
        if not len(about) or days[:, 0].min() < _FEWEST_BEFORE or days[:, 1].min() < _FEWEST_DURING:
            return None
        shifts, spread = zip(*(self._moved(when) for when in (1, 2)), strict=True)
        during = {role: self._extra(role, 1, shifts[0], spread[0], run_days) for role in ("scope", "siblings")}
        after = {}
        if days[:, 2].min() >= _FEWEST_AFTER:
            after = {role: self._extra(role, 2, shifts[1], spread[1], None) for role in ("scope", "siblings")}
        return Seen("panel", during, after)

    def _moved(self, when: int) -> tuple[Array, float]:
        """How the other categories moved, by kind of customer, and how far they moved apart (of log)."""
        control = self.units["control"]
        usable = (self.days[:, 0] >= _FEWEST_BEFORE) & (self.days[:, when] > 0)
        ratio = np.where(usable, self.days[:, when] / np.maximum(self.days[:, 0], 1.0), 0.0)
        came, expected = control[..., when] * usable[:, None], control[..., 0] * ratio[:, None]
        if expected.sum() <= 0 or came.sum() <= 0:
            return np.ones(len(SEGMENTS)), _PRIOR_SPREAD
        overall = float(came.sum() / expected.sum())
        steady = _STEADY * float(self.squares["control"].sum() / control.sum())
        shift = (came.sum(axis=0) + steady * overall) / (expected.sum(axis=0) + steady)
        own = came.sum(axis=1), (expected * shift[None, :]).sum(axis=1)
        squares = [self.squares["control"][..., at].sum(axis=1) for at in (0, when)]
        chance = _CLUMPS * sum(
            part / np.maximum(value, 1e-9) ** 2
            for part, value in zip(squares, (control[..., 0].sum(axis=1), own[0]), strict=True)
        )
        large = (own[0] > 0) & (own[1] > 0) & (chance < _PRIOR_APART**2)
        apart = np.log(own[0][large] / own[1][large])
        total = _PRIOR_PEERS * _PRIOR_SPREAD**2 + max(float((apart**2 - chance[large]).sum()), 0.0)
        return np.asarray(shift), float(np.sqrt(total / (_PRIOR_PEERS + len(apart))))

    def _extra(self, role: str, when: int, shift: Array, spread: float, run_days: int | None) -> Extra:
        units = self.units[role]
        ratio = np.where(self.days[:, 0] > 0, self.days[:, when] / np.maximum(self.days[:, 0], 1.0), 0.0)
        expected = (units[..., 0] * ratio[:, None]).sum(axis=0) * shift
        came = units[..., when].sum(axis=0)
        known = self.days[units.sum(axis=(1, 2)) > 0, when]
        grown = run_days / float(known.mean()) if run_days and len(known) and known.mean() > 0 else 1.0
        squares = self.squares[role]
        line = float(squares.sum() / max(units.sum(), 1e-9))
        chance = _CLUMPS * np.maximum(squares[..., when].sum(axis=0), line**2) * grown**2
        before = _CLUMPS * (squares[..., 0] * ratio[:, None] ** 2).sum(axis=0) * (shift * grown) ** 2
        return Extra((came - expected) * grown, np.sqrt(chance + before), expected * spread * grown, chance)


def _only(columns: Columns, chosen: npt.NDArray[np.bool_]) -> Columns:
    return {name: column[chosen] for name, column in columns.items()}


def _text(column: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    return np.asarray(np.ma.filled(np.ma.asarray(column), "").astype(str))
