"""The settings of a shop: `shop.toml`, read and checked.

`read(path)` gives a `ShopConfig`; every mistake is a `ConfigError` that names the file, the line and the key.
Defaults are the ones of METRICS: a setting, never a constant in the code.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from profithunt.errors import ConfigError
from profithunt.schema import TABLES

FILE_NAME = "shop.toml"

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
ANCHOR = re.compile(
    rf"(?P<weekday>{_WEEKDAYS}) nearest (?P<month>{_MONTHS}) (?P<day>[12]?[0-9]|3[01])"
    rf"|last (?P<last_weekday>{_WEEKDAYS}) of (?P<last_month>{_MONTHS})"
)
"""How the last day of a retail year is written, in lower case."""

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


Permission = Literal[
    "see",
    "comment",
    "assign",
    "triage",
    "propose",
    "approve",
    "reject",
    "execute",
    "undo",
    "document",
    "manage",
]
AutonomyLevel = Literal["suggest", "approval", "inside_limits"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(_Section):
    """Who the shop is and how it counts days and money."""

    name: str = Field("my shop", description="Name shown on reports.")
    currency: str = Field("USD", description="Currency of every figure (ISO code).")
    timezone: str = Field("UTC", description="Time zone that decides to which day an order belongs.")
    as_of: dt.date | None = Field(None, description="Day the data is complete to; default: the last day with an order.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is not a time zone; use a name such as Europe/Berlin") from error
        return value


class Csv(_Section):
    """How a text file is written; what is left out is found from its content."""

    delimiter: str | None = Field(None, description="Character between fields.")
    quote: str | None = Field(None, description="Quote character.")
    encoding: str | None = Field(None, description="Encoding, e.g. utf-8, cp1252.")
    header: bool | None = Field(None, description="Whether the first record names the columns.")
    skip: int | None = Field(None, ge=0, description="Lines above the header.")


class Parse(_Section):
    """How text becomes numbers, times and truth values; what is left out is found from the content."""

    decimal: Literal[".", ","] | None = Field(None, description="Decimal sign.")
    thousands: str | None = Field(None, description="Thousands separator.")
    dates: str | None = Field(None, description="strftime format of dates and times, or 'dmy', 'mdy', 'ymd'.")
    timezone: str | None = Field(None, description="Zone of times that carry none; default: the shop's.")
    true: list[str] | None = Field(None, description="Words that mean true.")
    false: list[str] | None = Field(None, description="Words that mean false.")


class Expression(_Section):
    """A column worked out from raw columns by a SQL expression."""

    expr: str = Field(description="SQL expression over the raw columns.")


class Constant(_Section):
    """A column that has the same value in every row."""

    value: str | int | float | bool = Field(description="The value.")


class Join(_Section):
    """A second file joined to the source's own, e.g. to translate a category."""

    files: str | list[str] = Field(description="File, glob or list.")
    on: str = Field(description="Condition `left_column = right_column`.")
    how: Literal["left", "inner"] = Field("left", description="left keeps rows without a partner.")
    prefix: str = Field("", description="Put before the names of the joined columns.")
    columns: dict[str, str | Expression] = Field(
        default_factory=dict,
        description="What the joined rows of one key give: raw columns or aggregates; default: all, least value.",
    )


class Source(_Section):
    """One feed of one canonical table: where the rows are and how their columns are named there."""

    table: str = Field(description="Canonical table that it feeds.")
    files: str | list[str] | None = Field(None, description="File, glob, folder or list, relative to shop.toml.")
    database: str | None = Field(None, description="`env:NAME`: environment variable that holds a database URL.")
    query: str | None = Field(None, description="Query to run on the database.")
    relation: str | None = Field(None, description="Table or view in the database or database file.")
    catalogue: str | None = Field(None, description="Table of Spark's catalogue, e.g. lake.shop.orders; needs Spark.")
    sheet: str | None = Field(None, description="Sheet of a workbook.")
    where: str | None = Field(None, description="SQL condition on raw columns; other rows are not this table's.")
    group: bool = Field(False, description="Collapse to the table's key: plain columns by MIN, aggregates as written.")
    optional: bool = Field(False, description="A missing file is fine.")
    join: list[Join] = Field(default_factory=list, description="Files joined to it.")
    csv: Csv = Field(default_factory=Csv, description="How its text files are written.")
    parse: Parse = Field(default_factory=Parse, description="How its text becomes values.")
    columns: dict[str, str | Expression | Constant] = Field(
        default_factory=dict,
        description="Canonical (or extra) column = raw column, {expr = …} or {value = …}; none: as in the file.",
    )

    @field_validator("table")
    @classmethod
    def _known_table(cls, value: str) -> str:
        if value not in TABLES:
            raise ValueError(f"is not a canonical table; there are {', '.join(TABLES)}")
        return value


class Tax(_Section):
    """Whether prices carry tax, and at what rate where the data does not say."""

    prices_include_tax: bool = Field(False, description="Prices, discounts, refunds and delivery charges carry tax.")
    rate: float = Field(0.0, ge=0, lt=10, description="Rate where neither product nor country says, 0.19 for 19 %.")
    by_country: dict[str, float] = Field(default_factory=dict, description="Rate by country.")


class Returns(_Section):
    """How long customers may send back."""

    window_days: int = Field(60, ge=1, le=730, description="Days after the order in which returns arrive.")
    mature_share: float = Field(0.95, gt=0, le=1, description="Share of returns seen above which nothing is accrued.")


class Attribution(_Section):
    """Which touches an order is credited to."""

    model: AttributionModel = Field("last_touch", description="How credit is split over the touches of an order.")
    window_days: int = Field(30, ge=1, le=365, description="How long before an order a touch counts.")
    half_life_days: float = Field(7.0, gt=0, description="Half-life of credit under time_decay.")
    direct_channels: list[str] = Field(
        default_factory=lambda: ["direct", "(direct)", "none", "(none)"], description="Channels that are no marketing."
    )


class Assumptions(_Section):
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


class CostRate(_Section):
    """What one unit of an activity costs."""

    kind: RateKind = Field(description="Activity.")
    rate: Decimal = Field(description="Cost of one unit of it, or a share.")
    unit: str | None = Field(None, description="What one unit is.")
    starts_on: dt.date | None = Field(None, description="First day it holds.")
    ends_on: dt.date | None = Field(None, description="Last day it holds.")
    dimension: str | None = Field(None, description="channel, carrier, country, store, payment_method, currency …")
    member: str | None = Field(None, description="Member of the dimension.")
    assumed: bool = Field(False, description="A guess; left out where assumptions are not used.")


class Detectors(_Section):
    """Which detectors hunt."""

    off: list[str] = Field(default_factory=list, description="Codes or names that do not run.")
    files: list[str] = Field(default_factory=list, description="The retailer's own detectors (globs).")


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Calendar(_Section):
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


class Metrics(_Section):
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


class Defects(_Section):
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


class Customers(_Section):
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


class Clv(_Section):
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


class Prices(_Section):
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


class PlanFigure(_Section):
    """One planned figure, as a row of the table `plan`."""

    month: dt.date = Field(description="First day of the month.")
    metric: str = Field(description="What is planned, e.g. new_customers.")
    value: float = Field(description="Planned value.")
    dimension: str | None = Field(None, description="Dimension; left out for the whole shop.")
    member: str | None = Field(None, description="Member of it.")


class Action(_Section):
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


class ActionsValue(_Section):
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


class StorePlace(_Section):
    """Where people's and agents' decisions are kept."""

    url: str | None = Field(
        None,
        description="PostgreSQL (postgresql://…), SQLite (sqlite:///…) or env:NAME, a variable that holds the URL; "
        "default: .profithunt/app.db. PROFITHUNT_STORE_URL goes before it.",
    )


class SignOn(_Section):
    """Signing in to a team's pages through an identity provider (OpenID Connect), beside passwords or instead."""

    issuer: str | None = Field(
        None, description="Address of the provider as its discovery document gives it; https unless it is this machine."
    )
    client_id: str = Field("profithunt", min_length=1, description="Name under which the provider knows the pages.")
    secret_env: str | None = Field(
        None, description="Environment variable that holds the client's secret; none: a public client."
    )
    label: str = Field("Sign in with the company's account", description="What the link says.")
    scopes: list[str] = Field(default_factory=lambda: ["openid", "email", "profile"], description="Scopes asked for.")
    name_claim: str = Field(
        "email", description="Claim that is the person's name here; `email` counts only where it is verified."
    )
    role_claim: str | None = Field(
        None, description="Claim with a person's groups, dots between levels; none: roles are given in Settings."
    )
    roles: dict[str, str] = Field(
        default_factory=dict, description="Role here by group there; of several the one that stands first."
    )
    otherwise: str | None = Field(
        None, description="Role of people whom no group gives one; none: they are not let in."
    )
    address: str | None = Field(
        None, description="Address of the pages as browsers see it, e.g. https://profit.example.com; default: as asked."
    )
    passwords: bool = Field(True, description="Whether passwords work, too.")


class RoleLimits(_Section):
    """What a role may do, and set in motion in a day; what is left out is not limited."""

    may: list[Permission] = Field(description="What the role may do.")
    money_a_day: Decimal | None = Field(None, ge=0, description="Expected money of its actions, a day.")
    skus_a_day: int | None = Field(None, ge=0, description="SKUs, a day.")
    customers_a_day: int | None = Field(None, ge=0, description="Customers, a day.")
    sku_share: float | None = Field(None, ge=0, le=1, description="SKUs a day as a share of those sold.")
    customer_share: float | None = Field(None, ge=0, le=1, description="Customers a day as a share of the active ones.")
    spend_share: float | None = Field(None, ge=0, le=1, description="Advertising a day as a share of the shop's.")
    price_change: float | None = Field(None, ge=0, description="Largest change of one price, as a share of it.")


class AgentAutonomy(_Section):
    """How far an agent goes by itself."""

    level: AutonomyLevel = Field("suggest", description="For action types that are not named.")
    levels: dict[str, AutonomyLevel] = Field(default_factory=dict, description="By action type.")


class AutonomySettings(_Section):
    """Who may decide what alone, and what holds an action back."""

    share: float = Field(
        0.02, ge=0, le=1, description="Share of daily spend, SKUs and customers that flows by itself, a day."
    )
    price_change: float = Field(0.1, ge=0, description="Change of a price that flows by itself, as a share of it.")
    window_days: int = Field(
        28, ge=1, le=365, description="Days in which an action holds its SKU, customer or keyword and is measured."
    )
    margin_floor: float = Field(
        0.0, ge=-1, lt=1, description="Share of a price without tax that must be left over its unit cost."
    )
    expire_days: int = Field(
        0, ge=0, le=365, description="Days after which an open opportunity that no run finds any more expires."
    )
    reopen_days: int = Field(
        28, ge=0, le=365, description="Days after which one that was realised or rolled back opens again when found."
    )
    roles: dict[str, RoleLimits] = Field(default_factory=dict, description="Roles, beside or instead of the usual.")
    agents: dict[str, AgentAutonomy] = Field(default_factory=dict, description="Agents by name.")


class EngineChoice(_Section):
    """What computes a run. DuckDB on this machine by default; Spark where one machine is too small."""

    name: Literal["duckdb", "spark"] = Field(
        "duckdb", description="duckdb, or spark (needs the extra `spark`, Java 17)."
    )
    master: str | None = Field(None, description="Spark's master, e.g. `yarn`, `k8s://…`; default: local[*].")
    out: str | None = Field(
        None, description="Path or URL (s3a://…, abfss://…, hdfs://…) below which Spark writes runs; default: the shop."
    )
    options: dict[str, str] = Field(
        default_factory=dict, description="Spark's own settings, e.g. spark.executor.memory."
    )


class Limits(_Section):
    """What the engine may use of the machine."""

    memory: str | None = Field(None, description="Memory, e.g. 4GB; default: 60 % of the machine.")
    threads: int | None = Field(None, ge=1, description="Threads; default: all cores.")
    part_lines: int = Field(
        1_000_000, ge=1, description="Order lines built at a time: fewer take less memory, many fewer more time."
    )
    max_file_bytes: int = Field(50_000_000_000, ge=1, description="Largest file, unpacked.")
    max_line_bytes: int = Field(16_000_000, ge=1_000, description="Longest line of a text file.")


class Listening(_Section):
    """How customers' words are read, and how much leaders listen."""

    taxonomy: str | None = Field(
        None, description="TOML file with the shop's own reasons, below the shop; default: the reasons of retail."
    )
    clear: float = Field(
        0.75, gt=0, lt=1, description="Probability that a reason is right below which it is called unclear."
    )
    hours_a_year: float = Field(16.0, gt=0, description="Hours that each leader is to listen in a year.")
    leaders: list[str] = Field(default_factory=list, description="Who is to listen; others may as well.")


class OwnVans(_Section):
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


class CarrierOffer(_Section):
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


class Delivery(_Section):
    """Ways to deliver that are not in the data: own vans, offers of carriers (`profithunt proposition carriers`)."""

    vans: list[OwnVans] = Field(default_factory=list)
    offers: list[CarrierOffer] = Field(default_factory=list)


class Runs(_Section):
    """How finished runs are kept."""

    keep: int = Field(5, ge=1, description="Finished runs kept beside the current one.")
    sort_rows_max: int = Field(
        2_000_000, ge=0, description="Tables up to this size are stored in order of their key (byte-identical runs)."
    )


class ShopConfig(_Section):
    """Everything in `shop.toml`."""

    shop: Identity = Field(default_factory=Identity)
    sources: list[Source] = Field(default_factory=list)
    tax: Tax = Field(default_factory=Tax)
    returns: Returns = Field(default_factory=Returns)
    attribution: Attribution = Field(default_factory=Attribution)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    cost_rates: list[CostRate] = Field(default_factory=list)
    thresholds: dict[str, dict[str, float | int | bool | str]] = Field(
        default_factory=dict, description="Thresholds of detectors by detector name."
    )
    detectors: Detectors = Field(default_factory=Detectors)
    customers: Customers = Field(default_factory=Customers)
    clv: Clv = Field(default_factory=Clv)
    plan: list[PlanFigure] = Field(default_factory=list)
    calendar: Calendar = Field(default_factory=Calendar)
    metrics: Metrics = Field(default_factory=Metrics)
    defects: Defects = Field(default_factory=Defects)
    prices: Prices = Field(default_factory=Prices)
    actions: list[Action] = Field(default_factory=list)
    actions_value: ActionsValue = Field(default_factory=ActionsValue)
    store: StorePlace = Field(default_factory=StorePlace)
    autonomy: AutonomySettings = Field(default_factory=AutonomySettings)
    sign_on: SignOn = Field(default_factory=SignOn)
    adapters: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Systems that take actions, `[adapters.<name>]`: docs/reference/adapters.md lists their settings.",
    )
    engine: EngineChoice = Field(default_factory=EngineChoice)
    limits: Limits = Field(default_factory=Limits)
    delivery: Delivery = Field(default_factory=Delivery)
    runs: Runs = Field(default_factory=Runs)
    listening: Listening = Field(default_factory=Listening)
    folder: Path = Field(default=Path(), exclude=True, description="Folder of shop.toml (set when it is read).")


def find(start: Path) -> Path:
    """The `shop.toml` that `start` (a file, a folder, or a folder below one) belongs to.

    Raises ConfigError when there is none.
    """
    if start.is_file():
        return start
    if not start.exists():
        raise ConfigError(
            "there is no such file or folder",
            where=str(start),
            expected=f"a folder with a {FILE_NAME}",
            do="make one with: profithunt init DIR --from FOLDER",
        )
    for folder in (start, *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise ConfigError(
        f"no {FILE_NAME} here or above",
        where=str(start),
        expected=f"a shop, a folder with a {FILE_NAME}",
        do="make one with: profithunt init DIR --from FOLDER",
    )


def read(path: Path) -> ShopConfig:
    """Read and check `shop.toml` at `path` (file or folder). Raises ConfigError."""
    file = find(path)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"can't be read ({error})", where=str(file), expected="UTF-8 text") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", where=str(file), do="mend that line") from error
    return parse(data, file=file, text=text)


def parse(data: dict[str, Any], *, file: Path, text: str = "") -> ShopConfig:
    """Check settings that were read already; `file` and `text` serve the messages and relative paths."""
    try:
        config = ShopConfig.model_validate({key: value for key, value in data.items() if key != "folder"})
    except ValidationError as error:
        raise _config_error(error, file, text) from error
    return config.model_copy(update={"folder": file.parent})


def _config_error(error: ValidationError, file: Path, text: str) -> ConfigError:
    first = next(iter(error.errors()))
    location = [part for part in first["loc"] if part not in ("str", "Expression", "Constant")]
    key = ".".join(str(part) for part in location)
    line = _line_of(text, location)
    where = f"{file}, line {line}, {key}" if line else f"{file}, {key}"
    if first["type"] == "extra_forbidden":
        return ConfigError(
            f"unknown setting '{location[-1]}'",
            where=where,
            do="see docs/reference/settings.md for the settings there are",
        )
    message = first["msg"].removeprefix("Value error, ")
    shown = first.get("input")
    got = f", got {shown!r}" if isinstance(shown, (str, int, float, bool)) else ""
    return ConfigError(f"{message[:1].lower()}{message[1:]}{got}", where=where)


def _line_of(text: str, location: list[Any]) -> int | None:
    """Line of the deepest key of `location` that stands in the text: a header that matches, then the key below it."""
    lines = text.splitlines()
    at: int | None = None
    start = 0
    index = 0
    while index < len(location):
        part = location[index]
        count = 0
        if index + 1 < len(location) and isinstance(location[index + 1], int):
            count = int(location[index + 1])
            index += 1
        name = re.escape(str(part))
        pattern = re.compile(rf"^\s*(\[+[^\]]*\b{name}\]+|[\"']?{name}[\"']?\s*=)")
        hits = [number for number in range(start, len(lines)) if pattern.match(lines[number])]
        if len(hits) > count:
            at = hits[count] + 1
            start = hits[count]
        index += 1
    return at
