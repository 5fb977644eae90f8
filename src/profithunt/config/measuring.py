"""What is measured and looked for: calendar, metrics, defects, customers, actions, detectors."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final, Literal

from pydantic import Field, field_validator

from profithunt.config.section import Section

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"


ANCHOR = re.compile(
    rf"(?P<weekday>{_WEEKDAYS}) nearest (?P<month>{_MONTHS}) (?P<day>[12]?[0-9]|3[01])"
    rf"|last (?P<last_weekday>{_WEEKDAYS}) of (?P<last_month>{_MONTHS})"
)
"""How the last day of a retail year is written, in lower case."""


ActionKind = Literal[
    "category",
    "subcategory",
    "brand",
    "own_label",
    "sku",
    "channel",
    "delivery_option",
    "payment_method",
    "device",
    "promotion",
    "event",
    "loyalty",
    "discounted",
    "returned",
    "late",
    "contacted",
]


_GENERATED: Final[tuple[ActionKind, ...]] = (
    *("category", "subcategory", "own_label", "channel", "delivery_option"),
    *("event", "loyalty", "discounted", "returned", "late", "contacted"),
)


class Detectors(Section):
    """Which detectors hunt."""

    off: list[str] = Field(default_factory=list, description="Codes or names that do not run.")
    files: list[str] = Field(default_factory=list, description="The retailer's own detectors (globs).")


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Calendar(Section):
    """How the shop counts weeks, months, quarters and years."""

    kind: Literal["gregorian", "4-4-5", "4-5-4", "5-4-4"] = Field(
        "gregorian", description="Months of the calendar, or quarters of 13 weeks split into months of 4 and 5 weeks."
    )
    week_starts_on: Weekday = Field(
        "monday", description="First day of a week; a retail calendar's weeks follow from its anchor."
    )
    year_starts_in: int = Field(
        1, ge=1, le=12, description="First month of the fiscal year of a gregorian calendar, 1 for January."
    )
    anchor: str = Field(
        "saturday nearest january 31",
        description="Last day of a retail year: '<weekday> nearest <month> <day>' or 'last <weekday> of <month>'.",
    )
    extra_week_in: int = Field(
        12, ge=1, le=12, description="Month of a retail year of 53 weeks that has the additional week."
    )
    year_named_by: Literal["start", "end"] = Field(
        "start", description="Whether a retail year is named after the calendar year it starts or ends in."
    )
    closed: list[dt.date] = Field(
        default_factory=list, description="Days without trade: nothing is missing where there are no rows."
    )

    @field_validator("anchor")
    @classmethod
    def _known_anchor(cls, value: str) -> str:
        if not ANCHOR.fullmatch(" ".join(value.lower().split())):
            raise ValueError("is not understood; write 'saturday nearest january 31' or 'last saturday of january'")
        return " ".join(value.lower().split())


class Metrics(Section):
    """Metrics of the shop's own, and what is expected of each."""

    files: list[str] = Field(default_factory=list, description="The retailer's own metrics (globs of TOML files).")
    off: list[str] = Field(default_factory=list, description="Metrics that are not computed.")
    targets: dict[str, float] = Field(
        default_factory=dict, description="Target by metric; a plan by month (table plan) goes before it."
    )
    owners: dict[str, str] = Field(default_factory=dict, description="Owner by metric, where it isn't the usual team.")
    anomaly_rows_max: int = Field(
        5_000_000,
        ge=0,
        description="Rows of `metric_days` above which a run looks for no anomalies; 0: never. `profithunt anomalies` "
        "looks then, when asked.",
    )
    false_alarms: float = Field(
        0.1, gt=0, le=0.5, description="Share of the anomalies told that may be chance (false discovery rate)."
    )
    deck: str | None = Field(
        None, description="Deck of the weekly business review (YAML); default: one made from the catalogue."
    )


class Defects(Section):
    """What counts as a defect of a delivery or an order, where shops differ."""

    early_days: int | None = Field(
        None, ge=0, description="Days before the promised day that are welcome; earlier is a defect. Default: none is."
    )
    avoidable_contacts: list[str] = Field(
        default_factory=lambda: [
            *(
                "where",
                "wismo",
                "late",
                "delivery",
                "damaged",
                "broken",
                "missing",
                "wrong",
                "lost",
                "faulty",
                "defect",
            ),
            *("not received", "complaint"),
        ],
        description="A contact is avoidable when its reason holds one of these words.",
    )
    cover_days: int = Field(90, ge=1, description="Days of sales that stock may cover; storage of more is waste.")


class Customers(Section):
    """When a customer counts as active, and how customers are compared."""

    active_months: int = Field(12, ge=1, le=120, description="Months after an order in which a customer is active.")
    active_days: int | None = Field(None, ge=1, le=3650, description="The same in days; takes the place of months.")
    cohort_members: int = Field(
        50, ge=1, description="Members that cohorts show of a dimension; the smaller ones are put together."
    )
    peers: int = Field(20, ge=1, description="Profitable customers that a group of peers needs at least.")
    horizon_days: int = Field(
        365, ge=30, le=1825, description="Days after the first order over which acquired customers are compared."
    )


class Clv(Section):
    """How lifetime value is forecast."""

    model: Literal["bg_nbd", "pareto_nbd"] = Field("bg_nbd", description="Model of repeat buying.")
    check: bool = Field(True, description="Fit the other model too, as a check on the hold-out.")
    value: Literal["normal", "gamma_gamma"] = Field(
        "normal",
        description="Model of profit per order: normal-normal, which takes losses as they are, or Gamma-Gamma, which "
        "is used only where every value is positive and value does not go with frequency.",
    )
    profit: Literal["cm1", "cm2", "cm3"] = Field("cm3", description="Profit of an order that is forecast.")
    discount_rate: float = Field(0.1, ge=0, lt=1, description="What a later profit loses in worth, a year.")
    unit_days: float = Field(7.0, gt=0, le=366, description="Days in the time unit of recency and age: 7 for weeks.")
    by: Literal["channel", "store_id", "country", "region"] | None = Field(
        None, description="What a customer's first order is segmented by; each segment is fitted by itself."
    )
    min_customers: int = Field(500, ge=10, description="Customers below which a segment is forecast by cohort means.")
    min_repeaters: int = Field(
        50, ge=2, description="Customers with a second purchase below which a segment is forecast by cohort means."
    )
    holdout_days: int | None = Field(
        None, ge=28, le=1825, description="Days of the hold-out; default: half the history, a year at most."
    )
    season: bool = Field(True, description="Use a calendar factor where two whole years of history show one.")


class PlanFigure(Section):
    """One planned figure, as a row of the table `plan`."""

    month: dt.date = Field(description="First day of the month.")
    metric: str = Field(description="What is planned, e.g. new_customers.")
    value: float = Field(description="Planned value.")
    dimension: str | None = Field(None, description="Dimension; left out for the whole shop.")
    member: str | None = Field(None, description="Member of it.")


class Action(Section):
    """Something that a customer does once for the first time, whose effect on later profit is to be known."""

    name: str = Field(min_length=1, description="Name of the action.")
    counts: ActionKind = Field(description="What counts as doing it; `event` is a kind of customer_events.")
    member: str | None = Field(None, description="Which one: the category, the channel, the kind of event …")
    cost: Decimal = Field(Decimal(0), ge=0, description="Cost of prompting one customer to it.")
    uptake: float = Field(1.0, gt=0, le=1, description="Share of those prompted who do it.")
    window_days: int = Field(
        30, ge=0, le=365, description="Days before the index order in which what is in no order counts as held by it."
    )
    prompt: bool | None = Field(
        None, description="May be a customer's next best action; default: yes, but for returned, late and contacted."
    )
    negative_control: bool = Field(
        False, description="Known to have no effect: calibrates the intervals of the others."
    )


class ActionsValue(Section):
    """How the effects of customers' actions on later profit are estimated."""

    use: bool = Field(True, description="Whether a run estimates them.")
    horizons: list[int] = Field(default_factory=lambda: [30, 90, 365], description="Days of profit that count.")
    index_days: int = Field(90, ge=7, le=730, description="Length of the window in which index orders lie.")
    generate: list[ActionKind] = Field(
        default_factory=lambda: list(_GENERATED),
        description="Kinds of action that are made for every member that the data holds.",
    )
    max_actions: int = Field(20, ge=1, le=500, description="Generated actions, those that most customers did.")
    min_treated: int = Field(50, ge=10, description="Customers who did it, and who did not, that an effect needs.")
    max_customers: int = Field(
        50_000, ge=1_000, description="Customers of one trial; of more, every so many in order of their ids."
    )
    controls: int = Field(20, ge=0, le=200, description="Negative controls drawn to calibrate intervals.")
    max_smd: float = Field(0.1, gt=0, description="Standardised mean difference above which nothing is believed.")
    min_overlap: float = Field(0.8, ge=0, le=1, description="Overlap below which nothing is believed.")
    seed: int = Field(7, ge=0, description="Seed of the division into folds and of the controls.")
