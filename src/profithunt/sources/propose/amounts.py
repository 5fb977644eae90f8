"""What amounts are to each other: quantity × price = amount, discounts as rate or amount, tax inside or on top.

Worked out on the sample, whatever the columns are called; it outweighs a misleading heading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from profithunt.sources.propose import names
from profithunt.sources.propose.profile import ColumnProfile, TableProfile

_LOOKED_AT = 400
_LEAST_ROWS = 8
_HOLDS = 0.95
_BONUS = 0.45
_NEAR = 0.02
_CENT = 0.011
_CALLED = 0.75
Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Product:
    """quantity × price = amount (or less a discount) holds on the share `holds` of the rows."""

    quantity: str
    price: str
    amount: str
    holds: float
    discount: str | None = None
    form: str = "plain"


@dataclass(frozen=True)
class Evidence:
    """What the arithmetic of a table's columns says about their meaning."""

    products: tuple[Product, ...] = ()
    per_unit: dict[str, bool] = field(default_factory=dict)
    counted: str | None = None
    before: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def best(self) -> Product | None:
        """The identity that holds best."""
        return self.products[0] if self.products else None

    def bonus(self, concept: str, column: str) -> float:
        """What the arithmetic adds to (or takes from) taking a column for a concept."""
        best = self.best
        if best is not None:
            place = {"quantity": best.quantity, "unit_price": best.price, "line_amount": best.amount}
            if place.get(concept) == column:
                return _BONUS
            if concept in place and column in place.values():
                return -0.5
            if best.discount == column and concept in ("discount", "discount_rate"):
                return _BONUS if (concept == "discount_rate") == (best.form == "rate") else -0.5
        if column == self.counted:
            if concept == "quantity":
                return _BONUS
            return -0.5 if concept in ("line_amount", "unit_price") else 0.0
        if column in self.per_unit:
            if concept in ("unit_price", "list_price"):
                return 0.1 if self.per_unit[column] else -0.6
            if concept == "line_amount":
                return -0.6 if self.per_unit[column] else 0.1
        return 0.0

    def why(self, concept: str, column: str) -> str:
        """The evidence in words."""
        best = self.best
        if best is not None and column in (best.quantity, best.price, best.amount, best.discount):
            less = {"plain": "", "amount": f" − {best.discount}", "rate": f" × (1 − {best.discount})"}[best.form]
            return f"{best.quantity} × {best.price}{less} = {best.amount} on {best.holds:.0%} of the rows"
        if column == self.counted:
            return "amounts grow with it"
        return (
            "does not change with the quantity" if self.per_unit.get(column) else f"grows with the quantity ({concept})"
        )


def evidence(table: TableProfile, item_columns: Sequence[str] = ()) -> Evidence:
    """Look for identities between the numeric columns of a table."""
    numeric = [
        name for name, column in table.columns.items() if column.is_number and not column.is_date and column.filled
    ]
    numbers = {name: table.numbers(name)[:: max(1, len(table.sample) // _LOOKED_AT)] for name in numeric}
    varied = [name for name in numeric if len({value for value in numbers[name] if value is not None}) > 2]
    products = sorted(
        _products(table, varied, numbers), key=lambda found: (-round(found.holds, 2), found.form != "plain")
    )
    votes: dict[str, int] = defaultdict(int)
    counted: str | None = None
    if not products:
        for quantity in _counters(table, varied):
            for money, vote in _per_unit(table, quantity, item_columns, varied).items():
                if abs(vote) > abs(votes[money]):
                    votes[money] = vote
                    counted = quantity if vote < 0 else counted
    per_unit = {money: vote > 0 for money, vote in votes.items()}
    return Evidence(tuple(products), per_unit, counted, _differences(varied, numbers))


def _products(table: TableProfile, columns: list[str], numbers: dict[str, list[float | None]]) -> Iterator[Product]:
    """Columns q, p, a with q × p = a; then those with a discount between."""
    for quantity in columns:
        if table.columns[quantity].whole < 0.9:
            continue
        for price in columns:
            if price == quantity:
                continue
            both = [
                q * p if q is not None and p is not None else None
                for q, p in zip(numbers[quantity], numbers[price], strict=True)
            ]
            for amount in columns:
                if amount in (quantity, price):
                    continue
                yield from _related(quantity, price, amount, both, numbers, columns, table)


def _related(
    quantity: str,
    price: str,
    amount: str,
    both: Numbers,
    numbers: dict[str, list[float | None]],
    columns: list[str],
    table: TableProfile,
) -> Iterator[Product]:
    if table.columns[quantity].whole < table.columns[price].whole:
        return  # the whole numbers are the quantity
    if table.columns[quantity].whole == table.columns[price].whole and (table.columns[quantity].most or 0) > (
        table.columns[price].most or 0
    ):
        return
    plain = _holds(both, numbers[amount], numbers[quantity], numbers[price])
    if plain >= _HOLDS:
        yield Product(quantity, price, amount, plain)
        return
    if plain < 0.2:
        return
    for other in columns:
        if other in (quantity, price, amount):
            continue
        less = [a - d if a is not None and d is not None else None for a, d in zip(both, numbers[other], strict=True)]
        if (holds := _holds(less, numbers[amount], numbers[quantity], numbers[price])) >= _HOLDS:
            yield Product(quantity, price, amount, holds, other, "amount")
        share = 100.0 if (table.columns[other].most or 0) > 1 else 1.0
        rate = [
            a * (1 - d / share) if a is not None and d is not None else None
            for a, d in zip(both, numbers[other], strict=True)
        ]
        if (table.columns[other].most or 0) <= share and (
            holds := _holds(rate, numbers[amount], numbers[quantity], numbers[price])
        ) >= _HOLDS:
            yield Product(quantity, price, amount, holds, other, "rate")


def _holds(left: Numbers, right: Numbers, quantity: Numbers, price: Numbers) -> float:
    """Share of telling rows on which left = right but for rounding; 0 when too few rows tell."""
    telling = good = 0
    for a, b, q, p in zip(left, right, quantity, price, strict=True):
        if a is None or b is None or q is None or p is None or b == 0 or abs(q) == 1 or abs(p) == 1:
            continue
        telling += 1
        good += abs(abs(a) - abs(b)) <= max(0.011 * abs(q), 0.005, 0.001 * abs(b))
        if telling >= 20 and good < 0.15 * telling:
            return 0.0
    return good / telling if telling >= _LEAST_ROWS else 0.0


def _counters(table: TableProfile, varied: Sequence[str]) -> list[str]:
    """Columns that may count units: those that are called so, or else every one that could."""
    able = [name for name in varied if _countable(table.columns[name])]
    called = [name for name in able if names.fit((names.normal(name),), "quantity", {}).score > _CALLED]
    return called or able


def _countable(column: ColumnProfile) -> bool:
    """Whether a column could count units: small whole numbers that repeat."""
    return column.whole > 0.98 and 0 < (column.middle or 0) <= 50 and column.distinct < 0.5 * column.rows


def _differences(columns: Sequence[str], numbers: dict[str, list[float | None]]) -> dict[tuple[str, str], str]:
    """(amount, discount) → the amount after it, where amount − |discount| is another column on rows with a discount."""
    found: dict[tuple[str, str], str] = {}
    for before in columns:
        for off in columns:
            for after in columns:
                if len({before, off, after}) == 3 and _comes_off(numbers[before], numbers[off], numbers[after]):
                    found[before, off] = after
    return found


def _comes_off(before: Numbers, off: Numbers, after: Numbers) -> bool:
    telling = good = 0
    for a, d, b in zip(before, off, after, strict=True):
        if a is None or b is None or not d or abs(d) >= abs(a):
            continue
        telling += 1
        good += abs(abs(a) - abs(d) - abs(b)) <= _CENT
        if telling >= _LEAST_ROWS and good < 0.5 * telling:
            return False
    return telling >= _LEAST_ROWS and good >= _HOLDS * telling


def _per_unit(table: TableProfile, quantity: str, items: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    """Votes for a money column being a price of one unit: > 0 the same, for one item, whatever the quantity."""
    result: dict[str, int] = {}
    amounts = table.numbers(quantity)
    for money in columns:
        if money == quantity or table.columns[money].whole > 0.98:
            continue
        prices = table.numbers(money)
        for item in items:
            same = grows = 0
            seen: dict[str, dict[float, float]] = defaultdict(dict)
            for row, units, price in zip(table.sample, amounts, prices, strict=True):
                if units and price and row[item]:
                    seen[row[item]].setdefault(units, price)
            for pairs in seen.values():
                known = sorted(pairs.items())
                for (few, low), (many, high) in pairwise(known):
                    same += abs(low - high) <= _NEAR * abs(low)
                    grows += abs(low / few - high / many) <= _NEAR * abs(low / few)
            decided = max(same, grows) >= _LEAST_ROWS and max(same, grows) > 2 * min(same, grows)
            if decided and abs(same - grows) > abs(result.get(money, 0)):
                result[money] = same - grows
    return result
