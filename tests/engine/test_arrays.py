"""NumPy arrays out of the engine and into it: types, nulls, streams larger than a batch."""

from __future__ import annotations

import numpy as np
import pytest

from profithunt.engine import Engine
from profithunt.errors import EngineError

_ROWS = """
SELECT * FROM (VALUES
    (1::INTEGER, 5::BIGINT, 1.5::DECIMAL(18, 4), 0.25::DOUBLE, 'a', TRUE, DATE '2024-02-29', TIMESTAMP '2024-02-29 10:00:00', 3::HUGEINT),
    (2, 6, {n}, {n}, {n}, {n}, {n}, {n}, {n}),
    (3, 7, -2.25, 'nan', 'c', FALSE, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59', 4)
) AS given(small, large, money, ratio, name, yes, day, moment, huge)
"""


@pytest.fixture
def gaps(engine: Engine) -> dict[str, np.ndarray]:
    return engine.arrays(_ROWS.replace("{n}", "NULL"))


def test_each_type_has_its_array(gaps: dict[str, np.ndarray]):
    assert {name: str(column.dtype) for name, column in gaps.items()} == {
        "small": "int32",
        "large": "int64",
        "money": "float64",
        "ratio": "float64",
        "name": "object",
        "yes": "bool",
        "day": "datetime64[D]",
        "moment": "datetime64[us]",
        "huge": "float64",
    }
    assert gaps["money"][2] == -2.25
    assert gaps["day"][2] == np.datetime64("1969-12-31")
    assert list(gaps["name"][[0, 2]]) == ["a", "c"]


def test_nulls_are_masked_and_only_nulls(gaps: dict[str, np.ndarray]):
    assert type(gaps["small"]) is np.ndarray
    for name in ("money", "ratio", "name", "yes", "day", "moment", "huge"):
        assert list(np.ma.getmaskarray(gaps[name])) == [False, True, False]
    assert np.isnan(gaps["ratio"].data[2])


def test_a_mask_that_hides_nothing_is_taken_off(engine: Engine):
    column = engine.arrays("SELECT CASE WHEN i >= 0 THEN i END AS i FROM range(5000) AS t(i)")["i"]
    assert type(column) is np.ndarray


def test_no_rows_keep_their_types(engine: Engine):
    columns = engine.arrays(f"{_ROWS.replace('{n}', 'NULL')} WHERE FALSE")
    assert {str(column.dtype) for column in columns.values()} >= {"int32", "float64", "object", "datetime64[D]"}
    assert all(len(column) == 0 for column in columns.values())


def test_values_are_bound(engine: Engine):
    assert engine.arrays("SELECT i FROM range(5) AS t(i) WHERE i > $1", [2])["i"].tolist() == [3, 4]


@pytest.mark.parametrize("rows", [1, 100_000, 123_457, 700_000])
def test_batches_hold_every_row_once_in_order(engine: Engine, rows: int):
    n = 3 if rows == 1 else 500_000
    statement = f"SELECT i, CASE WHEN i % 7 > 0 THEN i / 2 END AS half FROM range({n}) AS t(i)"
    found = list(engine.array_batches(statement, rows=rows))
    assert {len(batch["i"]) for batch in found[:-1]} <= {rows}
    assert np.array_equal(np.concatenate([batch["i"] for batch in found]), np.arange(n))
    half = np.ma.concatenate([batch["half"] for batch in found])
    assert np.ma.count_masked(half) == len(range(0, n, 7))
    assert half[n - 1] == (n - 1) / 2


def test_batches_leave_nothing_behind_also_when_the_reader_stops(engine: Engine):
    stream = engine.array_batches("SELECT i FROM range(10) AS t(i)", rows=4)
    assert next(stream)["i"].tolist() == [0, 1, 2, 3]
    assert engine.value("SELECT 1") == 1
    assert next(stream)["i"].tolist() == [4, 5, 6, 7]
    stream.close()
    assert engine.rows("SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%batches%'") == []
    assert list(engine.array_batches("SELECT 1 AS one WHERE FALSE")) == []


def test_batches_of_more_than_the_engine_may_keep_in_memory():
    with Engine(memory_limit="100MB", threads=2) as small:
        total = sum(
            int(batch["i"].sum()) + int(batch["j"].sum() * 0)
            for batch in small.array_batches("SELECT i, i * 1.5 AS j, hash(i) AS k FROM range(8000000) AS t(i)")
        )
    assert total == 8_000_000 * 7_999_999 // 2


def test_arrays_come_back_as_they_were(engine: Engine, gaps: dict[str, np.ndarray]):
    gaps["ratio"] = np.ma.masked_array([0.25, 0.0, 7.0], mask=[False, True, False])
    engine.attach_arrays("again", gaps)
    assert engine.columns("again") == {
        "small": "INTEGER",
        "large": "BIGINT",
        "money": "DOUBLE",
        "ratio": "DOUBLE",
        "name": "VARCHAR",
        "yes": "BOOLEAN",
        "day": "DATE",
        "moment": "TIMESTAMP",
        "huge": "DOUBLE",
    }
    again = engine.arrays("SELECT * FROM again")
    for name, column in gaps.items():
        assert np.array_equal(np.ma.getmaskarray(again[name]), np.ma.getmaskarray(column)), name
        assert np.ma.allequal(again[name], column), name


def test_what_is_not_a_number_is_null(engine: Engine):
    engine.attach_arrays("figures", {"x": np.array([1.0, np.nan, np.inf])})
    assert engine.rows("SELECT x IS NULL FROM figures") == [(False,), (True,), (False,)]


def test_text_stays_text_wherever_it_begins(engine: Engine):
    late = np.array([None] * 5000 + ["z"], dtype=object)
    engine.attach_arrays(
        "late", {"late": late, "none": np.full(5001, None, dtype=object), 'odd "name"': np.full(5001, "ab")}
    )
    assert set(engine.columns("late").values()) == {"VARCHAR"}
    assert engine.rows('SELECT late, none, "odd ""name""" FROM late WHERE late IS NOT NULL') == [("z", None, "ab")]


def test_strided_foreign_and_empty_arrays(engine: Engine):
    engine.attach_arrays("odd", {"a": np.arange(10)[::-3], "b": np.arange(4, dtype=">i8"), "c": np.zeros((4, 2))[:, 1]})
    assert engine.rows("SELECT a, b, c FROM odd ORDER BY b") == [(9, 0, 0.0), (6, 1, 0.0), (3, 2, 0.0), (0, 3, 0.0)]
    engine.attach_arrays("odd", {"a": np.array([], dtype=np.int64), "day": np.array([], dtype="datetime64[D]")})
    assert engine.columns("odd") == {"a": "BIGINT", "day": "DATE"}
    assert engine.value("SELECT COUNT(*) FROM odd") == 0


@pytest.mark.parametrize(
    "arrays",
    [{}, {"a": np.arange(2), "b": np.arange(3)}, {"a": np.zeros((2, 2))}, {"a": np.array([1 + 2j])}],
    ids=["none", "lengths", "dimensions", "complex"],
)
def test_what_is_no_table_says_so_and_leaves_the_engine_usable(engine: Engine, arrays: dict[str, np.ndarray]):
    with pytest.raises(EngineError):
        engine.attach_arrays("wrong", arrays)
    assert not engine.has("wrong")
    engine.attach_arrays("fine", {"a": np.arange(2)})
    assert engine.value("SELECT SUM(a)::INTEGER FROM fine") == 1
    with pytest.raises(EngineError, match="nowhere"):
        list(engine.array_batches("SELECT * FROM nowhere"))
    with pytest.raises(EngineError, match="nowhere"):
        engine.arrays("SELECT * FROM nowhere")
