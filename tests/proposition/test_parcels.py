"""Promises, delivery options and carriers of one shop by the API and the command line."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.api import carriage as carriage_api
from profithunt.cli.app import execute
from profithunt.config import Delivery, OwnVans
from profithunt.errors import DataError, NotFound, UsageError
from tests.proposition import parcels_shop

VANS = """
[[delivery.vans]]
region = "North"
van_day = 30.0
stops_a_day = 12
parcel = 0.5
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Shop:
    return parcels_shop.run(tmp_path_factory.mktemp("parcels") / "shop", VANS)


@pytest.fixture(scope="module")
def promises(shop):
    return shop.proposition.promises()


@pytest.fixture(scope="module")
def options(shop):
    return shop.proposition.delivery_options()


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(["proposition", *map(str, arguments)])
    return code, out.getvalue(), " ".join(err.getvalue().split())


def test_a_careful_promise_is_moved_and_a_right_one_left(promises):
    found = promises
    moves = {(lane.region, lane.carrier): lane.take for lane in found.study.lanes}
    assert {key: move and move.shift for key, move in moves.items()} == {
        ("North", "Swift"): -4, ("North", "Slow"): -4, ("South", "Swift"): None, ("South", "Slow"): None,
    }  # fmt: skip
    assert found.verdict == "change"
    assert found.study.gain_low > 0
    assert sum(side.gain for side in found.study.sides) == pytest.approx(found.study.gain, rel=0.02)


def test_a_late_parcel_costs_what_half_of_the_customers_call_for(shop, promises):
    cost = promises.cost
    assert cost.repairs.own == pytest.approx(3.0, abs=0.6)
    assert cost.repairs.weight > 0.5
    late = shop.engine.value("SELECT COUNT(*) FROM defect_orders WHERE late = 1")
    assert cost.n_late == late


def test_promises_as_data_and_in_the_terminal(shop):
    code, out, err = run("promise", shop.path.parent, "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["verdict"] == "change"
    assert Decimal(data["gain"]) > 0
    assert {lane["verdict"] for lane in data["lanes"]} == {"change", "leave"}
    assert all(part["source"] for part in data["worth_of_a_day"].values() if isinstance(part, dict))
    assert data["test"]["unit"] == "visit"
    code, out, _ = run("promise", shop.path.parent)
    text = " ".join(out.split())
    assert code == 0
    assert text.startswith("Promise 2 lanes earlier: €")
    for part in ("depot to North, Swift", "leave it", "9.00 → 5.00", "Who wins and who loses", "If all lanes moved",
                 "a late parcel costs twice as much", "visits under each of both promises", "2 more profit"):  # fmt: skip
        assert part.replace("2 more profit", "0.73 %") in text


def test_a_late_share_beyond_one_is_refused(shop):
    with pytest.raises(UsageError, match="a share"):
        shop.proposition.promises(1.5)


def test_figures_of_each_option_are_those_of_the_ledger(shop, options):
    found = options
    rows = {
        row["delivery_option"]: row
        for row in shop.engine.dicts(
            "SELECT o.delivery_option, COUNT(*) AS n, -SUM(p.carriage) AS carriage, SUM(p.shipping_income) AS charged "
            "FROM order_profit p JOIN orders o ON o.order_id = p.order_id GROUP BY o.delivery_option"
        )
    }
    assert {one.name for one in found.figures} == set(rows) == {"standard", "express", "pick-up"}
    for one in found.figures:
        row = rows[one.name]
        assert one.n_orders == row["n"]
        assert one.carriage == pytest.approx(float(row["carriage"]) / row["n"])
        assert one.charge == pytest.approx(float(row["charged"]) / row["n"])
        assert one.subsidy == pytest.approx(one.cost_to_serve - one.charge)
        assert one.repeats is not None
        assert one.repeats.more_orders_low <= one.repeats.more_orders <= one.repeats.more_orders_high
    assert sum(one.n_orders for one in found.figures) == sum(row["n"] for row in rows.values())


def test_charges_that_options_had_are_seen_and_what_they_weigh(options):
    study = options.study
    assert study is not None
    assert {option.name: option.seen for option in study.options} == {
        "standard": pytest.approx((3.9,)), "pick-up": (0.0,), "express": pytest.approx((5.9, 8.7, 6.9), abs=0.1),
    }  # fmt: skip
    assert study.learnt["switching"] > 0.3
    assert study.per_visit


def test_options_as_data_and_in_the_terminal(shop):
    code, out, err = run("options", shop.path.parent, "--charge", "express=7.9", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["verdict"] in ("leave", "change")
    assert [one["charges"]["express"] for one in data["study"]["candidates"]] == ["7.9000"]
    assert all(Decimal(one["subsidy_per_order"]) is not None for one in data["options"])
    assert all(one["source"] for one in data["study"]["behaviour"].values())
    code, out, _ = run("options", shop.path.parent)
    text = " ".join(out.split())
    assert code == 0
    assert text.startswith(("Charge ", "Leave the delivery charges as they are"))
    for part in (
        "set against visits",
        "Subsidy",
        "DPMO",
        "Charges seen: standard €3.90",
        "twice as many leave",
        "today",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("charge", "says"),
    [
        ("express", "is not understood"),
        ("drone=4", "there is no delivery option 'drone'"),
        ("express=-1", "can't be negative"),
    ],
)
def test_mistakes_about_charges_are_one_sentence(shop, charge, says):
    code, out, err = run("options", shop.path.parent, "--charge", charge)
    assert (code, out) == (2, "")
    assert says in err.lower()


def test_parcels_go_by_the_carrier_that_is_cheap_there_and_by_own_vans(shop):
    found = shop.proposition.carriers()
    study = found.study
    assert found.verdict == "change"
    assert {(move.region, move.target) for move in study.moves} == {("North", "own vans"), ("South", "Slow")}
    for limit in study.limits:
        used = sum(row.best for row in study.lanes if (row.carrier, row.region) == (limit.carrier, limit.region))
        assert used <= limit.parcels + 1e-6
    worth = {(one.carrier, one.region): each for one, each in zip(study.limits, study.best.worth, strict=True)}
    assert worth["Slow", "South"] > 0
    assert worth["Swift", "South"] == 0
    sent = shop.engine.value(
        "SELECT COUNT(*) FROM shipments WHERE CAST(dispatched_at AS DATE) > DATE '2024-12-29' - 91"
    )
    assert study.parcels == pytest.approx(sent / 91, rel=0.02)
    assert study.gain == pytest.approx(sum(move.gain for move in study.moves))


def test_own_delivery_says_from_when_it_pays(shop):
    (own,) = shop.proposition.carriers([1.0, 2.0]).own
    assert [case.vans for case in own.scenarios] == [1, 2]
    assert own.break_even is not None
    assert own.break_even.parcels < own.parcels
    assert own.scenarios[0].saved > 0


def test_parcels_beyond_all_capacity_are_one_clear_sentence(shop, monkeypatch):
    read = carriage_api.carriage.read

    def little(*arguments):
        found = read(*arguments)
        return replace(found, room={**found.room, "capacity": found.room["capacity"] * 0.25})

    monkeypatch.setattr(carriage_api.carriage, "read", little)
    with pytest.raises(DataError, match=r"4\.\d of the parcels a day into South don't fit") as caught:
        shop.proposition.carriers()
    assert "15 parcels a day in all" in str(caught.value)
    assert "carrier_capacity" in str(caught.value)


def test_mistakes_about_carriers_are_one_sentence(shop):
    elsewhere = Delivery(vans=[OwnVans(region="West", van_day=30, stops_a_day=12)])
    config = shop.config.model_copy(update={"delivery": elsewhere})
    with pytest.raises(NotFound, match="no parcel goes to region 'West'"):
        carriage_api.carriage_of(shop.engine, config)
    code, out, err = run("carriers", shop.path.parent, "--growth", "-1")
    assert (code, out) == (2, "")
    assert "numbers above zero" in err


def test_carriers_as_data_and_in_the_terminal(shop):
    code, out, err = run("carriers", shop.path.parent, "--weeks", "4", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert Decimal(data["gain_a_year"]) > 0
    assert len(data["peaks"]) == 4
    assert data["years_of_season"] == 0
    assert data["vans"][0]["break_even"]["vans"] == 1
    code, out, _ = run("carriers", shop.path.parent)
    text = " ".join(out.split())
    assert code == 0
    for part in (
        "Move ",
        "Slow to South",
        "Own vans into North",
        "Own delivery pays from",
        "no season known",
        "Assumed",
    ):
        assert part in text
