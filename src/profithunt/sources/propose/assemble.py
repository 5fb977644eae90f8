"""From files as they were read to the sources of a shop: which tables each file feeds, joined where parts lie apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.sources.propose import flat as flats, tree
from profithunt.sources.propose.draft import ColumnDraft, FileReading, Findings, SourceDraft
from profithunt.sources.propose.flat import Flat, Part
from profithunt.sources.propose.lines import order_lines
from profithunt.sources.propose.orders import credited, grouped, orders, returned_by_status, shipments
from profithunt.sources.propose.own_rows import keep_the_rest, own_rows
from profithunt.sources.propose.relations import inclusion, person_behind

if TYPE_CHECKING:
    from profithunt.engine import Engine

_KNOWN = 1.5
_MEETS = 0.5


@dataclass
class Assembly:
    """The sources drafted so far and what was learnt on the way."""

    engine: Engine
    says: Findings
    drafts: list[SourceDraft] = field(default_factory=list)
    money: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    flats: dict[str, Flat] = field(default_factory=dict)


def recognised(file: FileReading) -> bool:
    """Whether a file was read as something with enough behind it."""
    return not file.reading.lacking and file.reading.score >= _KNOWN


def assemble(files: list[FileReading], engine: Engine) -> Assembly:
    """Draft every source that the files can feed."""
    work = Assembly(engine, Findings())
    known = [file for file in files if recognised(file)]
    roles = {file.role for file in known}
    lines = [file for file in known if file.role == "order_lines"]
    heads = [file for file in known if file.role == "orders"]
    for file in lines:
        _lines(work, file, heads, roles)
    for file in heads:
        _orders(work, file, lines, known)
    for file in known:
        if file.role not in ("order_lines", "orders", "payments"):
            draft = own_rows(file, work.says)
            if file.role == "customers":
                _persons(work, draft, file, heads)
            work.drafts.append(draft)
    for file in lines:
        _prices(work, file, known)
    for table in ("customers", "products", "stores"):
        if table not in roles:
            _from_others(work, table, lines if table == "products" else heads or lines)
    if "shipments" not in roles:
        for file in heads or lines:
            if (sent := shipments(file, _flat(work, file))) is not None:
                work.drafts.append(sent)
    _rest(work)
    _missing(work, lines, heads)
    return work


def _flat(work: Assembly, file: FileReading) -> Flat:
    return work.flats.get(file.table.view, Flat())


def _lines(work: Assembly, file: FileReading, heads: list[FileReading], roles: set[str]) -> None:
    columns = flats.columns_of(file.profile, file.reading)
    found = flats.find(file.profile, columns, work.engine) if columns is not None else Flat()
    work.flats[file.table.view] = found
    lines = order_lines(file, columns, found, work.says)
    work.drafts.append(lines)
    back = credited(file, columns, found) if columns is not None else None
    if back is not None:
        work.drafts.append(back)
        _say_credits(work, file, found)
    elif "returns" not in roles and (draft := returned_by_status(file, work.says)) is not None:
        work.drafts.append(draft)
    if not heads:
        head = orders(file, columns, found, work.says)
        lines.comments = [*found.notes]
        work.drafts.append(head)
    elif found.credit is not None or found.items:
        work.says.warn(
            f"{file.table.name} holds rows that are no sales of goods, and orders come from another file: check them"
        )
    for item in found.items:
        work.says.note(
            f"{file.table.name}: item {item.code} ({item.name}, {item.rows:,} rows) "
            f"is taken for {item.kind}: {item.why}"
        )
    if columns is not None and (found.credit is not None or found.items):
        work.money[file.table.name] = _measured(file, columns, found, work.engine)


def _say_credits(work: Assembly, file: FileReading, found: Flat) -> None:
    for note in found.notes:
        work.says.note(f"{file.table.name}: {note}")
    if not found.same_order:
        work.says.note(
            f"{file.table.name}: credits name no order; "
            "they are matched to the customer's earlier purchases of the item"
        )
    if not found.signed:
        work.says.ask(
            f"Are the marked rows of {file.table.name} returns? They carry no minus; they were taken for returns."
        )


def _measured(file: FileReading, columns: flats.Columns, found: Flat, engine: Engine) -> tuple[Part, ...]:
    """Where the money of the file goes, row by row, each once."""
    parts: list[tuple[str, exp.Expr]] = []
    if codes := found.codes("test"):
        parts.append(("left out: test rows", tree.one_of(columns.item, codes)))
    if codes := found.codes("fee"):
        parts.append(("orders.payment_fee", tree.one_of(columns.item, codes)))
    if found.discounts_on_sales and (codes := found.codes("discount")):
        parts.append(("orders.order_discount", tree.one_of(columns.item, codes)))
    if found.corrections is not None and found.credit is not None:
        parts.append(
            ("left out: stock corrections without money", exp.and_(found.credit.copy(), found.corrections.copy()))
        )
    if found.credit is not None:
        parts.append(("returns.refund", found.credit.copy()))
    if codes := found.codes("shipping"):
        parts.append(("orders.shipping_charged", tree.one_of(columns.item, codes)))
    parts.append(("order_lines", exp.true()))
    return flats.measure(parts, file.profile, columns, engine)


def _orders(work: Assembly, file: FileReading, lines: list[FileReading], known: list[FileReading]) -> None:
    draft = orders(file, None, Flat(), work.says)
    payments = next((other for other in known if other.role == "payments"), None)
    if payments is not None and _meets(work, file, payments):
        _join_payments(draft, file, payments)
    for other in lines:
        _join_sums(work, draft, file, other)
    customers = next((other for other in known if other.role == "customers"), None)
    if customers is not None:
        person = person_behind(file, customers, work.engine)
        if person is not None:
            _join_person(draft, file, customers, person)
    work.drafts.append(draft)


def _prices(work: Assembly, file: FileReading, known: list[FileReading]) -> None:
    """Lines that state no price take the product's, where a file of products has one."""
    draft = next(draft for draft in work.drafts if draft.table == "order_lines" and draft.file is file)
    if {"unit_price", "line_amount"} & set(draft.columns):
        return
    for products in (other for other in known if other.role == "products"):
        price = next(
            (column for name in ("unit_price", "price", "list_price") if (column := products.column(name))), None
        )
        item, key = file.column("sku"), products.column("sku")
        if price is not None and item is not None and key is not None:
            draft.joins.append(
                (products, {"on": f"{item.name} = {key.name}", "columns": {"price_of_item": price.name}})
            )
            draft.columns["unit_price"] = ColumnDraft(
                "price_of_item", 0.5, f"{price.name} of {products.table.name}: the lines state none"
            )
            work.says.ask(
                f"{file.table.name} states no prices; were the items sold at {price.name} of {products.table.name}?"
            )
            return
    work.says.ask(f"No column of {file.table.name} says what was paid (unit price or line total). Which one is it?")


def _meets(work: Assembly, file: FileReading, other: FileReading) -> bool:
    mine, theirs = file.reading.column("order_id"), other.reading.column("order_id")
    return bool(mine and theirs and inclusion(file, mine, other, theirs, work.engine) >= _MEETS)


def _join_payments(draft: SourceDraft, file: FileReading, payments: FileReading) -> None:
    method = payments.column("payment_method")
    paid = next(
        (column for name in ("order_total", "line_amount", "unit_price") if (column := payments.column(name))), None
    )
    columns: dict[str, Any] = {}
    if method is not None and "payment_method" not in draft.columns:
        columns["paid_by"] = method.name
        draft.columns["payment_method"] = ColumnDraft(
            "paid_by", payments.confidence("payment_method"), f"{method.name} of {payments.table.name}"
        )
    if paid is not None:
        columns["paid_sum"] = {"expr": tree.sql(exp.Sum(this=tree.num(paid)))}
        draft.columns["paid"] = ColumnDraft("paid_sum", 0.8, f"Σ {paid.name} of {payments.table.name}, to compare with")
    if columns:
        on = f"{file.reading.column('order_id')} = {payments.reading.column('order_id')}"
        draft.joins.append((payments, {"on": on, "columns": columns}))


def _join_sums(work: Assembly, draft: SourceDraft, file: FileReading, lines: FileReading) -> None:
    """What lines state and orders should have: delivery charges and fees, added up per order."""
    if not _meets(work, file, lines):
        return
    columns: dict[str, Any] = {}
    for concept in ("shipping_charged", "payment_fee"):
        column = lines.column(concept)
        if column is not None and concept not in draft.columns:
            name = f"{concept}_of_lines"
            columns[name] = {"expr": tree.sql(exp.Sum(this=tree.num(column)))}
            draft.columns[concept] = ColumnDraft(
                name, lines.confidence(concept), f"Σ {column.name} of {lines.table.name}"
            )
    if columns:
        on = f"{file.reading.column('order_id')} = {lines.reading.column('order_id')}"
        draft.joins.append((lines, {"on": on, "columns": columns}))


def _join_person(draft: SourceDraft, file: FileReading, customers: FileReading, person: str) -> None:
    reference, key = file.reading.column("customer_id"), customers.reading.column("customer_id")
    columns = {"person": person}
    for concept in ("country", "region", "postcode"):
        column = customers.reading.column(concept)
        if column is not None and concept not in draft.columns:
            columns[f"customer_{concept}"] = column
            draft.columns[concept] = ColumnDraft(
                f"customer_{concept}", customers.confidence(concept), f"{column} of {customers.table.name}"
            )
    draft.joins.append((customers, {"on": f"{reference} = {key}", "columns": columns}))
    draft.columns["customer_id"] = ColumnDraft(
        "person", 0.75, f"{reference} is new with every order; {person} of {customers.table.name} names the person"
    )


def _persons(work: Assembly, draft: SourceDraft, file: FileReading, heads: list[FileReading]) -> None:
    for head in heads:
        person = person_behind(head, file, work.engine)
        if person is not None:
            draft.columns["customer_id"] = ColumnDraft(
                person, 0.75, f"names the person over several {file.reading.column('customer_id')}"
            )
            draft.group = True


def _from_others(work: Assembly, table: str, files: list[FileReading]) -> None:
    for file in files:
        columns = flats.columns_of(file.profile, file.reading) if file.role == "order_lines" else None
        draft = grouped(table, file, _flat(work, file), columns)
        if draft is not None:
            work.drafts.append(draft)


def _rest(work: Assembly) -> None:
    """What is left of each file becomes dimensions of the first of these tables that it feeds."""
    used: dict[str, set[str]] = {}
    for draft in work.drafts:
        names = used.setdefault(draft.file.table.view, set())
        names |= {str(item.spec) for item in draft.columns.values() if isinstance(item.spec, str)}
        names |= {
            meaning.column
            for meaning in draft.file.reading.meanings.values()
            if meaning.concept not in ("status", "city", "line_type", "order_total")
        }
    for table in ("products", "customers", "orders", "order_lines", "stores", "promotions"):
        for draft in work.drafts:
            if draft.table == table:
                keep_the_rest(draft, draft.file, used[draft.file.table.view])


def _missing(work: Assembly, lines: list[FileReading], heads: list[FileReading]) -> None:
    tables = {draft.table: draft for draft in work.drafts}
    if not lines:
        work.says.ask(
            "No file was recognised as order lines (what was bought: order, item, quantity, price). Which one is it?"
        )
    if not lines and not heads:
        work.says.ask("No file was recognised as orders (order number and day). Which one is it?")
    orders_draft = tables.get("orders")
    if orders_draft is not None and "customer_id" not in orders_draft.columns:
        work.says.ask("No column says who bought: customers, new and returning, can't be told. Is there one?")
    costed = any({"unit_cost", "cost_amount"} & set(draft.columns) for draft in work.drafts)
    if not costed:
        work.says.ask(
            "No cost of goods was found. [assumptions] holds a cost ratio: is it right, or is there a file with costs?"
        )
    if lines and "shipments" not in tables:
        work.says.note("Nothing says when orders were sent or delivered: carriers and lateness stay dark")
