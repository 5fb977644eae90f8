"""Erasing a customer: nowhere found afterwards, the ledger as before, and not taken in again by the next run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.cli.app import execute
from profithunt.errors import NotFound, UsageError
from profithunt.sources.erased import FILE, Erased
from tests.privacy.planted import ERASED, found


@pytest.fixture
def shop(planted, tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(planted, folder)
    with Shop.open(folder) as made:
        yield made


def amounts(shop: Shop) -> dict:
    return shop.profit().dicts()[0]


def test_an_erased_customer_is_in_no_byte_and_the_ledger_ties_out(shop):
    folder = shop.path.parent
    before, orders = amounts(shop), len(shop.orders)
    own = {path: path.read_bytes() for path in (folder / "exports").iterdir()}
    (folder / "outbox").mkdir()
    sent = folder / "outbox" / "list.csv"
    sent.write_text(f"customer_id,offer\n{ERASED},a\nC-10011,b\n", "utf-8")
    shop.report()
    assert found(folder, [ERASED])
    done = shop.erase(ERASED)
    assert found(folder, [ERASED], ("exports", "outbox")) == []  # C-10011 is somebody else
    assert amounts(shop) == before
    assert len(shop.orders) == orders
    assert all(item.difference == 0 for item in shop.reconcile().slices)
    mine = [row for row in shop.orders.dicts() if row["customer_id"] == done.pseudonym]
    assert {row["order_id"] for row in mine} == {"O-1", "O-3", "O-6"}
    contacts = {row["contact_id"]: row for row in shop.table("contacts").dicts()}
    assert contacts["K1"]["verbatim"] is None
    assert contacts["K1"]["customer_id"] == done.pseudonym
    assert contacts["K2"]["verbatim"] is not None
    reviews = {row["review_id"]: row for row in shop.table("reviews").dicts()}
    assert reviews["R1"]["verbatim"] is None  # names no customer, but one of their orders
    assert {row["shipment_id"]: row["postcode"] for row in shop.table("shipments").dicts()} == {
        "P-1": None,
        "P-2": "80331",
    }
    assert ERASED not in str(done.to_json())
    assert [row["record"] for row in shop.table("quarantine").dicts()] == [None]
    assert sent.read_text("utf-8") == f"customer_id,offer\n{done.pseudonym},a\nC-10011,b\n"
    assert {path: path.read_bytes() for path in (folder / "exports").iterdir()} == own
    assert "exports/customers.csv" in done.sources
    again = shop.erase(ERASED)
    assert (again.again, again.runs, again.pseudonym) == (True, (), done.pseudonym)
    with pytest.raises(NotFound, match="no customer 'C-9'"):
        shop.erase("C-9")
    with pytest.raises(UsageError):
        shop.erase(done.pseudonym)
    assert len(Erased.read(folder).hashes) == 1


@pytest.mark.slow  # another run, built whole
def test_the_next_run_drops_the_customer_again_and_gives_the_same(shop):
    folder = shop.path.parent
    before = amounts(shop)
    done = shop.erase(ERASED)
    served = {row["customer_id"]: row["cm3"] for row in shop.customers.dicts()}
    shop.run()
    assert found(folder, [ERASED]) == []
    assert amounts(shop) == before
    assert {row["customer_id"]: row["cm3"] for row in shop.customers.dicts()} == served
    assert done.pseudonym in served
    assert [row for row in shop.table("quarantine").dicts() if row["record"] and "K4" in row["record"]] == []
    assert ERASED not in (folder / FILE).read_text("utf-8")


def test_a_short_id_goes_where_it_is_a_customers_and_nowhere_else(shop):
    before = amounts(shop)
    done = shop.erase("17")
    assert {row["order_id"] for row in shop.orders.dicts()} == {"O-1", "O-2", "O-3", "17", "O-5", "O-6"}
    assert {row["sku"] for row in shop.skus.dicts()} == {"S1", "S2", "17"}
    assert {row["customer_id"] for row in shop.customers.dicts()} == {"C-1001", "C-1002", done.pseudonym}
    members = {row["member"] for row in shop.profit(by="customer").dicts()}
    assert done.pseudonym in members
    assert "17" not in members
    assert "17" in {row["member"] for row in shop.profit(by="sku").dicts()}
    assert amounts(shop) == before


def test_decisions_and_their_audit_forget_the_customer_too(shop):
    pytest.importorskip("dbos", reason="needs the extra act")
    act = shop.act
    proposed = act.propose(
        action="write_a_letter",
        level="customer",
        entity={"customer_id": ERASED},
        params={"customers": [ERASED, "C-1002"]},
        reason=f"{ERASED} waits",
    )
    act.comment(proposed.item.id, f"I called customer {ERASED}.")
    entries = act.verify()
    done = shop.erase(ERASED)
    assert found(shop.path.parent, [ERASED]) == []
    assert done.store_rows > 0
    assert act.verify() > entries
    kept = act.show(proposed.item.id)
    assert kept.item.entity == {"customer_id": done.pseudonym}
    assert "erase" in {entry.verb for entry in act.activity()}


@pytest.mark.slow
def test_the_command_asks_and_says_what_it_leaves(shop, capfd):
    folder = shop.path.parent
    assert execute(["erase", ERASED, "--json", "--shop", str(folder)]) == 2
    assert execute(["erase", ERASED, "--yes", "--shop", str(folder)]) == 0
    said = capfd.readouterr().out
    assert "tied out to the cent" in said
    assert "exports/customers.csv" in said
    assert found(Path(folder), [ERASED]) == []
