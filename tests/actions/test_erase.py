"""A customer goes out of every table of the store, on both databases; the audit holds again and refuses as before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from profithunt.actions import desk
from profithunt.actions.store import audit
from profithunt.actions.store.erase import erase
from profithunt.actions.store.tables import opportunities, touched
from profithunt.sources.erased import Erased
from profithunt.sources.forgetting import Forgetting
from tests.actions.queues import NOW, OWNER, fill, opportunity, rules

ME = "C-1042"


@pytest.fixture
def forgetting() -> Forgetting:
    return Forgetting(Erased("salt", {}).with_customer(ME, dt.date(2026, 3, 2)), ME)


def named(store) -> dict[str, int]:
    """Rows by table that name the customer."""
    found = {}
    with store.reading() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            texts = [sa.func.lower(sa.cast(item, sa.Text)).contains(ME.lower()) for item in table.columns]
            rows = connection.execute(sa.select(sa.func.count()).select_from(table).where(sa.or_(*texts))).scalar()
            found |= {name: rows} if rows else {}
    return found


def test_a_customer_is_in_no_row_and_the_chain_holds(store, forgetting):
    fill(store, opportunity(1, {"customer_id": ME}, level="customer"), opportunity(2))
    other = opportunity(2).id
    with store.writing() as connection:
        desk.comment(connection, rules(), OWNER, other, f"Called {ME}, and C-10421 too.")
        desk.set_params(connection, rules(), OWNER, other, {"customers": [ME, "C-7"], "note": f"({ME})"})
    assert {"opportunities", "comments", "audit"} <= set(named(store))
    with store.reading() as connection:
        before = audit.verify(connection)
    changed = erase(store, ME, forgetting.in_json, "owner", forgetting.pseudonym, NOW)
    assert changed >= 4
    assert named(store) == {"comments": 1, "audit": 1}  # C-10421, who is somebody else
    with store.reading() as connection:
        assert audit.verify(connection) == before + 1
        row = connection.execute(sa.select(opportunities).where(opportunities.c.id == other)).one()
        last = audit.read(connection)[-1]
    assert row.params == {"customers": [forgetting.pseudonym, "C-7"], "note": f"({forgetting.pseudonym})"}
    assert (last.verb, last.subject, last.by) == ("erase", forgetting.pseudonym, "owner")
    assert len(last.data["chain_before"]) == 64
    for statement in ("UPDATE audit SET verb = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), store.writing() as connection:
            connection.execute(sa.text(statement))


def test_a_store_that_never_named_the_customer_is_left_alone(store, forgetting):
    fill(store, opportunity())
    with store.reading() as connection:
        before = audit.verify(connection)
    assert erase(store, ME, forgetting.in_json, "owner", forgetting.pseudonym, NOW) == 0
    with store.reading() as connection:
        assert audit.verify(connection) == before


def test_nothing_is_left_in_the_file_itself(file, forgetting):
    fill(file, opportunity(1, {"customer_id": ME}, level="customer"))
    assert touched.name in sa.inspect(file.engine).get_table_names()
    erase(file, ME, forgetting.in_json, "owner", forgetting.pseudonym, NOW)
    path = Path(str(file.engine.url.database))
    for one in (path, path.with_name(f"{path.name}-wal")):
        assert not one.exists() or ME.encode() not in one.read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("17 parcels at 17.00", "17 parcels at 17.00"),
        ('{"sku": "17", "customer_id": "17"}', '{"sku": "17", "customer_id": "{me}"}'),
        ("customer 17 waits", "customer {me} waits"),
        ("customer 170 waits", "customer 170 waits"),
    ],
)
def test_a_short_id_is_replaced_only_where_it_is_a_customers(before, after):
    short = Forgetting(Erased("salt", {}), "17")
    assert short.in_text(before) == after.replace("{me}", short.pseudonym)
