"""Exports of many shapes in ten languages: the right columns are found, and confidence means what it says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt.config import FILE_NAME, read
from profithunt.engine import Engine
from profithunt.errors import SourceError, UsageError
from profithunt.sources import build
from profithunt.sources.propose import Proposal, propose
from tests.sources.exports import EXPORTS, Export, World, world


@pytest.fixture(scope="module")
def made() -> World:
    return world()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def _propose(export: Export, made: World, folder: Path, engine: Engine) -> Proposal:
    return propose(export.save(made, folder / "exports"), engine, known=False)


Proposals = dict[str, tuple[Proposal, Path]]


@pytest.fixture(scope="module")
def proposals(made: World, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Proposals:
    """Every export's proposal and the folder above it."""
    result: Proposals = {}
    for export in EXPORTS:
        folder = tmp_path_factory.mktemp("shop")
        result[export.name] = (_propose(export, made, folder, engine), folder)
    return result


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_columns_are_found(export: Export, proposals: Proposals) -> None:
    proposal, _ = proposals[export.name]
    found: dict[str, dict[str, str]] = {}
    wanted: dict[str, dict[str, str]] = {}
    for file in export.files:
        for table, columns in file.right.items():
            wanted.setdefault(table, {}).update(columns)
            mapped = proposal.columns(table)
            found.setdefault(table, {}).update({name: mapped[name].source for name in columns if name in mapped})
    assert found == wanted


def test_languages_are_at_least_ten() -> None:
    assert len({export.language for export in EXPORTS}) >= 10
    assert len(EXPORTS) >= 12


def test_written_shop_can_be_read(proposals: Proposals) -> None:
    for proposal, shop in proposals.values():
        config = read(proposal.write(shop))
        assert [source.table for source in config.sources] == [source.table for source in proposal.sources]
        assert all(not Path(str(source.files)).is_absolute() for source in config.sources), (
            "paths are relative to the shop"
        )
        json.dumps(proposal.to_json())


def test_decimal_comma_and_day_order_are_told(proposals: Proposals) -> None:
    german, _ = proposals["german shop"]
    parse = {source.table: source.keys["parse"] for source in german.sources if "parse" in source.keys}
    assert parse["order_lines"] == {"decimal": ","}
    assert parse["orders"] == {"decimal": ",", "dates": "dmy"}


def test_values_outweigh_a_misleading_heading(proposals: Proposals) -> None:
    lines = proposals["till roll with misleading names"][0].columns("order_lines")
    assert lines["line_amount"].source == "price"
    assert "number × each = price" in lines["line_amount"].why


def test_confidence_is_no_higher_than_what_comes_true(proposals: Proposals) -> None:
    told: list[tuple[float, bool]] = []
    for export in EXPORTS:
        proposal, _ = proposals[export.name]
        for file in export.files:
            for table, columns in file.right.items():
                mapped = proposal.columns(table)
                told += [
                    (mapped[name].confidence, mapped[name].source == raw)
                    for name, raw in columns.items()
                    if name in mapped
                ]
    assert len(told) > 200
    assert sum(right for _, right in told) / len(told) >= sum(sure for sure, _ in told) / len(told) - 0.02


def test_nothing_recognised_still_gives_a_shop(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "weather.csv").write_text(
        "station,celsius\n" + "".join(f"s{number % 9},{number / 7:.2f}\n" for number in range(90))
    )
    proposal = propose(folder, engine)
    assert not proposal.complete
    assert proposal.confidence <= 0.2
    assert any("order lines" in question for question in proposal.questions)
    assert any("weather.csv" in warning for warning in proposal.warnings)
    text = proposal.write(tmp_path).read_text("utf-8")
    assert '# table = "order_lines"' in text
    assert read(tmp_path).sources == []


def test_an_existing_shop_is_kept(made: World, tmp_path: Path, engine: Engine) -> None:
    proposal = _propose(EXPORTS[0], made, tmp_path, engine)
    (tmp_path / FILE_NAME).write_text("# mine\n")
    with pytest.raises(UsageError, match="is there already"):
        proposal.write(tmp_path)
    assert (tmp_path / FILE_NAME).read_text() == "# mine\n"
    proposal.write(tmp_path, force=True)
    assert read(tmp_path).sources


def test_a_folder_without_tables_is_one_clear_sentence(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(SourceError, match="no table that can be read"):
        propose(tmp_path, engine)
    with pytest.raises(SourceError, match="no such folder"):
        propose(tmp_path / "missing", engine)


def test_an_unreadable_file_is_left_out_and_named(made: World, tmp_path: Path, engine: Engine) -> None:
    folder = EXPORTS[0].save(made, tmp_path / "exports")
    (folder / "broken.parquet").write_bytes(b"PAR1 not really")
    (folder / "empty.csv").write_bytes(b"")
    proposal = propose(folder, engine)
    assert proposal.complete
    assert {
        name for name in ("broken.parquet", "empty.csv") if any(name in warning for warning in proposal.warnings)
    } == {"broken.parquet", "empty.csv"}


def test_parts_of_one_export_are_one_source(made: World, tmp_path: Path, engine: Engine) -> None:
    folder = EXPORTS[0].save(made, tmp_path / "exports")
    whole = (folder / "Bestellpositionen.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "Bestellpositionen.csv").unlink()
    for part, start in enumerate((1, 200, 400)):
        (folder / f"Bestellpositionen-2023-0{part + 1}.csv").write_text(
            "".join([whole[0], *whole[start : start + 200]]), "utf-8"
        )
    proposal = propose(folder, engine)
    lines = [source for source in proposal.sources if source.table == "order_lines"]
    assert len(lines) == 1
    assert len(lines[0].keys["files"]) == 3


def test_parts_that_lie_apart_are_joined(made: World, tmp_path: Path, engine: Engine) -> None:
    """A marketplace numbers customers anew with each order, and states freight per item and payments in a file."""
    folder = tmp_path / "exports"
    folder.mkdir()

    def save(name: str, headings: str, rows: list[tuple[object, ...]]) -> None:
        lines = [headings, *(",".join(map(str, row)) for row in rows)]
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")

    save(
        "customers.csv",
        "customer_id,customer_unique_id,customer_state",
        [(f"c{order['id']}", order["who"]["id"], order["who"]["country"]) for order in made.orders],
    )
    save(
        "orders.csv",
        "order_id,customer_id,purchase_timestamp",
        [(order["id"], f"c{order['id']}", order["at"]) for order in made.orders],
    )
    save(
        "order_items.csv",
        "order_id,order_item_id,product_id,price,freight_value",
        [
            (line["order"]["id"], line["no"], line["product"]["sku"], line["price"], f"1.{line['no']}0")
            for line in made.lines
        ],
    )
    save(
        "order_payments.csv",
        "order_id,payment_sequential,payment_type,payment_value",
        [
            (order["id"], part, order["payment"], f"{order['total'] / 2:.2f}")
            for order in made.orders
            for part in (1, 2)
        ],
    )
    proposal = propose(folder, engine, known=False)
    proposal.write(tmp_path)
    built = build(read(tmp_path), engine, tmp_path / "out")
    assert not any(health.rows_quarantined for health in built.tables.values())
    engine.attach_parquet("orders", tmp_path / "out" / "orders.parquet")
    query = "SELECT COUNT(*), COUNT(DISTINCT customer_id), COUNT(payment_method), SUM(shipping_charged) FROM orders"
    persons = len({order["who"]["id"] for order in made.orders})
    freight = sum(Decimal(f"1.{line['no']}0") for line in made.lines)
    assert engine.rows(query) == [(len(made.orders), persons, len(made.orders), freight)]


def test_orders_without_a_number_are_what_a_customer_buys_at_a_time(
    made: World, tmp_path: Path, engine: Engine
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    rows = [
        f"{line['order']['at']:%Y-%m-%d},{line['order']['who']['id']},{line['product']['ean']},{line['price']}"
        for line in made.lines
    ]
    (folder / "transactions_train.csv").write_text(
        "t_dat,customer_id,article_id,price\n" + "\n".join(rows) + "\n", "utf-8"
    )
    proposal = propose(folder, engine)
    proposal.write(tmp_path)
    build(read(tmp_path), engine, tmp_path / "out")
    engine.attach_parquet("orders", tmp_path / "out" / "orders.parquet")
    assert engine.value("SELECT COUNT(*) FROM orders") == len({tuple(row.split(",")[:2]) for row in rows})
    assert any("no order number" in question for question in proposal.questions)
