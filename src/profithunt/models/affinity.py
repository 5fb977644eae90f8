"""What customers are likely to buy next, learnt from who bought what; checked against what sells best to everybody.

Two ways are tried on a hold-out (the last weeks), both of the library `implicit`: *als*, factors of customers and SKUs
by alternating least squares, and *neighbours*, SKUs bought by the same customers. The better one of the two and of mere
popularity is used, chosen on one half of the customers and measured on the other.

Shapes: pairs are arrays of one entry a customer × SKU (`unit`, `item` numbers from 0; `weight` orders). Source: Hu,
Koren and Volinsky (2008) for als; Linden, Smith and York (2003) for neighbours; pool adjacent violators for the chance.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from profithunt.models.shrinkage import Array

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Integers = npt.NDArray[np.int64]

FACTORS: Final = 32
ROUNDS: Final = 12
NEIGHBOURS: Final = 50
PLACES: Final = 10
MEASURED: Final = 4000
PER_ITEM: Final = (200, 2_000)
MOST_PAIRS: Final = 2_000_000
PER_CUSTOMER: Final = 5
_SEED: Final = 20_230_701
_CELLS: Final = 10_000_000
_BINS: Final = 40
_FEWEST: Final = 30


def available() -> bool:
    """Whether the library is there (extra `affinity`)."""
    return find_spec("implicit") is not None


@dataclass(frozen=True)
class Pairs:
    """Who bought what: `then` up to the hold-out, `after` in it; a row a customer × SKU."""

    unit: Integers
    item: Integers
    then: Array
    after: Array
    n_units: int
    n_items: int


@dataclass(frozen=True)
class Measured:
    """How well one way did: recall and NDCG of the first ten, on customers that the choice was not made with."""

    method: str
    chosen: bool
    n_customers: int
    recall: float
    ndcg: float


@dataclass(frozen=True)
class Affinity:
    """What came out: scores of the pairs worth keeping (arrays of one entry a pair), and how well each way did."""

    unit: Integers
    item: Integers
    score: Array
    place: Integers
    item_place: Integers
    chance: Array
    measured: tuple[Measured, ...]


class Scorer(Protocol):
    """Scores of some customers for some SKUs (all by default), shape (customers, SKUs)."""

    def __call__(self, units: Integers, items: Integers | None = None) -> Array:
        """By their numbers."""


def learn(pairs: Pairs, wanted: npt.NDArray[np.bool_]) -> Affinity | None:
    """Choose a way on the hold-out, learn it from everything, and score the pairs that are worth it.

    `wanted` marks the SKUs to find customers for (none: each customer's best SKUs instead). None where the hold-out has
    too few customers to tell anything.
    """
    buyers = np.unique(pairs.unit[(pairs.after > 0)])
    known = np.unique(pairs.unit[pairs.then > 0])
    test = np.intersect1d(buyers, known)
    if len(test) < 2 * _FEWEST:
        return None
    test = _spread(test, min(MEASURED, max(2 * _CELLS // pairs.n_items, 4 * _FEWEST)))
    choosing, judging = test[::2], test[1::2]
    before = _matrix(pairs, pairs.then)
    after = _matrix(pairs, pairs.after)
    fitted = _fit_all(before)
    chosen = max(fitted, key=lambda name: _quality(fitted[name], after, choosing)[1])
    measured = tuple(
        Measured(name, name == chosen, len(judging), *_quality(scorer, after, judging))
        for name, scorer in fitted.items()
    )
    curve = _chances(fitted[chosen], after, test)
    now = _fit_all(_matrix(pairs, pairs.then + pairs.after), only=chosen)[chosen]
    # What suits everybody alike says nothing of whom to offer it.
    unit, item, score = _worth(now, pairs, wanted) if chosen != "popularity" else _nothing()
    return Affinity(
        unit=unit,
        item=item,
        score=score,
        place=_places(item, score, unit),
        item_place=_places(unit, score, item),
        chance=np.asarray(np.interp(score, *curve), dtype=np.float64),
        measured=measured,
    )


def _matrix(pairs: Pairs, weight: Array) -> csr_matrix:
    from scipy.sparse import csr_matrix

    there = weight > 0
    # The first order says most; each further one adds less.
    value = 1 + np.log(weight[there])
    shape = (pairs.n_units, pairs.n_items)
    return csr_matrix((value.astype(np.float32), (pairs.unit[there], pairs.item[there])), shape=shape)


def _fit_all(bought: csr_matrix, only: str | None = None) -> dict[str, Scorer]:
    makers = {"als": _als, "neighbours": _neighbours, "popularity": _popularity}
    return {name: make(bought) for name, make in makers.items() if only is None or name == only}


def _als(bought: csr_matrix) -> Scorer:
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    # Threads of its own; those of the linear algebra below it would only be in the way.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=min(FACTORS, *bought.shape), regularization=0.05, alpha=4.0, iterations=ROUNDS, random_state=_SEED
        )
        model.fit(bought, show_progress=False)
    people, things = np.asarray(model.user_factors), np.asarray(model.item_factors)

    def scores(units: Integers, items: Integers | None = None) -> Array:
        return np.asarray(people[units] @ (things if items is None else things[items]).T, dtype=np.float64)

    return scores


def _neighbours(bought: csr_matrix) -> Scorer:
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=NEIGHBOURS)
    with warnings.catch_warnings():
        # The library warns of a matrix that it makes itself.
        warnings.simplefilter("ignore")
        model.fit(bought, show_progress=False)
    alike = model.similarity.tocsc()

    def scores(units: Integers, items: Integers | None = None) -> Array:
        near = alike if items is None else alike[:, items]
        return np.asarray((bought[units] @ near).todense(), dtype=np.float64)

    return scores


def _popularity(bought: csr_matrix) -> Scorer:
    buyers = np.asarray((bought > 0).sum(axis=0)).ravel().astype(np.float64) / max(bought.shape[0], 1)

    def scores(units: Integers, items: Integers | None = None) -> Array:
        row = buyers if items is None else buyers[items]
        return np.broadcast_to(row, (len(units), len(row)))

    return scores


def _quality(scorer: Scorer, after: csr_matrix, units: Integers) -> tuple[float, float]:
    """Recall and NDCG of the first ten SKUs of each customer, means over customers."""
    weights = 1 / np.log2(np.arange(2, PLACES + 2))
    recall = ndcg = 0.0
    for part in _parts(units, after.shape[1]):
        scores = scorer(part)
        width = min(PLACES, scores.shape[1])
        first = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        order = np.argsort(-np.take_along_axis(scores, first, 1), axis=1, kind="stable")
        first = np.take_along_axis(first, order, 1)
        bought = after[part]
        hit = np.asarray(bought[np.arange(len(part))[:, None], first].todense()) > 0
        most = np.minimum(np.diff(bought.indptr), width)
        recall += float((hit.sum(axis=1) / most).sum())
        ideal = np.cumsum(weights)[most - 1]
        ndcg += float(((hit * weights[:width]).sum(axis=1) / ideal).sum())
    return recall / len(units), ndcg / len(units)


def _chances(scorer: Scorer, after: csr_matrix, units: Integers) -> tuple[Array, Array]:
    """The share of pairs that were bought in the hold-out as a rising function of the score: where to read it off."""
    parts = list(_parts(units, after.shape[1]))
    score = np.concatenate([scorer(part).ravel() for part in parts])
    hit = np.concatenate([np.asarray(after[part].todense()).ravel() > 0 for part in parts])
    order = np.argsort(score, kind="stable")
    # Finer towards the top, where the pairs are that anybody would act on.
    cuts = np.unique((len(order) * (1 - np.geomspace(1, min(1, 50 / len(order)), _BINS))).astype(np.int64))
    ends = np.r_[cuts[1:], len(order)]
    at, level, weight = [], [], []
    for start, end in zip(cuts, ends, strict=True):
        inside = order[start:end]
        at.append(float(score[inside].mean()))
        level.append(float(hit[inside].mean()))
        weight.append(float(end - start))
    return np.array(at), _rising(np.array(level), np.array(weight))


def _rising(level: Array, weight: Array) -> Array:
    """The nearest sequence that never falls (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, size in zip(level.tolist(), weight.tolist(), strict=True):
        blocks.append([value, size, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (first, of_first, n_first), (second, of_second, n_second) = blocks[-2:]
            total = of_first + of_second
            blocks[-2:] = [[(first * of_first + second * of_second) / total, total, n_first + n_second]]
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


def _worth(scorer: Scorer, pairs: Pairs, wanted: npt.NDArray[np.bool_]) -> tuple[Integers, Integers, Array]:
    """The best customers of each wanted SKU; where none is wanted, the best SKUs of each customer."""
    everybody = np.unique(pairs.unit)
    items = np.flatnonzero(wanted)
    if not len(items):
        return _best_items(scorer, everybody, pairs.n_items)
    kept_units = np.zeros((len(items), 0), dtype=np.int64)
    kept = np.zeros((len(items), 0))
    most = int(np.clip(MOST_PAIRS // len(items), *PER_ITEM))
    for part in _parts(everybody, len(items)):
        units = np.hstack([kept_units, np.broadcast_to(part, (len(items), len(part)))])
        scores = np.hstack([kept, scorer(part, items).T])
        width = min(most, scores.shape[1])
        first = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        kept_units, kept = np.take_along_axis(units, first, 1), np.take_along_axis(scores, first, 1)
    there = kept > 0
    return kept_units[there], np.broadcast_to(items[:, None], kept.shape)[there], kept[there]


def _nothing() -> tuple[Integers, Integers, Array]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)


def _best_items(scorer: Scorer, everybody: Integers, n_items: int) -> tuple[Integers, Integers, Array]:
    units, items, scores = [], [], []
    for part in _parts(everybody, n_items):
        all_scores = scorer(part)
        width = min(PER_CUSTOMER, all_scores.shape[1])
        first = np.argpartition(-all_scores, width - 1, axis=1)[:, :width]
        score = np.take_along_axis(all_scores, first, 1)
        there = score > 0
        units.append(np.broadcast_to(part[:, None], first.shape)[there])
        items.append(first[there])
        scores.append(score[there])
    return np.concatenate(units), np.concatenate(items), np.concatenate(scores)


def _places(group: Integers, score: Array, otherwise: Integers) -> Integers:
    """Place of each entry within its group by score, the highest 1; equal scores by number."""
    order = np.lexsort((otherwise, -score, group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, np.diff(sorted_group) != 0]) if len(group) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(group)])
    places = np.empty(len(group), dtype=np.int64)
    places[order] = np.arange(len(group)) - np.repeat(starts, sizes) + 1
    return places


def _spread(values: Integers, most: int) -> Integers:
    """At most so many of the values, evenly taken."""
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).astype(np.int64)]


def _parts(units: Integers, width: int) -> Iterator[Integers]:
    """The customers, as many at a time as their scores for `width` SKUs fit into memory."""
    step = max(_CELLS // max(width, 1), 1)
    for start in range(0, len(units), step):
        yield units[start : start + step]


def learn_from(columns: dict[str, npt.NDArray[Any]], overstocked: npt.NDArray[Any], n_units: int) -> Affinity | None:
    """`learn` from the columns of the table `affinity_pairs`; `overstocked` marks the SKUs by number."""
    if not n_units or not len(overstocked):
        return None
    pairs = Pairs(
        unit=columns["unit"].astype(np.int64),
        item=columns["item"].astype(np.int64),
        then=columns["n_then"].astype(np.float64),
        after=columns["n_after"].astype(np.float64),
        n_units=n_units,
        n_items=len(overstocked),
    )
    return learn(pairs, np.asarray(overstocked, dtype=bool))


def columns_of(found: Affinity) -> dict[str, npt.NDArray[Any]]:
    """The pairs as columns for the engine."""
    return {
        "unit": found.unit,
        "item": found.item,
        "score": found.score,
        "place": found.place,
        "sku_place": found.item_place,
        "chance": found.chance,
    }


def quality_of(found: Affinity) -> dict[str, npt.NDArray[Any]]:
    """How well each way did, as columns for the engine."""
    return {
        "method": np.array([item.method for item in found.measured], dtype=object),
        "chosen": np.array([item.chosen for item in found.measured]),
        "n_customers": np.array([item.n_customers for item in found.measured]),
        "recall_10": np.array([item.recall for item in found.measured]),
        "ndcg_10": np.array([item.ndcg for item in found.measured]),
    }
