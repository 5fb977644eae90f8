"""How many of the finds may be false: control of the false discovery rate.

Source: Benjamini and Hochberg (1995); METRICS section 6.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from profithunt.models.shrinkage import Array


def benjamini_hochberg(p_values: Array, share: float) -> npt.NDArray[np.bool_]:
    """Which tests to believe, so that at most a `share` of those believed is false on average."""
    count = len(p_values)
    if not count:
        return np.zeros(0, dtype=bool)
    order = np.argsort(p_values, kind="stable")
    passing = np.flatnonzero(p_values[order] <= share * np.arange(1, count + 1) / count)
    believed = np.zeros(count, dtype=bool)
    if passing.size:
        believed[order[: passing[-1] + 1]] = True
    return believed
