from __future__ import annotations

from decimal import Decimal

import pytest

from profithunt.errors import SourceError
from tests.sources.broken import CASES, Case, long_line

LIMIT = "[limits]\nmax_file_bytes = 25_000_000\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_broken_input_has_a_defined_result(case: Case, shop):
    shop.head = LIMIT if "bomb" not in case.name else LIMIT.replace("25", "20")
    case.write(shop.folder)
    if case.error:
        with pytest.raises(SourceError, match=case.error) as caught:
            shop.lines(case.files, case.more)
        said = str(caught.value)
        assert "\n" not in said
        assert "Traceback" not in said
        assert len(said) < 900
        return
    result = shop.lines(case.files, case.more)
    assert shop.reasons() == case.reasons
    assert result.tables["order_lines"].rows_kept == case.kept
    assert shop.total() == Decimal(case.total)
    assert result.rows_quarantined == sum(case.reasons.values())


def test_there_are_many_of_them():
    assert len(CASES) >= 45


@pytest.mark.slow
def test_a_line_of_a_gigabyte(shop):
    long_line(1_000_000_000)(shop.folder)
    shop.lines("in.csv")
    assert shop.reasons() == {"line of 1,000,000,012 characters is longer than the limit": 1}
    assert shop.total() == Decimal(30)
