"""The promised day: the best move by hand, leaving alone what is right, and what a late parcel is seen to cost."""

from __future__ import annotations

import numpy as np
import pytest

from profithunt.models.lateness import Prior as CostPrior, lateness, weighed
from profithunt.models.promise_study import OTHERS, Prior, study

RANDOM = np.random.default_rng(5)
NO_MONTHS = {name: np.array([]) for name in ("region", "month", "n_parcels", "promised_days", "n_known", "n_late")}


def cells(
    over: dict[int, int], *, promised: int = 10, region: str = "North", each: float = 10.0
) -> dict[str, np.ndarray]:
    """One lane: `over` gives parcels by days that they came after the promised one; each earns `each`."""
    days, n = np.array(list(over)), np.array(list(over.values()), dtype=float)
    return {
        "origin": np.full(len(n), "depot"), "region": np.full(len(n), region), "carrier": np.full(len(n), "Swift"),
        "is_new": np.zeros(len(n), dtype=bool), "promised_days": np.full(len(n), promised),
        "taken_days": promised + days, "n_parcels": n, "carriage": 4 * n, "charged": 5 * n, "net_sales": 50 * n,
        "earned": each * n, "earned_squared": each**2 * n,
    }  # fmt: skip


def joined(*parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def cost(each: float):
    """A late parcel costs exactly so much."""
    held = weighed(None, None, each, 1e-9)
    found = lateness(
        {name: np.array([]) for name in ("late", "n_orders", "net_sales", "margin", "n_contacts", "n_returns")},
        {name: np.array([]) for name in ("late", "n_customers", "n_again", "later", "later_squared")},
    )
    return type(found)(held, weighed(None, None, 0.0, 0.0), weighed(None, None, 0.0, 0.0), 0, 0, None, None)


SURE = Prior((0.02, 1e-9), (0.027, 1e-9))


def by_hand(over: dict[int, int], each: float, late_cost: float, most_late: float) -> int:
    """The best move of those allowed, by adding up."""
    n = sum(over.values())

    def late(shift: int) -> float:
        return sum(count for days, count in over.items() if days > shift)

    def gain(shift: int) -> float:
        return (0.02 if shift < 0 else 0.027) * -shift * each * n - (late(shift) - late(0)) * late_cost

    allowed = [shift for shift in range(-5, 6) if shift >= 0 or late(shift) / n <= max(most_late, late(0) / n)]
    return max(allowed, key=gain)


@pytest.mark.parametrize("late_cost", [2.0, 8.0, 40.0])
@pytest.mark.parametrize(
    "over",
    [
        {-6: 40_000, -3: 51_000, -1: 6_000, 2: 3_000},
        {-2: 60_000, 0: 30_000, 1: 9_000, 4: 1_000},
        {-9: 97_000, 3: 3_000},
    ],
)
def test_the_move_that_adds_up_best_is_recommended(over, late_cost):
    found = study(cells(over), NO_MONTHS, 28.0, cost(late_cost), prior=SURE)
    assert found is not None
    best = by_hand(over, 10.0, late_cost, 0.1)
    take = found.lanes[0].take
    assert (take.shift if take else 0) == best
    if take:
        assert found.gain == pytest.approx(take.gain)
        assert found.better > 0.9


def test_a_promise_that_is_right_is_left_and_said_so():
    found = study(cells({-1: 900, 0: 9_000, 1: 100}), NO_MONTHS, 28.0, cost(15.0))
    assert found is not None
    assert found.lanes[0].take is None
    assert (found.gain, found.late) == (0.0, found.late_today)
    assert found.n_per_arm is None


def test_nobody_is_moved_beyond_the_late_share_that_is_bearable():
    over = {-6: 80_000, -2: 15_000, -1: 4_000, 1: 1_000}
    free = study(cells(over), NO_MONTHS, 28.0, cost(0.1), prior=SURE, most_late=1.0)
    held = study(cells(over), NO_MONTHS, 28.0, cost(0.1), prior=SURE, most_late=0.06)
    assert free is not None
    assert held is not None
    assert free.lanes[0].take.shift == -5
    assert held.lanes[0].take.shift == -2
    assert held.late <= 0.06


def test_a_later_promise_is_never_broken_more_often():
    found = study(cells(dict.fromkeys(range(-9, 6), 40)), NO_MONTHS, 28.0, cost(5.0))
    assert found is not None
    late = [move.late for move in found.everywhere]
    assert late == sorted(late, reverse=True)


def test_small_lanes_are_seen_together_and_no_parcel_is_lost():
    parts = [cells({-3: 8, 1: 2}, region=name) for name in "ABCDEFGH"] + [cells({-3: 500, 1: 20}, region="Large")]
    found = study(joined(*parts), NO_MONTHS, 28.0, cost(5.0))
    assert found is not None
    assert [(lane.region, lane.n_parcels) for lane in found.lanes] == [("Large", 520), (OTHERS, 80)]
    assert sum(lane.n_late for lane in found.lanes) == 36


def test_parcels_that_never_came_are_late_under_any_promise():
    rows = cells({-4: 900, 0: 100})
    rows["taken_days"] = np.ma.array(rows["taken_days"], mask=rows["taken_days"] == rows["promised_days"])
    found = study(rows, NO_MONTHS, 28.0, cost(5.0))
    assert found is not None
    assert found.everywhere[-1].late == pytest.approx(0.1, abs=0.01)


def test_regions_whose_promises_moved_apart_tell_what_a_day_is_worth():
    """Four of eight regions promise two days earlier from the seventh month on, and sell 3 % more a day."""
    months, regions = np.arange(12), np.arange(8)
    month, region = (part.ravel() for part in np.meshgrid(months, regions))
    days = np.where((region < 4) & (month >= 6), 6.0, 8.0)
    n = np.round(4_000 * (1 + region / 4) * np.exp(0.1 * np.sin(month)) * np.exp(-0.03 * days))
    rows = {
        "region": region.astype(str), "month": np.datetime64("2024-01") + month, "n_parcels": n,
        "promised_days": days * n, "n_known": n, "n_late": np.round(0.05 * n),
    }  # fmt: skip
    found = study(cells({-3: 900, 1: 100}), rows, 28.0, cost(5.0))
    assert found is not None
    assert found.earlier.own == pytest.approx(0.03, abs=0.002)
    assert found.earlier.prior_mean < found.earlier.mean < 0.03
    assert found.n_own_cells == 80


def costs(extra: float, n: int = 4_000) -> dict[str, np.ndarray]:
    """Orders of two months; in the second, which is dear for all, most are late; a late one costs `extra` more."""
    rows = [("2024-01", False, n, 2.0), ("2024-01", True, n // 20, 2.0 + extra),
            ("2024-02", False, n, 6.0), ("2024-02", True, n, 6.0 + extra)]  # fmt: skip
    count = np.array([row[2] for row in rows], dtype=float)
    mean = np.array([row[3] for row in rows])
    return {
        "month": np.array([row[0] for row in rows]), "region": np.full(4, "North"), "is_new": np.zeros(4, dtype=bool),
        "late": np.array([row[1] for row in rows]), "n_orders": count, "net_sales": 50 * count, "margin": 20 * count,
        "spent": mean * count, "spent_squared": (mean**2 + 1) * count, "refunded": 5 * count,
        "refunded_squared": 26 * count, "n_contacts": np.ones(4), "n_returns": np.ones(4),
        "n_customers": count, "n_again": count / 2, "later": 30 * count - mean * count, "later_squared": 1_000 * count,
    }  # fmt: skip


def test_the_cost_of_lateness_is_told_apart_from_the_month_it_happened_in():
    rows = costs(3.0)
    found = lateness(rows, rows, CostPrior())
    assert found.repairs.own == pytest.approx(3.0, abs=0.05)
    assert found.refunds.own == pytest.approx(0.0, abs=0.01)
    assert found.later.own == pytest.approx(3.0, abs=0.2)
    assert found.repairs.weight > 0.9
    assert found.n_late == 4_200


def test_without_contacts_the_declared_belief_is_gone_by():
    rows = {**costs(3.0), "n_contacts": np.zeros(4), "n_returns": np.zeros(4)}
    found = lateness(rows, rows, CostPrior())
    assert (found.repairs.own, found.refunds.own) == (None, None)
    assert found.repairs.mean == pytest.approx(0.05 * 50)
    assert found.refunds.mean == pytest.approx(0.02 * 50 * 0.4)
