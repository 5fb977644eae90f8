"""The canonical tables as data: one TOML file a table, read once.

Everything below the sources reads these tables and nothing else. `TABLES` maps a table's name to its definition, in
the order in which tables are built: what others refer to comes first.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

SQL_TYPES: Final = {
    "text": "TEXT",
    "int": "BIGINT",
    "quantity": "DECIMAL(18, 4)",
    "money": "DECIMAL(18, 4)",
    "rate": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
"""The eight types of the house and how the engine stores them; money and quantities are exact, times are UTC."""

ORDER: Final = (
    "customers",
    "products",
    "stores",
    "promotions",
    "orders",
    "shipments",
    "order_lines",
    "returns",
    "defects",
    "contacts",
    "reviews",
    "touches",
    "ad_spend",
    "sessions",
    "events",
    "stock",
    "price_changes",
    "competitor_prices",
    "rival_offers",
    "loyalty",
    "customer_events",
    "plan",
    "cost_rates",
    "carrier_capacity",
    "noteworthy",
)


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    `references` names the column (`table.column`) whose values it takes; `minimum` is the least value that is possible;
    `choices` are the values that the rest of the system knows (others are kept). `free_text` is what people wrote:
    personal data in it is masked as it is read. `personal` goes when the customer is erased.
    """

    name: str
    type: str
    meaning: str
    unit: str | None = None
    required: bool = False
    references: str | None = None
    minimum: int | None = None
    choices: tuple[str, ...] = ()
    free_text: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table: its grain, its key, its columns, and the column that dates its rows."""

    name: str
    grain: str
    what: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    required: bool = False
    event_at: str | None = None

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Names of the columns without which a row has no meaning."""
        return tuple(name for name, column in self.columns.items() if column.required)


def sql_type(type_name: str) -> str:
    """The engine's type for a type of the house, e.g. `money` → `DECIMAL(18, 4)`."""
    return SQL_TYPES[type_name]


def _column(name: str, data: dict[str, Any]) -> Column:
    return Column(name=name, **{**data, "choices": tuple(data.get("choices", ()))})


def _table(name: str) -> Table:
    data = tomllib.loads((files(__package__) / "tables" / f"{name}.toml").read_text("utf-8"))
    return Table(
        name=name,
        grain=data["grain"],
        what=data["what"],
        key=tuple(data["key"]),
        columns={column: _column(column, fields) for column, fields in data["columns"].items()},
        required=data.get("required", False),
        event_at=data.get("event_at"),
    )


TABLES: Final[dict[str, Table]] = {name: _table(name) for name in ORDER}
