"""What the README and the guides show is what happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.guides import Block, blocks_of, stands_in

GUIDES = [
    path
    for path in [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    if any(block.mark == "run" for block in blocks_of(path))
]


def test_the_readme_shows_something_that_runs():
    assert REPOSITORY / "README.md" in GUIDES


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_guide_runs_as_written(guide: Path, tmp_path: Path):
    shutil.copytree(REPOSITORY / "examples" / "exports", tmp_path / "examples" / "exports")
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    printed = ""
    for block in blocks_of(guide):
        where = f"{guide.name}, line {block.line}"
        if block.mark == "file":
            path = tmp_path / block.word
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.mark == "run":
            printed = _run(block, tmp_path, environment, where)
        else:
            missing = [line for line in block.text.splitlines() if line.strip() and not stands_in(line, printed)]
            assert not missing, f"{where}: not printed: {missing}\nprinted was:\n{printed}"


def _run(block: Block, folder: Path, environment: dict[str, str], where: str) -> str:
    command = ["bash", "-euo", "pipefail", "-c"] if block.language == "sh" else [sys.executable, "-W", "error", "-c"]
    done = subprocess.run(
        [*command, block.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    expected = int(block.word.removeprefix("exit ")) if block.word else 0
    assert done.returncode == expected, f"{where}: ended with {done.returncode}, not {expected}:\n{done.stdout}"
    return done.stdout
