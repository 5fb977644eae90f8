"""Results as JSON: exact amounts as text, times in ISO form, nothing that is no JSON."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt.cli.output import Output, to_json


class Told:
    """A record that says of itself what it is."""

    def to_json(self):
        return {"amount": Decimal("1.10")}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.0001"), "-0.0001"),
        (dt.date(2024, 1, 5), "2024-01-05"),
        (dt.datetime(2024, 1, 5, 10, 30), "2024-01-05T10:30:00"),
        (float("nan"), None),
        (float("inf"), None),
        (0.5, 0.5),
        (True, True),
        (None, None),
        ((1, "a"), [1, "a"]),
        ({1: Decimal(2)}, {"1": "2"}),
        (Told(), {"amount": "1.10"}),
        ([Told()], [{"amount": "1.10"}]),
    ],
)
def test_values(capsys, value, written):
    assert to_json(value) == written
    Output(json=True).data(value)
    assert json.loads(capsys.readouterr().out) == written


def test_each_item_of_a_list_is_a_line(capsys):
    Output().data([{"a": Decimal("1.0")}, {"a": float("nan")}])
    assert capsys.readouterr().out == '[\n{"a": "1.0"},\n{"a": null}\n]\n'
    Output().data([])
    assert capsys.readouterr().out == "[]\n"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=8,
)


@given(JSON)
def test_whatever_comes_is_json(value):
    text = json.dumps(to_json(value), allow_nan=False)
    assert json.loads(text) == to_json(value)
