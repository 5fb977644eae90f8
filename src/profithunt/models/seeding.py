"""Random numbers that a forecast uses again for every group of customers.

Every group gets the same draws (common random numbers), spread evenly (stratified), so that a thousand of them give a
smooth range and two runs give the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from profithunt.models.maximum import Array, Fit

_SEED = 20_230_701


@dataclass(frozen=True)
class Seeds:
    """Draws, one entry each: sets of parameters, and numbers that are uniform or normal before they are used.

    `parameters` one set a row; `level` uniform, for the time of the first purchase; `exponential`; `normal`.
    """

    parameters: Array
    level: Array
    exponential: Array
    normal: Array
    random: np.random.Generator

    @classmethod
    def of(cls, fit: Fit, n: int) -> Seeds:
        """`n` draws around a fit."""
        from scipy import special

        random = np.random.default_rng(_SEED)
        even = (np.arange(n) + 0.5) / n
        return cls(
            parameters=fit.draws(n, random),
            level=random.permutation(even),
            exponential=-np.log(random.permutation(even)),
            normal=np.asarray(special.ndtri(random.permutation(even)), dtype=np.float64),
            random=random,
        )

    def again(self) -> Seeds:
        """The same draws for another group of customers."""
        return replace(self, random=np.random.default_rng(_SEED + 1))

    def gamma(self, shape: Array, scale: float = 1.0) -> Array:
        """One Gamma draw each."""
        return np.asarray(self.random.standard_gamma(shape) * scale, dtype=np.float64)

    def poisson(self, mean: Array) -> Array:
        """One Poisson draw each, for means that a computer can count."""
        return self.random.poisson(np.clip(mean, 0, 1e9)).astype(np.float64)

    def beta(self, a: Array, b: Array) -> Array:
        """One Beta draw each."""
        return np.asarray(self.random.beta(a, b), dtype=np.float64)
