"""High-value actions end to end: from files to effects, verdicts and next best actions."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from profithunt import Shop
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from truth.effects import Orders

CUSTOMERS = 4_000

ACTIONS = """
[[actions]]
name = "tries magic"
counts = "category"
member = "magic"
cost = 0.5
uptake = 0.2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A shop whose category *magic* adds 40 to every order of the year after it was first bought."""
    target = tmp_path_factory.mktemp("shop")
    orders = Orders(CUSTOMERS, seed=5)
    first = {}
    for at, (customer, magic) in enumerate(zip(orders.customer.tolist(), orders.magic.tolist(), strict=True)):
        if magic and customer not in first:
            first[customer] = orders.day[at]
        elif customer in first and orders.day[at] > first[customer]:
            orders.profit[at] += 40
    orders.write(target)
    settings = (target / "shop.toml").read_text("utf-8")
    (target / "shop.toml").write_text(settings + "controls = 4\nmin_treated = 30\n" + ACTIONS, "utf-8")
    Shop.open(target).run()
    return target


def row_of(found, action):
    return next(item for item in found.effects if item["action"] == action)


def test_a_planted_effect_is_found_and_its_rule_is_stated(folder):
    found = Shop.open(folder).actions_value(365, "ATO")
    row = row_of(found, "tries magic")
    assert row["effect_low"] > 0
    assert row["n_treated"] > 50
    assert "Index: each customer's first order from" in row["index_rule"]
    assert "that order holds the category magic, for the first time" in row["index_rule"]
    assert isinstance(row["effect"], Decimal)
    assert row["verdict"] in {"credible", "not_credible"}
    assert (row["reason"] is None) == (row["verdict"] == "credible")


def test_every_action_has_the_three_estimands_and_both_arms(folder):
    shop = Shop.open(folder)
    rows = shop.table("action_effects").dicts()
    assert {item["estimand"] for item in rows} == {"ATE", "ATT", "ATO"}
    index = shop.engine.value(
        "SELECT COUNT(DISTINCT customer_id) FROM order_profit WHERE ordered_on BETWEEN "
        f"DATE '{rows[0]['index_starts_on']}' AND DATE '{rows[0]['index_ends_on']}'"
    )
    for item in rows:
        assert item["n_treated"] + item["n_control"] <= index
        assert item["index_ends_on"] <= shop.engine.value("SELECT MAX(ordered_on) - 365 FROM order_profit")


def test_next_best_actions_are_net_of_cost_and_open(folder):
    shop = Shop.open(folder)
    rows = shop.table("customer_actions").dicts()
    bought = {row[0] for row in shop.engine.rows("SELECT customer_id FROM ledger WHERE sku = 'M'")}
    for row in rows:
        assert row["customer_id"] not in bought
        assert float(row["net"]) == pytest.approx(0.2 * float(row["expected_effect"]) - 0.5, abs=0.01)
        assert row["net"] > 0


def test_nothing_changed_is_taken_over(folder):
    run = Shop.open(folder).run()
    assert run.info["tables"]["action_effects"]["reused"]
    assert run.info["tables"]["customer_actions"]["reused"]
    assert run.info["actions_value"]["actions"] >= 1


def test_the_command_prints_the_same_as_data(folder, capsys):
    assert execute(["actions-value", str(folder), "--estimand", "ato", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["estimand"] == "ATO"
    assert said["horizon_days"] == 365
    row = row_of(Shop.open(folder).actions_value(None, "ATO"), "tries magic")
    assert next(item for item in said["effects"] if item["action"] == "tries magic")["effect"] == str(row["effect"])
    assert execute(["actions-value", str(folder)]) == 0
    assert "What customers' actions are worth" in capsys.readouterr().out


def test_what_is_not_there_is_said(folder):
    shop = Shop.open(folder)
    with pytest.raises(NotFound, match="90 days"):
        shop.actions_value(90)
    with pytest.raises(UsageError, match="ATX"):
        shop.actions_value(estimand="ATX")


def test_a_short_history_sleeps_and_says_what_would_wake_it(tmp_path):
    orders = Orders(300, seed=6)
    early = orders.day < 100
    orders.customer, orders.day = orders.customer[early], orders.day[early]
    orders.profit, orders.magic = orders.profit[early], orders.magic[early]
    orders.write(tmp_path)
    shop = Shop.open(tmp_path)
    run = shop.run()
    [asleep] = run.info["actions_value"]["asleep"]
    assert asleep["horizon_days"] == 365
    assert "more days of orders" in asleep["wakes"]
    with pytest.raises(NotFound, match="no effects of actions"):
        shop.actions_value()
