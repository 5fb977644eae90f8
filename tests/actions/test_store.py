"""The store: migrations, the audit that nobody changes, opportunities that stay the same from run to run."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from profithunt.actions import desk, reading
from profithunt.actions.store import Store, audit, people, queue, url_of
from profithunt.actions.store.database import HEAD, migrations
from profithunt.actions.store.tables import sightings
from profithunt.errors import DataError, Forbidden, NotFound, RunError, Stopped, UsageError
from tests.actions.queues import NOW, OWNER, SETTINGS, add, approve, fill, opportunity, rules, state, who

LATER = NOW + dt.timedelta(days=1)


def test_migrations_make_what_the_tables_say(store):
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migrations()
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_two_openers_at_once_and_a_newer_store(url):
    Store.open(url).close()
    again = Store.open(url)
    with again.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RunError, match="newer profithunt"):
        Store.open(url)
    again.close()


def test_a_store_that_does_not_answer_is_told_without_its_password():
    with pytest.raises(RunError) as caught:
        Store.open("postgresql+psycopg://someone:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_where_the_store_is(tmp_path, monkeypatch):
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    assert url_of(tmp_path, None) == f"sqlite:///{tmp_path}/.profithunt/app.db"
    assert url_of(tmp_path, "postgresql://db/x") == "postgresql+psycopg://db/x"
    assert url_of(tmp_path, "sqlite:///own.db") == f"sqlite:///{tmp_path}/own.db"
    monkeypatch.setenv("DB", "postgres://db/y")
    assert url_of(tmp_path, "env:DB") == "postgresql+psycopg://db/y"
    with pytest.raises(UsageError, match="NONE is not set"):
        url_of(tmp_path, "env:NONE")
    with pytest.raises(UsageError, match="no store"):
        url_of(tmp_path, "mysql://x")
    monkeypatch.setenv("PROFITHUNT_STORE_URL", "postgresql://first/z")
    assert url_of(tmp_path, "postgresql://db/x") == "postgresql+psycopg://first/z"


def test_the_audit_refuses_every_change(store):
    fill(store, opportunity())
    with store.reading() as connection:
        assert audit.verify(connection) == 3
    for statement in ("UPDATE audit SET verb = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), store.writing() as connection:
            connection.execute(sa.text(statement))


def test_an_audit_that_was_forged_below_the_database_is_found(file):
    fill(file, opportunity())
    with file.writing() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_no_update"))
        connection.execute(sa.text("UPDATE audit SET \"by\" = 'nobody' WHERE seq = 2"))
    with file.reading() as connection, pytest.raises(DataError, match="entry 2"):
        audit.verify(connection)


def test_an_audit_that_lost_its_end_is_found(file):
    fill(file, opportunity())
    with file.writing() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_no_delete"))
        connection.execute(sa.text("DELETE FROM audit WHERE seq = 3"))
    with file.reading() as connection, pytest.raises(DataError, match="ends at entry 2"):
        audit.verify(connection)


def test_what_a_later_run_finds_again_is_the_same_with_its_history(store):
    one, two, three = opportunity(1), opportunity(2), opportunity(3)
    fill(store, one, two)
    approve(store, two)
    taken = fill(store, opportunity(1, value=999.5), three, run="r2", at=LATER)
    assert (taken.new, taken.again, taken.expired) == (1, 1, 0)
    with store.reading() as connection:
        row = queue.row_of(connection, one.id)
        assert (row.value, row.times_found, row.first_run, row.last_run) == (Decimal("999.5"), 2, "r1", "r2")
        runs = connection.execute(sa.select(sightings.c.run, sightings.c.value).order_by(sightings.c.found_at)).all()
        assert ("r1", Decimal(280)) in runs
        assert ("r2", Decimal("999.5")) in runs
        assert not queue.row_of(connection, two.id).found
    assert state(store, two) == "approved"


def test_what_no_run_finds_any_more_expires_unless_its_detector_slept_and_opens_again(store):
    fill(store, opportunity(1), opportunity(2, code="SKU12"))
    taken = fill(store, run="r2", at=LATER, silent=("SKU12",))
    assert taken.expired == 1
    assert state(store, opportunity(1)) == "expired"
    assert state(store, opportunity(2)) == "detected"
    taken = fill(store, opportunity(1), opportunity(2), run="r3", at=LATER + dt.timedelta(days=1))
    assert taken.reopened == 1
    with store.reading() as connection:
        row = queue.row_of(connection, opportunity(1).id)
        assert (row.state, row.cycle, row.found) == ("detected", 2, True)
        verbs = [entry.verb for entry in audit.read(connection, subject=row.id)]
    assert verbs == ["detect", "expire", "reopen"]


def test_what_was_rejected_stays_rejected_when_found_again(store):
    item = opportunity()
    fill(store, item)
    with store.writing() as connection:
        desk.reject(connection, rules(), OWNER, item.id, "we like it")
    fill(store, item, run="r2", at=LATER)
    assert state(store, item) == "rejected"


def test_snoozed_is_back_when_its_time_has_come(store):
    item = opportunity()
    fill(store, item)
    with store.writing() as connection:
        desk.snooze(connection, rules(), OWNER, item.id, LATER)
    with store.writing() as connection:
        assert queue.wake(connection, NOW) == 0
    with store.writing() as connection:
        assert queue.wake(connection, LATER) == 1
    assert state(store, item) == "triaged"
    with store.writing() as connection, pytest.raises(UsageError, match="which is over"):
        desk.snooze(connection, rules(), OWNER, item.id, NOW)


def test_looking_through_the_queue(store):
    fill(
        store,
        opportunity(1, {"keyword": "100%_wool"}, value=10),
        opportunity(2, {"sku": "A-1"}, level="sku", value=90),
        opportunity(3, {"sku": "B\\2"}, level="sku", value=50),
    )
    with store.reading() as connection:
        assert [item.entity for item in reading.listed(connection, level="sku")] == [{"sku": "A-1"}, {"sku": "B\\2"}]
        assert [item.entity for item in reading.listed(connection, q="100%_WOOL keyword")] == [{"keyword": "100%_wool"}]
        assert [item.entity for item in reading.listed(connection, q="b\\2")] == [{"sku": "B\\2"}]
        assert not reading.listed(connection, q="1000")
        page = reading.listed(connection, state="open", limit=1, offset=1)
        assert (len(page), page.total, page.value) == (1, 3, Decimal(150))
        assert reading.listed(connection, state="approved").total == 0
        with pytest.raises(UsageError, match="no state"):
            reading.listed(connection, state="wrong")
        with pytest.raises(NotFound, match="several"):
            queue.row_of(connection, "0000")
        assert reading.detail(connection, rules(), opportunity(2).id).item.title == "Unprofitable keyword"


def test_people_and_what_they_may(store):
    fill(store, opportunity())
    ann = add(store, "ann", "manager")
    assert "approve" in ann.may
    assert "manage" not in ann.may
    with store.writing() as connection, pytest.raises(Forbidden, match="may not manage"):
        people.put(connection, SETTINGS, ann, "eve", role="owner", at=NOW)
    with store.writing() as connection, pytest.raises(UsageError, match="no role"):
        people.put(connection, SETTINGS, OWNER, "eve", role="king", at=NOW)
    with store.writing() as connection, pytest.raises(UsageError, match="keys"):
        people.put(connection, SETTINGS, OWNER, "owner", role="viewer", at=NOW)
    with store.writing() as connection:
        people.put(connection, SETTINGS, OWNER, "ann", role="manager", active=False, at=NOW)
    with pytest.raises(Forbidden, match="no longer active"):
        who(store, "ann")
    with pytest.raises(NotFound, match="nobody is known"):
        who(store, "zed")


def test_tokens_are_kept_as_hashes_and_end(store):
    fill(store, opportunity())
    ann = add(store, "ann", "analyst")

    def issue(by, owner, *scopes):
        with store.writing() as connection:
            return people.issue(connection, by, owner=owner, label="x", scopes=scopes, expires_at=LATER, at=NOW)

    token = issue(ann, ann, "see", "comment")
    with store.reading() as connection:
        assert people.bearer(connection, token.secret, NOW).owner == "ann"
        assert people.bearer(connection, token.secret, LATER) is None
        assert people.bearer(connection, token.secret + "x", NOW) is None
        assert token.secret not in str(connection.execute(sa.text("SELECT * FROM tokens")).all())
    with pytest.raises(Forbidden, match="may not approve"):
        issue(ann, ann, "approve")
    with pytest.raises(Forbidden, match="may not manage"):
        issue(ann, OWNER, "see")
    with store.writing() as connection:
        people.revoke(connection, ann, token.id, NOW)
    with store.reading() as connection:
        assert people.bearer(connection, token.secret, NOW) is None


def test_comments_and_assignments_are_on_the_record(store):
    item = opportunity()
    fill(store, item)
    ann = add(store, "ann", "analyst")
    with store.writing() as connection:
        desk.comment(connection, rules(), ann, item.id, " look here ")
        desk.assign(connection, rules(), OWNER, item.id, "ann")
    with store.reading() as connection:
        found = reading.detail(connection, rules(), item.id)
    assert [each["text"] for each in found.comments] == ["look here"]
    assert found.item.assignee == "ann"
    assert [entry.verb for entry in found.activity] == ["detect", "comment", "assign"]
    with store.writing() as connection, pytest.raises(NotFound):
        desk.assign(connection, rules(), OWNER, item.id, "zed")


def test_nothing_is_left_of_a_decision_that_was_refused(store):
    item = opportunity(reversible=False)
    fill(store, item)
    bob = add(store, "bob", "analyst")
    with pytest.raises(Forbidden):
        approve(store, item, bob)
    assert state(store, item) == "detected"
    with store.writing() as connection, pytest.raises(UsageError, match="empty"):
        desk.reject(connection, rules(), OWNER, item.id, "  ")
    with store.reading() as connection:
        assert audit.verify(connection) == 4
    with store.writing() as connection:
        desk.reject(connection, rules(), OWNER, item.id, "no")
    with store.writing() as connection, pytest.raises(Stopped, match="it is rejected"):
        desk.triage(connection, rules(), OWNER, item.id)
