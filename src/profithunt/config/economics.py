"""What things cost: tax, returns, attribution, assumptions, rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import Field

from profithunt.config.section import Section

RateKind = Literal[
    "pick",
    "pack",
    "receive",
    "storage",
    "return_handling",
    "return_carriage",
    "contact",
    "contact_minute",
    "payment_share",
    "payment_fixed",
    "marketplace_share",
    "parcel",
    "loyalty_redemption",
    "idle_capacity",
    "exchange",
]


AttributionModel = Literal[
    "last_touch",
    "first_touch",
    "last_non_direct",
    "linear",
    "time_decay",
    "position",
    "markov",
    "shapley",
]


class Tax(Section):
    """Whether prices carry tax, and at what rate where the data does not say."""

    prices_include_tax: bool = Field(False, description="Prices, discounts, refunds and delivery charges carry tax.")
    rate: float = Field(0.0, ge=0, lt=10, description="Rate where neither product nor country says, 0.19 for 19 %.")
    by_country: dict[str, float] = Field(default_factory=dict, description="Rate by country.")


class Returns(Section):
    """How long customers may send back."""

    window_days: int = Field(60, ge=1, le=730, description="Days after the order in which returns arrive.")
    mature_share: float = Field(0.95, gt=0, le=1, description="Share of returns seen above which nothing is accrued.")


class Attribution(Section):
    """Which touches an order is credited to."""

    model: AttributionModel = Field("last_touch", description="How credit is split over the touches of an order.")
    window_days: int = Field(30, ge=1, le=365, description="How long before an order a touch counts.")
    half_life_days: float = Field(7.0, gt=0, description="Half-life of credit under time_decay.")
    direct_channels: list[str] = Field(
        default_factory=lambda: ["direct", "(direct)", "none", "(none)"], description="Channels that are no marketing."
    )


class Assumptions(Section):
    """What is assumed where a shop has no data. Every figure that rests on it is marked."""

    use: bool = Field(
        True,
        description="false leaves assumed ratios out (profit below them is missing), and assumed rates.",
    )
    cost_ratio: float | None = Field(
        0.65, ge=0, le=2, description="Cost of goods as a share of list sales where no cost is known at all."
    )
    cost_ratio_by_category: dict[str, float] = Field(default_factory=dict, description="The same by category.")
    redemption_share: float = Field(0.8, ge=0, le=1, description="Share of loyalty credits that is ever redeemed.")


class CostRate(Section):
    """What one unit of an activity costs."""

    kind: RateKind = Field(description="Activity.")
    rate: Decimal = Field(description="Cost of one unit of it, or a share.")
    unit: str | None = Field(None, description="What one unit is.")
    starts_on: dt.date | None = Field(None, description="First day it holds.")
    ends_on: dt.date | None = Field(None, description="Last day it holds.")
    dimension: str | None = Field(None, description="channel, carrier, country, store, payment_method, currency …")
    member: str | None = Field(None, description="Member of the dimension.")
    assumed: bool = Field(False, description="A guess; left out where assumptions are not used.")
