"""Refresh the scripts and the font that the pages ship, from the npm registry that `npm` is set up to use.

`python scripts/vendor.py` takes the versions that VENDOR.toml names and checks them against their hashes; `--update`
takes the newest within the ranges below and writes VENDOR.toml anew; `--check` only compares the files that are here
with VENDOR.toml. Needs npm, but for `--check`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "src" / "profithunt" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "web" / "vendor"
MANIFEST = "VENDOR.toml"

# The interpreter comes as a module that imports three names of vega-util; vega's own bundle gives them, too.
INTERPRETER = (
    (
        "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';",
        "(function () {\nconst { ascending, isString, DisallowedObjectProperties } = vega;",
    ),
    ("export { expression as expressionInterpreter };", "vega.expressionInterpreter = expression;\n})();"),
)


@dataclass(frozen=True)
class Wanted:
    """One file of one package: where it goes and what is changed in it, as (text, replacement)."""

    package: str
    versions: str
    source: str
    file: str
    folder: Path = PAGES
    changes: tuple[tuple[str, str], ...] = ()


WANTED = (
    Wanted("htmx.org", "2", "dist/htmx.min.js", "htmx.min.js"),
    Wanted("vega", "6", "build/vega.min.js", "vega.min.js"),
    Wanted("vega-lite", "6", "build/vega-lite.min.js", "vega-lite.min.js"),
    Wanted("vega-interpreter", "2", "build/vega-interpreter.js", "vega-interpreter.js", changes=INTERPRETER),
    Wanted("@fontsource-variable/inter", "5", "files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    Wanted("axe-core", "4", "axe.min.js", "axe.min.js", folder=TESTS),
)


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """What VENDOR.toml of a folder says, by file name."""
    path = folder / MANIFEST
    entries = tomllib.loads(path.read_text("utf-8")).get("file", []) if path.exists() else []
    return {entry["file"]: entry for entry in entries}


def pack(package: str, version: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A package as npm hands it over: its package.json, and its files by path."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("this needs npm")
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(  # noqa: S603 - npm with names from the list above
            [npm, "pack", "--silent", "--json", f"{package}@{version}"],
            cwd=folder,
            capture_output=True,
            check=True,
            text=True,
        )
        listed = json.loads(told.stdout)
        name = (listed[0] if isinstance(listed, list) else next(iter(listed.values())))["filename"]
        archive = next(Path(folder).glob("*.tgz"), Path(folder) / name)
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
            files = {
                member.name.partition("/")[2]: handle.read()
                for member in tar.getmembers()
                if (handle := tar.extractfile(member)) is not None
            }
    return json.loads(files["package.json"]), files


def changed(wanted: Wanted, data: bytes) -> bytes:
    """The file as it is shipped. Stops where a text that is to be replaced isn't there."""
    text = data.decode("utf-8") if wanted.changes else ""
    for before, after in wanted.changes:
        if before not in text:
            sys.exit(f"{wanted.package}: the file no longer holds {before!r}")
        text = text.replace(before, after)
    return text.encode() if wanted.changes else data


def licence_of(files: dict[str, bytes]) -> bytes | None:
    """The licence of a package, where it brings one."""
    return next((data for name, data in sorted(files.items()) if name.upper().startswith("LICENSE")), None)


def refresh(*, update: bool) -> int:
    """Fetch every file; with `update` the newest, else those that VENDOR.toml names."""
    entries: dict[Path, list[dict[str, Any]]] = {PAGES: [], TESTS: []}
    wrong = 0
    for wanted in WANTED:
        known = read_manifest(wanted.folder).get(wanted.file)
        about, files = pack(wanted.package, wanted.versions if update or known is None else known["version"])
        data = changed(wanted, files[wanted.source])
        made = {
            "file": wanted.file,
            "package": wanted.package,
            "version": about["version"],
            "licence": about["license"],
            "source": wanted.source,
            "adapted": bool(wanted.changes),
            "sha256": digest(data),
        }
        if not update and known is not None and known["sha256"] != made["sha256"]:
            print(f"{wanted.file}: {wanted.package} {about['version']} is not what VENDOR.toml says; left alone")
            wrong = 1
            entries[wanted.folder].append(known)
            continue
        wanted.folder.mkdir(parents=True, exist_ok=True)
        (wanted.folder / wanted.file).write_bytes(data)
        licence = licence_of(files)
        if licence is not None:
            (wanted.folder / f"{wanted.file}.LICENSE").write_bytes(licence)
        entries[wanted.folder].append(made)
        print(f"{wanted.file}: {wanted.package} {about['version']}, {about['license']}, {len(data):,} bytes")
    for folder, found in entries.items():
        (folder / MANIFEST).write_text(_manifest(found), "utf-8")
    return wrong


def _manifest(entries: list[dict[str, Any]]) -> str:
    lines = ["# What is shipped here and where it is from; written by scripts/vendor.py."]
    for entry in entries:
        lines += ["", "[[file]]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"


def check() -> int:
    """Hold the files that are here against VENDOR.toml; 1 when one differs or is missing."""
    wrong = 0
    for folder in (PAGES, TESTS):
        for name, entry in read_manifest(folder).items():
            path = folder / name
            if not path.exists() or digest(path.read_bytes()) != entry["sha256"]:
                print(f"{path.relative_to(ROOT)} is not what VENDOR.toml says")
                wrong = 1
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Refresh, update or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="take the newest versions in range")
    parser.add_argument("--check", action="store_true", help="only compare files with VENDOR.toml")
    chosen = parser.parse_args(arguments)
    return check() if chosen.check else refresh(update=chosen.update)


if __name__ == "__main__":
    sys.exit(main())
