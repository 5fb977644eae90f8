"""A simulated shop: every table is there, holds together, follows its laws, and is the same for the same seed."""

from __future__ import annotations

import pytest

from profithunt.errors import UsageError
from profithunt.schema import TABLES
from profithunt.simulate import simulate
from profithunt.simulate.laws import laws
from profithunt.simulate.world import FLOWS, check_order


def test_every_canonical_table_has_rows_with_its_keys_once_and_what_it_refers_to(easy):
    with easy.engine() as engine:
        for name, table in TABLES.items():
            assert engine.value(f"SELECT COUNT(*) FROM {name}") > 0, name
            if table.key:
                keys = ", ".join(f'"{key}"' for key in table.key)
                doubled = engine.rows(f"SELECT {keys} FROM {name} GROUP BY {keys} HAVING COUNT(*) > 1 LIMIT 1")
                assert not doubled, (name, doubled)
            for column in table.columns.values():
                quoted = f'"{column.name}"'
                if column.required:
                    assert not engine.value(f"SELECT COUNT(*) FROM {name} WHERE {quoted} IS NULL"), (name, column.name)
                if column.references:
                    other, key = column.references.split(".")
                    orphans = engine.value(
                        f"SELECT COUNT(*) FROM {name} AS t WHERE t.{quoted} IS NOT NULL"
                        f" AND NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.{key} = t.{quoted})"
                    )
                    assert not orphans, (name, column.name, orphans)


def test_times_and_amounts_are_possible(easy):
    with easy.engine() as engine:
        for impossible in (
            "shipments WHERE delivered_at < dispatched_at",
            "shipments AS s JOIN orders AS o USING (order_id) WHERE s.dispatched_at < o.ordered_at",
            "returns AS r JOIN orders AS o USING (order_id) WHERE r.returned_at < o.ordered_at",
            "order_lines WHERE quantity <= 0 OR unit_price <= 0 OR discount > quantity * unit_price",
            "order_lines WHERE cancelled_quantity > quantity",
            "stock WHERE on_hand < 0",
            "sessions AS s JOIN orders AS o USING (session_id) WHERE s.started_at > o.ordered_at",
            "returns AS r JOIN order_lines AS l USING (order_id, line_no) WHERE r.quantity > l.quantity OR r.sku <> l.sku",
        ):
            assert engine.value(f"SELECT COUNT(*) FROM {impossible}") == 0, impossible


def test_touches_spend_sessions_and_events_tell_one_story(easy):
    with easy.engine() as engine:
        clicks = engine.rows(
            """SELECT channel, COUNT(*), SUM(cost) FROM touches
               WHERE kind = 'click' AND channel IN (SELECT channel FROM ad_spend) GROUP BY 1 ORDER BY 1"""
        )
        spend = engine.rows("SELECT channel, SUM(clicks), SUM(cost) FROM ad_spend GROUP BY 1 ORDER BY 1")
        assert [(a, int(b), c) for a, b, c in clicks] == [(a, int(b), c) for a, b, c in spend]
        assert engine.value("SELECT MAX(conversions_claimed) FROM ad_spend") > 0
        bought = engine.value(
            """SELECT COUNT(*) FROM (
                 SELECT session_id, sku FROM events WHERE kind = 'purchase'
                 EXCEPT SELECT o.session_id, l.sku FROM orders AS o JOIN order_lines AS l USING (order_id)) AS odd"""
        )
        assert bought == 0
        unseen = engine.value(
            """SELECT COUNT(*) FROM orders WHERE session_id IS NOT NULL
               AND ordered_at > (SELECT MIN(started_at) FROM sessions) + INTERVAL 1 DAY
               AND session_id NOT IN (SELECT session_id FROM sessions)"""
        )
        assert unseen == 0


def test_returns_come_by_category_and_after_some_days(sound):
    with sound.engine() as engine:
        rows = engine.rows(
            """SELECT p.category, COUNT(r.return_id) / COUNT(*)::DOUBLE, COUNT(*)
               FROM order_lines AS l JOIN orders AS o USING (order_id) JOIN products AS p USING (sku)
               LEFT JOIN returns AS r ON r.order_id = l.order_id AND r.line_no = l.line_no
               WHERE l.cancelled_quantity = 0 AND o.ordered_at < (SELECT MAX(ordered_at) FROM orders) - INTERVAL 60 DAY
               GROUP BY 1"""
        )
        columns, cells = laws().tables["categories"]
        at = list(columns).index("returned")
        declared = {str(row[1]): float(str(row[at])) for row in cells}
        for category, found, n in rows:
            # Styles and customers differ around the category's rate, so the tolerance is wider than chance alone.
            assert found == pytest.approx(declared[category], abs=0.035 + 2 * (0.2 / n) ** 0.5), category
        lag = engine.value(
            """SELECT MEDIAN(DATE_DIFF('day', o.ordered_at, r.returned_at)) FROM returns AS r JOIN orders AS o USING (order_id)
               WHERE o.channel <> 'store'"""
        )
        assert 10 <= lag <= 22


def test_customers_drop_out_and_few_buy_much(sound):
    with sound.engine() as engine:
        once, top, mean = engine.rows(
            """WITH n AS (SELECT customer_id, COUNT(*) AS n FROM orders WHERE customer_id IS NOT NULL GROUP BY 1),
                    r AS (SELECT n, PERCENT_RANK() OVER (ORDER BY n DESC) AS place FROM n)
               SELECT AVG((n = 1)::INT), SUM(CASE WHEN place <= 0.2 THEN n END) / SUM(n)::DOUBLE, AVG(n) FROM r"""
        )[0]
    assert 0.2 < once < 0.6
    assert 0.4 < top < 0.8
    assert 2 < mean < 6


def test_the_year_has_seasons(sound):
    with sound.engine() as engine:
        by_month = dict(
            engine.rows("SELECT MONTH(ordered_at), COUNT(*) FROM orders WHERE YEAR(ordered_at) = 2024 GROUP BY 1")
        )
        coats = dict(
            engine.rows(
                """SELECT MONTH(o.ordered_at), AVG((p.category = 'coats')::INT) FROM orders AS o
                   JOIN order_lines AS l USING (order_id) JOIN products AS p USING (sku) GROUP BY 1"""
            )
        )
    assert by_month[11] + by_month[12] > 1.3 * (by_month[2] + by_month[8])
    assert coats[11] > 2 * coats[6]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(make):
    size = {"customers": 500, "months": 6, "problems": "hard"}
    one, again, other = make("one", **size), make("again", **size), make(**{**size, "seed": 6})
    assert one.hashes() == again.hashes()
    changed = {name for name, value in one.hashes().items() if other.hashes()[name] != value}
    assert {"orders.parquet", "order_lines.parquet", "products.parquet", "truth/truth.json"} <= changed


def test_flows_are_made_in_the_order_that_they_need():
    order = check_order()
    assert sorted(order) == sorted(FLOWS)
    assert [name for name in FLOWS if name in order] == list(FLOWS)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ({"customers": 10, "months": 12}, "customers"),
        ({"customers": 1000, "months": 2}, "months"),
        ({"customers": 1000, "months": 12, "seed": -1}, "seed"),
    ],
)
def test_sizes_that_make_no_world_are_refused(tmp_path, size, said):
    with pytest.raises(UsageError, match=said):
        simulate(tmp_path / "shop", **size)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        simulate(tmp_path, customers=500, months=6)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
