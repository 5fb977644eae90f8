"""A planted shop with a finished run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from profithunt import Shop
from tests.privacy.planted import plant


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with personal data in what customers wrote, run once; not to be changed."""
    folder = plant(tmp_path_factory.mktemp("privacy") / "shop")
    with Shop.open(folder) as shop:
        shop.run()
        if find_spec("sklearn") is not None:
            shop.listening.report()  # what it keeps is searched, too
    return folder
