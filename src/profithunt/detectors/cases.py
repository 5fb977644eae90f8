"""The case of a detector: a page of prose with input rows and expected finds, which is its test too.

Beside each `<name>.sql` lies `<name>.md`. Under `## Input` stand tables, each below a line with its name in backticks;
under `## Found` the finds to expect, under `## Customers` (where the detector lists any) the first rows of the list. To
keep pages short:

| in an input table | means |
| --- | --- |
| table `thresholds` | columns `name` and `value`: thresholds that the case is judged with |
| column `times` | the row stands there so often, each time with an order of its own |
| `S01..S20` in a cell | the row once for each of S01, S02 … S20; ranges in one row run side by side |
| `order_id` left out | an order is made for the row, and its line in the ledger if it has none |
| `ordered_on` left out | orders are spread evenly over the last 160 days, up to 31 December 2024 (`-0`) |
| `-300..-30` in `ordered_on` | they are spread over these days |
| `-30` in a day or time | 30 days before 31 December 2024; `+4` in a time: 4 days after the order |

Amounts that are left out are zero; subtotals are added up from the components unless given. Beside canonical
tables and the ledger, tables of a run may be given (`customer_clv`, `affinity`, `customer_actions` …).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.customers import affinity, build as people, clv
from profithunt.engine import AnyEngine, Model, compile_model, literal, read_models
from profithunt.errors import ModelError
from profithunt.ledger.build import empty_table, models, settings
from profithunt.ledger.components import COMPONENTS, LISTS, STEPS, parts_of
from profithunt.proposition import prices
from profithunt.schema import SQL_TYPES, TABLES

AS_OF: Final = dt.date(2024, 12, 31)
SPREAD_DAYS: Final = 160
_RANGE = re.compile(r"^(?P<head>\D*)(?P<first>\d+)\.\.(?P=head)(?P<last>\d+)$")
_AT_NOON = dt.time(12)

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A case as read: input tables by name, and the finds to expect (entity columns, `value` …)."""

    title: str
    tables: Mapping[str, list[Row]]
    found: list[dict[str, str]]
    thresholds: Mapping[str, float]
    customers: list[dict[str, str]] = field(default_factory=list)


def read_case(path: Path) -> Case:
    """Read a case from its page. Raises ModelError for a page without title, input or finds."""
    text = path.read_text("utf-8")
    title = re.search(r"\A# (.+)$", text, re.MULTILINE)
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    if title is None or "Input" not in sections or "Found" not in sections:
        raise ModelError("is no case", where=path.name, expected="a title, '## Input' and '## Found'")
    tables = {name: list(_table(body)) for name, body in _named(sections["Input"])}
    thresholds = {row["name"]: float(row["value"]) for row in tables.pop("thresholds", [])}
    return Case(
        title=title[1],
        tables=tables,
        found=list(_table(sections["Found"])),
        thresholds=thresholds,
        customers=list(_table(sections.get("Customers", ""))),
    )


def attach(engine: AnyEngine, case: Case) -> None:
    """Put the tables of a case into an engine: canonical ones, `ledger` and `order_profit`."""
    rows = {name: [item for row in given for item in _expanded(row)] for name, given in case.tables.items()}
    _date(rows)
    orders = _orders(rows)
    engine.table("ledger", _query(_kinds("ledger"), _lines(rows, orders)))
    for name in TABLES:
        engine.drop(name)
        given = orders if name == "orders" else rows.get(name, [])
        if given:
            engine.table(name, _query(_kinds(name), given))
        else:
            engine.view(name, empty_table(name))
    for name in _run_tables():
        engine.drop(name)
        if name in rows:
            engine.table(name, _query(_kinds(name), rows[name]))
    engine.view("order_parcels", _query(_kinds("order_parcels"), []))
    profit = _models()["order_profit"]
    engine.table("order_profit", compile_model(profit, lists=LISTS, values={"timezone": "UTC"}))
    _compare_prices(engine, wanted=bool(rows.get("competitor_prices")))


def _compare_prices(engine: AnyEngine, *, wanted: bool) -> None:
    """What a run holds of rivals' prices, where the case has any."""
    for name in prices.FIRST:
        engine.drop(name)
    if wanted:
        prices.attach_models(engine, settings(ShopConfig(), AS_OF))


def _named(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"^`(\w+)`[^\n]*\n\n?((?:\|[^\n]*\n?)+)", text, re.MULTILINE):
        yield match[1], match[2]


def _table(text: str) -> Iterator[Row]:
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.strip().startswith("|")]
    if not lines:
        return
    names = [cell.strip() for cell in lines[0]]
    for cells in lines[2:]:
        yield {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}


def _expanded(row: Row) -> Iterator[Row]:
    """The row for each name of its ranges, which run side by side, and as often as `times` says."""
    ranges = {name: _names(value) for name, value in row.items()}
    ranges = {name: names for name, names in ranges.items() if names}
    for at in range(max((len(names) for names in ranges.values()), default=1)):
        one = {**row, **{name: names[at] for name, names in ranges.items()}}
        for _ in range(int(one.pop("times", 1))):
            yield dict(one)


def _names(text: str) -> list[str]:
    match = _RANGE.match(text)
    if match is None:
        return []
    width = len(match["first"])
    return [f"{match['head']}{number:0{width}d}" for number in range(int(match["first"]), int(match["last"]) + 1)]


def _date(rows: Mapping[str, list[Row]]) -> None:
    """Give each row of an order a day, and each order that is not named a name; times become times."""
    days: dict[str, dt.date] = {}
    with_order = [row for name, items in rows.items() if "order_id" in _kinds(name) for row in items]
    for number, row in enumerate(with_order):
        row.setdefault("order_id", f"O{number + 1:05d}")
        if row["order_id"] == "none":
            del row["order_id"]
        elif "ordered_on" in row:
            row["ordered_on"] = days.setdefault(row["order_id"], _spread(row["ordered_on"], number))
    for number, row in enumerate(with_order):
        if not isinstance(row.get("ordered_on"), dt.date):
            day = _spread(row.get("ordered_on", f"-{SPREAD_DAYS - 1}..-0"), number)
            row["ordered_on"] = days.setdefault(row["order_id"], day) if "order_id" in row else day
    for name, items in rows.items():
        for row in items:
            for column, kind in _kinds(name).items():
                if kind in ("date", "timestamp") and isinstance(row.get(column), str):
                    day = _day(row[column], row.get("ordered_on", AS_OF))
                    row[column] = day if kind == "date" else dt.datetime.combine(day, _AT_NOON)


def _spread(text: str, number: int) -> dt.date:
    """A day; of `-160..-30`, each order takes another day, evenly over those between."""
    first, dots, last = text.partition("..")
    if not dots:
        return _day(text, AS_OF)
    start, end = int(first), int(last)
    return AS_OF + dt.timedelta(days=start + (number * 37) % (end - start + 1))


def _day(text: str | dt.date, start: dt.date) -> dt.date:
    if isinstance(text, dt.date):
        return text
    if text.startswith("+"):
        return start + dt.timedelta(days=int(text))
    if text.startswith("-"):
        return AS_OF + dt.timedelta(days=int(text))
    return dt.date.fromisoformat(text)


@cache
def _models() -> Mapping[str, Model]:
    return models("last_touch")


@cache
def _run_tables() -> Mapping[str, Model]:
    """Tables of a run that are made of the ledger and that a detector may read."""
    results = read_models(Path(str(files("profithunt.customers") / "action_results")))
    folders = [people.models(), clv.models(), affinity.models(), results]
    found = {name: model for folder in folders for name, model in folder.items() if not model.working}
    return {**found, people.lens_model().name: people.lens_model()}


@cache
def _kinds(name: str) -> dict[str, str]:
    if name in TABLES:
        return {column.name: column.type for column in TABLES[name].columns.values()}
    known = {**_models(), **_run_tables()}
    if name not in known:
        raise ModelError(f"there is no table {name!r}", where="case", expected=", ".join(sorted([*TABLES, *known])))
    return {column.name: column.type for column in known[name].columns}


def _orders(rows: Mapping[str, list[Row]]) -> list[Row]:
    """One row for each order that any table names, with what the tables say of it."""
    found: dict[str, Row] = {}
    kinds = _kinds("orders")
    for items in rows.values():
        for row in items:
            if "order_id" not in row or "ordered_on" not in row:
                continue
            order = found.setdefault(row["order_id"], {"order_id": row["order_id"]})
            order["ordered_at"] = dt.datetime.combine(row["ordered_on"], _AT_NOON)
            order |= {name: row[name] for name in kinds if name in row and name not in order}
    return list(found.values())


def _lines(rows: Mapping[str, list[Row]], orders: Sequence[Row]) -> list[Row]:
    """The rows of the ledger, with a plain line for each order that has none."""
    given = list(rows.get("ledger", []))
    have = {row.get("order_id") for row in given}
    for order in orders:
        if order["order_id"] not in have:
            day = order["ordered_at"].date()
            given.append(
                {**{name: order[name] for name in ("order_id", "customer_id") if name in order}, "ordered_on": day}
            )
    numbers: dict[str, int] = {}
    for row in given:
        row.setdefault("entry", "line")
        if row["entry"] == "line":
            numbers[row["order_id"]] = numbers.get(row["order_id"], 0) + 1
            row.setdefault("line_no", str(numbers[row["order_id"]]))
            row.setdefault("units", "1")
        row.setdefault("units", "0")
        row.setdefault("quantity", row["units"])
        row.setdefault("units_returned", "0")
        row.setdefault("ordered_month", row["ordered_on"].replace(day=1))
        for name in COMPONENTS:
            row.setdefault(name, "0")
        before = Decimal(0)
        for step in STEPS:
            total = before + sum(Decimal(row[name]) for name in parts_of(step))
            row.setdefault(step, str(total))
            before = Decimal(row[step])
    return given


def _query(kinds: Mapping[str, str], rows: Sequence[Row]) -> exp.Select:
    """The rows as a typed query; a column that is the same in all rows is written once."""
    given = sorted({name for row in rows for name in row if name in kinds})
    cells = [[_text(row.get(name)) for name in given] for row in rows]
    same = {name: cells[0][at] for at, name in enumerate(given) if len({row[at] for row in cells}) == 1}
    varied = [at for at, name in enumerate(given) if name not in same]
    casts = []
    for name, kind in kinds.items():
        value = exp.column(name) if name in given and name not in same else literal(same.get(name))
        casts.append(exp.alias_(exp.cast(value, SQL_TYPES[kind], dialect="duckdb"), name))
    query = exp.select(*casts)
    if not rows:
        return query.where(exp.false())
    places = varied or [0]
    values = exp.values(
        [tuple(literal(row[at]) for at in places) for row in cells],
        alias="given",
        columns=[given[at] for at in places],
    )
    return query.from_(values)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
