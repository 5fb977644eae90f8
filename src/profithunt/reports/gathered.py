"""From a finished run to what the report says: one pass over roll-ups, nothing that grows with the order lines."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from sqlglot import exp

from profithunt.config import CostRate
from profithunt.detectors import catalogue
from profithunt.engine import AnyEngine, compile_sql, literal, split_header
from profithunt.ledger.dimensions import UNALLOCATED
from profithunt.ledger.reading import Reconciliation, Whale as LedgerWhale
from profithunt.opportunities.opportunity import Opportunity, read_rows
from profithunt.reports import content
from profithunt.reports.customers import people_of
from profithunt.reports.source import Source

N_TAIL: Final = 10
N_OPPORTUNITIES: Final = 10
N_WORST: Final = 6
SPREAD_BY: Final = ("category", "channel", "store", "country", "brand")
"""Dimensions whose members are worth comparing: the first with more than one member is shown."""
ENOUGH_ORDERS: Final = 30
"""Orders below which a spread says little; members with fewer are shown only where none has more."""
KINDS: Final = {"order": "Order", "customer": "Customer", "sku": "SKU"}

COST_SOURCES: Final = {
    "line": "the order line",
    "product": "the product",
    "latest": "the SKU's latest known cost",
    "category_ratio": "the category's median cost ratio",
    "shop_ratio": "the shop's median cost ratio",
    "assumed": "a declared cost ratio",
    "none": "nowhere: not known",
}
"""Where the cost of goods of a line may come from, best first."""

RATES: Final = {
    "pick": ("Pick", "per line"),
    "pack": ("Pack", "per parcel"),
    "receive": ("Goods in", "per unit"),
    "storage": ("Storage", "per unit and day"),
    "return_handling": ("Return handling", "per returned unit"),
    "return_carriage": ("Return carriage", "per return"),
    "contact": ("Service contact", "per contact"),
    "contact_minute": ("Service contact", "per minute"),
    "payment_share": ("Payment", "of what was paid"),
    "payment_fixed": ("Payment", "per order"),
    "marketplace_share": ("Marketplace", "of what was paid"),
    "parcel": ("Carriage", "per parcel"),
    "loyalty_redemption": ("Loyalty", "per credit"),
    "idle_capacity": ("Idle capacity", "per month"),
    "exchange": ("Exchange", "per unit of currency"),
}
"""Cost rates in words: what for, per what."""


def report_of(shop: Source) -> content.Report:
    """Everything the report says, from the shop's current run. Raises NotFound when there is none."""
    info = shop.current.info
    counted = _rows(shop.engine, "orders_by_month")
    reconciliation = shop.reconcile()
    found = read_rows(shop.table("opportunities").dicts())
    health = info["health"]
    return content.Report(
        shop=shop.config.shop.name,
        currency=shop.config.shop.currency,
        as_of=info["as_of"],
        first_on=str(min((row["first_on"] for row in counted), default="")),
        last_on=str(max((row["last_on"] for row in counted), default="")),
        n_orders=sum(row["n_orders"] for row in counted),
        steps=tuple(content.Step(step.name, step.label, step.amount, step.subtotal) for step in shop.waterfall()),
        months=_months(shop, counted, info["as_of"]),
        customers=customers(shop.engine),
        skus=skus(shop.engine),
        whale=_whale(shop.whale()),
        spreads=_spreads(shop, reconciliation),
        opportunities=_opportunities(shop, found[:N_OPPORTUNITIES]),
        n_opportunities=len(found),
        sleeping=tuple(
            content.Sleeping(item["name"].replace("_", " ").capitalize(), f"needs {item['wakes']}")
            for item in info["hunt"]["sleeping"]
        ),
        failed=tuple(
            content.Failed(item["name"].replace("_", " ").capitalize(), item["reason"])
            for item in info["hunt"]["failed"]
        ),
        slices=tuple(
            content.Slice(item.dimension, item.members, item.total, item.difference) for item in reconciliation.slices
        ),
        reconciles=reconciliation.ok,
        tables=tuple(_table(name, table) for name, table in health["tables"].items()),
        reasons=tuple(
            content.Reason(name, reason, rows)
            for name, table in health["tables"].items()
            for reason, rows in table["reasons"].items()
        ),
        capabilities=tuple(
            content.Sleeping(item["title"], f"needs {item['wakes']}")
            for item in health["capabilities"]
            if not item["awake"]
        ),
        bases=_bases(shop.cost_sources()),
        rates=tuple(_rate(rate) for rate in shop.config.cost_rates if rate.assumed),
        cases=_cases(shop),
        lineage=_lineage(info),
        people=people_of(shop),
    )


def customers(engine: AnyEngine, n: int = N_TAIL) -> content.Tails | None:
    """The customers that make and those that lose most money; None where no order names one."""
    return _tails(_rows(engine, "customers", n), ("customer", "customers", "Orders"), n)


def skus(engine: AnyEngine, n: int = N_TAIL) -> content.Tails | None:
    """The SKUs that make and those that lose most money; None where nothing was sold."""
    return _tails(_rows(engine, "skus", n), ("SKU", "SKUs", "Units"), n)


def _rows(engine: AnyEngine, name: str, n_shown: int = N_TAIL, **parts: exp.Expression) -> list[dict[str, Any]]:
    text = (files(__package__) / "queries" / f"{name}.sql").read_text("utf-8")
    return engine.dicts(compile_sql(split_header(text, name)[1], parts=parts, values={"n_shown": n_shown}, where=name))


def _names(engine: AnyEngine, skus: Sequence[str]) -> dict[str, str]:
    if not skus:
        return {}
    chosen = exp.In(this=exp.column("sku"), expressions=[literal(sku) for sku in dict.fromkeys(skus)])
    return {row["sku"]: row["name"] for row in _rows(engine, "names", chosen=chosen)}


def _tails(rows: Sequence[Mapping[str, Any]], words: tuple[str, str, str], n: int) -> content.Tails | None:
    if not rows:
        return None
    one, many, counts = words
    members = [
        content.Member(
            str(row["id"]),
            " · ".join(part for part in (row["name"], row["category"]) if part),
            row["n_things"],
            row["net_sales"],
            row["cm3"],
        )
        for row in rows
    ]
    half = min(n, (len(members) + 1) // 2)
    head = rows[0]
    return content.Tails(
        one=one,
        many=many,
        counts=counts,
        n=head["n"],
        n_losing=head["n_losing"],
        lost=head["lost"],
        best=tuple(members[:half]),
        worst=tuple(reversed(members[half:][-n:])),
    )


def _months(shop: Source, counted: Sequence[Mapping[str, Any]], as_of: str) -> tuple[content.Month, ...]:
    orders = {row["month"]: row["n_orders"] for row in counted}
    last = dt.date.fromisoformat(as_of)
    return tuple(
        content.Month(
            row["member"],
            orders.get(row["member"], 0),
            row["net_sales"],
            row["cm3"],
            complete=_ended(row["member"], last),
        )
        for row in shop.profit(by="month").dicts()
        if row["member"][:4].isdigit()
    )


def _ended(month: str, last: dt.date) -> bool:
    year, number = int(month[:4]), int(month[5:7])
    return last >= dt.date(year, number, calendar.monthrange(year, number)[1])


def _whale(whale: LedgerWhale | None) -> content.Whale | None:
    if whale is None:
        return None
    points = [(0.0, 0.0), *((share, float(amount)) for share, amount in whale.points)]
    return content.Whale(
        n_customers=whale.n_customers,
        total=whale.total,
        before_peak=whale.customers_before_peak,
        peak=whale.peak,
        points=tuple(points),
        top_share=whale.top_shares.get("10"),
        gini=whale.gini,
    )


def _spreads(shop: Source, reconciliation: Reconciliation) -> tuple[content.Spread, ...]:
    found = {row["kind"]: row for row in _rows(shop.engine, "spreads")}
    if not found:
        return ()
    rows = tuple(_spread_row(label, found[kind], found[kind]["n"]) for kind, label in KINDS.items() if kind in found)
    whole = content.Spread("Per order, customer and SKU, each on a scale of its own", "Per", rows, one_scale=False)
    members = {item.dimension: item.members for item in reconciliation.slices}
    dimension = next((name for name in SPREAD_BY if members.get(name, 0) > 1), None)
    return (whole,) if dimension is None else (whole, _spread_by(shop, dimension))


def _spread_by(shop: Source, dimension: str) -> content.Spread:
    rows = [row for row in shop.spread(dimension).dicts() if row["member"] != UNALLOCATED]
    worst = ([row for row in rows if row["n_orders"] >= ENOUGH_ORDERS] or rows)[:N_WORST]
    examples: dict[str, list[str]] = {}
    for row in shop.worst_orders(dimension, [row["member"] for row in worst], n=2).dicts():
        examples.setdefault(row["member"], []).append(str(row["order_id"]))
    title = f"Per order, by {dimension}: the {len(worst)} that bring least"
    shown = [_spread_row(row["member"], row, row["n_orders"], tuple(examples.get(row["member"], ()))) for row in worst]
    return content.Spread(title, dimension.capitalize(), tuple(shown))


def _spread_row(label: str, row: Mapping[str, Any], n: int, orders: tuple[str, ...] = ()) -> content.SpreadRow:
    return content.SpreadRow(label, n, row["mean"], row["p10"], row["p50"], row["p90"], row["losing_share"], orders)


def _opportunities(shop: Source, found: Sequence[Opportunity]) -> tuple[content.Opportunity, ...]:
    own = sorted({path for pattern in shop.config.detectors.files for path in shop.config.folder.glob(pattern)})
    why = {detector.name: detector.docs.why for detector in catalogue(own)}
    names = _names(shop.engine, [item.entity["sku"] for item in found if "sku" in item.entity])
    return tuple(
        content.Opportunity(
            id=item.id,
            code=item.code,
            title=item.title,
            why=why.get(item.name, ""),
            entity=item.entity,
            value=item.value,
            p10=item.p10,
            p90=item.p90,
            confidence=item.confidence,
            window_days=item.window_days,
            rank=item.rank,
            action=item.action,
            reversible=item.reversible,
            owner=item.owner,
            name=names.get(item.entity.get("sku", ""), ""),
            assumed_share=float(item.evidence.get("assumed_share") or 0.0),
            evidence=item.evidence,
        )
        for item in found
    )


def _table(name: str, table: Mapping[str, Any]) -> content.TableHealth:
    money = table["money_quarantined"]
    return content.TableHealth(
        name=name,
        files=table["files"],
        rows_read=table["rows_read"],
        rows_kept=table["rows_kept"],
        rows_quarantined=table["rows_quarantined"],
        duplicates=table["duplicates_removed"],
        money_quarantined=None if money is None else Decimal(money),
        first_on=(table["first_at"] or "")[:10],
        last_on=(table["last_at"] or "")[:10],
    )


def _bases(sources: Sequence[Mapping[str, Any]]) -> tuple[content.Basis, ...]:
    known = [row for row in sources if row["net_sales"] is not None]
    whole = sum((row["net_sales"] for row in known), Decimal(0))
    order = list(COST_SOURCES)
    ranked = sorted(
        known, key=lambda row: order.index(row["cost_source"]) if row["cost_source"] in order else len(order)
    )
    return tuple(
        content.Basis(
            source=str(row["cost_source"]),
            label=COST_SOURCES.get(row["cost_source"], str(row["cost_source"])),
            net_sales=row["net_sales"],
            share=float(row["net_sales"] / whole) if whole > 0 else None,
            assumed=row["cost_source"] == "assumed",
        )
        for row in ranked
    )


def _rate(rate: CostRate) -> content.Rate:
    label, unit = RATES[rate.kind]
    scope = f" ({rate.dimension} {rate.member})" if rate.dimension and rate.member else ""
    return content.Rate(f"{label}{scope}", rate.rate, unit)


def _cases(shop: Source) -> tuple[content.Case, ...]:
    if not any(row["cost_source"] == "assumed" and row["cogs"] for row in shop.cost_sources()):
        return ()
    return tuple(
        content.Case(f"Assumed costs {abs(case.share):.0%} {'higher' if case.share > 0 else 'lower'}", case.cm3)
        for case in shop.sensitivity()
    )


def _lineage(info: Mapping[str, Any]) -> content.Lineage:
    return content.Lineage(
        run_id=info["run_id"],
        finished_at=str(info["finished_at"]).replace("T", " ").replace("+00:00", " UTC"),
        version=info["version"],
        engine=str(info["engine"]),
        settings_hash=info["settings_hash"],
        inputs=tuple(
            content.Input(item["path"], item["sha256"], item["bytes"], item["rows"]) for item in info["inputs"]
        ),
    )
