"""A retailer's own detectors: the files of a new one, and whether one finds in its case what its page says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from profithunt.api.hunting import detectors_of, own_files
from profithunt.config import ShopConfig
from profithunt.detectors import read_detector
from profithunt.detectors.cases import AS_OF, attach, read_case
from profithunt.detectors.definition import OWN_NUMBER
from profithunt.engine import Engine
from profithunt.errors import NotFound, UsageError
from profithunt.opportunities import Settings, hunt

FOLDER: Final = "detectors"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS: Final = ("value", "p10", "p90")
_NEAR: Final = 0.02


@dataclass(frozen=True)
class NewDetector:
    """The files of a new detector."""

    name: str
    sql: Path
    case: Path

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {"name": self.name, "sql": str(self.sql), "case": str(self.case)}


@dataclass(frozen=True)
class CaseResult:
    """What a detector found in its case beside what its page expects; `differs` in words, empty where all is right."""

    name: str
    found: tuple[dict[str, Any], ...]
    differs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {"name": self.name, "found": list(self.found), "differs": list(self.differs)}


def new_detector(config: ShopConfig, name: str) -> NewDetector:
    """Write `detectors/<name>.sql`, which hunts as it is, and its case. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a detector can't be called {name!r}", expected="words in snake_case, the leak and not the cure",
            do="for example: profithunt new-detector refunded_too_often",
        )  # fmt: skip
    folder = config.folder / FOLDER
    made = NewDetector(name, folder / f"{name}.sql", folder / f"{name}.md")
    if made.sql.exists() or made.case.exists():
        raise UsageError("the detector is there already", where=str(made.sql), do="choose another name, or edit it")
    known = detectors_of(config)[0]
    if any(detector.name == name for detector in known):
        raise UsageError(f"there is a detector {name!r} already", do="choose another name")
    number = max((detector.number for detector in known if detector.number >= OWN_NUMBER), default=OWN_NUMBER) + 1
    title = name.replace("_", " ")
    values = {"name": name, "number": str(number), "title": title[:1].upper() + title[1:]}
    folder.mkdir(exist_ok=True)
    for path, source in ((made.sql, "detector.sql"), (made.case, "detector.md")):
        text = (files("profithunt.detectors") / "scaffold" / source).read_text("utf-8")
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        path.write_text(text, "utf-8")
    return made


def check_detector(config: ShopConfig, name: str) -> CaseResult:
    """Hunt in the case of one of the retailer's own detectors. Raises NotFound, ModelError."""
    path = next((path for path in own_files(config) if path.stem == name), None)
    if path is None:
        known = ", ".join(item.stem for item in own_files(config)) or "none"
        raise NotFound(f"there is no detector of your own called {name!r}", do=f"there are: {known}")
    detector = read_detector(path)
    page = path.with_suffix(".md")
    if not page.exists():
        raise NotFound("the detector has no case", where=str(page), do="write one, as profithunt new-detector makes it")
    case = read_case(page)
    with Engine(threads=1) as engine:
        attach(engine, case)
        result = hunt(engine, [detector], Settings(as_of=AS_OF, thresholds={name: case.thresholds}))
    differs = [item.reason for item in result.failed] + [f"it sleeps: needs {item.wakes}" for item in result.sleeping]
    got = {tuple(item.entity[key] for key in detector.entity): item for item in result}
    expected = {tuple(row.get(key, "") for key in detector.entity): row for row in case.found}
    if not differs:
        differs += [f"{' '.join(key)} is not found" for key in sorted(set(expected) - set(got))]
        differs += [f"{' '.join(key)} is found, and not expected" for key in sorted(set(got) - set(expected))]
        differs += [
            f"{' '.join(key)}: {field} is {getattr(got[key], field):.2f}, expected {row[field]}"
            for key, row in sorted(expected.items())
            for field in _FIELDS
            if key in got and field in row and not _near(getattr(got[key], field), float(row[field]))
        ]
    found = tuple({**item.entity, **{field: getattr(item, field) for field in _FIELDS}} for item in result)
    return CaseResult(name, found, tuple(differs))


def _near(value: float, expected: float) -> bool:
    return abs(value - expected) <= _NEAR * max(abs(expected), 1.0)
