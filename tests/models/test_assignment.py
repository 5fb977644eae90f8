"""The assignment of parcels: small ones by trying all, capacities kept exactly, dual values, own vans, weeks ahead."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.models.assignment import Demand, Limit, Vans, Way, assign, break_even, growths, stops_at
from profithunt.models.carriage_problem import Offer, Own, problem
from profithunt.models.carriage_study import own_regions, peaks, study
from profithunt.models.peaks import YEAR, ahead

COSTS = st.integers(1, 20).map(float)


def cheapest(demands: list[int], costs: list[list[float]], rooms: list[int]) -> float | None:
    """The least cost of whole parcels by trying every split, kind by kind; None where they don't fit."""
    best = None
    splits = [
        [split for split in itertools.product(range(n + 1), repeat=len(rooms)) if sum(split) == n] for n in demands
    ]
    for chosen in itertools.product(*splits):
        if all(sum(split[at] for split in chosen) <= room for at, room in enumerate(rooms)):
            cost = sum(n * costs[kind][at] for kind, split in enumerate(chosen) for at, n in enumerate(split))
            best = cost if best is None else min(best, cost)
    return best


def posed(demands: list[int], costs: list[list[float]], rooms: list[int]):
    """The same as a program: kinds of parcels by carriers, one capacity a carrier."""
    ways = [
        Way(kind, f"c{at}", "all", cost, 0.0, cost, (at,))
        for kind, row in enumerate(costs)
        for at, cost in enumerate(row)
    ]
    limits = [Limit(f"c{at}", "", "", float(room)) for at, room in enumerate(rooms)]
    return [Demand(f"r{kind}", "all", float(n)) for kind, n in enumerate(demands)], ways, limits


@given(
    demands=st.lists(st.integers(0, 5), min_size=2, max_size=2),
    costs=st.lists(st.lists(COSTS, min_size=3, max_size=3), min_size=2, max_size=2),
    rooms=st.lists(st.integers(0, 5), min_size=3, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_small_assignments_are_the_cheapest_of_all(demands, costs, rooms):
    kinds, ways, limits = posed(demands, costs, rooms)
    found = assign(kinds, ways, limits)
    best = cheapest(demands, costs, rooms)
    assert found.fits == (best is not None)
    for at, room in enumerate(rooms):
        assert sum(n for n, way in zip(found.parcels, ways, strict=True) if way.limits == (at,)) <= room + 1e-9
    for kind, n in enumerate(demands):
        sent = sum(parcels for parcels, way in zip(found.parcels, ways, strict=True) if way.demand == kind)
        assert sent + found.short[kind] == pytest.approx(n)
    if best is None:
        assert sum(found.short) == pytest.approx(max(sum(demands) - sum(rooms), sum(found.short)))
    else:
        assert found.cost == pytest.approx(best)


@given(
    demand=st.integers(3, 8),
    costs=st.lists(st.integers(1, 20).map(float), min_size=3, max_size=3, unique=True),
    room=st.integers(1, 5),
)
@settings(max_examples=40, deadline=None)
def test_what_one_more_parcel_of_room_is_worth_is_what_it_saves(demand, costs, room):
    kinds, ways, limits = posed([demand], [costs], [room, room, 20])
    found = assign(kinds, ways, limits)
    for at in range(2):
        more = [
            limit if place != at else Limit(limit.carrier, "", "", limit.parcels + 1e-3)
            for place, limit in enumerate(limits)
        ]
        saved = (found.cost - assign(kinds, ways, more).cost) / 1e-3
        fewer = [
            limit if place != at else Limit(limit.carrier, "", "", limit.parcels - 1e-3)
            for place, limit in enumerate(limits)
        ]
        lost = (assign(kinds, ways, fewer).cost - found.cost) / 1e-3
        assert saved - 1e-6 <= found.worth[at] <= lost + 1e-6


@pytest.mark.parametrize("day", [20.0, 60.0, 200.0])
@pytest.mark.parametrize("most", [None, 1])
def test_vans_are_whole_and_used_where_they_pay(day, most):
    """Nine parcels, four to a van at 1 a stop; the carrier takes 10 each and has room for six."""
    van = Vans("r0", day, 4.0, most)
    ways = [Way(0, "c0", "all", 10.0, 0.0, 10.0, (0,)), Way(0, "own", "all", 1.0, 0.0, 1.0, (), 0)]
    found = assign([Demand("r0", "all", 9.0)], ways, [Limit("c0", "", "", 6.0)], [van])
    tried = {
        n: n * day + 10 * carried + (9 - carried)
        for n in range(4 if most is None else most + 1)
        for carried in [max(9 - 4 * n, 0)]
        if carried <= 6
    }
    assert found.vans == (min(tried, key=lambda n: (tried[n], n)),)
    assert found.cost == pytest.approx(min(tried.values()))


def test_what_does_not_fit_is_said_by_kind():
    kinds, ways, limits = posed([5, 3], [[1.0], [2.0]], [6])
    found = assign(kinds, ways, limits)
    assert not found.fits
    assert sum(found.short) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="from zero on"):
        assign([Demand("r0", "all", -1.0)], ways[:1], limits)


def test_a_denser_region_lets_a_van_make_more_stops():
    assert stops_at(80, 1.0, 0.5) == 80
    assert stops_at(80, 4.0, 0.5) == pytest.approx(80 / 0.75)
    assert stops_at(80, 4.0, 0.0) == 80


@pytest.mark.parametrize("travel", [0.0, 0.5])
@pytest.mark.parametrize(("van", "stops", "each", "carriers"), [(200.0, 60.0, 1.0, 6.0), (300.0, 60.0, 1.0, 7.0)])
def test_break_even_is_the_fewest_parcels_that_pay(travel, van, stops, each, carriers):
    vans = Vans("r0", van, stops)
    found = break_even(vans, 50.0, each, carriers, travel)
    assert found is not None
    tried = [
        n for n in np.arange(1.0, 400.0, 0.25)
        if math.ceil(n / stops_at(stops, n / 50.0, travel) - 1e-9) * van + n * each <= n * carriers
    ]  # fmt: skip
    assert tried[0] == pytest.approx(found.parcels, abs=0.5)
    (at,) = growths(vans, found.parcels, each, carriers, 0.0, [1.0])
    assert travel or at.saved == pytest.approx(0.0, abs=1e-6)


def test_own_delivery_dearer_than_carriers_never_pays():
    assert break_even(Vans("r0", 200.0, 60.0), 50.0, 6.0, 5.0, 0.5) is None
    assert break_even(Vans("r0", 900.0, 60.0), 50.0, 1.0, 5.0, 0.0) is None


def arrays(**columns: list) -> dict[str, np.ndarray]:
    return {name: np.array(values) for name, values in columns.items()}


def shop(own: list[Own] | None = None, room: list[tuple] | None = None, promised: float = 5.0):
    """Two carriers into two regions, 14 parcels a week each way; `Fast` is dear and good, `Cheap` fails one in ten."""
    offers = [
        Offer("Fast", "all", "North", 6.0, 0.01, 0.002, 2.0, 9.0), Offer("Cheap", "all", "North", 4.0, 0.1, 0.01, 4.0, 9.0),
        Offer("Fast", "all", "South", 6.0, 0.01, 0.002, 2.0, 9.0), Offer("Cheap", "all", "South", 4.0, 0.05, 0.01, 4.0, 9.0),
    ]  # fmt: skip
    weeks = arrays(
        weeks_ago=[ago for ago in range(13) for _ in range(4)], carrier=["Fast", "Cheap"] * 26, service=["all"] * 52,
        region=["North", "North", "South", "South"] * 13, n_parcels=[14] * 52,
    )  # fmt: skip
    rooms = room or []
    names = ("weeks_ahead", "carrier", "service", "region", "capacity")
    stated = {name: np.array([one[at] for one in rooms]) for at, name in enumerate(names)}
    return problem(
        offers, weeks, stated, {("North", "all"): promised, ("South", "all"): promised}, 30.0, own or []
    ), weeks


def test_parcels_go_where_carriage_and_failures_together_cost_least():
    posed_, _ = shop()
    found = study(posed_)
    assert {(move.region, move.source, move.target, round(move.parcels, 6)) for move in found.moves} == {
        ("North", "Cheap", "Fast", 2.0), ("South", "Fast", "Cheap", 2.0),
    }  # fmt: skip
    assert found.gain == pytest.approx(2 * (4 + 3 - 6.3) + 2 * (6.3 - 4 - 1.5))
    assert sum(move.gain for move in found.moves) == pytest.approx(found.gain)
    assert posed_.assumed == ("the capacity of 4 lanes is not stated: the most that they carried in a day is taken",)


def test_a_lane_too_slow_for_the_promise_takes_no_more_parcels():
    posed_, _ = shop(promised=3.0)
    assert {(move.source, move.target) for move in study(posed_).moves} == {("Cheap", "Fast")}
    assert sorted(row.best for row in study(posed_).lanes if row.carrier == "Cheap") == pytest.approx([0.0, 2.0])


def test_stated_capacity_over_all_regions_is_shared():
    posed_, _ = shop(room=[(0, "Fast", "", "", 5.0), (0, "Cheap", "", "", 9.0)])
    found = study(posed_)
    used = sum(row.best for row in found.lanes if row.carrier == "Fast")
    assert used <= 5.0 + 1e-9
    assert not found.short
    tight, _ = shop(room=[(0, "Fast", "", "", 5.0), (0, "Cheap", "", "", 2.0)])
    assert sum(one[2] for one in study(tight).short) == pytest.approx(1.0)


def test_own_vans_take_a_region_where_they_are_cheaper_and_the_case_says_from_when():
    posed_, _ = shop([Own("North", 8.0, 10.0, None, 1.0, 0.0, 0.5)])
    found = study(posed_)
    (case,) = own_regions(posed_, found)
    assert found.best.vans == (1,)
    assert case.carriers == pytest.approx(6.3)
    assert case.parcels == pytest.approx(4.0)
    assert found.gain == pytest.approx(2 * 7.0 + 2 * 6.3 - (8.0 + 4.0) + 2 * (6.3 - 5.5))
    assert sum(move.gain for move in found.moves) == pytest.approx(found.gain)


def test_weeks_ahead_follow_last_year_at_this_years_level():
    season = 100 + 60 * (np.arange(YEAR) == 47)
    weeks = np.concatenate([season, 1.2 * season, 1.44 * season[:40]])
    found = ahead(weeks.astype(float), 12)
    assert found.years == 2
    assert found.expected == pytest.approx(1.44 * season[40:])
    assert (found.low < found.expected).all()
    assert (found.high > found.expected).all()
    assert ahead(np.full(20, 50.0), 4).years == 0
    assert ahead(np.full(20, 50.0), 4).expected == pytest.approx(50.0)


def test_a_peak_without_room_is_short_and_room_is_worth_what_lateness_costs():
    posed_, weeks = shop(
        room=[(0, "Fast", "", "", 6.0), (0, "Cheap", "", "", 6.0), (1, "Fast", "", "", 3.0), (1, "Cheap", "", "", 4.0)]
    )
    days = arrays(on=[np.datetime64("2024-03-31") - day for day in range(91)], n_parcels=[8] * 91)
    room = {name: np.array(values) for name, values in zip(
        ("weeks_ahead", "carrier", "service", "region", "capacity"),
        zip((0, "Fast", "", "", 6.0), (0, "Cheap", "", "", 6.0), (1, "Fast", "", "", 3.0), (1, "Cheap", "", "", 4.0), strict=True),
        strict=True,
    )}  # fmt: skip
    (first, second), years = peaks(posed_, weeks, days, room, 2)
    assert years == 0
    assert first.busiest == pytest.approx(8.0)
    assert (first.capacity, second.capacity) == (7.0, 12.0)
    assert first.short == pytest.approx(1.0)
    assert second.short == 0.0
    assert first.worth > 0
    assert first.tightest is not None
    assert first.one_more >= 30.0
