"""The number formatter: the house rules by example, and what must hold for every figure."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt import fmt

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=4, allow_nan=False)
SCALE = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def read(text: str) -> Decimal:
    """The figure that a reader takes from the text."""
    match = re.fullmatch(r"([−+]?)\$?([\d,]+(?:\.\d+)?)([kMBT]?)", text)
    assert match, text
    size = Decimal(match[2].replace(",", "")) * SCALE[match[3]]
    return -size if match[1] == "−" else size


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (95_500, "$95.5k"),
        (1_350_000, "$1.35M"),
        (Decimal(-1350000), "−$1.35M"),
        (999.5, "$1.00k"),
        (999_499, "$999k"),
        (999_500, "$1.00M"),
        (12.345, "$12.3"),
        ("0.05", "$0.05"),
        (-0.004, "$0.00"),
        (0, "$0"),
        (2_000_000_000, "$2.00B"),
        (None, "–"),
        (float("nan"), "–"),
        ("not a figure", "–"),
    ],
)
def test_money_has_three_significant_digits(amount, shown):
    assert fmt.money(amount) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (95_500, "EUR", "€95.5k"),
        (-95_500, "BRL", "−R$95.5k"),
        (95_500, "CHF", "CHF\u00a095.5k"),
        (-12.6, "JPY", "−¥13"),
    ],
)
def test_the_sign_comes_before_the_currency(amount, currency, shown):
    assert fmt.money(amount, currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("-0.005", "USD", "−$0.01"),
        ("-0.004", "USD", "$0.00"),
        ("1234.5", "JPY", "¥1,235"),
        ("1.2345", "KWD", "KWD\u00a01.235"),
        (None, "USD", "–"),
    ],
)
def test_order_rows_are_exact_to_the_cent(amount, currency, shown):
    assert fmt.money_exact(amount, currency) == shown


def test_a_plus_is_for_changes_only():
    assert fmt.money(5) == "$5.00"
    assert fmt.money(5, plus=True) == "+$5.00"
    assert fmt.money(0, plus=True) == "$0"
    assert fmt.money_exact(5, plus=True) == "+$5.00"
    assert fmt.number(0.0123, plus=True) == "+0.0123"


def test_an_estimate_never_goes_without_its_range():
    assert fmt.estimate(2_300, 1_200, 3_400) == "$2.30k ($1.20k to $3.40k)"
    assert fmt.estimate(2_300, None, 3_400) == "$2.30k (range unknown)"
    assert fmt.estimate(None, 1, 2) == "–"
    assert fmt.money_range(-5, 5, "EUR") == "−€5.00 to €5.00"


def test_rates_change_in_basis_points_and_amounts_in_per_cent():
    assert fmt.basis_points(0.254, 0.266) == "+120 bp"
    assert fmt.basis_points(0.266, 0.254) == "−120 bp"
    assert fmt.basis_points(0.25, 0.25) == "0 bp"
    assert fmt.basis_points(None, 0.25) == "–"
    assert fmt.change(100, 112.34) == "+12.3%"
    assert fmt.change(100, 95) == "−5.00%"
    assert fmt.change(0, 95) == "–"
    assert fmt.change(-5, 95) == "–"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.254, "25.4%"),
        (0.003, "0.30%"),
        (0.9996, "100.0%"),
        (1.5, "150%"),
        (-0.0812, "−8.12%"),
        (0, "0%"),
        (None, "–"),
    ],
)
def test_shares(rate, shown):
    assert fmt.share(rate) == shown


def test_failures_are_people_before_they_are_a_share():
    assert fmt.failed(1_234, 411_000) == "1,234 of 411,000 customers (0.30%)"
    assert fmt.failed(1, 1, "SKU") == "1 of 1 SKU (100%)"
    assert fmt.failed(0, 0) == "0 of 0 customers"
    assert fmt.failed(None, 10) == "–"


def test_counts():
    assert fmt.count(1_469_307) == "1,469,307"
    assert fmt.count(Decimal("12.5000")) == "12.5"
    assert fmt.count(Decimal("1.30")) == "1.3"
    assert fmt.count(None) == "–"
    assert fmt.counted(1, "order") == "1 order"
    assert fmt.counted(1204, "order") == "1,204 orders"
    assert fmt.counted(2, "category", "categories") == "2 categories"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.42, "0.4 s"),
        (9.7, "10 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (3_780, "1 h 3 min"),
        (7200, "2 h"),
        (None, "–"),
    ],
)
def test_durations(seconds, shown):
    assert fmt.duration(seconds) == shown


@pytest.mark.parametrize(
    ("n_bytes", "shown"), [(0, "0 B"), (812, "812 B"), (13_192_645, "13.2 MB"), (999_999, "1.0 MB"), (None, "–")]
)
def test_sizes(n_bytes, shown):
    assert fmt.size(n_bytes) == shown


def test_days_and_months():
    assert fmt.day(dt.date(2017, 12, 31)) == "2017-12-31"
    assert fmt.day("2017-12-31 09:30:00") == "2017-12-31"
    assert fmt.month(dt.datetime(2017, 12, 1)) == "Dec 2017"
    assert fmt.month("2017-12") == "Dec 2017"
    assert fmt.month("unallocated") == "unallocated"
    assert fmt.day(None) == fmt.month(None) == "–"


@given(AMOUNTS)
def test_a_reader_is_never_off_by_more_than_half_of_the_third_digit(amount):
    error = abs(read(fmt.money(amount)) - amount)
    assert error <= max(abs(amount) * Decimal("0.005"), Decimal("0.005"))


@given(AMOUNTS)
def test_exact_money_is_right_to_half_a_cent(amount):
    assert abs(read(fmt.money_exact(amount)) - amount) <= Decimal("0.005")


@given(AMOUNTS, AMOUNTS)
def test_the_order_of_amounts_survives(one, other):
    low, high = sorted((one, other))
    assert read(fmt.money(low)) <= read(fmt.money(high))


@given(AMOUNTS, st.sampled_from(["USD", "JPY", "CHF", "KWD"]))
def test_gain_and_loss_differ_by_the_sign_alone(amount, currency):
    for write in (fmt.money, fmt.money_exact):
        gain, loss = write(abs(amount), currency), write(-abs(amount), currency)
        assert loss in {gain, "−" + gain}
        assert "-" not in loss


@given(st.one_of(st.floats(), st.integers(-(10**30), 10**30), st.decimals(), st.text(max_size=5), st.none()))
def test_no_figure_breaks_the_formatter(value):
    for write in (fmt.money, fmt.money_exact, fmt.number, fmt.count, fmt.share):
        assert write(value)
