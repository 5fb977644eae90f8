"""The course of an opportunity: no state without its path, no act above a limit, everything on the record."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from profithunt.actions import desk, execution
from profithunt.actions.policies import Limits
from profithunt.actions.states import CLOSED, LIVE, OPEN, WAYS, Event, State, after, events, paths_to
from profithunt.actions.store import Store, audit, queue
from profithunt.actions.store.tables import actions, opportunities, spent
from profithunt.errors import ProfithuntError, Stopped
from tests.actions.queues import NOW, OWNER, SETTINGS, Shelf, add, fill, hands, opportunity, rules

MOST = Decimal(25)


def test_every_state_is_reached_and_only_closed_ones_open_again():
    for state in State:
        assert paths_to(state), state
    assert set(OPEN) | set(LIVE) | set(CLOSED) | {State.APPROVED} == set(State)
    assert {now for now, event in WAYS if event == Event.REOPEN} == set(CLOSED)


def test_nothing_is_executed_confirmed_or_measured_out_of_turn():
    for state, before in ((State.EXECUTED, Event.APPROVE), (State.CONFIRMED, Event.EXECUTE)):
        assert all(before in path for path in paths_to(state))
    assert all(Event.CONFIRM in path for path in paths_to(State.REALISED))


def test_a_way_that_is_not_there_says_which_are():
    with pytest.raises(Stopped, match=r"one can triage, reject, expire"):
        after("detected", "execute")
    assert events("approved") == ["execute", "withdraw", "reject"]


class Course(RuleBasedStateMachine):
    """Anybody does anything at any time; the store is held against the rules after each step."""

    items = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(f"sqlite:///{Path(self.folder.name) / 'app.db'}")
        self.now = NOW
        self.runs = 0
        self.shelf = Shelf({})

    @initialize()
    def people(self):
        fill(self.store)
        self.actors = {
            "owner": OWNER,
            "ann": add(self.store, "ann", "manager", own_limits=Limits(money_a_day=MOST)),
            "bob": add(self.store, "bob", "analyst"),
            "bot": add(
                self.store, "bot", "agent", kind="agent", level="inside_limits", own_limits=Limits(money_a_day=MOST)
            ),
            "shy": add(self.store, "shy", "agent", kind="agent", level="approval"),
        }

    who = st.sampled_from(["owner", "ann", "bob", "bot", "shy"])
    numbers = st.integers(1, 4)

    def _do(self, work):
        """Do it, or be refused with an error of the tree; a refusal leaves the record as it was."""
        with self.store.reading() as connection:
            before = audit.verify(connection)
        try:
            work()
        except ProfithuntError:
            with self.store.reading() as connection:
                assert audit.verify(connection) == before

    def _decide(self, act, who, number, *more):
        def work():
            with self.store.writing() as connection:
                act(connection, rules(self.now), self.actors[who], opportunity(number).id, *more)

        self._do(work)

    @rule(found=st.sets(numbers), values=st.lists(st.integers(10, 2000), min_size=4, max_size=4))
    def run(self, found, values):
        self.runs += 1
        items = [opportunity(number, value=float(values[number - 1]), reversible=number != 4) for number in found]
        fill(self.store, *items, run=f"r{self.runs:03}", at=self.now)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days):
        self.now += dt.timedelta(days=days)
        with self.store.writing() as connection:
            queue.wake(connection, self.now)

    @rule(who=who, number=numbers)
    def triage(self, who, number):
        self._decide(desk.triage, who, number)

    @rule(who=who, number=numbers)
    def approve(self, who, number):
        self._decide(desk.approve, who, number)

    @rule(who=who, number=numbers)
    def reject(self, who, number):
        self._decide(desk.reject, who, number, "no")

    @rule(who=who, number=numbers)
    def withdraw(self, who, number):
        self._decide(desk.withdraw, who, number, "no")

    @rule(who=who, number=numbers)
    def reopen(self, who, number):
        self._decide(desk.reopen, who, number)

    @rule(who=who, number=numbers, days=st.integers(1, 5))
    def snooze(self, who, number, days):
        self._decide(desk.snooze, who, number, self.now + dt.timedelta(days=days))

    @rule(who=who, number=numbers)
    def execute(self, who, number):
        made = hands(self.store, self.shelf, self.now)

        def claim():
            action = execution.claim(made, self.actors[who], opportunity(number).id)
            execution.prepare(made, action)
            execution.send(made, action)
            execution.settle(made, action)

        self._do(claim)

    @rule(who=who, number=numbers)
    def undo(self, who, number):
        made = hands(self.store, self.shelf, self.now)
        self._do(
            lambda: execution.undo(made, execution.begin_undo(made, self.actors[who], opportunity(number).id, "no"))
        )

    @invariant()
    def holds(self):
        with self.store.reading() as connection:
            audit.verify(connection)
            entries = audit.read(connection)
            rows = connection.execute(opportunities.select()).all()
            done = connection.execute(actions.select()).all()
            taken = connection.execute(spent.select()).all()
        course: dict[str, str] = {}
        for entry in entries:
            if entry.about != "opportunity":
                continue
            if entry.verb == "detect":
                course[entry.subject] = "detected"
            elif {"from", "to"} <= set(entry.data):
                assert course[entry.subject] == entry.data["from"]
                assert WAYS[State(entry.data["from"]), Event(entry.verb)] == entry.data["to"]
                course[entry.subject] = entry.data["to"]
        assert course == {row.id: row.state for row in rows}
        sums: dict[tuple[str, dt.date], Decimal] = {}
        for row in taken:
            sums[row.holder, row.day] = sums.get((row.holder, row.day), Decimal(0)) + row.money
        assert all(money <= MOST for (holder, _), money in sums.items() if holder in {"ann", "bot"})
        assert not any(holder in {"bob", "shy"} for holder, _ in sums)
        assert len(self.shelf.seen) == len(set(self.shelf.seen))
        executed = {row.id for row in rows if row.state in {*LIVE}}
        assert executed == {row.opportunity for row in done if row.state in {"sent", "confirmed"}}
        assert all(row.reversible for row in rows if row.id in executed)

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


TestCourse = Course.TestCase
TestCourse.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
assert SETTINGS.window_days == 28
