"""The main job: read the sources, build the ledger, reconcile, hunt, and make the result the current run."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import profithunt
from profithunt import sources
from profithunt.api import served
from profithunt.api.acquisition import build_acquisition
from profithunt.api.actions_value import build_actions_value
from profithunt.api.affinity import build_affinity
from profithunt.api.clv import build_clv
from profithunt.api.customers import build_customers
from profithunt.api.engines import attach_read, duckdb_for, engine_for_run, tables_at
from profithunt.api.lake import files_only, hand_over_quarantine, read_lake
from profithunt.api.price_build import build_prices
from profithunt.api.progress import Progress
from profithunt.api.quality import build_quality
from profithunt.api.table_files import Digests, described, earlier, given
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Engine
from profithunt.engine.runner import take_over
from profithunt.engine.runs import RunStore, StoredRun, table_files
from profithunt.errors import RunError
from profithunt.ledger import build as ledger
from profithunt.ledger.reading import Reconciliation, reconcile
from profithunt.metrics.build import build_metrics
from profithunt.schema import TABLES
from profithunt.sources import memory


@dataclass(frozen=True)
class Run:
    """A finished run: where it is, what `run.json` says of it."""

    stored: StoredRun

    @property
    def run_id(self) -> str:
        """Its id."""
        return self.stored.run_id

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.stored.folder

    @property
    def info(self) -> dict[str, Any]:
        """What `run.json` says: inputs, settings, tables, timings, health, reconciliation."""
        return self.stored.info

    def to_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return self.info


def write_run(config: ShopConfig, store: RunStore, progress: Progress, *, full: bool = False) -> Run:
    """Write a new run of the shop and make it the current one; `full` takes nothing from the former one.

    Raises SourceError for a source that can't be read, RunError when the ledger does not reconcile or another process
    is writing; in every case the former run stays current.
    """
    started = dt.datetime.now(tz=dt.UTC)
    with store.writing(), duckdb_for(config) as reader, contextlib.ExitStack() as stack:
        former = None if full else store.current()
        run_id = f"{started:%Y%m%dT%H%M%S%f}"
        partial = store.begin(run_id)
        tables = partial / "tables"
        seconds: dict[str, float] = {}

        with _timed(seconds, "sources"):
            read = _read_sources(files_only(config), reader, tables, former, progress)
            if read.memory is not None:
                read.memory.write(partial / memory.FILE)
        digests = Digests(former)
        fingerprints = {name: digests.of_table(files) for name, files in table_files(tables).items()}
        engine = stack.enter_context(engine_for_run(config, reader, partial, run_id))
        with _timed(seconds, "lake"):
            hand_over_quarantine(config, engine, reader, tables)
            attach_read(engine, tables)
            health, inputs = read_lake(config, engine, tables, read.health, read.inputs)
            fingerprints = (
                {**dict.fromkeys(TABLES, run_id), **fingerprints} if len(inputs) > len(read.inputs) else fingerprints
            )

        with _timed(seconds, "ledger"):
            built = ledger.build_ledger(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(f"Ledger: {name}" if name else "Ledger", done, total),
            )
        reconciliation = _reconciled(engine, progress)

        with _timed(seconds, "customers"):
            built += build_customers(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(
                    f"Customers: {name}" if name else "Customers", done, total
                ),
            )

        with _timed(seconds, "clv"):
            built += build_clv(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(f"CLV: {name}" if name else "CLV", done, total),
            )

        with _timed(seconds, "acquisition"):
            progress.step("Acquisition", 0, 1)
            built += build_acquisition(engine, config, tables, fingerprints=fingerprints, earlier=earlier(former))
            progress.step("Acquisition", 1, 1)

        with _timed(seconds, "actions_value"):
            actions = build_actions_value(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(
                    f"Actions' value: {name}" if name else "Actions' value", done, total
                ),
            )
            built += actions.built

        with _timed(seconds, "metrics"):
            metrics = build_metrics(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(f"Metrics: {name}" if name else "Metrics", done, total),
            )
            built += metrics.built + build_quality(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(f"Quality: {name}" if name else "Quality", done, total),
            )

        with _timed(seconds, "affinity"):
            built += build_affinity(engine, config, tables, fingerprints=fingerprints, earlier=earlier(former))

        with _timed(seconds, "prices"):
            built += build_prices(
                engine,
                config,
                tables,
                fingerprints=fingerprints,
                earlier=earlier(former),
                report=lambda name, done, total: progress.step(f"Prices: {name}" if name else "Prices", done, total),
            )

        with _timed(seconds, "hunt"):
            # The statistics load slowly; commands that don't hunt needn't wait for them.
            from profithunt.api.hunting import build_hunt, summary

            found = build_hunt(engine, config, tables, progress)
        progress.step("Serve", 0, 1)
        served.write(engine, reader, partial)
        progress.step("Serve", 1, 1)

        info = {
            "run_id": run_id,
            "started_at": started.isoformat(timespec="seconds"),
            "finished_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
            "version": profithunt.__version__,
            "engine": engine.version,
            "settings_hash": settings_hash(config),
            "as_of": ledger.as_of(engine, config).isoformat(),
            "seconds": seconds,
            "tables_at": tables_at(engine),
            "tables": described(engine, tables, built, fingerprints, digests),
            "given": given(fingerprints, built),
            "sources_fingerprint": read.fingerprint,
            "sources_reused": read.reused,
            "inputs": inputs,
            "health": health,
            "reconciliation": reconciliation.to_json(),
            "actions_value": actions.to_json(),
            "metrics": metrics.to_json(),
            "hunt": summary(config, found),
        }
        return Run(store.finish(partial, info, config.runs.keep))


@dataclass(frozen=True)
class _Read:
    """The sources as canonical tables: what was read, how healthy it is, whether the former run's were taken over."""

    fingerprint: str | None
    reused: bool
    inputs: list[dict[str, Any]]
    health: dict[str, Any]
    memory: sources.Memory | None = None


def _read_sources(
    config: ShopConfig, engine: Engine, tables: Path, former: StoredRun | None, progress: Progress
) -> _Read:
    progress.step("Look at the files", 0, 1)
    before = sources.Memory.read(former.folder / memory.FILE, former.tables) if former is not None else None
    key = sources.fingerprint(config, before.digests() if before is not None else None)
    if former is not None and key is not None and _same(former, key, engine):
        for name in (*TABLES, "quarantine"):
            take_over(former.tables, tables, name)
        return _Read(key, reused=True, inputs=former.info["inputs"], health=former.info["health"], memory=before)
    if not config.sources and config.engine.name == "spark":
        health = sources.BuildResult({}, [], []).to_json()
    else:
        if before is not None and former is not None and not former.info.get("tables_at"):
            inputs = [sources.InputFile(**item) for item in former.info["inputs"]]
            built = sources.build_on(config, engine, tables, progress, before, inputs)
        else:
            built = sources.build(config, engine, tables, progress)
        health = built.to_json()
        return _Read(key, reused=False, inputs=health.pop("inputs"), health=health, memory=built.memory)
    return _Read(key, reused=False, inputs=health.pop("inputs"), health=health)


def _same(former: StoredRun, key: str, engine: Engine) -> bool:
    made = (former.info.get("sources_fingerprint"), former.info["version"], former.info["engine"])
    return made == (key, profithunt.__version__, engine.version)


def settings_hash(config: ShopConfig) -> str:
    """Hash of everything in shop.toml that a result depends on."""
    text = json.dumps(
        config.model_dump(mode="json", exclude={"autonomy", "engine", "limits", "runs", "store"}), sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _reconciled(engine: AnyEngine, progress: Progress) -> Reconciliation:
    """The ledger cut in every way; raises RunError where one does not add up."""
    progress.step("Reconcile", 0, 1)
    found = reconcile(engine)
    _insist(found)
    progress.step("Reconcile", 1, 1)
    return found


def _insist(reconciliation: Reconciliation) -> None:
    for item in reconciliation.slices:
        if item.difference != 0:
            raise RunError(
                f"the ledger does not reconcile: by {item.dimension} it is off by {item.difference}",
                expected="every slice to add up to the same total",
                do="the former run stays current; please report this with the output of: profithunt run --debug",
            )


class _timed:  # noqa: N801 - reads as a verb where it is used
    """Keeps the seconds that a stage took."""

    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self._seconds = seconds
        self._name = name

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._name] = round(time.perf_counter() - self._start, 3)
