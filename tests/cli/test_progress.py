"""Progress: steps, the time left, plain lines where there is no terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from profithunt.cli.progress import Lines, Moving, Steps, stage_of


class Clock:
    """A clock that a test winds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_follows_the_pace_of_the_stage():
    clock = Clock()
    steps = Steps(clock)
    steps.step("Ledger: parcels", 0, 10)
    assert steps.left is None
    clock.now = 4.0
    steps.step("Ledger: ledger_lines", 2, 10)
    assert (steps.stage, steps.name) == ("Ledger", "Ledger: ledger_lines")
    assert steps.left == pytest.approx(16.0)
    steps.step("Reconcile", 0, 1)
    assert steps.left is None
    assert steps.elapsed == 0


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("reading order_lines", "Reading"),
        ("Ledger: ledger_lines", "Ledger"),
        ("lifetime_loss", "Hunt"),
        ("Reconcile", "Reconcile"),
        ("", ""),
    ],
)
def test_stages_by_the_names_of_their_steps(name, stage):
    assert stage_of(name) == stage


def test_nothing_is_estimated_from_a_moment():
    clock = Clock()
    steps = Steps(clock)
    steps.step("ledger", 0, 10)
    clock.now = 0.1
    steps.step("ledger", 1, 10)
    assert steps.left is None


def test_without_a_terminal_each_stage_that_took_a_while_is_a_line():
    clock, out = Clock(), io.StringIO()
    with Lines(Console(file=out, width=80), clock) as steps:
        steps.step("reading orders", 0, 2)
        clock.now = 3.0
        steps.step("checking references", 2, 2)
        steps.step("Reconcile", 0, 1)
        clock.now = 3.1
        steps.step("Ledger: parcels", 0, 4)
        clock.now = 75.1
    assert out.getvalue() == "Reading: 3.0 s\nLedger: 1 min 12 s\n"


def test_a_step_that_fails_is_not_called_finished():
    out = io.StringIO()

    def fail() -> None:
        with Lines(Console(file=out, width=80)) as steps:
            steps.step("sources", 0, 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert out.getvalue() == ""


def test_on_a_terminal_a_line_moves():
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system=None, legacy_windows=False)
    with Moving(console) as steps:
        steps.step("sources", 1, 2)
        steps.step("ledger", 0, 0)
    assert "sources" in out.getvalue()
    assert "ledger" in out.getvalue()
