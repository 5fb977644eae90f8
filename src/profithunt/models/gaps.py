"""Whether an entity's rate is worse than it should be, by how much, and what that costs over the days ahead.

`assess` takes the columns that a detector's query gave (one entry an entity), whatever the detector: it fits the peers,
shrinks, tests, and draws the money. What it looks for is a *gap* between the entity's true rate and a benchmark; money
is gap × exposure over the horizon × money per unit of gap.

| statistic | columns | rate |
| --- | --- | --- |
| share | hits, trials | hits ÷ trials |
| count | hits, exposure | hits ÷ exposure |
| ratio | n, y, x, yy, xy, xx (sums of products of two amounts) | y ÷ x |
| sum | loss, n, loss_sq | none: a fact that was added up, not a rate |

Source: METRICS section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.activity import Activity, Outlook, Season, outlook, steady
from profithunt.models.discovery import benjamini_hochberg
from profithunt.models.shrinkage import Array, Posterior, fit_beta, fit_gamma, fit_normal

Statistic = Literal["share", "count", "ratio", "sum"]
Direction = Literal["high", "low"]
Column = Sequence[float | None] | Array

ACTIVITY: Final = ("n_rows", "n_recent", "n_days", "days_waited", "days_silent")
"""Columns of an entity's activity; under names with `seen_` before them where they come from another window."""

N_DRAWS = 512
_DRAWN_AT_A_TIME = 4096
_FEW_PEERS = 8
_LEAST_GAP = 0.2
_BEYOND_CHANCE = 3.0
_MENDED = 0.05
_FEW_HITS = 10
_TINY = 1e-12
_UNIT_PRIOR = 3.0
_VARIANCE_PRIOR = 4.0
_DRIFT = 0.15
"""How far, in logarithms, money of four weeks leaves what was to be expected of it, however much was seen before."""
_LEAST_BELIEF = 0.2
_ORDINARY = 0.25
"""How much of the failures that part an ordinary peer from the others can be mended: most of it is its kind."""
_TELLING_PEERS = 20
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Rule:
    """How a detector judges.

    `direction` in which a rate is bad; `outlier` percentile of ordinary peers that an entity must lie beyond, and by a
    fifth of the benchmark (None: any gap to the benchmark counts); `probability` the least P(gap > 0);
    `false_discovery` the share of false finds that is accepted over all tested; `window_days` seen; `horizon_days`
    ahead; `season` how much busier the horizon is; `credibility` how far to believe the money of a true find: one
    standard deviation down, it is so much of what it seems.
    """

    statistic: Statistic
    direction: Direction = "high"
    outlier: float | None = None
    probability: float = 0.8
    false_discovery: float = 0.1
    window_days: float = 28
    horizon_days: float = 28
    season: Season = field(default_factory=Season)
    credibility: float = 1.0


@dataclass(frozen=True)
class Assessment:
    """What came out, one entry an entity, in the order that it came in; money over the horizon.

    `found` passed every gate of statistics; `rate` shrunken, `raw_rate` as seen, `benchmark` what peers (or the
    detector) set, `probability` P(gap > 0), `exposure` expected over the horizon, `unit` money per unit of gap,
    `alive` P(still active), `mendable` how far an outlier is a fault and not of its kind, `p10`/`p50`/`p90`/`mean`
    of the money (NaN where not found), `tested` how many were tested.
    """

    found: npt.NDArray[np.bool_]
    rate: Array
    raw_rate: Array
    benchmark: Array
    probability: Array
    p_value: Array
    exposure: Array
    unit: Array
    alive: Array
    mendable: Array
    p10: Array
    p50: Array
    p90: Array
    mean: Array
    tested: int


def assess(columns: Mapping[str, Column], peers: Sequence[object] | npt.NDArray[Any], rule: Rule) -> Assessment:
    """Judge all entities of one detector. `peers` holds each entity's group: a name, or a number as an array.

    Beside the columns of the statistic: `benchmark`, `limit`, `loss`, `unit_loss`, `unit_n`, those of ACTIVITY, and
    `window_days`, `seen_days` where an entity was seen over another window than the rest.
    """
    data = _arrays(columns)
    groups = _groups(peers)
    size = _exposure(data, rule.statistic)
    activity = _outlook(data, size, rule)
    if rule.statistic == "sum":
        return _assess_sum(data, activity, rule)

    posterior, raw, error, ordinary = _shrink(data, groups, rule)
    rate = posterior.mean
    benchmark = _given(data, "benchmark", _group_median(rate, groups))
    sign = 1.0 if rule.direction == "high" else -1.0
    above = posterior.above(benchmark)
    probability = above if sign > 0 else 1 - above
    p_value = _p_values(data, raw, error, benchmark, rule)
    passed = benjamini_hochberg(p_value, rule.false_discovery)
    beyond = sign * (rate - benchmark) > 0
    if rule.outlier is not None:
        beyond &= (sign * (rate - ordinary) > 0) & (np.abs(rate - benchmark) >= _LEAST_GAP * np.abs(benchmark))
    if "limit" in data:
        over = posterior.above(np.nan_to_num(data["limit"]))
        beyond &= np.isnan(data["limit"]) | ((over if sign > 0 else 1 - over) >= rule.probability)
    found = passed & beyond & (probability >= rule.probability)

    unit, spread = _unit(data, groups)
    ahead = size * activity.factor
    chosen, level, level_2, level_3, _ = _uniforms()

    def worth(index: npt.NDArray[np.intp]) -> Array:
        pace = _pace_draws(activity, index, level_2)
        about = np.exp(spread[index][:, None] * special.ndtri(level_3)[None, :])
        if "loss" in data:
            lost = data["loss"][index] * activity.factor[index]
            return np.asarray(lost[:, None] * pace * about)
        gap = sign * (posterior.only(index).draws(chosen, level) - benchmark[index][:, None])
        return np.asarray(gap * ahead[index][:, None] * pace * (unit[index][:, None] * about))

    return _result(
        worth,
        found,
        rule,
        rate=rate,
        raw_rate=raw,
        benchmark=benchmark,
        probability=probability,
        p_value=p_value,
        exposure=ahead,
        unit=unit,
        alive=activity.alive,
        mendable=_mendable(posterior, groups, rule),
    )


def changed(before: Mapping[str, Column], lately: Mapping[str, Column], statistic: Statistic) -> npt.NDArray[np.bool_]:
    """Which entities' rates lately differ from what they were before in the same window, beyond chance (3 σ).

    `before` holds the sums of the whole window, `lately` those of its last part, entity by entity.
    """
    whole, late = _arrays(before), _arrays(lately)
    names = {"share": ("hits", "trials"), "count": ("hits", "exposure"), "ratio": ("n", "y", "x", "yy", "xy", "xx")}
    early = {name: np.nan_to_num(whole[name]) - np.nan_to_num(late[name]) for name in names.get(statistic, ())}
    if statistic == "sum":
        return np.zeros(len(whole["n"]), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        if statistic == "ratio":
            (first, first_error), (second, second_error) = _ratio(early), _ratio(late)
            distance = (second - first) / np.hypot(first_error, second_error)
            known = early["n"] > 1
        else:
            size = names[statistic][1]
            pooled = np.nan_to_num(whole["hits"]) / np.maximum(np.nan_to_num(whole[size]), _TINY)
            noise = pooled * (1 - np.minimum(pooled, 1)) if statistic == "share" else pooled
            error = np.sqrt(noise * (1 / early[size] + 1 / late[size]))
            distance = (late["hits"] / late[size] - early["hits"] / early[size]) / error
            few = np.minimum(early["hits"], late["hits"]) < _FEW_HITS
            distance = np.where(few, _exact_distance(late["hits"], whole["hits"], late[size] / whole[size]), distance)
            known = early[size] > 0
    return np.asarray(known & (np.abs(np.nan_to_num(distance)) > _BEYOND_CHANCE))


def still_open(lately: Mapping[str, Column], rate: Array, benchmark: Array, statistic: Statistic) -> Array:
    """Probability that a leak of this rate was not mended by the last days, one in twenty being mended beforehand.

    `lately` holds the sums of the last days (missing where there are none). What they show is held against the rate of
    the leak and against the benchmark.
    """
    data = _arrays(lately)
    if statistic == "ratio":
        seen, error = _ratio(data)
        as_leak, as_mended = (-0.5 * ((seen - level) / error) ** 2 for level in (rate, benchmark))
        known = np.nan_to_num(data["n"]) > 1
    else:
        hits, size = data["hits"], data["trials" if statistic == "share" else "exposure"]
        known = np.nan_to_num(size) > 0
        leak, mended = (np.clip(level, 1e-6, 1 - 1e-6 if statistic == "share" else None) for level in (rate, benchmark))
        as_leak, as_mended = (
            hits * np.log(level) + ((size - hits) * np.log1p(-level) if statistic == "share" else -size * level)
            for level in (leak, mended)
        )
    difference = np.where(known, np.nan_to_num(as_leak - as_mended), 0.0)
    return np.asarray(special.expit(special.logit(1 - _MENDED) + np.clip(difference, -50, 50)), dtype=np.float64)


def _exact_distance(late: Array, all_hits: Array, share: Array) -> Array:
    """σ by which `late` of all hits differ from the share to expect, from the tails of the binomial (few hits)."""
    share = np.clip(share, 1e-9, 1 - 1e-9)
    rest = all_hits - late
    at_least = np.where(late > 0, special.betainc(np.maximum(late, _TINY), rest + 1, share), 1.0)
    at_most = np.where(rest > 0, special.betaincc(late + 1, np.maximum(rest, _TINY), share), 1.0)
    sigma = -special.ndtri(np.clip(np.minimum(at_least, at_most), 1e-300, 0.5))
    return np.asarray(np.where(at_least < at_most, sigma, -sigma), dtype=np.float64)


def _arrays(columns: Mapping[str, Column]) -> dict[str, Array]:
    return {
        name: values
        if isinstance(values, np.ndarray)
        else np.array([np.nan if v is None else float(v) for v in values])
        for name, values in columns.items()
    }


def _assess_sum(data: dict[str, Array], activity: Outlook, rule: Rule) -> Assessment:
    loss = np.nan_to_num(data["loss"])
    n = np.maximum(np.nan_to_num(data["n"]), 1.0)
    squares = np.nan_to_num(_given(data, "loss_sq", loss**2 / n))
    relative = np.sqrt(np.maximum(squares, 0)) / np.maximum(np.abs(loss), 1e-12)
    # A total of independent amounts has the variance of the sum of their squares (compound Poisson).
    probability = np.asarray(special.ndtr(np.sign(loss) / np.maximum(relative, 1e-6)), dtype=np.float64)
    found = (loss > 0) & (probability >= rule.probability)
    _, level, level_2, _, _ = _uniforms()
    scale = activity.factor

    def worth(index: npt.NDArray[np.intp]) -> Array:
        shape = 1 / np.clip(relative[index], 1e-3, None) ** 2
        draws = special.gammaincinv(shape[:, None], level[None, :]) / shape[:, None]
        return np.asarray((loss * scale)[index][:, None] * draws * _pace_draws(activity, index, level_2))

    empty = np.full_like(loss, np.nan)
    return _result(
        worth,
        found,
        rule,
        rate=empty,
        raw_rate=empty,
        benchmark=empty,
        probability=probability,
        p_value=1 - probability,
        exposure=n * scale,
        unit=loss / n,
        alive=activity.alive,
        mendable=np.ones_like(loss),
    )


def _result(
    worth: Callable[[npt.NDArray[np.intp]], Array], found: npt.NDArray[np.bool_], rule: Rule, **arrays: Array
) -> Assessment:
    """`worth` draws the money of some entities, shape (entities, draws); asked for a few thousand at a time.

    The range is that of the draws and of what no sample tells; the middle is left where the draws have it.
    """
    believed = _belief(rule, _uniforms()[-1])
    p10, p50, p90, mean = (np.full(len(found), np.nan) for _ in range(4))
    index = np.flatnonzero(found)
    for start in range(0, len(index), _DRAWN_AT_A_TIME):
        part = index[start : start + _DRAWN_AT_A_TIME]
        draws = worth(part)
        p50[part], mean[part] = np.quantile(draws, 0.5, axis=1), draws.mean(axis=1)
        p10[part], p90[part] = np.quantile(draws * believed, [0.1, 0.9], axis=1)
    p10, p90 = np.minimum(p10, p50), np.maximum(p90, p50)
    return Assessment(found=found, p10=p10, p50=p50, p90=p90, mean=mean, tested=len(found), **arrays)


def _exposure(data: dict[str, Array], statistic: Statistic) -> Array:
    name = {"share": "trials", "count": "exposure", "ratio": "x", "sum": "n"}[statistic]
    return np.nan_to_num(data[name])


def _outlook(data: dict[str, Array], size: Array, rule: Rule) -> Outlook:
    days = _given(data, "window_days", np.full_like(size, rule.window_days))
    if "n_rows" not in data:
        return steady(size, days, rule.horizon_days, rule.season)
    counted = np.nan_to_num(data["n_rows"])
    if "seen_days" in data:
        days = data["seen_days"]
        data = {**data, **{name: data[f"seen_{name}"] for name in ACTIVITY}}
    seen = Activity(
        rows=np.nan_to_num(data["n_rows"]),
        recent=np.nan_to_num(data["n_recent"]),
        days=np.nan_to_num(data["n_days"]),
        waited=np.nan_to_num(data["days_waited"]),
        silent=np.nan_to_num(data["days_silent"]),
    )
    return outlook(seen, days, rule.horizon_days, rule.season, counted)


def _groups(peers: Sequence[object] | npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Number of each entity's group of peers; groups of fewer than eight are put together."""
    names = peers if isinstance(peers, np.ndarray) else np.array([str(peer) for peer in peers])
    _, index, counts = np.unique(names, return_inverse=True, return_counts=True)
    return np.where(counts[index] < _FEW_PEERS, -1, index).astype(np.intp)


def _shrink(data: dict[str, Array], groups: npt.NDArray[np.intp], rule: Rule) -> tuple[Posterior, Array, Array, Array]:
    """Posterior, rate as seen, its standard error, and the percentile of ordinary peers that `outlier` asks for."""
    error = np.zeros(len(groups))
    if rule.statistic == "share":
        value, weight = np.nan_to_num(data["hits"]), np.nan_to_num(data["trials"])
        raw = value / np.maximum(weight, 1e-12)
    elif rule.statistic == "count":
        value, weight = np.nan_to_num(data["hits"]), np.nan_to_num(data["exposure"])
        raw = value / np.maximum(weight, 1e-12)
    else:
        raw, error = _ratio(data)
        value, weight = raw, error
    fit = {"share": fit_beta, "count": fit_gamma, "ratio": fit_normal}[rule.statistic]
    level = 0.5 if rule.outlier is None else rule.outlier
    ordinary = np.zeros(len(groups))
    odd = np.zeros(len(groups))
    first, second, third, fourth = (np.zeros(len(groups)) for _ in range(4))
    family: Literal["beta", "gamma", "normal"] = "normal"
    for group in np.unique(groups):
        inside = groups == group
        prior = fit(value[inside], weight[inside])
        part = prior.posterior(value[inside], weight[inside])
        family = part.family
        odd[inside] = part.odd
        first[inside], second[inside] = part.body
        third[inside], fourth[inside] = part.wide
        ordinary[inside] = prior.quantile(level if rule.direction == "high" else 1 - level)
    return Posterior(family, odd, (first, second), (third, fourth)), raw, error, ordinary


def _ratio(data: dict[str, Array]) -> tuple[Array, Array]:
    """Y ÷ x of each entity and its standard error, the scatter of small samples held against that of all."""
    n, y, x, yy, xy, xx = (np.nan_to_num(data[name]) for name in ("n", "y", "x", "yy", "xy", "xx"))
    base = np.where(np.abs(x) > _TINY, x, _TINY)
    ratio = y / base
    scatter = np.maximum(yy - 2 * ratio * xy + ratio**2 * xx, 0)
    scale = np.maximum(xx / np.maximum(n, 1), 1e-12)
    enough = n > 1
    own = np.where(enough, scatter / np.maximum(n - 1, 1) / scale, 0)
    usual = float(np.median(own[enough])) if enough.any() else 1.0
    pooled = (_VARIANCE_PRIOR * usual + np.maximum(n - 1, 0) * own) / (_VARIANCE_PRIOR + np.maximum(n - 1, 0))
    return ratio, np.sqrt(pooled * xx) / np.abs(base) + 1e-9


def _mendable(posterior: Posterior, groups: npt.NDArray[np.intp], rule: Rule) -> Array:
    """How far an outlier is a fault: peers differ by nature, and only the few unlike them have a cause of their own.

    Among few peers nobody can tell how they differ by nature, so nothing is held against the find.
    """
    if rule.outlier is None or rule.statistic != "share":
        return np.ones_like(posterior.odd)
    _, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    ordinary = np.where(counts[index] < _TELLING_PEERS, 1.0, _ORDINARY)
    return np.asarray(posterior.odd + (1 - posterior.odd) * ordinary, dtype=np.float64)


def _p_values(data: dict[str, Array], raw: Array, error: Array, benchmark: Array, rule: Rule) -> Array:
    """Probability of a rate at least as bad as the one seen, were the true one at the benchmark."""
    high = rule.direction == "high"
    if rule.statistic == "ratio":
        n = np.nan_to_num(data["n"])
        distance = (raw - benchmark) / error * (1 if high else -1)
        return np.asarray(special.stdtr(np.maximum(n + _VARIANCE_PRIOR - 1, 1), -distance), dtype=np.float64)
    hits = np.nan_to_num(data["hits"])
    if rule.statistic == "share":
        misses = np.nan_to_num(data["trials"]) - hits
        level = np.clip(benchmark, 1e-9, 1 - 1e-9)
        # Tails of the binomial as incomplete beta functions.
        result = (
            special.betainc(np.maximum(hits, _TINY), misses + 1, level)
            if high
            else special.betaincc(hits + 1, np.maximum(misses, _TINY), level)
        )
    else:
        mean = np.maximum(benchmark, _TINY) * np.nan_to_num(data["exposure"])
        result = special.gammainc(np.maximum(hits, _TINY), mean) if high else special.gammaincc(hits + 1, mean)
    certain = (hits <= 0) if high else (rule.statistic == "share") & (hits >= np.nan_to_num(data.get("trials", hits)))
    return np.asarray(np.where(certain, 1.0, np.nan_to_num(result, nan=1.0)), dtype=np.float64)


def _unit(data: dict[str, Array], groups: npt.NDArray[np.intp]) -> tuple[Array, Array]:
    """Money per unit of gap, held against the group's where few were seen, and the spread of its logarithm."""
    if "unit_loss" not in data:
        return np.ones(len(groups)), np.zeros(len(groups))
    own = data["unit_loss"]
    seen = np.nan_to_num(_given(data, "unit_n", np.full(len(groups), 30.0)))
    seen = np.where(np.isnan(own), 0.0, seen)
    own = np.nan_to_num(own)
    pooled = np.zeros(len(groups))
    for group in np.unique(groups):
        inside = groups == group
        total = seen[inside].sum()
        pooled[inside] = (own[inside] * seen[inside]).sum() / total if total > 0 else 0.0
    unit = (seen * own + _UNIT_PRIOR * pooled) / (seen + _UNIT_PRIOR)
    return unit, 0.5 / np.sqrt(seen + _UNIT_PRIOR)


def _given(data: dict[str, Array], name: str, otherwise: Array) -> Array:
    if name not in data:
        return otherwise
    return np.where(np.isnan(data[name]), otherwise, data[name])


def _group_median(rate: Array, groups: npt.NDArray[np.intp]) -> Array:
    result = np.zeros_like(rate)
    for group in np.unique(groups):
        result[groups == group] = np.median(rate[groups == group])
    return result


def _pace_draws(activity: Outlook, index: npt.NDArray[np.intp], level: Array) -> Array:
    """Draws of how much the pace differs from the expected one, mean 1, shape (entities, draws)."""
    shape = activity.shape[index]
    return np.asarray(special.gammaincinv(shape[:, None], level[None, :]) / shape[:, None], dtype=np.float64)


def _belief(rule: Rule, level: Array) -> Array:
    """Draws of what no sample tells, median 1: the days ahead differ from those seen, the rule may miss the truth."""
    spread = np.hypot(_DRIFT, np.log(np.clip(rule.credibility, _LEAST_BELIEF, 1.0)))
    return np.asarray(np.exp(spread * special.ndtri(level)), dtype=np.float64)


def _uniforms() -> tuple[Array, Array, Array, Array, Array]:
    """Five rows of evenly spread numbers in (0, 1), the same each time (additive recurrence, Roberts 2018)."""
    step = 1.16730397826141868
    turns = np.arange(1, N_DRAWS + 1)
    rows = [(0.5 + turns / step**power) % 1.0 for power in range(1, 5)] + [(0.5 + turns * _GOLDEN) % 1.0]
    first, second, third, fourth, fifth = (np.clip(row, 1e-6, 1 - 1e-6) for row in rows)
    return first, second, third, fourth, fifth
