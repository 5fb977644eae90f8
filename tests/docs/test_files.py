"""What no file of the repository may hold, and what some must."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import profithunt
from scripts import make_example_exports
from tests.conftest import REPOSITORY

# Registries by their hosts, or by the form of their addresses.
_REGISTRY = re.compile(
    r"\bpypi\.(?:org|io)\b|pythonhosted\.|\bnpmjs\.(?:org|com)\b|deb\.debian\.|\bconda\.anaconda\."
    r"|(?:index-url|resolved|registry)[^ ]* *[=:] *\"?https?://|https?://[^ \"]+/(?:simple|packages)/"
)
_MACHINE = re.compile(r"(?<![\w.$}])/(?:root|work|farm|Users|home/\w+)/\w")


def _texts() -> list[tuple[Path, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    files = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    texts = []
    for path in files:
        if path.is_file():
            try:
                texts.append((path.relative_to(REPOSITORY), path.read_text("utf-8")))
            except UnicodeDecodeError:
                continue  # pictures, fonts, workbooks
    return texts


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in _texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry():
    assert not _lines_with(_REGISTRY)


def test_no_file_names_a_path_of_one_machine():
    assert not _lines_with(_MACHINE)


def test_lock_files_pin_every_package_with_hashes():
    for path in sorted((REPOSITORY / "requirements").glob("*.txt")):
        pins = re.split(r"^(?=[a-z0-9])", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert pins, path.name
        assert all("==" in pin and "--hash=sha256:" in pin for pin in pins), path.name


def test_changelog_has_a_place_for_what_comes_next():
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert versions == [] or versions[0] == profithunt.__version__


def test_decision_records_are_filled():
    for path in sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md")):
        text = path.read_text("utf-8")
        for part in ("## Context", "## Decision", "## Consequences"):
            body = re.search(rf"^{part}\n+(.+?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
            assert body, f"{path.name} has no {part}"
            assert len(body[1].split()) >= 15, f"{path.name}: {part} says little"


def test_example_exports_are_what_their_script_makes():
    assert make_example_exports.main(["--check"]) == 0
