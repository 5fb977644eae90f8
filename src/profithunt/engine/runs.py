"""Finished runs on disk: each in a folder of its own, never changed, with one small file that names the current one.

    .profithunt/
      runs/<run-id>/tables/            truth: `<table>.parquet`, or `<table>/*.parquet` for one that is stored in parts
      runs/<run-id>/serve.duckdb       roll-ups for pages, made from the tables
      runs/<run-id>/run.json           inputs, settings, row counts, timings, reconciliation
      current                          the id of the current run

A run is written under a name that starts with a dot and renamed when it is whole; `current` is replaced in one step.
Whatever stops the process before that leaves the former run current and readable.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profithunt.errors import NotFound, RunError

FOLDER = ".profithunt"
_PARTIAL = ".partial-"


@dataclass(frozen=True)
class StoredRun:
    """One finished run: its folder and what `run.json` says."""

    folder: Path
    info: dict[str, Any]

    @property
    def run_id(self) -> str:
        """Its id: the UTC time it began and a part of its inputs' hash."""
        return self.folder.name

    @property
    def tables(self) -> Path:
        """Folder of its Parquet files."""
        return self.folder / "tables"

    def files(self) -> dict[str, list[Path]]:
        """Its Parquet files by table."""
        return table_files(self.tables)


def table_files(folder: Path) -> dict[str, list[Path]]:
    """The Parquet files of each table in a folder, by name of the table, parts in their order."""
    found = {path.stem: [path] for path in folder.glob("*.parquet")}
    for path in folder.glob("*/*.parquet"):
        found.setdefault(path.parent.name, []).append(path)
    return {name: sorted(found[name]) for name in sorted(found)}


class RunStore:
    """The runs of one shop, below `<shop>/.profithunt`."""

    def __init__(self, shop_folder: Path) -> None:
        self.folder = shop_folder / FOLDER
        self.runs = self.folder / "runs"

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write a run. Raises RunError while another process has it."""
        self.runs.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RunError(
                    "another run of this shop is being written", where=str(self.folder), do="wait until it has finished"
                ) from error
            self._sweep()
            yield

    def begin(self, run_id: str) -> Path:
        """A folder to write a run in."""
        folder = self.runs / f"{_PARTIAL}{run_id}"
        (folder / "tables").mkdir(parents=True)
        return folder

    def finish(self, partial: Path, info: dict[str, Any], keep: int) -> StoredRun:
        """Make a written run the current one, and remove the oldest beyond `keep`."""
        _write(partial / "run.json", json.dumps(info, indent=2, default=str) + "\n")
        for path in partial.rglob("*"):
            if path.is_file():
                _flush(path)
        final = self.runs / partial.name.removeprefix(_PARTIAL)
        partial.rename(final)
        _flush(self.runs)
        temporary = self.folder / "current.new"
        _write(temporary, final.name + "\n")
        _flush(temporary)
        temporary.replace(self.folder / "current")
        _flush(self.folder)
        for old in self.ids()[: -keep - 1]:
            if old != final.name:
                shutil.rmtree(self.runs / old, ignore_errors=True)
        return StoredRun(final, info)

    def put_instead(self, old: StoredRun, partial: Path, info: dict[str, Any]) -> StoredRun:
        """Put a run that was written anew in the place of a finished one, which is removed."""
        _write(partial / "run.json", json.dumps(info, indent=2, default=str) + "\n")
        final = self.runs / partial.name.removeprefix(_PARTIAL)
        partial.rename(final)
        _flush(self.runs)
        current = self.current()
        if current is not None and current.run_id == old.run_id:
            temporary = self.folder / "current.new"
            _write(temporary, final.name + "\n")
            _flush(temporary)
            temporary.replace(self.folder / "current")
            _flush(self.folder)
        shutil.rmtree(old.folder, ignore_errors=True)
        return StoredRun(final, info)

    def ids(self) -> list[str]:
        """Ids of the finished runs, oldest first."""
        if not self.runs.is_dir():
            return []
        return sorted(
            path.name for path in self.runs.iterdir() if (path / "run.json").is_file() and path.name[0] != "."
        )

    def current(self) -> StoredRun | None:
        """The current run, or None before the first has finished."""
        try:
            run_id = (self.folder / "current").read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        return self.get(run_id)

    def get(self, run_id: str) -> StoredRun:
        """A run by its id. Raises NotFound."""
        folder = self.runs / run_id
        try:
            info = json.loads((folder / "run.json").read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound(f"there is no run {run_id}", do=f"there are: {', '.join(self.ids()) or 'none'}") from error
        return StoredRun(folder, info)

    def _sweep(self) -> None:
        """Remove what an interrupted run left behind; nobody writes while the lock is held."""
        for path in self.runs.glob(f"{_PARTIAL}*"):
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
