"""Money is claimed once: the net total holds, whatever overlaps; two actions on one thing are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profithunt.engine import Engine, values_query
from profithunt.opportunities import Hunt, Opportunity
from profithunt.opportunities.conflicts import conflicts
from profithunt.opportunities.opportunity import identify
from profithunt.opportunities.overlap import Claim, claims

DAY = dt.date(2024, 12, 1)
SINCE, UNTIL = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
LEDGER = {"entry": "text", "order_id": "text", "sku": "text", "customer_id": "text", "keyword": "text",
          "ordered_on": "date", "list_sales": "money"}  # fmt: skip
SKUS, CUSTOMERS, REGIONS = ("s1", "s2", "s3"), ("c1", "c2"), ("north", "south")
CATEGORY = {"s1": "tea", "s2": "tea", "s3": "cups"}
REGION = {"c1": "north", "c2": "south"}

Line = tuple[str, str, int]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def _opportunity(entity: dict[str, str], value: float, name: str = "leak", **given: object) -> Opportunity:
    base = Opportunity(
        id=identify(name, entity), detector=1, code="X1", name=name, level="sku", entity=entity, value=value, p10=0.0,
        p90=value, confidence=0.9, window_days=28, rank=1, action="act", reversible=True, owner="crm",
    )  # fmt: skip
    return replace(base, **given)


def _attach(engine: Engine, lines: list[Line]) -> None:
    rows = [("line", f"o{at}", sku, customer, None, DAY, sales) for at, (sku, customer, sales) in enumerate(lines)]
    engine.table("ledger", values_query(LEDGER, rows))
    engine.table("products", values_query({"sku": "text", "category": "text"}, list(CATEGORY.items())))
    orders = [(f"o{at}", REGION[customer]) for at, (_, customer, _) in enumerate(lines)]
    engine.table("orders", values_query({"order_id": "text", "region": "text"}, orders))


def _found(engine: Engine, items: list[Opportunity]) -> tuple[Hunt, dict[str, Claim]]:
    ranked = [item.ranked(place) for place, item in enumerate(items, 1)]
    found = claims(engine, ranked, SINCE, UNTIL)
    net = [
        replace(item, net_value=found[item.id].net, shared_with=found[item.id].shared)
        for item in ranked
        if item.id in found
    ]
    return Hunt(tuple(net)), found


def _covers(item: Opportunity, line: Line) -> bool:
    sku, customer, _ = line
    known = {"sku": sku, "customer_id": customer, "category": CATEGORY[sku], "region": REGION[customer]}
    return all(known.get(key) == value for key, value in item.entity.items())


def _by_hand(items: list[Opportunity], lines: list[Line]) -> float:
    """The largest claim on each line; what covers no line counts once for each entity."""
    total = 0.0
    weight = {item.id: sum(line[2] for line in lines if _covers(item, line)) for item in items}
    for line in lines:
        claimed = [item.value * line[2] / weight[item.id] for item in items if _covers(item, line)]
        total += max(claimed, default=0.0)
    elsewhere: dict[tuple[tuple[str, str], ...], float] = {}
    for item in items:
        if not weight[item.id]:
            key = tuple(sorted(item.entity.items()))
            elsewhere[key] = max(elsewhere.get(key, 0.0), item.value)
    return total + sum(elsewhere.values())


entities = st.one_of(
    st.builds(lambda sku: {"sku": sku}, st.sampled_from(SKUS)),
    st.builds(lambda customer: {"customer_id": customer}, st.sampled_from(CUSTOMERS)),
    st.builds(lambda a, b: {"customer_id": a, "sku": b}, st.sampled_from(CUSTOMERS), st.sampled_from(SKUS)),
    st.builds(lambda region: {"region": region}, st.sampled_from(REGIONS)),
    st.builds(lambda category: {"category": category}, st.sampled_from(("tea", "cups", "none"))),
    st.builds(lambda term: {"search_term": term}, st.sampled_from(("kettle", "mug"))),
)
lines_of = st.lists(
    st.tuples(st.sampled_from(SKUS), st.sampled_from(CUSTOMERS), st.integers(1, 50)), min_size=0, max_size=12
)
leaks = st.lists(st.tuples(entities, st.integers(1, 500), st.sampled_from(("one", "two"))), min_size=1, max_size=7)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=lines_of, wished=leaks)
def test_each_line_counts_once(engine: Engine, lines: list[Line], wished: list[tuple[dict[str, str], int, str]]):
    items = list({item.id: item for item in (_opportunity(e, float(v), name) for e, v, name in wished)}.values())
    _attach(engine, lines)
    hunt, found = _found(engine, items)
    assert hunt.total <= hunt.claimed + 0.005
    assert hunt.total == pytest.approx(_by_hand(items, lines), abs=0.01 * len(items) + 0.001)
    for item in items:
        assert 0 <= found[item.id].net <= item.value
        for part in found[item.id].shared:
            back = {other.id: other.value for other in found[part.id].shared}
            assert back[item.id] == pytest.approx(part.value)
            assert part.value <= item.value + 0.005
    if not any(claim.shared for claim in found.values()):
        assert hunt.total == pytest.approx(hunt.claimed)


def test_a_sku_and_a_customer_share_the_lines_of_both(engine: Engine):
    _attach(engine, [("s1", "c1", 10), ("s1", "c2", 30), ("s2", "c1", 30)])
    sku, customer = _opportunity({"sku": "s1"}, 100.0), _opportunity({"customer_id": "c1"}, 80.0)
    hunt, found = _found(engine, [sku, customer])
    # A quarter of the SKU's sales is the customer's, and a quarter of the customer's is the SKU's: 25 against 20.
    assert [(part.id, part.value) for part in found[sku.id].shared] == [(customer.id, 20.0)]
    assert (found[sku.id].net, found[customer.id].net) == (100.0, 60.0)
    assert hunt.total == 160.0


def test_what_is_not_counted_claims_nothing(engine: Engine):
    _attach(engine, [("s1", "c1", 10)])
    data = _opportunity({"sku": "s1"}, 500.0, counted=False)
    leak = _opportunity({"sku": "s1"}, 100.0, "other")
    hunt, found = _found(engine, [leak, data])
    assert data.id not in found
    assert hunt.total == 100.0
    assert not found[leak.id].shared


def test_of_two_actions_on_one_thing_the_better_ranked_executes():
    first = _opportunity({"sku": "s1"}, 90.0, "one")
    second = _opportunity({"sku": "s1", "customer_id": "c1"}, 80.0, "two")
    third = _opportunity({"customer_id": "c1"}, 70.0, "three")
    alone = _opportunity({"sku": "s2"}, 60.0, "four")
    found = conflicts([first, second, third, alone])
    assert [(item.id, item.executes) for item in found[second.id]] == [(first.id, True), (third.id, True)]
    assert [item.executes for item in found[first.id]] == [False]
    assert replace(third, conflicts=found[third.id]).executes
    assert not replace(second, conflicts=found[second.id]).executes
    assert found[first.id][0].on == {"sku": "s1"}
    assert alone.id not in found
