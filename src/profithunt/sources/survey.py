"""Looking over what was built: nulls, first and last event, freshness, references that lead nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.schema import TABLES, Table
from profithunt.sources.health import Orphans, TableHealth
from profithunt.sources.templates import cast, column, named, text

if TYPE_CHECKING:
    from profithunt.config import ShopConfig
    from profithunt.engine import AnyEngine
    from profithunt.sources.quarantine import Filed
    from profithunt.sources.typed import Reading


def reading_notes(how: Reading) -> list[str]:
    """What the build took for granted where the files did not tell."""
    notes = [
        f"{key.strip(chr(34))}: nothing tells day from month; read as {style.order} ([sources.parse] dates decides)"
        for key, style in how.times.items()
        if style.guessed
    ]
    return notes + list(how.opened.notes)


def table_health(
    engine: AnyEngine, canonical: Table, *, files: int, read: int, kept: int, duplicates: int, notes: tuple[str, ...]
) -> TableHealth:
    """First look at a table that was just written: its span and its gaps."""
    span, filled = counted(engine, canonical)
    return health_of(canonical.name, files, read, kept, duplicates, notes, span, filled)


def counted(engine: AnyEngine, canonical: Table) -> tuple[tuple[Any, Any], dict[str, int]]:
    """First and last event of a table that was just written, and the filled cells of each column."""
    built = f"_built_{canonical.name}"
    names = [name for name in engine.columns(built) if name not in ("_file", "_row")]
    event = canonical.event_at
    spans = [exp.Min(this=column(event)), exp.Max(this=column(event))] if event else [exp.null(), exp.null()]
    counted = [exp.Count(this=column(name)) for name in names]
    aliased = [named(item, f"c{at}") for at, item in enumerate([*spans, *counted])]
    first, last, *filled = engine.rows(exp.select(*aliased).from_(built))[0]
    return (first, last), {name: int(count) for name, count in zip(names, filled, strict=True)}


def health_of(
    name: str,
    files: int,
    read: int,
    kept: int,
    duplicates: int,
    notes: tuple[str, ...],
    span: tuple[Any, Any],
    filled: Mapping[str, int],
) -> TableHealth:
    """First look at a table from its counts: `filled` cells by column, first and last event."""
    shares = {column: round(1 - count / kept, 6) if kept else 1.0 for column, count in filled.items()}
    return TableHealth(
        name=name,
        files=files,
        rows_read=read,
        rows_kept=kept,
        rows_quarantined=0,
        duplicates_removed=duplicates,
        money_quarantined=None,
        first_at=span[0],
        last_at=span[1],
        freshness_days=None,
        null_share=shares,
        notes=notes,
    )


def last_order_day(engine: AnyEngine, config: ShopConfig, written: Mapping[str, Any]) -> dt.date | None:
    """The shop's last day with an order."""
    if "orders" not in written:
        return None
    last = exp.Max(this=column("ordered_at"))
    local = exp.AtTimeZone(
        this=exp.Paren(this=exp.AtTimeZone(this=last, zone=text("UTC"))), zone=text(config.shop.timezone)
    )
    value = engine.value(exp.select(cast(local, "DATE")).from_("_built_orders"))
    return value if isinstance(value, dt.date) else None


@dataclass(frozen=True)
class Known:
    """What is known of references before looking: counts (lost, filled) by column, and the relation of rows to add."""

    counts: Mapping[str, tuple[int, int]]
    rows: str | None = None


def completed(
    engine: AnyEngine,
    health: TableHealth,
    filed: Filed | None,
    built: set[str],
    as_of: dt.date | None,
    known: Known | None = None,
) -> TableHealth:
    """The same with what is known once every table is there: quarantine, freshness, references."""
    last = health.last_at.date() if isinstance(health.last_at, dt.datetime) else health.last_at
    return replace(
        health,
        rows_quarantined=filed.rows if filed else 0,
        money_quarantined=filed.money if filed else None,
        reasons=filed.reasons if filed else {},
        freshness_days=max((as_of - last).days, 0) if as_of and last else None,
        orphans=tuple(_orphans(engine, TABLES[health.name], health, built, known or Known({}))),
    )


def _orphans(engine: AnyEngine, canonical: Table, health: TableHealth, built: set[str], known: Known) -> list[Orphans]:
    found = []
    for name, item in canonical.columns.items():
        target, _, key = (item.references or "").partition(".")
        if not target or target not in built or health.null_share.get(name, 1.0) >= 1:
            continue
        reference = f"{target}.{key}"
        if (canonical.name, name) == ("order_lines", "order_id"):
            # Lines without an order were set aside before.
            found.append(Orphans(name, reference, 0, health.rows_kept))
        elif name in known.counts:
            more = _lost(engine, known.rows, name, target, key) if known.rows else (0, 0)
            lost, filled = known.counts[name]
            found.append(Orphans(name, reference, lost + more[0], filled + more[1]))
        else:
            found.append(Orphans(name, reference, *_lost(engine, f"_built_{canonical.name}", name, target, key)))
    return found


def _lost(engine: AnyEngine, rows: str, name: str, target: str, key: str) -> tuple[int, int]:
    """How many rows have a reference that leads nowhere, and how many have one."""
    each = (
        exp.select(column(name), named(exp.Count(this=exp.Star()), "n"))
        .from_(rows)
        .where(exp.Is(this=column(name), expression=exp.null()).not_())
        .group_by(column(name))
    )
    there = exp.select(named(column(key), "_key")).from_(f"_built_{target}").distinct()
    lost = exp.Is(this=exp.column("_key", table="k"), expression=exp.null())
    total = exp.Sum(this=exp.column("n", table="e"))
    query = (
        exp.select(exp.Filter(this=total.copy(), expression=exp.Where(this=lost)), total)
        .from_(each.subquery("e", copy=False))
        .join(
            there.subquery("k", copy=False),
            on=exp.column(exp.to_identifier(name, quoted=True), table="e").eq(exp.column("_key", table="k")),
            join_type="left",
        )
    )
    orphaned, filled = engine.rows(query)[0]
    return int(orphaned or 0), int(filled or 0)
