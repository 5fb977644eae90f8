"""One thread for linear algebra while many small products are worked out.

The library behind NumPy and SciPy gives every product to all cores. Here there are thousands of small ones, whose
threads mostly wait for each other: on a busy machine that took twenty times as long. Where the library is not the one
that NumPy's own packages bring, nothing is changed.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import scipy

_NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads64_")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within it, linear algebra uses one thread; afterwards as many as before."""
    before = [get() for get, _ in _libraries()]
    for _, put in _libraries():
        put(1)
    try:
        yield
    finally:
        for (_, put), count in zip(_libraries(), before, strict=True):
            put(count)


@cache
def _libraries() -> tuple[tuple[Callable[[], int], Callable[[int], None]], ...]:
    """How to ask for and set the number of threads of each library that NumPy and SciPy brought."""
    found = []
    for package in (np, scipy):
        home = Path(str(package.__file__)).parent
        for path in sorted([*home.parent.glob(f"{home.name}.libs/*openblas*"), *home.glob(".dylibs/*openblas*")]):
            with contextlib.suppress(OSError):
                library = ctypes.CDLL(str(path))
                for name in _NAMES:
                    get, put = (getattr(library, name.format(verb), None) for verb in ("get", "set"))
                    if get is not None and put is not None:
                        found.append((get, put))
                        break
    return tuple(found)
