"""Progress of a long job on stderr: the step, how far it is, the time left.

On a terminal one line that moves; elsewhere one line when a stage ends, so that logs stay short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from profithunt import fmt

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from profithunt.cli.output import Output

SOON: Final = 0.5
"""Seconds below which no estimate of the time left is worth showing."""


WORTH_A_LINE: Final = 1.0
"""Seconds from which a finished stage is named."""


def stage_of(name: str) -> str:
    """The stage that a step belongs to: what stands before a colon, else its first word; detectors are the hunt's."""
    head, colon, _ = name.partition(":")
    if "_" in name and name.isidentifier():
        return "Hunt"
    text = head if colon else name.split(maxsplit=1)[0] if name.strip() else ""
    return text[:1].upper() + text[1:]


class Steps:
    """Takes `step(name, done, total)` and keeps the clock.

    Calls with the same total and a rising `done` are one stage (a table after the other); the time left is the stage's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.name = ""
        self.stage = ""
        self.done = 0.0
        self.total = 0.0
        self._started = clock()

    def step(self, name: str, done: float, total: float) -> None:
        """The job is in the step `name`, with `done` of `total` parts behind it."""
        if not self.stage or total != self.total or done < self.done:
            self._finish()
            self.stage, self._started = stage_of(name), self._clock()
        self.name, self.done, self.total = name, done, total
        self._advance()

    @property
    def elapsed(self) -> float:
        """Seconds since the stage began."""
        return self._clock() - self._started

    @property
    def left(self) -> float | None:
        """Seconds that the stage will still take at its pace so far; None while nothing can be said."""
        if self.done <= 0 or self.total <= 0 or self.elapsed < SOON:
            return None
        return self.elapsed * max(self.total - self.done, 0) / self.done

    def _advance(self) -> None:
        """A part of the stage is done."""

    def _finish(self) -> None:
        """The stage is over."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()


class Lines(Steps):
    """One plain line for each finished stage that took a while."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._console = console

    def _finish(self) -> None:
        if self.stage and self.elapsed >= WORTH_A_LINE:
            self._console.print(f"{self.stage}: {fmt.duration(self.elapsed)}", soft_wrap=True)


class Moving(Steps):
    """A line that moves on a terminal, with the time left of the step."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        from rich.progress import BarColumn, Progress as Bar, TextColumn

        self._bar: Progress = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24, complete_style="#3d8fd1", finished_style="#3d8fd1"),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("starting", total=None, left="")

    def _advance(self) -> None:
        left = self.left
        text = f"about {fmt.duration(left)} left" if left is not None else ""
        self._bar.update(
            self._task, description=self.name, completed=self.done, total=self.total or None, left=text, refresh=True
        )

    def _finish(self) -> None:
        if self.stage and self.elapsed >= WORTH_A_LINE:
            self._bar.console.print(f"{self.stage}: {fmt.duration(self.elapsed)}", style="dim")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._bar.stop()


@contextmanager
def progress(output: Output) -> Iterator[Steps]:
    """What a long call of the API reports to, fit for where stderr goes."""
    shown = Steps() if output.quiet else Moving(output.err) if output.err.is_terminal else Lines(output.err)
    with shown:
        yield shown
