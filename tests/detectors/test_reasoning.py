"""What detectors take from a shop's own history, beyond what their pages show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from profithunt.detectors import FOLDER, read_detector
from profithunt.detectors.cases import AS_OF, attach, read_case
from profithunt.engine import Engine
from profithunt.opportunities import Hunt, Settings, hunt


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def found(engine: Engine, folder: Path, name: str, **tables: str) -> Hunt:
    """The finds of a detector in tables that are written as in a case."""
    page = folder / "case.md"
    blocks = "\n\n".join(f"`{table}`\n\n{_page(rows)}" for table, rows in tables.items())
    page.write_text(f"# Case\n\n## Input\n\n{blocks}\n\n## Found\n", "utf-8")
    attach(engine, read_case(page))
    result = hunt(engine, [read_detector(FOLDER / f"{name}.sql")], Settings(as_of=AS_OF))
    assert not result.failed
    assert not result.sleeping
    return result


def _page(rows: str) -> str:
    head, *rest = (f"| {line.strip()} |" for line in rows.strip().splitlines())
    return "\n".join([head, "| --- " * (head.count("|") - 1) + "|", *rest])


PRICES = """
checked_at | sku | competitor | price
-5 | HIT | One | 50
"""
SOLD_LATELY = """
order_id | line_no | sku | quantity | unit_price
N001..N060 | 1 | HIT | 1 | 40
"""


@pytest.mark.parametrize(("before", "expected"), [(190, True), (20, False)])
def test_a_price_that_lost_units_before_is_not_raised_again(
    engine: Engine, tmp_path: Path, before: int, expected: bool
):
    """At 50 the SKU sold as much as at 40 (190 in 264 days), or nearly nothing (20): the category stood still."""
    ledger = f"""
    order_id | sku | ordered_on | list_sales | cogs
    N001..N060 | HIT | -79..-0 | 40 | -30
    P001..P{before:03d} | HIT | -363..-100 | 50 | -30
    Q001..Q800 | REST | -363..-0 | 40 | -30
    R001..R009 | S1..S9 | -79..-0 | 40 | -30
    """
    result = found(
        engine, tmp_path, "underpriced_mover", competitor_prices=PRICES, order_lines=SOLD_LATELY, ledger=ledger
    )
    assert [item.entity["sku"] for item in result] == (["HIT"] if expected else [])


def test_a_price_cut_for_a_time_is_left_to_needless_markdown(engine: Engine, tmp_path: Path):
    result = found(
        engine,
        tmp_path,
        "underpriced_mover",
        competitor_prices=PRICES,
        order_lines=SOLD_LATELY,
        ledger="order_id | sku | ordered_on | list_sales | cogs\nN001..N060 | HIT | -79..-0 | 40 | -30",
        price_changes="sku | changed_at | price | kind\nHIT | -80 | 40 | markdown",
    )
    assert not result.opportunities


def test_a_delivery_step_is_held_against_its_own_past_where_it_rose(engine: Engine, tmp_path: Path):
    """One device only: nothing beside it to compare with, but a tenth left before and four in ten since."""
    days = [(-84 + 7 * week, 10 if week < 6 else 40) for week in range(12)]
    steps, bought = [], []
    for week, (day, leaving) in enumerate(days):
        first = 100 * week + 1
        steps.append(f"s{first:04d}..s{first + 99:04d} | {day} | checkout_step | delivery")
        bought.append(f"s{first:04d}..s{first + 99 - leaving:04d} | {day} | purchase | ")
    result = found(
        engine,
        tmp_path,
        "delivery_step_drop",
        ledger="order_id | ordered_on | list_sales | cogs\nA001..A160 | -159..-0 | 40 | -20",
        sessions="session_id | started_at | device\ns0001..s1200 | -10 | mobile",
        events="session_id | occurred_at | kind | step\n" + "\n".join(steps + bought),
    )
    (item,) = result
    assert item.evidence["facts"]["share_that_left_before"] == pytest.approx(0.1)
    assert item.evidence["rate"] == pytest.approx(0.4, abs=0.01)


def test_weeks_without_a_sale_count_for_a_slow_seller(engine: Engine, tmp_path: Path):
    """One unit every other week at full price as at half price: the markdown brings nothing and costs 15 a unit."""
    rows = [
        f"SLOW | -{14 * number} | 30 | {-15 if number < 12 else 0} | -10 | {'true' if number < 12 else 'false'}"
        for number in range(24)
    ]
    others = [f"REST | -{7 * number} | 300 | 0 | -100 | false" for number in range(50)]
    result = found(
        engine,
        tmp_path,
        "needless_markdown",
        ledger="sku | ordered_on | list_sales | markdown | cogs | discounted\n" + "\n".join(rows + others),
    )
    (item,) = result
    assert item.entity == {"sku": "SLOW"}
    assert item.evidence["facts"]["weeks_discounted"] >= 20
    assert item.value == pytest.approx(30, rel=0.25)  # two units in 28 days


def test_a_threshold_of_the_shop_is_read_from_its_orders(engine: Engine, tmp_path: Path):
    names = [(f"{letter}001..{letter}060", 9 + 7 * number) for number, letter in enumerate("ABCDEFGHIJ")]
    charged = [(orders, goods, 5 if goods < 19 else 0) for orders, goods in names]
    result = found(
        engine,
        tmp_path,
        "threshold_mis_set",
        ledger="order_id | ordered_on | list_sales | shipping_income | cogs\n"
        + "\n".join(f"{orders} | -55..-0 | {goods} | {fee} | -5" for orders, goods, fee in charged),
        orders="order_id | shipping_charged\n" + "\n".join(f"{orders} | {fee}" for orders, _, fee in charged),
        order_lines="order_id | line_no | sku | quantity | unit_price\n"
        + "\n".join(f"{orders} | 1 | S | 1 | {goods}" for orders, goods, _ in charged),
    )
    (item,) = result
    facts = item.evidence["facts"]
    assert 16 < facts["threshold_today"] <= 23
    assert facts["threshold_today"] < facts["threshold_to_test"] <= facts["median_order"]
