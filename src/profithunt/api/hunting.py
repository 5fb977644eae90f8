"""The hunt over one run: the shop's detectors, with its thresholds, on the tables of an engine; kept with the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

import profithunt
from profithunt.api.closer import closer_looks
from profithunt.api.progress import Progress
from profithunt.api.records import learned
from profithunt.config import ShopConfig
from profithunt.detectors import CATALOGUE, FOLDER, Detector, catalogue, read_detector
from profithunt.engine import AnyEngine, Relation
from profithunt.errors import ModelError, NotFound
from profithunt.ledger.build import as_of
from profithunt.opportunities import (
    CUSTOMERS,
    Failed,
    Ground,
    Hunt,
    Opportunity,
    Settings,
    Sleeping,
    Vetoed,
    as_query,
    hunt,
    listed_customers,
    read_rows,
)

FORMAT: Final = "3"
"""Raise it when what a run keeps of a hunt changes."""

OWN: Final = "detectors/*.sql"
"""Where a retailer's own detectors are looked for, beside what shop.toml names."""


def own_files(config: ShopConfig) -> list[Path]:
    """The files of the retailer's own detectors, sorted."""
    return sorted({path for pattern in (OWN, *config.detectors.files) for path in config.folder.glob(pattern)})


def detectors_of(config: ShopConfig) -> tuple[list[Detector], list[Failed]]:
    """The detectors that hunt in a shop; own files that can't be read are told, the others go on."""
    good: list[Path] = []
    failed: list[Failed] = []
    for path in own_files(config):
        try:
            read_detector(path)
            catalogue([*good, path])
        except ModelError as error:
            failed.append(Failed(0, "", path.stem, str(error)))
        else:
            good.append(path)
    off = [name for name in config.detectors.off if name not in {item.name for item in failed}]
    return catalogue(good, off), failed


def hunt_run(engine: AnyEngine, config: ShopConfig, progress: Progress) -> Hunt:
    """Run the detectors over the tables attached to an engine."""
    detectors, unread = detectors_of(config)
    found = hunt(engine, detectors, _settings(engine, config), progress)
    return replace(found, failed=(*unread, *found.failed))


def build_hunt(engine: AnyEngine, config: ShopConfig, out: Path, progress: Progress) -> Hunt:
    """Hunt, and write `opportunities` and, where detectors list customers, `opportunity_customers` into the run."""
    found = hunt_run(engine, config, progress)
    _keep(engine, as_query(found.opportunities), out, "opportunities")
    ground = Ground(engine, _settings(engine, config))
    with listed_customers(ground, ground.tuned(detectors_of(config)[0]), found.opportunities) as statement:
        if statement is not None:
            _keep(engine, statement, out, CUSTOMERS.name)
    return found


def summary(config: ShopConfig, found: Hunt) -> dict[str, Any]:
    """What run.json says of a hunt, enough to show it again without hunting."""
    return {
        "key": key(config),
        "opportunities": len(found.opportunities),
        "sleeping": [item.to_json() for item in found.sleeping],
        "failed": [item.to_json() for item in found.failed],
        "tested": dict(found.tested),
        "total": found.total,
        "claimed": found.claimed,
        "vetoed": [json.dumps(item.to_json(), ensure_ascii=False, default=str) for item in found.vetoed],
    }


def stored_hunt(engine: AnyEngine, config: ShopConfig, info: Mapping[str, Any]) -> Hunt | None:
    """The hunt that a run has kept; None where settings or detectors have changed since."""
    return kept_hunt(engine, info) if info.get("hunt", {}).get("key") == key(config) else None


def kept_hunt(engine: AnyEngine, info: Mapping[str, Any]) -> Hunt | None:
    """The hunt that a run has kept, whatever has changed since; None where it has kept none."""
    kept = info.get("hunt", {})
    if not kept or not engine.has("opportunities"):
        return None
    return Hunt(
        opportunities=read_rows(engine.dicts(exp.select("*").from_("opportunities"))),
        sleeping=tuple(
            Sleeping(item["detector"], item["code"], item["name"], tuple(item["missing"]), item["wakes"])
            for item in kept["sleeping"]
        ),
        failed=tuple(Failed(item["detector"], item["code"], item["name"], item["reason"]) for item in kept["failed"]),
        vetoed=tuple(
            Vetoed(Opportunity.from_json(item), item["vetoed_by"]) for item in map(json.loads, kept["vetoed"])
        ),
        tested=kept["tested"],
    )


def customers_of(engine: AnyEngine, opportunity: Opportunity) -> Relation:
    """The customers that an opportunity lists, the most profit first. Raises NotFound for one that lists none."""
    mine = exp.EQ(this=exp.column("id"), expression=exp.Literal.string(opportunity.id))
    rows = exp.select("*").from_(CUSTOMERS.name).where(mine).order_by("place")
    if not engine.has(CUSTOMERS.name) or not len(engine.relation(rows)):
        raise NotFound(
            f"opportunity {opportunity.id} ({opportunity.title}) lists no customers",
            do="lists come with win-back, second orders, next actions, failed customers and overstock",
        )
    return engine.relation(rows)


def _keep(engine: AnyEngine, statement: str | exp.Expr, out: Path, name: str) -> None:
    engine.write_parquet(statement, out / f"{name}.parquet")
    engine.attach_parquet(name, out / f"{name}.parquet")


def _settings(engine: AnyEngine, config: ShopConfig) -> Settings:
    return Settings(
        as_of=as_of(engine, config),
        timezone=config.shop.timezone,
        thresholds=config.thresholds,
        records=learned(config),
        closer=closer_looks(engine, config),
    )


def key(config: ShopConfig) -> str:
    """A hash of what a hunt depends on beside the tables of the run: settings, detectors, version."""
    parts = [FORMAT, profithunt.__version__, config.shop.timezone, str(config.shop.as_of)]
    parts += [config.detectors.model_dump_json(), str(sorted(config.thresholds.items()))]
    parts += [_catalogue_text(), *(f"{path.name}={path.read_bytes()!r}" for path in own_files(config))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _catalogue_text() -> str:
    """Every detector of the package as it is written."""
    return "\n".join((FOLDER / f"{name}.sql").read_text("utf-8") for name in CATALOGUE)
