"""Delivery terms of a shop by the API and the command line: what it had, what others would earn, mistakes in a line."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.api.closer import closer_looks
from profithunt.api.delivery_terms import DeliveryTerms
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from profithunt.models.delivery_study import SURE
from profithunt.opportunities import Opportunity


@pytest.fixture(scope="module")
def found(delivered: Path) -> DeliveryTerms:
    return Shop.open(delivered).proposition.delivery_terms()


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(["proposition", "delivery", *map(str, arguments)])
    return code, out.getvalue(), " ".join(err.getvalue().split())


def test_the_terms_that_the_shop_had_are_seen(found):
    assert [one.threshold for one in found.study.past] == [30.0, 60.0]
    assert [one.charge for one in found.study.past] == pytest.approx([4.9, 4.9])
    assert found.study.per_visit
    assert found.study.today.threshold == 60.0


def test_an_order_earns_what_the_ledger_says(found, delivered):
    """Goods cost 60 % of their price, picking 1.50 an order."""
    assert found.study.economics.share == pytest.approx(0.4, abs=1e-6)
    assert found.study.economics.fixed == pytest.approx(-1.5, abs=1e-4)
    n = Shop.open(delivered).engine.value("SELECT COUNT(*) FROM order_profit")
    assert 0.98 * n <= found.n_orders <= n


def test_the_verdict_follows_from_the_candidates(found):
    study = found.study
    sure = [one for one in study.candidates if one.better >= SURE and one.gain > 0.003 * abs(study.today.profit)]
    assert found.verdict == ("change" if sure else "leave")
    assert study.best == max(sure or study.candidates, key=lambda one: one.gain)
    assert all(one.gain_low <= one.gain_high for one in study.candidates)
    gain = study.recommended or study.best
    assert sum(side.gain for side in study.sides) == pytest.approx(gain.profit - study.today.profit, rel=0.05, abs=30)


FIND = Opportunity(
    "a1", 40, "POL40", "threshold_mis_set", "policy", {"policy": "free_delivery_from"}, 900.0, 100.0, 2_000.0, 0.5, 28, 1,
    "test_another_threshold", True, "finance", evidence={"facts": {"threshold_today": 60.0, "threshold_to_test": 35.0}},
)  # fmt: skip


def look(shop: Shop) -> Opportunity | None:
    return closer_looks(shop.engine, shop.config)["threshold_mis_set"](FIND)


def test_a_find_that_the_study_is_not_sure_of_stays_with_what_the_study_says(found, delivered):
    seen = look(Shop.open(delivered))
    best = found.study.best
    assert found.verdict == "leave"
    assert seen is not None
    assert (seen.value, seen.evidence["facts"]) == (FIND.value, FIND.evidence["facts"])
    said = seen.evidence["study"]
    assert (said["says"], said["threshold"]) == ("leave", best.threshold)
    assert (said["value"], said["p10"], said["p90"]) == pytest.approx(
        (best.gain, best.gain_low, best.gain_high), abs=0.01
    )
    assert seen.confidence <= min(best.better, FIND.confidence)


@pytest.mark.parametrize(("sure", "high"), [(True, 500.0), (False, -1.0)])
def test_where_the_study_is_sure_its_answer_is_the_find(found, delivered, monkeypatch, sure, high):
    best = replace(found.study.best, gain=400.0, gain_low=300.0, gain_high=high, better=0.97)
    told = replace(found, study=replace(found.study, best=best, recommended=best if sure else None))
    monkeypatch.setattr("profithunt.api.delivery_terms.delivery_terms", lambda *_: told)
    seen = look(Shop.open(delivered))
    if not sure:
        assert seen is None
        return
    assert (seen.value, seen.p10, seen.p90) == (400.0, 300.0, 500.0)
    assert seen.evidence["facts"] == {
        "threshold_today": 60.0,
        "threshold_to_test": best.threshold,
        "charge": best.charge,
    }
    assert seen.evidence["valuation"]["p50"] == 400.0
    assert seen.evidence["study"]["says"] == "change"
    assert seen.evidence["study"]["value_before"] == FIND.value
    assert seen.id == FIND.id


def test_where_there_is_no_study_the_find_stays_as_it_was_and_says_why(shop_without_charges):
    shop = Shop.open(shop_without_charges)
    seen = look(shop)
    assert seen is not None
    assert (seen.value, seen.evidence["facts"]) == (FIND.value, FIND.evidence["facts"])
    assert "no order states what was paid" in seen.evidence["study"]["says"]


def test_only_what_was_asked_for(delivered):
    shop = Shop.open(delivered)
    asked = shop.proposition.delivery_terms([40.0, float("inf")], [3.9])
    assert {(one.threshold, one.charge) for one in asked.study.candidates} == {(40.0, 3.9), (float("inf"), 3.9)}
    with pytest.raises(UsageError, match="negative"):
        shop.proposition.delivery_terms([-1.0])


def test_json_has_amounts_as_strings_and_sources(delivered):
    code, out, err = run(delivered, "--threshold", "40", "--threshold", "inf", "--charge", "4.9", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["verdict"] in ("leave", "change")
    assert [one["threshold"] for one in data["candidates"]] == ["40.0000", None]
    assert Decimal(data["today"]["profit"]) > 0
    assert [one["n_months"] for one in data["past_terms"]] == [6, 6]
    assert all(one["source"] and 0 <= one["learnt_share"] <= 1 for one in data["behaviour"].values())
    assert data["test"]["unit"] == "visit"


def test_the_terminal_says_what_to_do_and_why(delivered):
    code, out, _ = run(delivered)
    text = " ".join(out.split())
    assert code == 0
    assert text.startswith(("Deliver ", "Leave the delivery terms as they are"))
    for part in ("Today free from €60.00, else €4.90", "Padded", "new customers", "all others", "today",
                 "Terms seen: free from €30.00 at €4.90, €60.00 at €4.90", "Learnt", "turns away twice as many",
                 "visits under each of both terms"):  # fmt: skip
        assert part in text


def test_a_shop_without_delivery_charges_says_so_in_a_sentence(shop_without_charges):
    code, out, err = run(shop_without_charges)
    assert (code, out) == (2, "")
    assert "no order states what was paid for delivery" in err.lower()
    assert "map shipping_charged" in err


def test_a_shop_without_promised_days_says_so_in_a_sentence(shop_without_charges):
    with pytest.raises(NotFound, match="no parcel has a promised day"):
        Shop.open(shop_without_charges).proposition.promises()
