"""Files for whatever imports a table: one row for each value that changes, with what it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from profithunt.actions.adapters.base import FileAdapter
from profithunt.actions.adapters.exports import table
from profithunt.actions.adapters.prescribed import service, told
from profithunt.actions.adapters.protocol import Action, Change, Context
from profithunt.errors import UsageError

Json = Any


class CsvFile(FileAdapter):
    """The adapter `csv`: entity, field, value before, value after."""

    name: ClassVar[str] = "csv"

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """What the action says under `set` and `former`; of a list of customers or SKUs one change a member."""
        del context
        wanted = told(action)
        kind = service(action.kind).change
        after = _values(wanted.get("set") or {"action": action.kind}, "set")
        before = _values(wanted.get("former") or {}, "former")
        held = set(action.holdout)
        for key, name in (("customers", "customer_id"), ("skus", "sku"), ("keywords", "keyword")):
            if wanted.get(key):
                members = [str(member) for member in dict.fromkeys(wanted[key]) if str(member) not in held]
                return [Change(kind, {name: member}, before, after) for member in members]
        return [Change(kind, dict(action.entity), before, after)]

    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """One file: the keys of the entity, then field, before, after."""
        keys = [*dict.fromkeys(key for change in changes for key in change.entity)]
        rows = [
            [*(change.entity.get(key, "") for key in keys), change.kind, name, *_both(change, name)]
            for change in changes
            for name in dict.fromkeys((*change.before, *change.after))
        ]
        return [table([*keys, "kind", "field", "before", "after"], rows)]


def _both(change: Change, name: str) -> tuple[str, str]:
    return str(change.before.get(name, "")), str(change.after.get(name, ""))


def _values(given: Json, what: str) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise UsageError(f"'{what}' holds no values", expected='a table such as { price = "19.90" }')
    return {str(name): str(value) for name, value in given.items()}
