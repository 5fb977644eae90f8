"""What all tests share: where the repository is, and the made-up shop of `examples/`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

# Rich and Typer fold at the width of the terminal; tests read full lines whatever runs them.
os.environ["COLUMNS"] = "160"
os.environ["NO_COLOR"] = "1"
for _name in ("FORCE_COLOR", "PY_COLORS", "TTY_COMPATIBLE", "GITHUB_ACTIONS"):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of pyproject.toml."""
    return REPOSITORY


@pytest.fixture(scope="session")
def example_exports() -> Path:
    """A year of a made-up tea shop as CSV exports; see scripts/make_example_exports.py for what is planted in it."""
    return REPOSITORY / "examples" / "exports"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, so that what they share is made once; files may name a group of their own."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(REPOSITORY))))
