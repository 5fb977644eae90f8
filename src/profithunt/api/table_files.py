"""What `run.json` says of a run's tables, and what the next run takes from it to build on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlglot import exp

from profithunt.api.engines import sizes
from profithunt.engine import AnyEngine
from profithunt.engine.runner import Built, Earlier
from profithunt.engine.runs import StoredRun, table_files


class Digests:
    """SHA-256 of Parquet files; a file that a run shares with the one before is not read again."""

    def __init__(self, former: StoredRun | None) -> None:
        self._known: dict[tuple[int, int], str] = {}
        for table in former.info["tables"].values() if former is not None else ():
            for name, digest in (table.get("files") or {}).items():
                path = former.tables / name if former is not None else Path(name)
                if path.is_file():
                    self._known[_identity(path)] = digest

    def of(self, path: Path) -> str:
        """The hash of one file."""
        identity = _identity(path)
        if identity not in self._known:
            with path.open("rb") as handle:
                self._known[identity] = hashlib.file_digest(handle, "sha256").hexdigest()
        return self._known[identity]

    def of_table(self, files: list[Path]) -> str:
        """The hash of a table's file; of several, of their hashes."""
        digests = [self.of(path) for path in files]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def earlier(former: StoredRun | None) -> Earlier | None:
    """What a run may build on; None where there is no former run on this machine."""
    if former is None or former.info.get("tables_at"):
        return None
    tables = former.info["tables"]
    prints = {name: table["fingerprint"] for name, table in tables.items() if table.get("fingerprint")}
    statements = {name: table["statement"] for name, table in tables.items() if table.get("statement")}
    return Earlier(former.tables, {**former.info.get("given", {}), **prints}, statements)


def described(
    engine: AnyEngine, folder: Path, built: list[Built], fingerprints: Mapping[str, str], digests: Digests
) -> dict[str, dict[str, Any]]:
    """What `run.json` says of each table: rows, hash, files, seconds, what was taken over from the former run."""
    made = {item.name: item for item in built}
    count = exp.select(exp.Count(this=exp.Star()))
    result: dict[str, dict[str, Any]] = {}
    here = table_files(folder)
    for name, size in sizes(engine, folder).items():
        item = made.get(name)
        files = here.get(name, [])
        result[name] = {
            "sha256": digests.of_table(files) if files else None,
            "bytes": size,
            "rows": item.rows if item else engine.value(count.from_(name)),
            "seconds": item.seconds if item else None,
            "reused": item.reused if item else False,
            "refreshed": item.refreshed if item else None,
            "why": item.why if item else None,
            "fingerprint": fingerprints.get(name) if item else None,
            "statement": item.statement if item else None,
            "files": {path.relative_to(folder).as_posix(): digests.of(path) for path in files},
        }
    return result


def given(fingerprints: Mapping[str, str], built: list[Built]) -> dict[str, str]:
    """Fingerprints of what models read that no model made: canonical tables, settings as tables."""
    made = {item.name for item in built}
    return {name: fingerprint for name, fingerprint in sorted(fingerprints.items()) if name not in made}
