"""The deck of a weekly business review, read from YAML: what is shown, in which order, and where the figures come from.

    setup:
      title: Weekly business review
      week_ending: 2021-09-25
    metrics:
      Clicks: {column: Clicks, aggf: sum}
      ClickThrough: {numerator: Clicks, denominator: Impressions, unit: share, kind: input}
    deck:
      - section: Inputs
      - chart: ClickThrough
        note: New banners since Monday.
      - weeks_table: {title: Clicks, rows: [Clicks, ClicksWOW]}

Every mistake is a ConfigError that names file, line and key. Decks of the open deck builder of the Working Backwards
authors (`block: {ui_type: 6_12Graph …}`) are read as they are; databases and addresses in them are not fetched.

| key | says |
| --- | --- |
| `setup.title`, `subtitle` | heading of the page |
| `setup.week_ending` | last day of the week; default: the last week that is over. `--week` goes before it |
| `setup.week_number` | number of that week; default: that of the calendar |
| `setup.fiscal_year_end_month` | `DEC`, `MAY` …: last month of the fiscal year |
| `setup.week_starts_on`, `calendar` | as in `[calendar]` of `shop.toml`: `{kind: 4-5-4, anchor: saturday nearest january 31}` |
| `setup.currency`, `date_format` | ISO code of amounts; how dates are written, as strptime has it, where that is not clear |
| `setup.block_starting_number` | number of the first block |
| `data`, `csv_files` | daily files beside the deck, a name each; `--csv` goes before them |
| `events`, `annotations` | what is noteworthy: `{date, title, note, metric}` (or `from` and `to`), or CSV files with the columns `Date`, `MetricName`, `EventDescription` |

Below `metrics:` each name says one of

| key | is |
| --- | --- |
| `column` with `aggf` | a column, and how days add up: `sum`, `mean`, `min`, `max`, `last` |
| `numerator`, `denominator` | two columns: each is summed, then they are divided |
| `filter: {base_column, query}` with `aggf` | a column of the rows that a condition keeps, as `Country == 'US' and Units > 3` |
| `function: {divide: [A, B]}` | other metrics, worked out over the period and then put together: `sum`, `difference`, `product`, `divide` |
| `metric`, with `by` and `member` | a metric of the shop, or one member's: `{metric: on_time_rate, by: carrier, member: DHL}` |

and may add `title`, `unit`, `direction`, `kind` (`input`, `output`, `finance`), `owner`, `target`, `note`, `scale` and
`metric_comparison_method` (`%` or `bps`). `NameWOW`, `NameMOM` and `NameYOY` are there for every metric. In a shop
every metric of its catalogue is there without being defined.

| block | shows |
| --- | --- |
| `chart: NAME` | a 6-12 chart; with `title`, `note`, `owner`, `target`, `y_scaling`, `x_axis_monthly_display` (`trailing_twelve_months`, `fiscal_year`), and `metrics:` for several lines, each with `line_style` (`primary`, `secondary`, `target`), `graph_prior_year_flag`, `legend_name` |
| `weeks_table: {title, rows}` | six weeks, month, quarter and year to date; a row is a name or `{header, metric, style, y_scaling}` |
| `months_table: {title, rows}` | twelve months |
| `section: TITLE`, `note: TEXT` | a heading; a paragraph |
| `embed: SOURCE` | a picture beside the deck, taken into the page; an address becomes a link |

`y_scaling` is `##` with decimals and a unit: `##.2MM`, `##KK`, `##BB`, `##.1%`, `##bps`.
"""  # noqa: E501 - rows of tables

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from profithunt.errors import ConfigError
from profithunt.metrics.series import Comparison, Operation

Style = Literal["primary", "secondary", "target"]
Months = Literal["trailing_twelve_months", "fiscal_year"]

OPERATIONS: Final = ("sum", "difference", "product", "divide")
STYLES: Final = ("primary", "secondary", "target")
MONTHS: Final = ("trailing_twelve_months", "fiscal_year")
COMPARISONS: Final = {"%": "percent", "percent": "percent", "bps": "bps"}
GROWTH: Final = {"WOW": "week", "MOM": "month", "YOY": "year"}
UI_TYPES: Final = {
    "6_12Graph": "chart", "6_WeeksTable": "weeks_table", "12_MonthsTable": "months_table", "section": "section",
    "embedded_content": "embed", "note": "note",
}  # fmt: skip
MONTH_NAMES: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

SCALES: Final = ("BB", "MM", "KK", "%", "bps")
"""Units of `y_scaling`."""

Path_ = tuple[str | int, ...]
"""Where something stands in a deck: keys and numbers from the top."""


@dataclass(frozen=True)
class Setup:
    """What holds for the whole deck."""

    title: str = "Weekly business review"
    subtitle: str = ""
    week_ending: dt.date | None = None
    week_number: int | None = None
    first_block: int = 1
    currency: str | None = None
    date_format: str | None = None
    calendar: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MetricSpec:
    """A metric of the deck: a column, perhaps filtered, a rate of two, a function of others, or one of a shop."""

    name: str
    at: Path_
    column: str | None = None
    aggf: str = "sum"
    keep: str | None = None
    denominator: str | None = None
    operation: Operation | None = None
    parts: tuple[str, ...] = ()
    metric: str | None = None
    by: str | None = None
    member: str | None = None
    how: Comparison | None = None
    unit: str | None = None
    direction: str | None = None
    kind: str | None = None
    owner: str | None = None
    target: float | None = None
    title: str | None = None
    what: str | None = None
    note: str | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class LineSpec:
    """One metric of a chart."""

    metric: str
    at: Path_
    style: Style = "primary"
    prior_year: bool = True
    legend: str | None = None


@dataclass(frozen=True)
class RowSpec:
    """One row of a table: a metric, or a heading."""

    header: str
    at: Path_
    metric: str | None = None
    style: str = ""
    y_scaling: str | None = None


@dataclass(frozen=True)
class Block:
    """One block of the deck; `what` is chart, weeks_table, months_table, section, embed or note."""

    what: str
    at: Path_
    title: str = ""
    y_scaling: str | None = None
    months: Months = "trailing_twelve_months"
    lines: tuple[LineSpec, ...] = ()
    rows: tuple[RowSpec, ...] = ()
    notes: tuple[str, ...] = ()
    owner: str | None = None
    target: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Event:
    """Something noteworthy; of one metric, or of all."""

    start: dt.date
    end: dt.date | None
    title: str
    note: str = ""
    metric: str | None = None

    def to_json(self) -> dict[str, Any]:
        """`{start, end, title, note, metric}`."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "title": self.title,
            "note": self.note,
            "metric": self.metric,
        }


@dataclass(frozen=True)
class Deck:
    """A deck as read: nothing is computed yet."""

    setup: Setup
    metrics: Mapping[str, MetricSpec]
    blocks: tuple[Block, ...]
    events: tuple[Event, ...]
    event_files: tuple[str, ...]
    data_files: Mapping[str, str]
    where: str
    folder: Path
    lines: Mapping[Path_, int] = field(default_factory=dict, repr=False)

    def fail(self, at: Path_, what: str, expected: str = "", do: str = "") -> ConfigError:
        """An error at a place of the deck."""
        return ConfigError(what, where=place(self.where, self.lines, at), expected=expected, do=do)


def place(where: str, lines: Mapping[Path_, int], at: Path_) -> str:
    """File, line and key of a place, as far as they are known."""
    line = next((lines[at[:size]] for size in range(len(at), -1, -1) if at[:size] in lines), None)
    key = ".".join(str(part) for part in at)
    return ", ".join(part for part in (where, f"line {line}" if line else "", key) if part)
