"""Prices against rivals', end to end: a small shop with checks that name its SKUs and a price feed that does not."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from profithunt import Shop
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from profithunt.fmt import MISSING
from profithunt.proposition.match_decisions import Decision, match_id, read_decisions, remember

SETTINGS = """\
[shop]
name = "Lampen & Co"
currency = "EUR"
timezone = "UTC"
as_of = 2024-06-30

[prices]
own_sellers = ["Lampen & Co bei Markt"]
late_shares = { "Billig" = 0.4 }

[[sources]]
table = "products"
files = "exports/products.csv"
[[sources]]
table = "orders"
files = "exports/orders.csv"
[[sources]]
table = "order_lines"
files = "exports/lines.csv"
[[sources]]
table = "shipments"
files = "exports/shipments.csv"
[[sources]]
table = "price_changes"
files = "exports/changes.csv"
[[sources]]
table = "competitor_prices"
files = "exports/checks.csv"
[[sources]]
table = "rival_offers"
files = "exports/offers.csv"
[[sources]]
table = "sessions"
files = "exports/sessions.csv"
"""

PRODUCTS = """\
sku,name,brand,category,gtin,model,unit_cost,list_price,minimum_price
LAMP,Tischlampe Nord,Hell,light,4006381333931,,5,50,
DESK,Schreibtisch Fjord 120 cm,Holz,desks,,FJ-120X,100,200,180
COFFEE,Kaffee Prodomo gemahlen 500 g,Dall,food,,,4,7,
WAR,Stehlampe Süd,Hell,light,,ST-9000,20,80,
"""

OFFERS = [
    # A feed: the same lamp by its number, coffee in another pack, the desk in doubt, an accessory, the shop itself.
    ("Billig", "b1", "Hell Tischlampe Nord", "Hell", "4006381333931", 46.0, 4.0, 5),
    ("Billig", "b2", "Dall Prodomo Kaffee gemahlen 1 kg", "Dall", "", 11.0, 4.0, 5),
    ("Billig", "b3", "Holz Schreibtisch Fjord", "Holz", "", 150.0, 20.0, 9),
    ("Billig", "b4", "Lampenschirm für Hell Tischlampe Nord", "Hell", "", 9.0, 4.0, 5),
    ("Lampen & Co bei Markt", "m1", "Hell Tischlampe Nord", "Hell", "4006381333931", 30.0, 0.0, 1),
    ("Billig", "b5", "<script>alert(1)</script> Gartenschlauch", "Grün", "", 20.0, 4.0, 5),
]


def write(folder: Path) -> Path:
    """A year of orders: ten units of each SKU a week; prices looked up every week."""
    files: dict[str, list[str]] = {
        "orders": ["order_id,ordered_at,shipping_charged,session_id,channel"],
        "lines": ["order_id,line_no,sku,quantity,unit_price"],
        "shipments": ["shipment_id,order_id,promised_at,delivered_at"],
        "sessions": ["session_id,started_at"],
    }
    prices = {"LAMP": 50.0, "DESK": 200.0, "COFFEE": 7.0}
    months = [(2024, month) for month in range(1, 7)]
    for year, month in months:
        for day in range(1, 29):
            for sku in ("LAMP", "DESK", "COFFEE", "WAR"):
                order = f"o{month:02d}{day:02d}{sku}"
                date = f"{year}-{month:02d}-{day:02d}"
                price = prices.get(sku, 64.0 if month == 6 else 80.0)
                late = day % 10 == 0
                files["orders"].append(f"{order},{date} 10:00:00,{0 if price >= 100 else 5},s{order},web")
                files["lines"].append(f"{order},1,{sku},1,{price}")
                due, came = min(day + 2, 30), min(day + (3 if late else 2), 30)
                at = f"{year}-{month:02d}-"
                if month == 2:
                    due, came = min(due, 29), min(came, 29)
                files["shipments"].append(f"p{order},{order},{at}{due:02d} 20:00:00,{at}{came:02d} 12:00:00")
                files["sessions"] += [f"s{order},{date} 09:00:00", *(f"x{order}{n},{date} 09:30:00" for n in range(9))]
    exports = folder / "exports"
    exports.mkdir(parents=True)
    (folder / "shop.toml").write_text(SETTINGS, "utf-8")
    (exports / "products.csv").write_text(PRODUCTS, "utf-8")
    for name, rows in files.items():
        (exports / f"{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    changes = ["sku,changed_at,price,kind", "WAR,2024-01-01 00:00:00,80,full"]
    changes += ["WAR,2024-06-05 00:00:00,72,full", "WAR,2024-06-19 00:00:00,64,full"]
    (exports / "changes.csv").write_text("\n".join(changes) + "\n", "utf-8")
    checks = ["checked_at,sku,competitor,price,shipping,delivery_days,in_stock,url"]
    war = {3: 79, 10: 70, 17: 70, 24: 62}
    for day in (3, 10, 17, 24):
        at = f"2024-06-{day:02d} 04:00:00"
        checks.append(f"{at},LAMP,Teuer,{60 if day < 24 else 48},0,2,true,https://teuer.example/lamp")
        checks.append(f"{at},COFFEE,Teuer,5,9,2,false,javascript:alert(1)")
        checks.append(f"{at},WAR,Teuer,{war[day]},0,2,true,https://teuer.example/war")
    (exports / "checks.csv").write_text("\n".join(checks) + "\n", "utf-8")
    offers = ["checked_at,competitor,offer_id,title,brand,gtin,price,shipping,delivery_days,in_stock"]
    offers += [
        f'2024-06-28 04:00:00,{rival},{id_},"{title}",{brand},{gtin},{price},{shipping},{days},true'
        for rival, id_, title, brand, gtin, price, shipping, days in OFFERS
    ]
    (exports / "offers.csv").write_text("\n".join(offers) + "\n", "utf-8")
    return folder


def run(*arguments: str) -> tuple[int, str, str]:
    """A command line, what it printed and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(list(arguments))
    return code, out.getvalue(), err.getvalue()


def asked(folder: Path, *arguments: str) -> Any:
    """What a command answers with --json."""
    code, out, err = run("prices", *arguments, "--shop", str(folder), "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Path:
    """The shop after one run; tests read it and never change it."""
    folder = write(tmp_path_factory.mktemp("prices") / "shop")
    code, _, err = run("run", str(folder), "--quiet")
    assert code == 0, err
    return folder


@pytest.fixture(scope="module")
def rows(compared) -> dict[str, dict[str, Any]]:
    """Positions by SKU."""
    return {row["sku"]: row for row in asked(compared)}


def test_sure_matches_are_used_and_doubtful_ones_are_not(compared):
    states = {row["offer_id"]: (row["state"], row["sku"]) for row in Shop.open(compared).prices.matches().dicts()}
    assert states["b1"] == ("taken", "LAMP")
    assert states["b2"] == ("taken", "COFFEE")
    assert states["b3"] == ("review", "DESK")
    assert states["b4"] == states["b5"] == ("none", None)
    used = Shop.open(compared).query("SELECT DISTINCT offer_id FROM rival_prices WHERE matched_by <> 'sku'").rows()
    assert sorted(used) == [("b1",), ("b2",)]


def test_the_shop_does_not_undercut_itself_on_other_marketplaces(compared):
    assert not Shop.open(compared).query("SELECT 1 FROM rival_prices WHERE competitor LIKE 'Lampen%'").rows()


def test_packs_are_compared_by_what_they_hold(rows, compared):
    (rival,) = [row for row in asked(compared, "--sku", "COFFEE")["rivals"] if row["competitor"] == "Billig"]
    assert (rival["price"], rival["offer_price"], rival["packs"]) == ("5.5000", "11.0000", 0.5)
    assert rows["COFFEE"]["lowest_price"] == "5.5000"


def test_a_position_is_what_the_checks_say(rows):
    lamp = rows["LAMP"]
    assert (lamp["price"], lamp["lowest_price"], lamp["lowest_competitor"]) == ("50.0000", "46.0000", "Billig")
    assert (lamp["rank"], lamp["n_rivals"], lamp["n_in_stock"]) == (3, 2, 2)
    # Teuer is cheaper from the 24th on: seven of the 28 days to the 30th.
    assert (lamp["days_undercut"], lamp["days_compared"]) == (7, 28)
    assert lamp["gap"] == pytest.approx(50 / 46 - 1)


def test_the_delivered_price_counts_waiting_and_lateness_of_both(rows, compared):
    lamp = rows["LAMP"]
    late, days = lamp["late"], lamp["n_days"]
    assert 0 < late < 0.2
    assert lamp["delivered"] == pytest.approx(50 + 5 + days * 0.005 * 50 + late * 0.05 * 50)
    rivals = {row["competitor"]: row for row in asked(compared, "--sku", "LAMP")["rivals"]}
    assert rivals["Billig"]["delivered"] == pytest.approx(46 + 4 + 5 * 0.005 * 46 + 0.4 * 0.05 * 46)
    assert rivals["Teuer"]["delivered"] == pytest.approx(48 + 2 * 0.005 * 48)


def test_a_price_war_is_seen_and_no_price_is_lowered_in_it(rows, compared):
    (war,) = Shop.open(compared).prices.wars().dicts()
    assert (war["sku"], war["competitor"], war["at_war"]) == ("WAR", "Teuer", True)
    assert (rows["WAR"]["advice"], rows["WAR"]["reason"], rows["WAR"]["guard"]) == ("hold", "price_war", "price war")


def test_advice_is_lower_hold_or_raise_with_its_value(rows):
    lamp = rows["LAMP"]
    assert lamp["advice"] == "lower"
    assert lamp["value"] > 0
    assert lamp["value_low"] < lamp["value"] < lamp["value_high"]
    assert lamp["probability"] >= 0.8
    assert float(lamp["price_to_try"]) < 50


def test_the_board_and_its_cuts_count_the_same(compared, rows):
    board = Shop.open(compared).prices.board()
    assert board.n_skus == len(rows) == sum(board.by_advice.values())
    for by in ("category", "brand", "advice", "reason"):
        assert sum(row["n_skus"] for row in asked(compared, "--by", by)) == board.n_skus
    rivals = {row["member"]: row for row in asked(compared, "--by", "competitor")}
    assert set(rivals) == {"Billig", "Teuer"}
    assert board.to_json()["offers"] == {"none": 2, "review": 1, "taken": 3}
    code, out, _ = run("prices", "--shop", str(compared))
    assert code == 0
    assert "profithunt prices review" in out
    assert MISSING in out


def test_filters_keep_what_they_name(compared):
    assert [row["sku"] for row in asked(compared, "--category", "food")] == ["COFFEE"]
    assert {row["sku"] for row in asked(compared, "--competitor", "Billig")} == {"LAMP", "COFFEE"}
    for wrong in (["--sku", "NOPE"], ["--category", "nope"], ["--competitor", "nope"]):
        code, _, err = run("prices", *wrong, "--shop", str(compared))
        assert code == 2
        assert "compared SKU has" in err


def test_the_history_holds_own_and_rivals_prices(compared):
    found = Shop.open(compared).prices.history("WAR", days=60).dicts()
    own = [float(row["price"]) for row in found if row["own"]]
    theirs = [float(row["price"]) for row in found if not row["own"]]
    assert own == [80, 72, 64]
    assert theirs == [79, 70, 70, 62]


def test_the_trend_says_week_by_week_who_was_cheaper(compared):
    weeks = asked(compared, "trend", "--sku", "LAMP", "--weeks", "4")
    assert [row["week_ends_on"] for row in weeks] == ["2024-06-09", "2024-06-16", "2024-06-23", "2024-06-30"]
    assert [row["mean_rank"] for row in weeks] == [1, 1, 1, 3]
    assert [row["share_lowest"] for row in weeks] == [1, 1, 1, 0]
    assert weeks[-1]["median_gap"] == pytest.approx(50 / 46 - 1)
    assert [row["own_price"] for row in asked(compared, "trend", "--sku", "WAR", "--weeks", "4")] == [72, 72, 64, 64]
    assert run("prices", "trend", "--category", "nope", "--shop", str(compared))[0] == 2


def test_an_accepted_offer_is_used_from_the_next_run_on_and_a_rejected_one_never(compared, tmp_path):
    folder = Path(shutil.copytree(compared, tmp_path / "shop"))
    (doubtful,) = asked(folder, "review")
    assert (doubtful["offer_id"], doubtful["sku"]) == ("b3", "DESK")
    taken = next(row["match_id"] for row in asked(folder, "review", "--state", "taken") if row["offer_id"] == "b1")
    key = doubtful["match_id"]
    code, out, err = run("prices", "review", "--accept", key, "--reject", taken, "--as", "ann", "--shop", str(folder))
    assert code == 0, err
    assert "next run" in out
    assert asked(folder, "review") == []
    assert {row["sku"] for row in asked(folder)} == {"LAMP", "COFFEE", "WAR"}
    assert run("run", str(folder), "--quiet")[0] == 0
    shop = Shop.open(folder)
    states = {row["offer_id"]: (row["state"], row["matched_by"]) for row in shop.prices.matches().dicts()}
    assert states["b3"] == ("taken", "accepted")
    assert states["b1"][0] == "rejected"
    assert "DESK" in {row["sku"] for row in asked(folder)}
    assert "Billig" not in {row["competitor"] for row in shop.prices.rivals(sku="LAMP").dicts()}
    said = shop.prices.decisions()[key]
    assert (said.answer, said.decided_by, said.sku) == ("accept", "ann", "DESK")
    # Nothing is new: the tables are taken over.
    made = shop.run().info["tables"]
    for name in ("offer_matches", "rival_prices", "sku_prices", "rival_positions", "price_wars", "price_positions"):
        assert made[name]["reused"], name
    # The advertised price holds the cut back: 180 at least.
    desk = next(row for row in asked(folder) if row["sku"] == "DESK")
    assert desk["price_to_try"] is None or float(desk["price_to_try"]) >= 180


def test_an_offer_can_be_accepted_as_another_sku(compared, tmp_path):
    folder = Path(shutil.copytree(compared, tmp_path / "shop"))
    prices = Shop.open(folder).prices
    accessory = next(row["match_id"] for row in prices.matches("none").dicts() if row["offer_id"] == "b4")
    with pytest.raises(UsageError, match="--sku"):
        prices.accept(accessory)
    with pytest.raises(NotFound, match="no SKU 'NOPE'"):
        prices.accept(accessory, sku="NOPE")
    with pytest.raises(UsageError, match="packs"):
        prices.accept(accessory, sku="WAR", packs=0)
    assert prices.accept(accessory, sku="WAR", packs=0.5).sku == "WAR"
    assert prices.decisions()[match_id("Billig", "b4", "WAR")].packs == 0.5
    with pytest.raises(NotFound, match="no match"):
        prices.reject("0000000000")


def test_a_broken_file_of_decisions_is_named_with_its_line(compared, tmp_path):
    folder = Path(shutil.copytree(compared, tmp_path / "shop"))
    (folder / "price_matches.csv").write_text("competitor,offer_id,sku,answer\nBillig,b1,LAMP,perhaps\n", "utf-8")
    code, _, err = run("run", str(folder), "--quiet")
    assert code == 2
    assert "price_matches.csv, line 2" in err
    assert "accept or reject" in err


class Checked(HTMLParser):
    """Tags that are opened and closed, attributes, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_customers_view_is_honest_and_can_be_embedded(compared, tmp_path):
    seen = asked(compared, "view", "LAMP")
    assert [offer["seller"] for offer in seen["offers"]] == ["Teuer", "Billig", "Lampen & Co"]
    assert seen["rank"] == 3
    own = seen["offers"][-1]
    assert (own["price"], own["shipping"], own["total"]) == ("50.00", "5.00", "55.00")
    target = tmp_path / "lamp.html"
    assert run("prices", "view", "LAMP", "--html", str(target), "--shop", str(compared))[0] == 0
    page = Checked()
    page.feed(target.read_text("utf-8"))
    assert not page.open
    tags = [tag for tag, _ in page.tags]
    assert tags.count("section") == 1
    assert "script" not in tags
    assert {"caption", "th", "time"} <= set(tags)
    assert all(values.get("scope") for tag, values in page.tags if tag == "th")
    assert not [name for _, values in page.tags for name in values if name.startswith("on")]
    assert "Lampen & Co" in page.text
    assert "&amp; Co" in target.read_text("utf-8")
    assert "light-dark" in target.read_text("utf-8")


def test_only_links_that_a_page_may_show_are_links(compared):
    view = Shop.open(compared).prices.view("COFFEE")
    assert view.n_out_of_stock == 1
    packs = next(offer for offer in view.offers if not offer.own)
    assert (str(packs.price), str(packs.like_for_like), str(packs.unit_price), packs.unit) == (
        "11.00",
        "5.50",
        "11.00",
        "kg",
    )
    assert "javascript" not in view.html("de")
    assert re.search("dort €11.00 je Packung", view.html("de"))
    assert "<style>" not in view.html(style=False)
    with pytest.raises(UsageError, match="no language"):
        view.html("xx")


def test_the_experiment_is_sized_by_the_shops_own_visits(compared):
    plan = asked(compared, "experiment", "--uplift", "0.1")
    assert plan["scope"] == "shop"
    assert plan["conversion"] == pytest.approx(0.1, rel=0.01)
    # 15.7 p (1 − p) / (0.1 p)² = 15.7 × 9 / 0.01 visits an arm.
    assert plan["per_arm"] == pytest.approx(15.7 * 9 / 0.01, rel=0.02)
    code, out, _ = run("prices", "experiment", "--shop", str(compared))
    assert code == 0
    assert "Plan" in out
    assert run("prices", "experiment", "--uplift", "2", "--shop", str(compared))[0] == 2


def test_a_shop_without_rivals_prices_is_told_what_to_map(tmp_path):
    folder = write(tmp_path / "shop")
    text = (folder / "shop.toml").read_text("utf-8")
    for table in ("competitor_prices", "rival_offers"):
        text = re.sub(rf'\[\[sources\]\]\ntable = "{table}"\nfiles = "[^"]*"\n', "", text)
    (folder / "shop.toml").write_text(text, "utf-8")
    assert run("run", str(folder), "--quiet")[0] == 0
    for command in ([], ["review"], ["view", "LAMP"], ["experiment"]):
        code, _, err = run("prices", *command, "--shop", str(folder))
        assert code == 2
        assert "competitor_prices" in err


def test_of_several_decisions_about_an_offer_the_last_counts(tmp_path):
    file = tmp_path / "price_matches.csv"
    for sku, answer in (("A", "accept"), ("B", "accept"), ("A", "accept"), ("B", "reject")):
        remember(file, Decision("One", "o1", sku, answer, packs=2.0, note='said "so", twice'))
    kept = list(read_decisions(file).values())
    assert [(one.sku, one.answer) for one in kept] == [("A", "accept"), ("B", "reject")]
    assert {(one.packs, one.note) for one in kept} == {(2.0, 'said "so", twice')}
