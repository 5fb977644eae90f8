"""Planted anomalies are found among many series; seasons and holidays that all share are not."""

import numpy as np
import pytest

from profithunt.models import anomalies
from profithunt.models.anomalies import LEVEL, SPIKE, find, joined, q_values

N, DAYS = 200, 420


def _series(seed: int) -> tuple[np.ndarray, np.random.Generator]:
    draw = np.random.default_rng(seed)
    day = np.arange(DAYS)
    level = np.exp(draw.normal(3.6, 0.6, N))
    weekday = np.exp(draw.normal(0, 0.2, 7))[day % 7]
    holidays = np.zeros(DAYS)
    holidays[draw.choice(DAYS, 12, replace=False)] = draw.normal(0, 0.7, 12)
    season = 0.3 * np.sin(2 * np.pi * day / 365.25)
    return level[:, None] * (weekday * np.exp(season + holidays))[None, :], draw


def _counts(mean: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return draw.poisson(mean * draw.gamma(25, 1 / 25, mean.shape)).astype(float)


def test_planted_spikes_and_shifts_are_found_and_hardly_anything_else() -> None:
    mean, draw = _series(5)
    spiked, shifted = np.arange(0, 20), np.arange(20, 40)
    days = draw.integers(60, DAYS - 60, 40)
    mean[spiked, days[:20]] *= 3.5
    for series in shifted:
        mean[series, days[series] :] *= 1.8
    found = find(_counts(mean, draw))
    believed = q_values(found) <= 0.1
    spikes = {
        (int(s), int(d))
        for s, d, k in zip(found.series[believed], found.day[believed], found.kind[believed], strict=True)
        if k == SPIKE
    }
    shifts = {
        int(s): int(d)
        for s, d, k in zip(found.series[believed], found.day[believed], found.kind[believed], strict=True)
        if k == LEVEL
    }
    assert len({(int(s), int(days[s])) for s in spiked} & spikes) >= 16
    assert sum(abs(shifts.get(int(s), -99) - int(days[s])) <= 7 for s in shifted) >= 16
    assert int((found.series[believed] >= 40).sum()) <= 6


def test_series_without_anomalies_raise_hardly_an_alarm() -> None:
    mean, draw = _series(6)
    assert int((q_values(find(_counts(mean, draw))) <= 0.1).sum()) <= 4


def test_noise_with_long_tails_is_no_news() -> None:
    mean, draw = _series(11)
    far_out = np.exp(0.15 * draw.standard_t(4, mean.shape) / 2**0.5)
    believed = q_values(find(draw.poisson(mean * far_out).astype(float))) <= 0.1
    assert int(believed.sum()) <= 25, "three standard deviations ring more than five hundred times"


@pytest.mark.parametrize("n_series", [1, 10])
def test_a_season_of_its_own_is_no_shift_of_level(n_series: int) -> None:
    draw = np.random.default_rng(12)
    day = np.arange(730)
    alarms = 0
    for _ in range(8):
        season = 0.25 * np.sin(2 * np.pi * day / 365.25 + draw.normal(0, 1, (n_series, 1)))
        mean = 60 * np.exp(season + draw.normal(0, 0.1, (n_series, 730)))
        found = find(draw.poisson(mean).astype(float), shared=n_series > 1)
        alarms += bool((q_values(found) <= 0.1).any())
    assert alarms <= 2


def test_money_is_judged_as_counts_are_whatever_the_currency() -> None:
    mean, draw = _series(7)
    mean[3, 200] *= 6
    money = _counts(mean, draw) * draw.uniform(18.5, 21.5, mean.shape)
    small, large = find(money), find(money * 1000)
    for found in (small, large):
        believed = (q_values(found) <= 0.1) & (found.kind == SPIKE)
        assert (3, 200) in set(zip(found.series[believed].tolist(), found.day[believed].tolist(), strict=True))
    assert np.allclose(small.z, large.z, rtol=1e-3, atol=1e-3)


def test_a_rate_is_judged_over_what_it_rests_on() -> None:
    draw = np.random.default_rng(8)
    parcels = draw.poisson(300, (30, 200)).astype(float)
    parcels[:, 100] *= 4
    late = draw.binomial(parcels.astype(int), 0.05).astype(float)
    late[4, 150] = 60
    found = find(late, parcels)
    believed = (q_values(found) <= 0.1) & (found.kind == SPIKE)
    assert set(zip(found.series[believed].tolist(), found.day[believed].tolist(), strict=True)) == {(4, 150)}


@pytest.mark.parametrize("shape", [(0, 100), (3, 5), (1, 60)])
def test_few_series_or_days_are_no_mistake(shape: tuple[int, int]) -> None:
    found = find(np.ones(shape))
    assert not found.series.size


def test_a_lone_series_that_shifts_does_not_hide_itself() -> None:
    draw = np.random.default_rng(13)
    mean = np.full((1, 730), 80.0)
    mean[0, 400:] *= 1.5
    found = find(draw.poisson(mean * np.exp(draw.normal(0, 0.1, mean.shape))).astype(float), shared=False)
    (day,) = found.day[(q_values(found) <= 0.1) & (found.kind == LEVEL)]
    assert abs(day - 400) <= 7


def test_a_rate_over_nothing_is_no_mistake() -> None:
    counts, nothing = np.ones((2, 100)), np.zeros((2, 100))
    assert not find(counts, nothing).series.size


def test_what_is_not_known_is_no_outage() -> None:
    mean, draw = _series(9)
    counts = _counts(mean, draw)
    counts[:, 100:110] = np.nan
    counts[5, 200:230] = np.nan
    found = find(counts)
    believed = q_values(found) <= 0.1
    assert not np.isin(found.day[believed], np.arange(98, 112)).any()
    assert not (found.series[believed] == 5).any()


def test_tests_of_several_panels_are_counted_together() -> None:
    mean, draw = _series(10)
    both = [find(_counts(mean, draw)), find(_counts(mean, draw))]
    assert joined(both).n_tests[SPIKE] == sum(one.n_tests[SPIKE] for one in both)
    assert anomalies.KINDS[LEVEL] == "level"
