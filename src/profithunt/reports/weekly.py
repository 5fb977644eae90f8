"""The weekly business review as one HTML file: no network, no script, no second file; it prints as it looks.

Its content security policy allows its own style sheet by hash, images that are in the file, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from profithunt import fmt
from profithunt.charts import Mark, Panel, Run, six_twelve
from profithunt.metrics.review import Box, Chart, Dot, Line, Review, Row, Table, Text
from profithunt.metrics.time import NAMES, Period

FILE_NAME: Final = "wbr.html"
BROAD: Final = (560, 236)
NARROW: Final = (340, 400)
IMAGES: Final = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_ALLOWED: Final = {
    "font-weight", "font-style", "text-align", "text-decoration", "color", "background-color", "padding-left",
    "text-indent",
}  # fmt: skip
_SAFE: Final = re.compile(r"[\w#%., ()-]+")
RULES: Final = {
    ("limit", "above"): "above its limits",
    ("limit", "below"): "below its limits",
    ("run", "above"): "eighth week in a row or more above the mean",
    ("run", "below"): "eighth week in a row or more below the mean",
}


@dataclass(frozen=True)
class Cell:
    """A box as it is shown: its label, its text, whether it is good or bad news, what is to be known about it."""

    label: str
    text: str
    news: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """The boxes of a span of time: its value, then what it is compared with."""

    label: str
    text: str
    note: str
    changes: tuple[Cell, ...]


@dataclass(frozen=True)
class Card:
    """A chart as the page shows it."""

    chart: Chart
    anchor: str
    finding: str
    broad: Markup
    narrow: Markup
    groups: tuple[Group, ...]
    keys: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    table: tuple[tuple[str, tuple[str, ...]], ...]


def write(review: Review, path: Path) -> Path:
    """Write the review as one HTML file, whole or not at all; its folder is made if it isn't there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(render(review), "utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def render(review: Review) -> str:
    """The page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("profithunt.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    loader = environment.loader
    if loader is None:  # pragma: no cover - made above
        raise RuntimeError("no templates")
    styles = _Styles()
    blocks = [_block(block, review, styles) for block in review.blocks]
    style = (
        loader.get_source(environment, "report.css")[0] + loader.get_source(environment, "weekly.css")[0] + styles.css
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    cards = [block["card"] for block in blocks if block["what"] == "chart"]
    return environment.get_template("weekly.html.j2").render(
        r=review,
        week=review.weeks[-1],
        span=span(review.weeks[-1]),
        blocks=blocks,
        sections=[
            (block["anchor"], block["title"]) for block in blocks if block["what"] == "section" and block["title"]
        ],
        moved=[card for card in cards if any(signal.at == len(review.weeks) - 1 for signal in card.chart.signals)],
        n_metrics=len(cards),
        n_open=sum(card.chart.limits is not None and not card.chart.judged for card in cards),
        counted=fmt.counted,
        policy=policy,
        style=Markup(style),  # noqa: S704 - the package's own files, and declarations that were checked
    )


def blocks(review: Review) -> list[dict[str, Any]]:
    """The blocks of the deck as a page shows them: `what` is chart, table, section, note or embed."""
    styles = _Styles()
    return [_block(block, review, styles) for block in review.blocks]


def span(week: Period) -> str:
    """A week in words: `19 to 25 Sep 2021`."""
    start, end = week.start, week.end
    before = f"{start.day}" if start.month == end.month else f"{start.day} {NAMES[start.month - 1]}"
    before = f"{before} {start.year}" if start.year != end.year else before
    return f"{before} to {end.day} {NAMES[end.month - 1]} {end.year}"


def figure(value: object, line_unit: str, currency: str, scaling: str | None = None, *, plus: bool = False) -> str:
    """A metric's figure as the deck asks for it, else in its unit."""
    amount = value if isinstance(value, (Decimal, float, int)) else None
    if scaling:
        return fmt.scaled(amount, scaling, plus=plus)
    return fmt.measured(amount, line_unit, currency, plus=plus)


def finding(chart: Chart, review: Review) -> str:
    """One sentence: where the last week stands, how it moved, and whether that is more than noise."""
    item = chart.primary.item
    boxes = [box for box in chart.boxes if box.group == "last_week"]
    if boxes[0].value is None:
        return "Nothing is known of the last week."
    text = f"Last week {figure(boxes[0].value, item.unit, review.currency, chart.y_scaling)}"
    moves = [f"{change_text(box)} on the {'week' if box.label == 'WoW' else 'year'}" for box in boxes[1:] if _told(box)]
    if moves:
        text += ": " + ", ".join(moves)
    target = next((line for line in chart.lines if line.style == "target"), None)
    if target is not None and target.weeks[-1].value is not None:
        goal = figure(target.weeks[-1].value, item.unit, review.currency, chart.y_scaling)
        text += f"; target {goal}"
    if boxes[0].n_missing:
        text += f" ({fmt.counted(boxes[0].n_missing, 'day')} not known)"
    last = len(review.weeks) - 1
    signals = [RULES[signal.rule, signal.side] for signal in chart.signals if signal.at == last]
    if signals:
        return f"{text}. More than noise: {' and '.join(signals)}."
    if chart.limits is None:
        return f"{text}."
    return f"{text}. Within its noise." if chart.judged else f"{text}. Not judged: too little of the week is known."


def change_text(box: Box) -> str:
    """A change in basis points or per cent."""
    return fmt.points(box.value) if box.change == "bps" else fmt.growth(box.value)


def _told(box: Box) -> bool:
    return box.value is not None


class _Styles:
    """Styles that a deck asks for in its rows, as classes: the policy allows no style on an element."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, style: str) -> str:
        parts = []
        for part in style.split(";"):
            key, _, value = (piece.strip() for piece in part.partition(":"))
            if key.lower() in _ALLOWED and _SAFE.fullmatch(value):
                parts.append(f"{key.lower()}: {value}")
        if not parts:
            return ""
        return self._names.setdefault("; ".join(parts), f"deck-{len(self._names) + 1}")

    @property
    def css(self) -> str:
        rules = []
        for body, name in self._names.items():
            bare = body.replace("background-color:", "")
            ink = "; color: #16191d" if "background-color:" in body and "color:" not in bare else ""
            rules.append(f"tbody th.{name} {{ {body}{ink} }}\n")
        return "".join(rules)


def _block(block: Chart | Table | Text, review: Review, styles: _Styles) -> dict[str, Any]:
    if isinstance(block, Chart):
        return {"what": "chart", "card": _card(block, review)}
    if isinstance(block, Table):
        rows = [(row, styles.name(row.style), _cells(row, review)) for row in block.rows]
        return {"what": "table", "table": block, "rows": rows}
    if block.what == "embed":
        return {"what": "embed", "title": block.title, "source": block.text, "image": _image(block.text, review)}
    anchor = re.sub(r"[^a-z0-9]+", "-", block.title.lower()).strip("-")
    return {
        "what": block.what,
        "title": block.title,
        "text": block.text,
        "anchor": f"section-{anchor}" if anchor else "",
    }


def _cells(row: Row, review: Review) -> tuple[tuple[str, bool], ...]:
    unit = row.item.unit if row.item else "number"
    plus = row.item is not None and row.item.growth is not None
    return tuple(
        (figure(dot.value, unit, review.currency, row.y_scaling, plus=plus), dot.complete or dot.value is None)
        for dot in row.dots
    )


def _card(chart: Chart, review: Review) -> Card:
    item = chart.primary.item

    def text(value: float) -> str:
        return figure(value, item.unit, review.currency, chart.y_scaling)

    weeks, months = _panels(chart, review, text)
    said = finding(chart, review)
    title = f"{chart.title}: six weeks and twelve months. {said}"
    return Card(
        chart=chart,
        anchor=f"block-{chart.number}",
        finding=said,
        broad=six_twelve(weeks, months, *BROAD, title, text, stacked=False),
        narrow=six_twelve(_untold(weeks), _untold(months), *NARROW, title, text, stacked=True),
        groups=tuple(_groups(chart, review)),
        keys=tuple(_keys(chart)),
        head=(*(week.label for week in review.weeks), *(month.label for month in chart.months)),
        table=tuple(_table(chart, review)),
    )


def _panels(chart: Chart, review: Review, write: Callable[[float], str]) -> tuple[Panel, Panel]:
    limits = chart.limits
    band = (limits.lower, limits.centre, limits.upper) if limits is not None else None
    months = [month.label.split()[0] for month in chart.months]
    weeks = [week.label for week in review.weeks]
    ceiling = 1.0 if chart.primary.item.unit == "share" and chart.primary.item.growth is None else None
    return (
        Panel(
            f"{len(weeks)} weeks",
            [label.removeprefix("wk ") for label in weeks],
            [_run(line, line.weeks, line.prior_weeks, weeks, write) for line in chart.lines],
            band,
            frozenset(signal.at for signal in chart.signals if signal.rule == "limit"),
            [(placed.week, placed.number) for placed in chart.events if placed.week is not None],
            ceiling,
        ),
        Panel(
            "12 months",
            months,
            [
                _run(line, line.months, line.prior_months, [month.label for month in chart.months], write)
                for line in chart.lines
            ],
            None,
            frozenset(),
            [
                (placed.month, placed.number)
                for placed in chart.events
                if placed.month is not None and placed.week is None
            ],
            ceiling,
        ),
    )


def _untold(panel: Panel) -> Panel:
    """The panel without words beside its dots: on a phone nothing hovers."""

    def bare(marks: Sequence[Mark]) -> list[Mark]:
        return [replace(mark, tip="") for mark in marks]

    return replace(panel, runs=[replace(run, marks=bare(run.marks), prior=bare(run.prior)) for run in panel.runs])


def _run(
    line: Line, dots: tuple[Dot, ...], prior: tuple[Dot, ...], labels: list[str], write: Callable[[float], str]
) -> Run:
    return Run(
        line.style,
        [_mark(dot, f"{line.label}, {label}", write) for dot, label in zip(dots, labels, strict=True)],
        [_mark(dot, f"{line.label}, year before {label}", write) for dot, label in zip(prior, labels, strict=False)],
    )


def _mark(dot: Dot, label: str, write: Callable[[float], str]) -> Mark:
    if dot.value is None:
        return Mark(None)
    missing = f", {fmt.counted(dot.n_missing, 'day')} not known" if dot.n_missing else ""
    return Mark(float(dot.value), dot.complete, f"{label}: {write(float(dot.value))}{missing}")


def _keys(chart: Chart) -> list[tuple[str, str]]:
    """What each kind of line is, said once above the chart."""
    found = []
    for line in chart.lines:
        kind = {"primary": "now", "secondary": "second", "target": "goal"}[line.style]
        label = (
            "this year"
            if line.style == "primary" and len([one for one in chart.lines if one.style != "target"]) == 1
            else line.label
        )
        found.append((kind, label))
    if any(line.prior_weeks or line.prior_months for line in chart.lines):
        found.append(("prior", "year before"))
    if chart.limits is not None:
        found.append(("band", "noise"))
    return found


def _groups(chart: Chart, review: Review) -> list[Group]:
    item = chart.primary.item
    groups: list[Group] = []
    for name in ("last_week", "mtd", "qtd", "ytd"):
        boxes = [box for box in chart.boxes if box.group == name]
        if not boxes:
            continue
        head, rest = boxes[0], boxes[1:]
        note = f"{fmt.counted(head.n_missing, 'day')} not known" if head.n_missing else ""
        changes = tuple(
            Cell(
                box.label,
                change_text(box),
                _news(box, item.direction),
                f"like for like, without {fmt.counted(box.n_left_out, 'day')}" if box.n_left_out else "",
            )
            for box in rest
        )
        text = figure(head.value, item.unit, review.currency, chart.y_scaling)
        groups.append(Group(head.label, text, note, changes))
    return groups


def _news(box: Box, direction: str) -> str:
    if box.value is None or not box.value or direction == "none":
        return ""
    return "good" if (box.value > 0) is (direction == "up") else "bad"


def _table(chart: Chart, review: Review) -> list[tuple[str, tuple[str, ...]]]:
    rows = []
    for line in chart.lines:
        unit = line.item.unit
        for label, dots in (
            (line.label, (*line.weeks, *line.months)),
            (f"{line.label}, year before", (*line.prior_weeks, *line.prior_months)),
        ):
            if dots:
                texts = tuple(figure(dot.value, unit, review.currency, chart.y_scaling) for dot in dots)
                rows.append((label, texts))
    return rows


def _image(source: str, review: Review) -> str | None:
    """A picture beside the deck, as a part of the page; None for anything else."""
    if "://" in source or Path(source).suffix.lower() not in IMAGES or review.folder is None:
        return None
    path = Path(review.folder) / source
    try:
        data = path.read_bytes()
    except OSError:
        return None
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
