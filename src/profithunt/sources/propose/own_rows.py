"""Sources of files that are one canonical table as they stand: products, customers, returns, stock and more."""

from __future__ import annotations

from sqlglot import exp

from profithunt.schema import TABLES
from profithunt.sources.propose import tree
from profithunt.sources.propose.concepts import concepts
from profithunt.sources.propose.draft import ColumnDraft, FileReading, Findings, SourceDraft
from profithunt.sources.propose.names import normal
from profithunt.sources.propose.orders import customer
from profithunt.sources.rules import rules_of

_GRAMS = 1000
_FEW = 400


def own_rows(file: FileReading, says: Findings) -> SourceDraft:
    """The source of a file's own table; concepts with the table's own column name go first."""
    table = file.role
    draft = SourceDraft(table, file)
    found = sorted(
        file.reading.meanings.values(),
        key=lambda meaning: (meaning.concept not in TABLES[table].columns, -meaning.score),
    )
    for meaning in found:
        column = concepts()[meaning.concept].columns.get(table)
        if column is not None:
            draft.take(column, meaning.concept)
    _SPECIAL.get(table, _nothing)(draft, file)
    for name in TABLES[table].required_columns:
        if name not in draft.columns and name not in rules_of(table).generated:
            says.ask(
                f"{file.table.name} was taken for {table}, but no column was recognised as {name}: which one is it?"
            )
    key = TABLES[table].key
    if len(key) == 1 and key[0] in draft.columns and isinstance(draft.columns[key[0]].spec, str):
        named = file.profile.columns[str(draft.columns[key[0]].spec)]
        draft.group = table in ("customers", "products", "stores", "promotions") and not named.unique
    return draft


def _nothing(_draft: SourceDraft, _file: FileReading) -> None:
    return


def _products(draft: SourceDraft, file: FileReading) -> None:
    for concept in ("unit_price", "price"):
        draft.take("list_price", concept)
    if "sku" not in draft.columns:
        draft.take("sku", "product_id")
    _kilograms(draft, file)


def _customers(draft: SourceDraft, file: FileReading) -> None:
    customer(draft, file)
    born = file.column("birth_date")
    if born is not None and "birth_year" not in draft.columns:
        year = exp.Extract(this=exp.var("YEAR"), expression=tree.time(born))
        draft.work_out("birth_year", year, file.confidence("birth_date"), f"year of {born.name}")


def _returns(draft: SourceDraft, file: FileReading) -> None:
    if "refund" not in draft.columns:
        draft.take("refund", "line_amount")
    if "returned_at" not in draft.columns:
        draft.take("returned_at", "ordered_at")
    if "sku" not in draft.columns:
        draft.take("sku", "product_name")
    for name in ("quantity", "refund"):
        given = draft.columns.get(name)
        column = file.profile.columns.get(str(given.spec)) if given is not None else None
        if column is not None and given is not None and column.negative > 0:
            draft.work_out(name, exp.Abs(this=tree.num(column)), given.confidence, f"{given.why}; stated with a minus")
    customer(draft, file)
    price, quantity = file.column("unit_price"), file.column("quantity")
    if "refund" not in draft.columns and price is not None and quantity is not None:
        whole = tree.times(exp.Abs(this=tree.num(quantity)), tree.num(price))
        draft.work_out("refund", whole, 0.6, f"{quantity.name} × {price.name}")


def _shipments(draft: SourceDraft, file: FileReading) -> None:
    if "shipment_id" not in draft.columns:
        draft.take("shipment_id", "order_id", "no parcel number: one parcel an order")
        draft.group = True
    _kilograms(draft, file)


def _stores(draft: SourceDraft, _file: FileReading) -> None:
    for concept in ("product_name", "customer_name"):
        draft.take("name", concept)


def _promotions(draft: SourceDraft, _file: FileReading) -> None:
    if "promo_id" not in draft.columns:
        draft.take("promo_id", "promo_name")


def _events(draft: SourceDraft, _file: FileReading) -> None:
    if "session_id" not in draft.columns:
        draft.take("session_id", "visitor_id") or draft.take("session_id", "customer_id")


def _kilograms(draft: SourceDraft, file: FileReading) -> None:
    weight = file.column("weight_kg")
    if weight is None or "weight_kg" not in draft.columns:
        return
    words = normal(weight.name).split()
    grams = bool({"g", "gr", "grams", "gram", "gramm"} & set(words)) or weight.name.endswith("重量g")
    if grams or ("kg" not in words and (weight.middle or 0) > 60 and weight.whole > 0.95):
        kilograms: exp.Expr = exp.Div(this=tree.num(weight), expression=exp.Literal.number(_GRAMS))
        draft.work_out("weight_kg", kilograms, file.confidence("weight_kg"), f"{weight.name} is in grams")
    elif {"lb", "lbs", "pounds"} & set(words):
        kilograms = tree.times(tree.num(weight), exp.Literal.number("0.45359237"))
        draft.work_out("weight_kg", kilograms, file.confidence("weight_kg"), f"{weight.name} is in pounds")


_SPECIAL = {
    "products": _products,
    "customers": _customers,
    "returns": _returns,
    "shipments": _shipments,
    "stores": _stores,
    "promotions": _promotions,
    "events": _events,
}


def keep_the_rest(draft: SourceDraft, file: FileReading, used: set[str]) -> None:
    """Columns that nothing else took become dimensions of the table, where they have few different values."""
    key = TABLES[draft.table].key[0]
    spec = draft.columns[key].spec if key in draft.columns else None
    for column in file.profile.columns.values():
        if column.name in used or column.filled == 0 or not 1 < column.distinct <= _FEW:
            continue
        if column.is_date or column.emails > 0 or (column.is_number and column.whole < 1) or column.length > 40:
            continue
        if draft.group and not (isinstance(spec, str) and file.constant(spec, column.name)):
            continue
        if column.spaced > 0.5 and column.distinct > 0.2 * column.rows:
            continue
        name = "_".join(normal(column.name).split())
        if not name.isascii() or not name[:1].isalpha() or name in TABLES[draft.table].columns or name in draft.columns:
            continue
        draft.columns[name] = ColumnDraft(column.name, 0.5, "kept as a dimension")
        used.add(column.name)
