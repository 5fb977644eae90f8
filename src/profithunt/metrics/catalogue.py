"""All metrics and sources there are: the package's in explicit lists, then the retailer's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine
from profithunt.errors import ConfigError, ModelError, NotFound
from profithunt.ledger.needs import Supply, wakes
from profithunt.metrics.definition import SUBJECTS, Metric, Source, read_metrics, read_source
from profithunt.metrics.query import check, needs_of

SOURCES: Final = (
    "sessions", "site_events", "stock", "competitor_prices", "price_changes", "orders", "order_lines", "parcels_sent",
    "parcels_due", "parcels_delivered", "carrier_capacity", "contacts", "defects", "reviews", "returns", "sign_ups",
    "customer_events", "loyalty", "ad_spend", "touches", "ledger",
)  # fmt: skip
"""Sources of the package, a SQL file each in `metrics/sources/`."""


@dataclass(frozen=True)
class Asleep:
    """A metric that a shop's data does not allow, and what would wake it."""

    metric: Metric
    missing: tuple[str, ...]

    @property
    def wakes(self) -> str:
        """What to supply."""
        return wakes(self.missing)

    def to_json(self) -> dict[str, Any]:
        """`{name, missing, wakes}`."""
        return {"name": self.metric.name, "missing": list(self.missing), "wakes": self.wakes}


@dataclass(frozen=True)
class Catalogue:
    """Metrics by name, in order of subject, and the sources that they are computed over."""

    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]

    def __getitem__(self, name: str) -> Metric:
        """A metric by name. Raises NotFound that names the nearest."""
        try:
            return self.metrics[name]
        except KeyError:
            near = get_close_matches(name, self.metrics, n=3, cutoff=0.5)
            hint = (
                f"did you mean {' or '.join(repr(one) for one in near)}?" if near else "profithunt metrics lists them"
            )
            raise NotFound(f"there is no metric '{name}'", do=hint) from None

    def base(self, metric: Metric) -> tuple[Metric, ...]:
        """The metrics of sources that a metric rests on: itself, or the two that it divides."""
        if metric.metric is None or metric.per is None:
            return (metric,)
        return self.metrics[metric.metric], self.metrics[metric.per]

    def dimensions(self, metric: Metric) -> tuple[str, ...]:
        """Dimensions that a metric can be cut by: of two metrics, those that both have."""
        sets = [self.sources[base.source or ""].all_dimensions for base in self.base(metric)]
        return tuple(name for name in sets[0] if all(name in one for one in sets))

    def stored(self, metric: Metric) -> tuple[str, ...]:
        """Dimensions that are stored by day."""
        sets = [self.sources[base.source or ""].dimensions for base in self.base(metric)]
        return tuple(name for name in sets[0] if all(name in one for one in sets))

    def needs(self, metric: Metric) -> tuple[str, ...]:
        """Everything a metric needs."""
        found = list(metric.needs)
        for base in self.base(metric):
            found += needs_of(base, self.sources[base.source or ""])
        return tuple(dict.fromkeys(found))

    def awake(self, engine: AnyEngine) -> tuple[list[Metric], list[Asleep]]:
        """The metrics that the tables of a run allow, and those that sleep with what they miss."""
        needs = {name: self.needs(metric) for name, metric in self.metrics.items()}
        supply = Supply(engine, (need for one in needs.values() for need in one))
        up, asleep = [], []
        for name, metric in self.metrics.items():
            missing = supply.missing(needs[name])
            if missing:
                asleep.append(Asleep(metric, missing))
            else:
                up.append(metric)
        return up, asleep

    def children(self, name: str | None) -> list[Metric]:
        """The metrics right below one in the tree; of None, those at the top."""
        return [metric for metric in self.metrics.values() if metric.parent == name]


def catalogue(
    own: Iterable[Path] = (),
    off: Sequence[str] = (),
    targets: Mapping[str, float] | None = None,
    owners: Mapping[str, str] | None = None,
) -> Catalogue:
    """The package's metrics and the retailer's `own` (TOML metrics, SQL sources), without those that are `off`.

    Raises ModelError for a definition that breaks its contract, ConfigError for settings about metrics that aren't
    there.
    """
    paths = sorted(own)
    sources = dict(_sources())
    for path in paths:
        if path.suffix == ".sql":
            sources[path.stem] = read_source(path)
    metrics: dict[str, Metric] = {metric.name: metric for metric in _metrics()}
    for path in paths:
        if path.suffix == ".toml":
            for metric in read_metrics(path):
                if metric.name in metrics:
                    raise ModelError(
                        f"there is a metric '{metric.name}' already",
                        where=metric.where,
                        expected=f"another name; the other is in {metrics[metric.name].path}",
                    )
                metrics[metric.name] = metric
    _know(metrics, off, "metrics.off")
    _know(metrics, targets or {}, "metrics.targets")
    _know(metrics, owners or {}, "metrics.owners")
    kept = {name: metric for name, metric in metrics.items() if name not in off}
    tuned = {name: metric.tuned((targets or {}).get(name), (owners or {}).get(name)) for name, metric in kept.items()}
    found = Catalogue(tuned, sources)
    for metric in [metric for metric in tuned.values() if paths and metric.path in paths]:
        _check(metric, found, metrics)
    # A metric whose parts were switched off goes with them.
    whole = {name: metric for name, metric in tuned.items() if {metric.metric, metric.per} - {None} <= set(tuned)}
    return Catalogue(whole, sources)


def check_all(found: Catalogue) -> None:
    """Check every metric of a catalogue. Raises ModelError."""
    for metric in found.metrics.values():
        _check(metric, found, found.metrics)


def _check(metric: Metric, found: Catalogue, known: Mapping[str, Metric]) -> None:
    if metric.parent is not None:
        if metric.parent not in known:
            raise _unknown(metric, "parent", metric.parent, known)
        _check_tree(metric, known)
    for key, name in (("metric", metric.metric), ("per", metric.per)):
        if name is None:
            continue
        if name not in known:
            raise _unknown(metric, key, name, known)
        if known[name].aggregation != "sum":
            raise ModelError(
                f"{key} is '{name}', which does not add up over days",
                where=metric.where,
                expected="a metric that is a sum",
            )
    if metric.source is not None:
        if metric.source not in found.sources:
            raise _unknown(metric, "source", metric.source, found.sources)
        check(metric, found.sources[metric.source])


def _check_tree(metric: Metric, known: Mapping[str, Metric]) -> None:
    seen = [metric.name]
    parent = metric.parent
    while parent is not None:
        if parent in seen:
            raise ModelError(f"the tree goes in a circle: {' → '.join([*seen, parent])}", where=metric.where)
        seen.append(parent)
        above = known.get(parent)
        parent = above.parent if above else None


def _unknown(metric: Metric, key: str, name: str, known: Iterable[str]) -> ModelError:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return ModelError(
        f"{key} is '{name}', which isn't there",
        where=f"{metric.where}.{key}",
        expected=f"one of {', '.join(sorted(known))}" if not near else f"perhaps '{near[0]}'",
    )


def _know(known: Mapping[str, Metric], names: Iterable[str], where: str) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, list(known), n=1, cutoff=0.5)
            raise ConfigError(
                f"there is no metric '{name}'",
                where=f"shop.toml, {where}",
                do=f"did you mean '{near[0]}'?" if near else "profithunt metrics lists them",
            )


def _folder(name: str) -> Path:
    return Path(str(files(__package__) / name))


@lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    return {name: read_source(_folder("sources") / f"{name}.sql") for name in SOURCES}


@lru_cache(maxsize=1)
def _metrics() -> tuple[Metric, ...]:
    folder = _folder("catalogue")
    return tuple(metric for subject in SUBJECTS for metric in read_metrics(folder / f"{subject}.toml"))
