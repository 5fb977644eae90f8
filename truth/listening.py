"""Reasons in what customers write: how many are read right, in seven languages, and how many stay unclear.

`verbatims.tsv` holds short texts with the reasons that a person gave them (several where several themes are in one, `?`
where nobody could say), none of them a seed phrase of the taxonomy; many are misspelt. A text counts as right where its
reason is one of the person's. Of what the reader calls clear at the default threshold 85 % must be right, and at least
40 % must be clear; texts that say nothing must stay unclear; and what it says of itself must hold (calibration).
Corrections: half of the texts, drawn at random, learnt as a shop's own labels must make the other half better.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.config import Listening
from profithunt.models.reasons import UNCLEAR, Reader, Readings, learn
from profithunt.proposition.listening import taxonomy
from truth.claim import Claim

NAME: Final = "listening"
FILE: Final = Path(__file__).with_name("verbatims.tsv")
RIGHT: Final = 0.85
CLEAR: Final = 0.4
OFF: Final = 0.1

Row = tuple[str, frozenset[str], str]


def check(_folder: Path) -> Iterator[Claim]:
    """Accuracy and coverage, by language and together."""
    rows = verbatims()
    seeds = [pair for reason in taxonomy() for pair in reason.pairs()]
    threshold = Listening().clear
    known = {text.casefold() for text, _ in seeds}
    overlap = sum(text.casefold() in known for _, _, text in rows)
    yield Claim(NAME, f"{len(rows)} verbatims, none of them a seed phrase", 0, overlap)
    reader = learn(seeds, clear=threshold)
    right, clear, likely = _held("all", reader, rows)
    for language in dict.fromkeys(row[0] for row in rows):
        _held(language, reader, [row for row in rows if row[0] == language])
    yield Claim(NAME, f"of the clear ones {right:.1%} right (at least {RIGHT:.0%})", True, right >= RIGHT)
    yield Claim(NAME, f"{clear:.1%} clear (at least {CLEAR:.0%})", True, clear >= CLEAR)
    yield Claim(NAME, f"said {likely:.1%} of the clear ones, held {right:.1%}", True, abs(likely - right) <= OFF)
    empty = reader.read([text for _, reasons, text in rows if "?" in reasons])
    quiet = float(np.mean(empty.reason == UNCLEAR))
    yield Claim(NAME, f"texts that say nothing: {quiet:.0%} unclear", True, quiet >= 0.9)
    yield _corrected(seeds, rows, threshold)


def verbatims() -> list[Row]:
    """Language, reasons and text of each labelled verbatim."""
    with FILE.open(encoding="utf-8") as lines:
        read = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["language"], frozenset(row["reasons"].split(",")), row["text"]) for row in read]


def _corrected(seeds: Sequence[tuple[str, str]], rows: Sequence[Row], threshold: float) -> Claim:
    """Half of the texts as a shop's corrections, the other half read before and after."""
    said = [row for row in rows if "?" not in row[1]]
    order = np.random.default_rng(1).permutation(len(said))
    learnt, held = ([said[at] for at in part] for part in np.array_split(order, 2))
    before = _share(learn(seeds, clear=threshold).read([row[2] for row in held]), held)
    labels = [(row[2], min(row[1])) for row in learnt]
    after = _share(learn(seeds, labels, clear=threshold).read([row[2] for row in held]), held)
    print(f"     {len(labels)} corrections: {before:.1%} read clear and right before, {after:.1%} after", flush=True)
    return Claim(NAME, f"corrections help: {before:.1%} to {after:.1%} clear and right", True, after > before)


def _share(found: Readings, rows: Sequence[Row]) -> float:
    return float(np.mean([reason in row[1] for reason, row in zip(found.reason, rows, strict=True)]))


def _held(what: str, reader: Reader, rows: Sequence[Row]) -> tuple[float, float, float]:
    """Print how readings held; share right of the clear ones, share clear, mean probability of the clear ones."""
    said = [row for row in rows if "?" not in row[1]]
    found = reader.read([row[2] for row in said])
    clear = found.reason != UNCLEAR
    right = np.array([reason in row[1] for reason, row in zip(found.reason, said, strict=True)])
    of_clear = float(right[clear].mean()) if clear.any() else float("nan")
    likely = float(found.probability[clear].mean()) if clear.any() else float("nan")
    print(f"     {what}: {len(said)} read, {clear.mean():.1%} clear, {of_clear:.1%} of those right", flush=True)
    return of_clear, float(clear.mean()), likely
