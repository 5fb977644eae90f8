"""How good a list of finds is, held against what was planted in a simulated shop.

A find hits a planted problem when it comes from the same detector and names its entity. Everything is judged on what
the truth file says, so finds that are true but were not planted count as misses: precision is a lower bound.

| figure | what it says |
| --- | --- |
| recall | share of the planted problems that were found |
| money recall | the same, weighted by what they cost |
| precision | share of the finds that hit a planted problem |
| decoys | decoys that a find hits |
| money error | median of |value found − true| ÷ true, over the problems found |
| cover | share of the problems found whose true money lies between p10 and p90 |
| NDCG | how far the order of the list is that of the true money: 1 is the best order |
| top | share of the planted money that stands in the first k places, k being the number of problems |
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Find:
    """Something found: the number of its detector, the entity it names, its money over 28 days and the range."""

    number: int
    entity: Mapping[str, str]
    value: float
    p10: float
    p90: float


@dataclass(frozen=True)
class Planted:
    """A problem or a decoy of the truth file."""

    id: str
    number: int
    name: str
    entity: Mapping[str, str]
    money: float

    def is_hit_by(self, find: Find) -> bool:
        """Same detector, and each member of the entity is named."""
        return find.number == self.number and set(self.entity.values()) <= set(find.entity.values())


@dataclass(frozen=True)
class Score:
    """The figures of the table above; None where nothing was found that they could be taken of."""

    n_planted: int
    n_found: int
    n_finds: int
    n_decoys: int
    recall: float | None
    money_recall: float | None
    precision: float | None
    money_error: float | None
    cover: float | None
    ndcg: float | None
    top: float | None


def planted(truth: Mapping[str, Any], kind: str = "problems") -> list[Planted]:
    """The problems (or decoys) of a truth file that belong to a detector."""
    return [
        Planted(item["id"], item["number"], item["detector"], item["entity"], float(item["money_28_days"]))
        for item in truth[kind]
        if item["number"] is not None
    ]


def oracle(problems: Iterable[Planted]) -> list[Find]:
    """What somebody would find who has read the truth file."""
    return [
        Find(item.number, item.entity, item.money, item.money, item.money)
        for item in sorted(problems, key=lambda item: -item.money)
    ]


def score(finds: Sequence[Find], problems: Sequence[Planted], decoys: Sequence[Planted] = ()) -> Score:
    """Judge a ranked list of finds. A problem counts at the first find that hits it; later ones add nothing."""
    hits: dict[str, tuple[Planted, Find]] = {}
    gains: list[float] = []
    right = 0
    flagged: set[str] = set()
    for find in finds:
        matched = [item for item in problems if item.is_hit_by(find)]
        new = [item for item in matched if item.id not in hits]
        hits.update({item.id: (item, find) for item in new})
        gains.append(sum(item.money for item in new))
        right += bool(matched)
        if not matched:
            flagged |= {item.id for item in decoys if item.is_hit_by(find)}
    ideal = sorted((item.money for item in problems), reverse=True)
    pairs = [pair for pair in hits.values() if pair[0].money > 0]
    return Score(
        n_planted=len(problems),
        n_found=len(hits),
        n_finds=len(finds),
        n_decoys=len(flagged),
        recall=_share(len(hits), len(problems)),
        money_recall=_share(sum(item.money for item, _ in hits.values()), sum(ideal)),
        precision=_share(right, len(finds)),
        money_error=median(abs(find.value - item.money) / item.money for item, find in pairs) if pairs else None,
        cover=_share(sum(_within(find, item.money) for item, find in pairs), len(pairs)),
        ndcg=_share(_discounted(gains), _discounted(ideal)),
        top=_share(sum(gains[: len(problems)]), sum(ideal)),
    )


def _within(find: Find, money: float) -> bool:
    slack = 1e-9 * max(abs(money), 1.0)
    return find.p10 - slack <= money <= find.p90 + slack


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
