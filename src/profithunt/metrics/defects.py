"""The board of defects: two rates, sigma level, perfect orders, charts with signals, cost of each, down to the order.

Two rates always stand together (METRICS section 5): failed deliveries per million deliveries, one opportunity each; and
DPMO, defects over the opportunities that there were. A parcel of which nothing can be said yet is in neither; one that
is not there though its promised day is over has failed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_sql
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of
from profithunt.metrics.defects_build import FOREVER, compiled
from profithunt.metrics.defects_charts import KINDS as CHARTS, Chart, chart, dpmo, sigma_level, upper_bound
from profithunt.metrics.time import Calendar

DIMENSIONS: Final = ("carrier", "service", "lane", "origin", "country", "region", "store", "supplier", "week", "month")
DEFECTS: Final = (
    *("late", "early", "failed_attempt", "lost", "damaged", "missing_item", "wrong_item", "wrong_address"),
    *("not_received", "other", "cancelled_by_retailer", "avoidable_contact"),
)
LIMITS: Final[Mapping[str, tuple[str, float]]] = {
    "order_defects": ("share of orders with anything wrong", 0.01),
    "cancelled_by_retailer": ("share of orders cancelled before dispatch", 0.025),
    "late_dispatch": ("share of parcels handed over late", 0.04),
    "untracked": ("share of parcels without valid tracking", 0.05),
    "late": ("share of parcels late", 0.10),
}
"""Thresholds known in the trade (METRICS section 5)."""
EARLIEST: Final = dt.date(1, 1, 1)

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Rates:
    """Both rates of the whole shop, or of one member or period.

    `failed_per_million` deliveries and `dpmo` over opportunities; where nothing failed, `upper_bound` (95 %, 3 ÷ N) and
    the sigma level that it allows at least stand for them. `shrunken` is the failed share held against its peers', with
    its 90 % interval.
    """

    member: str | None
    n_parcels: int
    n_failed: int
    n_open: int
    n_late_already: int
    failed_per_million: float | None
    n_opportunities: int
    n_defects: int
    dpmo: float | None
    upper_bound: float | None
    sigma: float | None
    sigma_at_least: float | None
    n_orders: int
    n_orders_failed: int
    shrunken: float | None = None
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class DefectKind:
    """One kind of defect: opportunities, defects, rate, and what one costs.

    `unit` is delivery or order, or limit for what the trade watches without counting it. `lost_profit` is what the
    customer is worth less afterwards, None with `lost_profit_unknown` saying why. Amounts in shop currency.
    """

    kind: str
    unit: str
    n_opportunities: int
    n_defects: int
    dpmo: float | None
    upper_bound: float | None
    contacts: float | None
    concessions: float | None
    reships: float | None
    claims: float | None
    cost: float | None
    cost_error: float | None
    lost_profit: float | None
    lost_profit_unknown: str | None

    @property
    def total_cost(self) -> float | None:
        """Cost with the lost future profit, where that is known."""
        known = [value for value in (self.cost, self.lost_profit) if value is not None]
        return sum(known) if known else None

    def to_json(self) -> dict[str, Any]:
        """All fields, and `total_cost`."""
        return {**self.__dict__, "total_cost": self.total_cost}


@dataclass(frozen=True)
class Perfect:
    """Perfect orders: the share of orders of which all was right, and the product of each kind's rate beside it."""

    n_orders: int
    n_known: int
    n_open: int
    n_perfect: int
    share: float | None
    product: float | None
    n_customers: int
    n_customers_failed: int

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Limit:
    """A limit of the trade, what the shop has, and whether it keeps it."""

    name: str
    what: str
    limit: float
    value: float | None
    n: int

    def to_json(self) -> dict[str, Any]:
        """All fields, and `kept`."""
        return {**self.__dict__, "kept": None if self.value is None else self.value <= self.limit}


@dataclass(frozen=True)
class DefectBoard:
    """Everything about defects within days, of the whole shop or of one member of a dimension.

    `late_by_day` counts a parcel as late after the promised day; `late_by_timestamp` goes by the clock, a promise
    without a time of day counting from the day's beginning.
    """

    as_of: dt.date
    first: dt.date | None
    last: dt.date | None
    by: str | None
    member: str | None
    total: Rates
    members: tuple[Rates, ...]
    kinds: tuple[DefectKind, ...]
    perfect: Perfect
    limits: tuple[Limit, ...]
    late_by_day: float | None
    late_by_timestamp: float | None
    grain: Grain
    charts: tuple[Chart, ...]
    examples: tuple[dict[str, Any], ...]

    def kind(self, name: str) -> DefectKind | None:
        """One kind of defect, if the shop knows of it."""
        return next((one for one in self.kinds if one.kind == name), None)

    def chart(self, kind: str) -> Chart:
        """One of the charts: p, u, xmr, laney_p, laney_u."""
        return next(one for one in self.charts if one.kind == kind)

    def to_json(self) -> dict[str, Any]:
        """All of it as data."""
        return {
            "as_of": self.as_of.isoformat(),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "by": self.by,
            "member": self.member,
            "total": self.total.to_json(),
            "members": [one.to_json() for one in self.members],
            "kinds": [one.to_json() for one in self.kinds],
            "perfect": self.perfect.to_json(),
            "limits": [one.to_json() for one in self.limits],
            "late_by_day": self.late_by_day,
            "late_by_timestamp": self.late_by_timestamp,
            "grain": self.grain,
            "charts": [one.to_json() for one in self.charts],
            "examples": list(self.examples),
        }


def board(
    engine: AnyEngine,
    config: ShopConfig,
    by: str | None = None,
    member: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    grain: Grain = "week",
    examples: int = 5,
    day: dt.date | None = None,
) -> DefectBoard:
    """The board over the tables of defects that an engine holds; `day` is the day that they tell of.

    Raises NotFound for a dimension or member that isn't there, or a run without parcels.
    """
    if not engine.has("defect_days"):
        raise NotFound("this run has no table of defects", do="run the shop again: profithunt run")
    if by is not None and by not in DIMENSIONS:
        raise NotFound(f"defects can't be cut by '{by}'", do=f"they can by: {', '.join(DIMENSIONS)}")
    if start is not None and end is not None and start > end:
        raise UsageError(f"the period ends on {end}, before it starts on {start}", do="swap the two days")
    return _Board(engine, config, by, member, start, end, grain, day or as_of(engine, config)).made(examples)


class _Board:
    """Reads the tables once for one question."""

    def __init__(
        self,
        engine: AnyEngine,
        config: ShopConfig,
        by: str | None,
        member: str | None,
        start: dt.date | None,
        end: dt.date | None,
        grain: Grain,
        day: dt.date,
    ) -> None:
        self.engine = engine
        self.calendar = Calendar(config.calendar)
        self.by, self.member, self.grain, self.day = by, member, grain, day
        self.days = {"first": start or EARLIEST, "last": end or FOREVER}
        if member is not None and by in ("week", "month"):
            self.days = self._within("week" if by == "week" else "month", member)
        if member is not None and by is None:
            raise UsageError("a member needs its dimension", do="say --by too")

    def made(self, n_examples: int) -> DefectBoard:
        """All parts of the board."""
        by_day = self._rates(exp.cast(exp.column("on", quoted=True), "TEXT"), self._cut())
        if self.member is not None and not by_day:
            raise NotFound(f"there is no {self.by} '{self.member}'", do=f"profithunt defects --by {self.by} lists them")
        perfect, shares = self._perfect()
        kinds = self._kinds()
        found = [dt.date.fromisoformat(one.member) for one in by_day if one.member]
        return DefectBoard(
            self.day,
            min(found, default=None),
            max(found, default=None),
            self.by,
            self.member,
            _sum(None, by_day),
            tuple(self._members(by_day)),
            tuple(one for one in kinds if one.unit != "limit"),
            perfect,
            tuple(_limits(kinds, shares, perfect)),
            *_late(kinds),
            self.grain,
            tuple(self._charts(by_day)),
            tuple(self._examples(n_examples)) if n_examples else (),
        )

    def _within(self, grain: Literal["week", "month"], member: str) -> dict[str, dt.date]:
        """The days of a week or month, as far as they were asked for."""
        try:
            day = dt.date.fromisoformat(member if len(member) > len("2018-03") else f"{member}-01")
        except ValueError:
            raise NotFound(f"there is no {grain} '{member}'", do="name it by a day of it, 2018-03-05 say") from None
        period = self.calendar.period(grain, day)
        return {"first": max(self.days["first"], period.start), "last": min(self.days["last"], period.end)}

    def _cut(self) -> exp.Expr:
        if self.member is None or self.by in ("week", "month", None):
            return exp.column("dimension").is_(exp.null())
        return exp.and_(
            exp.EQ(this=exp.column("dimension"), expression=exp.Literal.string(str(self.by))),
            exp.EQ(this=exp.column("member"), expression=exp.Literal.string(self.member)),
        )

    def _chosen(self) -> exp.Expr:
        """Condition on parcels and orders."""
        if self.member is None or self.by in ("week", "month", None):
            return exp.true()
        column = exp.func("COALESCE", exp.column(str(self.by)), exp.Literal.string("unallocated"))
        return exp.EQ(this=column, expression=exp.Literal.string(self.member))

    def _rates(self, member: exp.Expr, cut: exp.Expr) -> list[Rates]:
        rows = self.engine.dicts(compiled("rates", {"member": member, "cut": cut}, dict(self.days)))
        return [_rates_of(row["member"], row) for row in rows]

    def _members(self, by_day: Sequence[Rates]) -> list[Rates]:
        if self.by is None or self.member is not None:
            return []
        if self.by in ("week", "month"):
            return self._periods(by_day, self.by)
        cut = exp.EQ(this=exp.column("dimension"), expression=exp.Literal.string(self.by))
        found = self._rates(exp.column("member"), cut)
        return sorted(found, key=lambda one: (-(one.failed_per_million or 0), -one.n_failed, one.member or ""))

    def _periods(self, by_day: Sequence[Rates], grain: str) -> list[Rates]:
        """Days added up to periods of the shop's calendar, in order; named by their first day (months by YYYY-MM)."""
        periods: dict[dt.date, list[Rates]] = {}
        for one in by_day:
            day = dt.date.fromisoformat(one.member or "")
            first = day if grain == "day" else self.calendar.period("week" if grain == "week" else "month", day).start
            periods.setdefault(first, []).append(one)
        name = "%Y-%m" if grain == "month" and not self.calendar.retail else "%Y-%m-%d"
        return [_sum(f"{first:{name}}", days) for first, days in sorted(periods.items())]

    def _kinds(self) -> list[DefectKind]:
        costs: dict[str, dict[str, Any]] = {}
        if self.engine.has("defect_costs"):
            query = exp.select("kind", "contacts", "concessions", "reships", "claims", "cost", "error").from_(
                "defect_costs"
            )
            costs = {row["kind"]: row for row in self.engine.dicts(query)}
        rows = self.engine.dicts(compiled("kinds", {"chosen": self._chosen()}, dict(self.days)))
        lost = _lost_profit(self.engine)
        return [_kind_of(row, costs.get(row["kind"], {}), lost) for row in rows if row["n_opportunities"]]

    def _perfect(self) -> tuple[Perfect, dict[str, tuple[float, int]]]:
        parts = {"chosen": self._chosen()}
        row = self.engine.dicts(compiled("perfect", parts, dict(self.days)))[0]
        people = self.engine.dicts(compiled("customers", parts, dict(self.days)))[0]
        known = row["n_known"]
        product: float | None = 1.0 if known else None
        shares: dict[str, tuple[float, int]] = {}
        for kind in DEFECTS:
            n, defects = int(row[f"n_{kind}"]), int(row[f"d_{kind}"])
            if n:
                shares[kind] = (defects / n, n)
                product = None if product is None else product * (1 - defects / n)
        perfect = Perfect(
            int(row["n_all"]),
            int(known),
            int(row["n_open"]),
            int(known - row["n_failed"]),
            float(known - row["n_failed"]) / known if known else None,
            product,
            int(people["n_customers"]),
            int(people["n_failed"]),
        )
        return perfect, shares

    def _charts(self, by_day: Sequence[Rates]) -> list[Chart]:
        periods = self._periods(by_day, self.grain)
        labels = [one.member or "" for one in periods]
        parcels = [float(one.n_parcels) for one in periods]
        failed = [float(one.n_failed) for one in periods]
        defects = [float(one.n_defects) for one in periods]
        chances = [float(one.n_opportunities) for one in periods]
        return [
            chart(kind, labels, defects if kind.endswith("u") else failed, chances if kind.endswith("u") else parcels)
            for kind in CHARTS
        ]

    def _examples(self, n: int) -> list[dict[str, Any]]:
        statement = compiled("examples", {"chosen": self._chosen()}, {**self.days, "as_of": self.day, "n": n})
        return self.engine.dicts(statement)


def _rates_of(member: str | None, row: Mapping[str, Any]) -> Rates:
    numbers = {name: int(value or 0) for name, value in row.items() if name.startswith("n_")}
    return _rates(member, numbers)


def _rates(member: str | None, n: Mapping[str, int]) -> Rates:
    per_million = dpmo(n["n_defects"], n["n_opportunities"])
    bound = upper_bound(n["n_defects"], n["n_opportunities"])
    return Rates(
        member,
        n["n_parcels"],
        n["n_failed"],
        n["n_open"],
        n["n_late_already"],
        dpmo(n["n_failed"], n["n_parcels"]),
        n["n_opportunities"],
        n["n_defects"],
        per_million,
        bound,
        sigma_level(per_million),
        sigma_level(bound),
        n["n_orders"],
        n["n_orders_failed"],
    )


def _sum(member: str | None, parts: Sequence[Rates]) -> Rates:
    names = ("n_parcels", "n_failed", "n_open", "n_late_already", "n_opportunities", "n_defects", "n_orders")
    return _rates(member, {name: sum(getattr(one, name) for one in parts) for name in (*names, "n_orders_failed")})


def _kind_of(
    row: Mapping[str, Any], cost: Mapping[str, Any], lost: Mapping[str, tuple[float | None, str | None]]
) -> DefectKind:
    kind, n, defects = row["kind"], int(row["n_opportunities"]), int(row["n_defects"])
    action = {"late": "late", "avoidable_contact": "contacted"}.get(kind)
    profit, unknown = lost.get(action or "", (None, f"no causal effect of a defect '{kind}' is estimated"))
    parts = {name: cost.get(name) for name in ("contacts", "concessions", "reships", "claims", "cost")}
    return DefectKind(
        kind, row["unit"], n, defects, dpmo(defects, n), upper_bound(defects, n), **parts,
        cost_error=cost.get("error"), lost_profit=profit, lost_profit_unknown=unknown,
    )  # fmt: skip


def _lost_profit(engine: AnyEngine) -> dict[str, tuple[float | None, str | None]]:
    """Future profit lost by customers' first bad experience, by action, where a credible effect of it is known."""
    names = ("late", "contacted")
    if not engine.has("action_effects"):
        return dict.fromkeys(names, (None, "the run has no table of causal effects (action_effects)"))
    text = """
        SELECT counts AS kind,
               MAX(CASE WHEN verdict = 'credible' THEN 1 ELSE 0 END) AS credible,
               MIN(CASE WHEN verdict = 'credible' THEN effect END) AS effect
        FROM action_effects
        WHERE estimand = 'ATT' AND horizon_days = (SELECT MAX(horizon_days) FROM action_effects)
        GROUP BY counts
    """
    known = {row["kind"]: row for row in engine.dicts(compile_sql(text))}
    found: dict[str, tuple[float | None, str | None]] = {}
    for name in names:
        row = known.get(name)
        if row is None:
            found[name] = (None, f"the run estimates no effect of the action '{name}'")
        elif not row["credible"]:
            found[name] = (None, f"the effect of the action '{name}' is not credible")
        else:
            found[name] = (-float(row["effect"]), None)
    return found


def _late(kinds: Sequence[DefectKind]) -> tuple[float | None, float | None]:
    """Share of parcels late by calendar day, and by the clock."""
    shares = {one.kind: one.n_defects / one.n_opportunities for one in kinds if one.n_opportunities}
    return shares.get("late"), shares.get("late_by_timestamp")


def _limits(kinds: Sequence[DefectKind], shares: Mapping[str, tuple[float, int]], perfect: Perfect) -> list[Limit]:
    found = []
    by_kind = {one.kind: one for one in kinds}
    for name, (what, limit) in LIMITS.items():
        value, n = None, 0
        if name == "order_defects" and perfect.share is not None:
            value, n = 1 - perfect.share, perfect.n_known
        elif name in shares and name == "cancelled_by_retailer":
            value, n = shares[name]
        elif name in by_kind:
            one = by_kind[name]
            value, n = one.n_defects / one.n_opportunities, one.n_opportunities
        found.append(Limit(name, what, limit, value, n))
    return found
