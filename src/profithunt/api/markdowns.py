"""Markdown ladders: by SKU, the sequence of prices that earns most from its stock before the season ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.proposition import markdowns as reading
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.markdown_books import Named
    from profithunt.models.markdown_study import Plan, Total

_NEEDS: Final = "map stock (counted_on, sku, on_hand) and season_ends_on in products"
_SALVAGE: Final = 0.3
_SEGMENTS: Final = {
    "new": "new customers",
    "full_price": "customers who mostly buy at full price",
    "discount": "customers who mostly buy discounted",
    "guest": "guests",
}


@dataclass(frozen=True)
class Step:
    """A price from a day on, as it stands on the tag, and the cut from today's that it is."""

    starts_on: dt.date
    price: float
    cut: float


@dataclass(frozen=True)
class Ladder:
    """What to do with a SKU's stock; `steps` are empty where its price is left.

    Money until the season ends, in shop currency: contribution at today's price (what is left over at its salvage, the
    cost of all of the stock in it), the gain of the ladder over it with P10 and P90, and the probability of a gain. Of
    a SKU that is left they are those of the best ladder. `elasticity` at the full price; `learnt` from own price
    changes, 0 to 1.
    """

    sku: str
    name: str | None
    category: str
    on_hand: float
    weeks_left: int
    price: float
    recommended: bool
    steps: tuple[Step, ...]
    units_today: float
    units: float
    profit_today: float
    gain: float
    gain_low: float
    gain_high: float
    better: float
    elasticity: float
    learnt: float


@dataclass(frozen=True)
class Side:
    """A kind of customer under the recommended ladders: units until the seasons end, before and after, and money.

    `given` is the discount on what they would have bought anyway, `gain` contribution profit.
    """

    segment: str
    units_today: float
    units: float
    given: float
    gain: float


@dataclass(frozen=True)
class Markdowns:
    """Which prices to clear stock at, SKU by SKU, the most money first, against today's prices and one cut for all.

    `total` is over the recommended ladders; `cuts` every single cut for all SKUs from next week on, with its gain;
    `best_cut` the best of them. `answers` are categories with their mean elasticity and what of it is learnt.
    `if_salvage_is` are gains of the ladders where what is left over brings nothing, and twice as much. `left_out`
    counts SKUs that could not be studied, by why.
    """

    as_of: dt.date
    category: str | None
    ladders: tuple[Ladder, ...]
    profit_today: float
    total: Total
    cuts: tuple[tuple[float, Total], ...]
    best_cut: tuple[float, Total]
    sides: tuple[Side, ...]
    answers: tuple[tuple[str, float, float], ...]
    salvage_share: float
    if_salvage_is: tuple[float, float]
    season_learnt: bool
    n_per_arm: float | None
    left_out: dict[str, int]
    beliefs: dict[str, Belief]

    @property
    def recommended(self) -> tuple[Ladder, ...]:
        """The ladders to take."""
        return tuple(one for one in self.ladders if one.recommended)

    @property
    def verdict(self) -> str:
        """`change` or `leave`."""
        return "change" if self.recommended else "leave"

    def to_json(self) -> dict[str, Any]:
        """Everything as data, amounts as decimal strings."""
        return {
            "verdict": self.verdict,
            "as_of": self.as_of.isoformat(),
            "category": self.category,
            "n_skus": len(self.ladders),
            "profit_today": _amount(self.profit_today),
            "total": _total(self.total),
            "best_single_cut": {"cut": self.best_cut[0], **_total(self.best_cut[1])},
            "single_cuts": [{"cut": cut, **_total(total)} for cut, total in self.cuts],
            "ladders": [_ladder(one) for one in self.ladders],
            "segments": [
                {
                    "segment": one.segment,
                    "units_today": one.units_today,
                    "units": one.units,
                    "given": _amount(one.given),
                    "gain": _amount(one.gain),
                }
                for one in self.sides
            ],
            "elasticities": [
                {"category": name, "mean": mean, "learnt_share": learnt} for name, mean, learnt in self.answers
            ],
            "sensitivity": {
                "answer_to_prices_weak": _amount(self.total.weak),
                "answer_to_prices_strong": _amount(self.total.strong),
                "salvage_nothing": _amount(self.if_salvage_is[0]),
                "salvage_twice": _amount(self.if_salvage_is[1]),
            },
            "salvage_share": self.salvage_share,
            "season_learnt": self.season_learnt,
            "test": {"n_per_arm": self.n_per_arm, "unit": "sku"},
            "left_out": self.left_out,
            "beliefs": {
                name: {"mean": one.mean, "spread": one.spread, "in_words": one.in_words, "source": one.source}
                for name, one in self.beliefs.items()
            },
        }


def markdowns(
    engine: AnyEngine, config: ShopConfig, category: str | None = None, salvage: float | None = None
) -> Markdowns:
    """The best ladder of each SKU that is in stock and whose season ends.

    `salvage` is the share of its cost that a unit left over brings (default: that of the detector excess_stock). Raises
    NotFound without stock, seasons or such SKUs, UsageError for a salvage that is no share.
    """
    from profithunt.models.elasticity import Belief as Prior
    from profithunt.models.markdown_books import read_books
    from profithunt.models.markdown_study import study

    if salvage is None:
        salvage = float(config.thresholds.get("excess_stock", {}).get("salvage_share", _SALVAGE))
    if not 0 <= salvage <= 1:
        raise UsageError("salvage is a share of the unit cost", expected="0 to 1, e.g. 0.3")
    if not reading.counted(engine):
        raise NotFound("no stock was counted in this run", do=_NEEDS)
    today = as_of(engine, config)
    values = settings(config, today).values
    known = dict(beliefs("markdowns"))
    books = reading.books(engine, values, category)
    named = read_books(
        books.skus,
        books.weeks,
        books.there,
        books.tags,
        n_weeks=reading.WEEKS,
        salvage=salvage,
        recovered=known["resaleable"].mean,
    )
    if not len(named.sku):
        raise _nothing(named, category)
    prior = Prior(known["elasticity"].mean, known["elasticity"].spread, known["between"].spread, known["within"].spread)
    plan = study(named.sold, named.goods, belief=prior)
    ladders = _ladders(named, plan, today)
    freed = float((named.goods.salvage * (plan.units - plan.units_today))[plan.take].sum())
    return Markdowns(
        as_of=today,
        category=category,
        ladders=ladders,
        profit_today=float(plan.hold.sum()),
        total=plan.ladders,
        cuts=tuple((one.cut, one.total) for one in plan.blunt),
        best_cut=(plan.best_blunt.cut, plan.best_blunt.total),
        sides=_sides(named, plan, reading.segments(engine, values)),
        answers=_answers(ladders),
        salvage_share=salvage,
        if_salvage_is=(plan.ladders.gain + freed, plan.ladders.gain - freed),
        season_learnt=plan.demand.season_learnt,
        n_per_arm=plan.n_per_arm,
        left_out=named.left_out,
        beliefs=known,
    )


def _nothing(named: Named, category: str | None) -> NotFound:
    if named.left_out:
        why = ", ".join(f"{n} since {why}" for why, n in named.left_out.items())
        return NotFound(f"none of the SKUs in stock can be studied: {why}", do="map unit_cost in products or stock")
    where = f" in the category {category!r}" if category else ""
    return NotFound(f"no SKU in stock has a season that ends{where}", do=_NEEDS)


def _ladders(named: Named, plan: Plan, today: dt.date) -> tuple[Ladder, ...]:
    goods, found = named.goods, plan.elasticities
    elasticity = found.expected()
    out = []
    # Most money first, those to take before those to leave.
    for at in sorted(range(len(named.sku)), key=lambda place: (-int(plan.take[place]), -float(plan.gain[place]))):
        row, take = int(goods.row[at]), bool(plan.take[at])
        price = float(named.tag[at])
        name = named.name[at]
        out.append(
            Ladder(
                sku=str(named.sku[at]),
                name=None if name is None else str(name),
                category=str(named.category[at]),
                on_hand=float(goods.stock[at]),
                weeks_left=int(goods.weeks[at]),
                price=price,
                recommended=take,
                steps=_steps(plan, at, price, int(goods.weeks[at]), today) if take else (),
                units_today=float(plan.units_today[at]),
                units=float(plan.units[at]),
                profit_today=float(plan.hold[at]),
                gain=float(plan.gain[at]),
                gain_low=float(plan.low[at]),
                gain_high=float(plan.high[at]),
                better=float(plan.better[at]),
                elasticity=float(elasticity[row]),
                learnt=float(found.learnt[row]),
            )
        )
    return tuple(out)


def _steps(plan: Plan, at: int, price: float, weeks: int, today: dt.date) -> tuple[Step, ...]:
    """The weeks in which the price changes."""
    steps, last = [], 0
    for week, place in enumerate(plan.ladder[at, :weeks].tolist()):
        if place != last:
            cut = plan.cuts[place]
            steps.append(Step(today + dt.timedelta(days=1 + 7 * week), price * (1 - cut), cut))
            last = place
    return tuple(steps)


def _answers(ladders: tuple[Ladder, ...]) -> tuple[tuple[str, float, float], ...]:
    """Mean elasticity and learnt share by category, the largest category first."""
    by_category: dict[str, list[Ladder]] = {}
    for one in ladders:
        by_category.setdefault(one.category or "no category", []).append(one)
    listed = sorted(by_category.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        (name, sum(one.elasticity for one in some) / len(some), sum(one.learnt for one in some) / len(some))
        for name, some in listed
    )


def _sides(named: Named, plan: Plan, bought: dict[str, Any]) -> tuple[Side, ...]:
    from profithunt.models.markdown_study import by_segment

    places = {str(sku): at for at, sku in enumerate(named.sku)}
    found = by_segment(named.goods, plan, places, bought)
    return tuple(Side(_SEGMENTS[name], *found[name]) for name in _SEGMENTS if name in found)


def _ladder(one: Ladder) -> dict[str, Any]:
    amounts = {name: _amount(getattr(one, name)) for name in ("price", "profit_today", "gain", "gain_low", "gain_high")}
    steps = [
        {"starts_on": step.starts_on.isoformat(), "price": _amount(step.price), "cut": step.cut} for step in one.steps
    ]
    return {**one.__dict__, **amounts, "steps": steps}


def _total(total: Total) -> dict[str, Any]:
    amounts = {name: _amount(getattr(total, name)) for name in ("gain", "low", "high")}
    return {**amounts, "better": total.better}


def _amount(value: float) -> str:
    return f"{value:.4f}"
