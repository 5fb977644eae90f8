"""The forecast of customers in a run: tables, the API, the command line, taken over where nothing changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from profithunt.api.clv import build_clv, read_clv, read_customer_clv
from profithunt.config import Clv, Identity, ShopConfig
from profithunt.engine import Engine
from profithunt.engine.runner import Built, Earlier
from profithunt.errors import NotFound, UsageError

HORIZONS = (12, 24, 36)
FIRST = np.datetime64("2022-01-03")


def shop(n: int = 900, months: int = 30, *, channels: bool = False) -> dict[str, dict[str, np.ndarray]]:
    """Orders of `n` customers who come back at rates of their own, some of them twice a day, some cancelled."""
    random = np.random.default_rng(n)
    rows: list[tuple[str, np.datetime64, float, str]] = []
    rate = random.gamma(1.0, 1 / 60, n)
    start, leaving = random.integers(0, months * 20, n), random.beta(0.8, 3.0, n)
    for customer in range(n):
        day, mean = float(start[customer]), random.normal(6, 9)
        channel = "store" if channels and customer % 10 == 0 else "web"
        while day < months * 30:
            rows.append((f"c{customer:04}", FIRST + int(day), random.normal(mean, 5), channel))
            if random.random() < 0.1:
                rows.append((f"c{customer:04}", FIRST + int(day), 1.0, channel))
            if random.random() < leaving[customer]:
                break
            day += random.exponential(1 / rate[customer])
    names = np.array([f"o{number}" for number in range(len(rows))], dtype=object)
    customer, day, profit, channel = (np.array(column) for column in zip(*rows, strict=True))
    customer = customer.astype(object)
    customer[50::97] = None
    return {
        "orders": {
            "order_id": names,
            "customer_id": customer,
            "ordered_at": day.astype("datetime64[us]") + np.timedelta64(10, "h"),
            "cancelled_at": np.where(np.arange(len(rows)) % 53 == 0, day, np.datetime64("NaT")).astype(
                "datetime64[us]"
            ),
        },
        "order_profit": {
            "order_id": names,
            "customer_id": customer,
            "ordered_on": day.astype("datetime64[D]"),
            "ordered_at": day.astype("datetime64[us]") + np.timedelta64(10, "h"),
            "channel": channel.astype(object),
            "cm3": np.round(profit, 2),
        },
    }


class Stage:
    """An engine with a shop, to build the stage over it as often as a test likes."""

    def __init__(self, engine: Engine, folder: Path, tables: dict[str, dict[str, np.ndarray]]) -> None:
        self.engine, self.folder = engine, folder
        for name, columns in tables.items():
            engine.attach_arrays(f"raw_{name}", columns)
        engine.table("orders", "SELECT * FROM raw_orders")
        engine.table("order_profit", "SELECT * REPLACE (CAST(cm3 AS DECIMAL(18, 4)) AS cm3) FROM raw_order_profit")
        engine.table("order_lines", "SELECT order_id FROM orders")

    def build(self, earlier: Earlier | None = None, name: str = "run", **clv: object) -> list[Built]:
        out = self.folder / name
        out.mkdir()
        config = ShopConfig(shop=Identity(currency="EUR"), clv=Clv(**clv))
        prints = {"orders": "1", "order_profit": "1"}
        return build_clv(self.engine, config, out, fingerprints=prints, earlier=earlier)


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[Stage]:
    with Engine(threads=2, memory_limit="1GB") as engine:
        made = Stage(engine, tmp_path_factory.mktemp("clv"), shop())
        made.built = made.build()
        yield made


def test_every_customer_has_one_row_and_days_are_purchases(stage: Stage):
    known = """
        SELECT customer_id, COUNT(DISTINCT ordered_on) AS days, SUM(cm3) AS profit, MIN(ordered_on) AS first_on
        FROM order_profit JOIN orders USING (order_id, customer_id)
        WHERE cancelled_at IS NULL AND customer_id IS NOT NULL GROUP BY customer_id
    """
    off = stage.engine.rows(f"""
        SELECT customer_id FROM ({known}) AS known FULL JOIN customer_clv USING (customer_id)
        WHERE n_orders IS DISTINCT FROM days OR profit_to_date IS DISTINCT FROM profit
           OR abs(age - (DATE '{stage.engine.value("SELECT MAX(ordered_on) FROM order_profit")}' - first_on) / 7.0) > 1e-9
    """)
    assert off == []


def test_the_forecast_is_fitted_and_held_against_what_came(stage: Stage):
    found = read_clv(stage.engine)
    (fit,) = found.fits
    assert fit.method == "bg_nbd"
    assert set(fit.buying) >= {"r", "alpha", "a", "b", "log_likelihood"}
    assert all(fit.buying[name][1] for name in ("r", "alpha", "a", "b"))
    assert fit.holdout["predicted_orders"] == pytest.approx(fit.holdout["actual_orders"], rel=0.25)
    assert 0.7 < fit.holdout["cover"] < 0.9
    assert fit.check["predicted_orders"][0] == pytest.approx(fit.holdout["predicted_orders"], rel=0.2)
    came = stage.engine.rows("""
        SELECT COUNT(*), SUM(profit) FROM (
            SELECT customer_id, ordered_on, SUM(cm3) AS profit
            FROM order_profit JOIN orders USING (order_id, customer_id)
            WHERE cancelled_at IS NULL AND ordered_on >= (SELECT MIN(from_on) FROM clv_calibration)
              AND customer_id IN (SELECT customer_id FROM order_profit JOIN orders USING (order_id, customer_id)
                                  WHERE cancelled_at IS NULL AND ordered_on < (SELECT MIN(from_on) FROM clv_calibration))
            GROUP BY ALL)
    """)[0]
    assert sum(item.actual_orders for item in found.calibration) == came[0]
    assert float(sum(item.actual_profit for item in found.calibration)) == pytest.approx(float(came[1]))
    assert [item.decile for item in found.calibration] == list(range(1, 11))
    predicted = [item.predicted_profit for item in found.calibration]
    assert predicted == sorted(predicted)
    assert found.season
    assert sum(found.season.values()) == pytest.approx(12)


def test_totals_and_the_spread_agree_with_the_rows(stage: Stage):
    for months in HORIZONS:
        found = read_clv(stage.engine, months, top=3)
        rows = found.customers.dicts()
        values = [row[f"clv_{months}m"] for row in rows]
        assert found.spread.total == sum(values)
        assert found.spread.p50 == pytest.approx(Decimal(str(np.median([float(value) for value in values]))), abs=1)
        assert found.spread.n_losing == sum(value < 0 for value in values) > 0
        assert values == sorted(values, reverse=True)
        assert [row["customer_id"] for row in found.best] == [row["customer_id"] for row in rows[:3]]
        assert found.worst[-1]["customer_id"] == rows[-1]["customer_id"]
        assert found.fits[0].totals[f"clv_{months}m"][0] == pytest.approx(float(found.spread.total), rel=1e-4)
        assert all(row[f"clv_{months}m_p10"] <= row[f"clv_{months}m_p90"] for row in rows)


def test_one_customer_and_what_there_is_not(stage: Stage):
    one = read_customer_clv(stage.engine, "c0001")
    assert one.customer["customer_id"] == "c0001"
    assert one.fit is not None
    assert json.loads(json.dumps(one.to_json(), default=str))["customer"]["clv_12m"] == str(one.customer["clv_12m"])
    with pytest.raises(NotFound, match="nobody"):
        read_customer_clv(stage.engine, "nobody")
    with pytest.raises(UsageError, match="12, 24, 36"):
        read_clv(stage.engine, 18)


def test_the_same_input_is_taken_over_and_other_settings_are_not(stage: Stage):
    earlier = Earlier(stage.folder / "run", {item.name: item.fingerprint for item in stage.built})
    again = stage.build(earlier, "again")
    assert [item.reused for item in again] == [True, True, True]
    other = stage.build(earlier, "other", discount_rate=0.2)
    assert not any(item.reused for item in other)
    stage.build(earlier, "back")
    twice = stage.build(None, "twice")
    assert [item.rows for item in twice] == [item.rows for item in stage.built]
    for name in ("customer_clv", "clv_calibration", "clv_fit"):
        first, second = (stage.folder / run / f"{name}.parquet" for run in ("run", "twice"))
        assert first.read_bytes() == second.read_bytes(), name


def test_segments_are_fitted_by_themselves_small_ones_by_means(tmp_path: Path):
    with Engine(threads=2, memory_limit="1GB") as engine:
        Stage(engine, tmp_path, shop(channels=True)).build(by="channel", check=False)
        found = read_clv(engine)
        methods = {fit.segment: fit.method for fit in found.fits}
        assert methods == {"store": "cohort_mean", "web": "bg_nbd"}
        rows = engine.rows(
            "SELECT segment, method, COUNT(*), COUNT(p_alive), COUNT(clv_12m) FROM customer_clv GROUP BY ALL"
        )
        assert {row[:2] for row in rows} == {("store", "cohort_mean"), ("web", "bg_nbd")}
        assert all(row[4] == row[2] for row in rows)
        assert {row[0]: row[3] for row in rows}["store"] == 0


@pytest.mark.parametrize(("n", "months"), [(1, 3), (3, 1), (60, 2)])
def test_a_tiny_shop_says_why_there_is_no_forecast(tmp_path: Path, n: int, months: int):
    with Engine(threads=2, memory_limit="1GB") as engine:
        Stage(engine, tmp_path, shop(n, months)).build()
        found = read_clv(engine)
        assert all(fit.method in ("none", "cohort_mean") and fit.notes for fit in found.fits)


def test_profit_that_is_not_known_leaves_orders(tmp_path: Path):
    tables = shop()
    tables["order_profit"]["cm3"] = np.full(len(tables["orders"]["order_id"]), np.nan)
    with Engine(threads=2, memory_limit="1GB") as engine:
        Stage(engine, tmp_path, tables).build(check=False)
        found = read_clv(engine)
        assert found.spread.n_known == 0
        assert found.spread.total is None
        assert found.spread.expected_orders > 0
        assert "profit per order is not known" in found.fits[0].notes


def test_a_run_without_customers_says_what_it_needs(tmp_path: Path):
    tables = shop(20, 3)
    for columns in tables.values():
        columns["customer_id"] = np.full(len(columns["order_id"]), None, dtype=object)
    with Engine(threads=2, memory_limit="1GB") as engine:
        assert Stage(engine, tmp_path, tables).build() == []
        with pytest.raises(NotFound, match="customer_id"):
            read_clv(engine)


def test_a_day_the_data_is_complete_to_ends_the_history(tmp_path: Path):
    with Engine(threads=2, memory_limit="1GB") as engine:
        made = Stage(engine, tmp_path, shop())
        out = tmp_path / "until"
        out.mkdir()
        config = ShopConfig(shop=Identity(as_of=dt.date(2023, 6, 30)), clv=Clv(holdout_days=91, check=False))
        build_clv(made.engine, config, out, fingerprints={"orders": "1", "order_profit": "1"})
        assert engine.rows("SELECT DISTINCT from_on, until_on FROM clv_calibration") == [
            (dt.date(2023, 4, 1), dt.date(2023, 6, 30))
        ]
        latest = engine.value("SELECT MAX(recency - age) FROM customer_clv")
        assert latest <= 0
