"""Broken inputs: what is written, and what must come of it: one clear sentence, or rows set aside and exact totals.

Every case feeds order lines (order, line, sku, qty, price). The good rows are worth 30.00 unless the case says more.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HEAD = "order,line,sku,qty,price\n"
A, B = "o1,1,a,2,5.00\n", "o2,1,b,4,5.00\n"
GOOD = HEAD + A + B


@dataclass(frozen=True)
class Case:
    """`write` makes the file in a folder; then either `error` is said, or rows are kept and set aside."""

    name: str
    write: Callable[[Path], object]
    files: str = "in.csv"
    more: str = ""
    error: str = ""
    kept: int = 2
    total: str = "30.00"
    reasons: dict[str, int] = field(default_factory=dict)


def text(content: str, name: str = "in.csv", encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content.encode(encoding))


def raw(content: bytes, name: str = "in.csv") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def zipped(content: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in.csv", content)
    return stream.getvalue()


def two_in_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "in.zip", "w") as archive:
        archive.writestr("a.csv", GOOD)
        archive.writestr("b.csv", GOOD)


def workbook(rows: list[list[object]], sheet: str = "Lines") -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet
        for row in rows:
            page.append(row)
        book.save(folder / "in.xlsx")

    return write


def parquet_cut(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"order": ["o1"] * 1000}), folder / "in.parquet")
    whole = (folder / "in.parquet").read_bytes()
    (folder / "in.parquet").write_bytes(whole[: len(whole) // 2])


def parquet_doubles(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "order": ["o1", "o2", "o3", "o4", "o5"],
            "line": [1, 1, 1, 1, 1],
            "sku": ["a", "b", "c", "d", "e"],
            "qty": [2.0, 4.0, float("nan"), 1.0, 1.0],
            "price": [5.0, 5.000000001, 1.0, float("inf"), 1e300],
        }
    )
    pq.write_table(table, folder / "in.parquet")


def linked(target: str, name: str = "in.csv") -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(folder / target)


def link_loop(folder: Path) -> None:
    (folder / "in.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "in.csv")


def folder_loop(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "in.csv").write_text(GOOD)
    (folder / "data" / "again").symlink_to(folder / "data")


def long_line(size: int) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        with (folder / "in.csv").open("w") as stream:
            stream.write(HEAD + A + "o9,1,")
            for _ in range(size // 1_000_000):
                stream.write("x" * 1_000_000)
            stream.write(",1,1.00\n" + B)

    return write


JSONL = '{"order": "o1", "line": 1, "sku": "a", "qty": 2, "price": 5.00}\n'
JSONL_B = '{"order": "o2", "line": 1, "sku": "b", "qty": 4, "price": 5.00}\n'

CASES = [
    Case("nothing is wrong", text(GOOD)),
    # Files that can't be read at all.
    Case("empty file", text(""), error="in.csv: is empty"),
    Case("blank lines only", text("\n \n\n"), error="in.csv: is empty"),
    Case("header only", text(HEAD), kept=0, total="0"),
    Case("file missing", Path.exists, error="no file matches in.csv"),
    Case("folder where a file is expected", lambda folder: (folder / "in.csv").mkdir(), error="in.csv is a folder"),
    Case("empty folder", lambda folder: (folder / "in").mkdir(), "in", error="holds no file"),
    Case("dangling link", linked("gone.csv"), error="the link in.csv leads nowhere"),
    Case("link to itself", link_loop, error="leads to itself"),
    Case("folder that links to itself", folder_loop, "data"),
    Case("cut gzip", raw(gzip.compress(GOOD.encode() * 500)[:-40], "in.csv.gz"), "in.csv.gz", error="cut off"),
    Case("not gzip at all", text(GOOD, "in.csv.gz"), "in.csv.gz", error="in.csv.gz: can't be unpacked"),
    Case("cut bz2", raw(bz2.compress(GOOD.encode() * 99)[:-20], "in.csv.bz2"), "in.csv.bz2", error="cut off"),
    Case("cut xz", raw(lzma.compress(GOOD.encode() * 99)[:-20], "in.csv.xz"), "in.csv.xz", error="cut off"),
    Case("cut zip", raw(zipped(GOOD)[:-30], "in.zip"), "in.zip", error="in.zip: can't be unpacked"),
    Case("two files in a zip", two_in_zip, "in.zip", error="holds 2 files"),
    Case("zip bomb", raw(zipped("0" * 30_000_000), "in.zip"), "in.zip", error="unpacks to more than 20,000,000 bytes"),
    Case("gzip bomb", raw(gzip.compress(b"0" * 30_000_000), "in.csv.gz"), "in.csv.gz", error="unpacks to more than"),
    Case("not zstd", text(GOOD, "in.csv.zst"), "in.csv.zst", error="can't be unpacked"),
    Case("cut parquet", parquet_cut, "in.parquet", error="not a Parquet file"),
    Case("text named parquet", text(GOOD, "in.parquet"), "in.parquet", error="not a Parquet file"),
    Case("text named xlsx", text(GOOD, "in.xlsx"), "in.xlsx", error="not a workbook"),
    Case("text named sqlite", text(GOOD * 20, "in.sqlite"), "in.sqlite", error="can't be read as SQLite"),
    Case("text named duckdb", text(GOOD * 20, "in.duckdb"), "in.duckdb", error="not a DuckDB file"),
    Case("unknown encoding asked for", text(GOOD), more='csv.encoding = "utf-9"', error="no encoding 'utf-9'"),
    Case("wrong delimiter asked for", text(GOOD), more='csv.delimiter = ";"', error="no column 'order'.*delimiter"),
    Case("column missing", text(GOOD.replace("price", "prize")), error="no column 'price' .did you mean 'prize'"),
    Case("column twice", text("order,line,sku,qty,price,price\no1,1,a,2,5,6\n"), error="'price' more than once"),
    Case("sheet missing", workbook([["order"]]), "in.xlsx", 'sheet = "Linse"', "no sheet 'Linse'.*'Lines'"),
    Case("empty workbook", workbook([]), "in.xlsx", error="in.xlsx: is empty"),
    Case("not JSON", text("[1, 2", "in.json"), "in.json", error="is not JSON"),
    Case("JSON without records", text("[1, 2]", "in.json"), "in.json", error="holds no JSON record"),
    # Structure.
    Case("too few fields", text(HEAD + A + "o3,1\n" + B), reasons={"too few fields: 2 instead of 5": 1}),
    Case("too many fields", text(HEAD + A + "o3,1,c,1,2,50\n" + B), reasons={"too many fields: 6 instead of 5": 1}),
    Case("quote never closed", text(HEAD + A + 'o3,1,"c,1,2\n' + B), reasons={"quote that is never closed": 1}),
    Case("quote never closed at the end", text(GOOD + 'o3,1,"c,1,2'), reasons={"quote that is never closed": 1}),
    Case("inch sign in a field", text(GOOD + 'o3,1,5" screen,1,1.00\n'), kept=3, total="31.00"),
    Case("quoted line breaks", text(HEAD + 'o1,1,"a\nb\n",2,5.00\n' + B)),
    Case("trailing delimiters", text(GOOD.replace("\n", ",\n"))),
    Case("trailing delimiters below the header only", text(HEAD + A.replace("\n", ",,\n") + B)),
    Case("mixed line ends", raw((HEAD + A.replace("\n", "\r\n") + "o3,1,c,1,1\r" + B).encode()), kept=3, total="31.00"),
    Case("old Mac line ends", raw(GOOD.replace("\n", "\r").encode())),
    Case("blank lines between", text(HEAD + "\n" + A + "\n\n" + B + "\n")),
    Case("rows of delimiters only", text(GOOD + ",,,,\n,,,,\n")),
    Case("title above the header", text("Sales report,,,,\n\n" + GOOD)),
    Case("separator declared", text("sep=;\n" + GOOD.replace(",", ";"))),
    Case("semicolons", text(GOOD.replace(",", ";"))),
    Case("tabs", text(GOOD.replace(",", "\t"), "in.tsv"), "in.tsv"),
    Case("pipes", text(GOOD.replace(",", "|"), "in.txt"), "in.txt"),
    Case("single quotes", text(GOOD.replace("o1", "'o1'").replace("o2", "'o2'").replace("a,", "'a',"))),
    Case("NUL bytes", raw((HEAD + A).encode() + b"o3,1,\0c,1,2\n" + B.encode()), reasons={"NUL bytes": 1}),
    Case(
        "line of 20 MB",
        long_line(20_000_000),
        reasons={"line of 20,000,012 characters is longer than the limit": 1},
    ),
    Case(
        "unnamed and repeated columns unused",
        text(GOOD.replace("price\n", "price,,x,x\n").replace("5.00", "5.00,,1,2")),
    ),
    # Encodings.
    Case("UTF-8 with a mark", text(GOOD, encoding="utf-8-sig")),
    Case("UTF-16 with a mark", text(GOOD, encoding="utf-16")),
    Case("UTF-16 without a mark", text(GOOD, encoding="utf-16-le")),
    Case("cp1252", text(GOOD.replace(",a,", ",Größe “M”,"), encoding="cp1252")),
    Case("cp1250", text(GOOD.replace(",a,", ",Żółć gęślą jaźń łódź ćma żaba,"), encoding="cp1250")),
    Case(
        "one line that is not UTF-8",
        raw((HEAD + "o1,1,é,2,5.00\no2,1,ü,4,5.00\n").encode() + b"o3,1,\xe9,1,1.00\n"),
        reasons={"bytes that do not fit the file's encoding": 1},
    ),
    Case("gzip", raw(gzip.compress(GOOD.encode()), "in.csv.gz"), "in.csv.gz"),
    Case("zip", raw(zipped(GOOD), "in.zip"), "in.zip"),
    Case("xz of UTF-16", raw(lzma.compress(GOOD.encode("utf-16")), "in.csv.xz"), "in.csv.xz"),
    # Values.
    Case("word for a number", text(GOOD + "o3,1,c,two,1\n"), reasons={"not a number": 1}),
    Case("thousands and decimal points", text(GOOD + 'o3,1,c,1,"1,234.50"\n'), kept=3, total="1264.50"),
    Case(
        "decimal commas",
        text(GOOD.replace(",", ";").replace("5.00", "5,00") + "o3;1;c;1;1.234,50\n"),
        kept=3,
        total="1264.50",
    ),
    Case(
        "one decimal comma among points",
        text(GOOD + 'o3,1,c,1,"1,50"\n'),
        reasons={"not a number: this column writes decimals with a point": 1},
    ),
    Case("spaces as thousands", text(GOOD + "o3,1,c,1,1\u00a0234.50\no4,1,d,1,2\u202f000\n"), kept=4, total="3264.50"),
    Case(
        "currency signs and codes",
        text(GOOD + "o3,1,c,1,$5.00\no4,1,d,1,USD 6\no5,1,e,1,7 US$\n"),
        kept=5,
        total="48.00",
    ),
    Case(
        "another currency",
        text(GOOD + "o3,1,c,1,€5.00\no4,1,d,1,6 GBP\n"),
        reasons={"in a currency without an exchange rate": 2},
    ),
    Case(
        "accounting negatives",
        text(GOOD + "o3,1,c,1,(1.50)\no4,1,d,1,1.50-\no5,1,e,1,−2.00\no6,1,f,1,($1.00)\n"),
        kept=6,
        total="24.00",
    ),
    Case("NaN and infinity", text(GOOD + "o3,1,c,1,NaN\no4,1,d,inf,1\n"), reasons={"not a finite number": 2}),
    Case(
        "NaN and infinity in Parquet", parquet_doubles, "in.parquet", reasons={"number out of range or not finite": 3}
    ),
    Case("overflow", text(GOOD + "o3,1,c,1,99999999999999999999\n"), reasons={"number out of range": 1}),
    Case(
        "spreadsheet errors",
        text(GOOD + "o3,1,c,1,#DIV/0!\no4,1,#REF!,1,1\n"),
        reasons={"error value of a spreadsheet": 2},
    ),
    Case("fraction as a line number", text(GOOD + "o3,1.5,c,1,1\n"), reasons={"not a whole number": 1}),
    Case("negative quantity", text(GOOD + "o3,1,c,-1,1.00\n"), reasons={"negative quantity": 1}),
    Case(
        "required values missing",
        text(GOOD + "o3,1,,1,1\n,1,c,1,1\no5,1,d,,1\n"),
        reasons={"required value missing": 3},
    ),
    Case("neither price nor amount", text(GOOD + "o3,1,c,1,\n"), reasons={"required value missing": 1}),
    Case("spaces around keys", text(HEAD + " o1 ,1,\u00a0a,2,5.00\n" + B + "o1,1, a ,2,5.00\n")),
    Case("same line twice", text(GOOD + A)),
    Case("same key, other content", text(GOOD + "o1,1,b,9,9\n"), reasons={"same key as another row, other content": 1}),
    # Workbooks and JSON.
    Case("workbook", workbook([HEAD.strip().split(","), ["o1", 1, "a", 2, 5.0], ["o2", 1, "b", 4, 5.0]]), "in.xlsx"),
    Case(
        "title above the table in a workbook",
        workbook([["Report 2024"], [], HEAD.strip().split(","), ["o1", 1, "a", 2, 5.0], ["o2", 1, "b", 4, 5.0]]),
        "in.xlsx",
    ),
    Case(
        "text in a number column of a workbook",
        workbook([HEAD.strip().split(","), ["o1", 1, "a", 2, 5], ["o2", 1, "b", 4, 5], ["o3", 1, "c", "n.v.", 5]]),
        "in.xlsx",
        reasons={"not a number": 1},
    ),
    Case("JSON lines", text(JSONL + JSONL_B, "in.jsonl"), "in.jsonl"),
    Case(
        "broken line in JSON lines",
        text(JSONL + "{oops\n" + JSONL_B, "in.jsonl"),
        "in.jsonl",
        reasons={"line that is not JSON": 1},
    ),
    Case(
        "no object in JSON lines",
        text(JSONL + "[1]\n" + JSONL_B, "in.jsonl"),
        "in.jsonl",
        reasons={"not a record: a JSON object was expected": 1},
    ),
    Case(
        "NaN in JSON",
        text(JSONL + JSONL_B + JSONL.replace("o1", "o3").replace("5.00", "NaN"), "in.jsonl"),
        "in.jsonl",
        reasons={"not a finite number": 1},
    ),
    Case("records inside an object", text('{"data": [' + JSONL + "," + JSONL_B + "]}", "in.json"), "in.json"),
]
