"""The whole of `init`: look, recognise a preset or read the files, and put the proposal together."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profithunt.errors import SourceError
from profithunt.sources import presets
from profithunt.sources.propose import looks
from profithunt.sources.propose.amounts import evidence
from profithunt.sources.propose.assemble import Assembly, assemble, recognised
from profithunt.sources.propose.draft import FileReading, SourceDraft
from profithunt.sources.propose.look import Folder, RawTable, look, workplace
from profithunt.sources.propose.profile import profile
from profithunt.sources.propose.proposal import MappedColumn, MoneyPart, Proposal, ProposedFile, ProposedSource
from profithunt.sources.propose.relations import connect
from profithunt.sources.propose.roles import Reading, read

if TYPE_CHECKING:
    from profithunt.engine import Engine

Progress = Callable[[str, int, int], None]
_DOUBT = 0.4


def propose(
    folder: Path, engine: Engine, preset: str | None = None, *, known: bool = True, progress: Progress | None = None
) -> Proposal:
    """Propose the sources of the files in `folder` (or of one file).

    `preset` asks for a known export; without it one is used when its files are recognised, unless `known` is false.
    `progress(name, done, total)` is called per file. Raises SourceError when there is nothing to read, NotFound for a
    preset that there isn't or whose files are missing.
    """
    folder = folder.expanduser().resolve()
    if not folder.exists():
        raise SourceError("there is no such folder", where=str(folder), do="give the folder that holds the exports")
    with tempfile.TemporaryDirectory(prefix="profithunt-init-") as work:
        there = look(folder, workplace(engine, folder, Path(work)))
        if preset is not None or known:
            found = presets.match_family(preset, [_table(table) for table in there.tables])
            if found is not None:
                return _by_preset(there, found, engine)
        return _by_reading(there, engine, progress)


def _table(table: RawTable) -> presets.Table:
    return presets.Table(table.relation or table.name, tuple(table.columns), _place(table))


def _place(table: RawTable) -> dict[str, Any]:
    files = [str(path) for path in table.files]
    place: dict[str, Any] = {"files": files[0] if len(files) == 1 else files}
    if table.sheet is not None:
        place["sheet"] = table.sheet
    if table.relation is not None:
        place["relation"] = table.relation
    return place


def _by_preset(there: Folder, found: presets.Match, engine: Engine) -> Proposal:
    settings = presets.settings(found)
    questions = list(found.preset.questions)
    _currency_of_orders(there, settings, questions, engine)
    sources = tuple(_preset_source(source, found) for source in settings.pop("sources"))
    taken = {table.name: role for role, tables in found.roles.items() for table in tables}
    files = tuple(
        ProposedFile(
            table.name,
            table.rows,
            {taken[name]: found.confidence} if (name := table.relation or table.name) in taken else {},
        )
        for table in there.tables
    )
    missing = [f"{role} is not there: what it feeds stays empty" for role in found.missing]
    return Proposal(
        folder=there.path,
        preset=found.preset.name,
        confidence=found.confidence,
        files=files,
        sources=sources,
        settings=settings,
        questions=tuple(questions),
        warnings=(*missing, *_unreadable(there)),
        notes=found.preset.notes,
        head=("", f"Preset: {found.preset.title}", *found.preset.comments),
    )


def _currency_of_orders(there: Folder, settings: dict[str, Any], questions: list[str], engine: Engine) -> None:
    """The shop's currency is the one that most orders are in."""
    for source in settings["sources"]:
        column = source["columns"].get("currency")
        table = next((table for table in there.tables if _place(table)["files"] == source["files"]), None)
        if source["table"] == "orders" and isinstance(column, str) and table is not None:
            found = looks.currencies(table, column, engine)
            if found:
                settings["shop"] = {**settings.get("shop", {}), "currency": found[0]}
            if len(found) > 1:
                questions.append(looks.exchange(found))


def _preset_source(source: dict[str, Any], found: presets.Match) -> ProposedSource:
    keys = {name: given for name, given in source.items() if name != "columns"}
    mapped = {
        name: MappedColumn(_shown(spec), found.confidence, f"preset {found.preset.name}")
        for name, spec in source["columns"].items()
    }
    return ProposedSource(keys, dict(source["columns"]), mapped)


def _shown(spec: Any) -> str:
    if isinstance(spec, str):
        return spec
    return str(spec["expr"]) if "expr" in spec else f"always {spec['value']!r}"


def _by_reading(there: Folder, engine: Engine, progress: Progress | None) -> Proposal:
    files: list[FileReading] = []
    others: dict[str, list[Reading]] = {}
    for done, table in enumerate(there.tables):
        if progress is not None:
            progress(table.name, done, len(there.tables))
        seen = profile(table, engine)
        items = [
            name for name, column in seen.columns.items() if 1 < column.distinct < column.filled and not column.is_date
        ]
        told = evidence(seen, items)
        readings = read(seen, told)
        others[table.view] = readings
        files.append(FileReading(seen, readings[0], told))
    files = connect(files, engine)
    work = assemble(files, engine)
    surroundings = looks.surroundings(files, work)
    confident = {file.table.view: _role_confidence(file, others[file.table.view]) for file in files}
    return Proposal(
        folder=there.path,
        preset=None,
        confidence=_overall(work, confident),
        files=tuple(_proposed_file(file, confident[file.table.view], work) for file in files),
        sources=tuple(_source(draft) for draft in work.drafts),
        settings=surroundings,
        questions=tuple(work.says.questions),
        warnings=(*work.says.warnings, *_unreadable(there), *_unknown(files)),
        notes=tuple(work.says.notes),
        money={
            name: tuple(MoneyPart(part.goes_to, part.rows, f"{part.amount:f}") for part in parts)
            for name, parts in work.money.items()
        },
    )


def _role_confidence(file: FileReading, readings: list[Reading]) -> float:
    """How sure a file's role is: by its lead over the next role, and by how well its parts were recognised."""
    if not recognised(file):
        return 0.2
    second = next((reading.score for reading in readings if reading.role != file.role), 0.0)
    lead = max(0.0, file.reading.score - second)
    return round(min(0.98, 0.45 + 0.14 * min(lead, 2.0) + 0.05 * min(file.reading.score, 5.0)), 2)


def _overall(work: Assembly, confident: dict[str, float]) -> float:
    """How sure the mapping is as a whole: the least sure of what profit rests on."""
    needed = {"orders": ("order_id", "ordered_at"), "order_lines": ("order_id", "sku", "quantity")}
    found: list[float] = []
    for table, columns in needed.items():
        drafts = [draft for draft in work.drafts if draft.table == table]
        if not drafts:
            return 0.1
        draft = drafts[0]
        found.append(confident.get(draft.file.table.view, _DOUBT))
        found += [draft.columns[name].confidence if name in draft.columns else 0.1 for name in columns]
        if table == "order_lines":
            price = [draft.columns[name].confidence for name in ("unit_price", "line_amount") if name in draft.columns]
            found.append(max(price, default=0.1))
    return round(min(found), 2)


def _proposed_file(file: FileReading, sure: float, work: Assembly) -> ProposedFile:
    fed = [draft for draft in work.drafts if draft.file.table is file.table]
    roles = {draft.table: sure if draft.table == file.role else round(sure * 0.9, 2) for draft in fed}
    joined = any(other.table is file.table for draft in work.drafts for other, _ in draft.joins)
    if joined and not roles:
        roles = {file.role: sure}
    used = {str(item.spec) for draft in fed for item in draft.columns.values() if isinstance(item.spec, str)}
    worked = " ".join(item.source for draft in fed for item in draft.columns.values() if not isinstance(item.spec, str))
    unused = tuple(name for name in file.table.columns if name not in used and f'"{name}"' not in worked)
    return ProposedFile(file.table.name, file.table.rows, roles, unused)


def _source(draft: SourceDraft) -> ProposedSource:
    keys: dict[str, Any] = {"table": draft.table, **_place(draft.file.table)}
    if draft.where is not None:
        keys["where"] = draft.where.sql(dialect="duckdb")
    if draft.group:
        keys["group"] = True
    if draft.joins:
        keys["join"] = [{**_place(other.table), **fields} for other, fields in draft.joins]
    parse = looks.parse_settings(draft)
    if parse:
        keys["parse"] = parse
    columns = {name: item.spec for name, item in draft.columns.items()}
    mapped = {name: MappedColumn(item.source, item.confidence, item.why) for name, item in draft.columns.items()}
    return ProposedSource(keys, columns, mapped, tuple(draft.comments))


def _unreadable(there: Folder) -> tuple[str, ...]:
    return tuple(f"{name} was left out: it {why}" for name, why in there.unreadable)


def _unknown(files: list[FileReading]) -> tuple[str, ...]:
    counts = Counter(file.table.name for file in files if not recognised(file))
    return tuple(f"{name} was not recognised as anything and is not used" for name in counts)
