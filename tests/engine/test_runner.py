"""Models become files, in order, checked, and used again when nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from profithunt.engine import Engine, Model, build_order, read_models
from profithunt.engine.runner import Earlier, Settings, build
from profithunt.errors import ModelError

SETTINGS = Settings(values={"least": 0}, lists={}, parts={})
LINES = """/* ---
what = "Lines that count."
grain = ["line_no"]
[columns]
line_no = "int | line"
amount = "money | amount"
[checks]
unique = true
totals = [{ column = "amount", equals = "SELECT SUM(amount) FROM given WHERE amount > $least" }]
--- */
SELECT line_no, amount FROM given WHERE amount > $least
"""
TOTAL = """/* ---
what = "Their sum."
grain = []
[columns]
amount = "money | amount"
--- */
SELECT SUM(amount) AS amount FROM lines
"""


@pytest.fixture
def models(tmp_path: Path) -> list[Model]:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "lines.sql").write_text(LINES, "utf-8")
    (folder / "a_total.sql").write_text(TOTAL, "utf-8")
    return build_order(read_models(folder), {"given"})


def _out(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_models_become_files_and_names(engine: Engine, tmp_path: Path, models: list[Model]):
    engine.table("given", "SELECT * FROM (VALUES (2, 2.5), (1, 1), (3, -1)) AS given(line_no, amount)")
    seen: list[tuple[str, int, int]] = []
    out = _out(tmp_path, "run")
    built = build(
        engine, models, out, settings=SETTINGS, fingerprints={"given": "1"}, report=lambda *step: seen.append(step)
    )
    assert [(item.name, item.rows, item.reused) for item in built] == [("lines", 2, False), ("a_total", 1, False)]
    assert sorted(path.name for path in out.iterdir()) == ["a_total.parquet", "lines.parquet"]
    assert float(engine.value("SELECT amount FROM a_total")) == 3.5
    assert seen[-1] == ("", 2, 2)


def test_what_has_not_changed_is_used_again(engine: Engine, tmp_path: Path, models: list[Model]):
    engine.table("given", "SELECT 1 AS line_no, 1 AS amount")
    first = _out(tmp_path, "first")
    known: dict[str, str] = {"given": "1"}
    build(engine, models, first, settings=SETTINGS, fingerprints=known)
    earlier = Earlier(first, dict(known))

    def again(name: str, fingerprint: str, settings: Settings = SETTINGS) -> list[bool]:
        out = _out(tmp_path, name)
        built = build(engine, models, out, settings=settings, fingerprints={"given": fingerprint}, earlier=earlier)
        return [item.reused for item in built]

    assert again("same", "1") == [True, True]
    assert again("other input", "2") == [False, False]
    assert again("other setting", "1", Settings(values={"least": 0.5}, lists={}, parts={})) == [False, False]


@pytest.mark.parametrize(
    ("rows", "words"),
    [("(1, 1), (1, 2)", "stands more than once")],
)
def test_a_check_that_fails_stops_the_run(engine: Engine, tmp_path: Path, models: list[Model], rows: str, words: str):
    engine.table("given", f"SELECT * FROM (VALUES {rows}) AS given(line_no, amount)")
    with pytest.raises(ModelError, match=words):
        build(engine, models, _out(tmp_path, "run"), settings=SETTINGS, fingerprints={"given": "1"})


def test_a_control_total_that_does_not_tie_out_stops_the_run(engine: Engine, tmp_path: Path, models: list[Model]):
    engine.table("given", "SELECT 1 AS line_no, 1.0 AS amount")
    (lines,) = (model for model in models if model.name == "lines")
    halved = Model(**{**lines.__dict__, "sql": lines.sql.replace("line_no, amount", "line_no, amount / 2 AS amount")})
    with pytest.raises(ModelError, match="control total"):
        build(engine, [halved], _out(tmp_path, "run"), settings=SETTINGS, fingerprints={"given": "1"})


NEEDY = """/* ---
what = "Lines with a number in their note."
grain = ["line_no"]
empty_with = ["given", "others"]
[columns]
line_no = "int | line"
amount = "money | amount"
--- */
SELECT line_no, amount FROM given WHERE CAST(note AS BIGINT) > (SELECT COUNT(*) FROM others)
"""


def test_a_model_that_is_nothing_without_its_inputs_has_no_rows_while_they_are_empty(engine: Engine, tmp_path: Path):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "lines.sql").write_text(NEEDY, "utf-8")
    models = build_order(read_models(folder), {"given", "others"})
    # Without the column `note` the statement fails: it is seen not to have run.
    engine.table("given", "SELECT 1 AS line_no, 1 AS amount WHERE FALSE")
    engine.table("others", "SELECT 1 AS line_no WHERE FALSE")
    (built,) = build(engine, models, _out(tmp_path, "a"), settings=SETTINGS, fingerprints={"given": "", "others": ""})
    assert built.rows == 0
    assert engine.columns("lines") == {"line_no": "BIGINT", "amount": "DECIMAL(18,4)"}
    engine.table("given", "SELECT 1 AS line_no, 1 AS amount, '5' AS note")
    (built,) = build(engine, models, _out(tmp_path, "b"), settings=SETTINGS, fingerprints={"given": "x", "others": ""})
    assert built.rows == 1
