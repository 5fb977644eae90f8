"""Data health: what is set aside and what it is worth, references, freshness, what sleeps."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from profithunt import config
from profithunt.errors import SourceError
from profithunt.schema import TABLES
from profithunt.sources import check
from profithunt.sources.health import capabilities
from profithunt.sources.rules import rules_of

SHOP = """
[shop]
as_of = 2024-01-10
[[sources]]
table = "orders"
files = "orders.csv"
[sources.columns]
order_id = "id"
ordered_at = "at"
customer_id = "customer"
currency = "currency"
[[sources]]
table = "order_lines"
files = "lines.csv"
[sources.columns]
order_id = "id"
line_no = "line"
sku = "sku"
quantity = "qty"
unit_price = "price"
colour_of_box = "box"
[[sources]]
table = "customers"
files = "customers.csv"
[sources.columns]
customer_id = "id"
[[sources]]
table = "shipments"
files = "parcels.csv"
[sources.columns]
order_id = "id"
dispatched_at = "out"
delivered_at = "in"
shipping_cost = "cost"
"""


@pytest.fixture
def filled(shop):
    shop.write(
        "orders.csv",
        "id,at,customer,currency\no1,2024-01-01,c1,usd\no2,2024-01-05,c9,USD\no3,never,c1,USD\no4,2024-01-02,c1,XYZ\n",
    )
    shop.write(
        "lines.csv",
        "id,line,sku,qty,price,box\no1,1,a,2,5.00,red\no2,1,b,1,3.00,\no3,1,a,1,7.00,\no4,1,a,1,1.00,\no7,1,a,-2,4.00,\n"
        "o2,2,b,1,oops,\n",
    )
    shop.write("customers.csv", "id\nc1\nc2\n")
    shop.write("parcels.csv", "id,out,in,cost\no1,2024-01-02,2024-01-04,4.00\no2,2024-01-05,2024-01-03,6.50\n")
    shop.build(SHOP)
    return shop


def test_every_row_set_aside_says_where_why_and_what_it_is_worth(filled):
    assert filled.set_aside() == [
        ("lines.csv", 3, "order_id", "no such order", "o3", Decimal(7)),
        ("lines.csv", 4, "order_id", "no such order", "o4", Decimal(1)),
        ("lines.csv", 5, "quantity", "negative quantity", "-2.0000", Decimal(8)),
        ("lines.csv", 6, "unit_price", "not a number", "oops", None),
        ("orders.csv", 3, "ordered_at", "not a time", "never", None),
        ("orders.csv", 4, "currency", "no exchange rate for this currency", "XYZ", None),
        ("parcels.csv", 2, "delivered_at", "delivered before it was dispatched", "2024-01-03 00:00:00", Decimal("6.5")),
    ]
    records = [json.loads(row[0]) for row in filled.rows("quarantine", "record")]
    assert {"id": "o2", "line": "2", "sku": "b", "qty": "1", "price": "oops", "box": None} in records


def test_health_adds_up(filled):
    result = filled.result
    lines = result.tables["order_lines"]
    assert (lines.rows_read, lines.rows_kept, lines.rows_quarantined) == (6, 2, 4)
    assert lines.money_quarantined == Decimal(16)
    assert result.rows_quarantined == 7
    assert result.money_quarantined == Decimal("22.5")
    orders = result.tables["orders"]
    assert orders.last_at == dt.datetime(2024, 1, 5)
    assert orders.freshness_days == 5
    assert [(item.column, item.rows, item.filled) for item in orders.orphans] == [("customer_id", 1, 2)]
    assert lines.null_share["unit_price"] == 0
    assert lines.null_share["discount"] == 1
    assert json.loads(json.dumps(result.to_json()))["money_quarantined"] == "22.5000"


def test_columns_beyond_the_schema_are_kept(filled):
    assert filled.rows("order_lines", "extra_colour_of_box") == [("red",), (None,)]


def test_capabilities_sleep_and_say_what_wakes_them(filled):
    by_name = {item.name: item for item in filled.result.capabilities}
    assert by_name["profit_ledger"].awake
    assert by_name["delivery_cost"].awake
    assert not by_name["returns"].awake
    assert by_name["returns"].missing == ("returns",)
    assert "returns" in by_name["returns"].wakes


def test_capabilities_name_columns_that_there_are():
    for item in capabilities({}):
        for need in item.needs:
            for option in need.split("|"):
                table, _, column = option.strip().partition(".")
                assert table in TABLES
                assert not column or column in TABLES[table].columns


def test_rules_name_columns_that_there_are():
    from sqlglot import exp

    for name, table in TABLES.items():
        rules = rules_of(name)
        trees = [rules.money, *(rule.when for rule in rules.rules)]
        assert {node.name for tree in trees for node in tree.find_all(exp.Column)} <= set(table.columns)
        assert rules.generated_key is None or rules.generated_key in table.key
        assert rules.same_in is None or rules.same_in in table.columns


def test_checking_leaves_nothing_behind(filled, engine):
    before = engine.rows("SELECT table_name FROM information_schema.tables")
    result = check(config.read(filled.folder), engine)
    assert result.rows_quarantined == 7
    assert engine.rows("SELECT table_name FROM information_schema.tables") == before


def test_exchange_rates_admit_their_currency(filled):
    filled.build(SHOP + '[[cost_rates]]\nkind = "exchange"\nrate = 0.5\ndimension = "currency"\nmember = "XYZ"\n')
    assert filled.reasons("orders") == {"not a time": 1}


def test_mistakes_in_a_mapping_are_named(shop):
    shop.write("in.csv", "id,at\no1,2024-01-01\n")
    base = '[[sources]]\ntable = "orders"\nfiles = "in.csv"\n[sources.columns]\n'
    cases = [
        ('order_id = "id"\nordered_at = "att"\n', "no column 'att' .did you mean 'at'"),
        ('order_id = "id"\n', "nothing is mapped to ordered_at"),
        ('order_id = "id"\nordered_att = "at"\n', "'ordered_att' is not a column of orders .did you mean 'ordered_at'"),
        ('order_id = "id"\nordered_at = { expr = "X_TIME(at" }\n', "is not an expression"),
        ('order_id = "id"\nordered_at = { expr = "MAX(at)" }\n', "uses an aggregate"),
        ('order_id = "id"\nordered_at = { expr = "nofunction(at)" }\n', "nofunction"),
        ('order_id = "id"\nordered_at = { expr = "(SELECT 1)" }\n', "is a query"),
    ]
    for columns, said in cases:
        with pytest.raises(SourceError, match=said):
            shop.build(base + columns)
