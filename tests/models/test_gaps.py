"""Judging: worlds without leaks give next to no finds, planted gaps are found with their money."""

from __future__ import annotations

import numpy as np
import pytest

from profithunt.models.gaps import Assessment, Rule, assess, changed, still_open

SHARE = Rule("share", outlier=0.9, window_days=28)


def _share(rng: np.random.Generator, rates: np.ndarray, trials: np.ndarray) -> Assessment:
    hits = rng.binomial(trials, rates)
    columns = {"hits": hits.tolist(), "trials": trials.tolist(), "unit_loss": [10.0] * len(hits)}
    return assess(columns, ["all"] * len(hits), SHARE)


def test_worlds_without_leaks_give_next_to_no_finds():
    rng = np.random.default_rng(11)
    worlds = []
    for _ in range(40):
        trials = rng.integers(5, 200, 300)
        found = _share(rng, np.full(300, 0.1), trials).found
        worlds.append(found.sum())
    with_a_find = np.mean(np.array(worlds) > 0)
    print(f"null worlds with a find: {with_a_find:.0%} of 40, {np.mean(worlds):.2f} finds a world")
    assert with_a_find <= 0.15


def test_false_discoveries_stay_below_a_tenth():
    rng = np.random.default_rng(12)
    false = true = planted = 0
    errors = []
    covered = []
    for _ in range(25):
        trials = rng.integers(20, 200, 200)
        rates = np.full(200, 0.1)
        rates[:10] = rng.uniform(0.25, 0.5, 10)
        result = _share(rng, rates, trials)
        false += int(result.found[10:].sum())
        true += int(result.found[:10].sum())
        planted += 10
        index = np.flatnonzero(result.found[:10])
        money = (rates[index] - 0.1) * trials[index] * 10.0
        errors += (np.abs(result.p50[index] / money - 1)).tolist()
        covered += ((result.p10[index] <= money) & (money <= result.p90[index])).tolist()
    print(
        f"false discoveries {false / (false + true):.1%}, recall {true / planted:.0%}, "
        f"median money error {np.median(errors):.0%}, P10–P90 holds the truth {np.mean(covered):.0%}"
    )
    assert false / (false + true) <= 0.1
    assert true / planted >= 0.75
    assert np.median(errors) <= 0.25
    assert 0.7 <= np.mean(covered) <= 0.95


def test_a_losing_ratio_is_found_and_its_money_is_right():
    rng = np.random.default_rng(13)
    n = rng.integers(30, 200, 150)
    margins = rng.normal(0.3, 0.05, 150)
    margins[:6] = -0.2
    sums = []
    for count, margin in zip(n, margins, strict=True):
        x = rng.lognormal(3, 0.3, count)
        y = x * (margin + rng.normal(0, 0.15, count))
        sums.append((count, y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum()))
    names = ("n", "y", "x", "yy", "xy", "xx")
    columns = {name: [row[at] for row in sums] for at, name in enumerate(names)} | {"benchmark": [0.0] * 150}
    result = assess(columns, ["all"] * 150, Rule("ratio", direction="low", window_days=28))
    assert np.flatnonzero(result.found).tolist() == list(range(6))
    truth = 0.2 * np.array(columns["x"][:6])
    assert result.p50[:6] == pytest.approx(truth, rel=0.25)


def test_small_samples_are_not_believed():
    hits = [1] * 40 + [2]
    trials = [20] * 40 + [3]
    columns = {"hits": hits, "trials": trials, "unit_loss": [10.0] * 41}
    assert not assess(columns, ["all"] * 41, SHARE).found.any()


def test_a_fact_needs_no_peers():
    columns = {"loss": [100.0, 5.0, -3.0], "n": [20, 1, 4], "loss_sq": [520.0, 25.0, 4.0]}
    result = assess(columns, ["all"] * 3, Rule("sum", window_days=56))
    assert result.found.tolist() == [True, True, False]
    assert result.p50[0] == pytest.approx(50, rel=0.05)


def test_unit_money_of_few_cases_leans_on_the_peers():
    columns = {
        "hits": [2.0] * 30 + [40.0],
        "trials": [40.0] * 30 + [80.0],
        "unit_loss": [10.0] * 30 + [40.0],
        "unit_n": [2.0] * 30 + [3.0],
    }
    result = assess(columns, ["all"] * 31, SHARE)
    assert 20 < result.unit[-1] < 30


def test_change_is_seen_beyond_chance_only():
    whole = {"hits": [20.0, 40.0, 3.0], "trials": [400.0, 400.0, 60.0]}
    lately = {"hits": [5.0, 38.0, 2.0], "trials": [100.0, 100.0, 15.0]}
    assert changed(whole, lately, "share").tolist() == [False, True, False]


def test_a_leak_that_the_last_days_do_not_show_was_probably_mended():
    rate, benchmark = np.full(4, 0.3), np.full(4, 0.05)
    lately = {"hits": [30.0, 4.0, 0.0, None], "trials": [100.0, 100.0, 2.0, None]}
    still = still_open(lately, rate, benchmark, "share")
    assert still[0] > 0.99
    assert still[1] < 0.01
    # Two good days of a rare customer say little, no days at all nothing.
    assert 0.85 < still[2] < 0.95
    assert still[3] == pytest.approx(0.95)


def test_few_hits_are_judged_by_their_exact_chance():
    whole = {"hits": [7.0], "exposure": [400.0]}
    lately = {"hits": [5.0], "exposure": [100.0]}
    assert changed(whole, lately, "count").tolist() == [False]
