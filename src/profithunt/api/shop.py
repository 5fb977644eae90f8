"""A shop: its settings, its sources, its runs, and everything that can be asked of them.

shop = Shop.open("myshop")
shop.run()
shop.profit(by="category").df()
shop.explain("order", "10017").sections
shop.hunt().opportunities
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from sqlglot import exp

from profithunt import sources
from profithunt.api.actions_value import ActionsValue, read_effects
from profithunt.api.compare import Comparison, compare_runs
from profithunt.api.engines import duckdb_for, with_engine, with_memory
from profithunt.api.progress import Progress, Silent
from profithunt.api.run import Run, write_run
from profithunt.api.session import open_run
from profithunt.api.statements import ModelSql, behind, is_id, select_only, statement
from profithunt.config import ShopConfig, find, read
from profithunt.customers import reading as people
from profithunt.customers.plan import Month, PlanVariance
from profithunt.engine import AnyEngine, Relation
from profithunt.engine.runs import RunStore
from profithunt.errors import NotFound, UsageError
from profithunt.ledger import explain as stories, reading
from profithunt.ledger.components import LISTS
from profithunt.ledger.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from profithunt.api.act import Act
    from profithunt.api.automating import Automation
    from profithunt.api.changing import Changing
    from profithunt.api.clv import Clv, CustomerClv
    from profithunt.api.documents import Documents
    from profithunt.api.erasing import Erasure
    from profithunt.api.listening import Listening
    from profithunt.api.prices import Prices
    from profithunt.api.proposition import Proposition
    from profithunt.api.spread import Spread
    from profithunt.api.why import Why
    from profithunt.metrics.carriers import Scorecard
    from profithunt.metrics.defects import DefectBoard
    from profithunt.metrics.reading import Dictionary, MetricFigures
    from profithunt.metrics.review import Review
    from profithunt.metrics.time import Grain
    from profithunt.metrics.waste import WasteLedger
    from profithunt.opportunities import Hunt, Opportunity

EXPORT_FORMATS = ("csv", "parquet")


@dataclass(frozen=True)
class Sensitivity:
    """Contribution profit if the costs that are only assumed were `share` higher or lower."""

    share: float
    cm3: Decimal


class Shop:
    """One retailer's shop on disk. Open it with `Shop.open`; reading needs a finished run."""

    def __init__(self, config: ShopConfig, path: Path) -> None:
        self.config = config
        self.path = path
        self._store = RunStore(path.parent)
        self._session: tuple[str, AnyEngine] | None = None
        self._hunted: tuple[tuple[str, str], Hunt] | None = None
        self._act: Act | None = None

    @classmethod
    def open(cls, path: str | Path = ".") -> Shop:
        """The shop of a `shop.toml`, or of a folder that holds one (or lies below one). Raises ConfigError."""
        file = find(Path(path))
        return cls(read(file), file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory of the open run back, and let go of the store of decisions."""
        self._leave_run()
        if self._act is not None:
            self._act.close()

    def _leave_run(self) -> None:
        if self._session is not None:
            self._session[1].close()
            self._session = None

    @property
    def act(self) -> Act:
        """Acting on what the hunt found: decide, carry out, undo, measure (needs the extra `act`)."""
        if self._act is None:
            from profithunt.api.act import Act, installed

            installed()
            self._act = Act(self)
        return self._act

    @property
    def documents(self) -> Documents:
        """Press releases and FAQs, six-pagers, corrections of error, with live figures (needs the extra `act`)."""
        from profithunt.api.documents import Documents

        return Documents(self)

    @property
    def automation(self) -> Automation:
        """Rules that work the queue by themselves, inside limits (needs the extra `act`)."""
        from profithunt.api.automating import Automation

        return Automation(self)

    @property
    def settings(self) -> Changing:
        """Settings changed while the shop runs: limits, thresholds, adapters, rules (needs the extra `web`)."""
        from profithunt.api.changing import Changing

        return Changing(self)

    # Work

    def check(self, progress: Progress | None = None) -> sources.BuildResult:
        """Judge the settings of adapters, then read and judge every source, without making a run.

        Raises ConfigError for a setting that no adapter takes, SourceError for a source that can't be read.
        """
        from profithunt.actions.adapters.settings import check

        check(self.config.adapters)
        with duckdb_for(self.config) as engine:
            return sources.check(self.config, engine, progress or Silent())

    def run(
        self,
        progress: Progress | None = None,
        *,
        engine: str | None = None,
        master: str | None = None,
        out: str | None = None,
        memory: str | None = None,
        full: bool = False,
    ) -> Run:
        """Read the sources, build the ledger, reconcile, hunt; the result becomes the current run.

        `engine` (duckdb, spark), `master` and `out` stand for those of `[engine]` in shop.toml, `memory` for that of
        `[limits]`. `full` takes nothing from the run before.
        """
        config = with_memory(with_engine(self.config, engine, master, out), memory)
        run = write_run(config, self._store, progress or Silent(), full=full)
        self._leave_run()
        return run

    def erase(self, customer_id: str, *, by: str | None = None, progress: Progress | None = None) -> Erasure:
        """Take a customer out of everything kept of this shop: runs, kept hunts, store of decisions, caches, report.

        A pseudonym that can't be turned back keeps the joins, every run reconciles as before; remembered as a salted
        hash, so that the next run drops the customer again. The retailer's own source files are not touched. Raises
        NotFound for who is in no run, Forbidden, RunError while a run is written.
        """
        from profithunt.api.erasing import erase

        self._leave_run()
        self._hunted = None
        return erase(self, customer_id, by=by, progress=progress)

    def sql(self, name: str, dialect: str = "duckdb") -> ModelSql:
        """The SQL of a model of the ledger, of a detector, or of the rows of an opportunity (by its id).

        With this shop's settings. Raises NotFound, UsageError.
        """
        if is_id(name):
            return behind(name, self._rows_of(name), dialect)
        return statement(self.config, name, dialect)

    def query(self, text: str) -> Relation:
        """The rows of a SELECT over the tables of the current run, or of what `sql` gives for a name.

        Raises UsageError for what is no SELECT, EngineError for one that the engine refuses.
        """
        asked = text if len(text.split()) > 1 else self.sql(text, self.engine.dialect).sql
        return self.engine.relation(select_only(asked, self.engine.dialect))

    def _rows_of(self, id_: str) -> str:
        query = self.opportunity(id_).evidence.get("query")
        if not isinstance(query, str):
            raise NotFound(f"opportunity {id_} has no query of its rows")
        return query

    def compare(self, first: str, second: str) -> Comparison:
        """Whether two finished runs hold the same, table by table; by run ids. Raises NotFound."""
        with duckdb_for(self.config) as engine:
            return compare_runs(engine, self._store.get(first), self._store.get(second))

    # Reading

    @property
    def runs(self) -> list[str]:
        """Ids of the finished runs, oldest first."""
        return self._store.ids()

    @property
    def current(self) -> Run:
        """The current run. Raises NotFound before the first one has finished."""
        stored = self._store.current()
        if stored is None:
            raise NotFound("there is no finished run yet", where=str(self.path), do="make one with: profithunt run")
        return Run(stored)

    @property
    def engine(self) -> AnyEngine:
        """An engine with the tables of the current run attached."""
        run = self.current
        if self._session is None or self._session[0] != run.run_id:
            self._leave_run()
            self._session = (run.run_id, open_run(run.stored, self.config))
        return self._session[1]

    def table(self, name: str) -> Relation:
        """A table of the current run: a canonical one, `ledger`, a roll-up, `quarantine`. Raises NotFound."""
        engine = self.engine
        if not engine.has(name):
            raise NotFound(f"there is no table {name!r} in this run", do=f"there are: {', '.join(self.tables)}")
        return engine.relation(exp.select("*").from_(exp.to_identifier(name, quoted=True)))

    @property
    def tables(self) -> list[str]:
        """Names of the tables of the current run."""
        return sorted(self.current.info["tables"])

    @property
    def ledger(self) -> Relation:
        """The profit ledger: one row per order line, and loose entries."""
        return self.table("ledger")

    @property
    def orders(self) -> Relation:
        """Profit of each order."""
        return self.table("order_profit")

    @property
    def customers(self) -> Relation:
        """Profit of each customer."""
        return self.table("customer_profit")

    @property
    def skus(self) -> Relation:
        """Profit of each SKU."""
        return self.table("sku_profit")

    def profit(
        self,
        by: str | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        date: Literal["order", "event"] = "order",
    ) -> Relation:
        """Profit of the shop, or by a dimension: `member` and all amounts, in shop currency.

        `start` and `end` are days, both included; `date` takes the day of the order or the day that each component
        happened. Raises NotFound for a dimension that isn't there.
        """
        if start is not None and end is not None and start > end:
            raise UsageError(f"the period ends on {end}, before it starts on {start}", do="swap the two days")
        if by is None:
            return reading.profit_total(self.engine, start, end, date)
        return reading.profit_by(self.engine, by, start, end, date)

    def waterfall(
        self, start: dt.date | None = None, end: dt.date | None = None, date: Literal["order", "event"] = "order"
    ) -> list[reading.Step]:
        """From list sales to contribution profit, step by step."""
        rows = self.profit(None, start, end, date).dicts()
        amounts = rows[0] if rows else dict.fromkeys(LISTS["amounts"])
        return reading.waterfall(amounts)

    def spread(self, by: str, start: dt.date | None = None, end: dt.date | None = None) -> Relation:
        """How the profit of orders spreads within each member: mean, p10, p50, p90, worst member first."""
        return reading.spread(self.engine, by, start, end)

    def worst_orders(
        self, by: str, members: list[str], start: dt.date | None = None, end: dt.date | None = None, n: int = 3
    ) -> Relation:
        """Example orders: the worst of each given member."""
        return reading.worst_orders(self.engine, by, members, start, end, n)

    def whale(self) -> reading.Whale | None:
        """The whale curve, or None where no order names a customer."""
        return reading.whale(self.engine)

    # Customers

    def flows(self) -> Relation:
        """Customers from month to month: closing = opening + new + reactivated − lapsed, and what they ordered."""
        return people.flows(self.engine)

    def cohorts(self, by: str = "all") -> Relation:
        """Cohorts by month of the first order, of all customers or by a dimension of that order, as a whole grid.

        One row a member, cohort month and months since; what has not happened yet is null. Raises NotFound.
        """
        return people.cohorts(self.engine, self.config, by)

    def cohort_stack(self) -> Relation:
        """The C3 view: sales and profit of each month by the cohort that brought them."""
        return people.cohort_stack(self.engine)

    def customer(self, customer_id: str) -> people.CustomerProfit:
        """Why one customer makes or loses money, in six parts, and against peers that make money. Raises NotFound."""
        return people.customer(self.engine, customer_id)

    def loss_segments(self) -> Relation:
        """How customers lose money, the costliest way first; adds up to all losses."""
        return people.segments(self.engine)

    def losing_customers(self, segment: str | None = None) -> Relation:
        """The customers that lose money, in one way or in any, the worst first. Raises NotFound."""
        return people.losers(self.engine, segment)

    def acquisition(self, by: str) -> Relation:
        """What the customers are worth whom each member of a dimension brought, the mix taken out. Raises NotFound."""
        return people.acquired_by(self.engine, by)

    def plan_proposal(self, months: int = 12) -> Relation:
        """A plan proposed from the history, as rows of the table `plan`. Raises UsageError without a complete month."""
        from profithunt.api.customers import proposed

        return proposed(self.engine, self.config, months)

    def plan_months(self, months: int = 12) -> list[Month]:
        """The proposed plan as its drivers and contribution profit, month by month. Raises UsageError."""
        return people.proposed_months(self.engine, self.config, months)

    def write_plan(self, path: str | Path, months: int = 12) -> Path:
        """Write the proposed plan as a CSV with the columns of the table `plan`, to be edited. Raises UsageError."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.engine.write_csv(self.plan_proposal(months).sql, target)
        return target

    def plan_variance(self, against: people.Against = "plan") -> PlanVariance:
        """Actual contribution profit against plan (or `last_year`), split exactly by driver. Raises UsageError."""
        return people.plan_variance(self.engine, self.config, against)

    def clv(self, horizon: int = 12, top: int = 10) -> Clv:
        """What customers will bring in 12, 24 or 36 months, what that rests on, and how an earlier forecast held.

        `top` customers at each end; `.customers` of the result are all of them. Raises NotFound, UsageError.
        """
        from profithunt.api.clv import read_clv

        return read_clv(self.engine, horizon, top)

    def customer_clv(self, customer_id: str) -> CustomerClv:
        """What one customer will bring. Raises NotFound."""
        from profithunt.api.clv import read_customer_clv

        return read_customer_clv(self.engine, customer_id)

    def actions_value(self, horizon_days: int | None = None, estimand: str = "ATE") -> ActionsValue:
        """What customers' actions do to their later profit, over a horizon (default: the longest), as the run has it.

        `estimand` says on average over whom: ATE all who were eligible, ATT those who did it, ATO those who might as
        well have. `table("customer_actions")` has the next best action of each customer. Raises NotFound, UsageError.
        """
        return read_effects(self.engine, horizon_days, estimand)

    def why(
        self,
        metric: str,
        start: dt.date,
        end: dt.date,
        *,
        against: str | tuple[dt.date, dt.date] = "before",
        dimensions: Sequence[str] | None = None,
    ) -> Why:
        """Why a metric changed: the exact split by dimension into size, mix and rate, and the slices behind it.

        `against` is `before` (as many days right before), `year` (364 days back), or the two days of a period of its
        own. Raises NotFound for a metric or dimension that isn't there, UsageError for periods that overlap.
        """
        from profithunt.api.why import why

        return why(self.engine, self.config, metric, start, end, against=against, dimensions=dimensions)

    @property
    def listening(self) -> Listening:
        """What customers say: reasons, trends, new themes, voices, and listening sessions of leaders."""
        from profithunt.api.listening import Listening

        return Listening(self)

    @property
    def proposition(self) -> Proposition:
        """What the customer is offered, and what another offer would earn."""
        from profithunt.api.proposition import Proposition

        return Proposition(self.engine, self.config)

    @property
    def prices(self) -> Prices:
        """Own prices against rivals': positions, advice, matches to review, what a customer would see."""
        from profithunt.api.prices import Prices

        return Prices(self.engine, self.config)

    def defects(
        self,
        by: str | None = None,
        member: str | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        *,
        as_of: dt.date | None = None,
        grain: Literal["day", "week", "month"] = "week",
        examples: int = 5,
    ) -> DefectBoard:
        """How many were failed: both rates, sigma, perfect orders, cost of each kind, charts with signals, examples.

        `by` cuts it by carrier, service, lane, origin, country, region, store, supplier, week or month; `member` is
        one of them; `as_of` shows what was known on an earlier day. Raises NotFound, UsageError.
        """
        from profithunt.api.defects import board_as_of, defect_board

        if as_of is None:
            return defect_board(self.engine, self.config, by, member, start, end, grain, examples)
        with open_run(self.current.stored, self.config) as engine:
            return board_as_of(engine, self.config, as_of, by, member, start, end, grain, examples)

    def carriers(
        self,
        switch: tuple[str, str] | None = None,
        region: str | None = None,
        *,
        fixed: float | None = None,
        variable: float | None = None,
        failed_per_million: float | None = None,
    ) -> Scorecard:
        """Each lane's quality, cost, speed, and demand against capacity; what one change would do in a year.

        `switch` moves parcels from one carrier to another (in `region`, or everywhere); `fixed` a year and `variable`
        a parcel deliver `region` oneself. Raises NotFound, UsageError.
        """
        from profithunt.api.carriers import OwnDelivery, carriers

        own = None
        if fixed is not None or variable is not None:
            if region is None:
                raise UsageError("own delivery needs a region", do="say --region too")
            own = OwnDelivery(region, fixed or 0.0, variable or 0.0, failed_per_million)
        return carriers(self.engine, switch, region, own)

    def waste(self) -> WasteLedger:
        """Money lost by cause, by month, with its trend; each unit of currency claimed by one cause at most."""
        from profithunt.api.credits import credited
        from profithunt.metrics.waste import waste_ledger

        return credited(waste_ledger(self.engine, self.config), self.config)

    def metric_spread(
        self, name: str, by: str | None = None, start: dt.date | None = None, end: dt.date | None = None
    ) -> Spread:
        """How a metric spreads: p10, p50, p90, histogram, members held against each other, the worst with orders."""
        from profithunt.api.spread import spread

        return spread(self.engine, self.config, name, by, start, end)

    @property
    def anomalies(self) -> Relation:
        """Spikes, shifts of level and changes of trend of all metrics, at a false discovery rate of 10 %."""
        from profithunt.api.anomalies import read_anomalies

        return read_anomalies(self.engine, self.config)

    def reconcile(self) -> reading.Reconciliation:
        """Cut the ledger in every way there is; each must add up to the same."""
        return reading.reconcile(self.engine)

    def cost_sources(self) -> list[dict[str, Any]]:
        """What margins rest on: list sales, net sales and cost of goods by where the cost is known from."""
        return reading.cost_sources(self.engine)

    def sensitivity(self, shares: tuple[float, ...] = (-0.2, -0.1, 0.1, 0.2)) -> list[Sensitivity]:
        """Contribution profit if costs of goods that are only assumed were higher or lower by these shares."""
        total = reading.totals(self.engine)["cm3"]
        if total is None:
            return []
        assumed = sum(
            (row["cogs"] or Decimal(0) for row in self.cost_sources() if row["cost_source"] == "assumed"), Decimal(0)
        )
        return [Sensitivity(share, total + assumed * Decimal(str(share))) for share in shares]

    def metrics(self) -> Dictionary:
        """The dictionary of metrics: those that the data allows, and those that sleep with what would wake them."""
        from profithunt.metrics.reading import RunMetrics

        return RunMetrics(self.engine, self.config).dictionary()

    def metric(
        self,
        name: str,
        by: str | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        grain: Grain = "week",
    ) -> MetricFigures:
        """A metric by period (`day`, `week`, `month`, `quarter`, `year`), of the shop or by a dimension of its source.

        Raises NotFound for a metric or a dimension that isn't there, and for a metric that sleeps.
        """
        from profithunt.metrics.reading import RunMetrics

        return RunMetrics(self.engine, self.config).figures(name, by, start, end, grain)

    def review(self, deck: str | Path | None = None, csv: Sequence[Path] = (), week: dt.date | None = None) -> Review:
        """The weekly business review, by a deck (YAML) or by one made of all metrics; `week` is its last day."""
        from profithunt.api.weekly import review_run

        return review_run(self.engine, self.config, deck, csv, week)

    def explain(self, kind: str, id_: str) -> stories.Story:
        """The story behind an order, customer, sku, keyword, component, or a member of any dimension."""
        return stories.explain(self.engine, kind, id_)

    def hunt(
        self,
        level: str | None = None,
        owner: str | None = None,
        minimum: float | None = None,
        progress: Progress | None = None,
    ) -> Hunt:
        """The opportunities of the current run; of a level, an owner, from a value upwards.

        The detectors run anew where settings or detectors have changed since the run.
        """
        from profithunt.api import hunting  # the statistics load slowly

        current = self.current
        key = (current.run_id, hunting.key(self.config))
        if self._hunted is None or self._hunted[0] != key:
            found = hunting.stored_hunt(self.engine, self.config, current.info)
            if found is None:
                found = hunting.hunt_run(self.engine, self.config, progress or Silent())
            self._hunted = (key, found)
        return self._hunted[1].only(level=level, owner=owner, minimum=minimum)

    def opportunity(self, id_: str) -> Opportunity:
        """One opportunity whole, with its evidence; by its id or the beginning of it. Raises NotFound."""
        item = self.hunt().find(id_)
        if item is None:
            raise NotFound(f"there is no opportunity {id_!r} in this run", do="list them with: profithunt hunt")
        return item

    def opportunity_customers(self, id_: str) -> Relation:
        """The customers that an opportunity lists: profit to expect and least incentive of each. Raises NotFound."""
        from profithunt.api.hunting import customers_of

        return customers_of(self.engine, self.opportunity(id_))

    def write_opportunity_customers(self, id_: str, path: str | Path) -> Path:
        """Write the customers that an opportunity lists as CSV. Raises NotFound for one that lists none."""
        rows = self.opportunity_customers(id_)
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.engine.write_csv(rows.sql, target)
        return target

    def report(self, path: str | Path | None = None) -> Path:
        """Write the report of the current run as one HTML page that needs no network; default: beside shop.toml."""
        from profithunt import reports

        return reports.write(reports.gather(self), Path(path or self.path.with_name(reports.FILE_NAME)))

    def export(self, folder: str | Path, format_: str = "csv", names: list[str] | None = None) -> list[Path]:
        """Write tables of the current run into a folder, as CSV or Parquet. Returns the files. Raises UsageError."""
        if format_ not in EXPORT_FORMATS:
            raise UsageError(f"there is no format {format_!r}", do=f"there are: {', '.join(EXPORT_FORMATS)}")
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for name in names or self.tables:
            path = target / f"{name}.{format_}"
            query = self.table(name).sql
            if format_ == "parquet":
                self.engine.write_parquet(query, path)
            else:
                self.engine.write_csv(query, path)
            written.append(path)
        return written

    @property
    def dimensions(self) -> list[str]:
        """The dimensions that profit can be cut by."""
        return list(DIMENSIONS)
