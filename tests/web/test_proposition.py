"""The proposition as pages: a study is worked out once a run, beside the pages; every study is told alike."""

from __future__ import annotations

import threading
import time
from decimal import Decimal

import httpx
import pytest

from profithunt.api.pages import proposition
from profithunt.api.pages.reader import Studies
from profithunt.api.pages.told import gain_of, kind_of, tell
from profithunt.errors import NotFound


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=60) as made:
        yield made


def settled(client: httpx.Client, tab: str) -> dict:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        page = client.get(f"/proposition.json?tab={tab}").json()["page"]
        if not page["working"]:
            return page
        time.sleep(0.1)
    raise AssertionError(f"{tab} was not worked out")


def test_every_tab_comes_to_a_verdict_or_says_why_not(client):
    for tab in proposition.OFFERS:
        page = settled(client, tab)
        assert bool(page["verdict"]) != bool(page["why_not"]), tab
        html = client.get(f"/proposition?tab={tab}")
        assert html.status_code == 200
        assert len(html.content) < 120_000, (tab, len(html.content))
        if page["verdict"]:
            assert page["tables"], tab
            for table in page["tables"]:
                assert client.get(table["export"].replace("?", ".csv?")).status_code == 200
    assert client.get("/proposition?tab=moon").status_code == 400


def test_the_page_says_what_the_study_says(client, shop_with_run):
    from profithunt import Shop

    with Shop.open(shop_with_run) as shop:
        data = shop.proposition.promises().to_json()
    page = settled(client, "promise")
    assert page["verdict"].startswith("Change it" if data["verdict"] == "change" else "Leave it")
    lanes = next(table for table in page["tables"] if table["name"] == "proposition.lanes")
    assert lanes["n_rows"] == len(data["lanes"])
    assert {row["label"] for row in page["candidates"]["rows"]} == {
        f"shift days {str(one['shift_days']).replace('-', '−')}" for one in data["same_move_everywhere"]
    }


def test_a_long_study_never_holds_a_page_and_is_worked_out_once():
    studies, go, made = Studies(), threading.Event(), []

    def work() -> str:
        go.wait(20)
        made.append(1)
        return "done"

    start = time.monotonic()
    first = studies.get("a", work, 0.02)
    assert first.state == "working"
    assert studies.get("a", work, 0.02).state == "working"
    assert time.monotonic() - start < 1
    go.set()
    assert studies.get("a", work, 20).value == "done"
    assert studies.get("a", work).state == "done"
    assert made == [1]


def test_what_a_study_can_not_say_is_said():
    def fails() -> None:
        raise NotFound("no order states what was paid", do="map shipping_charged")

    found = Studies().get("a", fails, 20)
    assert (found.state, found.error) == ("failed", "no order states what was paid; map shipping_charged.")


def test_names_and_forms_say_how_a_value_is_shown():
    kinds = {
        ("gain", "12.5000"): "money",
        ("sku", "12345"): "text",
        ("late_share", 0.2): "share",
        ("n_orders", 3): "count",
        ("days", 3.5): "number",
        ("first_on", "2025-01-31"): "date",
        ("is_ongoing", True): "text",
    }
    assert {key: kind_of(*key) for key in kinds} == kinds
    assert gain_of({"gain": "3.0000", "gain_low": "1.0000", "gain_high": "4.0000"}) == (1, 3, 4)
    assert gain_of({"gain": {"p10": "1.00", "p50": "2.00", "p90": "3.00"}}) == (1, 2, 3)
    assert gain_of({"gain": "0.0000", "low": "0.0000", "high": "0.0000"}) == (0, 0, 0)
    assert gain_of({"gain": "0.0000"}) is None


def test_numbers_of_a_model_are_plain_numbers():
    import numpy as np

    from profithunt.api.pages.parts import plain

    said = plain({"a": np.float64(0.5), "b": np.int64(3), "c": np.array([1.5, np.nan]), "d": np.bool_(True)})
    assert said == {"a": 0.5, "b": 3, "c": [1.5, None], "d": True}
    assert type(said["a"]) is float
    assert [one.kind for one in tell({"a": said["a"], "b": said["b"]}, "EUR").figures] == ["number", "count"]


def test_any_study_is_told_whole():
    data = {
        "profit_today": "100.0000",
        "n_orders": 12,
        "share_by_segment": {"new": {"p10": 0.1, "p50": 0.2, "p90": 0.3}},
        "candidates": [
            {"threshold": None, "charge": "4.9000", "gain": "1.0000", "gain_low": "-1.0000", "gain_high": "2.0000"},
            {"threshold": "50.0000", "charge": "4.9000", "gain": "3.0000", "gain_low": "1.0000", "gain_high": "5.0000"},
        ],
        "beliefs": {"lift": {"mean": 0.5, "source": "A"}, "halo": {"mean": 0.1, "source": "B"}},
        "assumed": ["capacity is not stated"],
        "empty": [],
        "missing": None,
    }
    told = tell(data, "EUR")
    assert [(one.label, one.value) for one in told.figures] == [("Profit today", Decimal("100.0000")), ("Orders", 12)]
    assert [one.name for one in told.tables] == ["candidates", "beliefs"]
    assert [one["label"] for one in told.bars] == ["€50.0, €4.90", "never free, €4.90"]
    assert told.facts[0].facts == (("New", "20.0% (10.0% to 30.0%)"),)
    assert told.notes == ("Capacity is not stated",)
    gains = told.tables[0].rows[0]
    assert (gains["gain"], gains["gain range"]) == (Decimal("1.0000"), "−€1.00 to €2.00")
