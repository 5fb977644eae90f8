"""Reading a reason in a few words, whatever their language: character n-grams, linear support vectors (scikit-learn).

Trained from the seed phrases of a taxonomy and from a shop's own corrections, in about two seconds; nothing is kept but
the phrases. Words weigh little by themselves: pieces of 3 to 5 characters within words (TF-IDF) carry over
misspellings, endings and compounds.

How likely a reading is right is not what the classifier says of itself. Every phrase is read once by a classifier that
did not see it (five folds), and a logistic curve over those readings turns the classifier's say into a probability.
What stays below the threshold of the shop is *unclear* and stays so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.errors import ConfigError, UsageError

UNCLEAR: Final = "unclear"
LABEL_WEIGHT: Final = 3.0
"""How much more a correction of the shop's own weighs than a seed phrase."""
_FOLDS: Final = 5
_ALSO: Final = 0.6
_STEEP: Final = 3.0
_BATCH: Final = 20_000

Array = npt.NDArray[np.float64]
Texts = npt.NDArray[Any]


@dataclass(frozen=True)
class Readings:
    """What was read in each text: reason (or `unclear`), how likely it is right (0–1), a second reason (or null)."""

    reason: npt.NDArray[np.str_]
    probability: Array
    also: np.ma.MaskedArray[Any, Any]


@dataclass(frozen=True)
class Quality:
    """How readings held on phrases that were not learnt from: share read right, share clear, share right of those."""

    n_phrases: int
    n_labels: int
    right: float
    clear: float
    right_of_clear: float


class Reader:
    """Reads reasons; made by `learn`."""

    def __init__(
        self, pieces: Any, model: Any, curve: tuple[float, float], known: Mapping[str, str], clear: float, held: Quality
    ) -> None:
        self._pieces = pieces
        self._model = model
        self._curve = curve
        self._known = known
        self.clear = clear
        self.quality = held

    @property
    def reasons(self) -> list[str]:
        """The reasons that it can read."""
        return [str(name) for name in self._model.classes_]

    def read(self, texts: Sequence[str] | Texts) -> Readings:
        """The reason of each text. A text that was labelled by hand has its label."""
        plain = [normal(str(text)) for text in texts]
        if not plain:
            return Readings(np.zeros(0, str), np.zeros(0), np.ma.MaskedArray(np.zeros(0, str)))
        parts = [self._shares(plain[at : at + _BATCH]) for at in range(0, len(plain), _BATCH)]
        shares, names = np.vstack(parts), np.array(self.reasons)
        rows, order = np.arange(len(plain)), np.argsort(-shares, axis=1)
        first, second = shares[rows, order[:, 0]], shares[rows, order[:, 1]]
        likely = _probability(first, self._curve)
        reason = np.where(likely >= self.clear, names[order[:, 0]], UNCLEAR).astype(object)
        also = names[order[:, 1]]
        hidden = (second < _ALSO * first) | (reason == UNCLEAR)
        for at, text in enumerate(plain):
            if text in self._known:
                reason[at], likely[at], hidden[at] = self._known[text], 1.0, True
            elif not _has_words(text):
                reason[at], likely[at], hidden[at] = UNCLEAR, 0.0, True
        return Readings(reason.astype(str), likely, np.ma.MaskedArray(also, mask=hidden))

    def _shares(self, texts: list[str]) -> Array:
        return _shares(self._model, self._pieces.transform(texts))


def installed() -> None:
    """Raise ConfigError where scikit-learn is not installed."""
    if find_spec("sklearn") is None:
        raise ConfigError(
            "reading reasons in customers' words needs scikit-learn, which is not installed",
            do="pip install 'profithunt[listening]'",
        )


def learn(seeds: Sequence[tuple[str, str]], labels: Sequence[tuple[str, str]] = (), clear: float = 0.8) -> Reader:
    """Learn from (phrase, reason) pairs: seeds of the taxonomy, and corrections. Raises UsageError for too few."""
    installed()
    phrases = [(normal(text), reason, 1.0) for text, reason in seeds]
    own = [(normal(text), reason, LABEL_WEIGHT) for text, reason in labels if _has_words(normal(text))]
    reasons = {reason for _, reason, _ in phrases}
    if len(reasons) < 2:
        raise UsageError("there is nothing to tell apart", expected="seed phrases of two reasons at least")
    texts, wanted, weight = (list(part) for part in zip(*phrases, *own, strict=True))
    y, weights = np.array(wanted), np.array(weight)
    fold = _folds(y)
    right, say = np.zeros(len(y), bool), np.zeros(len(y))
    for held in range(_FOLDS):
        test = fold == held
        if not test.any() or len(set(y[~test])) < 2:
            continue
        pieces, model = _fit([text for text, out in zip(texts, test, strict=True) if not out], y[~test], weights[~test])
        shares = _shares(model, pieces.transform([text for text, out in zip(texts, test, strict=True) if out]))
        say[test] = shares.max(axis=1)
        right[test] = model.classes_[shares.argmax(axis=1)] == y[test]
    curve = _curve(say, right)
    likely = _probability(say, curve) >= clear
    quality = Quality(
        len(phrases),
        len(own),
        float(right.mean()),
        float(likely.mean()),
        float(right[likely].mean()) if likely.any() else float("nan"),
    )
    pieces, model = _fit(texts, y, weights)
    return Reader(pieces, model, curve, {text: reason for text, reason, _ in own}, clear, quality)


def normal(text: str) -> str:
    """A text as it is compared: lower case, no accents, every number the same, no masks in brackets."""
    bare = re.sub(r"\[[\w-]+\]", " ", text.casefold())
    flat = "".join(sign for sign in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"\d+", "0", flat).split())


def _has_words(text: str) -> bool:
    return sum(sign.isalpha() for sign in text) >= 4


def _fit(texts: list[str], reasons: npt.NDArray[Any], weights: Array) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    return pieces, LinearSVC(C=1.0, random_state=0).fit(pieces.fit_transform(texts), reasons, sample_weight=weights)


def _shares(model: Any, pieces: Any) -> Array:
    """What each reason has of the say about each text: distances from the planes, as shares of one."""
    distance: Array = model.decision_function(pieces)
    if distance.ndim == 1:
        distance = np.column_stack([-distance, distance])
    raised = np.exp(_STEEP * (distance - distance.max(axis=1, keepdims=True)))
    found: Array = raised / raised.sum(axis=1, keepdims=True)
    return found


def _folds(reasons: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """A fold for each phrase: those of a reason dealt out in turn."""
    fold = np.zeros(len(reasons), np.int64)
    for reason in np.unique(reasons):
        index = np.flatnonzero(reasons == reason)
        fold[index] = np.arange(len(index)) % _FOLDS
    return fold


def _curve(say: Array, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and height of the logistic curve from the classifier's say to the chance that it is right."""
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=100.0).fit(_odds(say)[:, None], right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _probability(say: Array, curve: tuple[float, float]) -> Array:
    slope, height = curve
    found: Array = 1.0 / (1.0 + np.exp(-(slope * _odds(say) + height)))
    return found


def _odds(say: Array) -> Array:
    inside = np.clip(say, 1e-6, 1 - 1e-6)
    found: Array = np.log(inside / (1 - inside))
    return found
