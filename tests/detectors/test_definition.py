"""The header of a detector is checked, and its mistakes are told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from profithunt.detectors import CATALOGUE, FOLDER, catalogue, clock, compile_detector, parse_detector, read_detector
from profithunt.errors import ConfigError, ModelError

GOOD = """/* ---
code = "OWN1"
number = 1001
name = "delivery_below_cost"
level = "region"
entity = ["country"]
owner = "logistics"
action = "raise_the_charge"
reversible = true
statistic = "ratio"
[thresholds]
min_orders = 20
[docs]
why = "Parcels cost more than customers pay."
value = "What is not covered × orders."
known_problems = "A charge drives orders away."
--- */
SELECT country, X_MOMENTS(-carriage - shipping_income, 1), X_ACTIVITY(ordered_on), 0 AS benchmark, COUNT(*) AS n_orders
FROM order_profit
WHERE in_window AND country IS NOT NULL
GROUP BY country
HAVING COUNT(*) >= $min_orders
"""
AT = clock(parse_detector(GOOD, "own.sql"), dt.date(2024, 1, 1), dt.date(2024, 12, 31), 28)


def test_catalogue_lists_every_file_in_order():
    files = sorted(path.stem for path in FOLDER.glob("*.sql"))
    assert list(CATALOGUE) == files
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == files
    numbers = [detector.number for detector in catalogue()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_every_detector_compiles(name: str, dialect: str):
    detector = read_detector(FOLDER / f"{name}.sql")
    compiled = compile_detector(detector, AT, dialect=dialect)
    assert "X_" not in compiled
    assert "in_window" not in compiled


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('code = "OWN1"\n', "", "lacks 'code'"),
        ("reversible = true", 'reversible = "yes"', "'reversible' is 'yes'"),
        ('statistic = "ratio"', 'statistic = "mean"', "one of share, count, ratio, sum"),
        ('level = "region"', 'level = "planet"', "level is 'planet'"),
        ('entity = ["country"]', "entity = []", "entity is empty"),
        ("[thresholds]", "colour = 3\n[thresholds]", "unknown header key 'colour'"),
        ('why = "Parcels cost more than customers pay."\n', "", "lacks 'why'"),
        ("min_orders = 20", "min_orders = [20]", "threshold 'min_orders'"),
        ('owner = "logistics"', 'owner = "logistics', "not TOML"),
        ("[thresholds]", "outlier = 1.5\n[thresholds]", "share between 0 and 1"),
        ("[thresholds]", '[rows]\nform = "x"\n[thresholds]', "unknown key 'form'"),
    ],
)
def test_mistakes_in_the_header(old: str, new: str, message: str):
    with pytest.raises(ModelError, match=message):
        parse_detector(GOOD.replace(old, new), "own.sql")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SELECT country,", "SELECT", "does not give 'country'"),
        ("X_MOMENTS(-carriage - shipping_income, 1), ", "", "does not give 'n'"),
        ("COUNT(*) AS n_orders", "RANDOM() AS n_orders", "RAND"),
        ("$min_orders", "$min_order", "min_order"),
        ("SELECT country", "SELECT country FROM", "is not SQL"),
        ("COUNT(*) AS n_orders", "1 AS n_rows", "'n_rows' twice"),
    ],
)
def test_mistakes_in_the_statement(old: str, new: str, message: str):
    with pytest.raises(ModelError, match=message):
        compile_detector(parse_detector(GOOD.replace(old, new), "own.sql"), AT)


def test_own_detectors_go_through_the_same_loader(tmp_path: Path):
    path = tmp_path / "delivery_below_cost.sql"
    path.write_text(GOOD, "utf-8")
    found = catalogue([path], off=["SKU28"])
    assert found[-1].name == "delivery_below_cost"
    assert "cost_anomaly" not in {detector.name for detector in found}


def test_a_name_number_or_code_is_taken_once(tmp_path: Path):
    path = tmp_path / "delivery_below_cost.sql"
    path.write_text(GOOD.replace("number = 1001", "number = 22"), "utf-8")
    with pytest.raises(ModelError, match="22 is taken by cannot_make_a_profit"):
        catalogue([path])


def test_the_file_is_named_after_the_leak(tmp_path: Path):
    path = tmp_path / "other.sql"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(ModelError, match="calls itself"):
        catalogue([path])


def test_turning_off_what_is_not_there():
    with pytest.raises(ConfigError, match="no detector 'SKU99'"):
        catalogue(off=["SKU99"])


def test_thresholds_of_a_shop():
    detector = parse_detector(GOOD, "own.sql").tuned({"min_orders": 50, "window_days": 28})
    assert detector.thresholds["min_orders"] == 50
    assert detector.window_days == 28
    with pytest.raises(ConfigError, match="no threshold 'min_order'"):
        detector.tuned({"min_order": 50})
    with pytest.raises(ConfigError, match="must be a number"):
        detector.tuned({"min_orders": "many"})


def test_window_never_reaches_before_the_first_order():
    detector = parse_detector(GOOD, "own.sql")
    at = clock(detector, dt.date(2024, 12, 1), dt.date(2024, 12, 31), 28)
    assert at.days == 31
