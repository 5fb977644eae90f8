"""The shapes of charts: bars where the running total is, zero always on the scale, losses told apart."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt import fmt
from profithunt.charts import Column, Curve, bar, columns, curve, interval, scale_for, ticks, waterfall
from profithunt.charts.svg import element
from profithunt.reports.content import Step

AMOUNTS = st.floats(-1e9, 1e9, allow_nan=False)


def steps(*amounts: str) -> list[Step]:
    """Components in turn, and their sum."""
    parts = [
        Step(f"c{index}", f"Part {index}", Decimal(amount), subtotal=False) for index, amount in enumerate(amounts)
    ]
    return [*parts, Step("sum", "Sum", sum((part.amount for part in parts), Decimal(0)), subtotal=True)]


def rects(svg: str) -> list[dict[str, str]]:
    return [node.attrib for node in ET.fromstring(svg).iter("rect")]  # noqa: S314 - our own text


def test_components_hang_on_the_running_total_and_sums_stand_on_zero():
    bars = waterfall(steps("100", "-30", "-90"))
    assert [(one.start, one.end, one.kind) for one in bars] == [
        (0.0, 100.0, "gain"),
        (100.0, 70.0, "loss"),
        (70.0, -20.0, "loss"),
        (0.0, -20.0, "total"),
    ]


def test_a_loss_reaches_to_the_left_of_zero():
    scale = scale_for([-20.0, 100.0])
    [shape] = rects(bar(0, -20, scale, "loss"))
    assert shape["class"] == "loss"
    assert float(shape["x"][:-1]) == pytest.approx(0)
    assert float(shape["width"][:-1]) == pytest.approx(scale.zero * 100, abs=0.01)


def test_a_tiny_amount_is_still_seen_and_nothing_is_not_drawn():
    scale = scale_for([0.0, 1e6])
    [shape] = rects(bar(1e6, 1e6 - 1, scale, "loss"))
    assert float(shape["width"][:-1]) > 0
    assert float(shape["x"][:-1]) + float(shape["width"][:-1]) <= 100
    assert rects(bar(5, 5, scale, "gain")) == []


@given(st.lists(AMOUNTS, min_size=1))
def test_every_scale_holds_its_values_and_zero(values):
    scale = scale_for(values)
    assert all(0 <= scale.at(value) <= 1 for value in [*values, 0.0])


@given(AMOUNTS, AMOUNTS)
def test_ticks_are_few_round_and_inside(one, other):
    low, high = sorted((min(one, other, 0.0), max(one, other, 0.0)))
    marks = ticks(low, high)
    assert 1 <= len(marks) <= 5
    if high - low > 1e-9:
        slack = (high - low) * 1e-6
        assert all(low - slack <= mark <= high + slack for mark in marks)
        assert 0.0 in [round(mark, 12) for mark in marks]


def test_an_incomplete_month_is_hatched_and_one_that_has_not_happened_is_blank():
    periods = [Column("Jan", 10.0), Column("Feb", -4.0), Column("Mar", 2.0, complete=False), Column("Apr", None)]
    svg = columns(periods, 600, 240, "Profit by month", fmt.money)
    assert [shape["class"] for shape in rects(svg)] == ["gain", "loss", "gain open"]
    assert re.findall(r'class="mark"[^>]*>([^<]*)<', svg) == ["$10.0", "−$4.00"]


def test_labels_below_many_columns_are_thinned_out():
    periods = [Column(f"m{index}", 1.0) for index in range(60)]
    svg = columns(periods, 330, 230, "Many", fmt.money)
    assert len(re.findall(r">m\d+<", svg)) < 15


def test_the_peak_of_the_whale_curve_is_annotated_and_what_follows_is_loss():
    data = Curve([(0.0, 0.0), (0.5, 120.0), (1.0, 100.0)], (0.5, 120.0), "$120 after 50.0%", "$100 in the end", "share")
    svg = curve(data, 600, 260, "Whale curve", fmt.money)
    assert "$120 after 50.0%" in svg
    assert [node.attrib["class"] for node in ET.fromstring(svg).iter("polyline")] == ["line gain", "line loss"]  # noqa: S314 - our own text


def test_a_curve_that_never_falls_has_no_loss_part():
    data = Curve([(0.0, 0.0), (1.0, 100.0)], (1.0, 100.0), "peak", "end", "share")
    assert "line loss" not in curve(data, 600, 260, "Whale curve", fmt.money)


def test_an_interval_shows_its_ends_and_its_middle():
    svg = ET.fromstring(interval((-10, 5, 20), scale_for([-10, 20])))  # noqa: S314 - our own text
    assert len(list(svg.iter("line"))) == 4
    assert [node.attrib["class"] for node in svg.iter("circle")] == ["gain"]


@given(st.text(), st.text())
def test_no_label_escapes_its_element(label, title):
    clean = "".join(char for char in label + title if char.isprintable())
    node = ET.fromstring(element("text", clean, aria_label=clean))  # noqa: S314 - our own text
    assert (node.text or "") == clean
    assert node.attrib["aria-label"] == clean
