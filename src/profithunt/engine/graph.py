"""In which order models are built: what they read comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from profithunt.engine.compiler import dependencies
from profithunt.engine.model import Model
from profithunt.errors import ModelError


def build_order(models: Mapping[str, Model], given: Iterable[str]) -> list[Model]:
    """Models sorted so that each comes after those it reads; `given` are the tables that are there already.

    Raises ModelError for a table that is neither, and for models that read each other in a circle.
    """
    have = set(given)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, model in models.items():
        reads = dependencies(model.sql, name)
        missing = reads - have - set(models)
        if missing:
            raise ModelError(f"reads {min(missing)}, which is neither a table nor a model", where=name)
        sorter.add(name, *sorted(reads & set(models)))
    try:
        return [models[name] for name in sorter.static_order()]
    except CycleError as error:
        raise ModelError(f"models read each other in a circle: {' → '.join(error.args[1])}") from error
