"""Where a shop's data comes from, and how it is read."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from profithunt.config.section import Section
from profithunt.schema import TABLES


class Identity(Section):
    """Who the shop is and how it counts days and money."""

    name: str = Field("my shop", description="Name shown on reports.")
    currency: str = Field("USD", description="Currency of every figure (ISO code).")
    timezone: str = Field("UTC", description="Time zone that decides to which day an order belongs.")
    as_of: dt.date | None = Field(None, description="Day the data is complete to; default: the last day with an order.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is not a time zone; use a name such as Europe/Berlin") from error
        return value


class Csv(Section):
    """How a text file is written; what is left out is found from its content."""

    delimiter: str | None = Field(None, description="Character between fields.")
    quote: str | None = Field(None, description="Quote character.")
    encoding: str | None = Field(None, description="Encoding, e.g. utf-8, cp1252.")
    header: bool | None = Field(None, description="Whether the first record names the columns.")
    skip: int | None = Field(None, ge=0, description="Lines above the header.")


class Parse(Section):
    """How text becomes numbers, times and truth values; what is left out is found from the content."""

    decimal: Literal[".", ","] | None = Field(None, description="Decimal sign.")
    thousands: str | None = Field(None, description="Thousands separator.")
    dates: str | None = Field(None, description="strftime format of dates and times, or 'dmy', 'mdy', 'ymd'.")
    timezone: str | None = Field(None, description="Zone of times that carry none; default: the shop's.")
    true: list[str] | None = Field(None, description="Words that mean true.")
    false: list[str] | None = Field(None, description="Words that mean false.")


class Expression(Section):
    """A column worked out from raw columns by a SQL expression."""

    expr: str = Field(description="SQL expression over the raw columns.")


class Constant(Section):
    """A column that has the same value in every row."""

    value: str | int | float | bool = Field(description="The value.")


class Join(Section):
    """A second file joined to the source's own, e.g. to translate a category."""

    files: str | list[str] = Field(description="File, glob or list.")
    on: str = Field(description="Condition `left_column = right_column`.")
    how: Literal["left", "inner"] = Field("left", description="left keeps rows without a partner.")
    prefix: str = Field("", description="Put before the names of the joined columns.")
    columns: dict[str, str | Expression] = Field(
        default_factory=dict,
        description="What the joined rows of one key give: raw columns or aggregates; default: all, least value.",
    )


class Source(Section):
    """One feed of one canonical table: where the rows are and how their columns are named there."""

    table: str = Field(description="Canonical table that it feeds.")
    files: str | list[str] | None = Field(None, description="File, glob, folder or list, relative to shop.toml.")
    database: str | None = Field(None, description="`env:NAME`: environment variable that holds a database URL.")
    query: str | None = Field(None, description="Query to run on the database.")
    relation: str | None = Field(None, description="Table or view in the database or database file.")
    catalogue: str | None = Field(None, description="Table of Spark's catalogue, e.g. lake.shop.orders; needs Spark.")
    sheet: str | None = Field(None, description="Sheet of a workbook.")
    where: str | None = Field(None, description="SQL condition on raw columns; other rows are not this table's.")
    group: bool = Field(False, description="Collapse to the table's key: plain columns by MIN, aggregates as written.")
    optional: bool = Field(False, description="A missing file is fine.")
    join: list[Join] = Field(default_factory=list, description="Files joined to it.")
    csv: Csv = Field(default_factory=Csv, description="How its text files are written.")
    parse: Parse = Field(default_factory=Parse, description="How its text becomes values.")
    columns: dict[str, str | Expression | Constant] = Field(
        default_factory=dict,
        description="Canonical (or extra) column = raw column, {expr = …} or {value = …}; none: as in the file.",
    )

    @field_validator("table")
    @classmethod
    def _known_table(cls, value: str) -> str:
        if value not in TABLES:
            raise ValueError(f"is not a canonical table; there are {', '.join(TABLES)}")
        return value
