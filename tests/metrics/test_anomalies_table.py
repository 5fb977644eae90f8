"""The table `anomalies` of a run: what left its course, in the unit of the metric; none where there are too many rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from profithunt.api.anomalies import build_anomalies, read_anomalies
from profithunt.config import ShopConfig
from profithunt.engine import Engine

FIRST, DAYS, SPIKE = np.datetime64("2023-01-02"), 300, 200


def _metric_days(engine: Engine) -> None:
    draw = np.random.default_rng(3)
    orders, parcels = draw.poisson(200, DAYS).astype(float), np.full(DAYS, 400.0)
    late = draw.binomial(400, 0.05, DAYS).astype(float)
    orders[SPIKE], late[SPIKE] = 900, 200
    days = FIRST + np.arange(DAYS)
    nothing = np.full(2 * DAYS, None, dtype=object)
    engine.attach_arrays(
        "metric_days",
        {
            "metric": np.repeat(np.array(["orders", "on_time_rate"], dtype=object), DAYS),
            "dimension": nothing,
            "member": nothing,
            "on": np.concatenate([days, days]),
            "numerator": np.concatenate([orders, late]),
            "denominator": np.concatenate([np.full(DAYS, np.nan), parcels]),
        },
    )


def _config(**metrics: Any) -> ShopConfig:
    return ShopConfig.model_validate({"shop": {"as_of": dt.date(2023, 12, 1)}, "metrics": metrics})


def test_what_left_its_course_is_a_table_of_the_run(tmp_path: Path) -> None:
    with Engine() as engine:
        _metric_days(engine)
        fingerprints = {"metric_days": "a"}
        (built,) = build_anomalies(engine, _config(), tmp_path, fingerprints=fingerprints)
        rows = {row["metric"]: row for row in read_anomalies(engine, _config()).dicts()}
    assert (built.name, (tmp_path / "anomalies.parquet").is_file()) == ("anomalies", True)
    assert set(rows) == {"orders", "on_time_rate"}
    day = (FIRST + SPIKE).item()
    orders, late = rows["orders"], rows["on_time_rate"]
    assert (orders["on"], orders["kind"], orders["seen"], orders["adverse"]) == (day, "spike", 900, False)
    assert abs(late["seen"] - 0.5) < 1e-9
    assert abs(late["expected"] - 0.05) < 0.01


def test_a_run_may_leave_it_to_whoever_asks(tmp_path: Path) -> None:
    with Engine() as engine:
        _metric_days(engine)
        config = _config(anomaly_rows_max=0)
        assert not build_anomalies(engine, config, tmp_path, fingerprints={"metric_days": "a"})
        assert not engine.has("anomalies")
        assert {row["metric"] for row in read_anomalies(engine, config).dicts()} == {"orders", "on_time_rate"}
