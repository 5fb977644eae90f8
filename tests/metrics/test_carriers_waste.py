"""Carriers and waste: what a switch does, and that no unit of currency is lost twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from profithunt.api.carriers import OwnDelivery, carriers
from profithunt.config import ShopConfig
from profithunt.engine import Engine, build_order, compile_model, values_query
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of
from profithunt.metrics.carriers import Scorecard
from profithunt.metrics.defects import DEFECTS
from profithunt.metrics.defects_build import READS, models, values_of
from profithunt.metrics.waste import waste_ledger
from tests.customers.shops import shops
from tests.ledger.shops import ledger_of, line, order

START = dt.datetime(2024, 1, 1, 9)


def _build(engine: Engine, config: ShopConfig) -> None:
    chosen = values_of(config, as_of(engine, config))
    for model in build_order(models(), READS):
        engine.table(model.name, compile_model(model, parts=chosen.parts, lists=chosen.lists, values=chosen.values))


@given(drawn=shops(8))
@hypothesis_settings(max_examples=2, deadline=None)
def test_waste_never_exceeds_the_ledger(drawn: tuple[dict, dict]) -> None:
    tables, settings = drawn
    config = ShopConfig.model_validate(settings)
    with ledger_of(tables, settings) as engine:
        _build(engine, config)
        found = waste_ledger(engine, config)
    assert found.total == sum((one.lost for one in found.causes), Decimal(0))
    assert found.total == sum(found.claimed.values(), Decimal(0))
    for name, claimed in found.claimed.items():
        whole = found.ledger[name]
        assert whole is None or claimed <= abs(whole)
    for one in found.causes:
        assert one.lost == sum(one.months.values(), Decimal(0)) == sum(one.components.values(), Decimal(0))


def test_a_price_above_list_makes_no_discount_smaller() -> None:
    """One unit of A is sold at a loss below its list price, one of B above it: their sum is less than the discount."""
    lines = [line("o1", 1, "A", 1, "0.20"), line("o2", 1, "B", 1, "3.00")]
    tables = {
        "products": [
            {"sku": "A", "brand": None, "category": None, "unit_cost": Decimal("0.57"), "list_price": Decimal("0.77")},
            {"sku": "B", "brand": None, "category": None, "unit_cost": Decimal("0.10"), "list_price": Decimal("2.99")},
        ],
        "orders": [order("o1", START), order("o2", START)],
        "order_lines": lines,
    }
    settings = {"shop": {"timezone": "UTC"}}
    config = ShopConfig.model_validate(settings)
    with ledger_of(tables, settings) as engine:
        _build(engine, config)
        found = waste_ledger(engine, config)
    assert found.ledger["markdown"] == Decimal("-0.57")
    assert Decimal(0) < found.claimed["markdown"] <= Decimal("0.57")


COSTS = (
    *("service", "concessions", "return_costs", "expected_return_costs", "carriage", "fulfilment", "marketing"),
    *("cancellations", "storage", "promotion", "markdown", "idle_capacity"),
)
"""What is never positive in a ledger."""
cost = st.one_of(st.just(Decimal(0)), st.decimals("-500", "0", places=4))
entry = st.fixed_dictionaries(
    {
        "ordered_month": st.sampled_from([dt.date(2024, 1, 1), dt.date(2024, 2, 1)]),
        "order_id": st.sampled_from([None, "a", "b", "c"]),
        "line_no": st.sampled_from([None, 1, 2]),
        "sku": st.sampled_from([None, "A", "B"]),
        "ordered_on": st.just(dt.date(2024, 2, 20)),
        "units": st.integers(0, 5),
        "units_returned": st.integers(0, 6),
        "net_sales": st.decimals("0", "900", places=4),
        "cm1": st.decimals("-300", "900", places=4),
        "cm2": st.decimals("-900", "900", places=4),
        **dict.fromkeys(COSTS, cost),
    }
)


@given(
    entries=st.lists(entry, min_size=1, max_size=12),
    troubled=st.sets(st.sampled_from("abc")),
    short=st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2]))),
    on_hand=st.integers(0, 900),
)
@hypothesis_settings(max_examples=30, deadline=None)
def test_of_any_ledger_each_amount_is_claimed_once_at_most(
    waste_engine: tuple[Engine, str], entries: list[dict], troubled: set[str], short: set[tuple[str, int]], on_hand: int
) -> None:
    """Every cause at once on the same lines: no component is claimed beyond what the ledger holds of it."""
    engine, statement = waste_engine
    types = {
        "ordered_month": "date", "order_id": "text", "line_no": "int", "sku": "text", "ordered_on": "date",
        "units": "int", "units_returned": "int", **dict.fromkeys(("net_sales", "cm1", "cm2", *COSTS), "money"),
    }  # fmt: skip
    engine.table("ledger", values_query(types, [tuple(one[name] for name in types) for one in entries]))
    kinds = [name for name in DEFECTS if name != "avoidable_contact"]
    engine.table(
        "defect_orders",
        values_query({"order_id": "text", **dict.fromkeys(kinds, "int")},
                     [(name, *[int(name in troubled)] * len(kinds)) for name in "abc"]),
    )  # fmt: skip
    engine.table(
        "order_lines",
        values_query({"order_id": "text", "line_no": "int", "cancelled_quantity": "int", "cancel_reason": "text"},
                     [(*key, int(key in short), "Out of stock") for key in product("abc", (1, 2))]),
    )  # fmt: skip
    counted = {"sku": "text", "on_hand": "int", "counted_on": "date"}
    engine.table("stock", values_query(counted, [("A", on_hand, dt.date(2024, 2, 1)), ("A", 7, dt.date(2024, 1, 1))]))
    engine.table("waste", statement)
    found = engine.dicts("SELECT cause, component, SUM(lost) AS lost FROM waste GROUP BY cause, component")
    claimed: dict[str, Decimal] = {}
    for row in found:
        assert row["lost"] >= 0
        claimed[row["component"]] = claimed.get(row["component"], Decimal(0)) + row["lost"]
    for name, amount in claimed.items():
        assert amount <= -sum((one[name] for one in entries), Decimal(0)), name
    losses = sum((max(-one["cm2"], Decimal(0)) for one in entries), Decimal(0))
    assert sum((row["lost"] for row in found if row["cause"] == "needless_discounts"), Decimal(0)) <= losses


@pytest.fixture(scope="module")
def waste_engine() -> Iterator[tuple[Engine, str]]:
    """An engine, and the statement of the waste ledger compiled once."""
    chosen = values_of(ShopConfig(), dt.date(2024, 3, 1))
    with Engine() as engine:
        yield (
            engine,
            compile_model(models()["waste"], parts=chosen.parts, lists=chosen.lists, values=chosen.values),
        )


@pytest.fixture(scope="module")
def card() -> tuple[Scorecard, Engine]:
    """Two carriers into one region: the cheap one fails a fifth, the dear one hardly any."""
    tables: dict[str, list[dict]] = {
        "products": [{"sku": "A", "unit_cost": Decimal(4), "list_price": Decimal(10)}],
        "orders": [], "order_lines": [], "shipments": [], "contacts": [], "defects": [],
    }  # fmt: skip
    for n in range(800):
        at = START + dt.timedelta(hours=6 * n)
        carrier = "cheap" if n % 2 else "dear"
        late = carrier == "cheap" and n % 10 == 1
        tables["orders"].append(order(f"o{n}", at, region="coast"))
        tables["order_lines"].append(line(f"o{n}", 1, "A", 1, "10"))
        tables["shipments"].append(
            {
                "shipment_id": f"p{n}", "order_id": f"o{n}", "carrier": carrier, "dispatched_at": at,
                "promised_at": at + dt.timedelta(days=3), "delivered_at": at + dt.timedelta(days=6 if late else 2),
                "shipping_cost": Decimal(4) if carrier == "cheap" else Decimal(5),
            }
        )  # fmt: skip
        if late:
            tables["contacts"].append(
                {"contact_id": f"k{n}", "order_id": f"o{n}", "contacted_at": at, "cost": Decimal(20), "reason": "late"}
            )
    with ledger_of(tables, {}) as engine:
        _build(engine, ShopConfig())
        return carriers(engine), engine


def test_a_dear_carrier_that_fails_less_can_be_the_cheaper_one(card: tuple[Scorecard, Engine]) -> None:
    from profithunt.metrics.carriers import insource, switch

    found, _ = card
    assert found.cost_of_failure == pytest.approx(20)
    moved = switch(found, "cheap", "dear").scenario
    assert moved is not None
    year = moved.moved
    assert moved.carriage == pytest.approx(year * 1)
    assert moved.profit == pytest.approx(year * (0.2 * 20 - 1), rel=0.1)
    assert moved.profit_low is not None
    assert moved.profit_high is not None
    assert moved.profit_low < moved.profit < moved.profit_high
    assert moved.dpmo_before == pytest.approx(200_000, rel=0.1)
    assert moved.dpmo_after is not None
    assert moved.dpmo_after < 20_000
    own = insource(found, "coast", 1000.0, 2.0, 0.0).scenario
    assert own is not None
    assert own.profit == pytest.approx(own.moved * (4.5 + 0.1 * 20 - 2) - 1000, rel=0.1)
    assert own.break_even_parcels == pytest.approx(1000 / (4.5 + 0.1 * 20 - 2), rel=0.1)
    assert any("capacity" in text for text in moved.assumed)


def test_what_is_not_there_is_said(card: tuple[Scorecard, Engine]) -> None:
    from profithunt.metrics.carriers import insource, switch

    found, engine = card
    with pytest.raises(NotFound, match="no carrier 'slow'"):
        switch(found, "cheap", "slow")
    with pytest.raises(NotFound, match="region"):
        insource(found, "moon", 1, 1)
    with pytest.raises(UsageError):
        switch(found, "cheap", "cheap")
    del engine
    assert OwnDelivery("coast", 1.0, 1.0).failed_per_million is None
