"""The pages of `docs/reference/`, each a function that gives its text from the definitions in the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scripts.reference import (
    adapters,
    cli,
    decks,
    detectors,
    errors,
    ledger,
    macros,
    metrics,
    opportunities,
    presets,
    python,
    run_json,
    run_tables,
    settings,
    tables,
)

PAGES: Final[dict[str, Callable[[], str]]] = {
    "adapters.md": adapters.page,
    "cli.md": cli.page,
    "decks.md": decks.page,
    "detectors.md": detectors.page,
    "errors.md": errors.page,
    "ledger.md": ledger.page,
    "macros.md": macros.page,
    "metrics.md": metrics.page,
    "opportunities.md": opportunities.page,
    "presets.md": presets.page,
    "python.md": python.page,
    "run-json.md": run_json.page,
    "run-tables.md": run_tables.page,
    "settings.md": settings.page,
    "tables.md": tables.page,
}
