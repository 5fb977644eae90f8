"""Matching of rivals' offers to a catalogue, on pairs that were labelled by hand (`tests/models/price_pairs`).

Each offer is the *same* goods as a SKU (whatever the pack: then the number of packs is labelled too), *other* goods
that are like one (another flavour, size, capacity, model, condition, an accessory), or *doubtful*: a person must
look. Offers are parted by SKU: the rules were tuned on one half; the other was judged when they stood.

- **Taken**: of the matches that are taken without a person, the share that is right, packs too (precision), and the
  share of the same goods that they find (recall). What is doubtful must not be taken.
- **Offered**: the same with what waits for review.
- **Not in the range**: each offer again, its SKU taken out of the catalogue: whatever is taken then is wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from profithunt.models.matching import Catalogue, Match, Offer, Product
from truth.claim import Claim

NAME: Final = "price_matching"
PAIRS: Final = Path(__file__).parents[1] / "tests" / "models" / "price_pairs"
SPLITS: Final = ("tuned", "held out")
PRECISION: Final = 0.99
RECALL: Final = 0.7
OFFERED: Final = 0.9
_SAME_PACKS: Final = 0.01


@dataclass(frozen=True)
class Judged:
    """An offer with its label and what came of it."""

    title: str
    truth: str
    sku: str
    packs: float
    split: str
    match: Match

    @property
    def right(self) -> bool:
        """Whether the SKU that was found is the one labelled, and holds as much as was said."""
        if self.truth != "same" or self.match.sku != self.sku:
            return False
        return abs(self.match.packs / self.packs - 1) <= _SAME_PACKS

    @property
    def found(self) -> bool:
        """Whether the SKU that was found is the one labelled; its packs are for the person who looks at it."""
        return self.truth == "same" and self.match.sku == self.sku


@dataclass(frozen=True)
class Score:
    """Shares of what is taken, and of what is taken or offered for review."""

    n: int
    precision: float
    recall: float
    offered: float
    wrong: tuple[Judged, ...]


def judged() -> list[Judged]:
    """Every labelled offer, matched."""
    catalogue = Catalogue(products())
    return [
        Judged(
            row["title"], row["truth"], row["sku"], float(row["packs"] or 1), row["split"], catalogue.one(offer_of(row))
        )
        for row in labelled()
    ]


def taken_without_their_sku() -> list[Match]:
    """What is taken of offers whose SKU is not in the catalogue."""
    wrong = []
    rows = labelled()
    for sku in sorted({row["sku"] for row in rows if row["sku"]}):
        catalogue = Catalogue([product for product in products() if product.sku != sku])
        found = (catalogue.one(offer_of(row)) for row in rows if row["sku"] == sku)
        wrong += [match for match in found if match.level == "taken"]
    return wrong


def score(found: Sequence[Judged]) -> Score:
    """Precision and recall of what is taken, recall of what is offered."""
    taken = [one for one in found if one.match.level == "taken"]
    same = [one for one in found if one.truth == "same"]
    seen = [one for one in same if one.match.level != "none" and one.found]
    right = [one for one in taken if one.right]
    return Score(
        len(found),
        len(right) / len(taken) if taken else 1.0,
        len(right) / len(same) if same else 1.0,
        len(seen) / len(same) if same else 1.0,
        tuple(one for one in taken if not one.right),
    )


def check(_folder: Path) -> Iterator[Claim]:
    """Precision and recall, of both halves and in all."""
    found = judged()
    for split in (*SPLITS, ""):
        part = [one for one in found if split in one.split]
        got = score(part)
        name = split or "all"
        print(
            f"     {name}: {got.n} offers, {sum(one.truth == 'same' for one in part)} the same as a SKU; taken: "
            f"precision {got.precision:.1%}, recall {got.recall:.1%}; with those to review: recall {got.offered:.1%}",
            flush=True,
        )
        for one in got.wrong:
            print(f"     taken and wrong: {one.title!r} as {one.match.sku} ({one.match.reason})", flush=True)
        yield Claim(NAME, f"{name}: precision {got.precision:.1%} of what is taken", True, got.precision >= PRECISION)
        yield Claim(NAME, f"{name}: recall {got.recall:.1%} without a person", True, got.recall >= RECALL)
        yield Claim(NAME, f"{name}: recall {got.offered:.1%} with those to review", True, got.offered >= OFFERED)
    wrong = taken_without_their_sku()
    yield Claim(NAME, f"offers of SKUs that are not in the range: {len(wrong)} taken", True, not wrong)


@cache
def products() -> tuple[Product, ...]:
    """The catalogue."""
    names = ("sku", "name", "brand", "gtin", "model", "size", "colour")
    rows = _rows("catalogue")
    return tuple(Product(**{name: row[name] for name in names}, price=float(row["price"])) for row in rows)


@cache
def labelled() -> tuple[dict[str, str], ...]:
    """The offers with their labels."""
    return tuple(_rows("offers"))


def offer_of(row: dict[str, str]) -> Offer:
    """A labelled row as an offer."""
    names = ("offer_id", "title", "brand", "gtin", "model", "size")
    return Offer("rival", **{name: row[name] for name in names}, price=float(row["price"]))


def _rows(name: str) -> list[dict[str, str]]:
    with (PAIRS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
