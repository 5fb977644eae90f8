"""What is heard from customers: reasons read in their words, cut by anything; cost, trend, new themes and voices."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.engine.runs import FOLDER
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of
from profithunt.proposition import listening as heard
from profithunt.proposition.listening import Reason

if TYPE_CHECKING:
    from profithunt.models.rate_changes import Change
    from profithunt.models.reasons import Quality, Reader

Json = Any
FORMAT: Final = "1"
"""Raise it when what is kept of a reading changes."""
KEPT: Final = "listening"
"""Folder below the shop (corrections, sessions) and below `.profithunt` (what can be worked out again)."""
LABELS: Final = "labels.csv"
KINDS: Final = ("contact", "review", "return")
DAYS: Final = 91
RECENT_WEEKS: Final = 4
WEEKS: Final = 16
_LABEL_COLUMNS: Final = ("kind", "id", "reason", "by", "on")


@dataclass(frozen=True)
class Voice:
    """What a customer wrote, personal data masked."""

    kind: str
    id: str
    heard_on: dt.date | None
    order_id: str | None
    reason: str
    words: str

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {**self.__dict__, "heard_on": None if self.heard_on is None else self.heard_on.isoformat()}


@dataclass(frozen=True)
class Trend:
    """The last four weeks against the twelve before, for each order: ratio, 90 % interval, q-value, verdict.

    `verdict` is rising, falling or level (false discovery rate 10 %); `weeks` are counts, latest last.
    """

    ratio: float | None
    low: float | None
    high: float | None
    q: float
    verdict: str
    weeks: tuple[int, ...]

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {**self.__dict__, "weeks": list(self.weeks)}


@dataclass(frozen=True)
class HeardRow:
    """One member of what was cut by: a reason, a SKU, a lane.

    `share` of all that was heard, `per_order` contacts for each order of the days; `cost` service, goodwill and
    handling; `failed_share` of those about a known parcel, how many were about one that failed.
    """

    member: str | None
    title: str
    team: str | None
    n: int
    n_contacts: int
    n_reviews: int
    n_returns: int
    n_unclear: int
    share: float
    per_order: float | None
    cost: Decimal
    n_known: int
    failed_share: float | None
    csat: float | None
    rating: float | None
    trend: Trend
    voices: tuple[Voice, ...]

    def to_json(self) -> dict[str, Json]:
        """As data, the cost as a decimal string."""
        return {
            **self.__dict__,
            "cost": f"{self.cost:.4f}",
            "trend": self.trend.to_json(),
            "voices": [voice.to_json() for voice in self.voices],
        }


@dataclass(frozen=True)
class Theme:
    """Words that customers use more than before and that no reason covers, with examples of what they write."""

    words: str
    lately: int
    before: int
    growth: float | None
    q: float
    voices: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """As data; `growth` is null for what was never said before."""
        return {**self.__dict__, "voices": list(self.voices)}


@dataclass(frozen=True)
class Heard:
    """What was heard between two days, by a dimension, costliest member first; all members add up to the whole."""

    by: str
    start: dt.date
    end: dt.date
    n: int
    n_contacts: int
    n_orders: int
    cost: Decimal
    unclear_share: float | None
    rows: tuple[HeardRow, ...]
    themes: tuple[Theme, ...]
    quality: Quality
    clear: float

    @property
    def contacts_per_order(self) -> float | None:
        """Contacts for each order of the days."""
        return self.n_contacts / self.n_orders if self.n_orders else None

    def to_json(self) -> dict[str, Json]:
        """As data, amounts as decimal strings."""
        return {
            "by": self.by,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "n": self.n,
            "n_contacts": self.n_contacts,
            "n_orders": self.n_orders,
            "contacts_per_order": self.contacts_per_order,
            "cost": f"{self.cost:.4f}",
            "unclear_share": self.unclear_share,
            "rows": [row.to_json() for row in self.rows],
            "themes": [theme.to_json() for theme in self.themes],
            "read_with": {
                "n_phrases": self.quality.n_phrases,
                "n_labels": self.quality.n_labels,
                "right": self.quality.right,
                "clear_share": self.quality.clear,
                "right_of_clear": self.quality.right_of_clear,
                "clear_from": self.clear,
            },
        }


@dataclass(frozen=True)
class Label:
    """A correction: what a contact, review or return was really about, and who said so."""

    kind: str
    id: str
    reason: str
    by: str
    on: dt.date
    former: str | None = None

    def to_json(self) -> dict[str, Json]:
        """As data; `former` is what had been read before."""
        return {**self.__dict__, "on": self.on.isoformat()}


# Reading


def prepare(engine: AnyEngine, config: ShopConfig, run_id: str) -> Quality:
    """Make the table `heard` of a run there is, read with the shop's taxonomy and corrections; kept until they change.

    Raises ConfigError where scikit-learn is missing or the taxonomy is not right.
    """
    from profithunt.models.reasons import installed

    installed()
    reasons = heard.taxonomy_of(config)
    labels = read_labels(config.folder)
    known = {reason.name for reason in reasons}
    engine.view(
        "_labels", heard.labels_query([(one.kind, one.id, one.reason) for one in labels if one.reason in known])
    )
    key = _key(config, reasons, labels, run_id)
    folder = config.folder / FOLDER / KEPT
    path, told = folder / f"heard-{key}.parquet", folder / f"heard-{key}.json"
    if path.is_file() and told.is_file():
        engine.attach_parquet(heard.TABLE, path)
        return _quality(json.loads(told.read_text("utf-8")))
    reader = _learnt(engine, config, reasons)
    texts = heard.texts(engine)
    found = reader.read(texts["text"])
    engine.attach_arrays(
        "_read_texts",
        {"text": texts["text"], "reason": found.reason, "probability": found.probability, "also": found.also},
    )
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("heard-*"):
        old.unlink(missing_ok=True)
    engine.write_parquet(heard.heard_query(config), path, order_by=["kind", "id"])
    told.write_text(json.dumps(reader.quality.__dict__), "utf-8")
    engine.drop("_read_texts")
    engine.attach_parquet(heard.TABLE, path)
    return reader.quality


def _learnt(engine: AnyEngine, config: ShopConfig, reasons: Sequence[Reason]) -> Reader:
    from profithunt.models.reasons import learn

    seeds = [pair for reason in reasons for pair in reason.pairs()]
    return learn(seeds, heard.labelled_texts(engine), config.listening.clear)


def _key(config: ShopConfig, reasons: Sequence[Reason], labels: Sequence[Label], run_id: str) -> str:
    said = [
        FORMAT,
        run_id,
        str(heard.heard_query(config)),
        config.listening.clear,
        [(reason.name, reason.pairs()) for reason in reasons],
        [(one.kind, one.id, one.reason) for one in labels],
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _quality(data: Mapping[str, Json]) -> Quality:
    from profithunt.models.reasons import Quality

    return Quality(**data)


# What was heard


def hear(
    engine: AnyEngine,
    config: ShopConfig,
    run_id: str,
    by: str = "reason",
    start: dt.date | None = None,
    end: dt.date | None = None,
    examples: int = 3,
) -> Heard:
    """What was heard between two days (default: the last 91 the data is complete to). Raises NotFound, UsageError."""
    if by not in heard.DIMENSIONS:
        raise NotFound(f"what was heard can't be cut by {by!r}", do=f"there are: {', '.join(heard.DIMENSIONS)}")
    last = end or as_of(engine, config)
    first = start or last - dt.timedelta(days=DAYS - 1)
    if first > last:
        raise UsageError(f"the period ends on {last}, before it starts on {first}", do="swap the two days")
    quality = prepare(engine, config, run_id)
    found = heard.members(engine, by, first, last)
    n_orders = heard.orders(engine, first, last, WEEKS, config.shop.timezone)
    total = sum(row["n"] for row in found)
    rows = _rows(engine, config, by, (first, last), found, n_orders, examples)
    return Heard(
        by=by,
        start=first,
        end=last,
        n=total,
        n_contacts=sum(row["n_contacts"] for row in found),
        n_orders=n_orders.get(-1, 0),
        cost=sum((row["cost"] or Decimal(0) for row in found), Decimal(0)),
        unclear_share=sum(row["n_unclear"] for row in found) / total if total else None,
        rows=rows,
        themes=_themes(engine, config, last),
        quality=quality,
        clear=config.listening.clear,
    )


def _rows(
    engine: AnyEngine,
    config: ShopConfig,
    by: str,
    days: tuple[dt.date, dt.date],
    found: Sequence[Mapping[str, Json]],
    n_orders: Mapping[int, int],
    examples: int,
) -> tuple[HeardRow, ...]:
    from profithunt.models.rate_changes import compare

    first, last = days
    reasons = {reason.name: reason for reason in heard.taxonomy_of(config)}
    series: dict[str, dict[int, int]] = {str(row["member"]): {} for row in found}
    for row in heard.weeks(engine, by, last, WEEKS):
        series.setdefault(str(row["member"]), {})[int(row["week"])] = int(row["n"])
    trends = compare(series, n_orders, RECENT_WEEKS, WEEKS)
    spoken: dict[str, list[Voice]] = {}
    for row in heard.voices(engine, by, first, last, examples, seed=last.toordinal()) if examples else ():
        voice = Voice(row["kind"], row["id"], row["heard_on"], row["order_id"], row["reason"], row["verbatim"])
        spoken.setdefault(str(row["member"]), []).append(voice)
    total = sum(row["n"] for row in found)
    rows = [
        HeardRow(
            member=row["member"],
            title=_title(row["member"], by, reasons),
            team=reasons[row["member"]].team if by == "reason" and row["member"] in reasons else None,
            n=row["n"],
            n_contacts=row["n_contacts"],
            n_reviews=row["n_reviews"],
            n_returns=row["n_returns"],
            n_unclear=row["n_unclear"],
            share=row["n"] / total,
            per_order=row["n_contacts"] / n_orders[-1] if n_orders.get(-1) else None,
            cost=row["cost"] or Decimal(0),
            n_known=row["n_known"],
            failed_share=row["n_failed"] / row["n_known"] if row["n_known"] else None,
            csat=row["csat"],
            rating=row["rating"],
            trend=_trend(trends[str(row["member"])], series[str(row["member"])]),
            voices=tuple(spoken.get(str(row["member"]), ())),
        )
        for row in found
    ]
    return tuple(sorted(rows, key=lambda row: (-row.cost, -row.n, str(row.member))))


def _trend(change: Change, weeks: Mapping[int, int]) -> Trend:
    counts = tuple(weeks.get(at, 0) for at in reversed(range(WEEKS)))
    return Trend(change.ratio, change.low, change.high, change.q, change.verdict, counts)


def _title(member: str | None, by: str, reasons: Mapping[str, Reason]) -> str:
    if member is None:
        return "not known"
    if by == "reason":
        return reasons[member].title if member in reasons else "Unclear"
    return member.replace("_", " ") if by == "defect" else member


def _themes(engine: AnyEngine, config: ShopConfig, last: dt.date) -> tuple[Theme, ...]:
    from profithunt.models.themes import rising

    counts = heard.term_counts(engine, last, RECENT_WEEKS * 7, WEEKS)
    texts = [str(text) for text in counts["text"]]
    known = [phrase for reason in heard.taxonomy_of(config) for phrase, _ in reason.pairs()]
    found = rising(texts, counts["lately"], counts["before"], known)
    return tuple(
        Theme(one.words, one.lately, one.before, one.growth, one.q, tuple(texts[at] for at in one.texts[:3]))
        for one in found
    )


# Corrections


def read_labels(folder: Path) -> list[Label]:
    """The corrections of a shop, in the order in which they were made; a later one of the same thing counts."""
    path = folder / KEPT / LABELS
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        read = [
            Label(row["kind"], row["id"], row["reason"], row["by"], dt.date.fromisoformat(row["on"])) for row in rows
        ]
    except FileNotFoundError:
        return []
    except (OSError, KeyError, ValueError, TypeError) as error:
        columns = ",".join(_LABEL_COLUMNS)
        raise UsageError("can't be read", where=str(path), expected=f"a CSV with the heading {columns}") from error
    return list({(one.kind, one.id): one for one in read}.values())


def write_labels(folder: Path, labels: Sequence[Label]) -> None:
    """Keep corrections in the shop's folder: keys and reasons, no words of anybody."""
    path = folder / KEPT / LABELS
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_LABEL_COLUMNS)
        writer.writerows([one.kind, one.id, one.reason, one.by, one.on.isoformat()] for one in labels)
    new.replace(path)


def label(
    engine: AnyEngine, config: ShopConfig, run_id: str, id_: str, reason: str, by: str, kind: str | None = None
) -> Label:
    """Say what a contact, review or return was really about. Raises NotFound, UsageError."""
    known = [one.name for one in heard.taxonomy_of(config)]
    if reason not in known:
        raise UsageError(f"there is no reason {reason!r}", expected=f"one of {', '.join(known)}")
    if kind is not None and kind not in KINDS:
        raise UsageError(f"there is no kind {kind!r}", expected=f"one of {', '.join(KINDS)}")
    prepare(engine, config, run_id)
    rows = [(one, row) for one in (KINDS if kind is None else (kind,)) if (row := heard.one(engine, one, id_))]
    if not rows:
        raise NotFound(f"there is no contact, review or return {id_!r} in this run")
    which, row = rows[0]
    if len(rows) > 1:
        raise UsageError(f"{id_!r} is a {which} and a {rows[1][0]}", do=f"say which with kind: {which} or {rows[1][0]}")
    made = Label(which, id_, reason, by, dt.datetime.now(tz=dt.UTC).date(), former=row["reason"])
    kept = [one for one in read_labels(config.folder) if (one.kind, one.id) != (which, id_)]
    write_labels(config.folder, [*kept, made])
    return made
