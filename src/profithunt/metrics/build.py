"""The metrics of a run: one table by day for each source, and all of them stacked in `metric_days`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Model, read_model
from profithunt.engine.runner import Built, Earlier, Report, build
from profithunt.errors import ConfigError
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.catalogue import Asleep, Catalogue, catalogue
from profithunt.metrics.definition import Metric, Source
from profithunt.metrics.query import daily_model, days_model


@dataclass(frozen=True)
class MetricsBuilt:
    """The tables that were built, the metrics in them, and those that sleep."""

    built: list[Built]
    awake: list[Metric]
    asleep: list[Asleep]

    def to_json(self) -> dict[str, Any]:
        """`{metrics, sleeping: [{name, missing, wakes}]}`."""
        return {"metrics": len(self.awake), "sleeping": [item.to_json() for item in self.asleep]}


def catalogue_of(config: ShopConfig) -> Catalogue:
    """The metrics of a shop: the package's, and those of its own files. Raises ModelError, ConfigError."""
    own = set()
    for pattern in config.metrics.files:
        found = [path for path in config.folder.glob(pattern) if path.suffix in (".toml", ".sql")]
        if not found and not any(sign in pattern for sign in "*?["):
            raise ConfigError(
                f"there is no file '{pattern}'",
                where=f"{config.folder / 'shop.toml'}, metrics.files",
                expected="metrics in .toml, or sources in .sql",
            )
        own.update(found)
    return catalogue(sorted(own), config.metrics.off, config.metrics.targets, config.metrics.owners)


def build_metrics(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> MetricsBuilt:
    """Build the tables of metrics into `out`; canonical tables and the ledger's must be attached.

    Metrics whose tables are missing sleep. A shop in which all sleep gets no table.
    """
    known = catalogue_of(config)
    awake, asleep = known.awake(engine)
    models = models_of(known, awake)
    chosen = settings(config, as_of(engine, config))
    built = build(engine, models, out, settings=chosen, fingerprints=fingerprints, earlier=earlier, report=report)
    return MetricsBuilt(built, awake, asleep)


def anomalies_model() -> Model:
    """The table `anomalies`, whose rows `models/anomalies` finds."""
    return read_model(Path(str(files(__package__) / "anomalies_models" / "anomalies.sql")))


def models_of(known: Catalogue, awake: list[Metric]) -> list[Model]:
    """The statements that compute these metrics: one for each source that they need, then the one that stacks them."""
    wanted = {metric.name for metric in awake}
    bases = {base.name: base for metric in awake for base in known.base(metric)}
    by_source: list[tuple[Source, list[Metric]]] = []
    for name, source in known.sources.items():
        metrics = [metric for metric in known.metrics.values() if metric.source == name and metric.name in bases]
        if metrics:
            by_source.append((source, metrics))
    if not by_source:
        return []
    composed = [
        (metric, known.base(metric)[0], known.base(metric)[-1]) for metric in awake if metric.metric is not None
    ]
    shared = {metric.name: known.stored(metric) for metric, _, _ in composed}
    stacked = [(source, [one for one in metrics if one.name in wanted]) for source, metrics in by_source]
    return [
        *[daily_model(source, metrics) for source, metrics in by_source],
        days_model([item for item in stacked if item[1]], composed, shared),
    ]
