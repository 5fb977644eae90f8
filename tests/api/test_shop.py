"""What can be asked of a shop: profit by anything, in any period, by either date, and as any kind of frame."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from profithunt import Shop
from profithunt.errors import NotFound, UsageError


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The small shop with a finished run."""
    from tests.api.conftest import make_shop

    opened = Shop.open(make_shop(tmp_path_factory.mktemp("shops")))
    opened.run()
    return opened


def test_profit_by_a_dimension_adds_up_and_periods_add_up_to_the_whole(shop: Shop) -> None:
    total = shop.reconcile().total
    for dimension in shop.dimensions:
        assert sum(row["cm3"] for row in shop.profit(by=dimension)) == total
    split = dt.date(2024, 2, 10)
    early = shop.profit(by="sku", end=split).dicts()
    late = shop.profit(by="sku", start=split + dt.timedelta(days=1)).dicts()
    assert sum(row["cm3"] for row in early + late) == total
    assert {row["member"] for row in shop.profit(by="month", end=dt.date(2024, 1, 31))} == {"2024-01"}


def test_by_event_refunds_stand_in_the_month_they_were_paid(shop: Shop) -> None:
    by_order = {row["member"]: row["refunds"] for row in shop.profit(by="month")}
    by_event = {row["member"]: row["refunds"] for row in shop.profit(by="month", date="event")}
    assert by_order["2024-01"] < 0
    assert {month for month, amount in by_event.items() if amount} == {"2024-06"}
    assert sum(by_order.values()) == sum(by_event.values())


def test_guests_are_the_unallocated_customer(shop: Shop) -> None:
    members = {row["member"]: row["net_sales"] for row in shop.profit(by="customer")}
    assert members["unallocated"] > 0
    assert "unallocated" not in {row["customer_id"] for row in shop.customers}


def test_relations_feed_every_kind_of_frame(shop: Shop) -> None:
    relation = shop.profit(by="category")
    rows = relation.dicts()
    assert relation.df()["member"].tolist() == [row["member"] for row in rows]
    assert relation.pl()["cm3"].to_list() == [row["cm3"] for row in rows]
    assert relation.arrow().num_rows == len(relation) == len(rows)
    assert pa.RecordBatchReader.from_stream(relation).read_all()["cm3"].to_pylist() == [row["cm3"] for row in rows]
    assert pl.DataFrame(relation).height == len(rows)


def test_the_spread_names_the_worst_members_and_their_orders(shop: Shop) -> None:
    rows = shop.spread("sku").dicts()
    assert [row["cm3"] for row in rows] == sorted(row["cm3"] for row in rows)
    assert all(row["p10"] <= row["p50"] <= row["p90"] for row in rows)
    worst = rows[0]["member"]
    examples = shop.worst_orders("sku", [worst], n=2).dicts()
    assert [row["place"] for row in examples] == [1, 2]
    story = shop.explain("order", examples[0]["order_id"])
    assert worst in {row["sku"] for section in story.sections if section.title == "Ledger" for row in section.rows}


def test_an_order_is_explained_down_to_the_file_and_row_it_came_from(shop: Shop) -> None:
    story = shop.explain("order", "o9")
    sections = {section.title: section.rows for section in story.sections}
    source = sections["Order"][0]
    with (shop.path.parent / source["_file"]).open(newline="") as handle:
        assert list(csv.reader(handle))[source["_row"]][0] == "o9"
    assert sections["Returns"][0]["return_id"] == "r9"
    parts = [row for row in sections["Profit of the order"] if row["source"]]
    assert sum(row["amount"] for row in parts) == story.cm3
    assert sum(row["cm3"] for row in sections["Ledger"]) == story.cm3


@pytest.mark.parametrize("kind", ["customer", "sku", "component", "channel", "month"])
def test_every_kind_of_story_adds_up(shop: Shop, kind: str) -> None:
    ids = {"customer": "c1", "sku": "s1", "component": "refunds", "channel": "web", "month": "2024-01"}
    story = shop.explain(kind, ids[kind])
    expected = {
        "component": lambda: sum(row["refunds"] for row in shop.profit(by="sku")),
    }.get(kind, lambda: next(row["cm3"] for row in shop.profit(by=kind) if row["member"] == ids[kind]))()
    assert story.cm3 == expected
    assert story.sections


def test_what_is_not_there_is_named_with_what_is(shop: Shop) -> None:
    with pytest.raises(NotFound, match=r"colour.*category"):
        shop.profit(by="colour")
    with pytest.raises(NotFound, match=r"o99999.*o100"):
        shop.explain("order", "o99999")
    with pytest.raises(NotFound, match=r"nothing.*ledger"):
        shop.table("nothing")
    with pytest.raises(UsageError, match="before it starts"):
        shop.profit(start=dt.date(2024, 2, 1), end=dt.date(2024, 1, 1))


def test_tables_are_exported_whole(shop: Shop, tmp_path: Path) -> None:
    (csv_file,) = shop.export(tmp_path, "csv", ["customer_profit"])
    with csv_file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert sum(Decimal(row["cm3"]) for row in rows) == sum(row["cm3"] for row in shop.customers)
    (parquet,) = shop.export(tmp_path, "parquet", ["ledger"])
    assert pl.read_parquet(parquet)["cm3"].sum() == shop.reconcile().total
    with pytest.raises(UsageError, match="csv, parquet"):
        shop.export(tmp_path, "xls")


def test_the_report_and_the_hunt_come_from_the_same_run(shop: Shop, tmp_path: Path) -> None:
    page = shop.report(tmp_path / "deep" / "report.html").read_text("utf-8")
    assert shop.current.run_id in page
    assert not re.search(r"(src|href)=[\"']https?:", page)
    found = shop.hunt()
    assert len(found) == shop.current.info["hunt"]["opportunities"]
    assert not found.failed
