"""`profithunt act …` and `profithunt api-token`: from the list to an undo, as a user types it."""

from __future__ import annotations

import getpass

import pytest

from profithunt.api import Shop
from tests.cli.conftest import CommandLine


@pytest.fixture
def line(shop, monkeypatch) -> CommandLine:
    """The command line in a shop whose queue holds two proposals."""
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    with Shop.open(shop) as opened:
        for number, price in (("mug", "9.50"), ("rug", "50")):
            params = {"price": price, "price_before": "10" if number == "mug" else "100"}
            opened.act.propose(action="lower_the_price", level="sku", entity={"sku": number}, value=28, params=params)
    return CommandLine(shop)


def test_from_the_list_to_an_undo(line):
    listed = line("act", "list", "--json").json
    assert listed["total"] == 2
    found = {item["entity"]["sku"]: item["id"] for item in listed["items"]}
    mug = found["mug"]
    assert "Lower the price: SKU mug" in line("act", "list", "-q", "mug").out
    assert line("act", "approve", mug[:6], "--json").json["state"] == "approved"
    plan = line("act", "execute", mug, "--dry-run")
    assert "nothing was sent" in plan.out
    digest = plan.out.rsplit("--digest ", 1)[1].strip()
    assert line("act", "execute", mug, "--digest", "0" * 64).code == 1
    done = line("act", "execute", mug, "--digest", digest, "--json").json
    assert (done["state"], done["digest"]) == ("sent", digest)
    assert [path.name for path in (line.folder / "outbox" / "task").iterdir()] == [f"{done['id']}.md"]
    assert line("act", "confirm", mug, "--json").json["state"] == "measuring"
    assert "not over" in line("act", "measure", mug).err
    assert line("act", "undo", mug, "-r", "a mistake", "--json").json["state"] == "undone"
    assert "rolled back" in line("act", "show", mug).out.lower()
    verified = line("act", "activity", "--verify")
    assert "each fits the one before" in verified.err
    assert f"{getpass.getuser()} undo action" in verified.out


def test_a_price_below_its_cost_is_stopped_with_the_reason(line):
    found = {item["entity"]["sku"]: item["id"] for item in line("act", "list", "--json").json["items"]}
    stopped = line("act", "approve", found["rug"])
    assert stopped.code == 1
    assert "leaves a margin of -80.0% over a cost of 90.00" in stopped.err


def test_people_roles_and_tokens(line):
    found = line("act", "list", "--json").json["items"][0]["id"]
    assert line("act", "user", "ann", "--role", "analyst").code == 0
    refused = line("act", "approve", found, "--as", "ann")
    assert refused.code == 2
    assert "(analyst) may not approve" in refused.err
    assert "obody is known" in line("act", "list", "--as", "zed").err
    assert line("act", "user", "bea", "--role", "manager", "--money-a-day", "0.5").code == 0
    assert "at most 0.50" in line("act", "approve", found, "--as", "bea").err
    bot = line("act", "user", "bot", "--agent", "--on", "lower_the_price=approval", "--json").json[0]
    assert (bot["kind"], bot["level"], bot["levels"]) == ("agent", "suggest", {"lower_the_price": "approval"})
    made = line("api-token", "--user", "ann", "--scope", "see", "--json").json[0]
    assert made["token"].startswith("pht_")
    assert line("api-token", "--user", "ann", "--scope", "approve").code == 2
    assert "revoked" in line("api-token", "--revoke", made["id"]).out


def test_mistakes_say_what_to_do(line):
    found = line("act", "list", "--json").json["items"][0]["id"]
    assert "profithunt act list shows them" in line("act", "show", "nothing").err
    assert "no day" in line("act", "snooze", found, "--until", "soon").err
    assert "no state" in line("act", "list", "--state", "opne").err
    assert "key=value" in line("act", "params", found, "price").err
    assert line("act", "reject", found, "--reason", " ").code == 2
    assert line("act", "snooze", found, "--until", "7d", "--json").json["state"] == "snoozed"
    assert line("act", "reopen", found, "--json").json["state"] == "triaged"
    assert line("act", "reject", found, "--reason", "no", "--json").json["reason"] == "no"
    assert line("act", "totals", "--json").json["by_state"]["rejected"]["n"] == 1
    assert line("act", "outcomes", "--json").json == {"outcomes": [], "records": [], "sides": []}
