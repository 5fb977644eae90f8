"""A detector as it is written: one file, a header that says what it is, then one SELECT.

The header is TOML in a comment. The statement gives one row for each *entity* (a SKU, a customer, a lane): its keys,
its peers, and the sums that the shared statistics need. It decides nothing: it leaves out only entities with too
small a sample. Everything that judges (shrinkage, gates, false discovery, money) is done alike for all detectors.

| header key | says |
| --- | --- |
| `code`, `number`, `name` | short code, number in the catalogue, the leak |
| `level`, `entity` | what an opportunity is about, and the columns that name it |
| `owner`, `action`, `reversible`, `effort` | who does what, whether it can be undone, work (1 little … 5 much) |
| `statistic` | `share`, `count`, `ratio` or `sum`: which columns it gives, see `STATISTICS` |
| `direction` | `high` (default) or `low`: on which side of the benchmark the leak is |
| `outlier` | percentile of ordinary peers that an entity must lie beyond; without it any gap counts |
| `window_days`, `lag_days` | how far back it looks; how many last days it leaves out as not complete yet |
| `drifts` | false: never look at the last 56 days alone, even where an entity's rate has changed |
| `seasonal` | false: its money does not follow how busy the days ahead are, or its statement sees to that |
| `needs` | tables and columns without which it sleeps; a bar parts those of which one is enough |
| `credibility` | how far to believe its money before outcomes are known, 0–1 |
| `counted` | false: shown, never added to the money found |
| `vetoed_by` | names of detectors whose finds on the same entity cancel its own |
| `[thresholds]` | numbers that a shop may set, used as `$name`; `min_…` are least samples |
| `[rows]` | the rows behind it: `from`, `where`, `order_by`, and `[rows.keys]` where a key is no column there |
| `customers` | the step (CTE) of the statement that lists the customers behind each entity, see `LISTED` |
| `[docs]` | `why`, `value`, `known_problems`, `source` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from profithunt.engine import split_header
from profithunt.errors import ConfigError, ModelError

Threshold = float | int | bool | str
Statistic = Literal["share", "count", "ratio", "sum"]
Direction = Literal["high", "low"]

STATISTICS: Final[Mapping[str, tuple[str, ...]]] = {
    "share": ("hits", "trials"),
    "count": ("hits", "exposure"),
    "ratio": ("n", "y", "x", "yy", "xy", "xx"),
    "sum": ("loss", "n"),
}
"""Columns that a statement must give for its statistic; X_MOMENTS(y, x) gives those of `ratio`."""

MEASURES: Final = (
    "hits", "trials", "exposure", "n", "y", "x", "yy", "xy", "xx", "loss", "loss_sq", "unit_loss", "unit_n",
    "benchmark", "limit", "n_rows", "n_recent", "n_days", "days_waited", "days_silent",
)  # fmt: skip
"""Columns that the statistics read; any other that is no key is evidence."""

LEVELS: Final = (
    "customer", "cohort", "customer_sku", "sku", "sku_pair", "style", "brand", "category", "transaction", "keyword",
    "search_term", "landing_page", "session", "promotion", "store", "store_sku", "lane", "carrier", "invoice", "region",
    "postcode", "policy",
)  # fmt: skip

LISTED: Final[Mapping[str, str]] = {
    "customer_id": "customer; beside it the keys of the entity",
    "expected_profit": "money over the horizon from acting on this customer, before any incentive",
    "sku": "what to offer them, where it is one SKU (may be left out)",
    "chance": "probability that acting makes them buy: an incentive costs its money only then (left out: 1)",
    "price": "what an incentive is a share of: price of what is offered (left out: the customer's mean order line)",
}
"""Columns of the step that a header names as `customers`; `opportunity_customers` is made of them."""

_REQUIRED: Final[Mapping[str, tuple[type, ...]]] = {
    "code": (str,), "number": (int,), "name": (str,), "level": (str,), "entity": (list,), "owner": (str,),
    "action": (str,), "reversible": (bool,), "statistic": (str,), "docs": (dict,),
}  # fmt: skip
_OPTIONAL: Final[Mapping[str, tuple[type, ...]]] = {
    "direction": (str,), "outlier": (float,), "probability": (float,), "window_days": (int,), "lag_days": (int,),
    "needs": (list,), "credibility": (float, int), "counted": (bool,), "vetoed_by": (list,), "effort": (int, float),
    "thresholds": (dict,), "rows": (dict,), "drifts": (bool,), "seasonal": (bool,), "customers": (str,),
}  # fmt: skip
_DOCS: Final = ("why", "value", "known_problems")
_TUNABLE: Final = ("window_days", "outlier", "probability", "effort", "credibility")
OWN_NUMBER: Final = 1000
"""Numbers from here on are for a retailer's own detectors."""


@dataclass(frozen=True)
class Rows:
    """The rows behind a detector's finds: which table, which of its rows, worst first by which expression."""

    table: str = "ledger"
    where: str = "in_window"
    order_by: str = "cm2"
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Docs:
    """Why it costs profit, how the money is worked out, what may mislead, where it comes from."""

    why: str
    value: str
    known_problems: str
    source: str = ""


@dataclass(frozen=True)
class Detector:
    """One detector as read from its file; see the module for the meaning of each field."""

    code: str
    number: int
    name: str
    level: str
    entity: tuple[str, ...]
    owner: str
    action: str
    reversible: bool
    statistic: Statistic
    docs: Docs
    sql: str
    direction: Direction = "high"
    outlier: float | None = None
    probability: float = 0.8
    window_days: int = 91
    lag_days: int = 0
    needs: tuple[str, ...] = ("ledger",)
    drifts: bool = True
    seasonal: bool = True
    credibility: float = 1.0
    counted: bool = True
    vetoed_by: tuple[str, ...] = ()
    effort: float = 1.0
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)
    customers: str = ""
    path: Path | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """Its name for people: `Cannot make a profit`."""
        words = self.name.replace("_", " ")
        return words[:1].upper() + words[1:]

    def tuned(self, settings: Mapping[str, Threshold], where: str = "shop.toml") -> Detector:
        """The detector with a shop's own thresholds. Raises ConfigError for one that it has not."""
        unknown = sorted(set(settings) - set(self.thresholds) - set(_TUNABLE))
        if unknown:
            raise ConfigError(
                f"{self.name} has no threshold '{unknown[0]}'",
                where=f"{where}, thresholds.{self.name}",
                expected=f"one of {', '.join(sorted([*self.thresholds, *_TUNABLE]))}",
            )
        own = {name: value for name, value in settings.items() if name in self.thresholds}
        for name, value in own.items():
            if isinstance(value, str) is not isinstance(self.thresholds[name], str):
                kind = "text" if isinstance(self.thresholds[name], str) else "a number"
                raise ConfigError(
                    f"{name} must be {kind}, got {value!r}", where=f"{where}, thresholds.{self.name}.{name}"
                )
        rest: dict[str, Any] = {name: value for name, value in settings.items() if name in _TUNABLE}
        return replace(self, thresholds={**self.thresholds, **own}, **rest)


def read_detector(path: Path) -> Detector:
    """Read one detector from its file. Raises ModelError that names the file, the key and what was expected."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"can't be read ({error})", where=str(path), expected="a detector in UTF-8") from error
    detector = parse_detector(text, where=path.name)
    if detector.name != path.stem:
        raise ModelError(
            f"calls itself '{detector.name}'", where=path.name, expected=f'name = "{path.stem}", as its file'
        )
    return replace(detector, path=path)


def parse_detector(text: str, where: str) -> Detector:
    """A detector from the text of its file. Raises ModelError."""
    header, sql = split_header(text, where)
    _check_keys(header, where)
    docs = _docs(header["docs"], where)
    rows = _rows(header.get("rows", {}), where)
    reversible: bool = header["reversible"]
    fields = {name: header[name] for name in _OPTIONAL if name in header and name not in ("rows", "thresholds")}
    fields |= {name: tuple(fields[name]) for name in ("needs", "vetoed_by") if name in fields}
    fields.setdefault("effort", 1.0 if reversible else 3.0)
    detector = Detector(
        code=header["code"],
        number=header["number"],
        name=header["name"],
        level=header["level"],
        entity=tuple(header["entity"]),
        owner=header["owner"],
        action=header["action"],
        reversible=reversible,
        statistic=header["statistic"],
        docs=docs,
        sql=sql,
        thresholds=_thresholds(header.get("thresholds", {}), where),
        rows=rows,
        **fields,
    )
    _check_ranges(detector, where)
    return detector


def _check_keys(header: Mapping[str, Any], where: str) -> None:
    known = {**_REQUIRED, **_OPTIONAL}
    unknown = sorted(set(header) - set(known))
    if unknown:
        raise ModelError(f"unknown header key '{unknown[0]}'", where=where, expected=f"one of {', '.join(known)}")
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise ModelError(f"the header lacks '{missing[0]}'", where=where, expected=f"{', '.join(_REQUIRED)}")
    for name, value in header.items():
        kinds = known[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise ModelError(f"header key '{name}' is {value!r}", where=where, expected=expected)


def _check_ranges(detector: Detector, where: str) -> None:
    choices = (
        ("statistic", detector.statistic, tuple(STATISTICS)),
        ("direction", detector.direction, ("high", "low")),
        ("level", detector.level, LEVELS),
    )
    for name, value, allowed in choices:
        if value not in allowed:
            raise ModelError(f"{name} is '{value}'", where=where, expected=f"one of {', '.join(allowed)}")
    if not detector.entity or not all(isinstance(name, str) for name in detector.entity):
        raise ModelError("entity is empty", where=where, expected='the columns that name it, e.g. entity = ["sku"]')
    shares = (
        ("probability", detector.probability),
        ("outlier", detector.outlier),
        ("credibility", detector.credibility),
    )
    for name, share in shares:
        if share is not None and not 0 < share <= 1:
            raise ModelError(f"{name} is {share}", where=where, expected="a share between 0 and 1")
    if detector.window_days < 1 or detector.lag_days < 0 or detector.effort <= 0:
        raise ModelError(
            "window_days, lag_days or effort is out of range", where=where, expected="days ≥ 1, effort > 0"
        )
    if not detector.name.isidentifier() or detector.name.lower() != detector.name:
        raise ModelError(f"name is '{detector.name}'", where=where, expected="words in snake_case: the leak")


def _docs(data: Mapping[str, Any], where: str) -> Docs:
    missing = [name for name in _DOCS if not isinstance(data.get(name), str) or not data[name].strip()]
    if missing:
        raise ModelError(
            f"[docs] lacks '{missing[0]}'", where=where, expected="why, value and known_problems, in words"
        )
    unknown = sorted(set(data) - {*_DOCS, "source"})
    if unknown:
        raise ModelError(
            f"[docs] has the unknown key '{unknown[0]}'", where=where, expected=f"{', '.join(_DOCS)}, source"
        )
    return Docs(**data)


def _rows(data: Mapping[str, Any], where: str) -> Rows:
    unknown = sorted(set(data) - {"from", "where", "order_by", "keys"})
    if unknown:
        raise ModelError(
            f"[rows] has the unknown key '{unknown[0]}'", where=where, expected="from, where, order_by, keys"
        )
    usual = Rows()
    return Rows(
        table=data.get("from", usual.table),
        where=data.get("where", usual.where),
        order_by=data.get("order_by", usual.order_by),
        keys=dict(data.get("keys", {})),
    )


def _thresholds(data: Mapping[str, Any], where: str) -> dict[str, Threshold]:
    for name, value in data.items():
        if not isinstance(value, (int, float, str)):
            raise ModelError(
                f"threshold '{name}' is {value!r}", where=where, expected="a number, a truth value or text"
            )
    return dict(data)
