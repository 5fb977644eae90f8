"""What a study gives as data, told as figures, facts, tables and a chart: by the names and forms that all keep.

Amounts are decimal strings, shares end in `_share` or `_rate`, counts begin with `n_`; a range stands beside its value
as `<name>_low` and `<name>_high`, or instead of it as p10, p50, p90. A list of objects is a table; the first of them
whose rows have a gain with its range is the chart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Column, Figure, Kind

Json = Any
_AMOUNT: Final = re.compile(r"-?\d+\.\d{2,}")
_SHARES: Final = ("better", "probability", "pays", "loses", "learnt", "p_value", "confidence", "cut")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS: Final = {
    "dpmo": "DPMO",
    "clv": "CLV",
    "12m": "in 12 months",
    "sku": "SKU",
    "skus": "SKUs",
    "cm3": "contribution",
}
MOST_COLUMNS: Final = 12
MOST_BARS: Final = 24
LINKS: Final = {"sku": "/products/{sku}", "customer_id": "/customers/{customer_id}", "order_id": "/orders/{order_id}"}
_LABELS: Final = (
    *(
        "threshold",
        "charge",
        "option",
        "lever",
        "value",
        "name",
        "setting",
        "promo_id",
        "origin",
        "region",
        "carrier",
        "service",
    ),
    *("shift_days", "cut", "segment", "if", "sku", "category", "customer"),
)
"""What a row is called by in a chart, as far as it has it."""


@dataclass(frozen=True)
class TableTold:
    """A table: its name within what is told, its columns, its rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class FactsTold:
    """Single facts under a heading, as text."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Told:
    """Everything that a study says, in the forms of a page."""

    figures: tuple[Figure, ...]
    facts: tuple[FactsTold, ...]
    tables: tuple[TableTold, ...]
    notes: tuple[str, ...]
    bars: tuple[Mapping[str, Any], ...]
    bars_title: str


def tell(data: Mapping[str, Json], currency: str, skip: Sequence[str] = ()) -> Told:
    """The data of a study as the parts of a page; keys in `skip` are told elsewhere."""
    figures: list[Figure] = []
    facts: list[FactsTold] = []
    tables: list[TableTold] = []
    notes: list[str] = []
    bars: tuple[tuple[Mapping[str, Any], ...], str] = ((), "")
    for key, value in data.items():
        if key in skip or value in (None, [], {}) or _beside(key, data):
            continue
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            notes += [one[:1].upper() + one[1:] for one in value]
        elif isinstance(value, list):
            rows = [one for one in value if isinstance(one, Mapping)]
            tables += [_table(key, rows, currency)] if rows else []
            if not bars[0] and key != "segments":
                bars = (_bars(rows, currency), title_of(key))
        elif isinstance(value, Mapping) and not _is_range(value):
            alike = [one for one in value.values() if isinstance(one, Mapping)]
            if len(alike) == len(value) and not all(_is_range(one) for one in alike):
                tables.append(_table(key, [{"what": words_of(name), **one} for name, one in value.items()], currency))
            else:
                facts.append(FactsTold(title_of(key), facts_of(value, currency, key)))
                inner = {f"{key}.{name}": one for name, one in value.items() if _nested(one)}
                rows = [one for one in inner.values() if isinstance(one, Mapping)]
                if len(rows) > 1 and len({tuple(sorted(one)) for one in rows}) == 1:
                    named = [{"what": words_of(name.rpartition(".")[2]), **one} for name, one in inner.items()]
                    tables.append(_table(key, named, currency))
                    inner = {}
                more = tell(inner, currency)
                tables += more.tables
                facts += more.facts
        else:
            figures.append(_figure(key, value, data))
    return Told(tuple(figures), tuple(facts), tuple(tables), tuple(notes), *bars)


def _nested(value: Json) -> bool:
    return (isinstance(value, Mapping) and not _is_range(value)) or (
        isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
    )


def title_of(key: str) -> str:
    """A key as a heading."""
    text = words_of(key.rpartition(".")[2])
    return text[:1].upper() + text[1:]


def words_of(key: str) -> str:
    """A key in words."""
    words = [_WORDS.get(word, word) for word in key.removeprefix("n_").split("_")]
    return " ".join(words)


def _beside(key: str, data: Mapping[str, Json]) -> bool:
    """Whether it is an end of the range of another."""
    stem = key.removesuffix("_low").removesuffix("_high")
    return stem != key and (stem in data or f"{stem}_share" in data)


def _is_range(value: Json) -> bool:
    return isinstance(value, Mapping) and set(value) == {"p10", "p50", "p90"}


def kind_of(key: str, value: Json) -> Kind:
    """How a value is shown, by its name and form."""
    name = key.rpartition(".")[2].removesuffix("_low").removesuffix("_high")
    if isinstance(value, bool) or value is None:
        return "text"
    if isinstance(value, (str, Decimal)):
        if isinstance(value, Decimal) or _AMOUNT.fullmatch(value):
            return "money"
        return "date" if _DAY.fullmatch(value) else "text"
    if name.endswith(("_share", "_rate")) or name in _SHARES or "_share_" in name or key.startswith("share_"):
        return "share"
    return "count" if isinstance(value, int) else "number"


def value_of(value: Json) -> Any:
    """A value as a page takes it: amounts exact, truth as words, lists as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    if isinstance(value, list):
        plain = [str(one) for one in value if not isinstance(one, (Mapping, list))]
        return ", ".join(plain) if len(plain) == len(value) else fmt.counted(len(value), "row")
    return value


def text_of(key: str, value: Json, currency: str) -> str:
    """A value as text."""
    found = value_of(value)
    match kind_of(key, value):
        case "money":
            return fmt.money(found, currency)
        case "share":
            return fmt.share(found)
        case "count":
            return fmt.count(found)
        case "number":
            return fmt.number(found)
        case "date":
            return fmt.day(found)
        case _:
            return fmt.MISSING if found in (None, "") else str(found)


def _range_text(key: str, low: Json, high: Json, currency: str) -> str:
    return f"{text_of(key, low, currency)} to {text_of(key, high, currency)}"


def facts_of(value: Mapping[str, Json], currency: str, within: str = "") -> tuple[tuple[str, str], ...]:
    """Single facts of an object as names and text, ranges beside their values; `within` is what it is called."""
    made = []
    for name, one in value.items():
        if _beside(name, value) or _nested(one) or one in (None, [], {}):
            continue
        key = f"{within}.{name}" if within else name
        if _is_range(one):
            text = f"{text_of(key, one['p50'], currency)} ({_range_text(key, one['p10'], one['p90'], currency)})"
        elif f"{name}_low" in value:
            text = text_of(key, one, currency)
            text += f" ({_range_text(key, value[f'{name}_low'], value[f'{name}_high'], currency)})"
        else:
            text = text_of(key, one, currency)
        made.append((title_of(key), text))
    return tuple(made)


def _figure(key: str, value: Json, data: Mapping[str, Json]) -> Figure:
    low, high = data.get(f"{key}_low"), data.get(f"{key}_high")
    if _is_range(value):
        low, value, high = value["p10"], value["p50"], value["p90"]
    kind = kind_of(key, value)
    return Figure(title_of(key), value_of(value), kind, low=value_of(low), high=value_of(high))


def _flat(row: Mapping[str, Json]) -> dict[str, Json]:
    """A row with the facts of its inner objects beside its own; ranges stay whole."""
    made: dict[str, Json] = {}
    for key, value in row.items():
        if isinstance(value, Mapping) and not _is_range(value):
            made |= {
                f"{key}.{name}": one for name, one in value.items() if not isinstance(one, Mapping) or _is_range(one)
            }
        else:
            made[key] = value
    return made


def _table(key: str, rows: Sequence[Mapping[str, Json]], currency: str) -> TableTold:
    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    shown: list[dict[str, Any]] = [{} for _ in flat]
    columns: list[Column] = []
    for name in names:
        if any(_beside(name, row) for row in flat):
            continue
        values = [row.get(name) for row in flat]
        known = [value for value in values if value not in (None, [], "")]
        if not known or len(columns) >= MOST_COLUMNS:
            continue
        first = known[0]["p50"] if _is_range(known[0]) else known[0]
        kinds = {kind_of(name, one["p50"] if _is_range(one) else one) for one in known}
        kind: Kind = "number" if kinds == {"count", "number"} else kind_of(name, first) if len(kinds) == 1 else "text"
        ranged = any(_parts(name, value, row)[0] is not None for value, row in zip(values, flat, strict=True))
        for row, source, value in zip(shown, flat, values, strict=True):
            low, middle, high = _parts(name, value, source)
            row[name] = (
                value_of(middle) if kind != "text" else None if middle is None else text_of(name, middle, currency)
            )
            if ranged:
                row[f"{name} range"] = "" if low is None else _range_text(name, low, high, currency)
        label = title_of(name) if "." not in name else f"{title_of(name)} ({words_of(name.partition('.')[0])})"
        columns.append(Column(name, label, kind, link=LINKS.get(name, ""), detail=f"{name} range" if ranged else ""))
    return TableTold(key, title_of(key), tuple(columns), tuple(shown))


def _parts(name: str, value: Json, row: Mapping[str, Json]) -> tuple[Json, Json, Json]:
    if _is_range(value):
        return value["p10"], value["p50"], value["p90"]
    stem = name if f"{name}_low" in row else name.removesuffix("_share")
    return row.get(f"{stem}_low"), value, row.get(f"{stem}_high")


def _called(name: str, value: Json, currency: str) -> str:
    text = text_of(name, value, currency)
    return text if name == "value" or kind_of(name, value) in ("text", "money") else f"{words_of(name)} {text}"


def gain_of(row: Mapping[str, Json]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Gain of a row with its range, lowest to highest; None where it has none."""
    for key, value in row.items():
        if not key.startswith(("gain", "change_earns")) or key.endswith(("_low", "_high")):
            continue
        low, middle, high = _parts(key, value, row)
        if low is None and "low" in row and "high" in row:
            low, high = row["low"], row["high"]
        if low is None or middle is None or high is None:
            continue
        return Decimal(str(low)), Decimal(str(middle)), Decimal(str(high))
    return None


def _bars(rows: Sequence[Mapping[str, Json]], currency: str) -> tuple[Mapping[str, Any], ...]:
    made: list[dict[str, Any]] = []
    for row in rows:
        gain = gain_of(row)
        if gain is None:
            continue
        named = [name for name in _LABELS if name in row]
        label = ", ".join(_called(name, row[name], currency) for name in named if row[name] is not None)[:60]
        if "threshold" in row and row["threshold"] is None:
            label = f"never free, {label}"
        made.append(
            {
                "label": label or str(len(made) + 1),
                "low": gain[0],
                "value": gain[1],
                "high": gain[2],
                "credible": gain[0] > 0 or gain[2] < 0,
            }
        )
    different = {row["label"]: row for row in made}
    ordered = sorted(different.values(), key=lambda row: row["value"], reverse=True)
    half = MOST_BARS // 2
    return tuple(ordered if len(ordered) <= MOST_BARS else [*ordered[:half], *ordered[-half:]])
