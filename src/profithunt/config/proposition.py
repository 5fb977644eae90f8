"""What customers are offered: prices, delivery, what they say of it."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, field_validator

from profithunt.config.section import Section


class Prices(Section):
    """How prices are held against rivals': what waiting and lateness are worth, who is no rival, how far to go."""

    day_worth: float = Field(0.005, ge=0, lt=1, description="What a day of waiting is worth, as a share of the price.")
    day_amount: Decimal | None = Field(None, ge=0, description="The same as an amount; goes before the share.")
    late_worth: float = Field(0.05, ge=0, lt=1, description="What a late parcel costs a customer, as such a share.")
    late_amount: Decimal | None = Field(None, ge=0, description="The same as an amount; goes before the share.")
    late_shares: dict[str, float] = Field(
        default_factory=dict,
        description="Share of a competitor's parcels that come late, declared or measured; of others none is held.",
    )
    recent_days: int = Field(28, ge=1, le=364, description="Days of checks that today's comparison rests on.")
    history_days: int = Field(364, ge=56, le=3650, description="Days of prices that elasticities are learnt from.")
    own_sellers: list[str] = Field(
        default_factory=list, description="Names that the shop itself sells under elsewhere: no rivals of its own."
    )
    largest_change: float = Field(0.25, gt=0, lt=1, description="Largest change of a price that is looked at, a share.")
    sure: float = Field(0.8, gt=0.5, lt=1, description="Probability of a gain that a change of price needs.")
    decisions: str = Field(
        "price_matches.csv", description="File beside shop.toml that remembers which offers were accepted or rejected."
    )

    @field_validator("late_shares")
    @classmethod
    def _shares(cls, value: dict[str, float]) -> dict[str, float]:
        if any(not 0 <= share <= 1 for share in value.values()):
            raise ValueError("holds a share that is not between 0 and 1; write 0.05 for 5 per cent")
        return value


class Listening(Section):
    """How customers' words are read, and how much leaders listen."""

    taxonomy: str | None = Field(
        None, description="TOML file with the shop's own reasons, below the shop; default: the reasons of retail."
    )
    clear: float = Field(
        0.75, gt=0, lt=1, description="Probability that a reason is right below which it is called unclear."
    )
    hours_a_year: float = Field(16.0, gt=0, description="Hours that each leader is to listen in a year.")
    leaders: list[str] = Field(default_factory=list, description="Who is to listen; others may as well.")


class OwnVans(Section):
    """Own vans in a region: what they cost and do."""

    region: str = Field(min_length=1, description="Region that they deliver.")
    van_day: Decimal = Field(ge=0, description="Cost of a van with its driver, a day of the week's seven.")
    stops_a_day: float = Field(
        gt=0, description="Parcels that a van delivers a day, of the week's seven, where they lie as dense as today."
    )
    parcel: Decimal = Field(Decimal(0), ge=0, description="Cost of a parcel beside the van: sorting, fuel of the stop.")
    vans: int | None = Field(None, ge=0, description="Vans that may be had; default: as many as pay.")
    failed_per_million: float | None = Field(
        None, ge=0, le=1_000_000, description="Failed deliveries to expect; default: those of the region's best lane."
    )
    travel_share: float = Field(
        0.5, ge=0, le=0.95, description="Part of a stop's time that is driving; it shrinks as parcels lie denser."
    )


class CarrierOffer(Section):
    """What a carrier offers that is not in the data yet."""

    carrier: str = Field(min_length=1, description="Carrier.")
    region: str | None = Field(None, description="Region; default: all, each with this capacity.")
    service: str | None = Field(None, description="Service level; default: all.")
    parcel: Decimal = Field(ge=0, description="Cost of a parcel.")
    capacity: float | None = Field(None, ge=0, description="Parcels that it takes a day; default: all.")
    days: float | None = Field(None, ge=0, description="Days from dispatch that nine of ten parcels keep.")
    failed_per_million: float | None = Field(
        None, ge=0, le=1_000_000, description="Failed deliveries to expect; default: none."
    )


class Delivery(Section):
    """Ways to deliver that are not in the data: own vans, offers of carriers (`profithunt proposition carriers`)."""

    vans: list[OwnVans] = Field(default_factory=list, description="Own vans, a region each.")
    offers: list[CarrierOffer] = Field(default_factory=list, description="What carriers offer beyond the data.")
