"""Overstock without blunt discounts: which customer is offered which SKU with the least incentive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Relation
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.proposition import markdowns as weeks, overstock as reading
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.offers import Goods, Incentive, Offers, Pairs, People, Terms
    from profithunt.models.offers_value import Money

SURE: Final = 0.8
SMALL: Final = 0.1
LARGER: Final = 0.2
EXACT_PAIRS: Final = 30_000
LIST: Final = "overstock_list"
_SALVAGE: Final = 0.3
_SAMPLES: Final = ((1_500, 6), (30_000, 4), (30_000, 4))
"""Customers of the programme and of what refines its prices, twice; how many times as many offers as they may get."""
_SPARE: Final = 6
_SPARE_OFFERS: Final = 8_000_000
_NO_STOCK: Final = "map stock (counted_on, sku, on_hand) and unit_cost in products or stock"
_NO_TASTE: Final = "pip install 'profithunt[affinity]', then: profithunt run (it needs about a year of orders)"


@dataclass(frozen=True)
class Chosen:
    """Offers and what they rest on: pairs that were looked at last, and dual prices of stock.

    `bound` is what no assignment can exceed, `n_pairs` how many pairs there were to choose from.
    """

    pairs: Pairs
    offers: Offers
    price: Any
    bound: float
    n_pairs: int


@dataclass(frozen=True)
class Moved:
    """An overstocked SKU and what the offers do: units too many, offers, units moved beyond what sells anyway, gain."""

    sku: str
    name: str | None
    excess: float
    price: float
    unit_cost: float
    n_offers: int
    units: float
    gain: float


@dataclass(frozen=True)
class Given:
    """An incentive: what it takes off the price, how many get it, what it earns."""

    name: str
    share: float
    n_offers: int
    gain: float


@dataclass(frozen=True)
class Side:
    """A kind of customer: how many get an offer, and what the offers bring."""

    segment: str
    n_customers: int
    n_offers: int
    gain: float


@dataclass(frozen=True)
class Overstock:
    """Overstocked SKUs and the customers they suit: the best assignment, against the best cut that everybody sees.

    Money is contribution profit over 28 days beyond what would come without; `cut` is the best single cut for all
    SKUs, `each_cut` the sum of the best cut of each. `list` has a row an offer (customer_id, sku, incentive, share off
    the price, day to send it, chance unasked, expected profit), best first;
    `reached` is what they earn as a share of the most that any assignment within the same limits could.
    """

    as_of: dt.date
    n_skus: int
    n_customers: int
    n_listed: int
    n_offers: int
    n_pairs: int
    most_offers: int
    spacing_days: int
    n_refused: int
    offers: Money
    better: float
    cut: float
    single_cut: Money
    each_cut: Money
    reached: float | None
    cost: float
    moved: tuple[Moved, ...]
    given: tuple[Given, ...]
    sides: tuple[Side, ...]
    n_per_arm: float | None
    margin_floor: float
    beliefs: dict[str, Belief]
    list: Relation
    engine: AnyEngine

    @property
    def verdict(self) -> str:
        """`offer` the list, `cut` for everybody, or `leave`."""
        if self.offers.gain > 0 and self.better >= SURE:
            return "offer"
        single = self.single_cut
        return "cut" if self.cut > 0 and single.low > 0 and single.gain > self.offers.gain else "leave"

    def write(self, path: str | Path) -> int:
        """Write the list as CSV; the number of its rows."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        return self.engine.write_csv(self.list.sql, target)

    def to_json(self) -> dict[str, Any]:
        """Everything but the list as data, amounts as decimal strings."""
        return {
            "verdict": self.verdict,
            "as_of": self.as_of.isoformat(),
            "window_days": 28,
            "n_skus": self.n_skus,
            "n_customers": self.n_customers,
            "n_listed": self.n_listed,
            "n_offers": self.n_offers,
            "offers": _money(self.offers),
            "better": self.better,
            "reached": self.reached,
            "cost": _amount(self.cost),
            "best_single_cut": {"cut": self.cut, **_money(self.single_cut)},
            "best_cut_of_each": _money(self.each_cut),
            "skus": [
                {**one.__dict__, **{name: _amount(getattr(one, name)) for name in ("price", "unit_cost", "gain")}}
                for one in self.moved
            ],
            "incentives": [{**one.__dict__, "gain": _amount(one.gain)} for one in self.given],
            "segments": [{**one.__dict__, "gain": _amount(one.gain)} for one in self.sides],
            "contacts": {
                "most_offers": self.most_offers,
                "spacing_days": self.spacing_days,
                "n_refused": self.n_refused,
            },
            "margin_floor": self.margin_floor,
            "test": {"n_per_arm": self.n_per_arm, "unit": "customer"},
            "beliefs": {
                name: {"mean": one.mean, "spread": one.spread, "in_words": one.in_words, "source": one.source}
                for name, one in self.beliefs.items()
            },
        }


def overstock(
    engine: AnyEngine,
    config: ShopConfig,
    *,
    most_offers: int = 4,
    spacing_days: int = 7,
    cost: float = 0.05,
    salvage: float | None = None,
    margin_floor: float | None = None,
) -> Overstock:
    """`Proposition.overstock`."""
    from profithunt.models import offers_books as books
    from profithunt.models.offers_value import valued

    salvage, margin_floor = _checked(config, most_offers, spacing_days, cost, salvage, margin_floor)
    if not weeks.counted(engine):
        raise NotFound("no stock was counted in this run", do=_NO_STOCK)
    if not engine.has("affinity"):
        raise NotFound("what suits whom is not known in this run", do=_NO_TASTE)
    today = as_of(engine, config)
    values = settings(config, today).values
    known = dict(beliefs("overstock"))
    skus = reading.skus(engine, values, salvage)
    if not len(skus["sku"]):
        raise NotFound("no SKU lies in stock beyond what will be sold in time", do="nothing: there is no overstock")
    incentives = _incentives(known)
    goods = _goods(engine, values, skus, incentives, margin_floor)
    crowd = books.crowd(reading.people(engine, values), today, most_offers, spacing_days)
    terms = _terms(incentives, known["told"].mean, cost)
    table = books.terms_columns(goods.goods, terms, goods.goods.excess * 0, sku=goods.sku, units_28=goods.units)
    people = books.people_columns(crowd.people, customer_id=crowd.customer)
    with reading.attached(engine, table, people):
        found = choose(engine, goods.goods, crowd.people, terms)
    if not found.n_pairs:
        raise NotFound("no customer is known whom an overstocked SKU suits", do=_NO_TASTE)
    worth = valued(
        found.pairs,
        found.offers,
        crowd.people,
        goods.goods,
        terms,
        told_spread=known["told"].spread,
        elasticity_spread=goods.spread,
        units=goods.units,
        stock=goods.stock,
        floors=goods.floors,
    )
    # A name of its own: lists of several calls are held against each other.
    name = next(name for name in (f"{LIST}_{number}" for number in count(1)) if not engine.has(name))
    engine.attach_arrays(name, books.listed(found.pairs, found.offers, goods, crowd, terms, today))
    of_sku = books.by_sku(found.pairs, found.offers, len(goods.sku))
    of_incentive = books.by_incentive(found.offers, len(incentives))
    of_kind = books.by_kind(found.pairs, found.offers, crowd)
    return Overstock(
        as_of=today,
        n_skus=len(goods.sku),
        n_customers=len(crowd.customer),
        n_listed=books.n_customers(found.pairs, found.offers),
        n_offers=len(found.offers.pair),
        n_pairs=found.n_pairs,
        most_offers=most_offers,
        spacing_days=spacing_days,
        n_refused=crowd.refused,
        offers=worth.offers,
        better=worth.better,
        cut=worth.cut,
        single_cut=worth.single,
        each_cut=worth.each,
        reached=float(found.offers.gain.sum()) / found.bound if found.bound > 0 else None,
        cost=books.cost_of(found.pairs, found.offers, goods.goods, crowd.people, terms),
        moved=_moved(goods, of_sku),
        given=tuple(
            Given(one.name, one.given, n, gain) for one, (n, _, gain) in zip(incentives, of_incentive, strict=True)
        ),
        sides=tuple(
            Side(name, *sums)
            for name, sums in zip(
                ("customers who mostly buy at full price", "customers who mostly buy discounted"), of_kind, strict=True
            )
        ),
        n_per_arm=worth.n_per_arm,
        margin_floor=margin_floor,
        beliefs=known,
        list=engine.relation(exp.select("*").from_(name).order_by("place")),
        engine=engine,
    )


def choose(engine: AnyEngine, goods: Goods, people: People, terms: Terms, *, exact: int = EXACT_PAIRS) -> Chosen:
    """The best offers over the tables `overstock_terms`, `overstock_people` and `overstock_pairs` of the engine.

    Up to `exact` pairs as one programme; above it the programme of a sample gives prices of stock, more customers
    refine them, and every customer's best offers at them are found by the engine.
    """
    from profithunt.models import offers as model, offers_books as books

    n_pairs = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(reading.PAIRS)))
    if n_pairs <= exact:
        pairs = books.pairs_of([engine.arrays(exp.select("customer", "item", "chance").from_(reading.PAIRS))])
        offers, price = model.assign(pairs, people, goods, terms)
        return Chosen(pairs, offers, price, model.bound(pairs, people, goods, terms, price), n_pairs)
    price = goods.excess * 0
    for at, (sample, times) in enumerate(_SAMPLES):
        one_in = max(round(len(people.answer) / sample), 1)
        pairs = _best(engine, terms, books.spans(len(people.answer), n_pairs // one_in), one_in=one_in, times=times)
        if at:
            price = model.refined(pairs, people, goods, terms, price, 1 / one_in)
        else:
            _, price = model.assign(pairs, people, model.scaled(goods, 1 / one_in), terms)
        _priced(engine, goods, terms, price)
    # A few more than each may get: who comes too late for one SKU is offered the next best.
    spare = min(max(_SPARE_OFFERS // max(int(people.most.sum()), 1), 1), _SPARE)
    pairs = _best(engine, terms, books.spans(len(people.answer), n_pairs), times=spare)
    offers = model.fitted(pairs, people, goods, terms, price)
    return Chosen(pairs, offers, price, model.bound(pairs, people, goods, terms, price), n_pairs)


def _best(engine: AnyEngine, terms: Terms, ends: list[int], *, one_in: int = 1, times: int = 1) -> Pairs:
    from profithunt.models import offers_books as books

    return books.pairs_of(reading.best_offers(engine, books.values(terms), ends, one_in=one_in, times=times))


def _priced(engine: AnyEngine, goods: Goods, terms: Terms, price: Any) -> None:
    """Put prices of stock beside the SKUs."""
    from profithunt.models import offers_books as books

    engine.drop(reading.TERMS)
    engine.attach_arrays(reading.TERMS, books.terms_columns(goods, terms, price))


def _checked(
    config: ShopConfig, most: int, spacing: int, cost: float, salvage: float | None, floor: float | None
) -> tuple[float, float]:
    """Salvage and margin floor, each as given or as the shop has it. Raises UsageError."""
    if most < 1 or spacing < 0 or cost < 0:
        raise UsageError(
            "offers a customer, days between sends and the cost of an offer can't be negative",
            expected="at least one offer a customer, 0 days or more, 0 or more money",
        )
    if salvage is None:
        salvage = float(config.thresholds.get("overstock_meets_buyer", {}).get("salvage_share", _SALVAGE))
    floor = config.autonomy.margin_floor if floor is None else floor
    if not 0 <= salvage <= 1 or not -1 <= floor < 1:
        raise UsageError("salvage and margin floor are shares", expected="0 to 1 and −1 to below 1, e.g. 0.3 and 0.1")
    return salvage, floor


def _incentives(known: Mapping[str, Belief]) -> tuple[Incentive, ...]:
    from profithunt.models.offers import Incentive

    return (
        Incentive("none", 0.0, 0.0),
        Incentive("early access", 0.0, known["early_access_given"].mean, known["early_access"].mean),
        Incentive("bundle", known["bundle_felt"].mean, known["bundle_given"].mean),
        Incentive("small", SMALL, SMALL),
        Incentive("larger", LARGER, LARGER),
    )


def _terms(incentives: tuple[Incentive, ...], told: float, cost: float) -> Terms:
    from profithunt.models.offers import Terms

    return Terms(incentives, told, cost)


def _goods(
    engine: AnyEngine,
    values: Mapping[str, Any],
    skus: dict[str, Any],
    incentives: tuple[Incentive, ...],
    margin_floor: float,
) -> Any:
    """The overstocked SKUs, with elasticities from the shop's own price changes."""
    from profithunt.models import offers_books as books
    from profithunt.models.elasticity import Belief as Prior, learn
    from profithunt.models.markdown_books import matrices

    read = weeks.books(engine, values, None)
    found = matrices(skus["sku"], skus["category"], skus["price"], read.weeks, read.there, read.tags, weeks.WEEKS)
    known = beliefs("markdowns")
    prior = Prior(known["elasticity"].mean, known["elasticity"].spread, known["between"].spread, known["within"].spread)
    return books.named(skus, learn(found.sold, prior), found.rows, incentives, margin_floor)


def _moved(goods: Any, sums: list[tuple[int, float, float]]) -> tuple[Moved, ...]:
    found = [
        Moved(
            str(goods.sku[at]),
            None if goods.name[at] is None else str(goods.name[at]),
            float(goods.goods.excess[at]),
            float(goods.price[at]),
            float(goods.unit_cost[at]),
            *sums[at],
        )
        for at in range(len(goods.sku))
    ]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.sku)))


def _money(one: Money) -> dict[str, str]:
    return {name: _amount(getattr(one, name)) for name in ("gain", "low", "high")}


def _amount(value: float) -> str:
    return f"{value:.4f}"
