"""The queue of a shop kept with its runs: what the current run found, how large the shop is, what a SKU costs."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlglot import exp

from profithunt.actions.desk import Known, Rules
from profithunt.actions.exposure import Size
from profithunt.actions.store import Store, queue
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_model, literal, read_model
from profithunt.engine.runs import RunStore
from profithunt.errors import NotFound
from profithunt.ledger.build import as_of

if TYPE_CHECKING:
    from profithunt.api.shop import Shop

Json = Any
_QUERIES: Final = Path(queue.__file__).parent.parent / "queries"
_SIZE: Final = "size"
_YEAR: Final = dt.timedelta(days=365)
_MONTH_DAYS: Final = 28


def take_over_current(shop: Shop, store: Store, at: dt.datetime) -> queue.Taken | None:
    """Bring the queue to the current run and wake what was snoozed until now; None where nothing had to be done."""
    current = RunStore(shop.path.parent).current()
    with store.reading() as connection:
        taken = queue.run_taken(connection)
        due = queue.sleeping_until(connection, at)
    if due:
        with store.writing() as connection:
            queue.wake(connection, at)
    if current is None or (taken is not None and taken >= current.run_id):
        return None
    found = shop.hunt().opportunities
    size = shop_size(shop.engine, shop.config)
    silent = _silent(current.info)
    with store.writing() as connection:
        before = queue.run_taken(connection)
        if before is not None and before >= current.run_id:
            return None
        queue.put_fact(connection, _SIZE, size.to_json())
        return queue.take_over(connection, current.run_id, found, silent=silent, settings=shop.config.autonomy, at=at)


def _silent(info: Mapping[str, Json]) -> list[str]:
    """Codes of the detectors that slept or failed in a run."""
    hunted = info.get("hunt", {})
    return [item["code"] for kind in ("sleeping", "failed") for item in hunted.get(kind, [])]


def rules_of(connection: Any, config: ShopConfig, at: dt.datetime) -> Rules:
    """What decisions are held against at a moment."""
    size = queue.fact(connection, _SIZE)
    today = at.astimezone(ZoneInfo(config.shop.timezone)).date()
    return Rules(config.autonomy, at, today, Size() if size is None else Size.from_json(size))


def shop_size(engine: AnyEngine, config: ShopConfig) -> Size:
    """SKUs and customers of a year, advertising a day over the last four weeks."""
    until = as_of(engine, config)
    model = read_model(_QUERIES / "shop_size.sql")
    row = engine.dicts(compile_model(model, values={"since": until - _YEAR}))[0]
    spend = None
    if engine.has("ad_spend"):
        model = read_model(_QUERIES / "daily_spend.sql")
        values = {"since": until - dt.timedelta(days=_MONTH_DAYS), "until": until}
        total = engine.dicts(compile_model(model, values=values))[0]["spend"]
        spend = None if total is None else (Decimal(total) / _MONTH_DAYS).quantize(Decimal("0.0001"))
    return Size(row["skus"], row["customers"], spend)


def known_of(shop: Shop, row: Any) -> Known:
    """What the current run knows of an opportunity: the unit cost of the SKU whose price it sets, its customers."""
    if not shop.runs:
        return Known()
    cost = None
    if "price" in row.params and "sku" in row.entity:
        product = lookup(shop, "products", {"sku": row.entity["sku"]})
        cost = None if product is None else product.get("unit_cost")
    customers: tuple[str, ...] = ()
    if row.origin == "hunt" and "customers" not in row.params and shop.engine.has("opportunity_customers"):
        with contextlib.suppress(NotFound):
            customers = tuple(str(item["customer_id"]) for item in shop.opportunity_customers(row.id).dicts())
    return Known(cost, customers)


def lookup(shop: Shop, table: str, entity: Mapping[str, str]) -> dict[str, Json] | None:
    """One row of a table of the current run, amounts and times as text; None where there is none."""
    if not shop.runs or not shop.engine.has(table):
        return None
    columns = set(shop.engine.columns(table))
    if not set(entity) <= columns:
        return None
    where = [exp.EQ(this=exp.column(name, quoted=True), expression=literal(value)) for name, value in entity.items()]
    query = exp.select("*").from_(exp.to_identifier(table, quoted=True)).where(*where).limit(1)
    rows = shop.engine.relation(query).dicts()
    return {name: _plain(value) for name, value in rows[0].items()} if rows else None


def _plain(value: Json) -> Json:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value
