"""The canonical tables keep the promises that everything below the sources relies on."""

from __future__ import annotations

import re

import pytest

from profithunt.schema import ORDER, SQL_TYPES, TABLES, Table, sql_type

ALL = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)


def test_tables_come_after_those_that_they_refer_to():
    assert tuple(TABLES) == ORDER
    for place, table in enumerate(TABLES.values()):
        for column in table.columns.values():
            if column.references:
                other = column.references.split(".")[0]
                assert list(TABLES).index(other) <= place, f"{table.name} comes before {other}"


def test_only_orders_and_their_lines_are_needed():
    assert {name for name, table in TABLES.items() if table.required} == {"orders", "order_lines"}


@ALL
def test_key_and_date_are_columns(table: Table):
    assert table.key or table.event_at  # rows without a key are events: each counts
    assert set(table.key) <= set(table.columns)
    if table.event_at:
        assert table.columns[table.event_at].type in {"timestamp", "date"}


@ALL
def test_columns_are_named_after_their_type(table: Table):
    for column in table.columns.values():
        assert column.type in SQL_TYPES
        assert re.fullmatch(r"[a-z][a-z_]*", column.name), column.name
        if column.name.endswith("_at"):
            assert column.type == "timestamp", column.name
        if column.name.endswith("_on"):
            assert column.type == "date", column.name
        if column.name.endswith("_id"):
            assert column.type == "text", column.name
        if column.type == "money":
            assert column.unit == "shop currency", column.name


@ALL
def test_references_lead_to_a_key(table: Table):
    for column in table.columns.values():
        if column.references:
            other, name = column.references.split(".")
            assert TABLES[other].key == (name,)


def test_every_row_has_a_meaning_without_its_optional_columns():
    assert TABLES["order_lines"].required_columns == ("order_id", "line_no", "sku", "quantity")
    assert TABLES["orders"].required_columns == ("order_id", "ordered_at")


def test_money_and_quantities_are_exact():
    assert sql_type("money") == sql_type("quantity") == "DECIMAL(18, 4)"
