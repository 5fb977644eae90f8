"""An engine to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from profithunt.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(threads=2, memory_limit="1GB") as opened:
        yield opened
