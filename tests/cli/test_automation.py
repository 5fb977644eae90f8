"""`profithunt automation …`: from a rule to what it did, as a user types it."""

from __future__ import annotations

import pytest

from profithunt.api import Shop
from tests.cli.conftest import CommandLine


@pytest.fixture
def line(shop, monkeypatch) -> CommandLine:
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    with Shop.open(shop) as opened:
        params = {"price": "9.50", "price_before": "10"}
        opened.act.propose(action="lower_the_price", level="sku", entity={"sku": "mug"}, value=28, params=params)
    return CommandLine(shop)


def test_from_a_rule_to_its_history(line):
    assert "Nothing to show" in line("automation", "list").out
    made = line("automation", "add", "cheap", "--every", "6h", "--hunt", "--level", "sku", "--max", "100",
                "--approve", "--alert", "task", "--json").json[0]  # fmt: skip
    assert (made["name"], made["does"], made["max_value"], made["alert"]) == ("cheap", "approve", "100.0", ["task"])
    listed = line("automation", "list").out
    assert "every 6h" in listed
    assert "hunt, approve, tell task" in listed
    before = line("act", "list", "--json").json["items"][0]["id"]
    done = line("automation", "run", "--json").json[0]
    assert done["fired"]
    assert done["run"]
    assert {"opportunity": before, "did": ["approve", "alert"], "why": None} in done["results"]
    assert line("automation", "run", "--json").json == []
    assert f"cheap fired: a run was made ({done['run']}); of 1" in line("automation", "history").out
    assert "automation approve opportunity" in line("act", "activity").out
    assert line("automation", "pause", "cheap", "--json").json[0]["paused"]
    refused = line("automation", "run", "cheap")
    assert refused.code == 1
    assert "profithunt automation resume cheap" in refused.err
    assert not line("automation", "resume", "cheap", "--json").json[0]["paused"]


def test_mistakes_say_what_to_do(line):
    assert "every 15m, 6h or 1d" in line("automation", "add", "x", "--hunt").err
    assert "[adapters.slack]" in line("automation", "add", "x", "--at", "06:00", "--alert", "slack").err
    assert "there are: none" in line("automation", "pause", "x").err
    assert line("automation", "run", "x", "--watch").code == 2
