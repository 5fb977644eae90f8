"""Measuring what an action of a shop brought: its experiment, read from the ledger of the current run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from profithunt.actions.exposure import amount
from profithunt.actions.measurement import SHARE, Design, Reading, Trial, design, read, unit_of
from profithunt.actions.states import State
from profithunt.errors import ProfithuntError, Stopped
from profithunt.ledger.build import as_of

if TYPE_CHECKING:
    from profithunt.api.act import Act

Json = Any


def trial_of(act: Act, row: Any, action: Any) -> Trial:
    """The experiment that an executed action is. Raises Stopped before it was executed."""
    if action.executed_at is None:
        raise Stopped("nothing was executed that could be measured", where=f"opportunity {row.id}")
    said = action.action
    held = tuple(said["holdout"])
    customers = tuple(str(name) for name in said["params"].get("customers") or ())
    level = "customer" if customers else row.level
    left_out = frozenset(held)
    acted = tuple(name for name in customers if name not in left_out) or (unit_of(row.level, row.entity),)
    zone = ZoneInfo(act.shop.config.shop.timezone)
    days = max((action.measured_until - action.confirmed_at).days, 1) if action.measured_until else row.window_days
    # The share that was drawn, not the one that came out: arms of other sizes are what the ratio check looks for.
    share = share_of(said["params"]) if customers else 0.0
    return Trial(
        action.id, level, acted, held, action.executed_at.astimezone(zone).date(), share=share, window_days=days,
        predicted=float(row.value),
    )  # fmt: skip


def size(act: Act, row: Any, customers: Sequence[str], share: float) -> Design | None:
    """What an experiment on these customers can show; None where there are none, or the shop has no run."""
    if not customers:
        return None
    try:
        engine = act.shop.engine
    except ProfithuntError:
        return None
    day = as_of(engine, act.shop.config)
    return design(
        engine, "customer", [str(name) for name in customers], day, predicted=float(row.value), share=share,
        window_days=row.window_days,
    )  # fmt: skip


def share_of(params: Mapping[str, Json]) -> float:
    """The share held out, as the parameters of an action say."""
    return float(amount(params.get("holdout", SHARE)) or 0)


def look(act: Act, row: Any, action: Any) -> Reading:
    """What the data of the current run says of an action so far."""
    engine = act.shop.engine
    return read(engine, trial_of(act, row, action), as_of(engine, act.shop.config))


def measured(act: Act, row: Any, action: Any) -> Mapping[str, Json]:
    """The outcome of an action whose window is over. Raises Stopped before that."""
    if row.state != State.MEASURING:
        raise Stopped(f"it is {row.state.replace('_', ' ')}, not measuring", where=f"opportunity {row.id}")
    found = look(act, row, action)
    if not found.final:
        ends = (action.measured_until or dt.datetime.now(tz=dt.UTC)).date()
        raise Stopped(
            f"it is not over: {found.days_seen} of {found.window_days} days are in the data ({found.reason})",
            where=f"opportunity {row.id}",
            do=f"run again with data to {ends}, or say the outcome yourself: --realised AMOUNT",
        )
    return {
        "realised": found.realised,
        "low": found.realised_low,
        "high": found.realised_high,
        "method": found.method,
        "observational": found.method == "observational",
        # The correction that was in the prediction: a detector is held against what it said itself.
        "details": {**found.to_json(), "record": row.evidence.get("record")},
    }
