"""The page about run.json lists what a run really writes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from profithunt import Shop
from scripts.reference.run_json import KEYS
from tests.conftest import REPOSITORY

NAMED = {"seconds", "tables", "null_share", "reasons", "components", "files", "given", "tested"}


def _keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            step = "*" if path.rsplit(".", maxsplit=1)[-1] in NAMED else name
            yield from _keys(item, f"{path}.{step}" if path else step)
        if not value and path.rsplit(".", maxsplit=1)[-1] in NAMED:
            yield f"{path}.*"
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item, f"{path}[]")
        if not value:
            yield f"{path}[]"
    else:
        yield path


def _lists(keys: Iterable[str]) -> set[str]:
    """The lists and named parts among the keys, which may be empty in a run."""
    return {key[: match.end()] for key in keys for match in re.finditer(r"\[\]|\.\*", key)}


@pytest.mark.slow
def test_every_key_of_a_run_is_documented(tmp_path: Path):
    shutil.copytree(REPOSITORY / "examples", tmp_path / "shop", ignore=shutil.ignore_patterns(".profithunt"))
    with Shop.open(tmp_path / "shop") as shop:
        written = set(_keys(shop.run().info))
    assert written - set(KEYS) - _lists(KEYS) == set()
    assert set(KEYS) - written - {key for key in KEYS if key.startswith(tuple(written & _lists(KEYS)))} == set()
