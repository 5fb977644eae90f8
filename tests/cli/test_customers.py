"""Customers, cohorts and plan through the command line: what is shown, what is JSON, and a plan from proposal to variance."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.test_commands import TOTAL


def test_flows_close_and_say_what_happened(profithunt):
    rows = profithunt("customers", "flows", "--json").json
    assert [(row["opening"], row["new"], row["reactivated"], row["lapsed"], row["closing"]) for row in rows] == [
        (0, 2, 0, 0, 2), (2, 1, 0, 0, 3), (3, 0, 0, 0, 3), (3, 0, 0, 0, 3), (3, 0, 0, 0, 3), (3, 0, 0, 0, 3),
    ]  # fmt: skip
    shown = profithunt("customers", "flows").out
    assert "3 active customers at the end of Jun 2024: 0 + 3 new + 0 reactivated − 0 lapsed in 6 months." in shown
    assert "Jan 2024" in shown


def test_whale_segments_and_one_customer_tell_the_same_losses(profithunt):
    curve = profithunt("customers", "whale", "--json").json
    segments = profithunt("customers", "segments", "--json").json
    assert sum(Decimal(row["lost"]) for row in segments) == Decimal(curve["lost"]) < 0
    assert sum(row["n_customers"] for row in segments) == curve["n_losing"] == 2
    worst = segments[0]["worst_customer_id"]
    one = profithunt("customers", "show", worst, "--json").json
    assert one["segment"] == segments[0]["segment"]
    assert sum(Decimal(part) for part in one["parts"].values()) == Decimal(one["cm3"])
    assert sum(Decimal(part) for part in one["gaps"].values()) == Decimal(one["gap"])
    assert worst in profithunt("customers", "segments").out
    assert f"Customer {worst}" in profithunt("customers", "show", worst).out
    assert worst in profithunt("customers", "segments", "--segment", segments[0]["segment"]).out


def test_cohorts_leave_the_future_blank(profithunt):
    rows = profithunt("cohorts", "--json").json
    february = [row for row in rows if row["cohort_month"] == "2024-02-01"]
    assert [row["retained_share"] for row in february] == [1.0, 0.0, 0.0, 0.0, 0.0, None]
    shown = profithunt("cohorts", "--by", "channel", "--measure", "cumulative_cm3_per_acquired").out
    assert "Channel" in shown
    assert "web" in shown
    assert "no marketing spend is" in shown
    stack = profithunt("cohorts", "--c3", "--json").json
    assert sum(Decimal(row["cm3"]) for row in stack) == TOTAL


def test_a_plan_is_proposed_edited_read_and_held_against_what_happened(shop, tmp_path):
    profithunt = CommandLine(shop)
    path = tmp_path / "plan.csv"
    shown = profithunt("plan", "propose", "--months", "3", "--out", path).out
    assert "Jul 2024" in shown
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["month"] for row in rows} == {"2024-07-01", "2024-08-01", "2024-09-01"}
    assert [row["metric"] for row in rows][:2] == ["opening_customers", "new_customers"]
    # The same plan, as if it had been made for the months that are over.
    edited = path.read_text("utf-8")
    for planned, over in (("2024-07", "2024-04"), ("2024-08", "2024-05"), ("2024-09", "2024-06")):
        edited = edited.replace(planned, over)
    (shop / "exports" / "plan.csv").write_text(edited, "utf-8")
    source = '\n[[sources]]\ntable = "plan"\nfiles = "exports/plan.csv"\n[sources.columns]\n'
    columns = "".join(f'{name} = "{name}"\n' for name in ("month", "metric", "dimension", "member", "value"))
    settings = shop / "shop.toml"
    settings.write_text(settings.read_text("utf-8") + source + columns, "utf-8")
    assert profithunt("run", "--quiet").code == 0
    found = profithunt("plan", "variance", "--json").json
    assert [month["month"] for month in found["months"]] == ["2024-04-01", "2024-05-01", "2024-06-01"]
    for month in found["months"]:
        assert sum(Decimal(part) for part in month["parts"].values()) == Decimal(month["variance"])
    assert sum(Decimal(part) for part in found["parts"].values()) == Decimal(found["variance"])
    assert "Orders per customer" in profithunt("plan", "variance").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "variance"), "There is no plan"),
        (("plan", "variance", "--against", "last_year"), "year before"),
        (("cohorts", "--by", "colour"), "There is no dimension 'colour'"),
        (("cohorts", "--measure", "retained"), "did you mean 'retained_share'"),
        (("customers", "show", "zoe"), "There is no customer 'zoe'"),
        (("customers", "segments", "--segment", "return"), "did you mean 'returns'"),
        (("customers", "acquisition", "--by", "brend"), "did you mean 'brand'"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(profithunt, arguments, said):
    result = profithunt(*arguments)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err
