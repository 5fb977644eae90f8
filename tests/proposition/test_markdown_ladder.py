"""Ladders: the best of all sequences by trying every one, what is sold by the sums of demand, elasticities planted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from profithunt.models.elasticity import Belief, Sold, learn
from profithunt.models.markdown_ladder import Stocks, best_ladders, earned_by, sold_by, sums
from profithunt.models.markdown_study import Goods, study

LEFT = np.array([1.0, 0.8, 0.6, 0.4])


def value(stocks: Stocks, rates: np.ndarray, ladder: np.ndarray) -> float:
    ladders = ladder[None, :]
    sold = sold_by(stocks.units[:, None], sums(rates, stocks.weeks, ladders))
    return float(earned_by(stocks, ladders, sold)[0])


@settings(max_examples=25, deadline=None)
@given(
    stock=st.integers(3, 80),
    elasticity=st.floats(0.3, 4.0),
    rate=st.floats(0.5, 12.0),
    salvage=st.floats(0.0, 8.0),
    course=st.lists(st.floats(0.3, 2.0), min_size=4, max_size=4),
)
def test_no_sequence_of_falling_prices_earns_more(stock, elasticity, rate, salvage, course):
    rates = (rate * np.array(course))[None, :, None] * (LEFT**-elasticity)[None, None, :]
    stocks = Stocks(np.array([float(stock)]), np.array([4]), 20 * LEFT[None, :] - 1, np.array([salvage]))
    found = best_ladders(stocks, rates)[0]
    assert found[0] == 0
    assert (np.diff(found) >= 0).all()
    every = [(0, *tail) for tail in itertools.combinations_with_replacement(range(4), 3)]
    best = max(value(stocks, rates, np.array(one)) for one in every)
    hold = value(stocks, rates, np.zeros(4, dtype=np.int64))
    assert value(stocks, rates, found) >= best - max(0.02 * (best - hold), 0.003 * abs(best))


@pytest.mark.parametrize(("stock", "mean"), [(1, 0.4), (5, 3.0), (5, 30.0), (60, 55.0)])
def test_units_sold_are_those_of_the_distribution(stock, mean):
    n = np.arange(4_000)
    exact = (np.minimum(n, stock) * stats.poisson.pmf(n, mean)).sum()
    assert sold_by(np.array([stock]), np.array([mean]))[0] == pytest.approx(exact, rel=1e-9)
    shape = 2.5
    mixed = (np.minimum(n, stock) * stats.nbinom.pmf(n, shape, shape / (shape + mean))).sum()
    assert sold_by(np.array([stock]), np.array([mean]), shape)[0] == pytest.approx(mixed, rel=1e-6)


def shop(elasticity: float, *, n: int = 60, cuts: bool = True, seed: int = 2) -> Sold:
    """Books of a year; SKUs of two categories, the second twice as elastic, with cuts of a week now and then."""
    draw = np.random.default_rng(seed)
    category = np.repeat([0, 1], n // 2)
    cut = np.where(draw.random((n, 52)) < (0.15 if cuts else 0.0), draw.choice([0.1, 0.2, 0.3], (n, 52)), 0.0)
    cut[:, -1] = 0
    level = np.exp(draw.normal(2.0, 0.5, n))
    week = np.exp(0.3 * np.sin(np.arange(52) / 8))
    mean = level[:, None] * week * (1 - cut) ** -(elasticity * (1 + category))[:, None]
    price = np.exp(draw.normal(3, 0.3, n))[:, None] * (1 - cut)
    return Sold(draw.poisson(mean).astype(float), price, np.ones((n, 52)), category)


def test_planted_elasticities_are_found_by_category():
    found = learn(shop(1.2, n=200))
    expected = found.expected()
    assert expected[:100].mean() == pytest.approx(1.2, rel=0.2)
    assert expected[100:].mean() == pytest.approx(2.4, rel=0.2)
    assert (found.learnt > 0.4).all()
    assert found.weight.sum(axis=1) == pytest.approx(1.0)


def test_without_price_changes_the_declared_prior_speaks():
    found = learn(shop(1.2, cuts=False), Belief(mean=2.0))
    assert found.expected().mean() == pytest.approx(2.0, abs=0.1)
    assert found.learnt.max() < 0.05


def goods(sold: Sold, cover: float, salvage: float = 0.2) -> Goods:
    n = len(sold.units)
    price = sold.price[:, -1]
    return Goods(
        row=np.arange(n),
        stock=np.maximum(np.round(sold.units[:, -8:].mean(axis=1) * 8 * cover), 4.0),
        weeks=np.full(n, 8),
        price=price,
        unit_cost=0.5 * price,
        returned=np.full(n, 0.1),
        handling=np.full(n, 0.5),
        salvage=salvage * price,
    )


def test_overstock_of_elastic_goods_is_marked_down_and_little_stock_is_left():
    sold = shop(1.6)
    much = study(sold, goods(sold, 3.0))
    assert much.take[30:].mean() > 0.7
    assert (much.ladder[:, 0] == 0).all()
    assert (np.diff(much.ladder, axis=1) >= 0).all()
    assert much.ladders.gain > much.best_blunt.total.gain
    assert much.ladders.low <= much.ladders.gain <= much.ladders.high
    assert (much.units[much.take] > much.units_today[much.take]).all()
    little = study(sold, goods(sold, 0.4))
    assert not little.take.any()


def test_demand_that_does_not_answer_prices_is_left():
    sold = shop(0.15)
    assert study(sold, goods(sold, 3.0)).take.mean() < 0.05
