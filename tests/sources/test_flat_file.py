"""One flat file of transaction lines that feeds orders, lines, returns, products and customers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

FLAT = """
[shop]
currency = "GBP"
timezone = "Europe/London"
[[sources]]
table = "orders"
files = "{files}"
group = true
where = "sku <> 'POST'"
[sources.columns]
order_id = "Invoice"
ordered_at = "Date"
customer_id = "Customer"
country = "Country"
[[sources]]
table = "order_lines"
files = "{files}"
where = "Quantity > 0 AND sku <> 'POST'"
[sources.columns]
order_id = "Invoice"
sku = "sku"
quantity = "Quantity"
unit_price = "Price"
[[sources]]
table = "returns"
files = "{files}"
where = "Quantity < 0"
[sources.columns]
order_id = "Invoice"
sku = "sku"
quantity = {{ expr = "-Quantity" }}
returned_at = "Date"
refund = {{ expr = "-Quantity * Price" }}
[[sources]]
table = "products"
files = "{files}"
group = true
where = "sku <> 'POST'"
[sources.columns]
sku = "sku"
name = "Name"
list_price = {{ expr = "MAX(Price)" }}
[[sources]]
table = "customers"
files = "{files}"
group = true
[sources.columns]
customer_id = "Customer"
"""
HEAD = "Invoice,sku,Name,Quantity,Date,Price,Customer,Country\n"
ROWS = [
    "1,a,Ant,2,01/12/2010 08:26,2.50,17,UK",
    "1,b,Bee,1,01/12/2010 08:26,1.25,17,UK",
    "1,b,Bee,1,01/12/2010 08:26,1.25,17,UK",
    "2,a,Ant,5,13/12/2010 09:00,2.40,,France",
    "2,POST,Postage,1,13/12/2010 09:00,18.00,,France",
    "3,a,Ant,-1,14/07/2011 10:00,2.50,17,UK",
    "4,c,Cat,oops,14/07/2011 10:00,2.50,18,UK",
]


def test_one_file_feeds_five_tables(shop):
    shop.write("flat.csv", HEAD + "\n".join(ROWS))
    result = shop.build(FLAT.format(files="flat.csv"))
    assert shop.rows("order_lines", "order_id, line_no, sku, quantity, unit_price") == [
        ("1", 1, "a", 2, Decimal("2.5")),
        ("1", 2, "b", 1, Decimal("1.25")),
        ("1", 3, "b", 1, Decimal("1.25")),
        ("2", 1, "a", 5, Decimal("2.4")),
    ]
    assert shop.rows("returns", "order_id, sku, quantity, refund") == [("3", "a", 1, Decimal("2.5"))]
    assert shop.rows("customers", "customer_id") == [("17",), ("18",)]
    assert shop.rows("products", "sku, name, list_price")[0] == ("a", "Ant", Decimal("2.5"))
    assert [row[3] for row in shop.set_aside()] == ["not a number"] * 2
    assert result.rows_quarantined == 1


def test_days_come_first_and_times_are_utc(shop):
    shop.write("flat.csv", HEAD + "\n".join(ROWS))
    shop.build(FLAT.format(files="flat.csv"))
    times = {str(row[0]): str(row[1]) for row in shop.rows("orders", "order_id, ordered_at")}
    assert times == {
        "1": "2010-12-01 08:26:00",
        "2": "2010-12-13 09:00:00",
        "3": "2011-07-14 09:00:00",
        "4": "2011-07-14 09:00:00",
    }


def contents(shop) -> dict[str, list[tuple]]:
    return {
        "orders": shop.rows("orders", "* EXCLUDE (_file, _row)"),
        "order_lines": shop.rows("order_lines", "* EXCLUDE (_file, _row)"),
        "returns": shop.rows("returns", "* EXCLUDE (_file, _row)"),
        "products": shop.rows("products", "* EXCLUDE (_file, _row)"),
        "customers": shop.rows("customers", "* EXCLUDE (_file, _row)"),
    }


lines = st.tuples(
    st.integers(1, 6),
    st.sampled_from("abcd"),
    st.integers(-3, 9),
    st.integers(1, 40),
    st.sampled_from(["17", "18", ""]),
)


def flat(rows: list[tuple]) -> list[str]:
    """Lines of a file; the number of the row in its price keeps all of them apart."""
    return [
        f"{order},{sku},N{sku},{quantity},2024-0{order}-1{order} 10:00,{price}.{at:02d},{customer},UK"
        for at, (order, sku, quantity, price, customer) in enumerate(rows)
    ]


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(lines, min_size=1, max_size=25), data=st.data())
def test_permuting_splitting_and_repeating_files_changes_nothing(shop, rows, data):
    for old in shop.folder.glob("in-*.csv"):
        old.unlink()
    written = flat(rows)
    shop.write("in-0.csv", HEAD + "\n".join(written))
    shop.build(FLAT.format(files="in-*.csv"))
    expected = contents(shop)

    shuffled = data.draw(st.permutations(written))
    shop.write("in-0.csv", HEAD + "\n".join(shuffled))
    shop.build(FLAT.format(files="in-*.csv"))
    assert contents(shop) == expected

    at = data.draw(st.integers(0, len(written)))
    shop.write("in-0.csv", HEAD + "\n".join(shuffled[:at]))
    shop.write("in-1.csv", HEAD + "\n".join(shuffled[at:]))
    shop.build(FLAT.format(files="in-*.csv"))
    assert contents(shop) == expected

    again = data.draw(st.integers(0, at))
    shop.write("in-1.csv", HEAD + "\n".join(shuffled[again:]))
    shop.write("in-2.csv", HEAD + "\n".join(shuffled))
    shop.build(FLAT.format(files="in-*.csv"))
    assert contents(shop) == expected


def test_identical_lines_stay_apart_in_a_file_and_a_file_read_twice_adds_nothing(shop):
    shop.write("one.csv", HEAD + "\n".join(ROWS[:4]))
    shop.build(FLAT.format(files="*.csv"))
    once = contents(shop)
    shop.write("two.csv", HEAD + "\n".join(ROWS[:4]))
    shop.write("three.csv", HEAD + "\n".join(reversed(ROWS[:4])))
    shop.build(FLAT.format(files="*.csv"))
    assert contents(shop) == once
    assert len(once["order_lines"]) == 4


def test_identical_lines_that_a_split_separates_are_both_counted(shop):
    rows = [f"{order},{sku},N,1,2024-01-01,1.00,17,UK" for order in range(9) for sku in "abcdefgh"] + [
        "3,a,N,1,2024-01-01,1.00,17,UK",
        "7,c,N,1,2024-01-01,1.00,17,UK",
    ]
    shop.write("one.csv", HEAD + "\n".join(rows))
    shop.build(FLAT.format(files="*.csv"))
    whole = contents(shop)
    assert len(whole["order_lines"]) == 74
    shop.write("one.csv", HEAD + "\n".join(rows[::3] + rows[1::3][:-1]))
    shop.write("two.csv", HEAD + "\n".join(rows[2::3] + rows[1::3][-1:]))
    shop.build(FLAT.format(files="*.csv"))
    assert contents(shop) == whole


def test_the_newest_extract_wins(shop):
    import os

    columns = '[sources.columns]\ncustomer_id = "id"\ncountry = "country"\n'
    shop.write("b.csv", "id,country\n1,DE\n2,DE\n")
    shop.write("a.csv", "id,country\n1,FR\n3,FR\n")
    os.utime(shop.folder / "b.csv", (1_000_000, 1_000_000))
    result = shop.build('[[sources]]\ntable = "customers"\nfiles = "*.csv"\n' + columns)
    assert shop.rows("customers", "customer_id, country") == [("1", "FR"), ("2", "DE"), ("3", "FR")]
    assert result.tables["customers"].duplicates_removed == 1
    updated = columns + 'updated_at = "changed"\n'
    shop.write("b.csv", "id,country,changed\n1,DE,2024-02-01\n")
    shop.write("a.csv", "id,country,changed\n1,FR,2024-01-01\n1,IT,2023-01-01\n")
    shop.build('[[sources]]\ntable = "customers"\nfiles = "*.csv"\n' + updated)
    assert shop.rows("customers", "customer_id, country") == [("1", "DE")]


def test_one_source_with_line_numbers_and_one_without(shop):
    columns = '[sources.columns]\norder_id = "id"\nsku = "sku"\nquantity = "qty"\nunit_price = "price"\n'
    shop.write("web.csv", "id,sku,qty,price,n\n1,a,1,1.00,7\n1,b,1,1.00,12345678901234567\n2,a,1,1.00,\n")
    shop.write("till.csv", "id,sku,qty,price\nt1,a,1,1.00\nt1,a,1,1.00\nt2,b,1,1.00\n")
    source = '[[sources]]\ntable = "order_lines"\nfiles = "{}.csv"\n'
    shop.build(source.format("web") + columns + 'line_no = "n"\n' + source.format("till") + columns)
    assert shop.rows("order_lines", "order_id, line_no, sku") == [
        ("1", 7, "a"),
        ("1", 12345678901234567, "b"),
        ("t1", 1, "a"),
        ("t1", 2, "a"),
        ("t2", 1, "b"),
    ]
    assert shop.reasons() == {"required value missing": 1}


def test_a_source_that_is_named_twice_is_read_once(shop):
    shop.write("flat.csv", HEAD + "\n".join(ROWS[:4]))
    settings = FLAT.format(files="flat.csv")
    shop.build(settings)
    once = contents(shop)
    shop.build(settings + settings[settings.index("[[sources]]") :])
    assert contents(shop) == once
