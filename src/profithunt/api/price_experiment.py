"""The experiment that tells whether showing rivals' prices on product pages raises conversion."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.proposition.beliefs import Belief, beliefs

_DAYS: Final = 28
_WEEK: Final = 7
_LEAST_VISITS: Final = 100
_LONGEST: Final = 364


@dataclass(frozen=True)
class PriceExperiment:
    """Half of the visitors see the comparison, half do not; how many it takes and how long.

    `conversion` is the share of visits to compared SKUs' pages (`scope` is pages, or shop where views of pages are not
    known) that end in an order today; `uplift` the relative rise to be shown; `per_arm` visits in each of two equal
    arms, `needed` both together with this `share` left without it, `days` whole weeks that takes at today's visits.
    `smallest_uplift` is what 28 days will show; `profit_per_arm` visits an arm to show the same rise in contribution
    profit per visit, which decides: a comparison may sell more and earn less.
    """

    scope: str
    n_visits: int
    conversion: float
    profit_per_visit: float
    uplift: float
    belief: Belief
    share: float
    per_arm: int
    needed: int
    days: int
    smallest_uplift: float
    profit_per_arm: int | None

    @property
    def steps(self) -> tuple[str, ...]:
        """The plan, step by step."""
        if self.days > _LONGEST:
            return (
                f"Don't run it for this rise: at today's visits it takes {self.days / 365:.1f} years.",
                f"28 days will show {self.smallest_uplift:.0%} or more: run it only if so much is to be expected,",
                "or show the comparison without a test, and watch orders and contribution profit per visit.",
            )
        return (
            f"Assign each visitor once, by a stable hash of visitor and 'price_comparison': {self.share:.0%} see none.",
            "Show the fragment on every compared product page, also where a rival is cheaper: an honest comparison.",
            f"Run {self.days} days, whole weeks, and look once, at the end: {self.needed:,} visits in all.",
            "Judge by orders per visit; keep it only if contribution profit per visit did not fall.",
            "Stop if the arms' sizes differ beyond chance (sample-ratio mismatch, p < 0.001): the split is broken.",
        )

    def to_json(self) -> dict[str, Any]:
        """The plan as data."""
        return {
            **{name: value for name, value in vars(self).items() if name != "belief"},
            "profit_per_visit": f"{self.profit_per_visit:.4f}",
            "belief": self.belief.in_words,
            "source": self.belief.source,
            "window_days": _DAYS,
            "steps": list(self.steps),
        }


def plan(engine: AnyEngine, compiled: Callable[[str], str], uplift: float | None, share: float) -> PriceExperiment:
    """The plan from the visits of the last 28 days. Raises NotFound without visits, UsageError."""
    from profithunt.actions.measurement.design import sized

    belief = beliefs("prices")["comparison"]
    rise = belief.mean if uplift is None else uplift
    if not 0 < rise < 1 or not 0 < share < 1:
        raise UsageError("uplift and share lie between 0 and 1", expected="0.05 for 5 per cent")
    scope, row = "pages", engine.dicts(compiled("comparison_visits"))[0]
    if row["n_visits"] < _LEAST_VISITS or not row["n_bought"]:
        scope, row = "shop", engine.dicts(compiled("all_visits"))[0]
    visits, bought = int(row["n_visits"]), int(row["n_bought"])
    if visits < _LEAST_VISITS or not bought or bought == visits:
        raise NotFound(
            "visits of the last 28 days can't be told from orders",
            do="map sessions, and session_id in orders; say more with events (views of pages)",
        )
    conversion = bought / visits
    sigma = math.sqrt(conversion * (1 - conversion))
    design = sized(visits, sigma, None, rise * conversion, share)
    profit = float(row["profit"]) / visits
    spread = math.sqrt(max(float(row["profit_squared"]) / visits - profit**2, 0.0))
    by_profit = sized(visits, spread, None, rise * profit, share).per_arm if profit > 0 else None
    needed = design.needed or 0
    return PriceExperiment(
        scope=scope,
        n_visits=visits,
        conversion=conversion,
        profit_per_visit=profit,
        uplift=rise,
        belief=belief,
        share=share,
        per_arm=design.per_arm or 0,
        needed=needed,
        days=max(math.ceil(needed / visits * _DAYS / _WEEK), 1) * _WEEK,
        smallest_uplift=(design.smallest_effect or math.inf) / conversion,
        profit_per_arm=by_profit,
    )
