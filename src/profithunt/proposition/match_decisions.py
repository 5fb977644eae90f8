"""What people decided about doubtful offers: a CSV beside shop.toml, one line a decision, the last one counts.

It can be read, edited and kept under version control; the shop works with it whether or not decisions of other kinds
are kept in a store.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from profithunt.errors import ConfigError

Answer = Literal["accept", "reject"]
COLUMNS: Final = ("match_id", "competitor", "offer_id", "sku", "packs", "answer", "decided_at", "decided_by", "note")


@dataclass(frozen=True)
class Decision:
    """Whether an offer is a SKU, as a person says; `packs` of the rival's units hold what one own unit does."""

    competitor: str
    offer_id: str
    sku: str
    answer: Answer
    packs: float | None = None
    decided_at: str = ""
    decided_by: str = ""
    note: str = ""

    @property
    def match_id(self) -> str:
        """The short key of offer and SKU."""
        return match_id(self.competitor, self.offer_id, self.sku)


def match_id(competitor: str, offer_id: str, sku: str | None) -> str:
    """A short key of an offer and the SKU that it may be."""
    return hashlib.sha256("\x1f".join((competitor, offer_id, sku or "")).encode()).hexdigest()[:10]


def read_decisions(path: Path) -> Mapping[str, Decision]:
    """The decisions by match; none where there is no file. Raises ConfigError for one that can't be understood."""
    if not path.is_file():
        return {}
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"can't be read ({error})", where=str(path), expected="UTF-8 text") from error
    rows = csv.DictReader(io.StringIO(text))
    missing = {"competitor", "offer_id", "sku", "answer"} - set(rows.fieldnames or ())
    if missing:
        raise ConfigError(
            f"has no column {min(missing)!r}", where=str(path), expected=f"the columns {', '.join(COLUMNS)}"
        )
    found: dict[str, Decision] = {}
    for number, row in enumerate(rows, start=2):
        answer = (row["answer"] or "").strip().lower()
        if answer not in ("accept", "reject"):
            raise ConfigError(
                f"the answer is {row['answer']!r}", where=f"{path}, line {number}", expected="accept or reject"
            )
        given = {name: row.get(name) or "" for name in COLUMNS if name not in ("match_id", "answer", "packs")}
        packs = _packs(row.get("packs") or "", f"{path}, line {number}")
        decision = Decision(answer="accept" if answer == "accept" else "reject", packs=packs, **given)
        # Put last, also where it was decided before: of two SKUs accepted for an offer the later one counts.
        found.pop(decision.match_id, None)
        found[decision.match_id] = decision
    return found


def _packs(text: str, where: str) -> float | None:
    if not text.strip():
        return None
    try:
        packs = float(text)
    except ValueError:
        packs = math.nan
    if not 0 < packs < math.inf:
        raise ConfigError(f"packs is {text!r}", where=where, expected="a number above 0, or nothing")
    return packs


def remember(path: Path, decision: Decision) -> None:
    """Add a decision to the file; an earlier one about the same match stays above it and counts no more."""
    is_new = not path.is_file() or not path.stat().st_size
    now = decision.decided_at or dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(COLUMNS)
        packs = "" if decision.packs is None else f"{decision.packs:g}"
        values = (decision.competitor, decision.offer_id, decision.sku, packs, decision.answer, now)
        writer.writerow([decision.match_id, *values, decision.decided_by, decision.note])
