"""A shop with personal data planted wherever customers write, and a search through every byte of what came of it."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

SOURCES = "exports"
ERASED = "C-1001"
NEEDLES = (
    *("anna.schmidt84", "web.de", "170 1234567", "DE89 3704", "4111 1111 1111", "Hauptstraße 12", "SECRETTOKEN"),
    *("Schmidt", "Öztürk", "Özil", "612 345 678", "Baker Street", "bob.may@", "0171/998877", "5500 0000", "Rossi"),
)
"""What was planted: none of it may be anywhere but in the retailer's own files."""

_SETTINGS = """
[shop]
name = "Planted"
currency = "EUR"
[assumptions]
use = true
"""
_FILES: dict[str, tuple[str, dict[str, str], Sequence[Sequence[str]]]] = {
    "customers.csv": (
        "customers",
        {"customer_id": "id", "name": "Customer Name", "email": "Mail", "phone": "Tel", "postcode": "Zip"},
        [
            ["C-1001", "Anna Schmidt", "anna.schmidt84@web.de", "+49 170 1234567", "10115"],
            ["C-1002", "Özil Öztürk", "o.yildiz@x.de", "0171/998877", "80331"],
            ["17", "Giulia Rossi", "", "", "20121"],
        ],
    ),
    "orders.csv": (
        "orders",
        {"order_id": "no", "ordered_at": "at", "customer_id": "who", "gift_message": "gift"},
        [
            [no, f"2024-0{1 + at % 6}-1{at % 9}", who, "Ring 0171/998877, bob.may@example.com" if at == 1 else ""]
            for at, (no, who) in enumerate(
                [
                    ("O-1", "C-1001"),
                    ("O-2", "C-1002"),
                    ("O-3", "C-1001"),
                    ("17", "17"),
                    ("O-5", "17"),
                    ("O-6", "C-1001"),
                ]
            )
        ],
    ),
    "lines.csv": (
        "order_lines",
        {"order_id": "no", "line_no": "line", "sku": "sku", "quantity": "n", "unit_price": "price"},
        [
            [no, "1", sku, "2", "10.55"]
            for no, sku in [("O-1", "S1"), ("O-2", "17"), ("O-3", "S1"), ("17", "S2"), ("O-5", "S2"), ("O-6", "17")]
        ],
    ),
    "parcels.csv": (
        "shipments",
        {
            "shipment_id": "parcel",
            "order_id": "no",
            "carrier": "by",
            "promised_at": "due",
            "delivered_at": "came",
            "postcode": "zip",
        },
        [
            ["P-1", "O-1", "Swift", "2024-01-12", "2024-01-19", "10115"],
            ["P-2", "O-2", "Swift", "2024-02-14", "2024-02-13", "80331"],
        ],
    ),
    "contacts.csv": (
        "contacts",
        {
            "contact_id": "id",
            "contacted_at": "at",
            "customer_id": "who",
            "order_id": "no",
            "reason": "why",
            "verbatim": "text",
            "agent_note": "note",
            "cost": "cost",
        },
        [
            [
                "K1",
                "2024-01-19",
                "C-1001",
                "O-1",
                "where is my order",
                "Anna Schmidt here, my parcel is late! Call +49 170 1234567 or mail anna.schmidt84@web.de",
                "called 0171/998877",
                "4.50",
            ],
            [
                "K2",
                "2024-02-20",
                "",
                "O-2",
                "",
                "özil again: refund to DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111. Grüße, Öztürk",
                "",
                "6",
            ],
            [
                "K3",
                "2024-03-01",
                "17",
                "O-5",
                "refund",
                "I live at 221B Baker Street, London NW1 6XE, phone 612 345 678",
                "",
                "",
            ],
            ["K4", "no day at all", "C-1001", "O-1", "x", "Anna Schmidt, Hauptstraße 12, 10115 Berlin", "", ""],
        ],
    ),
    "reviews.csv": (
        "reviews",
        {"review_id": "id", "reviewed_at": "at", "order_id": "no", "rating": "stars", "verbatim": "text"},
        [
            [
                "R1",
                "2024-03-02",
                "O-3",
                "1",
                "Schmidt, Hauptstraße 12, 10115 Berlin: broken. https://shop.example/o/1?tok=SECRETTOKEN",
            ],
            ["R2", "2024-03-03", "17", "5", "Great! bob.may@example.com, card 5500 0000 0000 0004, Giulia Rossi"],
        ],
    ),
    "returns.csv": (
        "returns",
        {
            "return_id": "id",
            "order_id": "no",
            "sku": "sku",
            "quantity": "n",
            "returned_at": "at",
            "refund": "back",
            "reason": "why",
        },
        [["B1", "O-3", "S1", "1", "2024-03-20", "10.55", "broken, write to anna.schmidt84@web.de"]],
    ),
}


def plant(folder: Path) -> Path:
    """The shop's folder, with its exports and settings."""
    (folder / SOURCES).mkdir(parents=True)
    settings = [_SETTINGS]
    for name, (table, columns, rows) in _FILES.items():
        with (folder / SOURCES / name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([list(columns.values()), *rows])
        settings.append(f'[[sources]]\ntable = "{table}"\nfiles = "{SOURCES}/{name}"\n[sources.columns]\n')
        settings += [f'{column} = "{heading}"\n' for column, heading in columns.items()]
    (folder / "shop.toml").write_text("".join(settings), "utf-8")
    return folder


def found(folder: Path, needles: Iterable[str], leaving: Sequence[str] = (SOURCES,)) -> list[tuple[str, str]]:
    """Each needle and the file that holds it, in any case, Parquet and databases decoded."""
    hits = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(tuple(leaving)):
            content = bytes_of(path).lower()
            hits += [(needle, name) for needle in needles if needle.lower().encode() in content]
    return hits


def bytes_of(path: Path) -> bytes:
    """A file as it lies on disk, and what is in it for who can read it."""
    raw = path.read_bytes()
    rows: list[object] = []
    if path.suffix == ".parquet":
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            tables = [
                name for (name,) in database.execute("SELECT table_name FROM information_schema.tables").fetchall()
            ]
            rows = [database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables]
    elif path.suffix == ".db":
        database = sqlite3.connect(path)
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [database.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables]
        database.close()
    return raw + b"\n".join(str(row).encode() for row in rows)
