"""Sources that keep their types: Parquet, DuckDB files, and databases through Arrow."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.errors import EngineError, SourceError
from profithunt.sources import content
from profithunt.sources.dialect import column_names
from profithunt.sources.names import nearest
from profithunt.sources.raw import ROW, RawFile, stage_rows
from profithunt.sources.rowfiles import as_text
from profithunt.sources.templates import call, cast, column, named, text
from profithunt.sources.workplace import parquet

if TYPE_CHECKING:
    from profithunt.config import Source
    from profithunt.sources.found import Found
    from profithunt.sources.workplace import Workplace


def read_parquet(found: Found, place: Workplace) -> RawFile:
    """A Parquet file as it is; nothing is copied. Raises SourceError."""
    sha256, size = content.digest(found.path, where=found.name)
    plain = parquet(found.path)
    try:
        columns = _own(place.engine.describe(exp.select("*").from_(plain)))
        rows = int(place.engine.value(exp.select(exp.Count(this=exp.Star())).from_(plain)))
    except EngineError as error:
        raise SourceError(
            f"is not a Parquet file that can be read ({error.what[:140]})", where=found.name, do="write it again"
        ) from error
    numbered = call(
        "read_parquet", text(str(found.path)), exp.EQ(this=exp.column("file_row_number"), expression=exp.true())
    )
    number = exp.Add(this=exp.column("file_row_number"), expression=exp.Literal.number(1))
    query = exp.select(*(column(name) for name in columns), named(cast(number, "BIGINT"), ROW)).from_(numbered)
    return RawFile(
        name=found.name,
        relation=query.subquery("f", copy=False),
        columns=columns,
        sha256=sha256,
        size=size,
        rows=rows,
        modified=found.path.stat().st_mtime,
    )


def _own(columns: dict[str, str]) -> dict[str, str]:
    """Columns without those that profithunt adds itself (a source may be an export of it)."""
    return {name: kind for name, kind in columns.items() if name.lower() not in ("_row", "_file", "file_row_number")}


def read_duckdb(found: Found, source: Source, place: Workplace) -> RawFile:
    """One table of a DuckDB file. Raises SourceError."""
    sha256, size = content.digest(found.path, where=found.name)
    alias = place.name("file")
    try:
        place.engine.run(_attach(found, alias))
    except EngineError as error:
        raise SourceError(
            f"is not a DuckDB file that can be read ({error.what[:140]})", where=found.name, do="check the file"
        ) from error
    try:
        there = [row[0] for row in place.engine.rows(_tables_of(alias))]
        wanted = (source.relation or (there[0] if len(there) == 1 else "")).split(".")[-1]
        if wanted not in there:
            asked = f"has no table '{wanted}'{nearest(wanted, there)}" if wanted else "holds several tables"
            raise SourceError(asked, where=found.name, expected=f"relation = one of {', '.join(there) or 'none'}")
        schema = source.relation.split(".")[0] if source.relation and "." in source.relation else "main"
        return _stored(
            found.name, exp.table_(wanted, db=schema, catalog=alias, quoted=True), place, sha256, size, found
        )
    finally:
        place.engine.run(exp.Detach(this=exp.to_identifier(alias)))


def _attach(found: Found, alias: str) -> exp.Expr:
    named_file = exp.alias_(text(str(found.path)), alias)
    return exp.Attach(this=named_file, expressions=[exp.AttachOption(this=exp.var("READ_ONLY"))])


def _tables_of(alias: str) -> exp.Select:
    return (
        exp.select("table_name")
        .from_("information_schema.tables")
        .where(exp.column("table_catalog").eq(text(alias)))
        .order_by("table_name")
    )


def _stored(name: str, table: exp.Expr, place: Workplace, sha256: str, size: int, found: Found | None) -> RawFile:
    columns = _own(place.engine.describe(exp.select("*").from_(table)))
    number = named(exp.Window(this=exp.RowNumber()), ROW)
    relation, rows = place.store(exp.select(number, *(column(item) for item in columns)).from_(table), "raw")
    return RawFile(
        name=name,
        relation=relation,
        columns=columns,
        sha256=sha256 or _fingerprint(relation, columns, place),
        size=size,
        rows=rows,
        modified=found.path.stat().st_mtime if found is not None else 0.0,
    )


def _fingerprint(relation: exp.Expr, columns: dict[str, str], place: Workplace) -> str:
    """A checksum of rows that have no file: the same rows in any order give the same."""
    each = call("hash", *(column(name) for name in columns))
    total = exp.select(call("bit_xor", each), exp.Sum(this=cast(each, "HUGEINT"))).from_(relation)
    low, high = place.engine.rows(total)[0]
    return f"{int(low or 0):016x}{int(high or 0):048x}"[-64:]


def read_database(source: Source, place: Workplace) -> RawFile:
    """The rows of a table or query of a database, through ADBC or SQLAlchemy. Raises SourceError."""
    url, label = _url(source.database or "")
    name = f"{label} {source.relation or source.query or ''}".strip()
    query = source.query or _all_of(source.relation, name)
    if url.startswith(("postgresql://", "postgres://")) and _installed("adbc_driver_postgresql"):
        return _adbc(url, query, name, place)
    return _sqlalchemy(url, query, name, place)


def _url(database: str) -> tuple[str, str]:
    if not database.startswith("env:"):
        return database, database.split("://", maxsplit=1)[0]
    variable = database.removeprefix("env:")
    url = os.environ.get(variable, "")
    if not url:
        raise SourceError(
            f"the environment variable {variable} is not set", where="database", expected="a database URL in it"
        )
    return url, database


def _all_of(relation: str | None, where: str) -> str:
    if not relation:
        raise SourceError("neither query nor relation is given", where=where, do="say which table to read")
    return exp.select("*").from_(exp.to_table(relation)).sql()


def _installed(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


def _adbc(url: str, query: str, name: str, place: Workplace) -> RawFile:
    from adbc_driver_manager import Error
    from adbc_driver_postgresql import dbapi

    handle = place.name("arrow")
    try:
        with closing(dbapi.connect(url)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(query)
            place.engine.attach_arrow(handle, cursor.fetch_record_batch())
    except (Error, OSError) as error:
        raise SourceError(f"can't be read ({_plain(error)})", where=name, do=_CHECK) from error
    try:
        return _stored(name, exp.to_table(handle), place, "", 0, None)
    finally:
        place.engine.drop(handle)


_CHECK = "check the URL, the query and the rights of its user"


def _sqlalchemy(url: str, query: str, name: str, place: Workplace) -> RawFile:
    try:
        import sqlalchemy
    except ImportError as error:
        raise SourceError(
            "reading a database needs SQLAlchemy", where=name, do="install it with: pip install 'profithunt[databases]'"
        ) from error
    engine: Any = None
    try:
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            result = connection.execution_options(stream_results=True).execute(sqlalchemy.text(query))
            names, repeated = column_names(list(result.keys()))
            rows = ([as_text(cell) for cell in row] for row in result)
            relation, count = stage_rows(rows, names, place, where=name)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, OSError) as error:
        raise SourceError(f"can't be read ({_plain(error)})", where=name, do=_CHECK) from error
    finally:
        if engine is not None:
            engine.dispose()
    columns = dict.fromkeys(names, "VARCHAR")
    sha256 = _fingerprint(relation, columns, place)
    return RawFile(name, relation, columns, sha256, 0, count, repeated=repeated)


def _plain(error: BaseException) -> str:
    """The first line of a driver's message, without a password in it."""
    import re

    return re.sub(r"://[^@\s]*@", "://…@", str(error).split("\n")[0])[:200]
