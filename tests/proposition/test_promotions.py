"""Promotions by the API and the command line: what came on top, whom to leave out, what detectors say of the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from profithunt import Shop
from profithunt.api.promoting import Promotion, Promotions, promotions
from profithunt.cli.app import execute
from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.errors import NotFound
from profithunt.proposition.promotions import STEPS

LAST = np.datetime64("2024-12-30")


@pytest.fixture(scope="module")
def found(offered: Path) -> Promotions:
    return Shop.open(offered).proposition.promotions()


def of(found: Promotions, promo: str) -> Promotion:
    return next(one for one in found.promotions if one.promo_id == promo)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(["proposition", "promotions", *map(str, arguments)])
    return code, out.getvalue(), " ".join(err.getvalue().split())


def test_what_sold_no_better_is_stopped_and_what_doubled_is_left(found):
    assert of(found, "CLEAR").judged.verdict == "stop"
    assert of(found, "BOOST").judged.verdict == "leave"
    assert of(found, "BOOST").judged.pays > 0.95
    assert found.verdict == "change"
    assert found.change[1] > 0


def test_units_and_money_are_those_of_the_ledger(found, offered):
    for one in found.promotions:
        row = Shop.open(offered).engine.dicts(
            "SELECT SUM(units) AS units, -SUM(promotion * (1 - units_returned / units)) AS given, "
            f"COUNT(DISTINCT order_id) AS n FROM ledger WHERE promo_id = '{one.promo_id}' AND entry = 'line'"
        )[0]
        assert one.units == pytest.approx(float(row["units"]))
        assert one.subsidy == pytest.approx(float(row["given"]), rel=1e-6)
        assert one.n_orders == row["n"]
        assert sum(side.units for side in one.judged.sides) == pytest.approx(one.units)


def test_kinds_of_customers_add_up_to_the_whole(found):
    for one in found.promotions:
        low, middle, high = one.judged.gain
        assert low <= middle <= high
        assert sum(side.gain for side in one.judged.sides) == pytest.approx(middle, rel=0.1, abs=60)
        stop = next(option for option in one.judged.options if not option.left_out)
        assert stop.gain == pytest.approx(-sum(side.gain for side in one.judged.sides))


def test_who_was_held_back_is_seen_and_comes_first(found):
    assert [one.kind for one in of(found, "CLEAR").evidence] == ["holdout", "panel"]
    held = of(found, "CLEAR").evidence[0]
    assert held.n_held == pytest.approx(0.2 * (held.n_held + held.n_acted), rel=0.25)
    assert abs(held.placebo) < 0.2


def test_one_promotion_by_name_and_one_that_is_not_there(offered):
    shop = Shop.open(offered)
    only = shop.proposition.promotions("Clear weeks").promotions
    assert [one.promo_id for one in only] == ["CLEAR"]
    with pytest.raises(NotFound, match="no promotion 'SUMMER'"):
        shop.proposition.promotions("SUMMER")
    assert not any(shop.engine.has(name) for name in STEPS), "working tables are gone, also after a mistake"


def test_json_has_amounts_as_strings_and_sources(offered):
    code, out, err = run(offered, "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["verdict"] == "change"
    clear = next(one for one in data["promotions"] if one["promo_id"] == "CLEAR")
    assert Decimal(clear["gain"]["p50"]) < 0 < Decimal(clear["recommended"]["gain"])
    assert clear["recommended"]["setting"] == "stop"
    assert clear["incremental_units"]["p50"] < clear["subsidised_units"] / 2
    assert clear["test"]["n_per_arm"] > 0
    assert all(one["source"] and one["in_words"] for one in data["beliefs"].values())


def test_the_terminal_says_what_to_do_and_why(offered):
    code, out, _ = run(offered)
    text = " ".join(out.split())
    assert code == 0
    assert text.startswith("Stop 1 of 2 promotions:")
    for part in ("would have been bought anyway", "Clear weeks", "before/after", "Ailawadi and others (2007)"):
        assert part in text
    code, out, _ = run(offered, "--promo", "BOOST")
    text = " ".join(out.split())
    assert text.startswith("Boost weeks: leave it; it earns €")
    for part in ("who buy it oftenest anyway", "held back by chance", "nothing else was bought with it", "came back",
                 "The test that would show it"):  # fmt: skip
        assert part in text


def test_a_shop_without_promotions_says_so_in_a_sentence(delivered):
    code, out, err = run(delivered)
    assert (code, out) == (2, "")
    assert "was sold under a promotion" in err
    assert "map promo_id" in err


# Shops from arrays: what the detector's case has, coupons, and campaigns sent to the best customers.


def judged(lines: list[tuple[object, ...]], **tables: dict[str, list[object]]) -> Promotions:
    """Promotions of ledger lines (days before the last, customer, SKU, units, price, discount, cost, promotion)."""
    back, who, sku, units, price, off, cost, promo = (
        np.array(column, dtype=object) for column in zip(*lines, strict=True)
    )
    n = len(lines)
    number = [np.asarray(column, dtype=np.float64) for column in (units, price, off, cost)]
    missing = np.array([value is None for value in promo.tolist()])
    nobody = np.array([value is None for value in who.tolist()])
    ledger = {
        "entry": np.full(n, "line", dtype=object),
        "order_id": np.array([f"o{at}" for at in range(n)], dtype=object),
        "line_no": np.arange(n),
        "sku": sku,
        "customer_id": np.ma.masked_array(who, mask=nobody),
        "ordered_on": LAST - back.astype(np.int64).astype("timedelta64[D]"),
        "promo_id": np.ma.masked_array(promo, mask=missing),
        "is_new_customer_order": np.zeros(n, dtype=bool),
        "units": number[0],
        "units_returned": np.zeros(n),
        "list_sales": number[0] * number[1],
        "promotion": -number[0] * number[2],
        "funding": np.zeros(n),
        "cm2": number[0] * (number[1] - number[2] - number[3]),
    }
    config = ShopConfig()
    config = config.model_copy(update={"shop": config.shop.model_copy(update={"as_of": LAST.astype(dt.date)})})
    with Engine() as engine:
        engine.attach_arrays("ledger", ledger)
        for name, columns in tables.items():
            engine.attach_arrays(
                name,
                {key: np.array(values, dtype=float if key == "cost" else object) for key, values in columns.items()},
            )
        engine.table("products", "SELECT sku, SUBSTRING(sku, 1, 3) AS category, SUBSTRING(sku, 1, 3) AS subcategory "
                     "FROM ledger GROUP BY sku")  # fmt: skip
        for name in ("promotions", "customer_events", "touches"):
            for column in ("starts_at", "ends_at", "occurred_at", "touched_at"):
                if engine.has(name) and column in engine.columns(name):
                    engine.table(name, f"SELECT * REPLACE (CAST({column} AS TIMESTAMP) AS {column}) FROM {name}")
        return promotions(engine, config)


def test_it_agrees_with_the_detector_on_its_own_case():
    """Coats at 20 % off sold as before, bags at 10 % off twice as well: the worked example of detector 44."""
    lines: list[tuple[object, ...]] = []
    for back in range(181):
        off, boost = 56 <= back <= 69, 96 <= back <= 109
        lines += [(back, None, "COAT", 1, 60, 0, 40, None)] * (2 if off else 4)
        lines += [(back, None, "COAT", 1, 60, 12, 40, "TWENTY")] * (2 if off else 0)
        lines += [(back, None, "BAG", 1, 60, 0, 40, None)] * 4
        lines += [(back, None, "BAG", 1, 60, 6, 40, "TEN")] * (4 if boost else 0)
        lines += [(back, None, "SOAP", 1, 10, 0, 5, None)] * 4
    found = judged(lines)
    assert {one.promo_id: one.judged.verdict for one in found.promotions} == {"TWENTY": "stop", "TEN": "leave"}
    assert of(found, "TWENTY").judged.gain[1] < -150, "336 were given away for nothing"
    assert of(found, "TEN").judged.gain[1] > 0


def test_coupons_redeemed_on_the_same_day_share_what_they_were_used_on():
    day = str(LAST - np.timedelta64(20, "D"))
    lines: list[tuple[object, ...]] = [(back, f"c{back % 30}", "TEA", 1, 5, 0, 3, None) for back in range(200)]
    lines += [(20, f"c{at}", "TEA", 2, 5, 1, 3, None) for at in range(30)]
    events = {
        "customer_id": [f"c{at}" for at in range(30)] + [f"c{at}" for at in range(10)],
        "occurred_at": [day] * 40,
        "kind": ["coupon_redeemed"] * 40,
        "value": ["Spring"] * 30 + ["B"] * 10,
    }
    start, end = (str(LAST - np.timedelta64(at, "D")) for at in (30, 10))
    offers = {"promo_id": ["A", "B"], "name": ["Spring", "Summer"], "kind": ["coupon"] * 2, "mechanic": ["x"] * 2,
              "starts_at": [start] * 2, "ends_at": [end] * 2}  # fmt: skip
    found = judged(lines, customer_events=events, promotions=offers)
    assert {one.promo_id: one.units for one in found.promotions} == {"A": pytest.approx(50)}
    assert found.promotions[0].subsidy == pytest.approx(50)


def test_a_campaign_sent_to_the_best_customers_gets_no_credit_for_their_habits():
    """Sent the likelier, the more somebody buys, and doing nothing: the plain difference is all habit."""
    random = np.random.default_rng(4)
    lines: list[tuple[object, ...]] = []
    rate = random.gamma(2.0, 0.03, 600)
    chosen = random.random(600) < rate / (rate + 0.06)
    for at in range(600):
        for back in np.flatnonzero(random.random(300) < rate[at]).tolist():
            used = bool(chosen[at]) and at % 10 == 0 and 30 <= back <= 50
            lines.append((back, f"c{at}", f"TEA{back % 4}", 1, 5, 1 if used else 0, 3, "MAIL" if used else None))
    sent = [f"c{at}" for at in np.flatnonzero(chosen).tolist()]
    start, end = (str(LAST - np.timedelta64(at, "D")) for at in (50, 30))
    touches = {"touch_id": [f"t{at}" for at in range(len(sent))], "touched_at": [start] * len(sent),
               "customer_id": sent, "kind": ["send"] * len(sent), "campaign": ["MAIL"] * len(sent)}  # fmt: skip
    offers = {"promo_id": ["MAIL"], "name": ["Mailing"], "kind": ["coupon"], "mechanic": ["x"], "starts_at": [start],
              "ends_at": [end]}  # fmt: skip
    with_cost = {**touches, "cost": [0.4] * len(sent)}
    one = judged(lines, touches=with_cost, promotions=offers).promotions[0]
    held = next(item for item in one.evidence if item.kind == "targeted")
    assert held.n_acted == pytest.approx(len(sent), abs=5)
    assert held.naive > 300
    assert abs(held.profit) < held.naive / 2
    assert abs(held.profit) < 2 * held.error
    assert one.sent == len(sent)
    assert one.sending_cost == pytest.approx(0.4 * len(sent))
