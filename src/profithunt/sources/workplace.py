"""Where sources are prepared: a folder for unpacked, decoded and typed copies, the engine, and the limits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.errors import EngineError, SourceError
from profithunt.sources.templates import call, fill, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profithunt.engine import Engine
    from profithunt.sources.found import Found


@dataclass
class Workplace:
    """One build's engine, work folder and limits. `folder` is the shop's, `work` is thrown away afterwards."""

    engine: Engine
    folder: Path
    work: Path
    max_file_bytes: int = 50_000_000_000
    max_line_bytes: int = 16_000_000
    _numbers: Iterator[int] = field(default_factory=count, repr=False)
    _names: list[str] = field(default_factory=list, repr=False)

    def path(self, stem: str, ending: str) -> Path:
        """A new file name in the work folder."""
        return self.work / f"{stem}-{next(self._numbers)}{ending}"

    def name(self, stem: str) -> str:
        """A new relation name."""
        name = f"_{stem}_{next(self._numbers)}"
        self._names.append(name)
        return name

    def forget(self) -> None:
        """Drop every relation that was named here, last first."""
        for name in reversed(self._names):
            with suppress(EngineError):
                self.engine.drop(name)
        self._names.clear()

    def store(self, query: exp.Query, stem: str) -> tuple[exp.Expr, int]:
        """Run a query into a Parquet file of the work folder; how to read it again, and its rows."""
        path = self.path(stem, ".parquet")
        rows = self.engine.write_parquet(query, path)
        return parquet(path), rows

    def unpack_zstd(self, found: Found) -> Path:
        """Unpack a .zst file with the engine, byte for byte (read as Latin-1, one column, no quotes)."""
        middle, target = self.path("zstd", ".txt"), self.path("unpacked", found.ending or ".txt")
        copy = fill("unpack_zstd", path=text(str(found.path)), target=text(str(middle)), unit=text("\x01"))
        try:
            self.engine.run(copy)
        except EngineError as error:
            raise SourceError("can't be unpacked", where=found.name, do="export or copy the file again") from error
        with middle.open(encoding="utf-8", newline="") as source, target.open("wb") as out:
            for line in source:
                out.write(line.encode("latin-1"))
        return target


def parquet(path: Path) -> exp.Expr:
    """A Parquet file as a relation."""
    return call("read_parquet", text(str(path)))
