"""What is planted: its money is the difference of two ledgers, it touches nothing else, no run reads it."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from itertools import pairwise

import pytest

from profithunt import Shop
from profithunt.detectors import catalogue as detectors
from profithunt.simulate.planting import catalogue, wishes
from profithunt.simulate.truth import Gain
from truth.score import Find, Planted, oracle, planted, score


def test_all_detectors_of_the_catalogue_have_something_to_find():
    named = {item["number"]: item["name"] for item in catalogue()["problem"]}
    # Number 7, the next high-value action, is planted as the effects of actions.
    assert sorted([*named, 7]) == list(range(1, 53))
    for detector in detectors():
        if detector.number in named:
            assert named[detector.number] == detector.name


def test_members_of_a_pool_fall_to_one_wish_each():
    for level in ("easy", "hard"):
        taken: set[tuple[str, int]] = set()
        for wish in wishes(level):
            places = {(wish.pool, wish.first_place + number) for number in range(wish.many)}
            if wish.why.find("gateway") < 0:
                assert not places & taken, wish.id
            taken |= places


@pytest.mark.parametrize(
    "id_", ["problem-23-return", "problem-29-unprofitable", "problem-31-clv", "arisen-44-promotion"]
)
def test_money_is_the_difference_of_the_ledgers(easy, make, tmp_path, id_):
    kinds = ("problems", "decoys", "arisen", "undecided")
    item = next(item for kind in kinds for item in easy.truth[kind]
                if item["id"].startswith(id_) and item.get("orders_touched"))  # fmt: skip
    without = make(without=item["id"])
    difference = without.profit(tmp_path / "without") - easy.profit(tmp_path / "with")
    money = Decimal(item["money"] or "0") * (-1 if item["gain"] else 1)
    assert item["money"] is not None
    assert abs(difference - money) <= Decimal("0.02")


def test_without_problems_the_world_is_the_same_but_for_what_they_touch(easy, sound):
    """Lines of SKUs and customers that nothing was planted on are alike to the cent, wherever both orders were placed."""
    query = """SELECT l.order_id, l.line_no, l.sku, l.quantity FROM order_lines AS l"""
    with easy.engine() as engine:
        mine = set(engine.rows(query))
        skus = set(engine.rows("SELECT sku, name, list_price FROM products"))
    with sound.engine() as engine:
        theirs = set(engine.rows(query))
        assert set(engine.rows("SELECT sku, name, list_price FROM products")) == skus
    assert len(mine & theirs) > 0.8 * len(mine)


def test_nothing_gives_planted_members_away(easy):
    planted_skus = {item["entity"]["sku"] for item in easy.truth["problems"] if "sku" in item["entity"]}
    with easy.engine() as engine:
        ranks = dict(engine.rows("SELECT sku, PERCENT_RANK() OVER (ORDER BY sku) FROM products"))
        columns = {
            name
            for table in ("products", "orders", "order_lines", "customers")
            for name in engine.columns(f"raw_{table}")
        }
    places = sorted(ranks[sku] for sku in planted_skus)
    assert places[0] < 0.15
    assert places[-1] > 0.85
    assert max(b - a for a, b in pairwise(places)) < 0.3
    assert not columns & {"world", "problem", "lever", "lost", "sku_no", "order_no", "customer_no"}


def test_what_lasted_a_year_costs_as_much_as_a_usual_month_does_in_the_days_ahead(easy):
    """The 28 days after the last one are those of the calendar, not of the season that has just ended."""
    for item in easy.truth["problems"]:
        lasted = (dt.date.fromisoformat(item["ends_on"]) - dt.date.fromisoformat(item["starts_on"])).days + 1
        grows = item["gain"] or item["lever"] == "once_only"
        if item["money"] is not None and lasted >= 330 and "sku" not in item["entity"] and not grows:
            usual = float(item["money"]) * 28 / lasted
            assert float(item["money_28_days"]) == pytest.approx(usual, rel=0.15, abs=0.01)


def test_what_arises_by_itself_is_known_beside_what_was_planted(easy, sound):
    arisen = easy.truth["arisen"]
    assert {5, 18} <= {item["number"] for item in arisen}
    assert all(float(item["money_28_days"]) >= 0 and item["why"] for item in arisen)
    known = {(item["number"], str(item["entity"])) for item in easy.truth["problems"]}
    assert not known & {(item["number"], str(item["entity"])) for item in arisen}
    assert sound.truth["arisen"] == sound.truth["undecided"] == []


def test_goods_left_over_are_those_that_the_rest_of_the_season_will_not_sell(easy):
    with easy.engine() as engine:
        last = dict(
            engine.rows(
                "SELECT sku, SUM(on_hand) FROM stock WHERE counted_on = (SELECT MAX(counted_on) FROM stock) GROUP BY sku"
            )
        )
        costs = dict(
            engine.rows("SELECT sku, unit_cost FROM products WHERE season_ends_on IS NOT NULL AND unit_cost > 0")
        )
    left = [item for item in easy.truth["arisen"] if item["number"] == 18]
    for item in left:
        sku = item["entity"]["sku"]
        assert float(item["money_28_days"]) <= float(last[sku]) * float(costs[sku]) * 0.7 + 0.01


def test_what_chance_alone_made_pay_is_no_decoy():
    few = Gain(Decimal(-8), Decimal(-8), squares=64.0, orders=3)
    many = Gain(Decimal(-80), Decimal(-20), squares=640.0, orders=40)
    assert (few.is_sure, many.is_sure) == (False, True)
    assert few.plus(many) == Gain(Decimal(-88), Decimal(-28), squares=704.0, orders=43)


def test_actions_work_as_declared_and_loyal_customers_do_them_more(easy):
    effects = {item["action"]: item for item in easy.truth["actions"]}
    assert len(effects) >= 8
    assert effects["wishlist_created"]["ate"] == effects["newsletter_joined"]["ate"] == 0
    assert effects["subscription_started"]["ate"] > effects["loyalty_joined"]["ate"] > 0
    assert effects["credit_account_opened"]["ate"] < 0
    for item in effects.values():
        assert abs(item["att"]) >= abs(item["ate"])
    gap = [
        item["profit_acted"] - item["profit_not"]
        for item in effects.values()
        if item["ate"] == 0 and item["n_acted"] > 10
    ]
    assert sum(gap) / len(gap) > 0, "who acts is worth more even where acting does nothing"


def test_a_run_reconciles_sets_nothing_aside_and_never_reads_the_truth(make, tmp_path):
    world = make("run", customers=500, months=6, problems="hard")
    copy = tmp_path / "shop"
    shutil.copytree(world.folder, copy)
    shutil.rmtree(copy / "truth")
    shop = Shop.open(copy)
    info = shop.run().info
    assert all(item.difference == 0 for item in shop.reconcile().slices)
    assert len(shop.table("quarantine")) == 0
    assert not any("truth" in str(item) for item in info["inputs"])


def test_the_scorer_gives_an_oracle_full_marks_and_chance_few(easy):
    problems, decoys = planted(easy.truth), planted(easy.truth, "decoys")
    best = score(oracle(problems), problems, decoys)
    assert (best.recall, best.money_recall, best.precision, best.ndcg, best.top) == (
        1,
        1,
        1,
        pytest.approx(1),
        pytest.approx(1),
    )
    assert (best.money_error, best.cover, best.n_decoys) == (0, 1, 0)
    reversed_order = score(list(reversed(oracle(problems))), problems, decoys)
    assert reversed_order.ndcg < 0.8
    wrong = [Find(item.number, {"sku": "none"}, item.money, 0, 1) for item in problems]
    assert score(wrong, problems, decoys).recall == 0
    fooled = score([Find(item.number, item.entity, 1, 0, 2) for item in decoys], problems, decoys)
    assert fooled.n_decoys == len(decoys)
    assert fooled.recall == 0


def test_what_arose_by_itself_is_right_to_find_and_what_is_undecided_neither_right_nor_wrong():
    thing = [Planted(name, 18, "excess_stock", {"sku": name}, 10.0) for name in "abcd"]
    finds = [Find(18, {"sku": name}, 10.0, 5.0, 20.0) for name in "abcx"]
    got = score(finds, thing[:1], (), arisen=thing[1:2], undecided=thing[2:3])
    assert (got.planted, got.precision) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert got.recall == 1


def test_finds_of_one_problem_are_added_up():
    zone = Planted("zone", 39, "loss_making_order_shape", {"zone": "C"}, 100.0)
    finds = [Find(39, {"zone": "C", "items": name}, 45.0, 30.0, 60.0) for name in ("1", "2-3")]
    got = score(finds, [zone])
    assert (got.n_found, got.money_error, got.cover) == (1, pytest.approx(0.1), 1)
