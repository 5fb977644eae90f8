"""The states of an opportunity, from detected to measured, and the only ways between them. Pure: no store, no clock.

    detected ── triage ──> triaged ── approve ──> approved ── execute ──> executed ── confirm ──> confirmed
                             │  ^                    │                        │                      │ measure
                       snooze│  │wake                │withdraw                │ roll_back            v
                             v  │                    v                        v                  measuring
                           snoozed                triaged                rolled_back <── roll_back ──┤ realise
                                                                                                     v
    rejected (with a reason), expired (no run finds it any more)                                 realised

What is expired, realised or rolled back and found again is open once more, as detected, with its history.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from profithunt.errors import Stopped


class State(StrEnum):
    """Where an opportunity stands."""

    DETECTED = "detected"
    TRIAGED = "triaged"
    APPROVED = "approved"
    EXECUTED = "executed"
    CONFIRMED = "confirmed"
    MEASURING = "measuring"
    REALISED = "realised"
    ROLLED_BACK = "rolled_back"
    SNOOZED = "snoozed"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to it."""

    TRIAGE = "triage"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    EXECUTE = "execute"
    CONFIRM = "confirm"
    MEASURE = "measure"
    REALISE = "realise"
    ROLL_BACK = "roll_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    REJECT = "reject"
    EXPIRE = "expire"
    REOPEN = "reopen"


WAYS: Final[Mapping[tuple[State, Event], State]] = {
    (State.DETECTED, Event.TRIAGE): State.TRIAGED,
    (State.DETECTED, Event.REJECT): State.REJECTED,
    (State.DETECTED, Event.EXPIRE): State.EXPIRED,
    (State.TRIAGED, Event.APPROVE): State.APPROVED,
    (State.TRIAGED, Event.SNOOZE): State.SNOOZED,
    (State.TRIAGED, Event.REJECT): State.REJECTED,
    (State.TRIAGED, Event.EXPIRE): State.EXPIRED,
    (State.SNOOZED, Event.WAKE): State.TRIAGED,
    (State.SNOOZED, Event.REJECT): State.REJECTED,
    (State.SNOOZED, Event.EXPIRE): State.EXPIRED,
    (State.APPROVED, Event.EXECUTE): State.EXECUTED,
    (State.APPROVED, Event.WITHDRAW): State.TRIAGED,
    (State.APPROVED, Event.REJECT): State.REJECTED,
    (State.EXECUTED, Event.CONFIRM): State.CONFIRMED,
    (State.EXECUTED, Event.ROLL_BACK): State.ROLLED_BACK,
    (State.CONFIRMED, Event.MEASURE): State.MEASURING,
    (State.CONFIRMED, Event.ROLL_BACK): State.ROLLED_BACK,
    (State.MEASURING, Event.REALISE): State.REALISED,
    (State.MEASURING, Event.ROLL_BACK): State.ROLLED_BACK,
    (State.REALISED, Event.ROLL_BACK): State.ROLLED_BACK,
    (State.REJECTED, Event.REOPEN): State.TRIAGED,
    (State.EXPIRED, Event.REOPEN): State.DETECTED,
    (State.REALISED, Event.REOPEN): State.DETECTED,
    (State.ROLLED_BACK, Event.REOPEN): State.DETECTED,
}
"""Every way there is; what is not here can't happen."""

OPEN: Final = (State.DETECTED, State.TRIAGED, State.SNOOZED)
"""Nothing is decided yet."""
LIVE: Final = (State.EXECUTED, State.CONFIRMED, State.MEASURING)
"""Something was done that can still be undone or measured."""
CLOSED: Final = (State.REALISED, State.ROLLED_BACK, State.REJECTED, State.EXPIRED)
"""Nothing more is to be done."""


def after(state: State | str, event: Event | str, *, subject: str = "") -> State:
    """The state that an event leads to. Raises Stopped where there is no such way, and names those there are."""
    now, what = State(state), Event(event)
    there = WAYS.get((now, what))
    if there is None:
        raise Stopped(
            f"it is {now.value.replace('_', ' ')}; there is nothing to {what.value.replace('_', ' ')}",
            where=f"opportunity {subject}" if subject else "",
            do=f"from here one can {', '.join(events(now))}",
        )
    return there


def events(state: State | str) -> list[str]:
    """What can happen in a state, in words."""
    return [event.value.replace("_", " ") for (now, event) in WAYS if now == State(state)]


def paths_to(state: State) -> list[tuple[Event, ...]]:
    """The ways from detected to a state without going through any state twice, shortest first."""
    found: list[tuple[Event, ...]] = []
    front: list[tuple[State, tuple[Event, ...], frozenset[State]]] = [(State.DETECTED, (), frozenset({State.DETECTED}))]
    while front:
        now, path, been = front.pop(0)
        if now == state:
            found.append(path)
            continue
        front += [
            (there, (*path, event), been | {there})
            for (here, event), there in WAYS.items()
            if here == now and there not in been
        ]
    return found
