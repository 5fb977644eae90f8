"""How far a run is: never backwards, whole at the end, and with a time left that comes true."""

from __future__ import annotations

from itertools import pairwise

from profithunt.api.pace import USUAL, Pace

STEPS = [
    ("reading orders", 0, 3), ("reading lines", 2, 3), ("checking references", 3, 3), ("Ledger: orders", 1, 10),
    ("Ledger", 10, 10), ("Reconcile", 1, 1), ("Customers: parts", 2, 4), ("CLV", 1, 1), ("Acquisition", 1, 1),
    ("Actions' value: x", 1, 1), ("Metrics", 1, 1), ("Quality: x", 1, 2), ("lifetime_loss", 3, 50), ("ranking", 50, 50),
    ("Serve", 0, 1), ("Serve", 1, 1),
]  # fmt: skip


def test_the_share_never_goes_back_and_is_whole_at_the_end():
    pace = Pace()
    shares = []
    for step in STEPS:
        pace.step(*step)
        shares.append(pace.share)
    assert all(one <= other for one, other in pairwise(shares))
    assert shares[0] < 0.2
    assert shares[-1] == 1.0
    assert pace.left == 0.0


def test_the_time_left_comes_true_where_the_run_before_took_as_long():
    now = [0.0]
    took = dict.fromkeys(USUAL, 2.0) | {"ledger": 20.0}
    pace = Pace(took, clock=lambda: now[0])
    assert pace.left is None
    now[0] = 2.0
    pace.step("Ledger", 0, 10)
    now[0] = 12.0
    pace.step("Ledger: half", 5, 10)
    whole = sum(took.values())
    assert pace.left is not None
    assert abs(pace.left - (whole - 12.0)) < 1e-9


def test_one_stage_known_is_too_little_to_go_by():
    assert Pace({"ledger": 5.0})._weights == Pace()._weights
