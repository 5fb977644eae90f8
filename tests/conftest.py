"""What all tests share: where the repository is, and the made-up shop of `examples/`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

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


SHARED = ("tests/cli", "tests/engines", "tests/privacy", "tests/reports", "tests/web")
"""Folders whose files share what is dear to make: a finished shop, a Spark session."""


class _ByWhatIsShared(LoadScopeScheduling):
    """Tests of a file run on one worker, those of a shared folder too, so that what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        folder = file.rsplit("/", maxsplit=1)[0]
        return folder if folder in SHARED else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How tests are handed to workers."""
    return _ByWhatIsShared(config, log)
