"""Made-up daily figures and a deck over them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from pathlib import Path

from profithunt.metrics.deck_reader import parse_deck
from profithunt.metrics.review import Review
from profithunt.metrics.weekly import weekly_review

FIRST = dt.date(2020, 1, 5)
LAST = dt.date(2021, 9, 27)

DECK = """
setup:
  week_ending: 25-SEP-2021
  week_number: 38
  title: Everything
  fiscal_year_end_month: DEC
events:
  - {from: 2021-09-13, to: 2021-09-24, title: Banners went dark, note: mended since, metric: Clicks}
  - {date: 2021-03-08, title: Spring campaign}
  - {date: 2020-09-10, title: Outage last year, metric: Impressions}
  - {date: 2019-01-01, title: Long ago}
  - {date: 2021-09-20, title: Nobody asked, metric: Latency}
metrics:
  Impressions: {column: Impressions, aggf: sum, kind: input, owner: marketing}
  Clicks: {column: Clicks, aggf: sum}
  CTR:
    metric_comparison_method: bps
    kind: input
    target: 0.08
    function:
      divide:
        - metric: {name: Clicks}
        - metric: {name: Impressions}
  Rate: {numerator: Clicks, denominator: Impressions, title: Click rate}
  USClicks:
    filter: {base_column: Clicks, query: "Country == 'US'"}
    aggf: sum
  Goal: {column: Goal, aggf: sum}
  Variance: {function: {difference: [Clicks, Goal]}}
  Latency: {column: latency, aggf: mean, direction: down}
  Stock: {column: stock, aggf: last}
  Peak: {column: latency, aggf: max}
deck:
  - section: Inputs
  - block:
      ui_type: 6_12Graph
      title: Ad impressions
      y_scaling: "##.2KK"
      metrics:
        Impressions: {line_style: primary, graph_prior_year_flag: true, legend_name: Shown}
        USClicks: {line_style: secondary}
  - chart: CTR
    note: New banners since Monday.
  - chart: Stock
  - section: Outputs
  - block:
      ui_type: 6_12Graph
      title: Clicks
      x_axis_monthly_display: fiscal_year
      metrics:
        Clicks: {}
        Goal: {line_style: target, graph_prior_year_flag: false}
  - block:
      ui_type: 6_WeeksTable
      title: Clicks against goal
      rows:
        - row: {header: Clicks, style: "font-weight: bold; background-color: LightGrey; text-align:left;"}
        - row: {header: Actual, metric: Clicks, y_scaling: "##.1KK"}
        - row: {header: Variance, metric: Variance}
        - row: {header: YOY, metric: ClicksYOY, y_scaling: "##.1%"}
        - row: {header: WOW, metric: ClicksWOW, y_scaling: "##.1%"}
        - row: {header: ""}
  - months_table: {title: Clicks by month, rows: [Clicks, ClicksMOM, ClicksWOW]}
  - chart: ClicksYOY
  - note: The range review comes first next week.
  - block: {ui_type: embedded_content, source: "https://example.com/dashboard", height: 700px}
"""


def days() -> list[dt.date]:
    return [FIRST + dt.timedelta(days=at) for at in range((LAST - FIRST).days + 1)]


def rows() -> list[dict[str, object]]:
    """Two countries a day; clicks drop by a seventh from 13 September 2021 on."""
    found: list[dict[str, object]] = []
    for at, day in enumerate(days()):
        season = 1 + 0.1 * math.sin(at / 58)
        impressions = int(5000 * season * (1.2 if day.weekday() > 4 else 1) + 37 * (at % 5))
        clicks = int(impressions * (0.08 if day < dt.date(2021, 9, 13) else 0.069)) + at % 3
        for country, share in (("US", 0.7), ("UK", 0.3)):
            found.append(
                {
                    "Date": f"{day:%a, %d-%b-%Y}",
                    "Country": country,
                    "Impressions": f"{int(impressions * share):,}",
                    "Clicks": int(clicks * share),
                    "Goal": int(clicks * share) + 20,
                    "latency": 100 + at % 7 + (5 if country == "US" else 0),
                    "stock": 1000 - at % 50,
                }
            )
    return found


def text(given: list[dict[str, object]] | None = None) -> str:
    """The same as CSV."""
    listed = given if given is not None else rows()
    out = io.StringIO()
    writer = csv.DictWriter(out, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def review(folder: Path, deck: str = DECK) -> Review:
    """The deck worked out."""
    path = folder / "daily.csv"
    path.write_text(text(), "utf-8")
    return weekly_review(parse_deck(deck, folder=folder), csv=[path])
