"""Hunts of a shop: kept with the run, run anew where settings changed, own detectors, one opportunity whole."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.api import Silent, hunting, own_detectors
from profithunt.errors import NotFound, UsageError

LOSING = """
[thresholds.cannot_make_a_profit]
min_units = 5

[[cost_rates]]
kind = "pack"
rate = 9.0
"""

LISTING = """/* ---
code = "OWN9"
number = 1009
name = "listed"
level = "sku"
entity = ["sku"]
owner = "crm"
action = "write_to_them"
reversible = true
statistic = "sum"
customers = "buyers"
[docs]
why = "They bought it."
value = "What they paid."
known_problems = "None."
--- */
WITH buyers AS (
  SELECT sku, customer_id, SUM(list_sales) AS expected_profit
  FROM ledger
  WHERE in_window AND entry = 'line' AND customer_id IS NOT NULL
  GROUP BY sku, customer_id
)
SELECT sku, SUM(expected_profit) AS loss, COUNT(*) AS n FROM buyers GROUP BY sku
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    from tests.api.conftest import make_shop

    folder = make_shop(tmp_path_factory.mktemp("hunting"))
    with (folder / "shop.toml").open("a", encoding="utf-8") as settings:
        settings.write(LOSING)
    (folder / "detectors").mkdir()
    (folder / "detectors" / "listed.sql").write_text(LISTING, "utf-8")
    opened = Shop.open(folder)
    opened.run()
    return opened


def test_a_hunt_is_kept_with_the_run(shop: Shop):
    kept = hunting.stored_hunt(shop.engine, shop.config, shop.current.info)
    assert kept is not None
    assert len(kept)
    anew = hunting.hunt_run(shop.engine, shop.config, Silent())
    assert [item.to_json() for item in kept] == [item.to_json() for item in anew]
    assert [item.to_json() for item in kept.vetoed] == [item.to_json() for item in anew.vetoed]
    assert (kept.sleeping, kept.failed, kept.tested) == (anew.sleeping, anew.failed, anew.tested)
    assert kept.total == shop.current.info["hunt"]["total"]


def test_changed_settings_hunt_anew(shop: Shop):
    config = shop.config.model_copy(update={"thresholds": {"cannot_make_a_profit": {"min_units": 9999}}})
    assert hunting.stored_hunt(shop.engine, config, shop.current.info) is None
    other = Shop(config, shop.path)
    assert not [item for item in other.hunt() if item.name == "cannot_make_a_profit"]
    other.close()


def test_one_opportunity_by_its_id_and_its_rows(shop: Shop):
    first = next(item for item in shop.hunt() if item.name != "listed")
    assert shop.opportunity(first.id[:9]).to_json() == first.to_json()
    assert len(shop.query(first.id)) > 0
    assert shop.sql(first.id).sql == first.evidence["query"]
    with pytest.raises(NotFound, match="profithunt hunt"):
        shop.opportunity("nothing")
    with pytest.raises(NotFound, match="lists no customers"):
        shop.opportunity_customers(first.id)
    with pytest.raises(UsageError, match="only one SELECT"):
        shop.query("DROP TABLE ledger")


def test_an_own_detector_hunts_and_its_customers_are_listed(shop: Shop, tmp_path: Path):
    found = [item for item in shop.hunt() if item.name == "listed"]
    assert found
    assert found[0].detector == 1009
    rows = shop.opportunity_customers(found[0].id).dicts()
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    written = shop.write_opportunity_customers(found[0].id, tmp_path / "list.csv")
    with written.open(encoding="utf-8") as handle:
        assert [row["customer_id"] for row in csv.DictReader(handle)] == [row["customer_id"] for row in rows]


def test_a_detector_of_ones_own_from_scaffold_to_mistakes(shop: Shop):
    made = own_detectors.new_detector(shop.config, "mostly_sold")
    try:
        assert own_detectors.check_detector(shop.config, "mostly_sold").differs == ()
        with pytest.raises(UsageError, match="there already"):
            own_detectors.new_detector(shop.config, "mostly_sold")
        with pytest.raises(UsageError, match="snake_case"):
            own_detectors.new_detector(shop.config, "Mostly Sold")
        page = made.case.read_text("utf-8")
        made.case.write_text(page.replace("| 144.96 |", "| 99 |"), "utf-8")
        assert "value is 144.96, expected 99" in own_detectors.check_detector(shop.config, "mostly_sold").differs[0]

        sql = made.sql.read_text("utf-8")
        made.sql.write_text(sql.replace("l.refunds", "l.refundz"), "utf-8")
        failed = {item.name: item.reason for item in shop.hunt().failed}
        assert "mostly_sold.sql" in failed["mostly_sold"]
        assert "refundz" in failed["mostly_sold"]
        made.sql.write_text(sql.replace('"ratio"', '"ratoi"'), "utf-8")
        failed = {item.name: item.reason for item in shop.hunt().failed}
        assert failed["mostly_sold"] == (
            "mostly_sold.sql: statistic is 'ratoi'; expected one of share, count, ratio, sum."
        )
        assert len(shop.hunt()) > 0
    finally:
        made.sql.unlink()
        made.case.unlink()
