"""Rules at work: they route, approve and execute as the agent `automation`, never above its limits, and say why not."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra act")

from profithunt.actions.policies import Limits
from profithunt.actions.store import people, queue
from profithunt.api import Shop
from profithunt.config import AutonomySettings
from profithunt.errors import ConfigError, Forbidden, NotFound, Stopped, UsageError
from tests.actions.adapters.servers import receiver
from tests.actions.queues import opportunity

NOW = dt.datetime.now(tz=dt.UTC)
SMALL, MIDDLE, LARGE, LASTING = (opportunity(number).id for number in range(1, 5))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch) -> Iterator[Shop]:
    """A shop without runs: opportunities of 280, 560 and 1,120 and one that can't be undone; `owner` owns it."""
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    (tmp_path / "shop.toml").write_text('[shop]\nname = "corner"\ncurrency = "EUR"\ntimezone = "UTC"\n')
    with Shop.open(tmp_path) as opened:
        with opened.act.store.writing() as connection:
            people.first(connection, "owner", NOW)
            found = [opportunity(number, value=140.0 * 2**number, reversible=number != 4) for number in range(1, 5)]
            queue.take_over(connection, "r1", found, settings=AutonomySettings(), at=NOW)
        opened.act.user = "owner"
        opened.act.set_user("ann", role="manager")
        yield opened


def states(shop: Shop) -> dict[str, str]:
    return {item.id: item.state for item in shop.act.list()}


def quietly(shop: Shop, *given, **named):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the workflow's own library
        return shop.automation.run(*given, **named)


def test_it_routes_once_and_says_so(shop):
    shop.automation.add("large", every="1h", min_value=500, assign_to="ann", alert=["task"])
    (first,) = shop.automation.run()
    assert (first.fired, first.matched) == (True, 3)
    assert {result.did for result in first.results} == {("assign", "alert")}
    assert {item.id for item in shop.act.list(assignee="ann")} == {MIDDLE, LARGE, LASTING}
    assert not shop.automation.run()
    (later,) = shop.automation.run(at=NOW + dt.timedelta(hours=2))
    assert (later.fired, later.why) == (False, "of 3 none: it was dealt with before")
    assert [each.fired for each in shop.automation.history("large")] == [False, True]
    (task,) = (shop.path.parent / "outbox" / "task").iterdir()
    assert "Rule large: 3 opportunities, 3920.00 EUR in all." in task.read_text()
    done = shop.act.activity(actor="automation")
    assert {entry.verb for entry in done} == {"assign", "alert"}
    assert {entry.kind for entry in done} == {"agent"}


def test_it_executes_inside_the_limits_of_automation_and_not_above(shop):
    rule = shop.automation.add("bids", every="1h", detector="KW29", does="execute")
    assert (rule.set_by, rule.paused) == ("owner", False)
    shop.act.set_user(
        "automation", role="agent", agent=True, level="inside_limits", limits=Limits(money_a_day=Decimal(35))
    )
    (done,) = quietly(shop)
    why = {result.opportunity: result.why for result in done.results}
    assert states(shop) == {SMALL: "executed", MIDDLE: "executed", LARGE: "detected", LASTING: "detected"}
    assert why[SMALL] is why[MIDDLE] is None
    assert "money a day: 40.00, at most 35.00" in why[LARGE]
    assert "not approved" in why[LASTING]
    assert done.why.startswith("of 4: execute 2; 2 left: ")
    (again,) = quietly(shop, at=NOW + dt.timedelta(hours=2))
    assert not again.fired
    assert len(list((shop.path.parent / "outbox" / "task").iterdir())) == 2


def test_what_the_level_of_automation_forbids_it_leaves(shop):
    shop.automation.add("bids", every="1h", does="approve", max_value=300)
    shop.act.set_user("automation", role="agent", agent=True, level="approval")
    (done,) = shop.automation.run()
    assert not done.fired
    assert "may only act once a person has approved" in done.why
    assert set(states(shop).values()) == {"detected"}
    shop.act.as_("ann").approve(SMALL)
    shop.automation.add("bids", every="1h", does="execute", max_value=300)
    (done,) = quietly(shop, "bids")
    assert [result.did for result in done.results] == [("execute",)]


def test_what_a_person_took_is_left_to_them(shop):
    shop.act.assign(SMALL, "ann")
    shop.automation.add("bids", every="1h", does="approve", max_value=300)
    (done,) = shop.automation.run()
    assert (done.fired, done.why) == (False, "of 1 none: it is given to ann")


def test_paused_and_resumed(shop):
    shop.automation.add("bids", every="1h", does="approve", max_value=300)
    assert shop.automation.as_("ann").pause("bids").paused
    (done,) = shop.automation.run()
    assert (done.fired, done.why) == (False, "it is paused")
    with pytest.raises(Stopped, match="resume bids"):
        shop.automation.run("bids")
    with pytest.raises(Forbidden):
        shop.automation.as_("ann").resume("bids")
    shop.automation.resume("bids")
    (done,) = shop.automation.run(at=NOW + dt.timedelta(hours=2))
    assert done.fired
    assert states(shop)[SMALL] == "approved"


def test_why_nothing_matched_or_the_hunt_could_not_be_made_is_kept(shop):
    shop.automation.add("none", every="1h", min_value=10**6, alert=["task"])
    shop.automation.add("night", every="1d", hunt=True)
    found = {done.automation: done for done in shop.automation.run()}
    assert found["none"].why == "none of 4 open opportunities of its kind is what it looks for"
    assert not found["night"].fired
    assert "source" in found["night"].why


def test_an_alert_goes_out_once_however_often_the_server_fails(shop, monkeypatch):
    monkeypatch.setenv("HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    with receiver() as server:
        shop.config.adapters["webhook"] = {
            "url": server.url, "secret_env": "HOOK", "attempts": 1, "first_wait_seconds": 0,
        }  # fmt: skip
        shop.automation.add("large", every="1h", min_value=1000, alert=["webhook"])
        server.answers[:] = [503]
        (done,) = shop.automation.run()
        assert (done.fired, "no alert by webhook" in done.why) == (False, True)
        (done,) = shop.automation.run(at=NOW + dt.timedelta(hours=2))
        assert done.fired
        quietly(shop, at=NOW + dt.timedelta(hours=4))
        (body,) = server.effects.values()
    said = json.loads(body)["data"]["changes"][0]["after"]
    assert said["task"].startswith("Rule large: 2 opportunities")
    assert len(said["opportunities"]) == 2


def test_mistakes_say_what_to_do(shop):
    with pytest.raises(UsageError, match="has no 'colour'"):
        shop.automation.add("x", every="1h", colour="red")
    with pytest.raises(ConfigError, match="slack is not set up"):
        shop.automation.add("x", every="1h", alert=["slack"])
    with pytest.raises(UsageError, match="no alert by 'pigeon'"):
        shop.automation.add("x", every="1h", alert=["pigeon"])
    with pytest.raises(NotFound, match="zed"):
        shop.automation.add("x", every="1h", assign_to="zed")
    with pytest.raises(Forbidden):
        shop.automation.as_("ann").add("x", every="1h", hunt=True)
    assert not shop.automation.list()
