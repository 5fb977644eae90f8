"""Orders, returns, customers, products, stores and shipments out of a file that holds them beside its own rows."""

from __future__ import annotations

from sqlglot import exp

from profithunt.schema import TABLES
from profithunt.sources.propose import trade, tree
from profithunt.sources.propose.draft import ColumnDraft, FileReading, Findings, SourceDraft
from profithunt.sources.propose.flat import Columns, Flat
from profithunt.sources.propose.lines import item_key, order_key, repeats
from profithunt.sources.propose.profile import ColumnProfile

_DEPENDS = 0.9
_PLAIN = (
    "channel",
    "store_id",
    "currency",
    "payment_method",
    "delivery_option",
    "device",
    "country",
    "region",
    "postcode",
    "session_id",
)
_SUMS = ("shipping_charged", "payment_fee", "order_discount", "tax")


def orders(file: FileReading, columns: Columns | None, flat: Flat, says: Findings) -> SourceDraft:
    """The `orders` source: of a file of orders, or grouped from one of lines."""
    draft = SourceDraft("orders", file)
    order_key(draft, file, says)
    ordered_at(draft, "ordered_at", file)
    customer(draft, file)
    for concept in _PLAIN:
        draft.take(concept, concept)
    of_lines = file.role == "order_lines"
    order = file.column("order_id")
    draft.group = of_lines or (order is not None and not order.unique)
    for concept in _SUMS:
        _order_amount(draft, file, concept, of_lines=of_lines)
    if not of_lines:
        draft.take("promo_id", "promo_id")
    _cancelled(draft, file, flat)
    if columns is not None:
        _pseudo(draft, columns, flat)
    if draft.columns.get("ordered_at") is None:
        says.ask(f"When was an order of {file.table.name} placed? No column of dates was recognised for it.")
    return draft


def ordered_at(draft: SourceDraft, target: str, file: FileReading) -> None:
    """The order's time: a date column, with a column of clock times where there is one."""
    day, clock = file.column("ordered_at"), file.column("order_time")
    if day is None:
        return
    if clock is None or clock.clocks < 0.9 or any(":" in value for value in day.common):
        draft.take(target, "ordered_at")
        return
    together = exp.DPipe(
        this=exp.DPipe(this=tree.name(day), expression=exp.Literal.string(" ")), expression=tree.name(clock)
    )
    read = exp.Anonymous(this="X_TIME", expressions=[together])
    draft.work_out(target, read, file.confidence("ordered_at", "order_time"), f"{day.name} and {clock.name}")


def customer(draft: SourceDraft, file: FileReading) -> None:
    """Who it was: the customer number, else the e-mail address in lower case."""
    email = file.column("email")
    if "customer_id" in draft.columns or draft.take("customer_id", "customer_id") or email is None:
        return
    address = exp.Nullif(this=exp.Lower(this=tree.trimmed(email)), expression=exp.Literal.string(""))
    draft.work_out("customer_id", address, 0.7, f"no customer number: {email.name} in lower case names the customer")


def _order_amount(draft: SourceDraft, file: FileReading, concept: str, *, of_lines: bool) -> None:
    column = file.column(concept)
    if column is None:
        return
    meaning = file.confidence(concept)
    if not of_lines:
        draft.take(concept, concept)
    elif concept == "tax" and not repeats(file, column.name):
        return  # it is the line's
    elif repeats(file, column.name):
        draft.columns[concept] = ColumnDraft(column.name, meaning, "the same on every line of an order: stated once")
    else:
        draft.work_out(
            concept, exp.Sum(this=tree.num(column)), meaning, "differs between the lines of an order: added up"
        )


def _cancelled(draft: SourceDraft, file: FileReading, flat: Flat) -> None:
    if draft.take("cancelled_at", "cancelled_at"):
        return
    status, order, when = file.column("status"), file.column("order_id"), file.column("ordered_at")
    if status is None or order is None or when is None or (flat.credit is not None and flat.signed):
        return
    values = trade.among("cancelled", status.common)
    if values and file.constant(order.name, status.name):
        moment = tree.when(tree.one_of(status, values), tree.time(when))
        draft.work_out(
            "cancelled_at", moment, 0.75, f"{status.name} is {', '.join(values)}; the day isn't stated: the order's"
        )


def _pseudo(draft: SourceDraft, columns: Columns, flat: Flat) -> None:
    """Amounts of items that are no goods, added to the order's own."""
    money = columns.money()
    targets = {"shipping_charged": flat.codes("shipping"), "payment_fee": flat.codes("fee")}
    if flat.discounts_on_sales:
        targets["order_discount"] = flat.codes("discount")
    for target, codes in targets.items():
        if not codes:
            continue
        total: exp.Expr = exp.Sum(this=tree.when(tree.one_of(columns.item, codes), money.copy()))
        if target != "shipping_charged":
            total = exp.Neg(this=total)
        already = draft.columns.get(target)
        if already is not None:
            continue
        draft.work_out(target, total, 0.85, f"items {', '.join(codes[:6])} are no goods")
    kept = flat.codes("fee", *(("discount",) if flat.discounts_on_sales else ()))
    sale: exp.Expr | None = exp.not_(exp.paren(flat.credit.copy())) if flat.credit is not None else None
    if sale is not None and kept:
        sale = exp.paren(exp.or_(sale, tree.one_of(columns.item, kept)))
    test = flat.codes("test")
    draft.where = tree.both(sale, tree.none_of(columns.item, test) if test else None)


def credited(file: FileReading, columns: Columns, flat: Flat) -> SourceDraft | None:
    """The `returns` source of a file whose credits stand among its sales."""
    if flat.credit is None:
        return None
    draft = SourceDraft("returns", file)
    sure = file.confidence("order_id", "sku", "quantity", "unit_price", "line_amount")
    no_goods = flat.codes(*trade.PSEUDO)
    if flat.same_order:
        draft.columns["order_id"] = ColumnDraft(columns.order.name, sure, "credits name the order they belong to")
    else:
        draft.columns["credit_note"] = ColumnDraft(
            columns.order.name, sure, "number of the credit note; it names no order"
        )
    sku: exp.Expr = tree.name(columns.item)
    if no_goods:
        draft.work_out("sku", tree.when(tree.none_of(columns.item, no_goods), sku), sure, "goods only")
    else:
        draft.columns["sku"] = ColumnDraft(columns.item.name, sure, "the item")
    if columns.quantity is not None:
        units = tree.num(columns.quantity)
        back: exp.Expr = exp.Abs(this=units)
        if flat.signed:
            back = tree.when(tree.below_zero(units.copy()), back, exp.Literal.number(0))
        if no_goods:
            goods = tree.none_of(columns.item, no_goods)
            back = tree.when(goods, back, exp.Literal.number(0))
        draft.work_out("quantity", back, sure, "units that came back; none where only money went back")
    else:
        draft.fix("quantity", 1, 0.5, "no quantity column")
    money = columns.money()
    refund = exp.Neg(this=exp.paren(money)) if flat.signed else exp.Abs(this=money)
    draft.work_out("refund", refund, sure, "what the row gives back")
    ordered_at(draft, "returned_at", file)
    customer(draft, file)
    if columns.name is not None and no_goods:
        why = tree.when(tree.one_of(columns.item, no_goods), tree.name(columns.name))
        draft.work_out("reason", why, 0.7, "description of what is no goods")
    elsewhere = flat.codes("fee", "test", *(("discount",) if flat.discounts_on_sales else ()))
    draft.where = tree.both(
        exp.paren(flat.credit.copy()),
        exp.not_(exp.paren(flat.corrections.copy())) if flat.corrections is not None else None,
        tree.none_of(columns.item, elsewhere) if elsewhere else None,
    )
    return draft


def returned_by_status(file: FileReading, says: Findings) -> SourceDraft | None:
    """The `returns` source of a file whose lines say in a status that they came back."""
    status, order = file.column("status"), file.column("order_id")
    item = file.column("sku") or file.column("product_name")
    values = trade.among("returned", status.common) if status is not None else []
    if status is None or order is None or item is None or not values:
        return None
    draft = SourceDraft("returns", file)
    draft.where = tree.one_of(status, values)
    draft.take("order_id", "order_id")
    draft.columns["sku"] = ColumnDraft(item.name, file.confidence("sku"), "the item")
    quantity, price, amount = file.column("quantity"), file.column("unit_price"), file.column("line_amount")
    if not draft.take("quantity", "quantity"):
        draft.fix("quantity", 1, 0.5, "no quantity column")
    if file.column("refund") is not None:
        draft.take("refund", "refund")
    elif amount is not None:
        draft.take("refund", "line_amount", "the whole line was paid back")
    elif price is not None:
        whole = tree.times(tree.num(quantity), tree.num(price)) if quantity else tree.num(price)
        draft.work_out("refund", whole, 0.7, "the whole line was paid back")
    if not draft.take("returned_at", "delivered_at", "no day of the return: the day of delivery"):
        ordered_at(draft, "returned_at", file)
    draft.take("reason", "status")
    customer(draft, file)
    says.ask(
        f"When were the lines of {file.table.name} with {status.name} {', '.join(values)} "
        "returned? The file states no day for it."
    )
    return draft


def grouped(table: str, file: FileReading, flat: Flat, columns: Columns | None) -> SourceDraft | None:
    """Customers, products or stores that a file of orders or lines names, one row each."""
    key = TABLES[table].key[0]
    draft = SourceDraft(table, file, group=True)
    if table == "customers":
        customer(draft, file)
    elif table == "products":
        item_key(draft, Findings())
    elif table == "stores":
        draft.take("store_id", "store_id")
    if key not in draft.columns:
        return None
    meaning = draft.columns[key].spec
    raw_key = meaning if isinstance(meaning, str) else _email(file)
    for concept, column in _attributes(table).items():
        profile = file.column(concept)
        if profile is not None and profile.name != raw_key and file.depends(raw_key, profile.name) >= _DEPENDS:
            draft.take(column, concept)
    if table == "products" and file.column("product_name") is not None:
        draft.take("name", "product_name", "as described; the first in alphabetical order where descriptions differ")
    draft.where = tree.not_blank(file.profile.columns[raw_key])
    if table == "products" and columns is not None:
        _only_goods(draft, columns, flat)
    return draft


def _only_goods(draft: SourceDraft, columns: Columns, flat: Flat) -> None:
    no_goods = flat.codes("shipping", "fee", "test", *(("discount",) if flat.discounts_on_sales else ()))
    sale = exp.not_(exp.paren(flat.credit.copy())) if flat.credit is not None else None
    draft.where = tree.both(draft.where, sale, tree.none_of(columns.item, no_goods) if no_goods else None)
    adjustments = flat.codes("adjustment", *(() if flat.discounts_on_sales else ("discount",)))
    if adjustments:
        category = draft.columns.get("category")
        rest = tree.name(draft.file.profile.columns[str(category.spec)]) if category is not None else None
        value = tree.when(tree.one_of(columns.item, adjustments), exp.Literal.string("adjustment"), rest)
        draft.work_out("category", value, 0.8, f"items {', '.join(adjustments[:6])} are no goods but stay in sales")


def shipments(file: FileReading, flat: Flat) -> SourceDraft | None:
    """The `shipments` source of a file of orders or lines that says when and by whom they were sent."""
    dates = ("dispatched_at", "delivered_at", "promised_at", "dispatch_due_at")
    told = [column for concept in (*dates, "carrier", "shipment_id") if (column := file.column(concept)) is not None]
    if not told or file.column("order_id") is None:
        return None
    draft = SourceDraft("shipments", file, group=True)
    if not draft.take("shipment_id", "shipment_id"):
        draft.take("shipment_id", "order_id", "no parcel number: one parcel an order")
    draft.take("order_id", "order_id")
    for concept in (*dates, "carrier", "service", "shipping_cost", "country", "region", "postcode", "attempts"):
        draft.take(concept, concept)
    draft.take("service", "delivery_option")
    sent: ColumnProfile = told[0]
    sale = exp.not_(exp.paren(flat.credit.copy())) if flat.credit is not None else None
    draft.where = tree.both(tree.not_blank(sent), sale)
    return draft


def _attributes(table: str) -> dict[str, str]:
    """Concept → column of what may be grouped along with a table's key."""
    own = {
        "customers": ("country", "region", "postcode", "birth_year", "loyalty_tier", "email_opt_in", "joined_at"),
        "products": ("product_id", "brand", "category", "subcategory", "size", "colour", "supplier"),
        "stores": ("region", "country"),
    }[table]
    columns = {name: name for name in own}
    return {**columns, "store_name": "name", "store_kind": "kind"} if table == "stores" else columns


def _email(file: FileReading) -> str:
    email = file.column("email")
    return email.name if email is not None else ""
