"""What an experiment says on a day: effect, interval that may be looked at, whether it is over, money so far.

A planned run is read by O'Brien and Fleming's bounds over the days on which it was looked at, an open one by its
confidence sequence; both are computed, so that a reader sees what each says. An action without a held-out group is
compared with its nearest likes and called *observational*.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from profithunt.actions.measurement.design import QUERIES
from profithunt.actions.measurement.effect import RATIO_P, Arm, Effect, effect, sample_ratio
from profithunt.actions.measurement.trial import Method, Trial
from profithunt.actions.measurement.units import unit_tree
from profithunt.engine import AnyEngine, compile_model, read_model

Json = Any
Verdict = Literal["not_started", "too_early", "running", "works", "harms", "no_effect_shown", "not_credible"]

LEAST_UNITS: Final = 50
"""Units in the smaller arm below which the normal approximation is not believed."""
MOST_IMBALANCE: Final = 0.25
_MONEY: Final = 2


@dataclass(frozen=True)
class Reading:
    """One look at an experiment.

    `effect`, `low`, `high` in shop currency a unit acted on over the days seen; for randomised runs the interval is the
    one that decides (`interval_kind`). `realised`, `realised_low`, `realised_high` are the same for all units acted on,
    to set beside `predicted` (of the whole window). `single_p` is that of one plain test, for information only.
    """

    action: str
    method: Method
    verdict: Verdict
    reason: str
    as_of: dt.date
    days_seen: int
    window_days: int
    n_acted: int
    n_held: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    interval_kind: str | None = None
    bound: float | None = None
    z: float | None = None
    single_p: float | None = None
    sequence_low: float | None = None
    sequence_high: float | None = None
    sequence_p: float | None = None
    ratio_p: float | None = None
    correlation: float | None = None
    realised: float | None = None
    realised_low: float | None = None
    realised_high: float | None = None
    predicted: float | None = None
    final: bool = False
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Json]:
        """As data; `label` is *observational* where nothing was randomised."""
        return {
            "action": self.action,
            "method": self.method,
            "label": "observational" if self.method == "observational" else "held-out test",
            "verdict": self.verdict,
            "reason": self.reason,
            "final": self.final,
            "as_of": self.as_of.isoformat(),
            "days_seen": self.days_seen,
            "window_days": self.window_days,
            "n_acted": self.n_acted,
            "n_held": self.n_held,
            "effect": _plain(self.effect),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "interval_kind": self.interval_kind,
            "bound": _plain(self.bound),
            "z": _plain(self.z),
            "single_p": _plain(self.single_p),
            "sequence": {
                "low": _plain(self.sequence_low),
                "high": _plain(self.sequence_high),
                "p_value": _plain(self.sequence_p),
            },
            "ratio_p": _plain(self.ratio_p),
            "correlation": _plain(self.correlation),
            "realised": self.realised,
            "realised_low": self.realised_low,
            "realised_high": self.realised_high,
            "predicted": self.predicted,
            "notes": list(self.notes),
        }


def read(engine: AnyEngine, trial: Trial, as_of: dt.date) -> Reading:
    """Look at an experiment with the data up to a day. Raises UsageError for a level that can't be told apart.

    For a planned run the days of earlier looks count (`trial.looked_on`): each look spends its part of the chance.
    """
    days = trial.days_seen(as_of)
    if not days:
        return _plainly(trial, as_of, 0, "not_started", "No day of it lies in the data yet.")
    if not trial.acted:
        return _plainly(trial, as_of, days, "too_early", "Nobody was acted on.")
    if trial.method == "observational":
        return _observed(engine, trial, as_of, days)
    rows = {bool(row["acted"]): row for row in _rows(engine, trial, as_of, "arm_moments.sql")}
    if len(rows) < 2:
        return _plainly(trial, as_of, days, "too_early", "One of the arms is empty.")
    return judged(trial, as_of, Arm.of(rows[False]), Arm.of(rows[True]))


def judged(trial: Trial, as_of: dt.date, held: Arm, acted: Arm) -> Reading:
    """The reading of a randomised run from the sums of its arms."""
    from profithunt.models.sequential import confidence_sequence, repeated_interval

    days = trial.days_seen(as_of)
    ratio_p = sample_ratio(acted.n, held.n, trial.share)
    found = effect(held, acted)
    if found is None:
        return _plainly(trial, as_of, days, "too_early", "One of the arms is empty.")
    share = days / trial.window_days
    bound = _bound(trial, as_of)
    units = held.n + acted.n
    sequence = confidence_sequence(found.estimate, found.error, max(units * share, 1.0), float(units))
    if trial.mode == "open":
        shown, kind = sequence, "confidence sequence"
    else:
        shown, kind = repeated_interval(found.estimate, found.error, bound), "planned looks"
    final = trial.mode == "planned" and days >= trial.window_days
    verdict, reason = _verdict(found, shown.low, shown.high, min(held.n, acted.n), ratio_p, final=final)
    credible = verdict != "not_credible"
    return Reading(
        action=trial.action,
        method="randomised",
        verdict=verdict,
        reason=reason,
        as_of=as_of,
        days_seen=days,
        window_days=trial.window_days,
        n_acted=acted.n,
        n_held=held.n,
        effect=found.estimate,
        low=shown.low,
        high=shown.high,
        interval_kind=kind,
        bound=bound if trial.mode == "planned" else None,
        z=found.z,
        single_p=found.p_value,
        sequence_low=sequence.low,
        sequence_high=sequence.high,
        sequence_p=sequence.p_value,
        ratio_p=ratio_p,
        correlation=found.correlation,
        realised=_total(found.estimate, acted.n) if credible else None,
        realised_low=_total(shown.low, acted.n) if credible else None,
        realised_high=_total(shown.high, acted.n) if credible else None,
        predicted=trial.predicted,
        final=final,
    )


def _bound(trial: Trial, as_of: dt.date) -> float:
    """The bound of today's look, after the looks before it."""
    from profithunt.models.sequential import planned_looks

    today = trial.days_seen(as_of)
    if trial.looked_on is None:
        days = set(range(1, today + 1))
    else:
        days = {trial.days_seen(day) for day in trial.looked_on if day <= as_of} | {today}
    return planned_looks(sorted(min(day / trial.window_days, 1.0) for day in days if day))[-1].bound


def _verdict(
    found: Effect, low: float, high: float, smallest: int, ratio_p: float | None, *, final: bool
) -> tuple[Verdict, str]:
    if ratio_p is not None and ratio_p < RATIO_P:
        return "not_credible", f"The arms are not of the sizes that were drawn (p = {ratio_p:.2g}): units were lost."
    if smallest < LEAST_UNITS:
        return "too_early", f"The smaller arm has {smallest} units; {LEAST_UNITS} are the least."
    if found.error <= 0:
        return "too_early", "No unit of either arm has brought anything yet."
    if low > 0:
        return "works", "The interval lies above zero."
    if high < 0:
        return "harms", "The interval lies below zero: stop it."
    if final:
        return "no_effect_shown", "The window is over and the interval holds zero."
    return "running", "The interval still holds zero."


def _observed(engine: AnyEngine, trial: Trial, as_of: dt.date, days: int) -> Reading:
    """Matched difference in differences over whole weeks."""
    from profithunt.models.experiments import matched_difference, weekly_panel

    last = min(as_of, trial.last_day) if trial.mode == "planned" else as_of
    after, before = _whole_weeks(trial, last)
    if not after:
        return _plainly(trial, as_of, days, "too_early", "No whole week has passed since the start.")
    statement = _statement(trial, last, "weekly_panel.sql")
    _attach(engine, trial)
    units, acted, panel = weekly_panel(engine.arrays(statement), [*before, *after])
    gone = sorted(set(trial.acted) - {unit for unit, chosen in zip(units, acted, strict=True) if chosen})
    found = matched_difference(panel[:, : len(before)], panel[:, len(before) :], acted)
    if found is None:
        return _plainly(trial, as_of, days, "too_early", "There is nothing to compare it with.")
    weeks, final = len(after), trial.mode == "planned" and last >= trial.last_day
    times = weeks * found.n_acted
    notes = [f"{found.n_controls} units that nothing was done to; the nearest five of each are its comparison."]
    if gone:
        notes.append(f"{len(gone)} units sold nothing before and after; they are left out.")
    if found.drift is not None and found.drift_p is not None and found.drift_p < 0.05:
        notes.append(f"They had moved apart before by {found.drift:.2f} a unit and week: the effect may be that.")
    verdict, reason = _observed_verdict(found.low, found.high, found.imbalance, final=final)
    credible = verdict != "not_credible"
    return Reading(
        action=trial.action,
        method="observational",
        verdict=verdict,
        reason=reason,
        as_of=as_of,
        days_seen=days,
        window_days=trial.window_days,
        n_acted=found.n_acted,
        n_held=found.n_controls,
        effect=found.estimate * weeks,
        low=None if found.low is None else found.low * weeks,
        high=None if found.high is None else found.high * weeks,
        interval_kind="placebo units" if found.low is not None else None,
        single_p=found.p_value,
        realised=_total(found.estimate, times) if credible else None,
        realised_low=_total(found.low, times) if credible and found.low is not None else None,
        realised_high=_total(found.high, times) if credible and found.high is not None else None,
        predicted=trial.predicted,
        final=final,
        notes=tuple(notes),
    )


def _observed_verdict(low: float | None, high: float | None, imbalance: float, *, final: bool) -> tuple[Verdict, str]:
    if imbalance > MOST_IMBALANCE:
        return "not_credible", (
            f"No unit was like them before (standardised difference {imbalance:.2f}; {MOST_IMBALANCE} is the most)."
        )
    if low is None or high is None:
        return "too_early", "Fewer than ten units to compare with: how far chance carries can't be told."
    if not final:
        return "running", "The window is not over; one look at its end decides."
    if low > 0:
        return "works", "Observational: the change is beyond what units without the action show."
    if high < 0:
        return "harms", "Observational: it fell by more than units without the action."
    return "no_effect_shown", "Observational: units without the action changed as much."


def _whole_weeks(trial: Trial, last: dt.date) -> tuple[Sequence[int], Sequence[int]]:
    """Weeks after the start and before it that lie in the data whole."""
    return range(((last - trial.started_on).days + 1) // 7), range(-(trial.before_days // 7), 0)


def _statement(trial: Trial, end: dt.date, name: str) -> str:
    values = {"start": trial.started_on, "end": end, "before_start": trial.before_start}
    return compile_model(read_model(QUERIES / name), parts={"unit": unit_tree(trial.level)}, values=values)


def _attach(engine: AnyEngine, trial: Trial) -> None:
    from profithunt.models.experiments import columns

    units = [*trial.acted, *trial.held]
    engine.attach_arrays("trial_units", columns(units, [True] * len(trial.acted) + [False] * len(trial.held)))


def _rows(engine: AnyEngine, trial: Trial, as_of: dt.date, name: str) -> list[Mapping[str, Any]]:
    end = min(as_of, trial.last_day) if trial.mode == "planned" else as_of
    _attach(engine, trial)
    return [*engine.dicts(_statement(trial, end, name))]


def _plainly(trial: Trial, as_of: dt.date, days: int, verdict: Verdict, reason: str) -> Reading:
    return Reading(
        action=trial.action,
        method=trial.method,
        verdict=verdict,
        reason=reason,
        as_of=as_of,
        days_seen=days,
        window_days=trial.window_days,
        n_acted=len(trial.acted),
        n_held=len(trial.held),
        predicted=trial.predicted,
    )


def _total(each: float, number: int) -> float:
    return round(each * number, _MONEY)


def _plain(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(f"{value:.6g}")
