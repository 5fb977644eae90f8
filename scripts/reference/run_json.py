"""What `run.json` says about a run: each key with its meaning. A test holds it against a real run."""

from __future__ import annotations

from scripts.reference.markdown import code, document, table

INTRO = """
Each run has a `run.json` beside its tables (see [runs on disk](../explanation/runs.md)); `profithunt run --json` prints
the same, and `Shop.current.info` gives it in Python. `*` stands for a name, `[]` for each entry of a list. Amounts are
decimal strings.
"""

KEYS = {
    "run_id": "id of the run: the UTC time it began",
    "started_at": "when it began",
    "finished_at": "when it had finished and reconciled",
    "version": "version of profithunt",
    "engine": "engine and its version",
    "settings_hash": "hash of everything in shop.toml that a result depends on",
    "as_of": "day the data is complete to",
    "seconds.*": "seconds that each stage took",
    "tables_at": "path or URL of the tables, where they are not beside run.json; else null",
    "tables.*.sha256": "hash of the table's file, null where it is not on this machine",
    "tables.*.bytes": "its size",
    "tables.*.rows": "its rows",
    "tables.*.seconds": "seconds it took",
    "tables.*.reused": "whether it was taken from the run before",
    "tables.*.refreshed": "number of keys or parts built anew, the rest being taken from the run before; else null",
    "tables.*.why": "why it was built whole although there was a run before; else null",
    "tables.*.statement": "hash of its statement and of those of the views and working tables that it reads",
    "tables.*.files.*": "hash of each of its files",
    "tables.*.fingerprint": "hash of its statement and of what it reads: the same means the same rows",
    "given.*": "hash of each table that models read and no model made: canonical tables, settings as tables",
    "sources_fingerprint": "hash of the source files and of how they are read; null where a source is a database",
    "sources_reused": "whether the canonical tables were taken from the run before",
    "inputs[].path": "file or query that was read, relative to the shop",
    "inputs[].sha256": "hash of its content",
    "inputs[].bytes": "its size",
    "inputs[].rows": "records in it",
    "health.as_of": "day the data is complete to, as the sources show it",
    "health.rows_quarantined": "rows set aside",
    "health.money_quarantined": "money that they carry",
    "health.tables.*.name": "canonical table",
    "health.tables.*.files": "files that feed it",
    "health.tables.*.rows_read": "records read",
    "health.tables.*.rows_kept": "rows kept",
    "health.tables.*.rows_quarantined": "rows set aside",
    "health.tables.*.duplicates_removed": "rows that were there already",
    "health.tables.*.money_quarantined": "money that rows set aside carry; null where the table has no money",
    "health.tables.*.first_at": "first event",
    "health.tables.*.last_at": "last event",
    "health.tables.*.freshness_days": "days from the last event to the day the data is complete to",
    "health.tables.*.null_share.*": "share of missing values by column, 0 to 1",
    "health.tables.*.orphans[].column": "column whose value leads nowhere",
    "health.tables.*.orphans[].references": "where it should lead",
    "health.tables.*.orphans[].rows": "rows for which it does",
    "health.tables.*.orphans[].filled": "rows that have a value",
    "health.tables.*.reasons.*": "rows set aside by reason",
    "health.tables.*.notes[]": "what else is worth knowing, e.g. how dates were read",
    "health.capabilities[].name": "something that the shop can ask for",
    "health.capabilities[].title": "the same in words",
    "health.capabilities[].needs[]": "what it needs",
    "health.capabilities[].present[]": "what of it is there",
    "health.capabilities[].missing[]": "what of it is missing",
    "health.capabilities[].wakes": "what would bring it back",
    "health.capabilities[].awake": "whether it works",
    "reconciliation.total": "contribution profit of the ledger",
    "reconciliation.components.*": "each component and its sum",
    "reconciliation.slices[].dimension": "dimension",
    "reconciliation.slices[].members": "its members, unallocated included",
    "reconciliation.slices[].total": "sum over them",
    "reconciliation.slices[].difference": "total less the ledger's: always 0 in a finished run",
    "actions_value.actions": "actions of customers whose effect was estimated",
    "actions_value.credible": "those that are believed over some horizon and population",
    "actions_value.asleep[].horizon_days": "horizon that the data is too short for",
    "actions_value.asleep[].wakes": "what would bring it",
    "metrics.metrics": "metrics that the data allows",
    "metrics.sleeping[].name": "a metric that lacks its tables",
    "metrics.sleeping[].missing[]": "what it lacks",
    "metrics.sleeping[].wakes": "what would wake it",
    "hunt.key": "hash of settings and detectors: while they are the same, the stored opportunities are shown again",
    "hunt.opportunities": "opportunities found",
    "hunt.total": "their money over the horizon, what several claim counted once",
    "hunt.claimed": "the sum of their values",
    "hunt.tested.*": "entities that a detector judged, by its name",
    "hunt.vetoed[]": "a find that another detector cancelled, as JSON text like that of `profithunt hunt --json`",
    "hunt.sleeping[].detector": "number of a detector that lacks its tables",
    "hunt.sleeping[].code": "its code",
    "hunt.sleeping[].name": "its name",
    "hunt.sleeping[].missing[]": "what it lacks",
    "hunt.sleeping[].wakes": "what would wake it",
    "hunt.failed[].detector": "number of a detector that failed",
    "hunt.failed[].code": "its code",
    "hunt.failed[].name": "its name",
    "hunt.failed[].reason": "why",
}


def page() -> str:
    """The page `run-json.md`."""
    rows = ([code(name), meaning] for name, meaning in KEYS.items())
    return document("run.json", "`scripts/reference/run_json.py`", INTRO, table(["key", "meaning"], rows))
