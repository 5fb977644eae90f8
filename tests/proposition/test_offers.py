"""Offers: the exact assignment against trying all, limits kept exactly, prices of stock, what is sent when."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.api.overstock import choose
from profithunt.engine import Engine
from profithunt.models import offers_books as books
from profithunt.models.offers import (
    NEVER,
    Goods,
    Incentive,
    Pairs,
    People,
    Terms,
    assign,
    bound,
    broadcast,
    chances,
    worth,
)
from profithunt.proposition import overstock as reading

INCENTIVES = (
    Incentive("none", 0.0, 0.0),
    Incentive("early access", 0.0, 0.02, 1.1),
    Incentive("bundle", 0.08, 0.05),
    Incentive("small", 0.1, 0.1),
    Incentive("larger", 0.2, 0.2),
)
TERMS = Terms(INCENTIVES, 2.0, 0.05)


def market(seed: int, n: int, skus: int, excess: float = 0.5) -> tuple[Pairs, People, Goods]:
    draw = np.random.default_rng(seed)
    goods = Goods(
        excess=draw.uniform(0.2, 2.0, skus) * excess,
        price=draw.uniform(20, 80, skus),
        costs=np.full(skus, 4.0),
        kept=draw.uniform(2, 8, skus),
        elasticity=draw.uniform(0.5, 4, skus),
        allowed=draw.random((skus, 5)) < 0.9,
    )
    customer, sku = np.divmod(np.arange(n * skus), skus)
    people = People(np.exp(draw.normal(0, 0.5, n)), draw.integers(0, 4, n))
    return Pairs(customer, sku, draw.uniform(0.001, 0.2, n * skus)), people, goods


def kept(pairs: Pairs, people: People, goods: Goods, offers) -> bool:
    customer, sku = pairs.customer[offers.pair], pairs.sku[offers.pair]
    per_customer = np.bincount(customer, minlength=len(people.most))
    per_sku = np.bincount(sku, offers.units, minlength=len(goods.excess))
    assert len(set(zip(customer.tolist(), sku.tolist(), strict=True))) == len(sku)
    return bool((per_customer <= people.most).all() and (per_sku <= goods.excess + 1e-6).all())


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12), skus=st.integers(1, 5))
def test_limits_are_kept_and_nothing_earns_more_than_the_bound(seed, n, skus):
    pairs, people, goods = market(seed, n, skus)
    offers, price = assign(pairs, people, goods, TERMS)
    assert kept(pairs, people, goods, offers)
    assert (offers.gain > 0).all()
    assert offers.gain.sum() <= bound(pairs, people, goods, TERMS, price) + 1e-6
    assert goods.allowed[pairs.sku[offers.pair], offers.incentive].all()


def test_the_assignment_is_the_best_of_all():
    pairs, people, goods = market(3, 3, 2, excess=0.2)
    gain, units = worth(pairs, people, goods, TERMS)
    best = 0.0
    for choice in itertools.product(range(-1, 5), repeat=len(pairs.sku)):
        at = [pair for pair, one in enumerate(choice) if one >= 0]
        if any(gain[pair, choice[pair]] <= 0 for pair in at):
            continue
        if (np.bincount(pairs.customer[at], minlength=3) > people.most).any():
            continue
        moved = np.bincount(pairs.sku[at], [units[pair, choice[pair]] for pair in at], minlength=2)
        if (moved <= goods.excess + 1e-9).all():
            best = max(best, sum(gain[pair, choice[pair]] for pair in at))
    offers, _ = assign(pairs, people, goods, TERMS)
    # The programme is fractional for about one pair a SKU: what is left of it is filled up by the next best.
    assert 0.9 * best <= offers.gain.sum() <= best + 1e-9
    assert best > 0


def test_more_is_bought_the_more_is_given_and_a_forbidden_incentive_never_pays():
    pairs, people, goods = market(5, 20, 4)
    chance = chances(pairs, people, goods, TERMS)
    assert (chance[:, 0] > pairs.chance).all()
    assert (chance[:, 4] > chance[:, 3]).all()
    gain, _ = worth(pairs, people, goods, TERMS)
    assert (gain[~goods.allowed[pairs.sku]] < NEVER / 1e6).all()


def test_prices_of_stock_take_all_customers_apart():
    """The streamed way keeps the limits and comes near to the most that can be earned."""
    pairs, people, goods = market(8, 800, 12, excess=12.0)
    with Engine() as engine:
        engine.attach_arrays(reading.TERMS, books.terms_columns(goods, TERMS, np.zeros(12)))
        engine.attach_arrays(reading.PEOPLE, books.people_columns(people))
        columns = {"customer": pairs.customer, "item": pairs.sku, "chance": pairs.chance}
        engine.attach_arrays(reading.PAIRS, columns)
        streamed = choose(engine, goods, people, TERMS, exact=0)
        exact = choose(engine, goods, people, TERMS, exact=10**9)
    for found in (streamed, exact):
        assert kept(found.pairs, people, goods, found.offers)
        assert found.n_pairs == 9_600
    assert exact.offers.gain.sum() >= 0.98 * exact.bound
    assert streamed.offers.gain.sum() >= 0.95 * exact.offers.gain.sum()


def test_a_cut_for_all_sells_no_more_than_there_is_and_none_at_no_cut():
    _, _, goods = market(9, 5, 3)
    cuts = np.array([0.0, 0.3])
    found = broadcast(goods, np.full(3, 4.0), cuts, np.full(3, 5.0), np.full(3, 1.0))
    assert found[:, 0] == pytest.approx(0.0)
    margin = goods.price * 0.7 - goods.costs - goods.kept
    most = 5 * margin - 4 * (goods.price - goods.costs - goods.kept)
    assert (found[:, 1] <= np.maximum(most, 4 * margin - 4 * (goods.price - goods.costs - goods.kept)) + 1e-9).all()


def test_letters_keep_their_distance():
    today = dt.date(2025, 3, 10)
    sent = np.ma.array(np.array(["2025-03-09", "2025-03-01", "2025-03-01", "2025-03-09"], dtype="datetime64[D]"),
                       mask=[False, False, True, False])  # fmt: skip
    columns = {
        "customer_id": np.array(["a", "b", "c", "d"], dtype=object),
        "discounted_share": np.array([0.1, 0.4, 0.9, 0.1]),
        "shop_share": np.full(4, 0.2),
        "last_sent_on": sent,
        "email_opt_in": np.ma.array([True, True, False, False], mask=[False, False, True, False]),
    }
    crowd = books.crowd(columns, today, 4, 10)
    assert crowd.people.most.tolist() == [2, 3, 3, 0]
    assert crowd.wait.tolist() == [8, 0, 0, 8]
    assert crowd.refused == 1
    assert crowd.people.answer == pytest.approx([0.5, 2.0, 3.0, 0.5])
    once = books.crowd(columns, today, 4, 0)
    assert once.people.most.tolist() == [4, 4, 4, 0]
