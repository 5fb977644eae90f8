"""Columns of all customers in one block of memory, in the order of their folds, and the sums that regressions need.

Cross-fitting predicts each customer from models that never saw that customer. Every regression here needs only sums
over folds (columns by columns, columns by outcome), so leaving a fold out is a subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from profithunt.models.causal.basis import Array, Basis, Single, blocks

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Design:
    """`phi` customers × columns (single precision), rows in order of their folds; `folds` are the rows of each."""

    phi: Single
    folds: tuple[slice, ...]

    @property
    def n(self) -> int:
        """Customers."""
        return len(self.phi)

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.phi.shape[1])

    def parts(self) -> list[tuple[int, slice]]:
        """Blocks of rows, none of which crosses a fold: (fold, rows)."""
        return [
            (number, slice(fold.start + part.start, fold.start + part.stop))
            for number, fold in enumerate(self.folds)
            for part in blocks(fold.stop - fold.start)
        ]

    def grams(self, mask: Mask | None = None, weight: Single | None = None) -> Array:
        """Columns by columns, summed over the (chosen) rows of each fold: shape (folds, width, width)."""
        out = np.zeros((len(self.folds), self.width, self.width))
        for fold, rows in self.parts():
            phi = self.phi[rows] if mask is None else self.phi[rows][mask[rows]]
            if not len(phi):
                continue
            if weight is None:
                out[fold] += phi.T @ phi
            else:
                root = weight[rows] if mask is None else weight[rows][mask[rows]]
                weighted = phi * np.sqrt(root)[:, None]
                out[fold] += weighted.T @ weighted
        return out

    def moments(self, values: npt.NDArray[np.floating]) -> Array:
        """Columns by values (customers, or customers × several), summed over each fold: (folds, width[, several])."""
        wide = values if values.ndim == 2 else values[:, None]
        out = np.zeros((len(self.folds), self.width, wide.shape[1]))
        for fold, rows in self.parts():
            out[fold] += self.phi[rows].T @ wide[rows].astype(np.float32)
        return out if values.ndim == 2 else out[:, :, 0]

    def predict(self, beta: Array) -> Array:
        """Each customer's prediction from the coefficients of their fold; `beta` folds × width (or width alone)."""
        each = np.broadcast_to(beta, (len(self.folds), self.width)).astype(np.float32)
        out = np.empty(self.n)
        for fold, rows in self.parts():
            out[rows] = self.phi[rows] @ each[fold]
        return out


def make(basis: Basis, x: npt.NDArray[np.floating], order: npt.NDArray[np.intp], folds: int) -> Design:
    """The design of customers taken in `order`, cut into `folds` parts of equal size."""
    n = len(order)
    phi = np.empty((n, basis.width), dtype=np.float32)
    for rows in blocks(n):
        phi[rows] = basis.apply(x[order[rows]])
    edges = np.linspace(0, n, folds + 1).astype(int)
    return Design(phi, tuple(slice(int(a), int(b)) for a, b in pairwise(edges)))


def shuffled(n: int, seed: int) -> npt.NDArray[np.intp]:
    """A random order of `n` customers, the same for the same seed."""
    return np.random.default_rng(seed).permutation(n)
