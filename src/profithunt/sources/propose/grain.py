"""What repeats with what: columns that are the order's rather than the line's, and items that don't fit their names.

Told on the first rows, where the lines of an order stand together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from profithunt.sources.propose import fit, names
from profithunt.sources.propose.profile import TableProfile

OF_LINES = frozenset(
    (
        "line_no",
        "sku",
        "product_name",
        "quantity",
        "unit_price",
        "line_amount",
        "list_price",
        "list_amount",
        "discount",
        "unit_cost",
        "cost_amount",
    )
)
OF_ORDERS = frozenset(
    ("ordered_at", "customer_id", "order_total", "order_discount", "payment_method", "email", "customer_name")
)
_TELLING = 12
_NAMED = 0.75
_DULL = 0.2
_SAME, _DIFFERS, _UNFIT = 0.92, 0.6, 0.5


@dataclass(frozen=True)
class Grain:
    """What repeats.

    `of_order`: column → share of orders with several lines that state one value of it. `names_items`: column → share of
    its values that stand with one product name.
    """

    of_order: Mapping[str, float] = field(default_factory=dict)
    names_items: Mapping[str, float] = field(default_factory=dict)

    def bonus(self, concept: str, column: str) -> float:
        """What the grain takes from reading a column as a concept."""
        share = self.of_order.get(column)
        if share is not None and concept in OF_LINES and share > _SAME:
            return -_UNFIT
        if share is not None and concept in OF_ORDERS and share < _DIFFERS:
            return -_UNFIT
        if concept == "sku" and self.names_items.get(column, 1.0) < _DIFFERS:
            return -_UNFIT
        return 0.0


def grain(table: TableProfile, forms: Mapping[str, tuple[str, ...]], speech: Mapping[str, float]) -> Grain:
    """Look at a table's first rows by its likeliest order number and product name."""
    order = _best(table, "order_id", forms, speech)
    told = _best(table, "product_name", forms, speech)
    of_order: dict[str, float] = {}
    if order is not None:
        several = [rows for rows in _groups(table, order).values() if len(rows) > 1]
        if len(several) >= _TELLING:
            for column in table.columns.values():
                stated = [rows for rows in several if any(row[column.name].strip("0.,") for row in rows)]
                if column.distinct > 1 and column.name != order and len(stated) >= _TELLING:
                    of_order[column.name] = sum(
                        len({row[column.name] for row in rows if row[column.name]}) == 1 for rows in stated
                    ) / len(stated)
    names_items: dict[str, float] = {}
    if told is not None:
        for column in table.columns.values():
            if column.name == told or fit.judge_id(column) < -_DULL:
                continue
            groups = [rows for rows in _groups(table, column.name).values() if len(rows) > 1]
            if len(groups) >= 3:
                names_items[column.name] = sum(len({row[told] for row in rows}) <= 2 for rows in groups) / len(groups)
    return Grain(of_order, names_items)


def _best(
    table: TableProfile, concept: str, forms: Mapping[str, tuple[str, ...]], speech: Mapping[str, float]
) -> str | None:
    scored = [
        (names.fit(forms[column.name], concept, speech).score, column.name)
        for column in table.columns.values()
        if fit.judge("id" if concept == "order_id" else "text", column) is not None
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _NAMED else None


def _groups(table: TableProfile, key: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in table.head:
        if row[key]:
            groups[row[key]].append(row)
    return groups
