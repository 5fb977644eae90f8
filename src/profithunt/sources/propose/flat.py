"""Rows of a transaction file that are no sales of goods: credits, postage, fees, discounts and the like.

Found in the data: the sign of the amounts, marked documents, item codes unlike the others, what descriptions say, and
how such items behave (one at a time, at any price). Every row of the file gets exactly one destination.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.sources.propose import trade, tree
from profithunt.sources.propose.profile import ColumnProfile, TableProfile, relation, text_of

if TYPE_CHECKING:
    from profithunt.engine import Engine
    from profithunt.sources.propose.roles import Reading

_MOST_ITEMS = 300_000
_CREDIT_PREFIXES = frozenset(("C", "CN", "CR", "CM", "R", "RE", "RET", "RF", "G", "GS", "ST", "AV", "NC", "K", "KR"))
_SURE_WORDS, _SURE = 0.5, 0.75


@dataclass(frozen=True)
class Part:
    """Where some rows of the file go, how many they are, and their Σ quantity × price."""

    goes_to: str
    rows: int
    amount: Decimal


@dataclass(frozen=True)
class Item:
    """An item that is no goods: its code, a description, what it is taken for and why."""

    code: str
    name: str
    kind: str
    why: str
    rows: int


@dataclass(frozen=True)
class Flat:
    """What was found: `credit` is the condition of rows that give money back; items that are no goods by kind.

    `signed`: credits carry a minus; else a mark alone tells them. `discounts_on_sales`: discount rows stand on the
    invoices they lower, not on credit notes. `corrections`: condition of stock corrections without money.
    """

    credit: exp.Expr | None = None
    signed: bool = True
    items: tuple[Item, ...] = ()
    discounts_on_sales: bool = False
    corrections: exp.Expr | None = None
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    same_order: bool = False
    by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def codes(self, *kinds: str) -> tuple[str, ...]:
        """Codes of the items of some kinds."""
        return tuple(code for kind in kinds for code in self.by_kind.get(kind, ()))


@dataclass(frozen=True)
class Columns:
    """The raw columns that the transactions of a file are told by."""

    order: ColumnProfile
    item: ColumnProfile
    name: ColumnProfile | None
    quantity: ColumnProfile | None
    price: ColumnProfile | None
    amount: ColumnProfile | None
    customer: ColumnProfile | None
    kind: ColumnProfile | None

    @property
    def signs(self) -> tuple[ColumnProfile, ...]:
        """The columns whose minus makes a credit."""
        return tuple(column for column in (self.quantity, self.price, self.amount) if column is not None)

    def money(self, read: str = "num") -> exp.Expr:
        """Σ is over this: the stated amount of the row, else quantity × price."""
        reads = tree.num if read == "num" else tree.measured
        if self.amount is not None:
            return reads(self.amount)
        if self.quantity is None:
            return reads(self.price) if self.price is not None else exp.Literal.number(0)
        return tree.times(reads(self.quantity), reads(self.price)) if self.price else exp.Literal.number(0)


def columns_of(table: TableProfile, reading: Reading) -> Columns | None:
    """The columns of a file of transaction lines; None when it is none."""

    def get(concept: str) -> ColumnProfile | None:
        column = reading.column(concept)
        return table.columns[column] if column else None

    order, item = get("order_id"), get("sku") or get("product_name") or get("category")
    if order is None or item is None:
        return None
    return Columns(
        order,
        item,
        get("product_name"),
        get("quantity"),
        get("unit_price"),
        get("line_amount"),
        get("customer_id"),
        get("line_type"),
    )


def find(table: TableProfile, columns: Columns, engine: Engine) -> Flat:
    """Look at all rows of the file for credits and items that are no goods."""
    negative = any(column.least is not None and column.least < 0 for column in columns.signs) or _any_negative(
        table, columns, engine
    )
    mark, signed, notes = _mark(table, columns, engine)
    credit = _credit(columns, mark, signed=signed) if negative or mark is not None else None
    items = _items(table, columns, engine)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item.code)
    found = Flat(
        credit=credit,
        signed=signed,
        items=tuple(items),
        notes=tuple(notes),
        by_kind={kind: tuple(sorted(codes)) for kind, codes in by_kind.items()},
    )
    return _with_corrections(found, table, columns, engine)


def sign_tree(column: ColumnProfile, read: str) -> exp.Expr:
    """Whether a column is negative; a missing value isn't."""
    value = tree.num(column) if read == "num" else tree.measured(column)
    return tree.below_zero(exp.func("COALESCE", value, exp.Literal.number(0)))


def _credit(columns: Columns, mark: exp.Expr | None, *, signed: bool, read: str = "num") -> exp.Expr:
    chosen = [column for column in (columns.quantity, columns.amount or columns.price) if column is not None]
    signs = [sign_tree(column, read) for column in chosen]
    conditions = signs if signed or mark is None else [mark, *signs]
    return exp.or_(*conditions)


def _any_negative(table: TableProfile, columns: Columns, engine: Engine) -> bool:
    if not columns.signs:
        return False
    condition = exp.or_(*(sign_tree(column, "now") for column in columns.signs))
    query = exp.select(exp.Count(this=exp.Star())).from_(relation(table.table)).where(condition)
    return int(engine.value(query) or 0) > 0


def _mark(table: TableProfile, columns: Columns, engine: Engine) -> tuple[exp.Expr | None, bool, list[str]]:
    """How credits are marked, and whether marked rows carry a minus too."""
    negative = exp.cast(tree.below_zero(columns.money("now")), "INT")
    if columns.kind is not None:
        query = (
            exp.select(text_of(columns.kind.name), exp.Count(this=exp.Star()), exp.Sum(this=negative))
            .from_(relation(table.table))
            .group_by(exp.Literal.number(1))
        )
        rows = [
            (str(value), int(count), int(minus or 0)) for value, count, minus in engine.rows(query) if value is not None
        ]
        values = [row for row in rows if trade.says("returned", row[0]) or trade.says("cancelled", row[0])]
        total = sum(row[1] for row in rows)
        if values and sum(row[1] for row in values) < total:
            signed = sum(row[2] for row in values) >= 0.5 * sum(row[1] for row in values)
            shown = ", ".join(row[0] for row in values)
            note = f"rows whose {columns.kind.name} is {shown} give money back" + (
                " (they carry a minus)" if signed else ""
            )
            return tree.one_of(columns.kind, [row[0] for row in values]), signed, [note]
    prefixes = _prefixes(table, columns, engine, negative)
    marked = [row for row in prefixes if row[0]]
    plain = sum(row[1] for row in prefixes if not row[0])
    for prefix, count, minus in marked:
        if minus >= 0.5 * count and count < plain:
            return (
                None,
                True,
                [f"{columns.order.name} beginning with {prefix} are credit notes ({count:,} rows, with a minus)"],
            )
        if prefix in _CREDIT_PREFIXES and 0 < count < 0.25 * plain and not any(row[2] for row in prefixes):
            condition = exp.func("STARTS_WITH", tree.key(columns.order), exp.Literal.string(prefix))
            note = f"{columns.order.name} beginning with {prefix} "
            note += f" are taken for credit notes ({count:,} rows without a minus)"
            return condition, False, [note]
    return None, True, []


def _prefixes(table: TableProfile, columns: Columns, engine: Engine, negative: exp.Expr) -> list[tuple[str, int, int]]:
    """Letters in front of the document number → rows, rows with a minus; '' where there are only digits."""
    letters = exp.RegexpExtract(
        this=tree.key(columns.order),
        expression=exp.Literal.string("^([A-Z]{1,3})-?[0-9]+$"),
        group=exp.Literal.number(1),
    )
    query = (
        exp.select(letters, exp.Count(this=exp.Star()), exp.Sum(this=negative))
        .from_(relation(table.table))
        .group_by(exp.Literal.number(1))
    )
    return [(str(prefix or ""), int(count), int(minus or 0)) for prefix, count, minus in engine.rows(query)]


def shape(code: str) -> str:
    """`85123A` → `9A`, `gift_0001` → `A_9`: what kind of code it is."""
    signs = ["9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in code]
    return "".join(sign for at, sign in enumerate(signs) if at == 0 or signs[at - 1] != sign)


def _items(table: TableProfile, columns: Columns, engine: Engine) -> list[Item]:
    """Items that are no goods."""
    described = columns.name if columns.name is not None else columns.item
    units = tree.measured(columns.quantity) if columns.quantity is not None else exp.Literal.number(1)
    price = tree.measured(columns.price) if columns.price is not None else columns.money("now")
    one = exp.cast(exp.EQ(this=exp.Abs(this=units), expression=exp.Literal.number(1)), "INT")
    negative = exp.cast(tree.below_zero(columns.money("now")), "INT")
    query = (
        exp.select(
            text_of(columns.item.name),
            text_of(described.name),
            exp.Count(this=exp.Star()),
            exp.Sum(this=one),
            exp.Count(this=exp.Distinct(expressions=[price])),
            exp.Sum(this=negative),
        )
        .from_(relation(table.table))
        .group_by(exp.Literal.number(1), exp.Literal.number(2))
        .limit(_MOST_ITEMS)
    )
    told: dict[str, list[tuple[str, int, int, int, int]]] = defaultdict(list)
    for code, name, count, ones, prices, minus in engine.rows(query):
        if code is not None:
            told[str(code)].append((str(name or ""), int(count), int(ones or 0), int(prices), int(minus or 0)))
    if not told:
        return []
    shapes = Counter(shape(code) for code in told)
    numbered = sum(1 for code in told if any(sign.isdigit() for sign in code)) / len(told)
    found = [_item(code, rows, shapes, numbered, len(told), columns) for code, rows in told.items()]
    return sorted((item for item in found if item is not None), key=lambda item: (item.kind, item.code))


def _item(
    code: str,
    rows: Sequence[tuple[str, int, int, int, int]],
    shapes: Mapping[str, int],
    numbered: float,
    total: int,
    columns: Columns,
) -> Item | None:
    count = sum(row[1] for row in rows)
    texts = [(name, number) for name, number, *_ in rows] + ([(code, 0)] if columns.name is not columns.item else [])
    best_kind, best_share, best_name = "", 0.0, ""
    for kind in trade.PSEUDO:
        for name, number in texts:
            share = trade.share(kind, name)
            if number and number < 0.3 * count:
                share *= 0.5  # said of few of its rows
            if share > best_share:
                best_kind, best_share, best_name = kind, share, name
    if best_share < _SURE_WORDS:
        return None
    code_is_name = columns.name is None or columns.name is columns.item
    unlike = not code_is_name and (
        shapes[shape(code)] <= max(2, 0.02 * total) or (numbered > 0.85 and not any(sign.isdigit() for sign in code))
    )
    ones = sum(row[2] for row in rows) / count
    spread = max(row[3] for row in rows)
    minus = sum(row[4] for row in rows) / count
    behaves = (ones > 0.85 and (spread >= min(4, 0.3 * count) or count <= 3)) or minus > 0.5
    score = 0.55 * best_share + 0.3 * unlike + 0.25 * behaves
    if score < _SURE:
        return None
    why = [f"'{best_name}' says {best_kind}"]
    why += ["its code is unlike the others"] if unlike else []
    why += ["sold one at a time at many prices" if minus <= 0.5 else "mostly negative"] if behaves else []
    return Item(code, best_name, best_kind, "; ".join(why), count)


def _with_corrections(found: Flat, table: TableProfile, columns: Columns, engine: Engine) -> Flat:
    """Add what the rows say together: stock corrections, where discounts stand, whether credits name an order."""
    correction = None
    if (
        columns.price is not None
        and columns.quantity is not None
        and columns.customer is not None
        and found.credit is not None
    ):
        free = exp.func("COALESCE", tree.num(columns.price), exp.Literal.number(0)).eq(exp.Literal.number(0))
        correction = exp.and_(free, sign_tree(columns.quantity, "num"), tree.blank(columns.customer))
    on_sales = bool(found.codes("discount")) and _stand_on_sales(table, columns, found, engine)
    same = found.credit is not None and _same_order(table, columns, found, engine)
    return Flat(
        credit=found.credit,
        signed=found.signed,
        items=found.items,
        discounts_on_sales=on_sales,
        corrections=correction,
        notes=found.notes,
        same_order=same,
        by_kind=found.by_kind,
    )


def _now(condition: exp.Expr, table: TableProfile) -> exp.Expr:
    """A condition with X_NUM turned into what can run on raw rows at once."""

    def read(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name == "X_NUM":
            return tree.measured(table.columns[node.expressions[0].name])
        return node

    return condition.copy().transform(read)


def _sale_orders(table: TableProfile, columns: Columns, found: Flat) -> exp.Select:
    pseudo = found.codes(*trade.PSEUDO)
    sale = tree.both(
        exp.not_(_now(found.credit, table)) if found.credit is not None else None,
        tree.none_of(columns.item, pseudo) if pseudo else None,
    )
    query = exp.select(exp.alias_(tree.key(columns.order), "o")).distinct().from_(relation(table.table))
    return query.where(sale) if sale is not None else query


def _share_on_sales(table: TableProfile, columns: Columns, found: Flat, rows: exp.Expr, engine: Engine) -> float:
    there = exp.In(this=tree.key(columns.order), query=_sale_orders(table, columns, found).subquery())
    query = (
        exp.select(exp.Count(this=exp.Star()), exp.Sum(this=exp.cast(there, "INT")))
        .from_(relation(table.table))
        .where(rows)
    )
    total, hits = engine.rows(query)[0]
    return int(hits or 0) / int(total) if total else 0.0


def _stand_on_sales(table: TableProfile, columns: Columns, found: Flat, engine: Engine) -> bool:
    return _share_on_sales(table, columns, found, tree.one_of(columns.item, found.codes("discount")), engine) >= 0.5


def _same_order(table: TableProfile, columns: Columns, found: Flat, engine: Engine) -> bool:
    pseudo = found.codes(*trade.PSEUDO)
    rows = tree.both(
        _now(found.credit, table) if found.credit is not None else None,
        tree.none_of(columns.item, pseudo) if pseudo else None,
    )
    return rows is not None and _share_on_sales(table, columns, found, rows, engine) >= 0.8


def measure(
    parts: Iterable[tuple[str, exp.Expr]], table: TableProfile, columns: Columns, engine: Engine
) -> tuple[Part, ...]:
    """Rows and money of each destination; a row counts for the first condition that holds, else for 'not read'."""
    given = list(parts)
    label = exp.Case(
        ifs=[exp.If(this=_now(condition, table), true=exp.Literal.string(name)) for name, condition in given],
        default=exp.Literal.string("not read"),
    )
    money = exp.func("COALESCE", columns.money("now"), exp.Literal.number(0))
    query = (
        exp.select(label, exp.Count(this=exp.Star()), exp.Sum(this=money))
        .from_(relation(table.table))
        .group_by(exp.Literal.number(1))
    )
    sums = {
        str(name): Part(str(name), int(rows), Decimal(str(total or 0)).quantize(Decimal("0.0001")))
        for name, rows, total in engine.rows(query)
    }
    order = [*dict.fromkeys(name for name, _ in given), "not read"]
    return tuple(sums[name] for name in order if name in sums)
