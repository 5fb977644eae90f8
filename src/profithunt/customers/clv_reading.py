"""Read the forecast of a finished run: what it rests on, how it held, how it spreads, customer by customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import AnyEngine, Relation, compile_sql, literal, split_header
from profithunt.errors import NotFound, UsageError

HORIZONS: Final = (12, 24, 36)


@dataclass(frozen=True)
class ClvFit:
    """What the forecast of one segment rests on.

    `method` is bg_nbd, pareto_nbd, cohort_mean or none; `notes` say why not a model, and what else to know.
    `buying` and `value` are parameters with their standard errors, `check` those of the other model; `totals` what all
    customers are expected to bring; `holdout` the forecast of an earlier day beside what came.
    """

    segment: str | None
    method: str
    notes: tuple[str, ...]
    buying: Mapping[str, tuple[float | None, float | None]]
    value: Mapping[str, tuple[float | None, float | None]]
    check: Mapping[str, tuple[float | None, float | None]]
    totals: Mapping[str, tuple[float | None, float | None]]
    holdout: Mapping[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """The same as data; parameters as `{value, error}`."""
        pairs = {name: getattr(self, name) for name in ("buying", "value", "check", "totals")}
        shown = {
            name: {key: {"value": value, "error": error} for key, (value, error) in items.items()}
            for name, items in pairs.items()
        }
        return {
            "segment": self.segment,
            "method": self.method,
            "notes": list(self.notes),
            **shown,
            "holdout": dict(self.holdout),
        }


@dataclass(frozen=True)
class ClvDecile:
    """A tenth of a segment's customers in the hold-out, by forecast profit: what was forecast, what came."""

    segment: str | None
    decile: int
    method: str
    from_on: dt.date
    until_on: dt.date
    n_customers: int
    predicted_orders: float | None
    actual_orders: int
    predicted_profit: Decimal | None
    actual_profit: Decimal | None
    cover: float | None

    def to_json(self) -> dict[str, Any]:
        """The same as data, amounts as decimal strings."""
        return {
            name: str(value) if isinstance(value, (Decimal, dt.date)) else value for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class ClvSpread:
    """How what customers will bring within a horizon spreads over them, shop currency, discounted."""

    n_customers: int
    n_known: int
    expected_orders: float | None
    total: Decimal | None
    mean: Decimal | None
    p10: Decimal | None
    p50: Decimal | None
    p90: Decimal | None
    n_losing: int
    lost: Decimal | None
    p_alive: float | None

    def to_json(self) -> dict[str, Any]:
        """The same as data, amounts as decimal strings."""
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in vars(self).items()}


def insist(engine: AnyEngine) -> None:
    """Raise NotFound where the run holds no forecast."""
    if not engine.has("customer_clv"):
        raise NotFound(
            "this run holds no forecast of customers",
            expected="orders that name their customer (orders.customer_id)",
            do="map the customer in shop.toml, then: profithunt run",
        )


def horizon(months: int) -> int:
    """A horizon that there is. Raises UsageError."""
    if months not in HORIZONS:
        raise UsageError(f"there is no horizon of {months} months", do=f"there are: {', '.join(map(str, HORIZONS))}")
    return months


def fits(engine: AnyEngine) -> list[ClvFit]:
    """What the forecast of each segment rests on."""
    rows = engine.dicts(exp.select("*").from_("clv_fit").where(exp.column("part").neq("season")))
    names = sorted({row["segment"] for row in rows}, key=lambda name: (name is None, name or ""))
    return [_fit(name, [row for row in rows if row["segment"] == name]) for name in names]


def _fit(name: str | None, rows: list[dict[str, Any]]) -> ClvFit:
    def part(kind: str) -> dict[str, tuple[float | None, float | None]]:
        return {row["name"]: (row["value"], row["error"]) for row in rows if row["part"] == kind}

    method = next((row["note"] for row in rows if row["name"] == "customers" and row["part"] == "buying"), "none")
    notes = sorted((row["name"], row["note"]) for row in rows if row["part"] == "note")
    # Why there is no fit stands before all other remarks.
    notes.sort(key=lambda item: item[0] != "why_no_fit")
    return ClvFit(
        segment=name,
        method=method,
        notes=tuple(note for _, note in notes),
        buying=part("buying"),
        value=part("value"),
        check=part("check"),
        totals=part("total"),
        holdout={key: value for key, (value, _) in part("holdout").items()},
    )


def season(engine: AnyEngine) -> dict[int, float]:
    """The calendar factor by month of the year; empty where there is none."""
    query = exp.select("name", "value").from_("clv_fit").where(exp.column("part").eq("season")).order_by("name")
    return {int(name): float(value) for name, value in engine.rows(query)}


def calibration(engine: AnyEngine) -> list[ClvDecile]:
    """The hold-out by tenth of customers."""
    query = exp.select("*").from_("clv_calibration").order_by("segment", "decile")
    return [ClvDecile(**row) for row in engine.dicts(query)]


def spread(engine: AnyEngine, months: int) -> ClvSpread:
    """How the value of a horizon spreads over customers."""
    parts: dict[str, exp.Expr] = {
        "value": exp.column(f"clv_{horizon(months)}m"),
        "orders": exp.column(f"expected_orders_{months}m"),
    }
    path = files(__package__) / "clv_queries" / "spread.sql"
    query = compile_sql(split_header(path.read_text("utf-8"), path.name)[1], parts=parts, where=path.name)
    return ClvSpread(**engine.dicts(query)[0])


def customers(engine: AnyEngine, months: int) -> Relation:
    """Every customer's forecast, the most valuable first."""
    value = exp.column(f"clv_{horizon(months)}m").desc(nulls_first=False)
    return engine.relation(exp.select("*").from_("customer_clv").order_by(value, exp.column("customer_id")))


def ends(engine: AnyEngine, months: int, n: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The `n` most valuable customers, and the `n` least valuable of the others, the worst last."""
    value = exp.column(f"clv_{horizon(months)}m")
    known = exp.select("*").from_("customer_clv").where(value.is_(exp.null()).not_())
    best = engine.dicts(known.order_by(value.desc(), exp.column("customer_id")).limit(n))
    worst = engine.dicts(known.order_by(value.asc(), exp.column("customer_id").desc()).limit(n))
    shown = {row["customer_id"] for row in best}
    return best, [row for row in reversed(worst) if row["customer_id"] not in shown]


def customer(engine: AnyEngine, customer_id: str) -> dict[str, Any]:
    """One customer's forecast. Raises NotFound."""
    query = exp.select("*").from_("customer_clv").where(exp.column("customer_id").eq(literal(customer_id)))
    rows = engine.dicts(query)
    if not rows:
        raise NotFound(
            f"there is no forecast of customer {customer_id!r}",
            expected="a customer with an order that was not cancelled",
            do="list customers with: profithunt clv",
        )
    return rows[0]
