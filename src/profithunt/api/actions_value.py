"""High-value actions: trials by SQL, effects by the causal models, tables of the run.

`build_actions_value` is the stage of a run; `read_effects` and `ActionsValue` are what a shop is asked for afterwards.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.customers import action_trials as trials
from profithunt.customers.action_trials import Asleep, Candidate, Window
from profithunt.engine import AnyEngine, Model, compile_model, read_models, values_query
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, Report, link
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from profithunt.models.causal import Cohort, Study, Trial

TABLES: Final = ("action_effects", "customer_actions")
ESTIMANDS: Final = ("ATE", "ATT", "ATO")

READS: Final = (
    *("ledger", "order_profit", "orders", "products", "shipments", "contacts", "customer_events", "loyalty"),
)
"""Tables that the trials read: when none of them changed, nor the settings, the results are taken over."""


@dataclass(frozen=True)
class Outcome:
    """What the stage did: tables written, horizons that sleep, and how many actions were studied and believed."""

    built: list[Built]
    asleep: tuple[Asleep, ...] = ()
    n_actions: int = 0
    n_credible: int = 0

    def to_json(self) -> dict[str, Any]:
        """For `run.json`."""
        return {
            "actions": self.n_actions,
            "credible": self.n_credible,
            "asleep": [item.to_json() for item in self.asleep],
        }


@dataclass(frozen=True)
class ActionsValue:
    """Effects of customers' actions as the current run has them: rows of `action_effects`, highest effect first.

    `next_best` sums up `customer_actions`: for each action the customers that it is best for, and the net to expect.
    """

    horizon_days: int
    estimand: str
    effects: tuple[dict[str, Any], ...]
    next_best: tuple[dict[str, Any], ...] = ()
    horizons: tuple[int, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "horizon_days": self.horizon_days,
            "estimand": self.estimand,
            "horizons": list(self.horizons),
            "effects": list(self.effects),
            "next_best": list(self.next_best),
        }


def result_models() -> dict[str, Model]:
    """The models of the tables that a run keeps."""
    return read_models(Path(str(files("profithunt.customers") / "action_results")))


def build_actions_value(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> Outcome:
    """Estimate what customers' actions are worth and write it into the run; nothing where no order names a customer."""
    if not config.actions_value.use:
        return Outcome([])
    start = time.perf_counter()
    key = _fingerprint(engine, config, fingerprints)
    taken = _taken_over(engine, out, key, fingerprints, earlier)
    if taken:
        return _read_back(engine, config, taken)
    try:
        windows, asleep = trials.prepare(engine, config)
        if not windows:
            return Outcome([], tuple(asleep))
        chosen = trials.candidates(engine, config, [item.horizon_days for item in windows])
        studies = {}
        for number, window in enumerate(windows):
            if report:
                report(f"{window.horizon_days} days", number, len(windows))
            studies[window] = _study(engine, config, window, chosen)
        _attach_effects(engine, studies, chosen, trials.spell_out(engine))
        _attach_choices(engine, config, windows[-1], studies[windows[-1]][0], chosen)
        built = [_write(engine, model, out, key, start, fingerprints) for model in result_models().values()]
    finally:
        for name in ("action_effects_found", "customer_actions_found", "customer_actions_list"):
            engine.drop(name)
        trials.drop(engine)
    if report:
        report("", len(windows), len(windows))
    return _read_back(engine, config, built, tuple(asleep))


def _fingerprint(engine: AnyEngine, config: ShopConfig, fingerprints: Mapping[str, str]) -> str:
    statements = {**trials.models(), **result_models()}
    settings = [config.actions_value.model_dump(mode="json"), [item.model_dump(mode="json") for item in config.actions]]
    key = [
        engine.version,
        json.dumps(settings, sort_keys=True),
        config.shop.timezone,
        as_of(engine, config).isoformat(),
        *(f"{name}={fingerprints.get(name)}" for name in READS),
        *(f"{name}={model.sql}" for name, model in sorted(statements.items())),
    ]
    return hashlib.sha256("\n".join(key).encode()).hexdigest()


def _taken_over(
    engine: AnyEngine, out: Path, key: str, fingerprints: dict[str, str], earlier: Earlier | None
) -> list[Built]:
    """Both tables of an earlier run that was given the same; none where it was not."""
    if earlier is None or any(earlier.fingerprints.get(name) != key for name in TABLES):
        return []
    if not all((earlier.folder / f"{name}.parquet").is_file() for name in TABLES):
        return []
    built = []
    for name in TABLES:
        link(earlier.folder / f"{name}.parquet", out / f"{name}.parquet")
        engine.attach_parquet(name, out / f"{name}.parquet")
        fingerprints[name] = key
        built.append(Built(name, _rows(engine, name), 0.0, key, reused=True))
    return built


def _write(engine: AnyEngine, model: Model, out: Path, key: str, start: float, fingerprints: dict[str, str]) -> Built:
    target = out / f"{model.name}.parquet"
    engine.write_parquet(compile_model(model, dialect=engine.dialect), target, order_by=model.order_by)
    engine.attach_parquet(model.name, target)
    fingerprints[model.name] = key
    return Built(model.name, _rows(engine, model.name), round(time.perf_counter() - start, 3), key, reused=False)


def _rows(engine: AnyEngine, name: str) -> int:
    return int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(name)))


def _read_back(
    engine: AnyEngine, config: ShopConfig, built: list[Built], asleep: tuple[Asleep, ...] | None = None
) -> Outcome:
    if asleep is None:
        first = engine.value(exp.select(exp.Min(this=exp.column("ordered_on"))).from_("order_profit"))
        asleep = tuple(trials.windows(first, as_of(engine, config), config)[1]) if first else ()
    rows = engine.rows(
        exp.select(
            "action", exp.Max(this=exp.EQ(this=exp.column("verdict"), expression=exp.Literal.string("credible")))
        )
        .from_("action_effects")
        .group_by("action")
    )
    return Outcome(built, asleep, len(rows), sum(bool(row[1]) for row in rows))


def _study(
    engine: AnyEngine, config: ShopConfig, window: Window, chosen: list[Candidate]
) -> tuple[Study, Trial, Cohort]:
    """One horizon: the cohort as arrays, and the study of it."""
    # The statistics load slowly; a shop that does not use them needn't wait for them.
    from profithunt.models import causal

    cohort, state = _gather(engine, config, window.horizon_days, len(chosen))
    given = causal.Trial(
        x=cohort.x,
        covariates=trials.covariates(),
        y=cohort.outcome,
        state=state,
        actions=tuple(item.name for item in chosen),
        placebo=cohort.placebo if window.placebo_days else None,
        negative=frozenset(item.name for item in chosen if item.action.negative_control),
    )
    settings = config.actions_value
    limits = causal.Limits(
        controls=settings.controls,
        seed=settings.seed,
        min_treated=settings.min_treated,
        max_smd=settings.max_smd,
        min_overlap=settings.min_overlap,
    )
    return causal.study(given, limits), given, cohort


def _gather(engine: AnyEngine, config: ShopConfig, horizon: int, n_actions: int) -> tuple[Cohort, NDArray[np.int8]]:
    """The customers of one trial, and who did what."""
    from profithunt.models import causal

    rows = engine.array_batches(trials.cohort_query(horizon), rows=250_000)
    cohort = causal.cohort_of(rows, trials.covariates())
    states = engine.array_batches(trials.states_query(engine, config, horizon), rows=1_000_000)
    return cohort, causal.states_of(states, cohort.n, n_actions)


def _attach_effects(
    engine: AnyEngine,
    studies: Mapping[Window, tuple[Study, Trial, Cohort]],
    chosen: list[Candidate],
    words: Mapping[str, str],
) -> None:
    """Every result as a row of values under the name that the model reads."""
    from profithunt.models.causal import CONTROL, TREATED, mean_where

    rows: list[tuple[Value, ...]] = []
    by_name = {item.name: item for item in chosen}
    for window, (found, trial, cohort) in studies.items():
        for item in found.results:
            candidate = by_name[item.action]
            profit = [mean_where(cohort.index_profit, trial.state, candidate.number, arm) for arm in (TREATED, CONTROL)]
            null = found.nulls[item.estimand]
            what = words.get(item.max_smd_covariate, item.max_smd_covariate)
            rows.append((
                item.action, candidate.action.counts, candidate.member, window.horizon_days, item.estimand,
                item.effect, item.low, item.high, item.error, item.naive, item.n_treated, item.n_control,
                item.overlap, item.max_smd, what, item.placebo, item.placebo_low, item.placebo_high,
                item.robustness, item.robustness_interval, "credible" if item.credible else "not_credible",
                item.reason.replace(item.max_smd_covariate, what) or None if item.reason else None,
                candidate.rule(window), window.starts_on, window.ends_on,
                *profit,
                found.worth[item.action], candidate.action.negative_control, null.shift, null.spread, null.n,
            ))  # fmt: skip
    columns = {
        column.name: "rate" if column.type == "money" else column.type
        for column in result_models()["action_effects"].columns
    }
    engine.view("action_effects_found", values_query(columns, rows))


def _attach_choices(
    engine: AnyEngine, config: ShopConfig, window: Window, found: Study, chosen: list[Candidate]
) -> None:
    """The next best action of each customer as they are now, among those whose effect is believed and above zero."""
    from profithunt.models import causal

    believed = {item.action for item in found.results if item.estimand == "ATE" and item.clear and item.effect > 0}
    offered = [item for item in chosen if item.name in believed and item.prompted and not item.action.negative_control]
    listed: list[tuple[Value, ...]] = [
        (
            item.number,
            item.name,
            item.action.counts,
            item.member,
            window.horizon_days,
            item.action.uptake,
            item.action.cost,
        )
        for item in offered
    ]
    columns = {
        "action_no": "int", "name": "text", "counts": "text", "member": "text", "horizon_days": "int",
        "uptake": "rate", "cost": "money",
    }  # fmt: skip
    engine.view("customer_actions_list", values_query(columns, listed))
    now, state = _gather(engine, config, 0, len(chosen))
    costs = [(item.number, item.name, float(item.action.cost), item.action.uptake) for item in offered]
    rows = causal.choices_of(found, now, state, costs)
    engine.attach_arrays("customer_actions_found", rows)


def read_effects(engine: AnyEngine, horizon_days: int | None = None, estimand: str = "ATE") -> ActionsValue:
    """Effects of one horizon (default: the longest there is) and estimand. Raises NotFound, UsageError."""
    if estimand not in ESTIMANDS:
        raise UsageError(f"there is no estimand {estimand!r}", do=f"there are: {', '.join(ESTIMANDS)}")
    if not engine.has("action_effects"):
        raise NotFound(
            "this run has no effects of actions",
            do="they need orders that name their customers over at least four months, and [actions_value] use = true",
        )
    known = exp.select("horizon_days").distinct().from_("action_effects").order_by("horizon_days")
    horizons = tuple(int(row[0]) for row in engine.rows(known))
    if not horizons:
        return ActionsValue(horizon_days or 0, estimand, ())
    if horizon_days is not None and horizon_days not in horizons:
        raise NotFound(
            f"there is no horizon of {horizon_days} days in this run", do=f"there are: {', '.join(map(str, horizons))}"
        )
    chosen = horizon_days or horizons[-1]
    where = [
        exp.EQ(this=exp.column("horizon_days"), expression=exp.Literal.number(str(chosen))),
        exp.EQ(this=exp.column("estimand"), expression=exp.Literal.string(estimand)),
    ]
    rows = engine.dicts(
        exp.select("*").from_("action_effects").where(*where).order_by("verdict", "effect DESC", "action")
    )
    best = engine.dicts(
        exp.select(
            "action",
            "horizon_days",
            exp.alias_(exp.Count(this=exp.Star()), "n_customers"),
            exp.alias_(exp.Sum(this=exp.column("net")), "net"),
        )
        .from_("customer_actions")
        .group_by("action", "horizon_days")
        .order_by("net DESC", "action")
    )
    return ActionsValue(chosen, estimand, tuple(rows), tuple(best), horizons)
