"""What charts are drawn from: steps put together, bins, scales."""

from __future__ import annotations

from hypothesis import given, strategies as st

from profithunt.charts.distributions import _decades
from profithunt.charts.pictures import MOST_STEPS, merged
from profithunt.charts.spark import spark


def steps(stretches: list[list[int]]) -> list[dict[str, object]]:
    at, rows = 0.0, []
    for number, stretch in enumerate(stretches):
        for place, amount in enumerate(stretch):
            kind = "loss" if amount < 0 else "gain"
            rows.append({"label": f"{number}.{place}", "amount": amount, "start": at, "end": at + amount, "kind": kind})
            at += amount
        rows.append({"label": f"total {number}", "amount": at, "start": 0.0, "end": at, "kind": "total"})
    return rows


@given(st.lists(st.lists(st.integers(-1000, 1000), max_size=9), min_size=1, max_size=4))
def test_merged_steps_have_room_their_own_place_and_lead_to_the_same_totals(stretches):
    rows = steps(stretches)
    made = merged(rows)
    assert len(made) <= MOST_STEPS
    assert len({row["label"] for row in made}) == len(made)
    assert [row for row in made if row["kind"] == "total"] == [row for row in rows if row["kind"] == "total"]
    at = 0.0
    for row in made:
        if row["kind"] == "total":
            assert row["end"] == at
        else:
            assert row["start"] == at
            at = row["end"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_ticks_of_a_symmetric_scale_lie_among_the_values(values):
    ticks = _decades([{"y": value} for value in values], "y", 10.0)
    assert 0.0 in ticks
    assert ticks == sorted(set(ticks))
    assert all(min(*values, 0.0) <= tick <= max(*values, 0.0) for tick in ticks)


def test_a_sparkline_leaves_out_what_is_not_known():
    assert spark([1.0, None]) == ""
    assert spark([1.0, None, 3.0]).count(",") == 2
