"""Erasing a customer on request: out of every run on disk, the operational store, caches, sent files and the report.

The retailer's own source files are never touched. What they hold is remembered as a salted hash (`erased.toml` beside
shop.toml), and the next run drops it again. Runs are written anew under other names, as a finished run never changes;
each must reconcile and bring the same profit to the cent before it takes the old one's place.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt import reports
from profithunt.api import served
from profithunt.api.engines import duckdb_for
from profithunt.api.hearing import KEPT
from profithunt.api.progress import Progress, Silent
from profithunt.api.session import open_run
from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.engine.runner import link
from profithunt.engine.runs import FOLDER, RunStore, StoredRun
from profithunt.errors import NotFound, RunError, UsageError
from profithunt.ledger.reading import reconcile, totals
from profithunt.sources import memory
from profithunt.sources.erased import FILE as ERASED, MARK, Erased
from profithunt.sources.forgetting import Forgetting

if TYPE_CHECKING:
    from profithunt.api.shop import Shop

Json = Any
OUTBOX: Final = "outbox"
_AGAIN: Final = re.compile(r"(?P<id>.*?)e(?P<n>[0-9]+)")
_NOT_TEXT: Final = ("runs", "app.db", "app.db-wal", "app.db-shm", "lock", "current")


@dataclass(frozen=True)
class RunErased:
    """One run that was written anew: its former and its present id, tables and rows that changed."""

    former: str
    run: str
    tables: dict[str, int]

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Erasure:
    """What erasing a customer did.

    `pseudonym` stands for the customer from now on; `store_rows` rows of the operational store, `files` other files
    that changed; `not_reached` places that could not be rewritten from here; `sources` the retailer's own files, which
    were not touched.
    """

    pseudonym: str
    runs: tuple[RunErased, ...]
    store_rows: int
    files: tuple[str, ...]
    not_reached: tuple[str, ...]
    sources: tuple[str, ...]
    remembered_in: str
    again: bool

    def to_json(self) -> dict[str, Json]:
        """As data; the id itself is not in it."""
        lists = {name: list(getattr(self, name)) for name in ("files", "not_reached", "sources")}
        return {**self.__dict__, **lists, "runs": [run.to_json() for run in self.runs]}


def erase(shop: Shop, customer_id: str, *, by: str | None = None, progress: Progress | None = None) -> Erasure:
    """Take a customer out of everything that profithunt keeps of a shop (see `Shop.erase`)."""
    if not customer_id.strip() or customer_id.startswith(MARK):
        raise UsageError(f"{customer_id!r} is no customer", expected="the id of a customer, as in the source files")
    who = _allowed(shop, by)
    told = progress or Silent()
    config = shop.config
    remembered = Erased.read(config.folder)
    again = remembered.hash_of(customer_id) in remembered.hashes
    store = RunStore(config.folder)
    with store.writing():
        forgetting = Forgetting(remembered.with_customer(customer_id, _today()), customer_id)
        stored = [store.get(run_id) for run_id in store.ids()]
        here = [run for run in stored if not run.info.get("tables_at")]
        if not again and not _is_known(config, here, customer_id):
            raise NotFound(
                f"there is no customer {customer_id!r} in the runs of this shop",
                where=str(config.folder),
                do="check the id: profithunt explain customer ID",
            )
        # First what keeps the next run from taking the customer in again: what stops this later can be repeated.
        forgetting.erased.write(config.folder)
        done: list[RunErased] = []
        for number, run in enumerate(here):
            told.step(f"Run {run.run_id}", number, len(here))
            made = _run_without(config, store, run, forgetting)
            done += [made] if made is not None else []
        told.step("Store and files", len(here), len(here) + 1)
        rows = _store_without(shop, forgetting, who)
        files = _files_without(config, forgetting)
    away = [f"run {run.run_id} at {run.info['tables_at']}: remove it" for run in stored if run.info.get("tables_at")]
    sources = tuple(dict.fromkeys(item["path"] for run in stored for item in run.info.get("inputs", ())))
    return Erasure(forgetting.pseudonym, tuple(done), rows, files, tuple(away), sources, ERASED, again)


def _allowed(shop: Shop, by: str | None) -> str:
    """Who erases; with a store of decisions there, only who may manage it. Raises Forbidden."""
    who = by or getpass.getuser()
    if _has_store(shop):
        shop.act.as_(who).whoami().must("manage") if by else shop.act.whoami().must("manage")
    return who


def _has_store(shop: Shop) -> bool:
    if any(find_spec(name) is None for name in ("sqlalchemy", "alembic", "dbos")):
        return False
    from profithunt.actions.store import url_of

    folder = shop.path.parent.absolute()
    url = url_of(folder, shop.config.store.url)
    return not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).is_file()


def _is_known(config: ShopConfig, runs: Sequence[StoredRun], customer_id: str) -> bool:
    with duckdb_for(config) as engine:
        for run in runs:
            for paths in run.files().values():
                columns = engine.describe(_read(paths))
                keys = [name for name in columns if name.endswith("customer_id")]
                mine = [exp.column(name, quoted=True).eq(exp.Literal.string(customer_id)) for name in keys]
                if mine and engine.rows(_read(paths, "1").where(exp.or_(*mine)).limit(1)):
                    return True
    return False


# Runs


def _run_without(config: ShopConfig, store: RunStore, run: StoredRun, forgetting: Forgetting) -> RunErased | None:
    """Write a run anew without the customer; None where nothing in it concerns the customer."""
    match = _AGAIN.fullmatch(run.run_id)
    run_id = f"{match['id']}e{int(match['n']) + 1}" if match else f"{run.run_id}e1"
    partial = store.begin(run_id)
    try:
        with duckdb_for(config) as engine:
            changed = _tables_without(engine, run, partial, forgetting)
        text = json.dumps(run.info, default=str)
        if not changed and forgetting.in_text(text) == text:
            shutil.rmtree(partial)
            return None
        info = _info_without(run, partial, run_id, set(changed), forgetting)
        for path in run.folder.iterdir():
            if path.is_file() and path.name not in ("run.json", served.FILE, memory.FILE):
                (partial / path.name).write_text(forgetting.in_text(path.read_text("utf-8")), "utf-8")
        _same_profit(config, run, StoredRun(partial, info))
        with duckdb_for(config) as engine:
            for name, paths in StoredRun(partial, info).files().items():
                engine.attach_parquet(name, paths)
            served.write(engine, engine, partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    store.put_instead(run, partial, info)
    return RunErased(run.run_id, run_id, changed)


def _tables_without(engine: Engine, run: StoredRun, partial: Path, forgetting: Forgetting) -> dict[str, int]:
    """Every table's files without the customer, linked where nothing changed; rows changed by table."""
    tables = run.files()
    me = [exp.Literal.string(forgetting.customer_id), exp.Literal.string(forgetting.pseudonym)]
    if "orders" in tables:
        mine = _read(tables["orders"], "order_id").where(exp.In(this=exp.column("customer_id"), expressions=me))
        engine.table("_orders_to_forget", mine)
    else:
        engine.table("_orders_to_forget", exp.select(exp.cast(exp.null(), "TEXT").as_("order_id")).where(exp.false()))
    changed: dict[str, int] = {}
    for name, paths in tables.items():
        for path in paths:
            target = partial / "tables" / path.relative_to(run.tables)
            target.parent.mkdir(exist_ok=True)
            columns = engine.describe(_read([path]))
            concerned = forgetting.concerned(name, columns)
            count = exp.select(exp.Count(this=exp.Star())).from_(_read([path]).subquery("f"))
            rows = engine.value(count.where(concerned)) if concerned is not None else 0
            if not rows:
                link(path, target)
                continue
            source = _read([path]).subquery("f")
            engine.write_parquet(forgetting.query(name, columns, source), target)
            changed[name] = changed.get(name, 0) + int(rows)
    return changed


def _info_without(
    run: StoredRun, partial: Path, run_id: str, changed: set[str], forgetting: Forgetting
) -> dict[str, Json]:
    """What run.json says of the run as it is now. Nothing is built on it: the next run works out everything."""
    info: dict[str, Json] = forgetting.in_json(run.info)
    tables = {name: {**told, "fingerprint": None, "statement": None} for name, told in info["tables"].items()}
    written = StoredRun(partial, info).files()
    for name in changed & set(tables):
        digests = {path.relative_to(partial / "tables").as_posix(): _sha256(path) for path in written[name]}
        one = next(iter(digests.values()))
        whole = one if len(digests) == 1 else hashlib.sha256("".join(digests.values()).encode()).hexdigest()
        size = sum(path.stat().st_size for path in written[name])
        tables[name] = {**tables[name], "sha256": whole, "files": digests, "bytes": size}
    return {
        **info,
        "run_id": run_id,
        "tables": tables,
        "given": {},
        "sources_fingerprint": None,
    }


def _same_profit(config: ShopConfig, old: StoredRun, new: StoredRun) -> None:
    """Hold a rewritten run against the one that it replaces. Raises RunError."""
    with open_run(old, config) as before, open_run(new, config) as after:
        had, has = totals(before)["cm3"], totals(after)["cm3"]
        off = [item.dimension for item in reconcile(after).slices if item.difference != 0]
    if had != has or off:
        raise RunError(
            f"without the customer run {old.run_id} would not tie out ({had} before, {has} after)",
            expected="the same contribution profit, and all slices to add up to it",
            do="the run stays as it was; please report this",
        )


# What is not a run


def _store_without(shop: Shop, forgetting: Forgetting, who: str) -> int:
    if not _has_store(shop):
        return 0
    from profithunt.actions.store.erase import erase as erase_rows

    at = dt.datetime.now(tz=dt.UTC)
    return erase_rows(shop.act.store, forgetting.customer_id, forgetting.in_json, who, forgetting.pseudonym, at)


def _files_without(config: ShopConfig, forgetting: Forgetting) -> tuple[str, ...]:
    """Rewrite what else was written of the customer, and drop what can be worked out again; the files changed."""
    shutil.rmtree(config.folder / FOLDER / KEPT, ignore_errors=True)
    changed = []
    for path in _other_files(config.folder):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        again = _lines_without(text, path, forgetting)
        if again != text:
            new = path.with_name(f".{path.name}.new")
            new.write_text(again, "utf-8")
            new.replace(path)
            changed.append(path.relative_to(config.folder).as_posix())
    return tuple(sorted(changed))


def _other_files(folder: Path) -> Iterator[Path]:
    for path in (folder / FOLDER).iterdir() if (folder / FOLDER).is_dir() else ():
        if path.name not in _NOT_TEXT:
            yield from (path,) if path.is_file() else (one for one in path.rglob("*") if one.is_file())
    for name in (OUTBOX, KEPT):
        yield from (one for one in (folder / name).rglob("*") if one.is_file())
    report = folder / reports.FILE_NAME
    if report.is_file():
        yield report


def _lines_without(text: str, path: Path, forgetting: Forgetting) -> str:
    if path.suffix == ".csv":
        # A cell that is the id and nothing else is the customer's, however short it is.
        cell = re.compile(rf'(^|[,;\t])("?){re.escape(forgetting.customer_id)}("?)(?=$|[,;\t])', re.MULTILINE)
        text = cell.sub(rf"\1\2{forgetting.pseudonym}\3", text)
    return forgetting.in_text(text)


def _read(paths: Sequence[Path], *columns: str) -> exp.Select:
    given = exp.Array(expressions=[exp.Literal.string(str(path)) for path in paths])
    return exp.select(*(columns or ("*",))).from_(exp.Anonymous(this="read_parquet", expressions=[given]))


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
