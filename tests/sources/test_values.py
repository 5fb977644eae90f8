"""Text that people wrote as numbers, times and truth values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

ORDERS = """
[shop]
currency = "{currency}"
timezone = "{zone}"
[[sources]]
table = "orders"
files = "in.csv"
csv.delimiter = ";"
{parse}
[sources.columns]
order_id = "id"
ordered_at = "at"
"""


def ordered(shop, cells, *, currency="EUR", zone="UTC", parse=""):
    """The times that a column of cells becomes (null where the row was set aside)."""
    shop.write("in.csv", "id;at\n" + "\n".join(f"{at:03d};{cell}" for at, cell in enumerate(cells)))
    shop.build(ORDERS.format(currency=currency, zone=zone, parse=parse))
    found = dict(shop.rows("orders", "order_id, ordered_at"))
    return [found.get(f"{at:03d}") for at in range(len(cells))]


def at(*parts):
    return dt.datetime(*parts)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-05", at(2024, 3, 5)),
        ("2024-03-05 10:20", at(2024, 3, 5, 10, 20)),
        ("2024-03-05T10:20:30.250", at(2024, 3, 5, 10, 20, 30, 250000)),
        ("2024-03-05T10:20:30Z", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05T10:20:30+02:00", at(2024, 3, 5, 8, 20, 30)),
        ("2024-03-05 10:20:30 UTC", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05 10:20:30 -0500", at(2024, 3, 5, 15, 20, 30)),
        ("2024/3/5", at(2024, 3, 5)),
        ("25.12.2024", at(2024, 12, 25)),
        ("5.3.24", at(2024, 3, 5)),
        ("25/12/2024 8:05", at(2024, 12, 25, 8, 5)),
        ("12/25/2024 8:05:09 PM", at(2024, 12, 25, 20, 5, 9)),
        ("25-12-24", at(2024, 12, 25)),
        ("24-12-25 10:00", at(2025, 12, 24, 10)),
        ("5 Mar 2024", at(2024, 3, 5)),
        ("05-MAR-24", at(2024, 3, 5)),
        ("Mar 5, 2024", at(2024, 3, 5)),
        ("March 5, 2024 1:05 PM", at(2024, 3, 5, 13, 5)),
        ("Tue, 5 Mar 2024 10:20:30", at(2024, 3, 5, 10, 20, 30)),
        ("5 März 2024", at(2024, 3, 5)),
        ("5 août 2024", at(2024, 8, 5)),
        ("5. Mai 2024", at(2024, 5, 5)),
        ("20240305", at(2024, 3, 5)),
        ("20240305102030", at(2024, 3, 5, 10, 20, 30)),
        ("1709634030", at(2024, 3, 5, 10, 20, 30)),
        ("1709634030000", at(2024, 3, 5, 10, 20, 30)),
        ("45356", at(2024, 3, 5)),
        ("45356.4309027778", at(2024, 3, 5, 10, 20, 30)),
        ("\u00a02024-03-05 ", at(2024, 3, 5)),
    ],
)
def test_times_are_read_however_they_are_written(shop, cell, expected):
    assert ordered(shop, [cell]) == [expected]


@pytest.mark.parametrize(
    "cell", ["soon", "2024-13-01", "31.02.2024", "0001-01-01", "9999-12-31", "99999999", "00000000"]
)
def test_what_is_no_time_is_set_aside(shop, cell):
    assert ordered(shop, ["2024-01-01", cell]) == [at(2024, 1, 1), None]
    assert shop.result.tables["orders"].rows_quarantined == 1


def test_day_or_month_first_is_decided_over_the_column(shop):
    assert ordered(shop, ["03/04/2024", "13/04/2024", "05/06/2024"])[0] == at(2024, 4, 3)
    assert ordered(shop, ["03/04/2024", "04/13/2024", "05/06/2024"])[0] == at(2024, 3, 4)


def test_rows_that_contradict_the_majority_are_set_aside(shop):
    cells = ["03/04/2024", "13/04/2024", "14/04/2024", "04/15/2024"]
    assert ordered(shop, cells) == [at(2024, 4, 3), at(2024, 4, 13), at(2024, 4, 14), None]
    assert shop.reasons("orders") == {"not a time: most of this column writes the day first": 1}


def test_where_nothing_tells_the_currency_decides_and_it_is_said(shop):
    assert ordered(shop, ["03/04/2024"], currency="USD") == [at(2024, 3, 4)]
    assert "nothing tells day from month" in shop.result.tables["orders"].notes[0]
    assert ordered(shop, ["03/04/2024"], currency="EUR") == [at(2024, 4, 3)]
    assert ordered(shop, ["03/04/2024"], parse='parse.dates = "mdy"') == [at(2024, 3, 4)]
    assert ordered(shop, ["03_04_2024"], parse='parse.dates = "%m_%d_%Y"') == [at(2024, 3, 4)]


def test_formats_may_be_mixed_in_a_column(shop):
    cells = ["2024-03-05", "05/03/2024", "5 March 2024", "13.03.2024 10:00", "20240305"]
    assert ordered(shop, cells) == [at(2024, 3, 5)] * 3 + [at(2024, 3, 13, 10), at(2024, 3, 5)]


def test_times_without_a_zone_are_in_the_shops(shop):
    cells = ["2024-07-01 10:00", "2024-01-01 10:00", "2024-07-01T10:00:00Z", "1719828000"]
    expected = [at(2024, 7, 1, 8), at(2024, 1, 1, 9), at(2024, 7, 1, 10), at(2024, 7, 1, 10)]
    assert ordered(shop, cells, zone="Europe/Berlin") == expected
    assert ordered(shop, cells[:1], zone="Europe/Berlin", parse='parse.timezone = "UTC"') == [at(2024, 7, 1, 10)]


PRODUCTS = """
[[sources]]
table = "products"
files = "in.csv"
csv.delimiter = ";"
{parse}
[sources.columns]
sku = "sku"
list_price = "price"
tax_rate = "rate"
own_label = "own"
"""


def products(shop, rows, parse=""):
    cells = [f"{at:03d};{price};{rate};{own}" for at, (price, rate, own) in enumerate(rows)]
    shop.write("in.csv", "sku;price;rate;own\n" + "\n".join(cells))
    shop.build(PRODUCTS.format(parse=parse))
    return [row[1:] for row in shop.rows("products", "sku, list_price, tax_rate, own_label")]


def test_shares_and_truth_values_in_several_languages(shop):
    rows = [("1", "19%", "ja"), ("2", "0.07", "nein"), ("3", "7,5 %", "Oui"), ("4", "", "não"), ("5", "1e-2", "1")]
    assert products(shop, rows[:2] + rows[3:]) == [
        (Decimal(1), 0.19, True),
        (Decimal(2), 0.07, False),
        (Decimal(4), None, False),
        (Decimal(5), 0.01, True),
    ]
    assert products(shop, [rows[2]]) == [(Decimal(3), 0.075, True)]


def test_one_column_tells_the_decimal_sign_of_another(shop):
    rows = [("1.234", "0,19", ""), ("2.500", "0,07", "")]
    assert [row[0] for row in products(shop, rows)] == [Decimal(1234), Decimal(2500)]
    assert [row[0] for row in products(shop, [("1.234", "0.19", "")])] == [Decimal("1.234")]
    assert [row[0] for row in products(shop, [("1.234", "", "")], 'parse.decimal = ","')] == [Decimal(1234)]


def test_indian_and_apostrophe_grouping(shop):
    rows = [("12,34,567.50", "", ""), ("1'234.5", "", ""), ("1’234.5", "", ""), ("12,3,4", "", "")]
    assert [row[0] for row in products(shop, rows)] == [Decimal("1234567.5"), Decimal("1234.5"), Decimal("1234.5")]
    assert sum(shop.reasons("products").values()) == 1


def test_words_for_nothing_are_nothing(shop):
    rows = [("-", "n/a", ""), ("NULL", "None", "NULL"), ("", "", "")]
    assert products(shop, rows) == [(None, None, None)] * 3


def test_money_is_exact(shop):
    rows = [("0.1", "", ""), ("0.2", "", ""), ("12345678901234.5678", "", "")]
    assert sum(row[0] for row in products(shop, rows)) == Decimal("12345678901234.8678")
