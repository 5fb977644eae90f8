"""What to do about a price: lower it where that pays, hold it where convenience outweighs the gap, raise it with room."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.models.price_advice import Advice, Elasticity, Rules, Terms, advise, elasticities, gains
from profithunt.models.price_arrays import advice_columns

RULES = Rules(Elasticity(-2.6, 0.8), Elasticity(-1.3, 0.8))
SURE = Rules(Elasticity(-2.6, 0.01), Elasticity(-1.3, 0.01), largest=0.5)
ONE = {
    "price": 50.0,
    "delivered": 50.0,
    "lowest_price": 40.0,
    "lowest_delivered": 40.0,
    "units": 100.0,
    "seen": 325.0,
    "margin": 30.0,
    "net_price": 50.0,
    "spread": 0.0,
    "slanted": 0.0,
    "floor": -math.inf,
    "ceiling": math.inf,
    "at_war": False,
}


def terms(**changed: object) -> Terms:
    """One SKU; a list for several."""
    given_ = {**ONE, **changed}
    n = max((len(value) for value in given_.values() if isinstance(value, list)), default=1)
    columns = {name: np.array(value if isinstance(value, list) else [value] * n) for name, value in given_.items()}
    return Terms(**columns)


def told(found: Advice, place: int = 0) -> tuple[str, str]:
    return str(found.advice[place]), str(found.reason[place])


def test_a_price_is_lowered_where_that_pays_by_what_it_earns():
    """At a margin of 60 % and an elasticity of −2.6, 40 earns 100 × (0.8^−2.6 × 20 − 30) = 572 more."""
    found = advise(terms(), SURE)
    assert told(found) == ("lower", "dearer_delivered")
    best = max(range(4000, 5000), key=lambda cents: (cents / 5000) ** -2.6 * (cents / 100 - 20))
    assert found.price[0] == pytest.approx(best / 100, abs=1.25)
    exact = 100 * ((found.price[0] / 50) ** -2.6 * (found.price[0] - 20) - 30)
    assert found.value[0] == pytest.approx(exact, rel=0.05)
    assert found.low[0] < found.value[0] < found.high[0]


def test_a_price_is_held_where_a_lower_one_would_not_pay():
    assert told(advise(terms(margin=5.0), RULES)) == ("hold", "would_not_pay")


def test_a_price_is_held_where_convenience_outweighs_the_gap():
    found = advise(terms(lowest_price=48.0, lowest_delivered=55.0), RULES)
    assert told(found) == ("hold", "convenience")
    assert math.isnan(found.price[0])


def test_a_price_is_raised_towards_the_next_and_no_further():
    found = advise(terms(lowest_price=60.0, lowest_delivered=58.0, margin=5.0), RULES)
    assert told(found) == ("raise", "room")
    assert 50 < found.price[0] <= 58


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lowest_delivered": math.nan, "lowest_price": math.nan}, "no_rival_in_stock"),
        ({"units": 0.0, "margin": math.nan, "net_price": math.nan}, "not_sold"),
        ({"margin": math.nan}, "margin_unknown"),
        ({"at_war": True}, "price_war"),
        ({"floor": 50.0}, "guard"),
        ({"lowest_delivered": 50.1, "lowest_price": 50.0}, "level"),
    ],
)
def test_a_price_is_held_for_a_reason(changed, reason):
    assert told(advise(terms(**changed), RULES)) == ("hold", reason)


def test_a_guard_clips_a_cut_and_is_named():
    free = advise(terms(), SURE)
    held = advise(terms(floor=48.0), SURE)
    assert free.price[0] < 48.0 <= held.price[0] < 50
    assert held.clipped[0]
    assert not free.clipped[0]


def test_what_own_prices_taught_takes_the_place_of_the_belief():
    moved = np.array([0.0, 40.0])
    mean, sd = elasticities(moved, -1.5 * moved, RULES.cut)
    assert mean[1] == pytest.approx(-1.5, abs=0.15)
    assert sd[1] < sd[0] < 0.8
    alone, _ = elasticities(moved[:1], moved[:1], RULES.cut)
    assert alone[0] == pytest.approx(-2.6)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1, 500),
    st.floats(0.5, 1.5),
    st.floats(0.5, 1.5),
    st.floats(-0.5, 0.9),
    st.floats(0.3, 1.3),
    st.floats(0.7, 3),
    st.booleans(),
)
def test_advice_keeps_its_bounds(price, cheaper, delivered, margin, floor, ceiling, at_war):
    one = terms(
        price=price,
        delivered=price * 1.1,
        lowest_price=price * cheaper,
        lowest_delivered=price * 1.1 * delivered,
        margin=margin * price,
        net_price=price * 0.84,
        floor=price * floor,
        ceiling=price * ceiling,
        at_war=at_war,
    )
    found = advise(one, RULES)
    if found.advice[0] == "hold":
        assert math.isnan(found.price[0])
        return
    new = found.price[0]
    assert abs(new / price - 1) <= RULES.largest + 1e-9
    assert found.probability[0] >= RULES.sure
    assert found.value[0] > 0
    if found.advice[0] == "lower":
        assert not at_war
        assert new >= min(price * floor, price) - 1e-9
        assert price * 1.1 + new - price >= one.lowest_delivered[0] - 1e-6
    else:
        assert new <= max(price * ceiling, price) + 1e-9
        assert price * 1.1 + new - price <= one.lowest_delivered[0] + 1e-6


@given(st.floats(-4, 0), st.floats(1, 1000))
def test_no_change_earns_nothing(elasticity, price):
    one = terms(price=price, delivered=price)
    assert gains(one, np.zeros(1), np.array([elasticity]))[0] == pytest.approx(0, abs=1e-9)


def test_many_skus_are_told_as_each_would_be():
    prices = [30.0 + at for at in range(45)]
    many = advise(replace(terms(price=prices, delivered=prices)), SURE)
    for place in (0, 7, 21, 44):
        alone = advise(terms(price=prices[place], delivered=prices[place]), SURE)
        assert told(many, place) == told(alone)
        np.testing.assert_allclose(many.value[place], alone.value[0])


# Guards from the columns of a run


TERMS = {
    "sku": "a",
    "price": 50.0,
    "delivered": 50.0,
    "lowest_price": 40.0,
    "lowest_delivered": 40.0,
    "units": 325.0,
    "sold_days": 91,
    "margin": 30.0,
    "net_price": 50.0,
    "spread": 0.0,
    "slanted": 0.0,
    "unit_cost": 20.0,
    "tax": 0.0,
    "minimum_price": math.nan,
    "channel_low": math.nan,
    "channel_high": math.nan,
    "at_war": False,
}


def columns(**changed: object) -> dict[str, np.ndarray]:
    given_ = {**TERMS, **changed}
    return {name: np.array([value], dtype=object if isinstance(value, str) else None) for name, value in given_.items()}


def siblings(*rows: tuple[str, str, float]) -> dict[str, np.ndarray]:
    """SKU, name and price of one style's SKUs."""
    names = ("sku", "name", "price")
    found = {name: np.array([row[at] for row in rows], dtype=object) for at, name in enumerate(names)}
    found["price"] = found["price"].astype(float)
    empty = np.array([""] * len(rows), dtype=object)
    return {
        **found,
        "product_id": np.array(["p"] * len(rows), dtype=object),
        "size": empty,
        "colour": empty,
        "pack_size": empty,
    }


ALONE = siblings(("a", "Kaffee 500 g", 50.0))


@pytest.mark.parametrize(
    ("changed", "others", "floor", "margin_floor", "guard"),
    [
        ({}, ALONE, 47.0, 1 - 20 / 47, "margin floor"),
        ({"minimum_price": 46.5}, ALONE, 46.5, 0.0, "advertised price"),
        ({"channel_low": 47.5, "channel_high": 52.0}, ALONE, 47.5, 0.0, "own channels"),
        ({}, siblings(("a", "Kaffee 500 g", 50.0), ("b", "Kaffee 1 kg", 96.0)), 48.0, 0.0, "own packs"),
        ({}, siblings(("a", "Kaffee 500 g", 50.0), ("b", "Kaffee 500 g", 49.0)), 49.0, 0.0, "own packs"),
    ],
)
def test_no_cut_goes_below_a_guard(changed, others, floor, margin_floor, guard):
    found = advice_columns(columns(**changed), others, SURE, margin_floor)
    assert (found["advice"][0], found["guard"][0]) == ("lower", guard)
    assert floor <= found["price_to_try"][0] < 50


def test_a_larger_pack_is_not_raised_above_the_smaller_by_content():
    dearer = columns(lowest_price=70.0, lowest_delivered=70.0, margin=5.0)
    others = siblings(("a", "Kaffee 1 kg", 50.0), ("b", "Kaffee 500 g", 26.0))
    found = advice_columns(dearer, others, SURE, 0.0)
    assert (found["advice"][0], found["guard"][0]) == ("raise", "own packs")
    assert found["price_to_try"][0] <= 52.0


def test_no_sku_at_all_is_fine():
    empty = {name: values[:0] for name, values in columns().items()}
    found = advice_columns(empty, {name: values[:0] for name, values in ALONE.items()}, RULES, 0.0)
    assert not len(found["sku"])
