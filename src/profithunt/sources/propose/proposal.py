"""What `init` proposes: the mapping with how sure it is, what is asked, and the text of shop.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from profithunt.errors import UsageError
from profithunt.sources.propose import write

FILE_NAME = "shop.toml"
_NEEDED = {"orders": {"order_id", "ordered_at"}, "order_lines": {"order_id", "sku", "quantity"}}


@dataclass(frozen=True)
class MappedColumn:
    """One canonical column of a proposed source: what it is made of, how sure (0–1), and why."""

    source: str
    confidence: float
    why: str


@dataclass(frozen=True)
class ProposedSource:
    """One `[[sources]]`: its keys without columns, the columns as written, and what is known of each."""

    keys: dict[str, Any]
    columns: dict[str, Any]
    mapped: dict[str, MappedColumn]
    comments: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The canonical table that it feeds."""
        return str(self.keys["table"])


@dataclass(frozen=True)
class ProposedFile:
    """One file: the tables it feeds with how sure that is, and the columns that nothing took."""

    name: str
    rows: int
    roles: dict[str, float]
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoneyPart:
    """Where rows of a file go, and their Σ quantity × price as a decimal string."""

    goes_to: str
    rows: int
    amount: str


@dataclass(frozen=True)
class Proposal:
    """A whole proposal. `settings` are the sections beside the sources, as in shop.toml."""

    folder: Path
    preset: str | None
    confidence: float
    files: tuple[ProposedFile, ...]
    sources: tuple[ProposedSource, ...]
    settings: dict[str, Any]
    questions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    money: Mapping[str, tuple[MoneyPart, ...]] = field(default_factory=dict)
    head: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the shop can run: orders and order lines are there."""
        return all(
            any(source.table == table and columns <= set(source.columns) for source in self.sources)
            for table, columns in _NEEDED.items()
        )

    def columns(self, table: str) -> dict[str, MappedColumn]:
        """Canonical column → mapping, over the sources of a table."""
        return {
            name: mapped for source in self.sources if source.table == table for name, mapped in source.mapped.items()
        }

    def toml(self, folder: Path | None = None) -> str:
        """The text of shop.toml for a shop in `folder`; paths are relative to it where they lie below it."""
        lines = [
            "# Settings of a shop: where the data is, and what its columns mean. Made by: profithunt init",
            *write.comment(self.head),
        ]
        lines += ["#", f"# How sure this mapping is: {self.confidence:.0%}."]
        for title, items in (("Questions", self.questions), ("Warnings", self.warnings), ("Found", self.notes)):
            if items:
                lines += ["#", f"# {title}", *write.comment([f"- {item}" for item in items])]
        for name, parts in self.money.items():
            lines += ["#", f"# Where the money of {name} goes (rows, sum of quantity × price)"]
            lines += write.comment([f"- {part.goes_to}: {part.rows:,} rows, {part.amount}" for part in parts])
        lines += ["", *write.section("shop", self.settings.get("shop", {}))]
        for source in self.sources:
            keys = {**source.keys, **_placed(source.keys, folder), "columns": source.columns}
            notes = {name: (mapped.confidence, mapped.why) for name, mapped in source.mapped.items()}
            lines += ["", *write.source(keys, notes, source.comments)]
        if not self.sources:
            lines += _EMPTY
        for name, fields in self.settings.items():
            if name == "cost_rates":
                for rate in fields:
                    lines += [
                        "",
                        "[[cost_rates]]",
                        *(f"{write.key(key)} = {write.value(given)}" for key, given in rate.items()),
                    ]
            elif name not in ("shop", "sources"):
                lines += ["", *write.section(name, fields)]
        return "\n".join([*lines, *_MORE]) + "\n"

    def write(self, folder: Path, *, force: bool = False) -> Path:
        """Write `folder/shop.toml`. Raises UsageError when there is one already and `force` is not set."""
        target = folder / FILE_NAME
        if target.exists() and not force:
            raise UsageError(
                "is there already", where=str(target), do="choose another folder, or say --force to replace it"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target.write_text(self.toml(folder.resolve()), "utf-8")
        except OSError as error:
            raise UsageError(f"can't be written ({error.strerror})", where=str(target)) from error
        return target

    def to_json(self) -> dict[str, Any]:
        """The proposal as data."""
        return {
            "folder": str(self.folder),
            "preset": self.preset,
            "confidence": self.confidence,
            "complete": self.complete,
            "files": [
                {"name": item.name, "rows": item.rows, "roles": item.roles, "unused": list(item.unused)}
                for item in self.files
            ],
            "sources": [
                {
                    **{name: given for name, given in source.keys.items() if given not in (None, False, [])},
                    "columns": {
                        name: {"source": item.source, "confidence": item.confidence, "why": item.why}
                        for name, item in source.mapped.items()
                    },
                }
                for source in self.sources
            ],
            "settings": self.settings,
            "questions": list(self.questions),
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "money": {
                name: [{"goes_to": part.goes_to, "rows": part.rows, "amount": part.amount} for part in parts]
                for name, parts in self.money.items()
            },
        }


def _placed(keys: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """`files` of a source and of its joins, relative to the shop's folder where they lie below it."""
    placed: dict[str, Any] = {"files": _relative(keys["files"], folder)}
    if keys.get("join"):
        placed["join"] = [{**join, "files": _relative(join["files"], folder)} for join in keys["join"]]
    return placed


def _relative(files: str | Sequence[str], folder: Path | None) -> str | list[str]:
    if not isinstance(files, str):
        names = [str(_relative(item, folder)) for item in files]
        return names[0] if len(names) == 1 else names
    if folder is None:
        return files
    path = Path(files)
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return os.fspath(path)


_EMPTY = [
    "",
    "# Nothing was recognised. A source looks like this; remove the # and fill it in:",
    "# [[sources]]",
    '# table = "order_lines"',
    '# files = "exports/lines.csv"',
    "# [sources.columns]",
    '# order_id = "…"',
    '# sku = "…"',
    '# quantity = "…"',
    '# unit_price = "…"',
    "#",
    "# [[sources]]",
    '# table = "orders"',
    '# files = "exports/orders.csv"',
    "# [sources.columns]",
    '# order_id = "…"',
    '# ordered_at = "…"',
    '# customer_id = "…"',
]
_MORE = [
    "",
    "# What else can be set; see docs/reference/settings.md.",
    "# [[cost_rates]]           # what activities cost: pick, pack, parcel, payment_share, return_handling …",
    '# kind = "parcel"',
    "# rate = 4.20",
]
