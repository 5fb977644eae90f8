"""The simulated retailer: a shop of any size with every canonical table, and the truth about what is wrong in it.

`simulate()` writes one; `laws.toml` says what all worlds have in common, `problems.toml` what can be planted,
`models/` how it happens, in SQL. The world is changed (prices, delays, stock, clicks), never what a detector reads.
"""

from profithunt.simulate.simulate import Simulated, simulate
from profithunt.simulate.size import LEAST_CUSTOMERS, LEAST_MONTHS, MOST_CUSTOMERS, MOST_MONTHS, Problems, Size
from profithunt.simulate.truth import FILE as TRUTH_FILE, FOLDER as TRUTH_FOLDER

__all__ = [
    "LEAST_CUSTOMERS",
    "LEAST_MONTHS",
    "MOST_CUSTOMERS",
    "MOST_MONTHS",
    "TRUTH_FILE",
    "TRUTH_FOLDER",
    "Problems",
    "Simulated",
    "Size",
    "simulate",
]
