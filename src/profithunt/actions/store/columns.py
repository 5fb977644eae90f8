"""Types of the store's columns that SQLite and PostgreSQL have in different ways: times, money, JSON."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_PLACES: Final = Decimal("0.0001")
_UNITS: Final = 10_000

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON value; null is SQL's null."""


class UtcTime(sa.TypeDecorator[dt.datetime]):
    """A moment in UTC: with its zone in Python, without one in the database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Into the database."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Out of the database."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Money(sa.TypeDecorator[Decimal]):
    """An amount with four places, exact: NUMERIC(18,4) on PostgreSQL, ten-thousandths as an integer on SQLite."""

    impl = sa.Numeric(18, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """SQLite has no decimals."""
        return dialect.type_descriptor(sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric(18, 4))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Into the database."""
        if value is None:
            return None
        amount = Decimal(str(value)).quantize(_PLACES)
        return int(amount * _UNITS) if dialect.name == "sqlite" else amount

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        """Out of the database."""
        if value is None:
            return None
        return Decimal(value).scaleb(-4) if dialect.name == "sqlite" else Decimal(value)
