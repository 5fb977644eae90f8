"""The first start on an empty folder: take files, propose what they mean, let that be corrected, run with progress."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from profithunt.api.pace import Pace
from profithunt.api.propose import propose
from profithunt.api.shop import Shop
from profithunt.config import FILE_NAME
from profithunt.errors import ProfithuntError, UsageError
from profithunt.schema import TABLES
from profithunt.sources.propose.proposal import MappedColumn, Proposal, ProposedSource

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER: Final = "exports"
KINDS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".parquet", ".json", ".jsonl", ".gz", ".zip")
NOTHING: Final = "-"
"""What a column is set to that nothing feeds."""
SETTINGS: Final = ("name", "currency", "timezone")


@dataclass(frozen=True)
class Status:
    """Where the run is: idle, running, done or failed; its step, how much of all is done, seconds so far and left."""

    state: str
    step: str = ""
    share: float = 0.0
    seconds: float = 0.0
    left: float | None = None
    error: str = ""


class FirstStart:
    """A folder on its way to its first run. One at a time; a second start of the same run changes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files_folder = folder / FOLDER
        self.proposal: Proposal | None = None
        self._status = Status("idle")
        self._started = 0.0
        self._pace = Pace()
        self._wrote = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    # Files

    def files(self) -> list[tuple[str, int]]:
        """Names and sizes of the files that were handed over."""
        if not self.files_folder.is_dir():
            return []
        return sorted((path.name, path.stat().st_size) for path in self.files_folder.iterdir() if path.is_file())

    def add(self, name: str, content: IO[bytes]) -> Path:
        """Keep a file under a name of its own. Raises UsageError for a kind that can't be read."""
        safe = re.sub(r"[^\w.()+ -]", "_", Path(name.replace("\\", "/")).name).lstrip(".") or "file"
        if Path(safe).suffix.lower() not in KINDS:
            raise UsageError(f"{name} can't be read", expected=f"a file that ends in {', '.join(KINDS)}")
        self.files_folder.mkdir(parents=True, exist_ok=True)
        target = self.files_folder / safe
        with target.open("wb") as out:
            shutil.copyfileobj(content, out)
        self.proposal = None
        return target

    def remove(self, name: str) -> None:
        """Forget a file that was handed over."""
        known = dict(self.files())
        if name in known:
            (self.files_folder / name).unlink()
        self.proposal = None

    # Mapping

    def proposed(self) -> Proposal:
        """What the files mean; looked at once. Raises SourceError, UsageError where there are none."""
        if not self.files():
            raise UsageError("there are no files yet", do="choose the exports of the shop first")
        if self.proposal is None:
            self.proposal = propose(self.files_folder)
        return self.proposal

    def raw_columns(self, source: ProposedSource) -> list[str]:
        """Columns of the file behind a source, as far as they are known."""
        found = self.proposed()
        names = {Path(item).name for item in _listed(source.keys.get("files", ""))}
        known: dict[str, None] = {}
        for other in found.sources:
            if names & {Path(item).name for item in _listed(other.keys.get("files", ""))}:
                known.update(dict.fromkeys(spec for spec in other.columns.values() if isinstance(spec, str)))
        for item in found.files:
            if any(item.name.startswith(Path(name).stem) or item.name == name for name in names):
                known.update(dict.fromkeys(item.unused))
        return list(known)

    def correct(self, columns: Mapping[tuple[int, str], str], settings: Mapping[str, str]) -> Path:
        """Change the mapping where it was wrong, and write shop.toml.

        `columns` by number of the source and canonical column: a column of the file, `-` for nothing; what is not there
        stays. Raises UsageError where orders or lines are missing then.
        """
        if (self.folder / FILE_NAME).is_file() and not self._wrote:
            raise UsageError(
                "there is a shop.toml already",
                where=str(self.folder),
                do="change it there, or begin in an empty folder",
            )
        found = self.proposed()
        sources = tuple(self._corrected(number, source, columns) for number, source in enumerate(found.sources))
        shop = {
            **found.settings.get("shop", {}),
            **{key: text for key, text in settings.items() if key in SETTINGS and text},
        }
        shop.setdefault("name", self.folder.name or "shop")
        changed = replace(found, sources=sources, settings={**found.settings, "shop": shop})
        if not changed.complete:
            raise UsageError(
                "orders or their lines are missing",
                expected="orders with order_id and ordered_at, and order_lines with order_id, sku and quantity",
                do="set these columns",
            )
        path = changed.write(self.folder, force=True)
        self._wrote = True
        self.proposal = changed
        return path

    def _corrected(self, number: int, source: ProposedSource, changes: Mapping[tuple[int, str], str]) -> ProposedSource:
        columns, mapped = dict(source.columns), dict(source.mapped)
        known = set(self.raw_columns(source))
        for (place, name), text in changes.items():
            if place != number or name not in TABLES[source.table].columns:
                continue
            if text == NOTHING:
                columns.pop(name, None)
                mapped.pop(name, None)
            elif text in known and columns.get(name) != text:
                columns[name] = text
                mapped[name] = MappedColumn(text, 1.0, "chosen by hand")
        return replace(source, columns=columns, mapped=mapped)

    # Run

    @property
    def status(self) -> Status:
        """Where the run is."""
        with self._lock:
            now = time.monotonic() - self._started
            running = self._status.state == "running"
            return replace(self._status, seconds=now, left=self._pace.left) if running else self._status

    def start(self) -> None:
        """Begin the run, unless it is under way. Raises UsageError without a shop.toml."""
        if not (self.folder / FILE_NAME).is_file():
            raise UsageError("there is no mapping yet", do="hand files over, and say what they mean")
        with self._lock:
            if self._status.state == "running":
                return
            self._status = Status("running", "Begin")
            self._started = time.monotonic()
            self._pace = Pace()
            self._thread = threading.Thread(target=self._run, name="profithunt-first-run", daemon=True)
            self._thread.start()

    def step(self, name: str, done: float, total: float) -> None:
        """Told by the run where it is."""
        with self._lock:
            self._pace.step(name, done, total)
            self._status = Status("running", name, self._pace.share)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the run has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            with Shop.open(self.folder) as shop:
                shop.run(progress=self)
            ended = Status("done")
        except ProfithuntError as error:
            ended = Status("failed", error=str(error))
        except Exception as error:  # noqa: BLE001 - whatever stops the run is said on the page, not lost in a thread
            ended = Status("failed", error=f"{type(error).__name__}: {error}")
        with self._lock:
            self._status = replace(ended, seconds=time.monotonic() - self._started)


def _listed(files: str | Sequence[str]) -> Iterable[str]:
    return [files] if isinstance(files, str) else list(files)


def options(source: ProposedSource) -> list[tuple[str, Any]]:
    """Canonical columns of a source's table with what feeds each, those that are fed first."""
    order = list(TABLES[source.table].columns) if source.table in TABLES else []
    fed = [(name, source.mapped[name]) for name in order if name in source.mapped]
    return [*fed, *((name, None) for name in order if name not in source.mapped)]
