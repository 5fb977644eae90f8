"""Every detector finds in its case what its page says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from profithunt.detectors import CATALOGUE, FOLDER, read_detector
from profithunt.detectors.cases import AS_OF, attach, read_case
from profithunt.engine import Engine
from profithunt.opportunities import Settings, hunt


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


@pytest.mark.parametrize("name", CATALOGUE)
def test_case(name: str, engine: Engine):
    detector = read_detector(FOLDER / f"{name}.sql")
    case = read_case(FOLDER / f"{name}.md")
    attach(engine, case)
    found = hunt(engine, [detector], Settings(as_of=AS_OF, thresholds={name: case.thresholds}))
    assert not found.failed
    assert not found.sleeping
    got = {tuple(item.entity[key] for key in detector.entity): item for item in found}
    expected = {tuple(row[key] for key in detector.entity): row for row in case.found}
    assert set(got) == set(expected)
    for entity, row in expected.items():
        for field in ("value", "p10", "p90"):
            assert getattr(got[entity], field) == pytest.approx(float(row[field]), rel=0.02, abs=0.02)


def test_every_detector_has_a_case_with_a_title_and_prose():
    for name in CATALOGUE:
        case = read_case(FOLDER / f"{name}.md")
        assert case.tables
        assert case.title
