"""Every command through its real entry point on a small shop: what it shows, its JSON, its exit code."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from tests.cli.conftest import FILES, SETTINGS, CommandLine, write_shop

"""One worker for all of them: they share the run of one shop."""


COMPONENTS = [
    "list_sales", "markdown", "promotion", "funding", "cancellations", "refunds", "expected_returns",
    "currency_difference", "shipping_income", "net_sales", "cogs", "expected_recovery", "cm1", "fulfilment", "carriage",
    "fees", "return_costs", "expected_return_costs", "service", "concessions", "storage", "idle_capacity", "cm2",
    "marketing", "loyalty", "cm3",
]  # fmt: skip
TOTAL = Decimal("60.9000")
"""Worked out by hand from the five orders of the shop."""

WATERFALL = """\
List sales                      $430    137%  ██████████████████████████████████████████████████████
Markdown                      −$5.00  −1.59%  │                                                    ▐
Promotion                     −$20.0  −6.35%  │                                                  ██▌
Refunds                        −$100  −31.7%  │                                     ▐████████████
Shipping income                $10.0   3.17%  │                                     ▐▌
Net sales                       $315    100%  ███████████████████████████████████████▌
Cost of goods                  −$212  −67.3%  │            ██████████████████████████▌
CM1                             $103   32.7%  █████████████
Pick, pack, receive           −$3.50  −1.11%  │           ▐
Carriage                      −$30.3  −9.62%  │       ▐███▌
Payment and marketplace fees  −$8.30  −2.63%  │      ▐▌
CM2                            $60.9   19.3%  ███████▌
Contribution profit (CM3)      $60.9   19.3%  ███████▌
"""


def test_help_names_every_command(bare):
    result = bare("--help")
    assert result.code == 0
    for name in [
        "init",
        "check",
        "run",
        "report",
        "profit",
        "explain",
        "reconcile",
        "hunt",
        "metrics",
        "wbr",
        "export",
        "demo",
        "version",
    ]:
        assert f" {name} " in result.out


@pytest.mark.parametrize(
    "name",
    [
        "init",
        "check",
        "run",
        "report",
        "profit",
        "explain",
        "reconcile",
        "hunt",
        "metrics",
        "wbr",
        "export",
        "demo",
        "version",
    ],
)
def test_every_command_has_json_and_help(bare, name):
    result = bare(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert "--json" in result.out
    assert "--quiet" in result.out


def test_without_a_command_it_shows_help(bare):
    result = bare()
    assert result.code == 2
    assert "Usage: profithunt" in result.out


def test_version(bare):
    result = bare("version", "--json")
    assert result.code == 0
    assert set(result.json) == {"profithunt", "python", "duckdb", "sqlglot"}
    assert bare("--version").out.strip() == result.json["profithunt"]


def test_profit_draws_the_waterfall(profithunt, finished_shop):
    result = CommandLine(finished_shop, COLUMNS="100")("profit")
    assert (result.code, result.err) == (0, "")
    assert WATERFALL in result.out
    assert "Nothing in supplier funding, cancellations," in result.out


def test_profit_as_json_is_one_row_of_decimal_strings(profithunt):
    result = profithunt("profit", "--json")
    assert (result.code, result.err) == (0, "")
    [row] = result.json
    assert list(row) == ["member", *COMPONENTS]
    assert row["member"] == "all"
    assert all(re.fullmatch(r"-?\d+\.\d{4}", row[name]) for name in COMPONENTS)
    assert Decimal(row["cm3"]) == TOTAL


def test_profit_by_a_dimension_adds_up_to_the_same(profithunt):
    result = profithunt("profit", "--by", "sku", "--json")
    assert result.code == 0
    assert [list(row) for row in result.json] == [["member", *COMPONENTS]] * 3
    assert sum(Decimal(row["cm3"]) for row in result.json) == TOTAL
    assert {row["member"]: Decimal(row["cm3"]) for row in result.json}["rug"] == Decimal("-30.5000")


def test_profit_by_a_dimension_shows_who_loses_money(profithunt):
    result = profithunt("profit", "--by", "sku")
    assert result.code == 0
    assert "1 of 3 members (33.3%) lose money." in result.out
    assert re.search(r"rug +\$80\.0 +−\$10\.0 +−\$30\.5 +−\$30\.5 +−38\.1%", result.out)


def test_both_ends_of_a_long_ranking_are_shown(profithunt):
    result = profithunt("profit", "--by", "order", "--top", "1")
    assert result.code == 0
    assert "⋮" in result.out
    assert "o3" in result.out
    assert "o2" in result.out
    assert "o4" not in result.out


def test_months_stay_in_order(profithunt):
    out = profithunt("profit", "--by", "month").out
    assert out.index("Jan 2024") < out.index("Feb 2024") < out.index("Jun 2024")


def test_profit_of_a_period(profithunt):
    result = profithunt("profit", "--from", "2024-02-01", "--to", "2024-02-29", "--by", "order", "--json")
    assert [row["member"] for row in result.json] == ["o3", "o4"]


def test_a_refund_counts_where_it_happened_when_asked(profithunt):
    rows = profithunt("profit", "--by", "month", "--date", "event", "--json").json
    assert {row["member"]: Decimal(row["refunds"]) for row in rows}["2024-03"] == Decimal("-100.0000")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("profit", "--by", "custmer"), "did you mean 'customer'?"),
        (("profit", "--date", "shipment"), "order"),
        (("profit", "--from", "yesterday"), "%Y-%m-%d"),
        (("profit", "--from", "2024-03-01", "--to", "2024-02-01"), "swap the two days"),
        (("explain", "ordr", "o1"), "did you mean 'order'?"),
        (("explain", "order", "o9"), "some that are: o1, o2"),
        (("export", "--format", "xml"), "csv, parquet"),
        (("hunt", "--top", "0"), "--top"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(profithunt, arguments, said):
    result = profithunt(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: ")
    assert said in result.err
    assert "Traceback" not in result.err


def test_reconcile(profithunt):
    result = profithunt("reconcile", "--json")
    assert (result.code, result.err) == (0, "")
    assert list(result.json) == ["total", "components", "slices"]
    assert Decimal(result.json["total"]) == TOTAL
    assert sum(Decimal(amount) for amount in result.json["components"].values()) == TOTAL
    assert set(result.json["components"]) == set(COMPONENTS) - {"net_sales", "cm1", "cm2", "cm3"}
    for cut in result.json["slices"]:
        assert list(cut) == ["dimension", "members", "total", "difference"]
        assert (Decimal(cut["total"]), Decimal(cut["difference"])) == (TOTAL, 0)
    shown = profithunt("reconcile")
    assert shown.code == 0
    assert "Ties out: cut by any of 17 dimensions, the members add up to $60.90, to the cent." in shown.out


def test_explain_tells_an_order_down_to_the_rows_of_its_files(profithunt):
    result = profithunt("explain", "order", "o4")
    assert (result.code, result.err) == (0, "")
    assert "Order o4\n−$9.20 contribution profit" in result.out
    assert "exports/lines-2.csv, row 2" in result.out
    assert "wrong colour" in result.out
    told = profithunt("explain", "order", "o4", "--json").json
    assert list(told) == ["kind", "id", "cm3", "sections"]
    assert (told["kind"], told["id"], Decimal(told["cm3"])) == ("order", "o4", Decimal("-9.2"))
    assert all(list(section) == ["title", "note", "rows"] for section in told["sections"])


@pytest.mark.parametrize(
    ("kind", "id_"), [("customer", "ada"), ("sku", "rug"), ("component", "cogs"), ("channel", "web")]
)
def test_explain_tells_other_things(profithunt, kind, id_):
    result = profithunt("explain", kind, id_)
    assert (result.code, result.err) == (0, "")
    assert f"{kind.capitalize() if kind != 'sku' else 'SKU'} {id_}" in result.out


def test_explain_of_another_shop(bare, finished_shop):
    assert bare("explain", "order", "o1", "--shop", finished_shop).code == 0


def test_hunt(profithunt):
    result = profithunt("hunt", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert "Opportunities, in order of money" in result.out
    assert "asleep for want of data" in result.out
    assert profithunt("hunt", "--quiet", "--json").json == []
    assert (
        "Nothing found for level sku, owner buying."
        in profithunt("hunt", "--quiet", "--level", "sku", "--owner", "buying").out
    )


def test_check_of_good_files(fresh_shop):
    result = CommandLine(fresh_shop)("check", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert "23 rows read from 7 files; none set aside." in result.out
    assert not (fresh_shop / ".profithunt").exists()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("[adapters.webhok]\nurl = 'https://example.com'\n", "There is no adapter 'webhok'"),
        ("[adapters.webhook]\nurl = 'https://example.com'\nretries = 3\n", "There is no setting 'retries'"),
        ("[adapters.email]\nsender = 'a@example.com'\n", "The setting 'host' is missing"),
    ],
)
def test_check_says_which_setting_of_an_adapter_is_wrong_before_it_is_needed(fresh_shop, section, said):
    settings = fresh_shop / "shop.toml"
    settings.write_text(settings.read_text("utf-8") + "\n" + section, "utf-8")
    result = CommandLine(fresh_shop)("check", "--quiet")
    assert result.code == 2
    assert said in result.err
    assert "shop.toml, adapters." in result.err


def test_check_of_a_bad_row_ends_with_1_and_says_why(tmp_path):
    files = {**FILES, "lines-2.csv": FILES["lines-2.csv"] + "o9,1,mug,1,10.00,0.00\n"}
    command = CommandLine(write_shop(tmp_path / "shop", files=files))
    result = command("check", "--quiet")
    assert result.code == 1
    assert "1 of 24 rows (4.17%) set aside, with $10.0 in them." in result.out
    found = command("check", "--quiet", "--json")
    assert found.code == 1
    assert found.json["rows_quarantined"] == 1
    assert Decimal(found.json["money_quarantined"]) == 10


def test_a_source_that_cannot_be_read_ends_with_3(fresh_shop):
    (fresh_shop / "exports" / "orders.csv").unlink()
    for name in ("check", "run"):
        result = CommandLine(fresh_shop)(name, "--quiet")
        assert (result.code, result.out) == (3, "")
        assert "orders.csv" in result.err
        assert "Traceback" not in result.err


def test_a_wrong_setting_names_file_line_and_key(fresh_shop):
    (fresh_shop / "shop.toml").write_text(SETTINGS.replace("currency =", "curency ="), "utf-8")
    result = CommandLine(fresh_shop)("run")
    assert result.code == 2
    assert "Error: Unknown setting 'curency'." in result.err
    assert "shop.toml, line 3, shop.curency" in result.err


def test_run_shows_the_waterfall_and_says_where_it_stands(fresh_shop):
    result = CommandLine(fresh_shop)("run", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert "Ties out: cut by any of 17 dimensions, the members add up to $60.90, to the cent." in result.out
    assert "Data: 23 rows read, none set aside." in result.out


@pytest.mark.slow
def test_run_as_json_is_what_the_run_says_of_itself(tmp_path):
    files = {**FILES, "lines-2.csv": FILES["lines-2.csv"] + "o9,1,mug,1,10.00,0.00\n"}
    result = CommandLine(write_shop(tmp_path / "shop", files=files))("run", "--json")
    assert result.code == 0
    assert {"run_id", "started_at", "finished_at", "inputs", "tables", "health", "reconciliation"} <= set(result.json)
    assert Decimal(result.json["reconciliation"]["total"]) == TOTAL
    assert result.json["health"]["rows_quarantined"] == 1


@pytest.mark.slow
def test_without_costs_and_without_assumptions_profit_is_blank_and_never_zero(tmp_path):
    settings = SETTINGS.replace('unit_cost = "cost"\n', "") + "\n[assumptions]\nuse = false\n"
    command = CommandLine(write_shop(tmp_path / "shop", settings))
    assert "costs are missing, so profit is blank" in " ".join(command("run", "--quiet").out.split())
    assert re.search(r"Contribution profit \(CM3\) +–", command("profit").out)
    assert re.search(r"lamp +\$148 +– +– +–", command("profit", "--by", "sku").out)
    assert command("profit", "--json").json[0]["cm3"] is None
    assert command("report", "--quiet").code == 0
    page = (tmp_path / "shop" / "report.html").read_text("utf-8")
    assert "what it keeps of them is not known" in page


@pytest.mark.slow
def test_a_shop_without_orders_says_so(tmp_path):
    files = {name: text.splitlines()[0] + "\n" for name, text in FILES.items()}
    command = CommandLine(write_shop(tmp_path / "shop", files=files))
    result = command("run", "--quiet")
    assert result.code == 0
    assert "The ledger is empty: no order line was read." in result.out
    assert "there is nothing to add up yet" in command("reconcile").out
    assert "Nothing was sold in this period." in command("profit", "--by", "sku").out
    assert command("report").code == 0
    assert "Corner shop: no orders yet" in (tmp_path / "shop" / "report.html").read_text("utf-8")


def test_reading_before_the_first_run_says_how_to_make_one(fresh_shop):
    result = CommandLine(fresh_shop)("profit")
    assert (result.code, result.out) == (2, "")
    assert "profithunt run" in result.err


def test_a_shop_is_found_from_a_folder_below_it(finished_shop):
    result = CommandLine(finished_shop / "exports")("reconcile", "--json")
    assert result.code == 0


def test_export(profithunt, tmp_path):
    result = profithunt("export", "--to", tmp_path / "out", "--json")
    assert (result.code, result.err) == (0, "")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {path.rsplit("/", 1)[-1] for path in result.json} == names
    assert {"ledger.csv", "order_profit.csv", "customer_profit.csv", "sku_profit.csv"} <= names
    assert (tmp_path / "out" / "ledger.csv").read_text("utf-8").startswith("entry,order_id,line_no,")


def test_report_says_the_same_figures_as_the_api(profithunt, finished_shop, tmp_path):
    result = profithunt("report", "--out", tmp_path / "new" / "report.html", "--json")
    assert (result.code, result.err) == (0, "")
    page = (tmp_path / "new" / "report.html").read_text("utf-8")
    assert result.json["bytes"] == len(page.encode())
    assert result.json["run_id"] in page
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Corner shop makes $60.9 of contribution profit, 19.3% of net sales" in text
    assert "$60.90" in text
    for row in profithunt("profit", "--by", "sku", "--json").json:
        assert row["member"] in text
    inputs = json.loads(next(finished_shop.glob(".profithunt/runs/*/run.json")).read_text("utf-8"))["inputs"]
    assert len(inputs) == 7
    assert all(item["sha256"][:16] in page and item["path"] in page for item in inputs)


def test_report_goes_beside_the_settings(shop):
    result = CommandLine(shop)("report")
    assert result.code == 0
    assert (shop / "report.html").is_file()
    assert result.out.strip().endswith("report.html")


def test_a_report_that_cannot_be_written_says_so(profithunt, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    result = profithunt("report", "--out", tmp_path / "file" / "report.html")
    assert result.code == 2
    assert str(tmp_path / "file") in result.err
    assert "Traceback" not in result.err


def test_output_without_a_terminal_has_no_colour_codes(profithunt):
    for arguments in (("profit",), ("reconcile",), ("nonsense",)):
        result = profithunt(*arguments)
        assert "\x1b" not in result.out + result.err
