"""One flat file of transaction lines: every row finds its place, and the money ties out to the file."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt.config import read
from profithunt.engine import Engine
from profithunt.sources import build
from profithunt.sources.propose import Proposal, propose

ENGLISH = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
GERMAN = (
    "Rechnungsnummer",
    "Artikelnummer",
    "Bezeichnung",
    "Menge",
    "Rechnungsdatum",
    "Einzelpreis",
    "Kundennummer",
    "Land",
)
FRENCH = (
    "Numéro de facture",
    "Code article",
    "Désignation",
    "Quantité",
    "Date facture",
    "Prix unitaire",
    "Code client",
    "Pays",
)
POLISH = (
    "Numer faktury",
    "Kod towaru",
    "Nazwa towaru",
    "Ilość",
    "Data sprzedaży",
    "Cena jednostkowa",
    "Nr klienta",
    "Kraj",
)
JAPANESE = ("伝票番号", "商品コード", "商品名", "数量", "売上日", "単価", "顧客番号", "国")

COUNTRIES = ("United Kingdom", "Germany", "France", "EIRE")
GOODS = ("LANTERN", "MUG", "CUSHION", "CLOCK", "TEA SET", "POSTAGE STAMP TIN", "DISCO BALL", "DELIVERY VAN TOY")


@dataclass(frozen=True)
class Row:
    """A line as exported."""

    invoice: str
    code: str
    name: str
    quantity: int
    day: str
    price: Decimal
    customer: str
    country: str

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def look_alike(seed: int = 7, invoices: int = 400) -> list[Row]:  # noqa: C901  one oddity after the other
    """Lines of a gift wholesaler with everything awkward that such exports hold."""
    dice = random.Random(seed)  # noqa: S311  made-up data
    catalogue = [
        (
            f"{20000 + number}{'AB'[number % 2] if number % 5 == 0 else ''}",
            f"{dice.choice(GOODS)} {number}",
            Decimal(dice.randint(85, 1995)) / 100,
        )
        for number in range(120)
    ]
    rows: list[Row] = []
    for number in range(invoices):
        invoice = str(536000 + number)
        day = f"2011-{1 + number * 11 // invoices:02d}-{1 + dice.randrange(28):02d} {8 + dice.randrange(10):02d}:{dice.randrange(60):02d}:00"
        customer = "" if dice.random() < 0.2 else str(12000 + dice.randrange(80))
        country = dice.choice(COUNTRIES)
        bought = dice.sample(catalogue, dice.randint(1, 8))
        for code, name, price in bought:
            told = f"{name} BOXED" if dice.random() < 0.05 else name
            rows.append(Row(invoice, code, told, dice.randint(1, 24), day, price, customer, country))
        if dice.random() < 0.1:
            rows.append(rows[-1])  # the same line twice is two lines
        if country != "United Kingdom":
            rows.append(
                Row(invoice, "POST", "POSTAGE", 1, day, Decimal(dice.randint(300, 4000)) / 100, customer, country)
            )
        if dice.random() < 0.04:
            rows.append(
                Row(invoice, "DOT", "DOTCOM POSTAGE", 1, day, Decimal(dice.randint(300, 9000)) / 100, customer, country)
            )
        if dice.random() < 0.05:
            rows.append(Row(invoice, "M", "Manual", 1, day, Decimal(dice.randint(100, 90000)) / 100, customer, country))
        if dice.random() < 0.15:
            code, name, price = bought[0]
            rows.append(Row(f"C{537000 + number}", code, name, -dice.randint(1, 3), day, price, customer, country))
        if dice.random() < 0.03:
            rows.append(
                Row(
                    f"C{538000 + number}",
                    "D",
                    "Discount",
                    -1,
                    day,
                    Decimal(dice.randint(100, 5000)) / 100,
                    customer,
                    country,
                )
            )
        if dice.random() < 0.03:
            rows.append(Row(f"C{539000 + number}", "POST", "POSTAGE", -1, day, Decimal(18), customer, country))
        if dice.random() < 0.03:
            rows.append(
                Row(
                    f"C{540000 + number}",
                    "AMAZONFEE",
                    "AMAZON FEE",
                    -1,
                    day,
                    Decimal(dice.randint(10000, 900000)) / 100,
                    "",
                    country,
                )
            )
        if dice.random() < 0.03:
            rows.append(Row(invoice, "BANK CHARGES", "Bank Charges", 1, day, Decimal(15), customer, country))
        if dice.random() < 0.04:
            rows.append(
                Row(
                    f"{541000 + number}",
                    catalogue[3][0],
                    "damaged",
                    -dice.randint(1, 90),
                    day,
                    Decimal(0),
                    "",
                    "United Kingdom",
                )
            )
        if dice.random() < 0.03:
            rows.append(
                Row(invoice, catalogue[5][0], catalogue[5][1], 2, day, Decimal(0), customer, country)
            )  # a free gift
    first = rows[0]
    rows += [
        Row(
            "C555001", catalogue[7][0], catalogue[7][1], -5, "2010-12-30 09:00:00", catalogue[7][2], "12003", "France"
        ),  # before any purchase
        Row(
            "C555002", catalogue[8][0], catalogue[8][1], 4, first.day, catalogue[8][2], "12004", "France"
        ),  # a mark, and a plus
        Row(
            "555003", catalogue[9][0], catalogue[9][1], -2, first.day, catalogue[9][2], "12005", "France"
        ),  # a minus, and no mark
        Row("A563185", "B", "Adjust bad debt", 1, first.day, Decimal("11062.06"), "", "United Kingdom"),
        Row("A563186", "B", "Adjust bad debt", 1, first.day, Decimal("-11062.06"), "", "United Kingdom"),
        Row("A563187", "B", "Adjust bad debt", 1, first.day, Decimal("-53594.36"), "", "United Kingdom"),
        Row("555004", "TEST001", "This is a test product.", 5, first.day, Decimal("4.50"), "12006", "France"),
        Row("C555005", "S", "SAMPLES", -1, first.day, Decimal("33.05"), "", "United Kingdom"),
        Row("C555006", "CRUK", "CRUK Commission", -1, first.day, Decimal("1.60"), "14096", "United Kingdom"),
        Row("555007", "C2", "CARRIAGE", 1, first.day, Decimal("50.00"), "14911", "EIRE"),
    ]
    return rows


def save(rows: list[Row], folder: Path, headings: tuple[str, ...] = ENGLISH, *, comma: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=";" if comma else ",")
        writer.writerow(headings)
        for row in rows:
            price = f"{row.price:.2f}"
            writer.writerow(
                [
                    row.invoice,
                    row.code,
                    row.name,
                    row.quantity,
                    row.day,
                    price.replace(".", ",") if comma else price,
                    row.customer,
                    row.country,
                ]
            )
    return folder


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return look_alike()


@pytest.fixture(scope="module")
def proposal(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Proposal:
    folder = save(rows, tmp_path_factory.mktemp("flat") / "exports")
    with Engine() as engine:
        return propose(folder, engine)


def test_rows_are_told_apart(proposal: Proposal) -> None:
    taken = {note.split(" item ")[1].split(" ")[0]: note for note in proposal.notes if " item " in note}
    kinds = {code: note.split("is taken for ")[1].split(":")[0] for code, note in taken.items()}
    assert kinds["POST"] == kinds["DOT"] == kinds["C2"] == "shipping"
    assert kinds["AMAZONFEE"] == kinds["B"] == kinds["CRUK"] == "fee"
    assert kinds["D"] == "discount"
    assert kinds["M"] == kinds["S"] == "adjustment"
    assert kinds["TEST001"] == "test"
    assert not [code for code in kinds if code[0] == "2"], (
        "goods whose description names postage or delivery stay goods"
    )


def test_columns_are_mapped(proposal: Proposal) -> None:
    lines, orders = proposal.columns("order_lines"), proposal.columns("orders")
    assert {name: item.source for name, item in lines.items()} == {
        "order_id": "InvoiceNo",
        "sku": "StockCode",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
    }
    assert (orders["ordered_at"].source, orders["customer_id"].source, orders["country"].source) == (
        "InvoiceDate",
        "CustomerID",
        "Country",
    )
    assert {source.table for source in proposal.sources} >= {
        "order_lines",
        "orders",
        "returns",
        "customers",
        "products",
    }
    assert proposal.complete
    assert proposal.confidence > 0.8


def test_proposed_money_ties_out(proposal: Proposal, rows: list[Row]) -> None:
    parts = proposal.money["export.csv"]
    assert sum(part.rows for part in parts) == len(rows)
    assert sum(Decimal(part.amount) for part in parts) == sum(row.amount for row in rows)
    by_name = {part.goes_to: Decimal(part.amount) for part in parts}
    assert by_name["orders.payment_fee"] == sum(
        row.amount for row in rows if row.code in ("AMAZONFEE", "B", "CRUK", "BANK CHARGES")
    )
    assert by_name["left out: test rows"] == Decimal("22.50")
    assert by_name["left out: stock corrections without money"] == 0
    assert "not read" not in by_name


@pytest.mark.parametrize(
    ("headings", "comma"),
    [
        (ENGLISH, False),
        (GERMAN, True),
        pytest.param(FRENCH, True, marks=pytest.mark.slow),
        pytest.param(POLISH, True, marks=pytest.mark.slow),
        pytest.param(JAPANESE, False, marks=pytest.mark.slow),
    ],
)
def test_built_tables_tie_out_in_any_language(
    rows: list[Row], headings: tuple[str, ...], comma: bool, tmp_path: Path
) -> None:
    folder = save(rows, tmp_path / "exports", headings, comma=comma)
    with Engine() as engine:
        proposed = propose(folder, engine)
        proposed.write(tmp_path)
        config = read(tmp_path)
        built = build(config, engine, tmp_path / "out")
        for name in ("order_lines", "orders", "returns", "products", "customers", "quarantine"):
            path = tmp_path / "out" / f"{name}.parquet"
            if path.exists():
                engine.attach_parquet(name, path)
        lines = engine.value("SELECT SUM(quantity * unit_price) FROM order_lines")
        shipping, fees, discounts = engine.rows(
            "SELECT SUM(shipping_charged), SUM(payment_fee), SUM(order_discount) FROM orders"
        )[0]
        refunds = engine.value("SELECT SUM(refund) FROM returns")
        set_aside = {name: health.rows_quarantined for name, health in built.tables.items()}
        categories = engine.rows("SELECT sku FROM products WHERE category = 'adjustment' ORDER BY sku")
        guests = engine.value("SELECT COUNT(*) FROM orders WHERE customer_id IS NULL")
        units_back = engine.value("SELECT SUM(quantity) FROM returns WHERE sku IS NOT NULL")
    assert not any(set_aside.values()), set_aside
    test_rows = sum(row.amount for row in rows if row.code == "TEST001")
    total = (lines or 0) + (shipping or 0) - (fees or 0) - (discounts or 0) - (refunds or 0) + test_rows
    assert total == sum(row.amount for row in rows)
    goods = {row.code for row in rows if row.code[0].isdigit()}
    assert units_back == sum(-row.quantity for row in rows if row.quantity < 0 and row.price and row.code in goods)
    assert ("M",) in categories
    assert guests > 0


def test_discounts_that_stand_on_invoices_lower_them(tmp_path: Path) -> None:
    dice = random.Random(3)  # noqa: S311  made-up data
    rows = [
        Row(
            str(100 + order),
            str(5000 + dice.randrange(40)),
            f"SHIRT {dice.randrange(40)}",
            dice.randint(1, 3),
            "2024-02-03",
            Decimal("19.90"),
            "",
            "DE",
        )
        for order in range(80)
        for _ in range(3)
    ]
    rows += [
        Row(str(100 + order), "RABATT", "Rabatt", -1, "2024-02-03", Decimal(order + 1) / 10, "", "DE")
        for order in range(0, 80, 4)
    ]
    folder = save(rows, tmp_path / "exports", GERMAN)
    with Engine() as engine:
        proposal = propose(folder, engine)
    assert "order_discount" in proposal.columns("orders")
    parts = {part.goes_to: Decimal(part.amount) for part in proposal.money["export.csv"]}
    assert parts["orders.order_discount"] == sum(row.amount for row in rows if row.code == "RABATT")


def test_marked_documents_without_a_minus_are_returns(tmp_path: Path) -> None:
    dice = random.Random(4)  # noqa: S311  made-up data
    folder = tmp_path / "exports"
    folder.mkdir()
    with (folder / "kasse.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Belegnummer", "Belegart", "Datum", "Artikel Nr", "Menge", "Betrag"])
        for number in range(300):
            kind = "Retoure" if number % 10 == 0 else "Verkauf"
            for _ in range(2):
                writer.writerow(
                    [
                        9000 + number,
                        kind,
                        f"2024-03-{1 + number % 28:02d}",
                        700 + dice.randrange(50),
                        dice.randint(1, 5),
                        f"{dice.randint(5, 90)}.50",
                    ]
                )
    with Engine() as engine:
        proposal = propose(folder, engine)
    returns = proposal.columns("returns")
    assert "ABS" in returns["refund"].source
    parts = {part.goes_to: part.rows for part in proposal.money["kasse.csv"]}
    assert parts == {"returns.refund": 60, "order_lines": 540}
    assert any("returns" in question for question in proposal.questions)
