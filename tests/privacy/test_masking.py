"""Personal data in what customers wrote: gone before it is on disk, so that nothing that reads a run can show it."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from sqlglot import exp

from profithunt import Shop
from profithunt.cli.app import execute
from profithunt.engine import Engine
from profithunt.engine.compiler import values_query
from profithunt.engine.masking import masked
from profithunt.schema import TABLES
from profithunt.sources.privacy import is_identifier, is_name
from tests.privacy.planted import NEEDLES, found

PERSONAL = {
    "[e-mail]": ["anna.schmidt@web.de", "Jürgen.Müller@gmx.de", "anna (at) gmail.com", "anna [at] gmail (dot) com", "jo at mail dot org"],
    "[phone]": [
        *("+49 170 1234567", "0049 30 1234567", "0170/1234567", "(030) 123456", "07911 123456", "020 7946 0958", "06 12 34 56 78"),
        *("06.12.34.56.78", "612 345 678", "347 1234567", "(11) 98765-4321", "555-123-4567", "(555) 123-4567", "06-12345678"),
    ],
    "[IBAN]": ["DE89 3704 0044 0532 0130 00", "de89370400440532013000", "FR76 3000 6000 0112 3456 7890 189", "GB29 NWBK 6016 1331 9268 19"],
    "[card]": ["4111 1111 1111 1111", "4111111111111111", "5500-0000-0000-0004", "3782 822463 10005", "4111 1111 1111 1112"],
    "[number]": ["123456789012", "612345678"],
    "[link]": ["https://shop.example.com/orders/123?token=abc", "www.shop.de/o/ABCDEF", "shop.example.com/track/XYZ"],
    "[address]": [
        *("Hauptstraße 12", "Hauptstr. 7, 80331 München", "Am Alten Markt 3", "Kirchweg 9", "221B Baker Street", "14 elm road"),
        *("12 rue de la Paix, 75002 Paris", "Calle Mayor 15, 28013 Madrid", "Rua das Flores, 23", "Via Roma 10, 00184 Roma"),
        *("Keizersgracht 123, 1015 CJ Amsterdam", "SW1A 1AA", "PLZ ist 10115"),
    ],
}  # fmt: skip
HARMLESS = [
    *("order 1234567 has not come", "ordered on 2024-05-06 at 10:11:12", "am 05.06.2024 bestellt, um 10.30 Uhr", "01/02/2024 10:30"),
    *("it cost 1.234,56 EUR", "only 19.99!", "36 38 40 42 44", "1.000.000 times", "order #100-2345678-9012345", "SKU AB-0123-4567"),
    *("seit 14 Tagen", "size at least 38", "delivery at 5", "12 weeks on the road", "der Weg 2 mal", "2 pairs of drive shoes"),
    *("via email 3 times", "im ersten Monat 2 mal", "am12 that were gone missing", "taille 38 au lieu de 40", "10:30-12:00"),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with Engine(threads=1) as made:
        yield made


def mask(engine: Engine, texts: list[str]) -> list[str]:
    rows = values_query({"no": "int", "t": "text"}, list(enumerate(texts))).subquery("rows")
    return [text for (text,) in engine.rows(exp.select(masked(exp.column("t"))).from_(rows).order_by("no"))]


@pytest.mark.parametrize("word", PERSONAL)
def test_personal_data_becomes_a_word_in_brackets(engine, word):
    said = [f"please note {text}, thanks" for text in PERSONAL[word]]
    after = mask(engine, said)
    assert [text for text in after if word not in text] == []
    assert mask(engine, after) == after
    assert not any(re.search(r"[0-9]{3}|@", text) for text in after), after


def test_what_is_not_personal_stays(engine):
    assert mask(engine, HARMLESS) == HARMLESS


def test_nothing_planted_is_in_any_byte_below_the_shop(planted):
    assert found(planted, NEEDLES) == []
    with Shop.open(planted) as shop:
        rows = {row["contact_id"]: row for row in shop.table("contacts").dicts()}
    assert rows["K1"]["verbatim"] == "[name] [name] here, my parcel is late! Call [phone] or mail [e-mail]"
    assert rows["K1"]["extra_agent_note"] == "called [phone]"
    assert rows["K2"]["verbatim"] == "[name] again: refund to [IBAN], card [card]. Grüße, [name]"


def test_nothing_planted_leaves_in_exports_reports_or_rows(planted, tmp_path):
    with Shop.open(planted) as shop:
        shop.export(tmp_path / "csv", "csv")
        shop.export(tmp_path / "parquet", "parquet")
        shop.report(tmp_path / "report.html")
        for kind, id_ in (("order", "O-1"), ("order", "O-2"), ("customer", "C-1001")):
            (tmp_path / f"{kind}-{id_}.json").write_text(str(shop.explain(kind, id_).to_json()), "utf-8")
        (tmp_path / "defects.json").write_text(str(shop.defects().to_json()), "utf-8")
    assert found(tmp_path, NEEDLES, ()) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("check {}", marks=pytest.mark.slow), pytest.param("run {} --full", marks=pytest.mark.slow), pytest.param("run {} --json", marks=pytest.mark.slow), "listen --shop {}", "listen --json --shop {}",
        "listen session --seed 1 --week 2024-03-06 --shop {}", "explain order O-1 --shop {} --json", "defects {} --json", "hunt {} --json",
    ],
)  # fmt: skip
def test_nothing_planted_is_printed_or_logged(planted, tmp_path, capfd, line):
    folder = tmp_path / "shop"
    shutil.copytree(planted, folder)
    code = execute(line.format(folder).split())
    said = "".join(capfd.readouterr())
    assert code in (0, 1), said
    assert [needle for needle in NEEDLES if needle in said] == []
    assert found(folder, NEEDLES) == []


@pytest.mark.slow  # every page of the catalogue, over HTTP
def test_nothing_planted_is_on_any_page(planted):
    httpx = pytest.importorskip("httpx")
    from profithunt.api.pages import catalogue
    from tests.web.shops import serving

    known = {
        "order_id": "O-1",
        "customer_id": "C-1001",
        "sku": "S1",
        "component": "service",
        "metric": "orders",
    }
    with serving(planted) as address, httpx.Client(base_url=address, timeout=60) as client:
        for source in catalogue.PAGES:
            path = re.sub(r"{(\w+)(:path)?}", lambda match: known.get(match[1], "none"), source.path)
            for address_ in (path, f"{path.rstrip('/') or '/index'}.json"):
                text = client.get(address_).text
                assert [needle for needle in NEEDLES if needle in text] == [], address_


def test_names_of_columns_that_name_people():
    for name in (
        "name",
        "Customer Name",
        "first_name",
        "email",
        "e_mail",
        "extra_email",
        "surname",
        "vorname",
        "apellidos",
    ):
        assert is_name(name.replace(" ", "_")), name
    for name in ("phone", "street", "address_line_1", "iban", "birthday", "ip_address", "email"):
        assert is_identifier(name), name
    for name in (
        "store_name",
        "product_name",
        "campaign_name",
        "email_opt_in",
        "username_length",
        "carrier",
        "renamed_on",
    ):
        assert not is_identifier(name), name


def test_every_text_of_people_in_the_schema_is_called_free():
    """A column in which people write what they like must say so: that is what masks it."""
    about = ("verbatim", "comment", "message", "review", "feedback", "remark", "description", "reason", "said")
    loose = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns.values()
        if column.type == "text" and any(word in column.name or word in column.meaning.split() for word in about)
        if not column.free_text and not column.name.endswith("_id")
    ]
    assert loose == []


def test_canonical_tables_reach_the_disk_in_one_way_only():
    """Whoever writes rows of the sources somewhere else must mask them too, and then say so here."""
    folder = Path(__file__).parents[2] / "src" / "profithunt" / "sources"
    calls = {
        f"{path.name}:{function.name}"
        for path in folder.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and node.attr in ("write_parquet", "write_csv", "write_parts", "write_database")
    }
    masked_ways = {"build.py:_write", "lake.py:build_lake", "quarantine.py:write"}
    not_kept = {"workplace.py:store"}
    already_masked = {"grown.py:_replaced", "lake.py:_filed"}
    assert calls == masked_ways | not_kept | already_masked
