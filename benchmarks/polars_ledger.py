"""The core of the ledger with Polars: lazy frames, collected by the streaming engine.

What is left out against the plain SQL: expected returns, costs by category ratio, parcels that lines name, slices, most
of the slicing columns. What is in is computed alike: allocation by cumulative rounding in line order, last touch of 30
days, a month's spend shared by the orders that its placement won.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

COMPONENTS: Final = (
    "list_sales",
    "markdown",
    "promotion",
    "cancellations",
    "refunds",
    "shipping_income",
    "cogs",
    "fulfilment",
    "carriage",
    "fees",
    "return_costs",
    "service",
    "concessions",
    "marketing",
)
PLACEMENT: Final = ("month", "channel", "campaign", "ad_group", "keyword")


def build(shop: Path, out: Path) -> None:
    """Write ledger, order_profit, customer_profit and sku_profit of the shop into `out`."""
    ledger = out / "ledger.parquet"
    _lines(shop).sink_parquet(ledger, compression="zstd", compression_level=1)
    for key, name in (("order_id", "order_profit"), ("customer_id", "customer_profit"), ("sku", "sku_profit")):
        totals = pl.scan_parquet(ledger).group_by(key).agg(pl.sum(*COMPONENTS, "cm3"))
        totals.sink_parquet(out / f"{name}.parquet", compression="zstd", compression_level=1)


def _read(shop: Path, table: str) -> pl.LazyFrame:
    """A canonical table with money as floating point: Polars multiplies decimals without rounding them."""
    frame = pl.scan_parquet(shop / f"{table}.parquet").drop("_file", "_row")
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))


def _part(amount: str, share: str) -> pl.Expr:
    """One line's part of an order's amount: the difference of rounded cumulative shares."""
    whole = pl.col(amount).fill_null(0)
    return ((whole * pl.col(f"{share}_share")).round(4) - (whole * pl.col(f"{share}_before")).round(4)).alias(amount)


def _orders(shop: Path) -> pl.LazyFrame:
    orders = _read(shop, "orders")
    parcels = (
        _read(shop, "shipments")
        .with_columns(cost=pl.coalesce("billed_cost", "shipping_cost", pl.when(carrier="UPS").then(5.2).otherwise(4.1)))
        .group_by("order_id")
        .agg(carriage=pl.sum("cost"), n_parcels=pl.len())
    )
    contacts = (
        _read(shop, "contacts")
        .filter(pl.col("order_id").is_not_null())
        .group_by("order_id")
        .agg(
            service=pl.coalesce("cost", pl.col("minutes") * 0.55).round(4).sum(),
            concessions=pl.sum("concession"),
        )
    )
    return (
        orders.join(parcels, on="order_id", how="left")
        .join(contacts, on="order_id", how="left")
        .join(_marketing(shop), on="order_id", how="left")
        .with_columns(
            cancelled=pl.col("cancelled_at").is_not_null(),
            pick=pl.when(pl.col("ordered_at") < pl.datetime(2025, 1, 1)).then(0.35).otherwise(0.38),
            marketplace_share=pl.when(channel="marketplace").then(0.12).otherwise(0.0),
        )
        .with_columns(
            shipping_income=pl.when("cancelled").then(0.0).otherwise("shipping_charged"),
            pack=0.9 * pl.coalesce("n_parcels", pl.when("cancelled").then(0).otherwise(1)),
        )
        .select(
            "order_id",
            "customer_id",
            "cancelled",
            "order_discount",
            "shipping_income",
            "payment_fee",
            "marketplace_share",
            "pick",
            "pack",
            "carriage",
            "service",
            "concessions",
            "marketing",
        )
    )


def _marketing(shop: Path) -> pl.LazyFrame:
    touches = _read(shop, "touches")
    reach = touches.filter(~pl.col("kind").is_in(["impression", "send"]))
    orders = _read(shop, "orders").select("order_id", "ordered_at", "customer_id", "session_id")
    pairs = pl.concat(
        [
            orders.join(reach, on=key, how="inner").select("order_id", "ordered_at", "touched_at", "touch_id")
            for key in ("customer_id", "session_id")
        ]
    ).filter(
        pl.col("touched_at") <= pl.col("ordered_at"),
        pl.col("touched_at") > pl.col("ordered_at") - pl.duration(days=30),
    )
    last = pairs.group_by("order_id").agg(pl.col("touch_id").sort_by("touched_at", "touch_id").last())
    won = (
        last.join(reach, on="touch_id")
        .with_columns(month=pl.col("touched_at").dt.truncate("1mo").dt.date())
        .select("order_id", *PLACEMENT)
    )
    booked = _read(shop, "ad_spend").with_columns(month=pl.col("spent_on").dt.truncate("1mo"))
    billed = touches.filter(pl.col("cost").is_not_null(), pl.col("channel").is_in(["affiliate", "email"])).with_columns(
        month=pl.col("touched_at").dt.truncate("1mo").dt.date()
    )
    spend = (
        pl.concat([booked.select(*PLACEMENT, "cost"), billed.select(*PLACEMENT, "cost")])
        .group_by(*PLACEMENT)
        .agg(pl.sum("cost"))
    )
    place = pl.int_range(pl.len()).over(*PLACEMENT, order_by="order_id")
    share = pl.len().over(*PLACEMENT)
    part = (pl.col("cost") * (place + 1) / share).round(4) - (pl.col("cost") * place / share).round(4)
    return won.join(spend, on=list(PLACEMENT), nulls_equal=True).select("order_id", marketing=part)


def _lines(shop: Path) -> pl.LazyFrame:
    products = _read(shop, "products").select("sku", "list_price", "weight_kg", product_cost="unit_cost")
    returned = (
        _read(shop, "returns")
        .group_by("order_id", "line_no")
        .agg(
            refunds=-pl.sum("refund"),
            resaleable=pl.col("quantity").filter(pl.col("resaleable").fill_null(value=True)).sum(),
            return_costs=-(
                pl.col("carriage_cost").fill_null(3.4) + pl.coalesce("handling_cost", pl.col("quantity") * 1.1)
            )
            .round(4)
            .sum(),
        )
    )
    sized = (
        _read(shop, "order_lines")
        .select("order_id", "line_no", "sku", "quantity", "unit_price", "discount", "unit_cost", "cancelled_quantity")
        .join(products, on="sku", how="left")
        .with_columns(
            sold=(pl.col("quantity") * pl.col("unit_price")).round(4),
            list_sales=(pl.col("quantity") * pl.col("list_price")).round(4),
            discount=pl.col("discount").fill_null(0),
            weight=pl.col("quantity") * pl.col("weight_kg"),
        )
        .with_columns(value=(pl.col("sold") - pl.col("discount")).clip(lower_bound=0))
        .sort("order_id", "line_no")
    )
    shares = [pl.col("value").sum().over("order_id").alias("value_total")]
    weight = pl.when(pl.col("weight").is_null().any().over("order_id")).then("quantity").otherwise("weight")
    for name, size in (("value", pl.col("value")), ("weight", weight)):
        upto, total = size.cum_sum().over("order_id"), size.sum().over("order_id")
        shares += [(upto / total).alias(f"{name}_share"), ((upto - size) / total).alias(f"{name}_before")]
    paid = pl.col("value_total") - pl.col("order_discount").fill_null(0) + pl.col("shipping_income").fill_null(0)
    joined = (
        sized.with_columns(shares)
        .join(_orders(shop), on="order_id")
        .join(returned, on=["order_id", "line_no"], how="left")
        .with_columns(
            payment_fee=pl.coalesce("payment_fee", pl.when(~pl.col("cancelled")).then((0.015 * paid + 0.25).round(4)))
        )
    )
    value, weight_parts = (
        ("order_discount", "shipping_income", "payment_fee", "service", "concessions", "marketing"),
        (
            "pack",
            "carriage",
        ),
    )
    kept = pl.when("cancelled").then(0.0).otherwise(1 - pl.col("cancelled_quantity").fill_null(0) / pl.col("quantity"))
    return (
        joined.with_columns(
            *[_part(name, "value") for name in value],
            *[_part(name, "weight") for name in weight_parts],
            kept=kept,
            cost=(pl.coalesce("unit_cost", "product_cost", pl.col("list_price") * 0.5) * pl.col("quantity")).round(4),
        )
        .with_columns(net=pl.col("sold") - pl.col("discount") - pl.col("order_discount"))
        .with_columns(
            markdown=pl.col("sold") - pl.col("list_sales"),
            promotion=-(pl.col("discount") + pl.col("order_discount")),
            cancellations=-(pl.col("net") * (1 - pl.col("kept"))).round(4),
            cogs=-(pl.col("cost") * (pl.col("kept") - pl.col("resaleable").fill_null(0) / pl.col("quantity"))).round(4),
            fulfilment=-(
                pl.when(pl.col("kept") > 0).then("pick").otherwise(0.0)
                + (0.06 * pl.col("quantity") * pl.col("kept")).round(4)
                + pl.col("pack")
            ),
            fees=-pl.col("payment_fee") - (pl.col("net") * pl.col("kept") * pl.col("marketplace_share")).round(4),
            carriage=-pl.col("carriage"),
            service=-pl.col("service"),
            concessions=-pl.col("concessions"),
            marketing=-pl.col("marketing"),
            refunds=pl.col("refunds").fill_null(0),
            return_costs=pl.col("return_costs").fill_null(0),
        )
        .with_columns(cm3=pl.sum_horizontal(*COMPONENTS))
        .select("order_id", "line_no", "sku", "customer_id", *COMPONENTS, "cm3")
    )
