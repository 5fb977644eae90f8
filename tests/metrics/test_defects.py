"""Defects: sigma levels, charts, what is known of an open parcel, perfect orders, cost of a defect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from profithunt.api.defects import board_as_of, defect_board
from profithunt.config import ShopConfig
from profithunt.engine import Engine, build_order, compile_model, values_query
from profithunt.errors import NotFound
from profithunt.metrics.defects_build import READS, models, values_of
from profithunt.metrics.defects_charts import chart, dpmo, sigma_level, upper_bound
from profithunt.models.members import means, shares
from tests.ledger.shops import ledger_of, line, order

DAY = dt.datetime(2024, 3, 4, 12)


def test_sigma_levels_as_published() -> None:
    assert sigma_level(dpmo(3_000, 1_000_000)) == pytest.approx(4.248, abs=5e-4)
    assert sigma_level(3.4) == pytest.approx(6.0, abs=5e-3)
    assert sigma_level(0) is None
    assert upper_bound(0, 600) == pytest.approx(5_000)
    assert upper_bound(1, 600) is None


def test_laneys_chart_signals_chance_only_where_a_p_chart_signals_every_tenth_day() -> None:
    """Days that differ by a fifth for reasons of their own, thousands of parcels a day, nothing special."""
    draw = np.random.default_rng(4)
    n = draw.integers(1500, 2500, 4000)
    share = np.clip(0.03 * (1 + 0.2 * draw.standard_normal(4000)), 0, 1)
    failed = draw.binomial(n, share)
    labels = [str(at) for at in range(4000)]
    beyond = {}
    for kind in ("p", "laney_p"):
        found = chart(kind, labels, failed.tolist(), n.tolist())  # type: ignore[arg-type]
        beyond[kind] = sum(point.signal in ("limit_above", "limit_below") for point in found.points) / 4000
    assert beyond["laney_p"] <= 0.008
    assert beyond["p"] >= 0.04


def test_a_chart_finds_a_shift_and_keeps_quiet_about_few_periods() -> None:
    labels = [str(at) for at in range(30)]
    counts = [10.0] * 10 + [11.0, 9.0] * 5 + [60.0] + [10.0] * 9
    for kind in ("p", "u", "xmr", "laney_p", "laney_u"):
        found = chart(kind, labels, counts, [1000.0] * 30)  # type: ignore[arg-type]
        assert "20" in [point.label for point in found.signals]
    assert chart("p", labels[:5], counts[:5], [1000.0] * 5).centre is None


def test_shrinkage_is_near_the_oracle_and_intervals_cover() -> None:
    draw = np.random.default_rng(2)
    covered, ratio = [], []
    for _ in range(5):
        truth = draw.beta(3, 40, 3000)
        n = draw.integers(5, 200, 3000).astype(float)
        hits = draw.binomial(n.astype(int), truth).astype(float)
        mean, low, high = shares(hits, n)
        oracle = (hits + 3) / (n + 43)
        ratio.append(((mean - truth) ** 2).sum() / ((oracle - truth) ** 2).sum())
        covered.append(((low <= truth) & (truth <= high)).mean())
    assert np.mean(ratio) <= 1.02
    assert 0.89 <= np.mean(covered) <= 0.91
    truth = draw.normal(10, 2, 5000)
    error = draw.uniform(0.5, 6, 5000)
    value = truth + error * draw.standard_normal(5000)
    mean, low, high = means(value, error)
    oracle = (value / error**2 + 10 / 4) / (1 / error**2 + 1 / 4)
    assert ((mean - truth) ** 2).sum() <= 1.02 * ((oracle - truth) ** 2).sum()
    assert 0.885 <= ((low <= truth) & (truth <= high)).mean() <= 0.915


def _parcel(number: int, promised: int, delivered: int | None, **more: Any) -> dict[str, Any]:
    """Parcel of order `number`, promised and delivered so many days after the first day."""
    return {
        "shipment_id": f"p{number}",
        "order_id": f"o{number}",
        "carrier": "north" if number % 2 else "south",
        "dispatched_at": DAY + dt.timedelta(days=1),
        "promised_at": DAY + dt.timedelta(days=promised),
        "delivered_at": None if delivered is None else DAY + dt.timedelta(days=delivered, hours=1),
        **more,
    }


@pytest.fixture
def shop() -> Iterator[tuple[Engine, ShopConfig]]:
    settings = {"shop": {"as_of": dt.date(2024, 3, 14)}}
    tables = {
        "products": [{"sku": "A", "unit_cost": Decimal(4), "list_price": Decimal(10)}],
        "orders": [order(f"o{n}", DAY, customer_id=f"c{n}", region="r") for n in range(1, 7)],
        "order_lines": [line(f"o{n}", 1, "A", 1, "10") for n in range(1, 7)],
        "shipments": [
            _parcel(1, 3, 3, attempts=1, lost=False),
            _parcel(2, 3, 5, attempts=2, lost=False),
            _parcel(3, 3, None),
            _parcel(4, 30, None),
            _parcel(5, 5, 4, attempts=1, lost=False),
            _parcel(6, 4, 4, attempts=1, lost=False),
        ],
        "contacts": [
            {"contact_id": "k", "order_id": "o2", "contacted_at": DAY + dt.timedelta(days=6), "cost": Decimal(7),
             "reason": "Where is my order"},
        ],
        "defects": [
            {"defect_id": "d", "kind": "missing_item", "order_id": "o6", "occurred_at": DAY + dt.timedelta(days=5),
             "cost": Decimal(5), "recovered": Decimal(2)},
        ],
    }  # fmt: skip
    config = ShopConfig.model_validate(settings)
    with ledger_of(tables, settings) as engine:
        chosen = values_of(config, dt.date(2024, 3, 14))
        for model in build_order(models(), READS):
            engine.table(model.name, compile_model(model, parts=chosen.parts, lists=chosen.lists, values=chosen.values))
        yield engine, config


def test_an_open_parcel_is_never_good(shop: tuple[Engine, ShopConfig]) -> None:
    board = defect_board(*shop)
    assert (board.total.n_parcels, board.total.n_failed) == (5, 3)
    assert (board.total.n_open, board.total.n_late_already) == (1, 1)
    late = board.kind("late")
    assert late is not None
    assert (late.n_defects, late.n_opportunities) == (2, 5)
    assert board.late_by_timestamp == pytest.approx(4 / 5)


def test_an_opportunity_counts_only_where_there_was_one(shop: tuple[Engine, ShopConfig]) -> None:
    board = defect_board(*shop)
    attempt, lost, missing = (board.kind(name) for name in ("failed_attempt", "lost", "missing_item"))
    assert attempt is not None
    assert lost is not None
    assert missing is not None
    assert (attempt.n_opportunities, attempt.n_defects) == (4, 1)
    assert (lost.n_opportunities, lost.n_defects, lost.upper_bound) == (4, 0, 750_000)
    assert missing.n_opportunities == 4
    assert board.kind("wrong_item") is None


def test_perfect_orders_are_a_conjunction(shop: tuple[Engine, ShopConfig]) -> None:
    perfect = defect_board(*shop).perfect
    assert (perfect.n_known, perfect.n_open, perfect.n_perfect) == (5, 1, 2)
    assert perfect.share == pytest.approx(2 / 5)
    assert perfect.product != perfect.share
    assert perfect.n_customers_failed == 3


def test_a_defect_costs_what_orders_with_it_needed_beyond_others(shop: tuple[Engine, ShopConfig]) -> None:
    board = defect_board(*shop)
    attempt, missing = board.kind("failed_attempt"), board.kind("missing_item")
    assert attempt is not None
    assert missing is not None
    assert attempt.cost == pytest.approx(7)
    assert (missing.reships, missing.claims, missing.cost) == (5, 2, 3)
    assert attempt.lost_profit is None
    assert attempt.lost_profit_unknown


def test_a_defect_costs_the_future_profit_that_a_credible_effect_says(shop: tuple[Engine, ShopConfig]) -> None:
    """The effect of the action that counts late parcels: on those who had one, over the longest horizon."""
    columns = {"action": "text", "counts": "text", "verdict": "text", "estimand": "text", "horizon_days": "int",
               "effect": "rate"}  # fmt: skip
    shop[0].table(
        "action_effects",
        values_query(
            columns,
            [
                ("first late delivery", "late", "credible", "ATT", 365, -12.5),
                ("first late delivery", "late", "credible", "ATE", 365, -99.0),
                ("first late delivery", "late", "credible", "ATT", 90, -77.0),
                ("first contact", "contacted", "not credible", "ATT", 365, -5.0),
                ("late mornings", "category", "credible", "ATT", 365, -55.0),
            ],
        ),
    )
    board = defect_board(*shop)
    late, contact = board.kind("late"), board.kind("avoidable_contact")
    assert late is not None
    assert (late.lost_profit, late.lost_profit_unknown) == (12.5, None)
    assert late.total_cost == pytest.approx((late.cost or 0) + 12.5)
    assert contact is not None
    assert contact.lost_profit is None
    assert contact.lost_profit_unknown == "the effect of the action 'contacted' is not credible"


def test_a_month_is_a_member_like_any_other(shop: tuple[Engine, ShopConfig]) -> None:
    march = defect_board(*shop, by="month", member="2024-03")
    assert 0 < march.total.n_parcels < defect_board(*shop).total.n_parcels + 1
    assert all(str(row["promised_on"]).startswith("2024-03") for row in march.examples)
    with pytest.raises(NotFound, match="no month 'soon'"):
        defect_board(*shop, by="month", member="soon")


def test_as_of_an_earlier_day_less_is_known(shop: tuple[Engine, ShopConfig]) -> None:
    engine, config = shop
    board = board_as_of(engine, config, dt.date(2024, 3, 8))
    assert (board.total.n_parcels, board.total.n_failed, board.total.n_open) == (5, 2, 1)
    assert board.kind("missing_item") is None


def test_members_add_up_to_the_whole(shop: tuple[Engine, ShopConfig]) -> None:
    for by in ("carrier", "lane", "region", "store", "supplier", "week", "month"):
        board = defect_board(*shop, by=by)
        for name in ("n_parcels", "n_failed", "n_open", "n_opportunities", "n_defects", "n_orders"):
            assert sum(getattr(one, name) for one in board.members) == getattr(board.total, name), (by, name)
    one = defect_board(*shop, by="carrier", member="north")
    assert one.total.n_parcels == 3
    assert {row["order_id"] for row in one.examples} <= {"o1", "o3", "o5"}
    assert {row["lane"] for row in one.examples} == {"north to r"}
