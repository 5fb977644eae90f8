"""Realised beside predicted, and what it teaches: ratios after summing, factors shrunk, money corrected once."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt.actions.record import Outcome, records, slices
from profithunt.errors import UsageError
from profithunt.opportunities.opportunity import Opportunity
from profithunt.opportunities.records import Record, corrected


def outcome(number: int, predicted: float, realised: float | None, detector: str = "d", **more) -> Outcome:
    known = realised is not None
    wide = Decimal(str(more.pop("wide", 20)))
    value = Decimal(str(realised)) if known else None
    given = {"owner": "crm", "by": "ann", "kind": "person", **more}
    return Outcome(
        f"a{number}", f"o{number}", detector, predicted=Decimal(str(predicted)), realised=value,
        low=value - wide if known else None, high=value + wide if known else None, **given,
    )  # fmt: skip


def test_realised_stands_beside_predicted_for_everyone():
    found = [
        outcome(1, 100, 50), outcome(2, 300, 300, by="bot", kind="agent"), outcome(3, 80, None, detector="e"),
    ]  # fmt: skip
    (whole,) = slices(found, "all")
    assert (whole.n_actions, whole.n_measured) == (3, 2)
    assert (whole.predicted, whole.realised) == (Decimal(400), Decimal(350))
    assert whole.ratio == pytest.approx(350 / 400)
    assert whole.low < whole.realised < whole.high
    assert [line.member for line in slices(found, "kind")] == ["agent", "person"]
    for by in ("opportunity", "detector", "owner", "person", "action"):
        lines = slices(found, by)
        assert sum(line.n_actions for line in lines) == 3
        assert sum((line.realised or Decimal(0)) for line in lines) == Decimal(350)
    assert next(line for line in slices(found, "detector") if line.member == "e").ratio is None
    with pytest.raises(UsageError):
        slices(found, "colour")


def test_many_clear_outcomes_correct_a_detector_and_few_hardly_do():
    many = records([outcome(number, 100, 30 + number % 3, wide=2) for number in range(40)])["d"]
    assert many.factor == pytest.approx(0.31, abs=0.06)
    one = records([outcome(0, 100, 30, wide=2)])["d"]
    assert 0.6 < one.factor < 0.95
    vague = records([outcome(number, 100, 30, wide=400) for number in range(3)])["d"]
    assert vague.factor > 0.7
    assert records([]) == {}
    assert records([outcome(1, 100, None)]) == {}


def test_an_observed_outcome_teaches_less_than_a_tested_one():
    tested = records([outcome(number, 100, 20, wide=60) for number in range(4)])["d"]
    observed = records([outcome(number, 100, 20, wide=60, observational=True) for number in range(4)])["d"]
    assert tested.factor < observed.factor < 1


def test_precision_counts_what_was_real():
    good = records([outcome(number, 100, 100, wide=5) for number in range(20)])["d"]
    bad = records([outcome(number, 100, -50, wide=5) for number in range(20)])["d"]
    assert good.precision > 0.95
    assert bad.precision < 0.2
    assert bad.factor == 0.1


def test_what_was_corrected_already_is_not_corrected_again():
    """A detector that says 100 where 50 comes stays at a half, however often its corrected 50 proves right."""
    raw = [outcome(number, 100, 50, wide=2) for number in range(30)]
    again = [outcome(number, 50, 50, wide=2, factor=0.5) for number in range(30)]
    assert records(again)["d"].factor == records(raw)["d"].factor


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(1, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e5)), max_size=30)
)
def test_any_outcomes_give_factors_within_bounds(rows):
    found = [outcome(i, round(p, 2), round(r, 2), detector=d, wide=round(w, 2)) for i, (d, p, r, w) in enumerate(rows)]
    for record in records(found).values():
        assert 0.1 <= record.factor <= 2
        assert 0 <= record.precision <= 1


def test_a_record_corrects_money_and_confidence_and_says_so():
    item = Opportunity(
        id="x", detector=1, code="C", name="d", level="sku", entity={"sku": "A"}, value=100.0, p10=-10.0, p90=300.0,
        confidence=0.9, window_days=28, rank=1, action="a", reversible=True, owner="o",
    )  # fmt: skip
    other = dataclasses.replace(item, name="e")
    first, second = corrected([item, other], {"d": Record(0.4, 0.7, 12)})
    assert (first.value, first.p10, first.p90, first.confidence) == (40.0, -4.0, 120.0, 0.7)
    assert first.evidence["record"]["value_before"] == 100.0
    assert second == other
