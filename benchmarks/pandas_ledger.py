"""The core of the ledger with pandas, in memory: the same steps and the same omissions as `polars_ledger`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.polars_ledger import COMPONENTS, PLACEMENT

BY_VALUE: Final = ("order_discount", "shipping_income", "payment_fee", "service", "concessions", "marketing")
BY_WEIGHT: Final = ("pack", "carriage")


def build(shop: Path, out: Path) -> None:
    """Write ledger, order_profit, customer_profit and sku_profit of the shop into `out`."""
    ledger = _lines(shop)
    ledger.to_parquet(out / "ledger.parquet", compression="zstd")
    for key, name in (("order_id", "order_profit"), ("customer_id", "customer_profit"), ("sku", "sku_profit")):
        totals = ledger.groupby(key, sort=False)[[*COMPONENTS, "cm3"]].sum()
        totals.reset_index().to_parquet(out / f"{name}.parquet", compression="zstd")


def _read(shop: Path, table: str, columns: list[str], money: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.read_parquet(shop / f"{table}.parquet", columns=columns, dtype_backend="pyarrow")
    for name in frame.columns:
        if name in money:
            frame[name] = frame[name].astype("double[pyarrow]").to_numpy(dtype=float, na_value=np.nan)
    return frame


def _marketing(shop: Path) -> pd.DataFrame:
    touches = _read(
        shop,
        "touches",
        ["touch_id", "touched_at", "customer_id", "session_id", "kind", *PLACEMENT[1:], "cost"],
        ("cost",),
    )
    reach = touches[~touches["kind"].isin(["impression", "send"])]
    orders = _read(shop, "orders", ["order_id", "ordered_at", "customer_id", "session_id"])
    pairs = pd.concat(
        [
            orders.dropna(subset=[key]).merge(reach[[key, "touch_id", "touched_at"]], on=key)[
                ["order_id", "ordered_at", "touch_id", "touched_at"]
            ]
            for key in ("customer_id", "session_id")
        ]
    )
    early = pairs["ordered_at"] - pd.Timedelta(days=30)
    pairs = pairs[(pairs["touched_at"] <= pairs["ordered_at"]) & (pairs["touched_at"] > early)]
    last = pairs.sort_values(["touched_at", "touch_id"]).drop_duplicates("order_id", keep="last")
    won = last[["order_id", "touch_id"]].merge(reach, on="touch_id")
    won["month"] = won["touched_at"].dt.strftime("%Y-%m")
    booked = _read(shop, "ad_spend", ["spent_on", *PLACEMENT[1:], "cost"], ("cost",))
    booked["month"] = pd.to_datetime(booked["spent_on"]).dt.strftime("%Y-%m")
    billed = touches[touches["cost"].notna() & touches["channel"].isin(["affiliate", "email"])].copy()
    billed["month"] = billed["touched_at"].dt.strftime("%Y-%m")
    columns = [*PLACEMENT, "cost"]
    spend = pd.concat([booked[columns], billed[columns]])
    # A keyword that is missing is a placement of its own: pandas would drop it from the groups.
    for frame in (spend, won):
        frame["keyword"] = frame["keyword"].astype(object).fillna("")
        frame["month"] = frame["month"].astype(object)
    spend = spend.groupby(list(PLACEMENT), as_index=False)["cost"].sum()
    met = won[["order_id", *PLACEMENT]].merge(spend, on=list(PLACEMENT)).sort_values("order_id")
    groups = met.groupby(list(PLACEMENT))["order_id"]
    place, size = groups.cumcount(), groups.transform("size")
    met["marketing"] = (met["cost"] * (place + 1) / size).round(4) - (met["cost"] * place / size).round(4)
    return met[["order_id", "marketing"]]


def _orders(shop: Path) -> pd.DataFrame:
    columns = ["order_id", "customer_id", "ordered_at", "channel", "order_discount", "shipping_charged", "payment_fee"]
    orders = _read(shop, "orders", [*columns, "cancelled_at"], ("order_discount", "shipping_charged", "payment_fee"))
    costs = ("shipping_cost", "billed_cost")
    parcels = _read(shop, "shipments", ["order_id", "carrier", *costs], costs)
    rate = pd.Series(np.where(parcels["carrier"] == "UPS", 5.2, 4.1), index=parcels.index)
    parcels["carriage"] = parcels["billed_cost"].fillna(parcels["shipping_cost"]).fillna(rate)
    sent = parcels.groupby("order_id", as_index=False).agg(carriage=("carriage", "sum"), n_parcels=("carriage", "size"))
    contacts = _read(shop, "contacts", ["order_id", "minutes", "cost", "concession"], ("cost", "concession", "minutes"))
    contacts["service"] = contacts["cost"].fillna(contacts["minutes"] * 0.55).round(4)
    called = contacts.groupby("order_id", as_index=False).agg(
        service=("service", "sum"), concessions=("concession", "sum")
    )
    for frame in (sent, called, _marketing(shop)):
        orders = orders.merge(frame, on="order_id", how="left")
    orders["cancelled"] = orders.pop("cancelled_at").notna().to_numpy(dtype=bool)
    orders["shipping_income"] = np.where(orders["cancelled"], 0.0, orders.pop("shipping_charged"))
    orders["pick"] = np.where(orders["ordered_at"] < pd.Timestamp("2025-01-01"), 0.35, 0.38)
    orders["pack"] = 0.9 * orders.pop("n_parcels").fillna(pd.Series(np.where(orders["cancelled"], 0, 1)))
    orders["marketplace_share"] = np.where(orders["channel"] == "marketplace", 0.12, 0.0)
    return orders.drop(columns=["ordered_at", "channel"])


def _lines(shop: Path) -> pd.DataFrame:
    numbers = ("quantity", "unit_price", "discount", "unit_cost", "cancelled_quantity")
    lines = _read(shop, "order_lines", ["order_id", "line_no", "sku", *numbers], numbers)
    products = _read(
        shop, "products", ["sku", "list_price", "weight_kg", "unit_cost"], ("list_price", "weight_kg", "unit_cost")
    )
    lines = lines.merge(products.rename(columns={"unit_cost": "product_cost"}), on="sku", how="left")
    lines = lines.sort_values(["order_id", "line_no"], ignore_index=True)
    lines["sold"] = (lines["quantity"] * lines["unit_price"]).round(4)
    lines["list_sales"] = (lines["quantity"] * lines["list_price"]).round(4)
    lines["discount"] = lines["discount"].fillna(0.0)
    lines["value"] = (lines["sold"] - lines["discount"]).clip(lower=0)
    lines["weight"] = lines["quantity"] * lines["weight_kg"]
    order = lines["order_id"].astype("category").cat.codes
    unweighed = lines["weight"].isna().groupby(order).transform("any")
    lines["weight"] = np.where(unweighed, lines["quantity"], lines["weight"])
    for name in ("value", "weight"):
        groups = lines[name].groupby(order)
        lines[f"{name}_total"] = groups.transform("sum")
        upto = groups.cumsum()
        lines[f"{name}_share"] = upto / lines[f"{name}_total"]
        lines[f"{name}_before"] = (upto - lines[name]) / lines[f"{name}_total"]
    lines = lines.merge(_orders(shop), on="order_id").merge(_returns(shop), on=["order_id", "line_no"], how="left")
    return _components(lines)


def _returns(shop: Path) -> pd.DataFrame:
    numbers = ("quantity", "refund", "carriage_cost", "handling_cost")
    returns = _read(shop, "returns", ["order_id", "line_no", *numbers, "resaleable"], numbers)
    back = returns["resaleable"].astype(object).fillna(value=True).astype(bool)
    returns["resaleable"] = np.where(back, returns["quantity"], 0.0)
    handling = returns["handling_cost"].fillna(returns["quantity"] * 1.1)
    returns["return_costs"] = -(returns["carriage_cost"].fillna(3.4) + handling).round(4)
    returns["refunds"] = -returns["refund"]
    keys = ["order_id", "line_no"]
    return returns.groupby(keys, as_index=False)[["refunds", "resaleable", "return_costs"]].sum()


def _components(lines: pd.DataFrame) -> pd.DataFrame:
    paid = lines["value_total"] - lines["order_discount"].fillna(0.0) + lines["shipping_income"].fillna(0.0)
    usual = (0.015 * paid + 0.25).round(4).where(~lines["cancelled"])
    lines["payment_fee"] = lines["payment_fee"].fillna(usual)
    for names, share in ((BY_VALUE, "value"), (BY_WEIGHT, "weight")):
        for name in names:
            whole = lines[name].fillna(0.0)
            upto, before = whole * lines[f"{share}_share"], whole * lines[f"{share}_before"]
            lines[name] = upto.round(4) - before.round(4)
    kept = (1 - lines["cancelled_quantity"].fillna(0.0) / lines["quantity"]).where(~lines["cancelled"], 0.0)
    net = lines["sold"] - lines["discount"] - lines["order_discount"]
    unit = lines["unit_cost"].fillna(lines["product_cost"]).fillna(lines["list_price"] * 0.5)
    sold_share = kept - lines["resaleable"].fillna(0.0) / lines["quantity"]
    lines["markdown"] = lines["sold"] - lines["list_sales"]
    lines["promotion"] = -(lines["discount"] + lines["order_discount"])
    lines["cancellations"] = -(net * (1 - kept)).round(4)
    lines["cogs"] = -((unit * lines["quantity"]).round(4) * sold_share).round(4)
    handled = lines["pick"].where(kept > 0, 0.0) + (0.06 * lines["quantity"] * kept).round(4)
    lines["fulfilment"] = -(handled + lines["pack"])
    lines["fees"] = -lines["payment_fee"] - (net * kept * lines["marketplace_share"]).round(4)
    for name in ("carriage", "service", "concessions", "marketing"):
        lines[name] = -lines[name]
    for name in ("refunds", "return_costs"):
        lines[name] = lines[name].fillna(0.0)
    lines["cm3"] = lines[list(COMPONENTS)].sum(axis=1)
    return lines[["order_id", "line_no", "sku", "customer_id", *COMPONENTS, "cm3"]]
