"""What a metric and a source are, and reading them from their files.

A metric is a table of a TOML file; its name is the table's:

    [on_time_rate]
    what = "Share of parcels that arrived by the promised day."
    source = "parcels_due"
    numerator = "COUNT_IF(NOT late)"
    denominator = "COUNT(*)"
    unit = "share"
    direction = "up"
    kind = "input"
    owner = "operations"
    target = 0.9
    parent = "contacts_per_order"

| key | says |
| --- | --- |
| `what` | one sentence: what it is |
| `source` | the rows it is computed over: a file of `metrics/sources/`, or one of the retailer's own |
| `numerator`, `denominator` | sums over the rows of a day; a rate has both, which are summed before they divide |
| `metric`, `per` | instead of the three above: one additive metric divided by another, of whatever source |
| `unit` | `count`, `money`, `share` (0–1), `number`, `days`, `hours`, `minutes`, `score`, `per_million` |
| `direction` | `up`, `down` or `none`: which way is better |
| `kind` | `input` (controllable), `output` or `finance`: its place in the weekly review |
| `aggregation` | `sum` or `ratio` (found from the denominator), `last` for levels such as stock, `min`, `max` |
| `scale` | what a rate is multiplied by, e.g. 1000000 for `per_million` |
| `owner`, `target`, `parent` | who answers for it, what is wanted, the metric above it in the tree |
| `needs` | tables and columns without which it sleeps, besides those that its source and columns need |
| `title`, `subject` | name for people; subject it belongs to (default: its file's name) |

A source is a SQL file with a header: one row per thing that happened, with its `day`, `dimensions` that are stored by
day (few members) and `live` ones that are computed when asked for, and columns for expressions. A column's text may
name what it needs after a bar. `empty_days = "zero"` says that a day without rows is never missing data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

from profithunt.engine import split_header
from profithunt.errors import ModelError

Unit = Literal["count", "money", "share", "number", "days", "hours", "minutes", "score", "per_million"]
Kind = Literal["input", "output", "finance"]
Aggregation = Literal["sum", "ratio", "last", "min", "max"]
Direction = Literal["up", "down", "none"]

UNITS: Final = ("count", "money", "share", "number", "days", "hours", "minutes", "score", "per_million")
KINDS: Final = ("input", "output", "finance")
AGGREGATIONS: Final = ("sum", "ratio", "last", "min", "max")
DIRECTIONS: Final = ("up", "down", "none")
SUBJECTS: Final = (
    "traffic", "conversion", "range", "availability", "price", "order", "fulfilment", "delivery", "service", "returns",
    "customer", "marketing", "profit",
)  # fmt: skip
"""Subjects in the order in which a review goes through them."""

_TEXTS: Final = (
    "what", "source", "numerator", "denominator", "metric", "per", "unit", "direction", "kind", "aggregation", "owner",
    "parent", "title", "subject",
)  # fmt: skip
_KEYS: Final = (*_TEXTS, "scale", "target", "needs")
_REQUIRED: Final = ("what", "unit", "direction", "kind", "owner")
_CHOICES: Final = {"unit": UNITS, "kind": KINDS, "aggregation": AGGREGATIONS, "direction": DIRECTIONS}
_SOURCE_KEYS: Final = ("what", "grain", "needs", "dimensions", "live", "columns", "empty_days")


@dataclass(frozen=True)
class Source:
    """Rows that metrics are computed over: one per order, parcel, visit …, each with its `day`."""

    name: str
    what: str
    grain: str
    needs: tuple[str, ...]
    dimensions: tuple[str, ...]
    live: tuple[str, ...]
    columns: Mapping[str, str]
    column_needs: Mapping[str, tuple[str, ...]]
    sql: str
    gaps: bool = True
    """Whether a day without rows may be missing data."""
    path: Path | None = field(default=None, compare=False)

    @property
    def all_dimensions(self) -> tuple[str, ...]:
        """Dimensions that its metrics can be cut by."""
        return (*self.dimensions, *self.live)


@dataclass(frozen=True)
class Metric:
    """One metric as read from its file; see the module for the meaning of each field."""

    name: str
    title: str
    what: str
    subject: str
    unit: Unit
    direction: Direction
    kind: Kind
    owner: str
    aggregation: Aggregation = "sum"
    source: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    metric: str | None = None
    per: str | None = None
    scale: float = 1.0
    target: float | None = None
    parent: str | None = None
    needs: tuple[str, ...] = ()
    path: Path | None = field(default=None, compare=False)
    line: int | None = field(default=None, compare=False)

    @property
    def is_rate(self) -> bool:
        """Whether it divides."""
        return self.aggregation == "ratio"

    @property
    def where(self) -> str:
        """File and line that define it."""
        return place(self.path, self.line, self.name)

    def tuned(self, target: float | None, owner: str | None) -> Metric:
        """The metric with a shop's own target and owner."""
        return replace(
            self, target=self.target if target is None else target, owner=self.owner if owner is None else owner
        )

    def to_json(self) -> dict[str, Any]:
        """All fields as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "what": self.what,
            "subject": self.subject,
            "kind": self.kind,
            "source": self.source,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "metric": self.metric,
            "per": self.per,
            "aggregation": self.aggregation,
            "scale": self.scale,
            "unit": self.unit,
            "direction": self.direction,
            "owner": self.owner,
            "target": self.target,
            "parent": self.parent,
        }


def place(path: Path | None, line: int | None, key: str) -> str:
    """`file, line n, key`, as far as it is known."""
    return ", ".join(part for part in (str(path) if path else "", f"line {line}" if line else "", key) if part)


def read_source(path: Path) -> Source:
    """Read one source from its SQL file. Raises ModelError."""
    header, sql = split_header(path.read_text("utf-8"), path.name)
    unknown = sorted(set(header) - set(_SOURCE_KEYS))
    if unknown:
        raise ModelError(f"unknown header key '{unknown[0]}'", where=path.name, expected=", ".join(_SOURCE_KEYS))
    missing = [name for name in ("what", "grain", "columns") if name not in header]
    if missing:
        raise ModelError(f"the header lacks '{missing[0]}'", where=path.name, expected="what, grain and [columns]")
    columns, needs = {}, {}
    for name, text in header["columns"].items():
        meaning, _, needed = text.partition("|")
        columns[name] = meaning.strip()
        if needed.strip():
            needs[name] = (needed.strip(),)
    return Source(
        name=path.stem,
        what=header["what"],
        grain=header["grain"],
        needs=tuple(header.get("needs", ())),
        dimensions=tuple(header.get("dimensions", ())),
        live=tuple(header.get("live", ())),
        columns=columns,
        column_needs=needs,
        sql=sql,
        gaps=header.get("empty_days", "missing") != "zero",
        path=path,
    )


def read_metrics(path: Path) -> list[Metric]:
    """Read the metrics of one TOML file. Raises ModelError that names the file, the line and the key."""
    try:
        text = path.read_text("utf-8-sig")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"can't be read ({error})", where=str(path), expected="metrics in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"is not TOML: {error}", where=str(path), do="mend that line") from error
    found = []
    for name, fields in data.items():
        if not isinstance(fields, dict):
            raise ModelError(
                f"'{name}' stands outside a metric",
                where=place(path, _line(text, None, name), name),
                expected="a table per metric, as in [on_time_rate]",
            )
        found.append(_Reader(path, text, name, fields).metric())
    return found


class _Reader:
    """One table of a file on its way to a metric; knows the line to blame."""

    def __init__(self, path: Path, text: str, name: str, fields: Mapping[str, Any]) -> None:
        self._path = path
        self._text = text
        self._name = name
        self._fields = fields

    def _fail(self, key: str | None, what: str, expected: str = "", do: str = "") -> ModelError:
        line = _line(self._text, self._name, key)
        return ModelError(
            what, where=place(self._path, line, f"{self._name}.{key}" if key else self._name), expected=expected, do=do
        )

    def metric(self) -> Metric:
        """The metric, checked. Raises ModelError."""
        self._check_keys()
        fields = self._fields
        if not self._name.isidentifier() or self._name != self._name.lower():
            raise self._fail(None, f"the name '{self._name}' won't do", "words in snake_case")
        composed = "metric" in fields or "per" in fields
        self._check_shape(composed=composed)
        aggregation = fields.get("aggregation") or ("ratio" if composed or "denominator" in fields else "sum")
        if (aggregation == "ratio") is not (composed or "denominator" in fields):
            raise self._fail(
                "aggregation", f"aggregation is '{aggregation}'", "'ratio' with a denominator, another without one"
            )
        words = re.sub(r"\bcm(?=[123]\b)", "CM", self._name.replace("_", " "))
        return Metric(
            name=self._name,
            title=fields.get("title", words[:1].upper() + words[1:]),
            what=fields["what"],
            subject=fields.get("subject", self._path.stem),
            unit=cast("Unit", fields["unit"]),
            direction=cast("Direction", fields["direction"]),
            kind=cast("Kind", fields["kind"]),
            owner=fields["owner"],
            aggregation=cast("Aggregation", aggregation),
            source=fields.get("source"),
            numerator=fields.get("numerator"),
            denominator=fields.get("denominator"),
            metric=fields.get("metric"),
            per=fields.get("per"),
            scale=float(fields.get("scale", 1)),
            target=None if "target" not in fields else float(fields["target"]),
            parent=fields.get("parent"),
            needs=tuple(fields.get("needs", ())),
            path=self._path,
            line=_line(self._text, self._name, None),
        )

    def _check_keys(self) -> None:
        fields = self._fields
        unknown = [key for key in fields if key not in _KEYS]
        if unknown:
            raise self._fail(unknown[0], f"there is no key '{unknown[0]}'", f"one of {', '.join(_KEYS)}")
        missing = [key for key in _REQUIRED if key not in fields]
        if missing:
            raise self._fail(None, f"lacks '{missing[0]}'", f"{', '.join(_REQUIRED)}")
        for key in _TEXTS:
            if key in fields and (not isinstance(fields[key], str) or not fields[key].strip()):
                raise self._fail(key, f"{key} is {fields[key]!r}", "text")
        for key in ("scale", "target"):
            if key in fields and (isinstance(fields[key], bool) or not isinstance(fields[key], (int, float))):
                raise self._fail(key, f"{key} is {fields[key]!r}", "a number")
        needs = fields.get("needs", [])
        if not isinstance(needs, list) or not all(isinstance(need, str) for need in needs):
            raise self._fail(
                "needs", f"needs is {needs!r}", 'a list of tables or columns, as ["shipments.promised_at"]'
            )
        for key, choices in _CHOICES.items():
            if key in fields and fields[key] not in choices:
                raise self._fail(key, f"{key} is '{fields[key]}'", f"one of {', '.join(choices)}")
        if fields.get("scale", 1) <= 0:
            raise self._fail("scale", f"scale is {fields['scale']}", "a number above zero")

    def _check_shape(self, *, composed: bool) -> None:
        fields = self._fields
        if composed:
            both = [key for key in ("source", "numerator", "denominator") if key in fields]
            if both:
                raise self._fail(both[0], f"has '{both[0]}' beside 'metric' and 'per'", "one way or the other")
            lacking = [key for key in ("metric", "per") if key not in fields]
            if lacking:
                raise self._fail(None, f"lacks '{lacking[0]}'", "metric and per: one metric divided by another")
        else:
            lacking = [key for key in ("source", "numerator") if key not in fields]
            if lacking:
                raise self._fail(None, f"lacks '{lacking[0]}'", "source and numerator, or metric and per")


def _line(text: str, table: str | None, key: str | None) -> int | None:
    """Line of a table's header, or of a key below it."""
    lines = text.splitlines()
    start = 0
    if table is not None:
        header = re.compile(rf"^\s*\[\s*[\"']?{re.escape(table)}[\"']?\s*\]")
        start = next((at for at, line in enumerate(lines) if header.match(line)), 0)
        if key is None:
            return start + 1
    wanted = re.compile(rf"^\s*[\"']?{re.escape(key or '')}[\"']?\s*=")
    for at in range(start, len(lines)):
        if wanted.match(lines[at]):
            return at + 1
    return start + 1
