"""Which adapter serves which prescribed action: read from `prescribed.toml`, which lists all of the catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from profithunt.actions.adapters.protocol import Action
from profithunt.errors import UsageError

Json = Any
_FILE: Final = Path(__file__).parent / "prescribed.toml"
FALLBACK: Final = "task"


@dataclass(frozen=True)
class Service:
    """How an action type is carried out.

    `adapters` in order of preference; `change` what it does there; `params` what it needs unless an export says so, and
    `defaults` what is taken where nothing is said. `team` gets the task where people do it.
    """

    kind: str
    adapters: tuple[str, ...]
    change: str
    team: str
    task: str
    params: tuple[str, ...] = ()
    defaults: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "kind": self.kind,
            "adapters": list(self.adapters),
            "change": self.change,
            "team": self.team,
            "task": self.task,
            "params": list(self.params),
            "defaults": dict(self.defaults),
        }


@cache
def services() -> Mapping[str, Service]:
    """Every action type of the catalogue."""
    with _FILE.open("rb") as file:
        return {
            kind: Service(
                kind=kind,
                adapters=(*said.get("adapters", ()), "email", "slack", FALLBACK),
                change=said.get("change", "task"),
                team=said["team"],
                task=said["task"],
                params=tuple(said.get("params", ())),
                defaults=said.get("defaults", {}),
            )
            for kind, said in tomllib.load(file).items()
        }


def service(kind: str) -> Service:
    """How an action type is carried out; one that the catalogue does not know becomes a task for people."""
    words = kind.replace("_", " ")
    unknown = Service(kind, ("email", "slack", FALLBACK), "task", "owner", f"{words[:1].upper()}{words[1:]}.")
    return services().get(kind, unknown)


def serving(kind: str, configured: Container[str]) -> str:
    """The adapter that takes an action type in a shop: the first that is set up there, else a task as a file."""
    return next((name for name in service(kind).adapters if name in configured), FALLBACK)


def told(action: Action) -> Mapping[str, Json]:
    """What an action says, and what its type takes where it says nothing."""
    return {**service(action.kind).defaults, **action.params}


def change_of(action: Action, known: Sequence[str]) -> str:
    """What an action does in its adapter: as its parameters say, else as its type is listed. Raises UsageError."""
    change = str(action.params.get("change") or service(action.kind).change)
    if change not in known:
        raise UsageError(
            f"{action.adapter} can't do '{change}' ({action.kind.replace('_', ' ')})",
            expected=f"one of {', '.join(known)}",
        )
    return change
