"""`init`: from a folder of exports to a shop that runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import typer

from profithunt.cli.questions import ask
from profithunt.sources.propose import MappedColumn, Proposal, ProposedFile, ProposedSource
from tests.cli.conftest import FILES


@pytest.fixture
def exports(tmp_path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text(
        FILES["orders.csv"].replace("order,placed", "Order No,Order date").replace("customer,", "Customer ID,"), "utf-8"
    )
    lines = FILES["lines-1.csv"] + "".join(FILES["lines-2.csv"].splitlines(keepends=True)[1:])
    (folder / "order_lines.csv").write_text(
        lines.replace("order,line,sku,quantity,price,discount", "Order No,Line,SKU,Qty,Unit price,Discount"), "utf-8"
    )
    return folder


def test_it_writes_settings_that_run(bare, exports):
    result = bare("init", "shop", "--from", exports, "--yes", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert "Proposed mapping" in result.out
    assert "Order No" in result.out
    assert "%" in result.out
    assert "Next: profithunt check shop, then profithunt run shop" in result.out
    settings = tomllib.loads((bare.folder / "shop" / "shop.toml").read_text("utf-8"))
    assert {"orders", "order_lines"} <= {source["table"] for source in settings["sources"]}
    assert bare("run", "shop", "--quiet").code == 0


def test_its_json_is_the_proposal(bare, exports):
    result = bare("init", "shop", "--from", exports, "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert result.json["complete"] is True
    assert result.json["shop"].endswith("shop.toml")
    assert {"files", "sources", "questions", "warnings", "confidence"} <= set(result.json)


def test_it_never_replaces_a_shop_unasked(bare, exports):
    assert bare("init", "shop", "--from", exports, "--yes", "--quiet").code == 0
    result = bare("init", "shop", "--from", exports, "--yes", "--quiet")
    assert result.code == 2
    assert "--force" in result.err
    assert bare("init", "shop", "--from", exports, "--yes", "--quiet", "--force").code == 0


def test_a_folder_that_is_not_there(bare):
    result = bare("init", "shop", "--from", "nowhere", "--yes")
    assert result.code == 3
    assert "nowhere" in result.err
    assert not (bare.folder / "shop").exists()


def test_an_unknown_preset_names_those_there_are(bare, exports):
    result = bare("init", "shop", "--from", exports, "--preset", "magento", "--yes", "--quiet")
    assert result.code == 2
    assert "shopify" in result.err


def test_files_that_are_no_orders_end_with_1(bare, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "weather.csv").write_text("day,degrees\n2024-01-01,3\n2024-01-02,4\n", "utf-8")
    result = bare("init", "shop", "--from", folder, "--yes", "--quiet")
    assert result.code == 1
    assert "Orders or their lines were not found" in result.out


class Answers:
    """Someone who answers questions, in turn."""

    def __init__(self, *answers: str) -> None:
        self.left = list(answers)
        self.asked: list[str] = []

    def prompt(self, question: str, default: str = "", **_: object) -> str:
        self.asked.append(question)
        return self.left.pop(0) or default

    def confirm(self, question: str, default: bool = True, **_: object) -> bool:
        self.asked.append(question)
        answer = self.left.pop(0)
        return default if not answer else answer == "y"


def proposal(columns: dict[str, float], unused: tuple[str, ...]) -> Proposal:
    """A proposal for order lines: each column with how sure it is, and the columns of the file that are left."""
    mapped = {name: MappedColumn(f"raw {name}", sure, "looks like it") for name, sure in columns.items()}
    source = ProposedSource(
        {"table": "order_lines", "files": "/data/lines.csv"}, {name: f"raw {name}" for name in columns}, mapped
    )
    file = ProposedFile("lines.csv", 10, {"order_lines": 0.9}, unused)
    return Proposal(Path("/data"), None, 0.5, (file,), (source,), {"shop": {"currency": "EUR"}})


@pytest.fixture
def answer(monkeypatch):
    def given(*answers: str) -> Answers:
        person = Answers(*answers)
        monkeypatch.setattr(typer, "prompt", person.prompt)
        monkeypatch.setattr(typer, "confirm", person.confirm)
        return person

    return given


def test_it_asks_for_what_is_missing_and_about_what_is_doubtful(answer):
    person = answer("Shop", "", "", "n", "Stk", "Stück", "Preis", "y")
    found = proposal({"order_id": 0.9, "sku": 0.9, "discount": 0.3}, ("Stück", "Preis", "Notiz"))
    [source] = ask(found, {"name": "x", "currency": "USD", "timezone": "UTC"}).sources
    assert source.columns == {"order_id": "raw order_id", "sku": "raw sku", "quantity": "Stück", "unit_price": "Preis"}
    assert source.mapped["quantity"] == MappedColumn("Stück", 1.0, "as answered")
    assert "Currency" in person.asked[1]
    assert "order_lines.discount = raw discount (30% sure). Keep it?" in person.asked[3]
    assert "order_lines.quantity" in person.asked[4]
    assert "One of Stück, Preis, Notiz" in person.asked[4]
    assert "There is no column 'Stk'" in person.asked[5]


def test_what_is_not_named_stays_out(answer):
    answer("Shop", "", "", "", "", "y")
    found = proposal({"order_id": 0.9, "sku": 0.9}, ("Notiz",))
    result = ask(found, {"name": "x", "currency": "USD", "timezone": "UTC"})
    assert set(result.sources[0].columns) == {"order_id", "sku"}
    assert result.settings["shop"] == {"name": "Shop", "currency": "EUR", "timezone": "UTC"}


def test_nothing_is_written_when_the_last_answer_is_no(answer):
    answer("Shop", "", "", "n")
    found = proposal({"order_id": 0.9, "sku": 0.9, "quantity": 0.9, "line_amount": 0.9}, ("Notiz",))
    with pytest.raises(typer.Abort):
        ask(found, {"name": "x", "currency": "USD", "timezone": "UTC"})
