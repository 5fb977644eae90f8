"""Why a figure changed: parts add up exactly, and the search finds what was planted and nothing where nothing was."""

from decimal import Decimal

import numpy as np
from hypothesis import given, strategies as st

from profithunt.api.why import search
from profithunt.engine import Engine
from profithunt.metrics.change import Sums, split
from profithunt.metrics.change_rows import part_of

amounts = st.decimals("-1000", "1000", places=4)
weights = st.decimals("0", "1000", places=2)
periods = st.dictionaries(
    st.sampled_from("abcde"), st.builds(Sums, amounts, weights, st.integers(0, 50)), min_size=1, max_size=5
)


@given(before=periods, after=periods, is_rate=st.booleans())
def test_the_parts_add_up_to_the_change_exactly(
    before: dict[str, Sums], after: dict[str, Sums], *, is_rate: bool
) -> None:
    found = split("d", before, after, is_rate=is_rate)
    if found is None:
        assert is_rate
        assert not all(sum(one.bottom or 0 for one in side.values()) for side in (before, after))
        return
    assert sum((part.total for part in found.parts), Decimal(0)) == found.change
    assert found.sum_of("size") + found.sum_of("mix") + found.sum_of("rate") == found.change
    if not is_rate:
        assert found.change == sum(one.top for one in after.values()) - sum(one.top for one in before.values())


def test_mix_is_told_from_rate() -> None:
    """Both channels got better, the whole got worse: more came through the worse one."""
    before = {"web": Sums(Decimal(90), Decimal(900), 900), "app": Sums(Decimal(5), Decimal(100), 100)}
    after = {"web": Sums(Decimal(11), Decimal(100), 100), "app": Sums(Decimal(54), Decimal(900), 900)}
    found = split("channel", before, after, is_rate=True)
    assert found is not None
    assert found.change < 0 < found.sum_of("rate")
    assert found.sum_of("mix") < 0


def test_a_row_has_its_part_of_sums_and_counts() -> None:
    text = part_of("SUM(a) - COUNT_IF(NOT b) + COUNT(*) + COUNT(c)").sql("duckdb")
    assert "SUM" not in text
    assert "COUNT" not in text


def _world(seed: int, *, planted: bool) -> tuple[Engine, list[str], tuple[float, float]]:
    draw, n = np.random.default_rng(seed), 30_000
    columns = {
        f"d{at}": np.array([f"m{k}" for k in range(size)], dtype=object)[draw.integers(0, size, n)]
        for at, size in enumerate((3, 4, 6, 8))
    }
    later = draw.integers(0, 2, n)
    chance = np.full(n, 0.1)
    if planted:
        chance[(columns["d1"] == "m2") & (columns["d2"] == "m3") & (later == 1)] += 0.3
        chance[(columns["d3"] == "m5") & (later == 1)] += 0.12
    y = (draw.random(n) < chance).astype(float)
    engine = Engine()
    engine.attach_arrays("why_facts", {**columns, "later": later.astype(np.int32), "y": y, "x": np.ones(n)})
    return engine, list(columns), (float(y[later == 0].mean()), float(y[later == 1].mean()))


def test_exactly_the_planted_slices_are_found() -> None:
    engine, dimensions, rates = _world(1, planted=True)
    with engine:
        found = search(engine, dimensions, rates)
    assert sorted(map(str, (members for _, members in found))) == ["{'d1': 'm2', 'd2': 'm3'}", "{'d3': 'm5'}"]
    for one, _ in found:
        assert one.low < {1: 0.12, 2: 0.3}[len(one.attributes)] < one.high


def test_nothing_is_found_where_nothing_is() -> None:
    n_found = 0
    for seed in range(10, 16):
        engine, dimensions, rates = _world(seed, planted=False)
        with engine:
            n_found += len(search(engine, dimensions, rates))
    assert n_found <= 1


def test_an_amount_that_fell_is_traced_to_where_it_fell() -> None:
    draw, n = np.random.default_rng(3), 20_000
    channel = np.array(["web", "app", "store"], dtype=object)[draw.integers(0, 3, n)]
    later = draw.integers(0, 2, n)
    kept = ~((channel == "app") & (later == 1) & (draw.random(n) < 0.4))
    arrays = {
        "channel": channel[kept],
        "other": np.array(["a", "b"], dtype=object)[draw.integers(0, 2, n)][kept],
        "later": later[kept].astype(np.int32),
        "y": np.ones(int(kept.sum())),
        "x": np.ones(int(kept.sum())),
    }
    with Engine() as engine:
        engine.attach_arrays("why_facts", arrays)
        ((found, members),) = search(engine, ["channel", "other"], float(later[kept].mean()))
    assert members == {"channel": "app"}
    assert abs(found.effect + 0.4) < 0.05
