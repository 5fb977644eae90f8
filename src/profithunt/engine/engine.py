"""What every engine can do: the door that the ledger, the detectors and the API are written against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from sqlglot import exp

from profithunt.engine.relation import Relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

Statement = str | exp.Expr
Parameters = Sequence[object] | Mapping[str, object] | None
Span = tuple[str | None, str | None]
"""The first key of a span, and the key after its last; None is open."""


class AnyEngine(Protocol):
    """One engine: statements in, rows, arrays, Arrow or Parquet out. Every method may raise EngineError."""

    dialect: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def close(self) -> None:
        """Give back what the engine holds."""

    @property
    def version(self) -> str:
        """Name and version, e.g. `duckdb 2.0.0`."""

    def run(self, statement: Statement, params: Parameters = None) -> None:
        """Execute a statement whose result nobody reads."""

    def rows(self, statement: Statement, params: Parameters = None) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples; for results that fit the driver."""

    def fetch(self, statement: Statement, params: Parameters = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and all rows of a query."""

    def dicts(self, statement: Statement, params: Parameters = None) -> list[dict[str, Any]]:
        """All rows of a query, as dictionaries by column name."""

    def value(self, statement: Statement, params: Parameters = None) -> Any:
        """The first column of the first row, or None."""

    def arrays(self, statement: Statement, params: Parameters = None) -> dict[str, NDArray[Any]]:
        """The columns of a query as NumPy arrays, masked where null."""

    def array_batches(self, statement: Statement, *, rows: int = 1_000_000) -> Iterator[dict[str, NDArray[Any]]]:
        """The same, `rows` at a time, for results larger than memory."""

    def relation(self, statement: Statement) -> Relation:
        """A query that runs when it is read."""

    def view(self, name: str, query: Statement) -> None:
        """Give a query a name."""

    def table(self, name: str, query: Statement) -> None:
        """Run a query and keep its rows under a name until the engine closes."""

    def drop(self, name: str) -> None:
        """Forget a view or table, if there is one of this name."""

    def has(self, name: str) -> bool:
        """Whether a view or table of this name is there."""

    def columns(self, name: str) -> dict[str, str]:
        """Columns of a view or table, name → engine type, in their order."""

    def describe(self, query: Statement) -> dict[str, str]:
        """Columns of a query, name → engine type, without running it."""

    def attach_parquet(self, name: str, path: Path | Sequence[Path]) -> None:
        """Give Parquet files a name, so that queries read them as a table."""

    def attach_arrow(self, name: str, source: object) -> None:
        """Copy anything that speaks the Arrow PyCapsule interface into a table."""

    def attach_arrays(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Copy NumPy arrays of one length into a table, a column each; masked values and NaN become null."""

    def spans(self, name: str, key: str, number: int) -> list[Span]:
        """About `number` spans of keys that hold about the same number of the table's rows, in order of the keys."""

    def part(self, tables: Sequence[str], key: str, span: Span) -> AbstractContextManager[None]:
        """While this lasts, these tables show the rows of a span of keys alone."""

    def write_parquet(
        self, query: Statement, path: Path, *, order_by: Sequence[str] = (), any_order: bool = False
    ) -> int:
        """Write a query as Parquet, in the order of `order_by`; the number of rows written."""

    def write_csv(self, query: Statement, path: Path) -> int:
        """Write a query to a CSV file; the number of rows written."""
