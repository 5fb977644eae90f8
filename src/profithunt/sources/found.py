"""Which files a source means: globs, folders and lists, relative to the shop, in one stable order."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from profithunt.errors import SourceError

TEXT = (".csv", ".tsv", ".txt", ".tab", ".psv", ".dat")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
WORKBOOK = (".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
SQLITE = (".sqlite", ".sqlite3", ".db")
DUCKDB = (".duckdb", ".ddb")
PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
KNOWN = TEXT + JSON + PARQUET + WORKBOOK + SQLITE + DUCKDB


@dataclass(frozen=True)
class Found:
    """A file of a source: where it is, and its name as people see it (relative to the shop)."""

    path: Path
    name: str

    @property
    def packing(self) -> str:
        """Ending of the compression, or nothing."""
        ending = self.path.suffix.lower()
        return ending if ending in PACKED else ""

    @property
    def ending(self) -> str:
        """Ending of the file without its compression."""
        path = self.path.with_suffix("") if self.packing else self.path
        return path.suffix.lower()


def find(patterns: str | list[str], folder: Path, *, where: str, optional: bool = False) -> list[Found]:
    """The files that `patterns` mean, each once, by name. Raises SourceError when there is none."""
    wanted = [patterns] if isinstance(patterns, str) else list(patterns)
    seen: dict[str, Found] = {}
    for pattern in wanted:
        for path in _matches(pattern, folder, where=where, optional=optional):
            real = os.path.realpath(path)
            seen.setdefault(real, Found(path, shown(path, folder)))
    return sorted(seen.values(), key=lambda found: found.name)


def shown(path: Path, folder: Path) -> str:
    """The path as people see it: relative to the shop where it can be."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return os.path.relpath(path, folder) if path.is_absolute() and folder.is_absolute() else path.as_posix()


def _matches(pattern: str, folder: Path, *, where: str, optional: bool) -> list[Path]:
    path = folder / pattern
    _refuse_loops(path, where)
    if path.is_dir():
        return _of_folder(path, pattern, where=where, optional=optional)
    if path.is_file():
        return [path]
    if path.is_symlink():
        raise SourceError(f"the link {pattern} leads nowhere", where=where, do="mend the link or change files")
    if path.exists():
        raise SourceError(f"{pattern} is neither a file nor a folder", where=where, do="give a file, folder or glob")
    hits: list[Path] = []
    if glob.has_magic(str(pattern)):
        hits = sorted(Path(hit) for hit in glob.glob(str(path), recursive=True))  # noqa: PTH207  may be absolute
    for hit in hits:
        _refuse_loops(hit, where)
        if not hit.exists():
            raise SourceError(f"the link {shown(hit, folder)} leads nowhere", where=where, do="mend or remove the link")
    kept = [hit for hit in hits if hit.is_file()]
    if not kept and not optional:
        raise SourceError(
            f"no file matches {pattern}",
            where=where,
            expected=f"at least one file below {folder}",
            do=_nearby(path),
        )
    return kept


def _of_folder(path: Path, pattern: str, *, where: str, optional: bool) -> list[Path]:
    if path.suffix.lower() in KNOWN + PACKED:
        raise SourceError(f"{pattern} is a folder", where=where, expected="a file", do="name a file in it or a glob")
    hits: list[Path] = []
    for root, folders, names in os.walk(path, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found = [Path(root) / name for name in sorted(names) if not name.startswith((".", "_", "~"))]
        hits += [hit for hit in found if Found(hit, hit.name).ending in KNOWN and hit.is_file()]
    if not hits and not optional:
        raise SourceError(
            f"the folder {pattern} holds no file that can be read",
            where=where,
            expected=f"files ending in {' '.join(KNOWN)}",
        )
    return hits


def _refuse_loops(path: Path, where: str) -> None:
    try:
        path.stat()
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise SourceError(f"{path.name} may not be read", where=where, do="give the user read permission") from error
    except OSError as error:
        if "Symlink loop" in str(error) or "Too many levels" in str(error):
            raise SourceError(f"the link {path.name} leads to itself", where=where, do="remove the link") from error
        raise SourceError(f"{path.name} can't be opened ({error.strerror})", where=where) from error


def _nearby(path: Path) -> str:
    parent = path.parent
    if glob.has_magic(str(parent)) or not parent.is_dir():
        return "check files in shop.toml"
    names = sorted(item.name for item in parent.iterdir() if item.is_file())[:8]
    return f"there is {', '.join(names)}" if names else "the folder is empty"
