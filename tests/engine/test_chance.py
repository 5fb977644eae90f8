"""Random numbers of models: spread as they should be, independent, and the same for the same seed and keys alone."""

from __future__ import annotations

import pytest

from profithunt.engine import Engine, compile_sql
from profithunt.errors import ModelError

ROWS = 200_000


@pytest.fixture(scope="module")
def numbers():
    with Engine() as engine:
        engine.table("numbers", f"SELECT range AS n FROM range({ROWS})")
        yield engine


def ask(engine: Engine, text: str, seed: int = 7):
    return engine.rows(compile_sql(text, values={"seed": seed}))


def test_uniform_numbers_are_uniform_and_streams_know_nothing_of_each_other(numbers):
    ((mean, variance, streams, neighbours, least, most),) = ask(
        numbers,
        """SELECT AVG(u), VAR_SAMP(u), CORR(u, w), CORR(u, v), MIN(u), MAX(u)
           FROM (SELECT X_UNIFORM('a', n) AS u, X_UNIFORM('b', n) AS w, X_UNIFORM('a', n + 1) AS v FROM numbers) AS t""",
    )
    assert mean == pytest.approx(0.5, abs=0.003)
    assert variance == pytest.approx(1 / 12, abs=0.001)
    assert abs(streams) < 0.01
    assert abs(neighbours) < 0.01
    assert 0 < least < most < 1


@pytest.mark.parametrize("pair", ["X_UNIFORM('b', n)", "X_UNIFORM('a', n + 1)", "X_UNIFORM('a', n, 1)"])
def test_pairs_fill_the_square_as_chance_would(numbers, pair):
    ((counted, variance),) = ask(
        numbers,
        f"""SELECT AVG(c), VAR_SAMP(c) FROM (
              SELECT FLOOR(X_UNIFORM('a', n) * 100) AS x, FLOOR({pair} * 100) AS y, COUNT(*) AS c
              FROM numbers GROUP BY 1, 2) AS cells""",
    )
    assert counted == pytest.approx(20)
    assert 18 < variance < 22, "counts in cells vary as Poisson counts do"


def test_normal_and_whole_numbers(numbers):
    ((mean, variance, beyond, drawn, least, most),) = ask(
        numbers,
        """SELECT AVG(z), VAR_SAMP(z), AVG(CASE WHEN z > 1.6449 THEN 1.0 ELSE 0 END), AVG(d), MIN(d), MAX(d)
           FROM (SELECT X_NORMAL('z', n, 3) AS z, X_DRAW(6, 'd', n) AS d FROM numbers) AS t""",
    )
    assert (mean, variance) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.02))
    assert beyond == pytest.approx(0.05, abs=0.003)
    assert (drawn, least, most) == (pytest.approx(2.5, abs=0.02), 0, 5)


def test_the_seed_and_the_keys_decide_alone(numbers):
    text = "SELECT SUM(X_UNIFORM('a', n)) FROM (SELECT n FROM numbers WHERE n < 100 ORDER BY {order}) AS t"
    assert ask(numbers, text.format(order="n"))[0] == pytest.approx(ask(numbers, text.format(order="-n"))[0])
    assert ask(numbers, text.format(order="n")) != ask(numbers, text.format(order="n"), seed=8)


def test_figures_do_not_move(numbers):
    ((value,),) = ask(numbers, "SELECT X_DRAW(1000000, 'stay', 12345, 6)", seed=1)
    assert value == 649721


def test_a_stream_has_a_name_and_keys():
    for wrong in ("X_UNIFORM('a')", "X_UNIFORM(n, n)", "X_UNIFORM('a', 1, 2, 3, 4)"):
        with pytest.raises(ModelError):
            compile_sql(f"SELECT {wrong} FROM numbers", values={"seed": 1})


def test_seconds_are_added_to_a_time(numbers):
    text = compile_sql("SELECT X_ADD_SECONDS(CAST('2024-02-29 23:59:59' AS TIMESTAMP), 2) AS at")
    assert str(numbers.value(text)) == "2024-03-01 00:00:01"
