"""What left the house: one file for each key that was sent, a dead-letter list, a log that only grows.

Everything lies as JSON below the outbox, written whole or not at all, so that a killed process leaves nothing half
known. The receipt under a key is what makes sending the same key twice one effect.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from profithunt.actions.adapters.protocol import Receipt
from profithunt.errors import NotFound

Json = Any
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Journal:
    """The records of one outbox."""

    outbox: Path

    def receipt(self, key: str) -> Receipt | None:
        """The receipt of what was sent under a key, or None."""
        found = _read(self._sent(key))
        return None if found is None else Receipt.from_json(found)

    def begin(self, key: str, note: Mapping[str, Json]) -> bool:
        """Say that a key is about to be sent; False where that was said before and no receipt followed."""
        path = self.outbox / "begun" / f"{name_of(key)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(dict(note), file, ensure_ascii=False, default=str)
        except FileExistsError:
            return False
        return True

    def abandon(self, key: str) -> None:
        """Take back that a key was about to be sent: it surely was not taken."""
        (self.outbox / "begun" / f"{name_of(key)}.json").unlink(missing_ok=True)

    def keep(self, receipt: Receipt) -> Receipt:
        """Keep a receipt; what was kept first under its key stays."""
        path = self._sent(receipt.key)
        draft = path.with_name(f".{uuid4().hex}")
        _write(draft, receipt.to_json())
        try:
            os.link(draft, path)
        except FileExistsError:
            return self.receipt(receipt.key) or receipt
        except OSError:
            # A file system without links: the last one stays.
            write_whole(path, draft.read_bytes())
        finally:
            draft.unlink(missing_ok=True)
        return receipt

    def bury(self, letter: DeadLetter) -> None:
        """Put something that could not be delivered on the dead-letter list."""
        _write(self.outbox / "dead" / f"{name_of(letter.key)}.json", letter.to_json())

    def dead(self) -> list[DeadLetter]:
        """The dead-letter list, oldest first."""
        letters = [DeadLetter(**found) for found in map(_read, self._files("dead")) if found is not None]
        return sorted(letters, key=lambda letter: (letter.at, letter.key))

    def dead_letter(self, key: str) -> DeadLetter:
        """One of them. Raises NotFound."""
        found = _read(self.outbox / "dead" / f"{name_of(key)}.json")
        if found is None:
            raise NotFound(f"nothing with the key '{key}' is on the dead-letter list")
        return DeadLetter(**found)

    def revive(self, key: str) -> None:
        """Take something off the dead-letter list: it has been delivered after all, or is given up."""
        (self.outbox / "dead" / f"{name_of(key)}.json").unlink(missing_ok=True)

    def reopen(self, key: str) -> DeadLetter:
        """Take a letter off the list so that its key can be sent again; gives the letter. Raises NotFound.

        Who reopens one that is *uncertain* has looked whether it arrived.
        """
        letter = self.dead_letter(key)
        stem = key.rpartition(".")[0]
        for name in (key, stem):
            done = self.receipt(name) if name else None
            if done is not None and done.state == "dead":
                self._sent(name).unlink(missing_ok=True)
        self.abandon(key)
        self.revive(key)
        return letter

    def log(self, entry: Mapping[str, Json]) -> None:
        """Add one line to the log of deliveries."""
        self.outbox.mkdir(parents=True, exist_ok=True)
        line = json.dumps(dict(entry), ensure_ascii=False, default=str) + "\n"
        descriptor = os.open(self.outbox / "deliveries.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def entries(self) -> list[dict[str, Json]]:
        """The log of deliveries, oldest first; a line that a killed process left half written is passed over."""
        path = self.outbox / "deliveries.jsonl"
        if not path.exists():
            return []
        found = []
        for line in path.read_text("utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def _sent(self, key: str) -> Path:
        return self.outbox / "sent" / f"{name_of(key)}.json"

    def _files(self, folder: str) -> Iterator[Path]:
        return (path for path in sorted((self.outbox / folder).glob("*.json")))


@dataclass(frozen=True)
class DeadLetter:
    """Something that could not be delivered: what, where to, how often it was tried, why it failed last.

    `uncertain` means that the other side may have taken it although no answer came.
    """

    adapter: str
    key: str
    target: str
    content: str
    content_type: str
    attempts: int
    reason: str
    at: str
    uncertain: bool = False

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(vars(self))


def name_of(key: str) -> str:
    """A key as the name of a file: itself where it is plain, else a hash that keeps what can be read of it."""
    if _PLAIN.fullmatch(key):
        return key
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")[:60]
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also when the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid4().hex}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _write(path: Path, value: Json) -> None:
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=1, default=str).encode())


def _read(path: Path) -> Json | None:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
