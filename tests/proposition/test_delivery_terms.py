"""Delivery terms of a shop by the API and the command line: what it had, what others would earn, mistakes in a line."""

from __future__ import annotations

import contextlib
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.api.delivery_terms import DeliveryTerms
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from profithunt.models.delivery_study import SURE


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
