"""Words that customers use more than they did: what is new and has no reason of its own yet.

A term is one word or two that follow each other. It rises where texts with it are a larger share of the last weeks'
than of the weeks before: a one-sided exact test (binomial, given both counts), at a false discovery rate over all terms
that were looked at. Terms of the taxonomy's own phrases are not new.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from profithunt.models.reasons import normal

LEAST: Final = 5
"""Texts of the last weeks that a term must stand in."""
LIFT: Final = 2.0
FALSE_DISCOVERIES: Final = 0.05
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_ALIKE: Final = 0.7

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """A rising term: texts with it lately and before, how many times its share of texts grew, and its q-value.

    `growth` is None where it was never said before; `texts` are places of texts with it, those with most rows first.
    """

    words: str
    lately: int
    before: int
    growth: float | None
    q: float
    texts: tuple[int, ...]


def rising(
    texts: Sequence[str], lately: Array, before: Array, known: Sequence[str], most: int = 10, least: int = LEAST
) -> list[Term]:
    """Rising terms of distinct texts that were said `lately` and `before` so many times, surest first."""
    if not len(texts) or not lately.sum() or not before.sum():
        return []
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(tokenizer=_words, token_pattern=None, lowercase=False, ngram_range=(1, 2), binary=True)
    try:
        there = counter.fit_transform([normal(text) for text in texts]).tocsc()
    except ValueError:  # no text has a word
        return []
    names = counter.get_feature_names_out()
    now, then = there.T @ lately, there.T @ before
    familiar = {word for phrase in known for word in _words(normal(phrase))}
    looked = np.array([not set(name.split()) <= familiar for name in names]) & (now >= least)
    if not looked.any():
        return []
    share = lately.sum() / (lately.sum() + before.sum())
    index = np.flatnonzero(looked)
    chance = stats.binom.sf(now[index] - 1, now[index] + then[index], share)
    q = stats.false_discovery_control(chance)
    growth = (now[index] / lately.sum()) / np.maximum(then[index] / before.sum(), 1e-12)
    sure = (q <= FALSE_DISCOVERIES) & (growth >= LIFT)
    found: list[Term] = []
    taken: list[set[int]] = []
    for at in np.flatnonzero(sure)[np.lexsort((-now[index][sure], q[sure]))]:
        rows = there[:, index[at]].nonzero()[0]
        mine = {int(row) for row in rows if lately[row] > 0}
        if any(len(mine & other) >= _ALIKE * min(len(mine), len(other)) for other in taken):
            continue
        taken.append(mine)
        ordered = sorted(mine, key=lambda row: (-lately[row], row))
        grown = None if then[index[at]] == 0 else float(growth[at])
        counts = int(now[index[at]]), int(then[index[at]])
        found.append(Term(str(names[index[at]]), *counts, grown, float(q[at]), tuple(ordered[:5])))
        if len(found) == most:
            break
    return found


def _words(text: str) -> list[str]:
    found: list[Any] = _WORD.findall(text)
    return found
