"""How good a list of finds is, held against what was planted in a simulated shop.

A find hits a problem when it comes from the same detector and names its entity. Everything is judged on what the truth
file says: what was planted, and what costs money in that world although nobody planted it (*arisen*). A find that hits
what the truth file leaves undecided is neither right nor wrong.

| figure | what it says |
| --- | --- |
| recall | share of the planted problems that were found |
| money recall | the same, weighted by what they cost |
| planted | share of the finds that hit a planted problem |
| precision | share of the finds that hit a problem, planted or arisen |
| decoys | decoys that a find hits |
| money error | median of |value found − true| ÷ true, over the planted problems found |
| cover | share of the problems found whose true money lies between p10 and p90 |
| NDCG | how far the order of the list is that of the true money: 1 is the best order |
| top | share of the planted money that stands in the first k places, k being the number of problems |

What one problem costs is held against all finds that hit it together: a dear zone shows in several shapes of orders.
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
    planted: float | None
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


def score(
    finds: Sequence[Find],
    problems: Sequence[Planted],
    decoys: Sequence[Planted] = (),
    arisen: Sequence[Planted] = (),
    undecided: Sequence[Planted] = (),
) -> Score:
    """Judge a ranked list of finds; in their order, a problem counts at the first find that hits it."""
    hits: dict[str, tuple[Planted, list[Find]]] = {}
    gains: list[float] = []
    planted_too = right = open_ = 0
    flagged: set[str] = set()
    by_number = {name: _by_number(items) for name, items in
                 (("problem", problems), ("decoy", decoys), ("arisen", arisen), ("undecided", undecided))}  # fmt: skip
    for find in finds:
        hit = {
            name: [item for item in items.get(find.number, ()) if item.is_hit_by(find)]
            for name, items in by_number.items()
        }
        gains.append(sum(item.money for item in hit["problem"] if item.id not in hits))
        for item in hit["problem"]:
            hits.setdefault(item.id, (item, []))[1].append(find)
        planted_too += bool(hit["problem"])
        right += bool(hit["problem"] or hit["arisen"])
        open_ += bool(hit["undecided"]) and not (hit["problem"] or hit["arisen"])
        if not hit["problem"]:
            flagged |= {item.id for item in hit["decoy"]}
    ideal = sorted((item.money for item in problems), reverse=True)
    pairs = [(item, _together(found)) for item, found in hits.values() if item.money > 0]
    return Score(
        n_planted=len(problems),
        n_found=len(hits),
        n_finds=len(finds),
        n_decoys=len(flagged),
        recall=_share(len(hits), len(problems)),
        money_recall=_share(sum(item.money for item, _ in hits.values()), sum(ideal)),
        planted=_share(planted_too, len(finds) - open_),
        precision=_share(right, len(finds) - open_),
        money_error=median(abs(find.value - item.money) / item.money for item, find in pairs) if pairs else None,
        cover=_share(sum(_within(find, item.money) for item, find in pairs), len(pairs)),
        ndcg=_share(_discounted(gains), _discounted(ideal)),
        top=_share(sum(gains[: len(problems)]), sum(ideal)),
    )


def _by_number(items: Iterable[Planted]) -> dict[int, list[Planted]]:
    found: dict[int, list[Planted]] = {}
    for item in items:
        found.setdefault(item.number, []).append(item)
    return found


def _together(finds: Sequence[Find]) -> Find:
    """What several finds say of one problem: their money added up."""
    first = finds[0]
    value, p10, p90 = (sum(getattr(find, name) for find in finds) for name in ("value", "p10", "p90"))
    return Find(first.number, first.entity, value, p10, p90)


def _within(find: Find, money: float) -> bool:
    slack = 1e-9 * max(abs(money), 1.0)
    return find.p10 - slack <= money <= find.p90 + slack


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
