"""Documents of a shop, with live figures: press release and FAQ, six-pager, correction of error.

documents = shop.documents.as_("ann")
made = documents.new("six_pager", "Free delivery from 60 euros", opportunity="ab12cd34ef56")
documents.edit(made.id, body)
documents.advance(made.id)                                   # draft → silent reading
documents.advance(made.id, decision="We do it, in one country first.")   # → decided, when the reading is over
documents.export(made.id, "six-pager.html")
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from profithunt import fmt
from profithunt.actions.documents import (
    READING_MINUTES,
    Document,
    Figure,
    Filled,
    MetricReference,
    Remark,
    decide,
    fill,
    read,
    revised,
)
from profithunt.actions.documents.references import Reference
from profithunt.errors import NotFound, UsageError

if TYPE_CHECKING:
    from profithunt.api.shop import Shop
    from profithunt.metrics.reading import MetricFigures

Json = Any
Format = Literal["html", "md", "source"]
_YEAR: Final = 364
_ALSO: Final = {"cm3": "contribution_profit"}
"""Names of the ledger for what a metric calls otherwise."""


@dataclass(frozen=True)
class Shown:
    """A document as a reader sees it: the text with its figures, the remarks, what still hinders it."""

    document: Document
    text: str
    figures: Mapping[str, Figure]
    problems: tuple[str, ...]
    remarks: tuple[Remark, ...]
    seconds_left: int | None

    def to_json(self) -> dict[str, Json]:
        """The document, its body as written, the text as filled, figures by reference, problems, remarks."""
        return {
            **self.document.to_json(),
            "body": self.document.body,
            "text": self.text,
            "figures": {words: figure.to_json() for words, figure in self.figures.items()},
            "problems": list(self.problems),
            "remarks": [one.to_json() for one in self.remarks],
            "seconds_left": self.seconds_left,
        }


class Documents:
    """The documents of one shop, worked on by one person or agent."""

    def __init__(self, shop: Shop, user: str | None = None) -> None:
        self._shop = shop
        self._user = user

    def as_(self, user: str) -> Documents:
        """The same documents, worked on by somebody else."""
        return Documents(self._shop, user)

    def new(self, kind: str, title: str, *, opportunity: str | None = None) -> Document:
        """A draft from the template of its kind, about an opportunity or about none."""
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        if opportunity is not None:
            opportunity = act.show(opportunity).item.id
        with act.store.writing() as connection:
            return shelf.add(connection, actor, kind, title, _now(), opportunity)

    def list(
        self, *, kind: str | None = None, state: str | None = None, opportunity: str | None = None
    ) -> list[Document]:
        """Documents, the one changed last first."""
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        actor.must("see")
        with act.store.reading() as connection:
            return shelf.listed(connection, kind=kind, state=state, subject=opportunity)

    def show(self, id: str) -> Shown:  # noqa: A002 - the word of the trade
        """One document with its figures: live, or as they were when it was decided upon."""
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        actor.must("see")
        with act.store.reading() as connection:
            document = shelf.get(connection, id)
            remarks = tuple(shelf.remarks(connection, document.id))
        frozen = document.frozen_text()
        filled = fill(document.body, self._figure) if frozen is None else _kept(document, frozen)
        left = document.seconds_left(_now())
        return Shown(document, filled.text, filled.figures, filled.problems, remarks, left)

    def edit(self, id: str, body: str | None = None, *, title: str | None = None) -> Document:  # noqa: A002
        """Another text; what was being read or was declined is a draft again. Raises Stopped once decided."""
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        at = _now()
        with act.store.writing() as connection:
            before = shelf.get(connection, id)
            return shelf.save(connection, actor, "revise", before, revised(before, at, body, title), at)

    def comment(self, id: str, text: str, *, place: str | None = None) -> Remark:  # noqa: A002
        """A remark on it, or on one of its headings (`place`)."""
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        with act.store.writing() as connection:
            return shelf.remark(connection, actor, shelf.get(connection, id), text, _now(), place)

    def advance(
        self,
        id: str,  # noqa: A002
        *,
        decision: str | None = None,
        decline: bool = False,
        minutes: int = READING_MINUTES,
    ) -> Document:
        """One state on: a draft to its readers for so many minutes, then to its decision, said in words.

        Raises Stopped for what is not written, a figure that can't be read, or before the reading is over.
        """
        from profithunt.actions.documents import shelf

        act, actor = self._acting()
        with act.store.reading() as connection:
            seen = shelf.get(connection, id)
        filled = fill(seen.body, self._figure)
        at = _now()
        if seen.state == "draft":
            after, verb = read(seen, filled, at, minutes), "read"
        else:
            if seen.state == "reading":
                actor.must("approve")
            after = decide(seen, filled, actor.name, at, decision or "", accept=not decline)
            verb = "decline" if decline else "decide"
        with act.store.writing() as connection:
            return shelf.save(connection, actor, verb, seen, after, at)

    def export(self, id: str, path: str | Path | None = None, format_: Format = "html") -> str:  # noqa: A002
        """The document as one HTML page or as Markdown with its figures, or its *source* to be edited.

        Written to a file where one is named.
        """
        from profithunt.actions.documents.html import page

        shown = self.show(id)
        note = "; ".join(shown.problems)
        if shown.document.state in {"draft", "reading"} and shown.figures:
            note = f"Figures of {_now():%Y-%m-%d}. {note}"
        text = {"md": shown.text, "source": shown.document.body}.get(format_) or page(
            shown.document, shown.text, shown.remarks, note.strip()
        )
        if path is not None:
            try:
                Path(path).write_text(text, "utf-8")
            except OSError as error:
                raise UsageError(f"can't be written ({error.strerror})", where=str(path)) from error
        return text

    def _acting(self) -> tuple[Any, Any]:
        act = self._shop.act if self._user is None else self._shop.act.as_(self._user)
        return act, act.whoami()

    def _figure(self, reference: Reference) -> Figure:
        """A figure of the current run. Raises ProfithuntError where there is none."""
        if isinstance(reference, MetricReference):
            return metric_figure(self._shop, reference)
        item = self._acting()[0].show(reference.id).item
        value = getattr(item, reference.field)
        if reference.field in {"value", "p10", "p90"}:
            return Figure(fmt.money(value, self._shop.config.shop.currency), str(value))
        if reference.field == "confidence":
            return Figure(fmt.share(value), float(value))
        return Figure(str(value).replace("_", " "), str(value))


def metric_figure(shop: Shop, reference: MetricReference) -> Figure:
    """A metric over the days of a reference. Raises NotFound where nothing is known of them."""
    from profithunt.metrics.reading import RunMetrics

    metrics = RunMetrics(shop.engine, shop.config)
    start, end = _days(reference, metrics.as_of)
    currency = shop.config.shop.currency

    def over(first: dt.date, last: dt.date) -> tuple[Decimal | float, MetricFigures, int]:
        found = metrics.figures(_ALSO.get(reference.name, reference.name), reference.by, first, last, "day")
        value, missing = _over(found, reference.member, (last - first).days + 1)
        if value is None:
            raise NotFound(f"nothing is known of {reference.name} from {first} to {last}")
        return value, found, missing

    value, found, missing = over(start, end)
    unit = found.metric.unit
    note = f"{missing} of {(end - start).days + 1} days are not known" if missing else ""
    period = f"{start.isoformat()} to {end.isoformat()}"
    if reference.against is None:
        return Figure(fmt.measured(value, unit, currency), _plain(value), period, note)
    back = dt.timedelta(days=_YEAR if reference.against == "year" else (end - start).days + 1)
    try:
        former, _, _ = over(start - back, end - back)
    except NotFound as error:
        return Figure("a change that is not known", None, period, error.what)
    text = fmt.basis_points(former, value) if unit == "share" else fmt.change(former, value)
    return Figure(text, _plain(value), f"{period}, against {start - back} to {end - back}", note)


def _days(reference: MetricReference, as_of: dt.date) -> tuple[dt.date, dt.date]:
    if reference.start is not None and reference.end is not None:
        return reference.start, reference.end
    if reference.last_months is not None:
        month = as_of.year * 12 + as_of.month - 1 - reference.last_months
        year, number = divmod(month, 12)
        day = min(as_of.day, calendar.monthrange(year, number + 1)[1])
        return dt.date(year, number + 1, day) + dt.timedelta(days=1), as_of
    return as_of - dt.timedelta(days=(reference.last_days or 1) - 1), as_of


def _over(found: MetricFigures, member: str | None, n_days: int) -> tuple[Decimal | float | None, int]:
    """One figure of all days: sums first, then divided; of a level the last day that is known."""
    days = [one for one in found.figures if one.member == member and one.numerator is not None]
    if not days:
        if member is not None and found.figures:
            there = sorted({str(one.member) for one in found.figures})
            raise NotFound(f"there is no {found.by} '{member}'", do=f"there are: {', '.join(there[:12])}")
        return None, n_days
    missing = sum(one.n_missing for one in days)
    tops = [one.numerator for one in days if one.numerator is not None]
    pick = {"min": min, "max": max}.get(found.metric.aggregation)
    last = found.metric.aggregation == "last"
    top = tops[-1] if last else pick(tops) if pick else sum(tops, Decimal(0))
    if not found.metric.is_rate:
        return top, missing
    bottoms = [one.denominator or Decimal(0) for one in days]
    bottom = bottoms[-1] if last else sum(bottoms, Decimal(0))
    return (float(top) / float(bottom) * found.metric.scale if bottom else None), missing


def _kept(document: Document, text: str) -> Filled:
    figures = {words: Figure(**figure) for words, figure in document.data.get("figures", {}).items()}
    return Filled(text, figures, ())


def _plain(value: Decimal | float) -> str | float:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
