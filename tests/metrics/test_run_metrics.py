"""Metrics out of an engine: against the rows they come from, by any period and dimension, on random shops."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profithunt.engine import Engine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import prepare
from profithunt.metrics.build import build_metrics
from profithunt.metrics.reading import RunMetrics
from profithunt.metrics.time import Calendar
from tests.metrics import shops

SPEND = st.lists(
    st.tuples(st.integers(0, 95), st.integers(0, 2), st.integers(0, 40), st.decimals(0, 500, places=4)),
    min_size=1,
    max_size=40,
)
CHANNELS = ("search", "social", None)


def on(order):
    return (shops.START + dt.timedelta(days=order[0])).date()


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spend=SPEND, grain=st.sampled_from(["week", "month", "quarter"]), by=st.sampled_from([None, "channel"]))
def test_rates_over_periods_are_sums_over_sums(spend, grain, by):
    with tempfile.TemporaryDirectory() as folder, Engine(threads=1) as engine:
        config = shops.config(Path(folder))
        rows = [
            {"spent_on": on(row), "channel": CHANNELS[row[1]], "keyword": str(at), "clicks": row[2], "cost": row[3]}
            for at, row in enumerate(spend)
        ]
        shops.put(engine, "ad_spend", rows)
        prints = prepare(engine, config) | {"ad_spend": "given"}
        build_metrics(engine, config, Path(folder), fingerprints=prints)
        metrics = RunMetrics(engine, config)
        tops, counts = defaultdict(Decimal), defaultdict(int)
        for row in spend:
            key = Calendar().period(grain, on(row)).label, (CHANNELS[row[1]] or "unallocated") if by else None
            tops[key] += row[3]
            counts[key] += row[2]
        found = {
            (one.period.label, one.member): one for one in metrics.figures("cost_per_click", by, grain=grain).figures
        }
        assert {key: figure.numerator for key, figure in found.items()} == dict(tops)
        assert {key: figure.denominator for key, figure in found.items()} == dict(counts)
        for key, figure in found.items():
            assert figure.value == (float(tops[key]) / counts[key] if counts[key] else None)
        chosen = [row for row in spend if not by or row[1] == 0]
        if chosen:
            item = metrics.item("cost_per_click", by, "search" if by else None)
            whole = item.measure.over(dt.date(2022, 12, 1), dt.date(2023, 3, 31))
            assert whole.numerator == sum(row[3] for row in chosen)
            assert whole.denominator == sum(row[2] for row in chosen)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    orders = [(at, at % 3, 1 + at % 2, 500 + 7 * at, at % 4 == 0) for at in range(90) for _ in range(2 + at % 3)]
    config = shops.config(
        folder,
        calendar={"closed": ["2023-01-01"]},
        metrics={"targets": {"on_time_rate": 0.8}},
    )
    engine = Engine()
    made = shops.tables(orders)
    made["plan"] = [{"month": dt.date(2023, month, 1), "metric": "orders", "value": 31.0} for month in (1, 2, 3)]
    made["noteworthy"] = [{"starts_on": dt.date(2023, 3, 6), "title": "Strike", "metric": "on_time_rate"}]
    built = shops.build(engine, folder / "run", made, config)
    yield RunMetrics(engine, config), built, orders, engine
    engine.close()


def test_every_metric_that_the_data_allows_is_awake_and_in_the_table(shop):
    _, built, _, engine = shop
    names = {row[0] for row in engine.rows("SELECT DISTINCT metric FROM metric_days")}
    awake = {metric.name for metric in built.awake}
    assert {"orders", "on_time_rate", "contacts_per_order", "contribution_profit"} <= awake
    assert names <= awake
    assert len(awake) > 40
    double = engine.rows('SELECT metric, "on", dimension, member FROM metric_days GROUP BY ALL HAVING COUNT(*) > 1')
    assert double == []


def test_the_profit_of_all_days_is_that_of_the_ledger(shop):
    _, _, _, engine = shop
    for metric, column in (("contribution_profit", "cm3"), ("net_sales", "net_sales"), ("list_sales", "list_sales")):
        whole = engine.value(f"SELECT SUM(numerator) FROM metric_days WHERE metric = '{metric}' AND dimension IS NULL")
        assert whole == engine.value(f"SELECT SUM({column}) FROM ledger")
        by_channel = engine.value(
            f"SELECT SUM(numerator) FROM metric_days WHERE metric = '{metric}' AND dimension = 'channel'"
        )
        assert by_channel == whole


def test_one_metric_over_another_joins_their_days(shop):
    metrics, _, orders, _ = shop
    found = metrics.figures("contacts_per_order", grain="year").figures
    assert sum(figure.numerator for figure in found) == sum(order[4] for order in orders if order[0] < 89)
    assert metrics.known.dimensions(metrics.known["contacts_per_order"]) == ("channel",)


def test_a_parcel_that_is_late_or_not_there_is_late_by_carrier_too(shop):
    metrics, _, orders, _ = shop
    found = {
        figure.member: figure
        for figure in metrics.figures("on_time_rate", "carrier", grain="year").figures
        if figure.period.year == 2023
    }
    due = [order for order in orders if (on(order) + dt.timedelta(days=2)).year == 2023]
    slow = [order for order in due if order[3] % 2 == 0]
    assert found["slow"].denominator == len(slow)
    assert found["slow"].numerator == sum(order[3] % 3 != 0 for order in slow)


def test_items_of_a_review_carry_targets_plans_and_events(shop):
    metrics, _, _, _ = shop
    assert metrics.item("on_time_rate").target == 0.8
    planned = metrics.item("orders").planned
    assert planned.over(dt.date(2023, 1, 1), dt.date(2023, 1, 7)).value == pytest.approx(7.0)
    assert planned.over(dt.date(2023, 3, 28), dt.date(2023, 4, 3)).value is None
    assert [event.title for event in metrics.events()] == ["Strike"]
    assert metrics.item("on_time_rate", "carrier", "slow").title == "On time rate, slow"


def test_what_is_not_there_is_told(shop):
    metrics, _, _, _ = shop
    with pytest.raises(NotFound, match="did you mean 'orders'"):
        metrics.figures("order")
    with pytest.raises(NotFound, match="wake"):
        metrics.figures("sessions")
    with pytest.raises(NotFound, match="carrier"):
        metrics.figures("on_time_rate", "moon")
    with pytest.raises(NotFound, match="fast"):
        metrics.item("on_time_rate", "carrier", "unknown")
    with pytest.raises(UsageError, match="swap"):
        metrics.figures("orders", start=dt.date(2023, 2, 1), end=dt.date(2023, 1, 1))
    assert metrics.item("nothing") is None
    assert metrics.figures("orders", start=dt.date(2030, 1, 1)).figures == ()


def test_figures_cut_to_the_days_asked_for(shop):
    metrics, _, orders, _ = shop
    start, end = dt.date(2023, 1, 3), dt.date(2023, 1, 17)
    found = metrics.figures("orders", start=start, end=end)
    assert sum(figure.value for figure in found.figures) == sum(start <= on(order) <= end for order in orders)
    assert (found.figures[0].period.start, found.figures[-1].period.end) == (start, end)
    assert found.to_json()["figures"][0]["complete"] is True


def test_a_period_that_is_not_over_is_marked(shop):
    metrics, _, _, _ = shop
    last = metrics.figures("orders", grain="year").figures[-1]
    assert (last.period.end, last.n_missing) == (dt.date(2023, 12, 31), (dt.date(2023, 12, 31) - metrics.as_of).days)
    assert last.to_json()["complete"] is False
