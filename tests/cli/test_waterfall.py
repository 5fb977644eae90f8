"""The waterfall in block characters."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, strategies as st

from profithunt.charts import scale_for
from profithunt.cli.views.waterfall import draw, strip
from profithunt.reports.content import Step

AMOUNTS = st.floats(-1e6, 1e6, allow_nan=False)

TINY = (
    Step("list_sales", "List sales", Decimal(200), subtotal=False),
    Step("promotion", "Promotion", Decimal(-50), subtotal=False),
    Step("net_sales", "Net sales", Decimal(150), subtotal=True),
    Step("cogs", "Cost of goods", Decimal(-120), subtotal=False),
    Step("cm1", "CM1", Decimal(30), subtotal=True),
    Step("carriage", "Carriage", Decimal("-80.5"), subtotal=False),
    Step("cm2", "CM2", Decimal("-50.5"), subtotal=True),
)

GOLDEN = """\
List sales       $200    133%           ████████████████████████████████
Promotion      −$50.0  −33.3%           │                       ████████
Net sales        $150    100%           ████████████████████████
Cost of goods   −$120  −80.0%           │    ███████████████████
CM1             $30.0   20.0%           █████
Carriage       −$80.5  −53.7%   █████████████
CM2            −$50.5  −33.7%   ████████│"""


def test_a_tiny_shop():
    assert draw(TINY, "USD", 72).plain == GOLDEN


def test_shares_are_missing_where_there_are_no_sales():
    steps = (
        Step("net_sales", "Net sales", Decimal(0), subtotal=True),
        Step("cogs", "Cost", Decimal(-5), subtotal=False),
    )
    assert "–" in draw(steps, "USD", 60).plain


def test_an_empty_ledger_says_so():
    assert draw((), "USD", 60).plain.startswith("The ledger is empty")


@given(AMOUNTS, AMOUNTS, st.integers(1, 200))
def test_a_bar_fills_its_room_and_is_seen_unless_zero(start, end, width):
    scale = scale_for([start, end])
    bar = strip(start, end, scale, width)
    assert len(bar) == width
    assert (start == end) or any(shape in bar for shape in "█▌▐")
