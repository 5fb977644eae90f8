"""From contexts to HTML: one Jinja environment, whose filters are the number formatter's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from profithunt import fmt
from profithunt.api.pages.parts import Column, State, Table
from profithunt.charts import bar, interval, scale_for
from profithunt.charts.spark import spark
from profithunt.reports.page import prose
from profithunt.reports.wording import (
    capitalize_first,
    entity_text,
    evidence_name,
    evidence_text,
    evidence_value,
    sure,
    words,
)

MENU: Final = (
    ("today", "/", "Today"),
    ("profit", "/profit", "Profit"),
    ("customers", "/customers", "Customers"),
    ("products", "/products", "Products"),
    ("marketing", "/marketing", "Marketing"),
    ("delivery", "/delivery", "Delivery"),
    ("actions-value", "/high-value-actions", "High-value actions"),
    ("proposition", "/proposition", "Proposition"),
    ("prices", "/prices", "Prices"),
    ("listening", "/listening", "Listening"),
    ("review", "/review", "Weekly review"),
    ("outcomes", "/outcomes", "Outcomes"),
    ("documents", "/documents", "Documents"),
    ("data", "/data", "Data"),
    ("settings", "/settings", "Settings"),
)
"""The pages of the menu: section, address, label."""
TABS: Final = ("today", "profit", "customers", "products")
"""Sections that have a tab of their own on a phone; the rest is under More."""


WRITTEN: Final[Mapping[str, Callable[[Any], str]]] = {
    "count": fmt.count,
    "number": fmt.number,
    "share": fmt.share,
    "points": fmt.points,
    "date": fmt.day,
    "month": fmt.month,
}


@dataclass(frozen=True)
class Frame:
    """What stands around every page: the shop, the run it is read from, how old the data is."""

    shop: str
    currency: str
    as_of: str
    run_id: str
    finished_at: str
    stale_days: int
    user: str = ""


@pass_context
def _money(context: Context, value: fmt.Amount) -> str:
    return fmt.money(value, context["frame"].currency)


@pass_context
def _cents(context: Context, value: fmt.Amount) -> str:
    return fmt.money_exact(value, context["frame"].currency)


@pass_context
def _range(context: Context, low: fmt.Amount, high: fmt.Amount) -> str:
    return fmt.money_range(low, high, context["frame"].currency)


@pass_context
def _evidence(context: Context, evidence: Mapping[str, Any]) -> str:
    return evidence_text(evidence, context["frame"].currency, ())


@pass_context
def _evidence_value(context: Context, value: object, name: str) -> str:
    return evidence_value(name, value, context["frame"].currency)


@pass_context
def _shown(context: Context, row: Mapping[str, Any], column: Column) -> str:
    """A cell of a table as text."""
    value = row.get(column.key)
    currency = context["frame"].currency
    match column.kind:
        case "money" | "bar" | "interval":
            return fmt.money(value, currency)
        case "cents":
            return fmt.money_exact(value, currency)
        case "text" | "id" | "chip":
            return fmt.MISSING if value in (None, "") else str(value)
        case kind:
            return WRITTEN[kind](value)


@pass_context
def _kind(context: Context, value: Any, kind: str) -> str:
    """A single figure as text."""
    return str(_shown(context, {"value": value}, Column("value", "", kind)))  # type: ignore[arg-type]


def _href(row: Mapping[str, Any], link: str) -> str:
    """The address of a cell; empty where a part of it is missing."""
    keys = [part.partition("}")[0] for part in link.split("{")[1:]]
    if any(row.get(key) in (None, "") for key in keys):
        return ""
    for key in keys:
        # The path may not lose its slashes' meaning, nor the query its own.
        link = link.replace(f"{{{key}}}", quote(str(row[key]), safe=""))
    return link


def _bars(table: Table) -> dict[str, Any]:
    """A scale for each column of bars, shared by its rows."""
    scales = {}
    for column in table.columns:
        if column.kind == "bar":
            scales[column.key] = scale_for([float(row[column.key] or 0) for row in table.rows] or [0.0])
        elif column.kind == "interval":
            known = [float(row[key]) for row in table.rows for key in ("low", "high") if row.get(key) is not None]
            scales[column.key] = scale_for(known or [0.0], margin=0.05)
    return scales


def _bar(value: Any, scale: Any) -> Markup:
    if value is None:
        return Markup()
    return bar(0.0, float(value), scale, "loss" if value < 0 else "gain")


def _interval(row: Mapping[str, Any], column: Column, scale: Any) -> Markup:
    known = (row.get("low"), row.get(column.key), row.get("high"))
    if any(value is None for value in known):
        return Markup()
    return interval(tuple(float(value) for value in known), scale)  # type: ignore[arg-type]


def _sorted(state: State, table: Table, column: Column) -> str:
    """The link of a heading: sort by it, largest first for numbers; once more turns it round."""
    first = "-" if column.numeric else ""
    if table.sort == column.key:
        first = "" if table.descending else "-"
    changes: dict[str, Any] = {f"sort.{table.name}": f"{first}{column.key}", f"page.{table.name}": None}
    return state.url(**changes)


def _paged(state: State, table: Table, page: int) -> str:
    changes: dict[str, Any] = {f"page.{table.name}": page if page > 1 else None}
    return state.url(**changes)


def _exported(address: str, format_: str) -> str:
    path, _, params = address.partition("?")
    return f"{path}.{format_}{'?' if params else ''}{params}"


@cache
def environment() -> Environment:
    """The environment of all templates."""
    made = Environment(
        loader=PackageLoader("profithunt.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(
        money=_money,
        cents=_cents,
        evidence=_evidence,
        kind=_kind,
        share=fmt.share,
        count=fmt.count,
        counted=fmt.counted,
        number=fmt.number,
        day=fmt.day,
        month=fmt.month,
        size=fmt.size,
        duration=fmt.duration,
        points=fmt.points,
        words=words,
        capitalize_first=capitalize_first,
        sure=lambda confidence: sure(float(confidence)),
        named=evidence_name,
        prose=prose,
        markup=Markup,  # only for text that the API has made safe
        evidence_value=_evidence_value,
        entity=lambda item: entity_text(item.entity),
        spaced=lambda name: str(name).replace("_", " "),
        export=_exported,
        quoted=lambda text: quote(str(text), safe=""),
    )
    made.globals.update(
        menu=MENU,
        tabs=TABS,
        shown=_shown,
        href=_href,
        bars=_bars,
        bar=_bar,
        interval=_interval,
        spark=spark,
        sorted_by=_sorted,
        paged=_paged,
        money_range=_range,
        failed=fmt.failed,
        MISSING=fmt.MISSING,
    )
    return made


def render(template: str, frame: Frame | None, state: State, **context: Any) -> str:
    """A page as text."""
    return environment().get_template(template).render(frame=frame, state=state, **context)


def age_in_days(finished_at: str, now: dt.datetime) -> int:
    """Whole days since a run finished."""
    try:
        return max(0, (now - dt.datetime.fromisoformat(finished_at)).days)
    except ValueError:
        return 0
