"""How long work tells where it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Takes the steps of a long job, as they go."""

    def step(self, name: str, done: float, total: float) -> None:
        """The job is in the step `name`, with `done` of `total` parts behind it."""


class Silent:
    """Progress that nobody wants to see."""

    def step(self, name: str, done: float, total: float) -> None:
        """Say nothing."""
