"""Execution that survives: two who race, processes that die, systems that refuse or do not answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from profithunt.actions import execution, reading
from profithunt.actions.adapters.protocol import Plan
from profithunt.actions.store import audit, queue
from profithunt.actions.store.tables import actions
from profithunt.errors import DeliveryError, ProfithuntError, RunError, Stopped, UsageError
from tests.actions.queues import NOW, OWNER, Shelf, add, approve, fill, hands, opportunity, state


@pytest.fixture(scope="module")
def workflow() -> Iterator[Any]:
    """The workflow, loaded when a test needs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from profithunt.actions import workflow as found
    return found


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; gives what each gave, or its error of the tree."""
    gate = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def one(place: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[place] = work()
        except ProfithuntError as error:
            found[place] = error

    threads = [threading.Thread(target=one, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def execution_of(store, action):
    with store.reading() as connection:
        return reading.execution(execution.row_of(connection, action))


def test_two_approvers_at_once_decide_once(store):
    item = opportunity()
    fill(store, item)
    ann = add(store, "ann", "manager")
    found = together(lambda: approve(store, item, ann), lambda: approve(store, item))
    assert sum(each == [] for each in found) == 1
    assert sum(isinstance(each, Stopped) for each in found) == 1
    with store.reading() as connection:
        assert [entry.verb for entry in audit.read(connection)].count("approve") == 1
        audit.verify(connection)


def test_two_workers_at_once_execute_once(store, workflow):
    items = [opportunity(number) for number in range(1, 4)]
    fill(store, *items)
    shelf = Shelf()
    made = hands(store, shelf)

    def work(item):
        action = execution.claim(made, OWNER, item.id)
        return action, workflow.carry_out(action)

    with workflow.running(made):
        for item in items:
            found = together(*[lambda item=item: work(item)] * 4)
            assert len(set(found)) == 1
            assert found[0][1] == "sent"
            assert state(store, item) == "measuring"
    assert shelf.calls == len(items)
    with store.reading() as connection:
        assert len(connection.execute(actions.select()).all()) == len(items)


def test_two_who_undo_at_once_undo_once_and_exactly(store, workflow):
    item = opportunity()
    fill(store, item)
    shelf = Shelf({"k1": "enabled, bid 0.37"})
    made = hands(store, shelf)
    with workflow.running(made):
        workflow.carry_out(execution.claim(made, OWNER, item.id))
        assert shelf.values == {"k1": "paused"}
        together(*[lambda: workflow.take_back(execution.begin_undo(made, OWNER, item.id, "no"))] * 3)
    assert shelf.values == {"k1": "enabled, bid 0.37"}
    assert shelf.calls == 2
    assert state(store, item) == "rolled_back"
    with pytest.raises(Stopped, match="nothing was done"):
        execution.begin_undo(made, OWNER, item.id, "again")


def test_a_dry_run_is_what_is_sent(file, workflow):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    made = hands(file, shelf)
    plan = execution.dry_run(made, OWNER, item.id)
    assert shelf.calls == 0
    assert state(file, item) == "detected"
    with pytest.raises(Stopped, match="no longer the one"):
        execution.claim(made, OWNER, item.id, digest="0" * 64)
    with workflow.running(made):
        action = execution.claim(made, OWNER, item.id, digest=plan.digest)
        workflow.carry_out(action)
    done = execution_of(file, action)
    assert Plan.from_json(done.plan) == plan
    assert done.digest == plan.digest


def test_a_system_that_refuses_fails_the_action_and_it_can_be_done_anew(file, workflow):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    shelf.failing = [DeliveryError("no such keyword", retry=False)]
    made = hands(file, shelf)
    with workflow.running(made):
        first = execution.claim(made, OWNER, item.id)
        assert workflow.carry_out(first) == "failed"
        assert "no such keyword" in execution_of(file, first).error
        assert state(file, item) == "approved"
        second = execution.claim(made, OWNER, item.id)
        assert second != first
        assert workflow.carry_out(second) == "sent"
    assert shelf.seen == [second]


def test_a_system_that_does_not_answer_is_asked_again_under_the_same_key(file, workflow, monkeypatch):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    shelf.failing = [DeliveryError("no answer") for _ in range(workflow.TRIES)]
    made = hands(file, shelf)
    with workflow.running(made):
        action = execution.claim(made, OWNER, item.id)
        assert workflow.carry_out(action) == "stalled"
        assert state(file, item) == "approved"
        assert execution.claim(made, OWNER, item.id) == action
        assert workflow.unfinished(file) == [(action, False)]
        assert workflow.carry_out(action) == "sent"
    assert shelf.seen == [action]
    assert shelf.calls == workflow.TRIES + 1


def test_an_undo_that_is_refused_leaves_things_as_they_are(file, workflow):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    made = hands(file, shelf)
    with workflow.running(made):
        workflow.carry_out(execution.claim(made, OWNER, item.id))
        shelf.failing = [DeliveryError("locked", retry=False)]
        action = execution.begin_undo(made, OWNER, item.id, "no")
        assert workflow.take_back(action) == "failed"
        assert (execution_of(file, action).state, state(file, item)) == ("confirmed", "measuring")
        assert workflow.take_back(execution.begin_undo(made, OWNER, item.id, "no")) == "sent"
    assert state(file, item) == "rolled_back"


def test_what_can_not_be_undone_says_so(file, workflow):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    shelf.reversible = False
    made = hands(file, shelf)
    with workflow.running(made):
        workflow.carry_out(execution.claim(made, OWNER, item.id))
    with pytest.raises(Stopped, match="can't be undone"):
        execution.begin_undo(made, OWNER, item.id, "no")


def test_a_file_that_waits_for_its_import_is_confirmed_by_hand(file, workflow):
    item = opportunity()
    fill(file, item)
    shelf = Shelf()
    shelf.confirms = None
    made = hands(file, shelf)
    with workflow.running(made):
        action = execution.claim(made, OWNER, item.id)
        workflow.carry_out(action)
    assert state(file, item) == "executed"
    execution.confirm_by_hand(made, OWNER, action)
    assert state(file, item) == "measuring"
    with pytest.raises(Stopped, match="nothing to confirm"):
        execution.confirm_by_hand(made, OWNER, action)


def test_a_plan_that_can_not_be_made_fails_the_action(file, workflow):
    item = opportunity()
    fill(file, item)

    class Strict(Shelf):
        def plan(self, action, context):
            raise UsageError(f"a price is needed for {action.id} of {context.folder}")

    made = hands(file, Strict())
    with workflow.running(made):
        action = execution.claim(made, OWNER, item.id)
        assert workflow.carry_out(action) == "failed"
    assert "a price is needed for" in execution_of(file, action).error


def test_of_several_customers_some_are_held_out(file):
    item = opportunity(1, {"keyword": "k1"})
    fill(file, item)
    made = hands(file, Shelf())
    with file.writing() as connection:
        from profithunt.actions import desk
        from tests.actions.queues import rules

        desk.set_params(connection, rules(), OWNER, item.id, {"customers": [f"C{number}" for number in range(500)]})
    action = execution.claim(made, OWNER, item.id)
    with file.reading() as connection:
        held = execution.row_of(connection, action).action["holdout"]
    assert 25 <= len(held) <= 80


def test_a_process_serves_one_shop_at_a_time(file, tmp_path, workflow):
    from profithunt.actions.store import Store

    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    with (
        workflow.running(hands(file, Shelf())),
        pytest.raises(RunError, match="another shop"),
        workflow.running(hands(other, Shelf())),
    ):
        pass
    other.close()


def test_what_a_dead_process_left_is_finished_by_the_next(file, workflow):
    from profithunt.actions.store.tables import workers

    item = opportunity()
    fill(file, item)
    made = hands(file, Shelf())
    action = execution.claim(made, OWNER, item.id)
    with file.writing() as connection:
        row = {"id": "gone", "host": __import__("socket").gethostname(), "pid": 2**22 - 7, "born": "1", "ended": False}
        connection.execute(workers.insert().values(**row, beat_at=NOW))
    with workflow.running(made):
        for left, _ in workflow.unfinished(file):
            workflow.carry_out(left)
    assert execution_of(file, action).state == "confirmed"
    with file.reading() as connection:
        assert queue.row_of(connection, item.id).state == "measuring"
        assert all(row.ended for row in connection.execute(workers.select()))


def _killed(points: int, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "truth.execution", str(points), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_killed_at_ten_moments_nothing_is_done_twice_or_lost():
    said = _killed(10)
    print(said)
    assert said["unfinished"] == said["without_effect"] == 0
    assert said["duplicate_effects"] == said["effects_without_action"] == 0
    assert said["effects"] == said["executed"]


@pytest.mark.slow
def test_killed_at_forty_moments_on_postgresql(postgres):
    said = _killed(40, f"postgresql+psycopg://{postgres.removeprefix('postgresql://')}")
    print(said)
    assert said["unfinished"] == said["without_effect"] == said["duplicate_effects"] == 0
    assert said["effects"] == said["executed"]
