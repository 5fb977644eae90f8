"""Shops with customers who come and go, built up to the customer tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from profithunt.config import ShopConfig
from profithunt.customers.build import build_models
from profithunt.engine import Engine
from tests.ledger.shops import Tables, ledger_of, line, order

START = dt.datetime(2022, 1, 1)

name = st.sampled_from([None, "a", "b"])
money = st.decimals("0", "60", places=2)


@contextmanager
def customers_of(tables: Tables, settings: Mapping[str, Any] | None = None) -> Iterator[Engine]:
    """An engine over the customer tables of a shop made of these rows."""
    with ledger_of(tables, settings) as engine, TemporaryDirectory() as folder:
        config = ShopConfig.model_validate(dict(settings or {}))
        build_models(engine, config, Path(folder), fingerprints={name: name for name in _names(engine)})
        yield engine


def _names(engine: Engine) -> list[str]:
    return [row[0] for row in engine.rows("SELECT table_name FROM information_schema.tables")]


@st.composite
def shops(draw: st.DrawFn, n_orders: int = 40) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """Up to `n_orders` orders of a few customers over three years, with what they cost, and any activity window."""
    moments = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=n_orders))
    tables: dict[str, list[dict[str, Any]]] = {
        "products": [
            {
                "sku": sku,
                "brand": draw(name),
                "category": draw(name),
                "unit_cost": draw(money),
                "list_price": draw(money),
            }
            for sku in ("A", "B")
        ],
        "orders": [],
        "order_lines": [],
        "returns": [],
        "contacts": [],
        "ad_spend": [],
        "loyalty": [],
    }
    for number, day in enumerate(moments):
        at = START + dt.timedelta(days=day, hours=draw(st.integers(0, 23)))
        id_ = f"o{number}"
        tables["orders"].append(
            order(
                id_,
                at,
                customer_id=draw(st.sampled_from([None, "c1", "c2", "c3", "c4", "c5"])),
                channel=draw(name),
                store_id=draw(name),
                country=draw(name),
                promo_id=draw(name),
                shipping_charged=draw(st.sampled_from([None, Decimal("4.99")])),
                order_discount=draw(st.sampled_from([None, Decimal(3)])),
                cancelled_at=at if draw(st.integers(0, 9)) == 0 else None,
            )
        )
        for number_of_line in range(draw(st.integers(0, 2))):
            sku = draw(st.sampled_from(["A", "B", "unknown"]))
            price = str(draw(money))
            tables["order_lines"].append(line(id_, number_of_line + 1, sku, draw(st.integers(1, 3)), price))
            if draw(st.integers(0, 3)) == 0:
                tables["returns"].append(
                    {
                        "return_id": f"r{id_}-{number_of_line}",
                        "order_id": draw(st.sampled_from([id_, id_, None])),
                        "line_no": number_of_line + 1,
                        "customer_id": draw(st.sampled_from([None, "c1", "c9"])),
                        "sku": sku,
                        "quantity": Decimal(1),
                        "returned_at": at + dt.timedelta(days=draw(st.integers(0, 60))),
                        "refund": draw(money),
                        "resaleable": draw(st.booleans()),
                    }
                )
        if draw(st.integers(0, 4)) == 0:
            tables["contacts"].append(
                {
                    "contact_id": f"k{id_}",
                    "contacted_at": at + dt.timedelta(days=draw(st.integers(-40, 40))),
                    "customer_id": draw(st.sampled_from([None, "c1", "c8"])),
                    "cost": draw(money),
                }
            )
    for number in range(draw(st.integers(0, 3))):
        spent_on = (START + dt.timedelta(days=draw(st.integers(0, 1000)))).date()
        tables["ad_spend"].append(
            {"spent_on": spent_on, "channel": "search", "keyword": f"k{number}", "cost": draw(money)}
        )
    window = draw(
        st.one_of(
            st.fixed_dictionaries({"active_months": st.integers(1, 14)}),
            st.fixed_dictionaries({"active_days": st.integers(1, 400)}),
        )
    )
    settings = {
        "shop": {"timezone": draw(st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]))},
        "customers": {**window, "cohort_members": draw(st.integers(1, 3)), "peers": draw(st.integers(1, 3))},
    }
    return tables, settings
