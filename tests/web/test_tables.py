"""Tables of pages: rows in memory are sorted, searched and paged as the engine does it; what is kept for pages ties out."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies as st

from profithunt import Shop
from profithunt.api import served
from profithunt.api.engines import engine_over
from profithunt.api.pages.parts import Column, State
from profithunt.api.pages.tables import Listed, held, read_table, rows_query
from profithunt.engine import Engine

COLUMNS = (Column("name", "Name", detail="what"), Column("amount", "Amount", "money"), Column("n", "N", "count"))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.one_of(st.none(), st.sampled_from(["tea", "Tea", "älter", "zoo", ""])),
            "what": st.sampled_from(["a", "b", None]),
            "amount": st.one_of(st.none(), st.decimals(-99, 99, places=4), st.floats(-9, 9).map(lambda x: round(x, 3))),
            "n": st.one_of(st.none(), st.integers(-3, 3)),
        }
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def engine():
    with Engine() as opened:
        yield opened


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    sort=st.sampled_from(["", "name", "-name", "amount", "-amount", "n", "-n"]),
    words=st.sampled_from(["", "TE", "zz"]),
    page=st.integers(1, 3),
)
def test_rows_in_memory_are_what_the_engine_gives(engine, rows, sort, words, page):
    rows = [{**row, "n": place} for place, row in enumerate(rows)] if sort in ("name", "-name") else rows
    state = State("/x", {"sort.t": sort, "q.t": words, "page.t": str(page)})
    more = {"search": ("name",), "size": 5}
    shop = SimpleNamespace(engine=engine)
    query = rows_query(COLUMNS, rows)
    here = read_table(shop, state, "t", lambda *_: held(rows, COLUMNS, "T", **more))
    there = read_table(shop, state, "t", lambda *_: Listed(query, COLUMNS, "T", **more))
    assert here.n_rows == there.n_rows
    key = sort.removeprefix("-")
    if key:
        assert [row[key] for row in here.rows] == [row[key] for row in there.rows]
    elif not words:
        assert list(here.rows) == list(there.rows)


def test_what_is_kept_for_pages_adds_up_to_the_ledger(shop_with_run):
    with Shop.open(shop_with_run) as shop:
        engine = shop.engine
        for name in ("served_sku_months", "served_sku_buyers"):
            of_customers = " AND customer_id IS NOT NULL" if name.endswith("buyers") else ""
            whole = engine.rows(
                f"SELECT COUNT(DISTINCT sku), SUM(net_sales), SUM(cm3) FROM ledger WHERE sku IS NOT NULL{of_customers}"
            )
            assert engine.rows(f"SELECT COUNT(DISTINCT sku), SUM(net_sales), SUM(cm3) FROM {name}") == whole
        assert engine.value("SELECT SUM(cm3) FROM served_customer_orders") == engine.value(
            "SELECT SUM(cm3) FROM order_profit WHERE customer_id IS NOT NULL"
        )


def test_a_run_without_it_is_read_from_its_tables(shop_with_run):
    with Shop.open(shop_with_run) as shop:
        asked = "SELECT * FROM served_sku_months ORDER BY sku, month"
        kept = shop.engine.rows(asked)
        run = shop.current.stored
        with engine_over(run, shop.config) as engine:
            assert not engine.has("served_sku_months")
            served.attach(engine, SimpleNamespace(folder=run.folder / "elsewhere"))
            assert engine.rows(asked) == kept
        assert kept
        assert all(isinstance(row[-1], (Decimal, type(None))) for row in kept)
