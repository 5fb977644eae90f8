"""The same shop on DuckDB and on Spark: every table of the run has the same rows, sums and contents.

Shops: the made-up exports of `examples/`, and the Olist sample where it can be had.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from profithunt.api.compare import TableDifference
from profithunt.engine.sparksession import missing
from truth import olist
from truth.claim import Claim, Unavailable, run_shop

NAME = "spark"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "exports"
_SAME = "no difference"


def check(folder: Path) -> Iterator[Claim]:
    """One claim a table: rows, sums of every numeric column, hash of the sorted rows."""
    lacking = missing()
    if lacking is not None:
        raise Unavailable(f"the extra `spark` and Java 17: {lacking}")
    for name, data in _shops():
        shop = run_shop(data, folder / name)
        first = shop.current.run_id
        second = shop.run(engine="spark", master="local[2]").run_id
        for table in shop.compare(first, second).tables:
            yield Claim(NAME, f"{name}: {_described(table)}", _SAME, _SAME if table.same else table.to_json())


def _shops() -> Iterator[tuple[str, Path]]:
    yield "examples", EXAMPLES
    try:
        yield "olist", olist.files()
    except Unavailable:
        return


def _described(table: TableDifference) -> str:
    rows = table.rows[0] if table.rows[0] is not None else "no"
    return f"{table.name}, {rows} rows, {table.n_sums} sums, hash {(table.hashes[0] or 'of nothing')[:12]}"
