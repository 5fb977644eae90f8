"""Each component of the ledger, against figures worked out by hand (METRICS, section 1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from profithunt.ledger.reading import profit_by, reconcile, totals
from tests.ledger.shops import NOON, ledger_of, line, lines_of, loose_of, order

D = Decimal


def test_a_line_from_list_price_to_contribution_profit() -> None:
    tables = {
        "products": [{"sku": "A", "list_price": D(20), "unit_cost": D(7)}],
        "orders": [order("1", shipping_charged=D(5), order_discount=D(4), payment_fee=D("0.90"))],
        "order_lines": [line("1", 1, "A", 2, "18", discount="1")],
        "shipments": [{"shipment_id": "P", "order_id": "1", "shipping_cost": D("3.50")}],
        "contacts": [{"contact_id": "C", "order_id": "1", "contacted_at": NOON, "cost": D(2), "concession": D("1.5")}],
        "cost_rates": [{"kind": "pick", "rate": 0.3}, {"kind": "pack", "rate": 0.5}],
    }
    with ledger_of(tables) as engine:
        row = lines_of(engine)[("1", 1)]
    expected = {
        "list_sales": "40",
        "markdown": "-4",
        "promotion": "-5",
        "shipping_income": "5",
        "net_sales": "36",
        "cogs": "-14",
        "cm1": "22",
        "fulfilment": "-0.8",
        "carriage": "-3.5",
        "fees": "-0.9",
        "service": "-2",
        "concessions": "-1.5",
        "cm2": "13.3",
        "cm3": "13.3",
    }
    assert {name: row[name] for name in expected} == {name: D(amount) for name, amount in expected.items()}


def test_order_amounts_are_split_by_value_and_nothing_is_lost() -> None:
    tables = {
        "orders": [order("1", order_discount=D("1.00"), shipping_charged=D("0.01"))],
        "order_lines": [line("1", n, "A", 1, "1") for n in (1, 2, 3)],
    }
    with ledger_of(tables) as engine:
        rows = lines_of(engine)
    discounts = [rows[("1", n)]["promotion"] for n in (1, 2, 3)]
    assert discounts == [D("-0.3333"), D("-0.3334"), D("-0.3333")]
    assert sum(rows[("1", n)]["shipping_income"] for n in (1, 2, 3)) == D("0.01")


def test_parcels_are_split_by_weight_or_by_units_and_belong_to_the_lines_that_name_them() -> None:
    tables = {
        "products": [{"sku": "H", "weight_kg": 3.0}, {"sku": "L", "weight_kg": 1.0}, {"sku": "U"}],
        "orders": [order("1"), order("2"), order("3")],
        "order_lines": [
            line("1", 1, "H", 1, "5"),
            line("1", 2, "L", 1, "50"),
            line("2", 1, "H", 1, "5"),
            line("2", 2, "U", 3, "5"),
            line("3", 1, "L", 1, "5", shipment_id="P3"),
            line("3", 2, "L", 1, "5", shipment_id="P4"),
        ],
        "shipments": [
            {"shipment_id": "P1", "order_id": "1", "carrier": "slow", "shipping_cost": D(8)},
            {"shipment_id": "P2", "order_id": "2", "carrier": "slow", "billed_cost": D(8), "shipping_cost": D(1)},
            {"shipment_id": "P3", "order_id": "3", "carrier": "slow", "shipping_cost": D(8)},
            {"shipment_id": "P4", "order_id": "3", "carrier": "fast", "shipping_cost": D(9)},
        ],
    }
    with ledger_of(tables) as engine:
        rows = lines_of(engine)
    assert [rows[key]["carriage"] for key in sorted(rows)] == [D(-6), D(-2), D(-2), D(-6), D(-8), D(-9)]
    assert rows[("3", 2)]["carrier"] == "fast"
    assert rows[("1", 1)]["carrier"] == "slow"


def test_returns_bring_stock_back_unless_it_is_spoilt() -> None:
    later = NOON + dt.timedelta(days=10)
    tables = {
        "orders": [order("1", customer_id="C"), order("2", NOON + dt.timedelta(days=400))],
        "order_lines": [line("1", 1, "A", 3, "10", unit_cost="4"), line("2", 1, "A", 1, "10", unit_cost="4")],
        "returns": [
            {"return_id": "r1", "order_id": "1", "sku": "A", "quantity": D(1), "returned_at": later, "refund": D(10)},
            {
                "return_id": "r2",
                "order_id": "1",
                "line_no": 1,
                "quantity": D(1),
                "returned_at": later,
                "refund": D(9),
                "resaleable": False,
                "handling_cost": D(2),
            },
        ],
        "cost_rates": [{"kind": "return_handling", "rate": 0.75}],
    }
    with ledger_of(tables) as engine:
        row = lines_of(engine)[("1", 1)]
    assert (row["refunds"], row["cogs"], row["return_costs"]) == (D(-19), D(-8), D("-2.75"))
    assert row["units_returned"] == 2


def test_a_credit_note_without_an_order_finds_the_purchase_of_its_customer() -> None:
    tables = {
        "orders": [order("1", customer_id="C"), order("2", NOON + dt.timedelta(days=5), customer_id="C")],
        "order_lines": [line("1", 1, "A", 1, "10", unit_cost="4"), line("2", 1, "A", 1, "12", unit_cost="4")],
        "returns": [
            {
                "return_id": "r1",
                "customer_id": "C",
                "sku": "A",
                "quantity": D(1),
                "refund": D(10),
                "returned_at": NOON + dt.timedelta(days=2),
            },
            {"return_id": "r2", "customer_id": "X", "sku": "A", "quantity": D(1), "refund": D(7), "returned_at": NOON},
        ],
    }
    with ledger_of(tables) as engine:
        rows, loose = lines_of(engine), loose_of(engine)
    assert rows[("1", 1)]["refunds"] == D(-10)
    assert rows[("2", 1)]["refunds"] == 0
    assert [(row["entry"], row["customer_id"], row["sku"], row["refunds"]) for row in loose] == [
        ("return", "X", "A", D(-7))
    ]


def test_cancelled_units_give_back_what_was_paid_for_them() -> None:
    tables = {
        "orders": [order("1"), order("2", cancelled_at=NOON, shipping_charged=D(5))],
        "order_lines": [
            line("1", 1, "A", 4, "10", discount="8", unit_cost="3", cancelled_quantity="1"),
            line("2", 1, "A", 1, "10", unit_cost="3"),
        ],
    }
    with ledger_of(tables) as engine:
        rows = lines_of(engine)
    assert (rows[("1", 1)]["cancellations"], rows[("1", 1)]["net_sales"], rows[("1", 1)]["cogs"]) == (
        D(-8),
        D(24),
        D(-9),
    )
    assert (rows[("2", 1)]["net_sales"], rows[("2", 1)]["cm3"]) == (0, 0)


def test_tax_is_taken_out_by_product_then_country_then_shop() -> None:
    tables = {
        "products": [{"sku": "book", "tax_rate": 0.07}],
        "orders": [order("1", country="DE"), order("2", country="FR")],
        "order_lines": [
            line("1", 1, "book", 1, "10.70"),
            line("1", 2, "toy", 1, "11.90"),
            line("2", 1, "toy", 1, "12.00"),
            line("2", 2, "toy", 1, "12.00", tax="1.50"),
        ],
    }
    tax = {"tax": {"prices_include_tax": True, "rate": 0.2, "by_country": {"DE": 0.19}}}
    with ledger_of(tables, tax) as engine:
        rows = lines_of(engine)
    assert [rows[key]["net_sales"] for key in sorted(rows)] == [D(10), D(10), D(10), D("10.5")]


def test_foreign_orders_are_converted_on_their_day_and_refunds_on_theirs() -> None:
    tables = {
        "orders": [order("1", currency="EUR")],
        "order_lines": [line("1", 1, "A", 1, "100", unit_cost="40")],
        "returns": [
            {
                "return_id": "r",
                "order_id": "1",
                "line_no": 1,
                "quantity": D(1),
                "refund": D(50),
                "returned_at": NOON + dt.timedelta(days=3),
            }
        ],
        "cost_rates": [
            {"kind": "exchange", "dimension": "currency", "member": "EUR", "rate": 1.1, "ends_on": NOON.date()},
            {
                "kind": "exchange",
                "dimension": "currency",
                "member": "EUR",
                "rate": 1.2,
                "starts_on": NOON.date() + dt.timedelta(days=1),
            },
        ],
    }
    with ledger_of(tables, {"shop": {"currency": "USD"}}) as engine:
        row = lines_of(engine)[("1", 1)]
    assert (row["list_sales"], row["refunds"], row["currency_difference"]) == (D(110), D(-55), D(-5))
    assert row["cogs"] == 0


@pytest.mark.parametrize(
    ("tables", "source", "cogs"),
    [
        ({"order_lines": [line("1", 1, "A", 2, "10", unit_cost="3")]}, "line", "-6"),
        ({"order_lines": [line("1", 1, "A", 2, "10", cost_amount="7.77")]}, "line", "-7.77"),
        ({"products": [{"sku": "A", "unit_cost": D(4)}]}, "product", "-8"),
        (
            {"stock": [{"counted_on": NOON.date(), "sku": "A", "place_id": "W", "on_hand": D(1), "unit_cost": D(5)}]},
            "latest",
            "-10",
        ),
        (
            {
                "products": [
                    {"sku": "A", "category": "c"},
                    {"sku": "B", "category": "c", "unit_cost": D(3), "list_price": D(10)},
                ]
            },
            "category_ratio",
            "-6",
        ),
        (
            {
                "products": [
                    {"sku": "A", "category": "c"},
                    {"sku": "B", "category": "d", "unit_cost": D(7), "list_price": D(10)},
                ]
            },
            "shop_ratio",
            "-14",
        ),
        ({}, "assumed", "-13"),
    ],
)
def test_a_missing_cost_is_never_zero(tables: dict[str, list[dict[str, object]]], source: str, cogs: str) -> None:
    given = {"orders": [order("1")], "order_lines": [line("1", 1, "A", 2, "10")], **tables}
    with ledger_of(given) as engine:
        row = lines_of(engine)[("1", 1)]
    assert (row["cost_source"], row["cogs"]) == (source, D(cogs))


def test_without_assumptions_an_unknown_cost_stays_missing() -> None:
    given = {"orders": [order("1")], "order_lines": [line("1", 1, "A", 2, "10")]}
    given["order_lines"].append(line("1", 2, "B", 1, "0", unit_cost="4"))
    with ledger_of(given, {"assumptions": {"use": False}}) as engine:
        row = lines_of(engine)[("1", 1)]
        whole, by_sku = totals(engine), profit_by(engine, "sku").dicts()
        assert reconcile(engine).ok
    assert row["cost_source"] == "none"
    assert (row["net_sales"], row["cogs"], row["cm1"], row["cm3"]) == (D(20), None, None, None)
    assert (whole["net_sales"], whole["cogs"], whole["cm3"]) == (D(20), None, None)
    assert {item["member"]: item["cm3"] for item in by_sku} == {"A": None, "B": D(-4)}


def test_rates_hold_from_day_to_day_and_for_their_member() -> None:
    tables = {
        "orders": [
            order("1", channel="web"),
            order("2", channel="store"),
            order("3", NOON + dt.timedelta(days=30), channel="web"),
        ],
        "order_lines": [line(str(n), 1, "A", 1, "100") for n in (1, 2, 3)],
        "cost_rates": [
            {"kind": "payment_share", "rate": 0.02},
            {"kind": "payment_share", "rate": 0.03, "dimension": "channel", "member": "web", "ends_on": NOON.date()},
            {"kind": "payment_fixed", "rate": 0.25, "starts_on": NOON.date() + dt.timedelta(days=1)},
        ],
    }
    with ledger_of(tables) as engine:
        rows = lines_of(engine)
    assert [rows[(str(n), 1)]["fees"] for n in (1, 2, 3)] == [D(-3), D(-2), D("-2.25")]


def test_an_assumed_rate_goes_with_the_other_assumptions() -> None:
    tables = {"orders": [order("1")], "order_lines": [line("1", 1, "A", 1, "10", unit_cost="4")]}
    rates = {"cost_rates": [{"kind": "pick", "rate": "0.5"}, {"kind": "pack", "rate": "2", "assumed": True}]}
    with ledger_of(tables, rates) as engine:
        assert lines_of(engine)[("1", 1)]["fulfilment"] == D("-2.5")
    with ledger_of(tables, {**rates, "assumptions": {"use": False}}) as engine:
        assert lines_of(engine)[("1", 1)]["fulfilment"] == D("-0.5")


def test_what_belongs_to_no_line_is_kept_apart() -> None:
    tables = {
        "orders": [order("1", shipping_charged=D(4))],
        "contacts": [{"contact_id": "c", "contacted_at": NOON, "customer_id": "K", "minutes": 10.0}],
        "shipments": [{"shipment_id": "p", "carrier": "slow", "shipping_cost": D(6), "dispatched_at": NOON}],
        "ad_spend": [{"spent_on": NOON.date(), "channel": "search", "campaign": "x", "keyword": "y", "cost": D(9)}],
        "stock": [{"counted_on": NOON.date(), "sku": "A", "place_id": "W", "on_hand": D(100)}],
        "cost_rates": [
            {"kind": "contact_minute", "rate": 0.5},
            {"kind": "storage", "rate": 0.01},
            {"kind": "idle_capacity", "rate": 30.0},
        ],
    }
    with ledger_of(tables) as engine:
        loose = {row["entry"]: row for row in loose_of(engine)}
    found = {entry: row["cm3"] for entry, row in loose.items()}
    assert found == {
        "order": D(4),
        "contact": D(-5),
        "shipment": D(-6),
        "marketing": D(-9),
        "storage": D(-1),
        "idle_capacity": D(-30),
    }
    assert (loose["contact"]["customer_id"], loose["marketing"]["keyword"], loose["shipment"]["carrier"]) == (
        "K",
        "y",
        "slow",
    )


def test_returns_still_to_come_are_accrued_and_marked() -> None:
    start = dt.datetime(2024, 1, 1, 12)
    orders, lines, returns = [], [], []
    for day in range(200):
        at = start + dt.timedelta(days=day)
        for n in range(10):
            id_ = f"{day:03}-{n}"
            orders.append(order(id_, at))
            lines.append(line(id_, 1, "A", 1, "10", unit_cost="4"))
            # Three of ten come back, one each after 5, 10 and 20 days.
            back = at + dt.timedelta(days={0: 5, 1: 10, 2: 20}.get(n, 10_000))
            if back <= start + dt.timedelta(days=199):
                returns.append(
                    {
                        "return_id": f"r{id_}",
                        "order_id": id_,
                        "line_no": 1,
                        "quantity": D(1),
                        "refund": D(10),
                        "returned_at": back,
                    }
                )
    tables = {"products": [{"sku": "A", "category": "c"}], "orders": orders, "order_lines": lines, "returns": returns}
    with ledger_of(tables, {"returns": {"window_days": 30}}) as engine:
        total = engine.dicts(
            "SELECT SUM(refunds) refunds, SUM(expected_returns) expected, SUM(expected_recovery) stock FROM ledger"
        )[0]
        marked = engine.rows("SELECT MIN(ordered_on), MAX(ordered_on) FROM ledger WHERE provisional")[0]
    # In the end 600 of 2,000 units come back.
    assert total["refunds"] + total["expected"] == pytest.approx(D(-6000), rel=D("0.01"))
    assert total["expected"] < 0
    assert total["stock"] == pytest.approx(-total["expected"] * D("0.4"), rel=D("0.01"))
    assert marked == (dt.date(2024, 6, 29), dt.date(2024, 7, 18))
