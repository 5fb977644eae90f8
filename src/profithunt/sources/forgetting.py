"""Taking one customer out of what is stored: tables of a run by a query, text and JSON value by value.

The id becomes the pseudonym that the next run gives too (`Erased.pseudonym_of`), wherever it stands as itself: as a
customer's key, as a member of the dimension `customer`, inside JSON and sentences. What the customer wrote, what names
or reaches them, and their `personal` columns become null. Ids so short that they are words or counts as well (`17`) are
replaced only where they are called a customer's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from profithunt.schema import TABLES
from profithunt.sources.erased import Erased
from profithunt.sources.privacy import free_text, identifiers
from profithunt.sources.templates import call, column, named, text

Json = Any
_BOUND: Final = "[^A-Za-z0-9_-]"
_TEXT: Final = ("VARCHAR", "JSON")
_OTHERS: Final = ("sku", "_file")
_EVERYWHERE: Final = frozenset(
    name
    for table in TABLES.values()
    for name, item in table.columns.items()
    if (item.free_text or item.personal) and name != "reason"
)
_CUSTOMERS: Final = ("customers", "customer_ids", "holdout", "members")


@dataclass(frozen=True)
class Forgetting:
    """One customer on the way out."""

    erased: Erased
    customer_id: str

    @property
    def pseudonym(self) -> str:
        """What stands for the id from now on."""
        return self.erased.pseudonym_of(self.customer_id)

    @property
    def is_distinct(self) -> bool:
        """Whether the id is long enough to be nothing but an id."""
        return len(self.customer_id) >= (7 if self.customer_id.isdigit() else 4)

    # Tables

    def concerned(self, name: str, columns: Mapping[str, str]) -> exp.Expr | None:
        """Whether a row of a table has anything to be taken out; None where no column could."""
        found: list[exp.Expr] = [column(key).eq(text(self.customer_id)) for key in _keys(columns)]
        lost = sorted(self._lost(name, columns))
        if "order_id" in columns and lost:
            still = [
                exp.Is(this=column(item), expression=exp.null()).not_() for item in lost if not item.endswith("_id")
            ]
            found += [exp.and_(self._by_order(), exp.or_(*still))] if still else []
        if "member" in columns:
            found.append(column("member").eq(text(self.customer_id)))
        found += [self._mentions(column(item)) for item in self._texts(name, columns)]
        return exp.or_(*found) if found else None

    def query(self, name: str, columns: Mapping[str, str], source: exp.Expr) -> exp.Select:
        """The rows of a table without the customer."""
        return exp.select(*(named(self._cell(name, item, columns), item) for item in columns)).from_(source)

    def _cell(self, name: str, item: str, columns: Mapping[str, str]) -> exp.Expr:
        value = column(item)
        if name == "quarantine" and item in ("value", "record"):
            # A row that was set aside says more of the customer than the id; the file and the row still lead to it.
            me = self.customer_id if self.is_distinct else f'"{self.customer_id}"'
            whole = call("concat_ws", text(" "), column("record"), column("value"))
            named_in = call("contains", exp.Lower(this=whole), text(me.lower()))
            return exp.Case().when(exp.not_(named_in), value)
        if item in _keys(columns):
            return exp.Case().when(column(item).eq(text(self.customer_id)), text(self.pseudonym)).else_(value)
        if item in self._lost(name, columns):
            mine: list[exp.Expr] = [column(key).eq(text(self.customer_id)) for key in _keys(columns)]
            if "order_id" in columns:
                mine.append(self._by_order())
            if not mine:
                return self._rewritten(value) if item in self._texts(name, columns) else value
            gone = exp.Coalesce(this=exp.paren(exp.or_(*mine)), expressions=[exp.false()])
            instead = self.erased.pseudonym(value) if item.endswith("_id") else exp.null()
            return exp.Case().when(gone, instead).else_(value)
        if item == "member":
            is_me: exp.Expr = column("member").eq(text(self.customer_id))
            if "dimension" in columns:
                is_me = exp.and_(is_me, column("dimension").eq(text("customer")))
            elif not self.is_distinct:
                return value
            return exp.Case().when(is_me, text(self.pseudonym)).else_(value)
        return self._rewritten(value) if item in self._texts(name, columns) else value

    def _lost(self, name: str, columns: Mapping[str, str]) -> set[str]:
        """Columns that say something of the person, of which nothing stays."""
        if name not in TABLES:
            return set(columns) & _EVERYWHERE
        table = TABLES[name]
        personal = {item for item, spec in table.columns.items() if spec.personal}
        return (set(free_text(table, list(columns))) | set(identifiers(table, list(columns))) | personal) & set(columns)

    def _texts(self, name: str, columns: Mapping[str, str]) -> list[str]:
        """Text columns in which the id may stand among other words."""
        keys = set(TABLES[name].key) if name in TABLES else set()
        return [
            item
            for item, kind in columns.items()
            if kind in _TEXT
            and not item.endswith("_id")
            and item not in _OTHERS
            and item != "member"
            and item not in keys
        ]

    def _by_order(self) -> exp.Expr:
        mine = exp.select("order_id").from_("_orders_to_forget")
        return exp.In(this=column("order_id"), query=mine.subquery())

    def _rewritten(self, value: exp.Expr) -> exp.Expr:
        result: exp.Expr = value
        for pattern, instead in self._patterns():
            # Twice, since two in a row share what stands between them.
            for _ in range(2):
                result = call("regexp_replace", result, text(pattern), text(instead), text("g"))
        return exp.Case().when(self._mentions(value), result).else_(value.copy())

    def _mentions(self, value: exp.Expr) -> exp.Expr:
        return call("contains", exp.Lower(this=value.copy()), text(self.customer_id.lower()))

    def _patterns(self) -> list[tuple[str, str]]:
        id_ = re.escape(self.customer_id)
        if self.is_distinct:
            # In any case: what is looked for in the queue is kept in lower case.
            return [(f"(?i)(^|{_BOUND}){id_}($|{_BOUND})", rf"\1{self.pseudonym}\2")]
        return [
            (rf'("customer_id": ?)"{id_}"', rf'\1"{self.pseudonym}"'),
            (rf"(?i)(customer(?:_id)?[ :=#']+){id_}($|{_BOUND})", rf"\1{self.pseudonym}\2"),
        ]

    # Values

    def in_text(self, value: str) -> str:
        """A text without the id; JSON in it stays JSON."""
        if self.customer_id.lower() not in value.lower():
            return value
        if value[:1] in ("{", "["):
            try:
                data = json.loads(value)
            except ValueError:
                pass
            else:
                again = self.in_json(data)
                return value if again == data else json.dumps(again, ensure_ascii=False)
        if value == self.customer_id and self.is_distinct:
            return self.pseudonym
        for pattern, instead in self._patterns():
            for _ in range(2):
                value = re.sub(pattern, instead, value)
        return value

    def in_json(self, value: Json, key: str = "") -> Json:
        """A JSON value without the id, keys of objects too."""
        if isinstance(value, dict):
            return {self.in_text(name): self.in_json(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self.in_json(part, key) for part in value]
        if not isinstance(value, str):
            return value
        if value == self.customer_id and (key in _CUSTOMERS or key.endswith(("customer_id", "customer"))):
            return self.pseudonym
        return self.in_text(value)


def _keys(columns: Mapping[str, str]) -> list[str]:
    """Columns that hold a customer's key."""
    return [name for name, kind in columns.items() if name.endswith("customer_id") and kind in _TEXT]
