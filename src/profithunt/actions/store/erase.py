"""Taking a customer out of the operational store: every text and JSON column of every table, the audit too.

An entry of the audit is never changed otherwise, and its chain shows it. Here entries that name the customer are
changed in one transaction, the chain is tied anew from the first of them, and a last entry says so, with the end of the
chain as it was: `verify` holds again, and who kept an earlier end of the chain can see why it differs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions.policies import Actor
from profithunt.actions.store import audit
from profithunt.actions.store.audit import GENESIS, _digest
from profithunt.actions.store.database import Store
from profithunt.actions.store.tables import audit as audit_table, audit_head

Json = Any
_SCHEMAS: Final = ("dbos",)


def erase(
    store: Store, customer_id: str, forget: Callable[[Json], Json], actor: str, mark: str, at: dt.datetime
) -> int:
    """Change every value that `forget` changes; the rows changed. `mark` names the erasure in the audit."""
    changed = 0
    with store.writing() as connection, _changeable(connection):
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        inspector = sa.inspect(connection)
        there = set(inspector.get_schema_names())
        first: int | None = None
        for schema in (None, *(name for name in _SCHEMAS if name in there)):
            for name in inspector.get_table_names(schema=schema):
                table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
                keys = _changed(connection, table, customer_id, forget)
                changed += len(keys)
                if name == audit_table.name and keys:
                    first = min(key[0] for key in keys)
        if first is not None:
            before = connection.execute(sa.select(audit_head.c.digest)).scalar_one()
            _tie_anew(connection, first)
            data = {"rows": changed, "chain_before": before, "from_entry": first}
        else:
            data = {"rows": changed}
        if changed:
            audit.append(
                connection, Actor(actor, "person", "erasure"), [audit.Act("erase", "customer", mark, data)], at
            )
    if store.is_sqlite and changed:
        with store.engine.connect() as connection:
            # What was overwritten must not lie in free pages or in the log.
            raw = connection.connection.cursor()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()
    return changed


def _changed(
    connection: sa.Connection, table: sa.Table, customer_id: str, forget: Callable[[Json], Json]
) -> list[tuple[Any, ...]]:
    """Change the rows of one table; the keys of those that were."""
    texts = [item for item in table.columns if isinstance(item.type, (sa.String, sa.JSON))]
    keys = list(table.primary_key.columns) or list(table.columns)
    if not texts:
        return []
    me = customer_id.lower()
    said = sa.or_(*(sa.func.lower(sa.cast(item, sa.Text)).contains(me, autoescape=True) for item in texts))
    done = []
    for row in connection.execute(sa.select(*keys, *texts).where(said)).all():
        old = tuple(row)[len(keys) :]
        new = [forget(value) for value in old]
        values = {item: value for item, value, former in zip(texts, new, old, strict=True) if value != former}
        if values:
            same = sa.and_(*(item == value for item, value in zip(keys, row, strict=False)))
            connection.execute(sa.update(table).where(same).values(values))
            done.append(tuple(row)[: len(keys)])
    return done


def _tie_anew(connection: sa.Connection, first: int) -> None:
    """The chain of the audit from an entry on."""
    table = audit_table.c
    digest = connection.execute(sa.select(table.digest).where(table.seq == first - 1)).scalar() or GENESIS
    for row in connection.execute(sa.select(audit_table).where(table.seq >= first).order_by(table.seq)).all():
        entry = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        before, digest = digest, _digest(digest, entry)
        connection.execute(sa.update(audit_table).where(table.seq == row.seq).values(before=before, digest=digest))
    connection.execute(sa.update(audit_head).values(digest=digest))


@contextlib.contextmanager
def _changeable(connection: sa.Connection) -> Iterator[None]:
    """While this lasts, the database lets entries of the audit be changed; inside one transaction, seen by nobody."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
        yield
        connection.execute(sa.text("ALTER TABLE audit ENABLE TRIGGER USER"))
        return
    guards = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    ).all()
    for name, _ in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in guards:
        connection.exec_driver_sql(sql)
