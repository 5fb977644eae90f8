"""The operational store: one database for what people and agents do. SQLite by default, PostgreSQL by URL.

Readers see what is committed; writers stand in a line, one after the other, so that of two who decide at once the
second sees what the first did. A write is durable when it is done.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from profithunt.actions.store.tables import audit_head
from profithunt.errors import RunError, UsageError

if TYPE_CHECKING:
    from alembic.config import Config

FILE: Final = "app.db"
HEAD: Final = "0003"
"""The migration that this version of the package needs."""
VARIABLE: Final = "PROFITHUNT_STORE_URL"
_BUSY_SECONDS: Final = 60
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 7_203_114_581


def url_of(folder: Path, setting: str | None) -> str:
    """Where the store of a shop is: the environment, then `[store] url` (`env:NAME` names a variable), then a file."""
    given = os.environ.get(VARIABLE) or setting
    if given and given.startswith("env:"):
        name = given.removeprefix("env:")
        given = os.environ.get(name)
        if not given:
            raise UsageError(f"the environment variable {name} is not set", where="[store] url", do=f"set {name}")
    if not given:
        return f"sqlite:///{folder / '.profithunt' / FILE}"
    for scheme in ("postgresql://", "postgres://"):
        if given.startswith(scheme):
            return f"postgresql+psycopg://{given.removeprefix(scheme)}"
    if given.startswith("sqlite:///") and not given.startswith("sqlite:////"):
        return f"sqlite:///{folder / given.removeprefix('sqlite:///')}"
    if not given.startswith(("sqlite:////", "postgresql+psycopg://")):
        raise UsageError(
            "this is no store", where="[store] url", expected="a URL postgresql://… or sqlite:///…, or env:NAME"
        )
    return given


class Store:
    """An open store. `Store.open` brings it to this version's tables first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at a URL, made or migrated where it needs to be. Raises RunError where it can't be reached."""
        path = sa.make_url(url).database
        if url.startswith("sqlite") and path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        store = cls(url)
        try:
            store.migrate()
        except sa.exc.OperationalError as error:
            store.close()
            shown = sa.make_url(url).render_as_string(hide_password=True)
            raise RunError(
                f"the store can't be opened: {str(error.orig).splitlines()[0]}",
                where=shown,
                do="check [store] url in shop.toml, and that the database answers",
            ) from error
        except BaseException:
            store.close()
            raise
        return store

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Let go of its connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that only reads."""
        with self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction of its own turn: committed as a whole when the block ends, else not at all."""
        with self.engine.connect().execution_options(profithunt_writes=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(sa.select(audit_head.c.seq).where(audit_head.c.id == 1).with_for_update())
            yield connection

    def migrate(self) -> None:
        """Bring the tables to this version; of several processes at once, one does it."""
        with self.engine.connect() as connection:
            if self._version(connection) == HEAD:
                return
        from alembic import command

        with self.engine.connect().execution_options(profithunt_writes=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if self._version(connection) != HEAD:
                config = migrations()
                config.attributes["connection"] = connection
                command.upgrade(config, HEAD)

    def _version(self, connection: sa.Connection) -> str | None:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(
            sa.select(sa.column("version_num", sa.String)).select_from(sa.table("alembic_version"))
        )
        version = found.scalar()
        if version is not None and version > HEAD:
            raise RunError(
                f"the store was made by a newer profithunt (its tables are at {version}, this one knows {HEAD})",
                do="install the newer version",
            )
        return version


def migrations() -> Config:
    """Alembic's settings for the packaged migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _prepare(connection: Any, _record: object) -> None:
    """A fresh connection to SQLite: transactions as we say, a log ahead of the file, nothing lost when power fails."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("profithunt_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
