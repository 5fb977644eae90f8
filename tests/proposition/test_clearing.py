"""Markdown ladders and offers of overstock of a shop by the API and the command line, and mistakes in a line."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.api.markdowns import Markdowns
from profithunt.api.overstock import Overstock
from profithunt.cli.app import execute
from profithunt.errors import UsageError
from tests.proposition import stocked


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = stocked.write(tmp_path_factory.mktemp("stocked") / "shop")
    Shop.open(made).run()
    return made


@pytest.fixture(scope="module")
def ladders(folder: Path) -> Markdowns:
    return Shop.open(folder).proposition.markdowns()


@pytest.fixture(scope="module")
def offered(folder: Path) -> Overstock:
    pytest.importorskip("implicit", reason="needs the extra affinity")
    return Shop.open(folder).proposition.overstock()


def run(command: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(["proposition", command, *map(str, arguments)])
    return code, out.getvalue(), " ".join(err.getvalue().split())


def test_what_is_too_much_is_marked_down_and_what_sells_out_is_left(ladders):
    assert ladders.verdict == "change"
    assert {one.category for one in ladders.recommended} == {"coats"}
    assert len(ladders.recommended) >= 10
    assert all(not one.steps for one in ladders.ladders if not one.recommended)
    assert ladders.total.gain > ladders.best_cut[1].gain
    assert ladders.as_of == dt.date(2025, 2, 23)


def test_prices_fall_from_next_week_on_and_stand_on_the_tag(ladders):
    for one in ladders.recommended:
        assert one.weeks_left == 8
        assert one.steps[0].starts_on >= ladders.as_of + dt.timedelta(days=8)
        prices = [one.price, *(step.price for step in one.steps)]
        assert prices == sorted(prices, reverse=True)
        assert one.price == pytest.approx(60 + int(one.sku[1:]) % 6, abs=0.01)
        assert one.units > one.units_today
        assert one.gain_low <= one.gain <= one.gain_high


def test_elasticities_come_from_the_shop_s_own_price_changes(ladders):
    for _, mean, learnt in ladders.answers:
        # At the full price; where the answer bends, a fifth off shows less of it.
        assert mean == pytest.approx(1.15 * stocked.ELASTICITY, abs=0.6)
        assert learnt > 0.3


def test_segments_add_up_to_the_gain(ladders):
    assert sum(side.gain for side in ladders.sides) == pytest.approx(ladders.total.gain, rel=1e-6)
    assert {side.segment for side in ladders.sides} >= {"customers who mostly buy at full price"}
    assert ladders.if_salvage_is[0] > ladders.total.gain > ladders.if_salvage_is[1]


def test_markdowns_as_json_and_in_the_terminal(folder):
    code, out, err = run("markdowns", folder, "--category", "Coats", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["n_skus"] == 12
    assert Decimal(data["total"]["gain"]) > 0
    assert data["ladders"][0]["steps"][0]["starts_on"] > data["as_of"]
    assert data["beliefs"]["elasticity"]["source"]
    code, out, _ = run("markdowns", folder)
    text = " ".join(out.split())
    assert code == 0
    for part in ("Mark ", "One for all instead", "Leave the price of", "learnt from own price changes", "drawn by lot"):
        assert part in text


def test_offers_keep_all_limits(offered):
    rows = offered.list.dicts()
    assert len(rows) == offered.n_offers > 0
    each = Counter(row["customer_id"] for row in rows)
    assert max(each.values()) <= 4
    assert not [who for who in each if int(who[1:]) % 20 == 1]
    for who in each:
        days = sorted(row["send_on"] for row in rows if row["customer_id"] == who)
        assert days[0] >= offered.as_of + dt.timedelta(days=7 if int(who[1:]) % 10 == 0 else 1)
        assert all((later - sooner).days >= 7 for sooner, later in pairwise(days))
        assert (days[-1] - offered.as_of).days <= 28
    assert len({(row["customer_id"], row["sku"]) for row in rows}) == len(rows)
    for one in offered.moved:
        assert one.units <= one.excess + 1e-6
        assert one.n_offers == sum(row["sku"] == one.sku for row in rows)


def test_offers_go_to_those_whom_the_sku_suits(offered):
    rows = offered.list.dicts()
    alike = sum((int(row["customer_id"][1:]) - int(row["sku"][1:])) % 2 == 0 for row in rows)
    assert alike > 0.8 * len(rows)
    assert offered.offers.low <= offered.offers.gain <= offered.offers.high
    assert sum(one.gain for one in offered.moved) == pytest.approx(sum(row["expected_profit"] for row in rows))
    assert sum(one.gain for one in offered.given) == pytest.approx(sum(one.gain for one in offered.sides))


def test_a_margin_floor_takes_incentives_away(folder):
    pytest.importorskip("implicit", reason="needs the extra affinity")
    found = Shop.open(folder).proposition.overstock(margin_floor=0.5, most_offers=1)
    assert {one.name for one in found.given if one.n_offers} <= {"none"}
    assert max(Counter(row["customer_id"] for row in found.list.dicts()).values(), default=1) == 1


def test_the_list_is_written_and_the_rest_is_json(folder, tmp_path):
    pytest.importorskip("implicit", reason="needs the extra affinity")
    target = tmp_path / "offers.csv"
    code, out, _ = run("overstock", folder, "--customers", target, "--json")
    assert code == 0
    data = json.loads(out)
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == data["n_offers"]
    assert {"customer_id", "sku", "incentive", "incentive_share", "send_on", "expected_profit"} <= set(rows[0])
    assert data["contacts"]["most_offers"] == 4
    code, out, _ = run("overstock", folder)
    assert code == 0
    assert "one price cut for all" in out


def test_mistakes_say_what_to_do(folder, tmp_path):
    with pytest.raises(UsageError, match="salvage"):
        Shop.open(folder).proposition.markdowns(salvage=2.0)
    with pytest.raises(UsageError, match="negative"):
        Shop.open(folder).proposition.overstock(most_offers=0)
    code, _, err = run("markdowns", folder, "--category", "hats")
    assert code != 0
    assert "hats" in err
    bare = stocked.write(tmp_path / "bare", tables=("products", "orders", "order_lines"), pace=0.1)
    Shop.open(bare).run()
    for command in ("markdowns", "overstock"):
        code, _, err = run(command, bare)
        assert code != 0
        assert "o stock was counted" in err
        assert "map stock" in err
