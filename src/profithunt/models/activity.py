"""How much of an entity's activity to expect in the days ahead.

What a customer, SKU or lane did over a window is scaled to the horizon, then held against what it did of late: an
entity that has fallen silent for longer than its own pace explains is probably gone (discontinued, lapsed), one that
grew or shrank lately goes on at a pace between the two.

Source: the probability of being alive given pace and silence is the Pareto timing model's (Schmittlein, Morrison and
Colombo 1987) with a known pace; the blend of windows is a gamma-Poisson update.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from profithunt.models.shrinkage import Array

LIFE_DAYS = 730.0
"""Mean life of an entity before it drops out, days."""

STEADINESS = 20.0
"""How many recent events weigh as much as the window: the pace of a period varies by about 1/√20 = 22 % around it."""

_LATE = 3.0
"""Events missed before the first one, at the entity's pace, beyond which it was launched in the window (P = 5 %)."""

RECENT_DAYS = 28
"""Days that count as recent."""


@dataclass(frozen=True)
class Activity:
    """What was seen of each entity in its window; one entry an entity.

    `rows` events in the window, `recent` of them in the last 28 days, `days` distinct days with an event, `waited`
    days from the start of the window to the first event, `silent` days from the last event to its end.
    """

    rows: Array
    recent: Array
    days: Array
    waited: Array
    silent: Array


@dataclass(frozen=True)
class Outlook:
    """Events to expect over the horizon as a multiple of those in the window, and how sure that is.

    `factor` expected events ÷ events in the window; `alive` probability of being active still; `shape` of the Gamma
    that holds the uncertainty of the factor (a larger one is surer).
    """

    factor: Array
    alive: Array
    shape: Array


@dataclass(frozen=True)
class Season:
    """How much busier the shop is over the horizon than over the window, and than over its last 28 days."""

    than_window: float = 1.0
    than_recent: float = 1.0


def outlook(activity: Activity, window_days: Array, horizon_days: float, season: Season, counted: Array) -> Outlook:
    """Expected activity over `horizon_days` from what was seen over `window_days`.

    `counted` are the events that the factor multiplies: those of the window in which the detector counted, which may
    be another than the one that activity was seen in.
    """
    window = np.maximum(window_days, 1.0)
    # An entity whose first event came far later than its own pace explains was launched in the window.
    span = np.maximum(window - activity.waited, 1.0)
    pace = activity.days / span
    launched = pace * activity.waited > _LATE
    lived = np.where(launched, span, window)
    pace = np.clip(activity.days / lived, 1e-9, None)

    leaving = 1.0 / LIFE_DAYS
    silence = np.clip((pace + leaving) * activity.silent, 0.0, 50.0)
    alive = 1.0 / (1.0 + leaving / (pace + leaving) * np.expm1(silence))

    usual = activity.rows / lived * horizon_days * season.than_window
    weighed = RECENT_DAYS / horizon_days / season.than_recent
    blended = (STEADINESS + activity.recent) / (STEADINESS / np.maximum(usual, 1e-9) + weighed)
    expected = np.where(window > RECENT_DAYS, blended, usual)
    factor = np.where(activity.rows > 0, alive * expected / np.maximum(counted, 1e-9), 0.0)
    return Outlook(factor=factor, alive=alive, shape=STEADINESS + activity.recent)


def steady(rows: Array, window_days: Array, horizon_days: float, season: Season) -> Outlook:
    """The outlook where nothing is known but how much there was: the same pace goes on."""
    factor = horizon_days / np.maximum(window_days, 1.0) * season.than_window
    return Outlook(factor=factor, alive=np.ones_like(rows), shape=STEADINESS + rows)
