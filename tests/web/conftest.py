"""The shop and its pages, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the extra web")

from tests.web.shops import made, serving


@pytest.fixture(scope="session")
def shop_with_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated shop with a finished run; not to be changed but by decisions."""
    return made(tmp_path_factory.mktemp("web") / "shop")


@pytest.fixture(scope="session")
def address(shop_with_run: Path) -> Iterator[str]:
    """Where its pages are."""
    with serving(shop_with_run) as found:
        yield found
