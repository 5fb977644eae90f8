"""Whatever the bytes of a file are, the result is defined: a sentence, or rows kept and set aside."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profithunt.errors import SourceError

pytestmark = pytest.mark.slow  # draws many files

HEAD = b"order,line,sku,qty,price\n"
MARKS = [b",", b'"', b"'", b"\n", b"\r", b"\r\n", b";", b"\t", b"\0", b"\xff\xfe", b"\xe9", b"\\", b"%", b" "]
CELLS = [b"1", b"-2", b"1,5", b"(3)", b"o1", b"NaN", b"1e999", b"0x1", b"2024-01-01", b"#N/A", b"x" * 50]
PIECES = st.sampled_from([*MARKS, *CELLS, "€".encode(), "\u00a0".encode()])
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@RELAXED
@given(body=st.lists(PIECES, max_size=60))
def test_csv(shop, body):
    shop.write("in.csv", HEAD + b"o1,1,a,1,1.00\n" + b"".join(body))
    outcome(shop, "in.csv")


@RELAXED
@given(
    body=st.binary(max_size=400), ending=st.sampled_from(["csv", "csv.gz", "json", "jsonl", "xlsx", "parquet", "zip"])
)
def test_anything(shop, body, ending):
    shop.write(f"in.{ending}", body)
    outcome(shop, f"in.{ending}")


def outcome(shop, files):
    said = ""
    try:
        result = shop.lines(files)
    except SourceError as error:
        said = str(error)
    if said:
        assert "\n" not in said
        return
    health = result.tables["order_lines"]
    assert health.rows_kept + health.rows_quarantined + health.duplicates_removed <= health.rows_read
