"""Own prices against rivals': where each SKU stands, what to do about it, what a customer would see; `Shop.prices`."""

from __future__ import annotations

import datetime as dt
import getpass
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlglot import exp

from profithunt.api.price_build import QUERIES
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Relation, compile_model, read_model
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings as ledger_settings
from profithunt.proposition import prices
from profithunt.proposition.match_decisions import Answer, Decision, read_decisions, remember

if TYPE_CHECKING:
    from profithunt.api.price_experiment import PriceExperiment
    from profithunt.api.price_view import CustomersView

Dimension = Literal["category", "subcategory", "brand", "competitor", "advice", "reason"]
State = Literal["taken", "review", "rejected", "none"]
STATES: Final = ("taken", "review", "rejected", "none")
DIMENSIONS: Final = ("category", "subcategory", "brand", "competitor", "advice", "reason")
_NO_PRICES: Final = "map competitor_prices (checks that name your SKUs) or rival_offers (price feeds without them)"


@dataclass(frozen=True)
class PriceBoard:
    """How the shop stands against rivals in all: counts of SKUs, days, matches, and what advice is worth over 28 days.

    `value` is the sum of the middle estimates of all advice; `by_advice` and `by_reason` count SKUs, `offers` the
    offers of price feeds by what came of them.
    """

    as_of: dt.date
    n_skus: int
    n_lowest: int
    n_delivered_lowest: int
    median_gap: float | None
    median_delivered_gap: float | None
    days_undercut_share: float | None
    n_wars: int
    value: float
    by_advice: Mapping[str, int]
    by_reason: Mapping[str, int]
    offers: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """The board as data."""
        return {
            **vars(self),
            "as_of": self.as_of.isoformat(),
            "value": f"{self.value:.2f}",
            "by_advice": dict(self.by_advice),
            "by_reason": dict(self.by_reason),
            "offers": dict(self.offers),
            "window_days": 28,
        }


class Prices:
    """Own prices against rivals'. All figures are of the current run; decisions about matches count from the next."""

    def __init__(self, engine: AnyEngine, config: ShopConfig) -> None:
        self._engine = engine
        self._config = config

    # Where the shop stands

    def board(self) -> PriceBoard:
        """The whole of it in a few figures. Raises NotFound where no rival's price is known."""
        whole = next(iter(self._summary("price_summary", exp.Literal.string("all")).dicts()), None)
        if whole is None:
            raise NotFound("no own price can be held against a rival's", do=_NO_PRICES)
        at_war = exp.select(exp.Count(this=exp.Star())).from_("price_wars").where(exp.column("at_war"))
        wars = self._engine.value(at_war)
        return PriceBoard(
            as_of=self._as_of,
            n_skus=whole["n_skus"],
            n_lowest=whole["n_lowest"],
            n_delivered_lowest=whole["n_delivered_lowest"],
            median_gap=whole["median_gap"],
            median_delivered_gap=whole["median_delivered_gap"],
            days_undercut_share=whole["days_undercut_share"],
            n_wars=int(wars),
            value=float(whole["value"]),
            by_advice=self._counts("advice", "price_positions"),
            by_reason=self._counts("reason", "price_positions"),
            offers=self._counts("state", "offer_matches"),
        )

    def positions(
        self,
        sku: str | None = None,
        category: str | None = None,
        competitor: str | None = None,
        advice: Literal["lower", "raise", "hold"] | None = None,
    ) -> Relation:
        """Every compared SKU: own and rivals' prices, rank, gap, days undercut, advice and its value; most money first.

        `competitor` keeps the SKUs that this rival has. Raises NotFound for a SKU, category or competitor without any.
        """
        query = exp.select("*").from_(self._table(prices.ADVICE))
        for name, wanted in (("sku", sku), ("category", category), ("advice", advice)):
            if wanted is not None:
                query = query.where(exp.EQ(this=exp.column(name), expression=exp.Literal.string(wanted)))
        if competitor is not None:
            has = exp.EQ(this=exp.column("competitor"), expression=exp.Literal.string(competitor))
            theirs = exp.select("sku").from_("rival_positions").where(has)
            query = query.where(exp.In(this=exp.column("sku"), query=exp.Subquery(this=theirs)))
        self._insist(query, sku=sku, category=category, competitor=competitor)
        value = exp.func("COALESCE", exp.column("value"), exp.Literal.number(0))
        gap = exp.func("COALESCE", exp.func("ABS", exp.column("delivered_gap")), exp.Literal.number(0))
        order = [exp.Ordered(this=value, desc=True), exp.Ordered(this=gap, desc=True), exp.column("sku")]
        return self._engine.relation(query.order_by(*order))

    def rivals(self, sku: str | None = None, category: str | None = None, competitor: str | None = None) -> Relation:
        """Every rival's last price for every SKU, like for like, with name and category. Raises NotFound."""
        query = (
            exp.select("p.name", "p.category", "r.*")
            .from_(exp.alias_(exp.table_(self._table("rival_positions")), "r"))
            .join(exp.alias_(exp.table_(prices.ADVICE), "p"), on="p.sku = r.sku", join_type="left")
        )
        for name, wanted in (("r.sku", sku), ("p.category", category), ("r.competitor", competitor)):
            if wanted is not None:
                table, _, column = name.partition(".")
                query = query.where(exp.EQ(this=exp.column(column, table), expression=exp.Literal.string(wanted)))
        self._insist(query, sku=sku, category=category, competitor=competitor)
        return self._engine.relation(query.order_by("r.sku", "r.delivered", "r.competitor"))

    def summary(self, by: Dimension = "category") -> Relation:
        """Positions by category, subcategory, brand, advice or reason, or rivals one by one. Raises NotFound."""
        if by not in DIMENSIONS:
            raise UsageError(f"prices can't be cut by {by!r}", do=f"there are: {', '.join(DIMENSIONS)}")
        if by == "competitor":
            return self._summary("rival_summary", None)
        member = exp.func("COALESCE", exp.column(by), exp.Literal.string(""))
        return self._summary("price_summary", member)

    def history(self, sku: str, competitor: str | None = None, days: int = 182) -> Relation:
        """Own price and rivals' prices of a SKU over the last days. Raises NotFound for one that is not compared."""
        self.positions(sku=sku)
        rival: exp.Expr = exp.true()
        if competitor is not None:
            rival = exp.EQ(this=exp.column("competitor"), expression=exp.Literal.string(competitor))
        return self._engine.relation(
            self._compiled("price_history", {"sku": sku, "days": max(days, 1)}, {"rival": rival})
        )

    def trend(
        self, sku: str | None = None, category: str | None = None, competitor: str | None = None, weeks: int = 26
    ) -> Relation:
        """Week by week: own price and lowest rival's, gap, rank, share of SKUs for which nobody was cheaper.

        Of one SKU, a category, against one rival, or all. Raises NotFound for one that is not compared.
        """
        self._table(prices.ADVICE)
        wanted: exp.Expr = exp.true()
        for name, said in (("r.sku", sku), ("p.category", category), ("r.competitor", competitor)):
            if said is not None:
                table, _, column = name.partition(".")
                same = exp.EQ(this=exp.column(column, table), expression=exp.Literal.string(said))
                wanted = exp.and_(wanted, same)
        compiled = self._compiled("price_trend", {"weeks": max(weeks, 1)}, {"wanted": wanted})
        if (sku or category or competitor) and not self._engine.rows(compiled):
            self.positions(sku, category, competitor)
        return self._engine.relation(compiled)

    def wars(self) -> Relation:
        """SKUs whose price the shop and a rival cut in turn, those at it now first. Raises NotFound."""
        query = exp.select("*").from_(self._table("price_wars"))
        at_war = exp.Ordered(this=exp.column("at_war"), desc=True)
        turns = exp.Ordered(this=exp.column("turns"), desc=True)
        return self._engine.relation(query.order_by(at_war, turns, exp.column("sku"), exp.column("competitor")))

    # Matches

    def matches(self, state: State | None = None) -> Relation:
        """Offers of price feeds and the SKUs that they were matched to; of a state, or all. Raises NotFound."""
        if state is not None and state not in STATES:
            raise UsageError(f"there is no state {state!r}", do=f"there are: {', '.join(STATES)}")
        query = exp.select("*").from_(self._table(prices.MATCHES))
        if state is not None:
            query = query.where(exp.EQ(this=exp.column("state"), expression=exp.Literal.string(state)))
        surest = exp.Ordered(this=exp.column("confidence"), desc=True)
        return self._engine.relation(query.order_by(surest, exp.column("competitor"), exp.column("offer_id")))

    def review(self) -> list[dict[str, Any]]:
        """Doubtful matches that nobody has decided about yet, the likeliest first. Raises NotFound."""
        decided = set(self.decisions())
        return [row for row in self.matches("review").dicts() if row["match_id"] not in decided]

    def decisions(self) -> Mapping[str, Decision]:
        """What people decided so far, by match."""
        return read_decisions(self._file)

    def accept(
        self,
        match_id: str,
        *,
        sku: str | None = None,
        packs: float | None = None,
        by: str | None = None,
        note: str = "",
    ) -> Decision:
        """The offer is this SKU (or another, if named): it is compared from the next run on. Raises NotFound.

        `packs` of the rival's units hold what one own unit does (default: as the match says). Raises UsageError.
        """
        if packs is not None and not 0 < packs < math.inf:
            raise UsageError(f"{packs} packs can't be", expected="a number above 0")
        return self._decide(match_id, "accept", sku, by, note, packs)

    def reject(self, match_id: str, *, by: str | None = None, note: str = "") -> Decision:
        """The offer is not this SKU: it is not compared from the next run on. Raises NotFound."""
        return self._decide(match_id, "reject", None, by, note)

    # What a customer sees

    def view(self, sku: str) -> CustomersView:
        """A SKU as a shop would show it: the own offer beside others, with delivery. Raises NotFound."""
        from profithunt.api.price_view import customers_view

        self.positions(sku=sku)
        own = self._engine.dicts(self._compiled("own_offer", {"sku": sku}))[0]
        return customers_view(own, self.rivals(sku=sku).dicts(), self._config, self._as_of)

    def experiment(self, uplift: float | None = None, share: float = 0.5) -> PriceExperiment:
        """The test of whether showing rivals' prices raises conversion: arms, size, days. Raises NotFound, UsageError.

        `uplift` is the relative rise of conversion to be shown (default: the declared belief), `share` the visitors who
        do not see it.
        """
        from profithunt.api.price_experiment import plan

        self._table(prices.ADVICE)
        return plan(self._engine, self._compiled, uplift, share)

    # Inside

    @cached_property
    def _as_of(self) -> dt.date:
        return as_of(self._engine, self._config)

    @property
    def _file(self) -> Any:
        return self._config.folder / self._config.prices.decisions

    def _table(self, name: str) -> str:
        if not self._engine.has(name):
            raise NotFound("this run knows no rival's price", do=f"{_NO_PRICES}, then: profithunt run")
        return name

    def _compiled(
        self, name: str, values: Mapping[str, Any] | None = None, parts: Mapping[str, exp.Expr] | None = None
    ) -> str:
        base = ledger_settings(self._config, self._as_of).values
        model = read_model(QUERIES / f"{name}.sql")
        return compile_model(model, values={**base, **(values or {})}, parts=dict(parts or {}))

    def _summary(self, name: str, dimension: exp.Expr | None) -> Relation:
        self._table(prices.ADVICE)
        return self._engine.relation(self._compiled(name, None, {} if dimension is None else {"dimension": dimension}))

    def _counts(self, column: str, table: str) -> dict[str, int]:
        count = exp.alias_(exp.Count(this=exp.Star()), "n")
        query = exp.select(column, count).from_(table).group_by(column).order_by(column)
        return {row[column]: int(row["n"]) for row in self._engine.dicts(query)}

    def _insist(self, query: exp.Select, **asked: str | None) -> None:
        """Raise NotFound, naming what was asked for, where a query has no row."""
        said = ", ".join(f"{name} {value!r}" for name, value in asked.items() if value is not None)
        if said and not self._engine.rows(query.limit(1)):
            raise NotFound(f"no compared SKU has {said}", do="list them with: profithunt prices")

    def _decide(
        self, match_id: str, answer: Answer, sku: str | None, by: str | None, note: str, packs: float | None = None
    ) -> Decision:
        prefix = exp.Like(this=exp.column("match_id"), expression=exp.Literal.string(f"{_plain(match_id)}%"))
        known = self._engine.dicts(exp.select("*").from_(self._table(prices.MATCHES)).where(prefix).limit(2))
        if len(known) != 1:
            few = "no match" if not known else "more than one match"
            raise NotFound(f"{few} has the key {match_id!r}", do="list them with: profithunt prices review")
        found = known[0]
        chosen = sku or found["sku"]
        if chosen is None:
            raise UsageError(f"the offer {found['title']!r} is like no SKU", do="say which one it is: --sku SKU")
        if sku is not None:
            same = exp.EQ(this=exp.column("sku"), expression=exp.Literal.string(sku))
            if not self._engine.rows(exp.select("sku").from_("products").where(same).limit(1)):
                raise NotFound(f"there is no SKU {sku!r} in products")
        who = by or _who()
        decision = Decision(found["competitor"], found["offer_id"], chosen, answer, packs, decided_by=who, note=note)
        remember(self._file, decision)
        return decision


def _plain(key: str) -> str:
    if not key or not key.isalnum():
        raise UsageError(f"{key!r} is no key of a match", do="take one that `profithunt prices review` lists")
    return key


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
