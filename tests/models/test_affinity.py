"""Affinity on made-up taste: better than popularity where there is taste, silent where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from profithunt.models import affinity

pytestmark = pytest.mark.skipif(not affinity.available(), reason="needs the extra affinity (implicit)")


def _pairs(rng: np.random.Generator, *, taste: bool) -> affinity.Pairs:
    """400 customers, 60 SKUs in 6 groups; with taste each customer buys of one group mostly."""
    n_units, n_items = 400, 60
    rows: dict[tuple[int, int], list[float]] = {}
    for unit in range(n_units):
        weights = np.where(np.arange(n_items) % 6 == unit % 6, 20.0 if taste else 1.0, 1.0) * (
            1 + np.arange(n_items) % 7
        )
        for when, count in ((0, 8), (1, 3)):
            for item in rng.choice(n_items, count, replace=False, p=weights / weights.sum()):
                rows.setdefault((unit, int(item)), [0.0, 0.0])[when] += 1
    keys = np.array(list(rows))
    values = np.array(list(rows.values()))
    return affinity.Pairs(keys[:, 0], keys[:, 1], values[:, 0], values[:, 1], n_units, n_items)


def test_taste_is_learnt_and_customers_found_for_a_sku():
    wanted = np.zeros(60, dtype=bool)
    wanted[[0, 7]] = True
    found = affinity.learn(_pairs(np.random.default_rng(1), taste=True), wanted)
    assert found is not None
    by_method = {item.method: item for item in found.measured}
    chosen = next(item for item in found.measured if item.chosen)
    assert chosen.method != "popularity"
    assert chosen.recall > 1.5 * by_method["popularity"].recall
    assert set(found.item.tolist()) == {0, 7}
    for item in (0, 7):
        mine = found.item == item
        assert sorted(found.place[mine].tolist()) == list(range(1, mine.sum() + 1))
        best = found.unit[mine][found.place[mine] <= 50]
        assert np.mean(best % 6 == item % 6) > 0.9
        in_order = found.chance[mine][np.argsort(found.place[mine])]
        assert np.all(np.diff(in_order) <= 1e-12)
        assert 0 <= in_order[-1] <= in_order[0] <= 1


def test_the_chance_is_what_the_hold_out_showed():
    found = affinity.learn(_pairs(np.random.default_rng(2), taste=True), np.ones(60, dtype=bool))
    assert found is not None
    # Each customer bought 3 of 60 SKUs in the hold-out, four in five of them of the ten of their group.
    own = found.unit % 6 == found.item % 6
    assert 0.1 < found.chance[own].mean() < 0.4
    assert found.chance[~own].mean() < 0.5 * found.chance[own].mean()


def test_without_taste_nobody_is_proposed_to_anybody():
    found = affinity.learn(_pairs(np.random.default_rng(3), taste=False), np.ones(60, dtype=bool))
    assert found is not None
    if next(item for item in found.measured if item.chosen).method == "popularity":
        assert not len(found.unit)
    by_method = {item.method: item.recall for item in found.measured}
    assert max(by_method.values()) < by_method["popularity"] + 0.05


def test_too_few_buyers_to_check_with():
    pairs = affinity.Pairs(*(np.zeros(1, dtype=np.int64),) * 2, np.ones(1), np.zeros(1), 1, 1)
    assert affinity.learn(pairs, np.ones(1, dtype=bool)) is None
