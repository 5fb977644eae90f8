"""The report of a real run: what it says is what the API says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import Shop, fmt, reports
from profithunt.engine import Engine
from profithunt.reports.gathered import SPREAD_BY
from profithunt.reports.page import render
from profithunt.sources.propose import propose

"""One worker for all of them: they share one run."""

EXPORTS = Path(__file__).parents[2] / "examples" / "exports"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Shop:
    """The example shop, mapped by `init`, after a run."""
    folder = tmp_path_factory.mktemp("example")
    with Engine() as engine:
        propose(EXPORTS, engine).write(folder)
    shop = Shop.open(folder)
    shop.run()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def report(shop):
    return reports.gather(shop)


def test_the_waterfall_is_the_ledgers(shop, report):
    assert [(step.name, step.amount) for step in report.steps] == [
        (step.name, step.amount) for step in shop.waterfall()
    ]
    assert report.step("cm3") == shop.reconcile().total


def test_months_add_up_and_the_running_one_is_marked(shop, report):
    assert sum(month.cm3 for month in report.months) == report.step("cm3")
    assert sum(month.n_orders for month in report.months) == report.n_orders == len(shop.orders)
    assert all(month.complete for month in report.months)


def test_both_tails_are_the_ends_of_the_ranking(shop, report):
    for group, rows, key in (
        (report.customers, shop.customers.dicts(), "customer_id"),
        (report.skus, shop.skus.dicts(), "sku"),
    ):
        ranked = sorted(rows, key=lambda row: (-row["cm3"], row[key]))
        ids = [row[key] for row in ranked]
        assert [member.id for member in group.best] == ids[: len(group.best)]
        assert [member.id for member in group.worst] == ids[::-1][: len(group.worst)]
        assert not {member.id for member in group.best} & {member.id for member in group.worst}
        assert group.n == len(rows)
        assert group.n_losing == sum(row["cm3"] < 0 for row in rows)
        assert group.lost == sum((row["cm3"] for row in rows if row["cm3"] < 0), Decimal(0))


def test_the_whale_curve_ends_at_the_customers_total(shop, report):
    whale = shop.whale()
    assert report.whale.points[0] == (0.0, 0.0)
    assert report.whale.points[-1] == (1.0, pytest.approx(float(whale.total)))
    assert max(amount for _, amount in report.whale.points) <= float(whale.peak) + 0.005


def test_spreads_name_worst_orders(shop, report):
    whole, by = report.spreads
    assert [row.label for row in whole.rows] == ["Order", "Customer", "SKU"]
    assert whole.rows[0].n == report.n_orders
    assert by.head.lower() in SPREAD_BY
    for row in by.rows:
        assert row.p10 <= row.p50 <= row.p90
        assert row.orders
        assert set(row.orders) <= {order["order_id"] for order in shop.orders.dicts()}


def test_opportunities_are_those_of_the_run_with_their_reason(shop, report):
    hunted = shop.hunt()
    assert report.n_opportunities == len(hunted) > 0
    assert [item.id for item in report.opportunities] == [item.id for item in hunted][:10]
    assert all(item.why for item in report.opportunities)
    assert {item.name for item in report.opportunities if "sku" in item.entity} - {""}


def test_the_page_says_the_figures_of_the_api(shop, report):
    page = render(report)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for step in shop.waterfall():
        if step.amount:
            assert fmt.money(step.amount) in text
    for row in shop.profit(by="sku").dicts():
        if row["member"] in {member.id for member in (*report.skus.best, *report.skus.worst)}:
            assert fmt.money(row["cm3"]) in text
    for item in shop.hunt()[:10]:
        assert fmt.money_range(item.p10, item.p90) in text
    for item in shop.reconcile().slices:
        assert fmt.money_exact(item.total) in text
    assert len(page.encode()) <= 120_000


def test_it_says_what_rests_on_assumptions(shop, report):
    assert sum(basis.net_sales for basis in report.bases) == sum(row["net_sales"] for row in shop.cost_sources())
    assert sum(basis.share for basis in report.bases) == pytest.approx(1)
    assumed = [basis for basis in report.bases if basis.assumed]
    assert bool(report.cases) == bool(assumed)


def test_writing_replaces_the_page_whole(report, tmp_path):
    path = tmp_path / "deep" / "report.html"
    reports.write(report, path)
    first = path.read_bytes()
    assert reports.write(report, path).read_bytes() == first
    assert list(path.parent.iterdir()) == [path]
