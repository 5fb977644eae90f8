"""Terms of return and ways of payment by the API and the command line, and what their models must never say."""

from __future__ import annotations

import contextlib
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt import Shop
from profithunt.api.policies import Policy
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from profithunt.models import payment_mix, returns_policy
from profithunt.models.policy import SURE, Asked
from profithunt.proposition.beliefs import beliefs
from tests.proposition import offered as offers


@pytest.fixture(scope="module")
def returns(offered: Path) -> Policy:
    return Shop.open(offered).proposition.returns_policy()


@pytest.fixture(scope="module")
def payments(offered: Path) -> Policy:
    return Shop.open(offered).proposition.payment_mix(surcharge=True)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(["proposition", *map(str, arguments)])
    return code, out.getvalue(), " ".join(err.getvalue().split())


def pairs(simulator: str) -> dict[str, tuple[float, float]]:
    return {name: (one.mean, one.spread) for name, one in beliefs(simulator).items()}


def test_returns_are_those_of_orders_whose_returns_are_in(returns, offered):
    engine = Shop.open(offered).engine
    last = engine.value("SELECT MAX(ordered_on) FROM order_profit")
    first = engine.value("SELECT MIN(ordered_on) FROM order_profit")
    half = ((last - first).days - 60 + 1) // 2
    between = f"ordered_on <= DATE '{last}' - 60 AND ordered_on > DATE '{last}' - 60 - {half}"
    n = engine.value(f"SELECT COUNT(*) FROM order_profit WHERE {between}")
    assert returns.n_orders == n
    assert returns.today["returned_share"] == pytest.approx(0.19, abs=0.03)
    assert returns.today["later_than_30"] == 0, "all came back within 30 days"
    assert returns.today["cost_of_a_return"] == pytest.approx(6.0, abs=1.5), "3.50 carriage, 2.00 handling, fees"


def test_the_verdict_follows_from_the_settings(returns, payments):
    for found in (returns, payments):
        study = found.study
        sure = [one for one in study.settings if one.better >= SURE and one.gain > 0.003 * abs(study.profit)]
        assert found.verdict == ("change" if sure else "leave")
        assert study.best == max(sure or study.settings, key=lambda one: one.gain)
        assert sum(side.gain for side in study.sides) == pytest.approx(study.best.gain)
        assert all(one.gain_low <= one.gain <= one.gain_high for one in study.settings)


def test_a_fee_for_all_costs_more_later_than_it_brings_now(returns):
    """Bower and Maxham (2012): who pays for a return comes back less. The belief must be felt."""
    fees = [one for one in returns.study.settings if one.lever == "fee"]
    assert all(one.later < 0 for one in fees)
    assert all(one.better < 0.5 for one in fees)


def test_who_pays_by_invoice_returns_more_and_it_is_the_dear_way(payments):
    ways = {one["way"]: one for one in payments.ways}
    assert set(ways) == set(offers.METHODS)
    for name, share in offers.FEES.items():
        assert ways[name]["fee_share"] == pytest.approx(share, rel=0.12), "fees are of the list value here"
    assert ways["card"]["is_cheapest"]
    assert ways["invoice"]["returned_share"] > 1.5 * ways["card"]["returned_share"]
    assert ways["invoice"]["dearer"] > ways["wallet"]["dearer"] > 0
    assert sum(one["order_share"] for one in payments.ways) == pytest.approx(1)


def test_a_surcharge_is_only_looked_at_where_it_is_lawful(offered, payments):
    assert any(one.lever == "surcharge" for one in payments.study.settings)
    plain = Shop.open(offered).proposition.payment_mix()
    assert not any(one.lever == "surcharge" for one in plain.study.settings)


def test_only_what_was_asked_for(offered):
    shop = Shop.open(offered)
    asked = shop.proposition.returns_policy([30], [2.95])
    found = {(one.lever, one.value) for one in asked.study.settings}
    assert found == {("window", 30), ("fee", 2.95), ("serial fee", 2.95), ("exchange", None)}
    assert not shop.engine.has("return_customers")
    with pytest.raises(UsageError, match="14 days"):
        shop.proposition.returns_policy([7])
    with pytest.raises(UsageError, match="more than nothing"):
        shop.proposition.returns_policy((), [0])


def test_shops_that_cannot_be_studied_say_so_in_a_sentence(delivered):
    code, out, err = run("returns", delivered)
    assert (code, out) == (2, "")
    assert "fewer than 100 returned lines" in err.lower()
    with pytest.raises(NotFound, match="two ways of payment"):
        Shop.open(delivered).proposition.payment_mix()


def test_json_and_terminal(offered):
    code, out, err = run("returns", offered, "--fee", "2.95", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["subject"] == "returns"
    assert {one["value"] for one in data["settings"] if one["lever"] == "fee"} == {"2.9500"}
    assert Decimal(data["profit"]) > 0
    assert all(one["source"] for one in data["beliefs"].values())
    code, out, _ = run("payments", offered)
    text = " ".join(out.split())
    assert code == 0
    for part in ("Way of payment", "cheapest", "invoice", "What if", "orders under each of both settings"):
        assert part in text


# The models by themselves.


def a_shop(orders: float = 1_000, returns: float = 200, profit: float = 12_000) -> returns_policy.Returned:
    """Orders of 60, returned goods of 50, over 28 days; a return less saves 20."""
    shares = np.array([0.05, 0.25, 0.7])
    often = np.array([0.3, 0.2, 0.5])
    return returns_policy.Returned(
        orders * shares, profit * shares, profit**2 / orders * 2 * shares, 60 * orders * shares, returns * often,
        50 * returns * often, np.full(3, 20.0), 6.0, returns * often * 0.6, np.array([5.0, 20.0, 60.0]),
        tuple(np.bincount(np.arange(5, 45)) * 1.0 for _ in range(3)), 0.19,
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 20.0), st.floats(1.0, 400.0))
def test_fees_never_bring_orders_or_returns(fee, returns):
    drawn = returns_policy.draw(pairs("returns"))
    effect = returns_policy.outcome(a_shop(returns=returns), drawn, 60, Asked("fee", value=fee))
    assert (effect.lost >= 0).all()
    assert (effect.moved >= 0).all()
    assert (effect.moved.sum(axis=1) <= returns + 1e-6).all()
    assert (effect.later <= 0).all()


def test_today_s_own_window_changes_nothing():
    effect = returns_policy.outcome(a_shop(), returns_policy.draw(pairs("returns")), 60, Asked("window", value=60.0))
    assert np.abs(effect.gain).max() < 1e-9


def test_terms_of_a_shop_that_hardly_gets_returns_are_left_alone():
    shop = a_shop(returns=2)
    drawn = returns_policy.draw(pairs("returns"))
    asked = returns_policy.settings(shop, 60, (), ())
    assert returns_policy.study(shop, drawn, 60, asked).recommended is None


def a_mix(fee: float, returned: float) -> payment_mix.Mix:
    """Two ways of payment with 500 orders of 60 each; card costs 1 % and has a tenth back."""
    rows = [
        {"payment_method": name, "segment": "all others", "n_placed": 6_500, "n_cancelled": 0, "n_orders": 6_500,
         "value": 390_000, "profit": 78_000 - 390_000 * share, "squares": 2_000_000, "fees": 390_000 * share,
         "units": 6_500, "units_returned": 6_500 * back}
        for name, share, back in (("card", 0.01, 0.1), ("invoice", fee, returned))
    ]  # fmt: skip
    found = payment_mix.mix_of(rows, 364, 0.5)
    assert found is not None
    return found


def test_ways_that_cost_the_same_are_left_alone():
    mix = a_mix(0.0105, 0.1)
    assert mix.dear() == ()
    found = payment_mix.study(mix, payment_mix.draw(pairs("payments")), payment_mix.settings(mix), lawful=True)
    assert found.recommended is None
    assert found.settings == ()


def test_a_way_that_loses_more_than_orders_earn_is_acted_on():
    mix = a_mix(0.2, 0.6)
    drawn = payment_mix.draw(pairs("payments"))
    found = payment_mix.study(mix, drawn, payment_mix.settings(mix), lawful=False)
    assert found.recommended is not None
    assert found.recommended.subject == "invoice"
    mild = payment_mix.study(a_mix(0.015, 0.1), drawn, payment_mix.settings(a_mix(0.015, 0.1)), lawful=False)
    assert mild.recommended is None or mild.recommended.lever != "drop"


def test_a_discount_is_also_given_to_those_who_pay_that_way_already():
    mix = a_mix(0.02, 0.1)
    effect = payment_mix.outcome(mix, payment_mix.draw(pairs("payments")), Asked("discount", "invoice"))
    assert effect.gain.sum(axis=1).mean() < 0
