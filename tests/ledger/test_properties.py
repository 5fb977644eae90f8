"""Identities that hold for every shop: all slices add up to the cent, whatever the data (METRICS, section 1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from profithunt.ledger.dimensions import DIMENSIONS
from profithunt.ledger.reading import profit_by, reconcile
from tests.ledger.shops import ledger_of

START = dt.datetime(2023, 1, 1)
pytestmark = pytest.mark.slow

MODELS = ("last_touch", "first_touch", "last_non_direct", "linear", "time_decay", "position", "markov", "shapley")

few = st.sampled_from
huge = st.decimals("0", "90000000000", places=2)
usual = st.decimals("0", "500", places=2)
money = st.one_of(st.just(Decimal(0)), usual, usual, st.decimals("0", "500", places=4), huge)
small = st.one_of(st.none(), st.just(Decimal(0)), st.decimals("0", "30", places=2))
quantity = st.one_of(st.integers(0, 9).map(Decimal), st.decimals("0", "40", places=3))
moment = st.integers(0, 500 * 24 * 60).map(lambda minutes: START + dt.timedelta(minutes=minutes))
name = few([None, "a", "b", "c"])


BUILT = ("ledger", "order_profit", "customer_profit", "sku_profit", "profit_slices")


@st.composite
def shops(draw: st.DrawFn) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """A shop with everything that can happen to an order, and settings to read it with."""
    tables: dict[str, list[dict[str, Any]]] = {
        "products": [
            {
                "sku": sku,
                "product_id": draw(name),
                "brand": draw(name),
                "category": draw(name),
                "unit_cost": draw(small),
                "list_price": draw(small),
                "tax_rate": draw(few([None, 0.0, 0.07, 0.19])),
                "weight_kg": draw(few([None, 0.0, 0.1, 2.5])),
            }
            for sku in ("A", "B", "C")
        ],
        "orders": [],
        "order_lines": [],
        "shipments": [],
        "returns": [],
        "contacts": [],
        "touches": [],
    }
    for number in range(draw(st.integers(1, 5))):
        _add_order(draw, tables, f"o{number}")
    for number in range(draw(st.integers(0, 6))):
        tables["touches"].append(
            {
                "touch_id": f"t{number}",
                "touched_at": draw(moment),
                "customer_id": draw(name),
                "channel": draw(few([None, "search", "mail", "direct"])),
                "campaign": draw(name),
                "keyword": draw(name),
                "cost": draw(small),
            }
        )
    tables["ad_spend"] = [
        {
            "spent_on": draw(moment).date(),
            "channel": "search",
            "campaign": draw(name),
            "keyword": draw(name),
            "cost": draw(usual),
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    tables["cost_rates"] = [
        {"kind": "exchange", "dimension": "currency", "member": "EUR", "rate": 1.0837},
        *(
            {
                "kind": draw(few(["pick", "pack", "receive", "payment_fixed", "return_handling", "contact", "parcel"])),
                "rate": draw(st.floats(0, 9)),
            }
            for _ in range(draw(st.integers(0, 4)))
        ),
    ]
    choices = {
        "shop": {"currency": "USD", "timezone": draw(few(["UTC", "Asia/Tokyo", "America/Lima"]))},
        "tax": {"prices_include_tax": draw(st.booleans()), "rate": draw(few([0.0, 0.2]))},
        "attribution": {"model": draw(few(MODELS)), "window_days": draw(few([1, 30, 365]))},
    }
    return tables, choices


def _add_order(draw: st.DrawFn, tables: dict[str, list[dict[str, Any]]], id_: str) -> None:
    at = draw(moment)
    parcels = [f"{id_}-p{n}" for n in range(draw(st.integers(0, 2)))]
    tables["orders"].append(
        {
            "order_id": id_,
            "ordered_at": at,
            "customer_id": draw(name),
            "channel": draw(name),
            "store_id": draw(name),
            "country": draw(name),
            "currency": draw(few([None, "USD", "EUR"])),
            "order_discount": draw(small),
            "shipping_charged": draw(small),
            "payment_fee": draw(small),
            "cancelled_at": draw(few([None, None, None, at])),
        }
    )
    for number in range(draw(st.integers(0, 4))):
        n = draw(quantity)
        tables["order_lines"].append(
            {
                "order_id": id_,
                "line_no": number + 1,
                "sku": draw(few(["A", "B", "C", "unknown"])),
                "quantity": n,
                "unit_price": draw(money),
                "discount": draw(small),
                "tax": draw(few([None, None, Decimal("1.23")])),
                "unit_cost": draw(small),
                "cancelled_quantity": draw(few([None, Decimal(0), n, Decimal(1)])),
                "promo_id": draw(name),
                "shipment_id": draw(few([None, *parcels])),
            }
        )
    tables["shipments"] += [
        {
            "shipment_id": parcel,
            "order_id": draw(few([id_, id_, None])),
            "carrier": draw(name),
            "dispatched_at": at,
            "billed_cost": draw(small),
        }
        for parcel in parcels
    ]
    tables["returns"] += [
        {
            "return_id": f"{id_}-r{number}",
            "order_id": draw(few([id_, id_, None])),
            "line_no": draw(few([None, 1, 9])),
            "sku": draw(few([None, "A", "B"])),
            "customer_id": draw(name),
            "quantity": draw(few([None, Decimal(1), Decimal(3)])),
            "returned_at": at + dt.timedelta(days=draw(st.integers(0, 300))),
            "refund": draw(small),
            "resaleable": draw(few([None, True, False])),
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    tables["contacts"] += [
        {
            "contact_id": f"{id_}-c{number}",
            "contacted_at": at,
            "order_id": draw(few([id_, None])),
            "sku": draw(name),
            "cost": draw(small),
        }
        for number in range(draw(st.integers(0, 1)))
    ]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(shops())
def test_every_way_to_cut_the_ledger_adds_up_to_the_same(
    shop: tuple[dict[str, list[dict[str, Any]]], dict[str, Any]],
) -> None:
    tables, choices = shop
    with ledger_of(tables, choices) as engine:
        result = reconcile(engine)
        assert [item for item in result.slices if item.difference != 0] == []
        if not engine.value("SELECT COUNT(*) FROM ledger"):
            assert result.total is None
            return
        assert sum(amount or 0 for amount in result.components.values()) == result.total
        assert {item.dimension for item in result.slices} == set(DIMENSIONS)
        for dimension in ("category", "keyword", "month"):
            for dated in ("order", "event"):
                rows = profit_by(engine, dimension, dated=dated).dicts()
                assert sum((row["cm3"] for row in rows), Decimal(0)) == result.total


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(shops())
def test_a_ledger_built_in_parts_is_the_one_built_whole(
    shop: tuple[dict[str, list[dict[str, Any]]], dict[str, Any]],
) -> None:
    tables, choices = shop

    def rows(part_lines: int) -> dict[str, list[tuple[Any, ...]]]:
        with ledger_of(tables, {**choices, "limits": {"part_lines": part_lines}}) as engine:
            return {name: sorted(engine.rows(f"SELECT * FROM {name}"), key=repr) for name in BUILT}

    assert rows(part_lines=3) == rows(part_lines=1_000_000)


def _rounding(amounts: list[Decimal]) -> Decimal:
    """What rounding each of these amounts to four decimals may move their sum by."""
    return Decimal("0.0002") * max(len(amounts), 1) + sum(map(abs, amounts), Decimal(0)) * Decimal("1e-14")


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(shops())
def test_every_amount_that_came_in_is_in_the_ledger(
    shop: tuple[dict[str, list[dict[str, Any]]], dict[str, Any]],
) -> None:
    """Marketing, carriage, refunds and delivery charges: what the tables hold is what the ledger holds."""
    tables, choices = shop
    choices = {**choices, "tax": {"prices_include_tax": False}}
    for order in tables["orders"]:
        order["currency"] = None
        order["cancelled_at"] = None
    with ledger_of(tables, choices) as engine:
        have = {name: amount or Decimal(0) for name, amount in reconcile(engine).components.items()}
    booked = {row["channel"] for row in tables["ad_spend"]}
    spend = [row["cost"] for row in tables["ad_spend"]] + [
        row["cost"] for row in tables["touches"] if row["cost"] is not None and row["channel"] not in booked
    ]
    billed = [row["billed_cost"] for row in tables["shipments"] if row["billed_cost"] is not None]
    rated = any(rate["kind"] == "parcel" for rate in tables["cost_rates"])
    charged = [row["shipping_charged"] for row in tables["orders"] if row["shipping_charged"] is not None]
    assert have["marketing"] == -sum(spend, Decimal(0))
    assert have["shipping_income"] == sum(charged, Decimal(0))
    if not rated:
        assert have["carriage"] == -sum(billed, Decimal(0))
    if all(row["refund"] is not None for row in tables["returns"]):
        refunds = [row["refund"] for row in tables["returns"]]
        assert abs(have["refunds"] + sum(refunds, Decimal(0))) <= _rounding(refunds)


@pytest.mark.parametrize("model", MODELS)
def test_the_attribution_model_never_changes_the_total(model: str) -> None:
    tables = {
        "orders": [
            {"order_id": str(n), "ordered_at": START + dt.timedelta(days=20 + n), "customer_id": f"c{n % 2}"}
            for n in range(4)
        ],
        "order_lines": [
            {"order_id": str(n), "line_no": 1, "sku": "A", "quantity": Decimal(1), "unit_price": Decimal("9.99")}
            for n in range(4)
        ],
        "touches": [
            {
                "touch_id": f"t{n}",
                "touched_at": START + dt.timedelta(days=n),
                "customer_id": f"c{n % 3}",
                "channel": ["search", "mail", "direct"][n % 3 if n < 12 else n % 2],
                "keyword": f"k{n % 5}",
            }
            for n in range(18)
        ],
        "ad_spend": [
            {"spent_on": START.date(), "channel": "search", "keyword": f"k{n}", "cost": Decimal("33.33")}
            for n in range(7)
        ],
    }
    with ledger_of(tables, {"attribution": {"model": model, "window_days": 60}}) as engine:
        result = reconcile(engine)
        credit = engine.rows("SELECT order_id, SUM(credit) FROM order_credits GROUP BY order_id")
        reached = engine.value("SELECT COUNT(DISTINCT order_id) FROM order_touches")
    assert result.ok
    assert result.components["marketing"] == Decimal("-233.31")
    assert {share for _, share in credit} == {1_000_000}
    assert len(credit) == reached
