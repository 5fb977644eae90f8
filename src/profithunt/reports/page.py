"""The report as one HTML file that needs nothing else: no network, no script, no font, no second file.

Its content security policy allows its own style sheet by hash and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from markupsafe import Markup, escape

from profithunt import fmt
from profithunt.charts import (
    Bar,
    Column,
    Curve,
    Scale,
    bar,
    columns,
    curve,
    interval,
    scale_for,
    waterfall as waterfall_bars,
)
from profithunt.customers.build import PARTS
from profithunt.reports import customers, sentences
from profithunt.reports.content import Month, Report, Spread, SpreadRow, Tails, Whale
from profithunt.reports.wording import NAMED, capitalize_first, entity_text, evidence_text, rate_text, sure, words

BROAD: Final = (660, 260)
BROAD_FULL: Final = (760, 240)
NARROW: Final = (330, 230)
EXPECTED: Final = "expected_"
"""How the names of components begin that stand for returns still to come."""
FINGERPRINT: Final = 16
"""Hexadecimal digits of a hash that a reader compares by eye."""

LOSS: Final = re.compile(f"{fmt.MINUS}[^\\s,;)]*[\\w%]")


@dataclass(frozen=True)
class WaterfallRow:
    """A row of the waterfall: the bar, its picture, its share of net sales; `provisional` while returns are due."""

    bar: Bar
    svg: Markup
    share: Decimal | None
    provisional: bool


@dataclass(frozen=True)
class Drawing:
    """A chart for wide screens and one for phones, with the points of its table."""

    broad: Markup
    narrow: Markup
    table: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class SpreadTable:
    """A table of spreads, each row with its picture."""

    title: str
    head: str
    rows: tuple[tuple[SpreadRow, Markup], ...]


def prose(text: str) -> Markup:
    """A sentence whose losses stay in one piece: no line ends between the minus and its amount."""
    return Markup(LOSS.sub(r'<span class="nb">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


def _waterfall(report: Report) -> tuple[WaterfallRow, ...]:
    steps = [step for step in report.steps if step.subtotal or step.amount != 0]
    bars = waterfall_bars(steps)
    scale = scale_for([place for one in bars for place in (one.start, one.end)])
    sales = report.step("net_sales")
    return tuple(
        WaterfallRow(
            one,
            bar(one.start, one.end, scale, one.kind),
            sentences.ratio(one.amount, sales),
            provisional=step.name.startswith(EXPECTED),
        )
        for step, one in zip(steps, bars, strict=True)
    )


def _months(report: Report, write: Callable[[float], str], title: str) -> Drawing | None:
    if not any(month.cm3 is not None for month in report.months):
        return None
    periods = [
        Column(fmt.month(month.month)[:3], None if month.cm3 is None else float(month.cm3), month.complete)
        if not month.month.endswith("-01")
        else Column(
            f"{fmt.month(month.month)[:3]} {month.month[2:4]}",
            None if month.cm3 is None else float(month.cm3),
            month.complete,
        )
        for month in report.months
    ]
    return Drawing(columns(periods, *BROAD_FULL, title, write), columns(periods, *NARROW, title, write))


def _whale(whale: Whale | None, currency: str, write: Callable[[float], str], title: str) -> Drawing | None:
    if whale is None or not whale.points:
        return None
    data = Curve(
        points=whale.points,
        peak=(whale.before_peak, float(whale.peak)),
        peak_label=f"{fmt.money(whale.peak, currency)} after {fmt.share(whale.before_peak)}",
        end_label=f"{fmt.money(whale.total, currency)} in the end",
        x_title="share of customers, best first",
    )
    table = []
    for mark in (0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0):
        reached = min(whale.points, key=lambda point: abs(point[0] - mark))
        amount = Decimal(str(reached[1]))
        table.append({"share": reached[0], "amount": amount, "of_total": sentences.ratio(amount, whale.total)})
    return Drawing(curve(data, *BROAD, title, write), curve(data, *NARROW, title, write), tuple(table))


def _spread(spread: Spread) -> SpreadTable:
    ranges = [_known(row) for row in spread.rows]
    shared = [value for known in ranges for value in known or ()]
    pictures = [
        interval(known, scale_for(shared if spread.one_scale else known, margin=0.08)) if known else Markup()
        for known in ranges
    ]
    return SpreadTable(spread.title, spread.head, tuple(zip(spread.rows, pictures, strict=True)))


def _known(row: SpreadRow) -> tuple[float, float, float] | None:
    if row.p10 is None or row.p50 is None or row.p90 is None:
        return None
    return float(row.p10), float(row.p50), float(row.p90)


def tail_scale(group: Tails) -> Scale:
    """One scale for both ends of a ranking, so that gains and losses compare."""
    return scale_for([float(member.cm3) for member in (*group.best, *group.worst)])


def _margin(month: Month) -> Decimal | None:
    return sentences.ratio(month.cm3, month.net_sales)


def _sections(report: Report) -> list[tuple[str, str]]:
    """Anchors and names of the sections that this report has."""
    return [
        ("waterfall", "Waterfall"),
        ("opportunities", "Opportunities"),
        *([("months", "Months")] if report.months else []),
        *([("customers", "Customers")] if report.customers else []),
        *([("skus", "SKUs")] if report.skus else []),
        *([("whale", "Whale curve")] if report.whale else []),
        *([("losses", "How money is lost")] if report.people and report.people.segments else []),
        *([("flows", "Flows"), ("cohorts", "Cohorts")] if report.people else []),
        *([("spread", "Spread")] if report.spreads else []),
        ("reconciliation", "Reconciliation"),
        ("assumptions", "Assumptions"),
        ("health", "Data health"),
        ("lineage", "Lineage"),
    ]


def _people(report: Report) -> dict[str, object]:
    """The findings about customers, and what the shades of the cohorts are measured by."""
    people = report.people
    if people is None:
        return {}
    return {
        "flowed": customers.flowed(people.flows),
        "cohorts": customers.cohort_finding(people.cohorts),
        "lost": customers.lost_how(people.segments, report.currency),
        "most": customers.most_of(people.cohorts),
        "parts": tuple(PARTS),
    }


def _filters(report: Report) -> dict[str, Callable[..., object]]:
    currency = report.currency

    def signed_bar(amount: Decimal, scale: Scale) -> Markup:
        return bar(0.0, float(amount), scale, "loss" if amount < 0 else "gain")

    return {
        "money": lambda amount: fmt.money(amount, currency),
        "cents": lambda amount: fmt.money_exact(amount, currency),
        "share": fmt.share,
        "count": fmt.count,
        "counted": fmt.counted,
        "day": fmt.day,
        "month": fmt.month,
        "size": fmt.size,
        "words": words,
        "spaced": lambda name: name.replace("_", " "),
        "capitalize_first": capitalize_first,
        "rate": lambda rate: rate_text(rate, currency),
        "prose": prose,
        "sure": sure,
        "fingerprint": lambda digest: (digest or "")[:FINGERPRINT] or fmt.MISSING,
        "bar": signed_bar,
        "tail_scale": tail_scale,
        "heat": customers.heat,
        "range": lambda item: fmt.money_range(item.p10, item.p90, currency),
        "entity": lambda item: entity_text(item.entity),
        "evidence": lambda item: evidence_text(item.evidence, currency, NAMED if item.name else ()),
    }


def render(report: Report) -> str:
    """The page as text: polyglot HTML that is well-formed XML, too."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("profithunt.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_filters(report))
    loader = environment.loader
    style = loader.get_source(environment, "report.css")[0] if loader else ""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    text = sentences.write(report)

    def write(amount: float) -> str:
        return fmt.money(amount, report.currency)

    base = report.step("cm3")
    return environment.get_template("report.html.j2").render(
        r=report,
        text=text,
        style=Markup(style),  # noqa: S704 - the package's own file
        policy=policy,
        sections=_sections(report),
        waterfall=_waterfall(report),
        months=_months(report, write, text.months_description),
        whale=_whale(report.whale, report.currency, write, text.whale_description),
        spreads=[_spread(spread) for spread in report.spreads],
        margin=_margin,
        people=_people(report),
        cases=[
            {
                "label": case.label,
                "cm3": case.cm3,
                "change": fmt.money(None if base is None else case.cm3 - base, report.currency, plus=True),
            }
            for case in report.cases
        ],
    )
