"""A task as people read it: what to do, where, why, what it is worth, what to put back when it is called off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from profithunt.actions.adapters.prescribed import service, told
from profithunt.actions.adapters.protocol import Action, Change

Json = Any
_HIDDEN: Final = ("team", "former", "customers")


@dataclass(frozen=True)
class Task:
    """Who does what."""

    team: str
    subject: str
    body: str


def task_change(action: Action) -> Change:
    """The task as a change: it was not there, then it is. Customers held out are not on it."""
    known = service(action.kind)
    wanted = told(action)
    held = set(action.holdout)
    after: dict[str, Json] = {
        "team": str(wanted.get("team") or (known.team if known.team != "owner" else action.owner or "default")),
        "task": str(wanted.get("task") or known.task),
        "details": {name: value for name, value in wanted.items() if name not in {*_HIDDEN, "task"}},
    }
    if wanted.get("customers"):
        after["details"]["customers"] = [customer for customer in wanted["customers"] if customer not in held]
    if wanted.get("former"):
        after["details"]["now"] = wanted["former"]
    if action.value is not None:
        after["worth"] = f"{action.value} {action.currency or ''}".strip()
    return Change("task", {"level": action.level, **action.entity}, {}, after)


def tasks(action: str, changes: Sequence[Change]) -> list[Task]:
    """The text of each task, or of its being called off."""
    return [_task(action, change) for change in changes]


def _task(action: str, change: Change) -> Task:
    off = not change.after
    said = change.before if off else change.after
    about = ", ".join(f"{name} {value}" for name, value in change.entity.items() if name != "level")
    subject = f"{'Called off: ' if off else ''}{said['task'].rstrip('.')} ({about})"
    lines = [said["task"] if not off else f"Please stop, and put back what was done: {said['task']}", ""]
    lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in change.entity.items() if name != "level"]
    details: Mapping[str, Json] = said.get("details") or {}
    lines += [f"- {name.replace('_', ' ')}: {_shown(value)}" for name, value in details.items()]
    if "worth" in said and not off:
        lines.append(f"- expected: {said['worth']}")
    lines += ["", f"profithunt action {action}"]
    return Task(str(said["team"]), subject, "\n".join(lines) + "\n")


def _shown(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return str(value)
