"""Agents in a real session of the protocol: they read, are refused above their level, act inside limits, by name."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")

from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from profithunt.actions.policies import Limits
from profithunt.actions.store import people, queue
from profithunt.api import Shop
from profithunt.config import AutonomySettings
from profithunt.errors import Forbidden, NotFound, UsageError
from profithunt.mcp import Desk, over_http, server_of
from tests.actions.queues import opportunity

NOW = dt.datetime.now(tz=dt.UTC)
FIRST, SECOND, THIRD, LASTING = (opportunity(number).id for number in range(1, 5))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop without runs whose queue holds four opportunities, one of which can't be undone; `owner` owns it."""
    (tmp_path / "shop.toml").write_text('[shop]\nname = "corner"\ncurrency = "EUR"\n')
    with Shop.open(tmp_path) as opened:
        with opened.act.store.writing() as connection:
            people.first(connection, "owner", NOW)
            found = [opportunity(number, reversible=number != 4) for number in range(1, 5)]
            queue.take_over(connection, "r1", found, settings=AutonomySettings(), at=NOW)
        owner = opened.act.as_("owner")
        owner.set_user("ann", role="manager")
        owner.set_user("careful", role="agent", agent=True, level="suggest")
        owner.set_user("helper", role="agent", agent=True, level="approval")
        limits = Limits(money_a_day=Decimal(15))
        owner.set_user("bold", role="agent", agent=True, level="inside_limits", limits=limits)
        yield opened


class Session:
    """Calls of one agent, each awaited."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ok(self, tool: str, **given: Any) -> Any:
        answer = await self._client.call_tool(tool, given)
        assert not answer.is_error, answer.content[0].text
        return answer.structured_content

    async def refused(self, tool: str, **given: Any) -> str:
        answer = await self._client.call_tool(tool, given)
        assert answer.is_error
        return str(answer.content[0].text)

    async def tools(self) -> dict[str, Any]:
        return {tool.name: tool for tool in (await self._client.list_tools()).tools}


def session(server: Any, work: Callable[[Session], Any]) -> Any:
    """Run something in a session."""

    async def whole() -> Any:
        async with Client(server) as client:
            return await work(Session(client))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the workflow's own library, when something is carried out
        return asyncio.run(whole())


def as_(shop: Shop, agent: str, work: Callable[[Session], Any]) -> Any:
    return session(server_of(Desk(shop, agent=agent)), work)


def entries(shop: Shop) -> int:
    return shop.act.as_("owner").verify()


def test_tools_say_what_they_do_and_whether_they_change_anything(shop):
    found = as_(shop, "careful", Session.tools)
    assert set(found) == {
        *("whoami", "list_opportunities", "show_opportunity", "dry_run", "explain", "profit"),
        *("simulate_delivery_terms", "simulate_carrier_switch", "outcomes", "activity"),
        *("triage", "assign", "comment", "propose", "set_params", "approve", "execute", "undo"),
    }
    assert all(tool.description and len(tool.description) > 20 for tool in found.values())
    looking = {name for name, tool in found.items() if tool.annotations.read_only_hint}
    assert "dry_run" in looking
    assert looking.isdisjoint({"triage", "comment", "propose", "approve", "execute", "undo"})


def test_looking_leaves_no_trace(shop):
    before = entries(shop)

    async def work(agent: Session) -> None:
        me = await agent.ok("whoami")
        assert (me["name"], me["kind"], me["level"]) == ("careful", "agent", "suggest")
        listed = await agent.ok("list_opportunities", limit=2)
        assert (listed["total"], len(listed["items"])) == (4, 2)
        assert listed["items"][0]["value"] == "280.0000"
        assert "evidence" not in listed["items"][0]
        assert (await agent.ok("list_opportunities", search="k3"))["total"] == 1
        shown = await agent.ok("show_opportunity", opportunity=FIRST[:11] + "1")
        assert (shown["state"], shown["your_autonomy"], shown["missing"]) == ("detected", "suggest", ["an approval"])
        assert len((await agent.ok("dry_run", opportunity=FIRST))["digest"]) == 64
        assert (await agent.ok("outcomes"))["outcomes"] == []
        assert "no finished run" in await agent.refused("profit")
        assert "act list" in await agent.refused("show_opportunity", opportunity="nothing")

    as_(shop, "careful", work)
    assert entries(shop) == before


def test_what_its_level_forbids_is_one_sentence_and_changes_nothing(shop):
    before = entries(shop)

    async def careful(agent: Session) -> None:
        for tool, more in (("approve", {}), ("execute", {}), ("undo", {"reason": "x"})):
            said = await agent.refused(tool, opportunity=FIRST, **more)
            assert said.startswith("agent careful may only suggest where the action is pause_or_bid_down")
            assert "\n" not in said

    async def helper(agent: Session) -> None:
        said = await agent.refused("execute", opportunity=FIRST)
        assert "may only act once a person has approved" in said

    async def bold(agent: Session) -> None:
        assert "can't be undone" in await agent.refused("approve", opportunity=LASTING)
        assert "not approved" in await agent.refused("execute", opportunity=LASTING)

    as_(shop, "careful", careful)
    as_(shop, "helper", helper)
    as_(shop, "bold", bold)
    assert entries(shop) == before
    assert {item.state for item in shop.act.as_("owner").list()} == {"detected"}


def test_suggesting_is_open_to_all_and_by_name(shop):
    async def work(agent: Session) -> str:
        assert (await agent.ok("triage", opportunity=FIRST))["state"] == "triaged"
        assert (await agent.ok("assign", opportunity=FIRST, to="ann"))["assignee"] == "ann"
        await agent.ok("comment", opportunity=FIRST, text="Seen before Christmas, too")
        assert (await agent.ok("set_params", opportunity=FIRST, params={"bid": "0.4"}))["params"] == {"bid": "0.4"}
        made = await agent.ok(
            "propose", action="lower_the_price", level="sku", entity={"sku": "mug"}, value="12.50",
            reason="Dearer than elsewhere",
        )  # fmt: skip
        assert (made["origin"], made["value"]) == ("agent", "12.5000")
        assert "queue already" in await agent.refused(
            "propose", action="lower_the_price", level="sku", entity={"sku": "mug"}, reason="again"
        )
        assert "nobody is known" in (await agent.refused("assign", opportunity=SECOND, to="zed")).lower()
        return str(made["id"])

    proposed = as_(shop, "careful", work)
    done = {(entry.verb, entry.subject): entry for entry in shop.act.as_("owner").activity(actor="careful")}
    assert {("triage", FIRST), ("assign", FIRST), ("comment", FIRST), ("propose", proposed)} <= set(done)
    assert {entry.kind for entry in done.values()} == {"agent"}


def test_inside_its_limits_it_acts_once_and_above_them_not(shop):
    async def work(agent: Session) -> None:
        plan = await agent.ok("dry_run", opportunity=FIRST)
        assert "no longer the one" in await agent.refused("execute", opportunity=FIRST, digest="0" * 64)
        done = await agent.ok("execute", opportunity=FIRST, digest=plan["digest"])
        assert (done["state"], done["by"], done["digest"]) == ("sent", "bold", plan["digest"])
        assert (await agent.ok("execute", opportunity=FIRST))["id"] == done["id"]
        said = await agent.refused("approve", opportunity=SECOND)
        assert "above the limits of bold: money a day: 20.00, at most 15.00" in said
        assert (await agent.ok("undo", opportunity=FIRST, reason="Only a try"))["state"] == "undone"

    as_(shop, "bold", work)
    owner = shop.act.as_("owner")
    assert (owner.show(FIRST).item.state, owner.show(SECOND).item.state) == ("rolled_back", "detected")
    verbs = {entry.verb: entry for entry in owner.activity(actor="bold")}
    assert {"approve", "claim", "execute", "undo", "roll_back"} <= set(verbs)
    assert {entry.kind for entry in verbs.values()} == {"agent"}


def test_with_approval_it_carries_out_what_a_person_approved(shop):
    shop.act.as_("ann").approve(FIRST)

    async def work(agent: Session) -> None:
        assert (await agent.ok("execute", opportunity=FIRST))["by"] == "helper"

    as_(shop, "helper", work)
    owner = shop.act.as_("owner")
    decided = owner.show(FIRST).decisions
    assert [(each["by"], each["kind"]) for each in decided] == [("ann", "person")]
    # ann's limits pay for it, since it was her approval.
    claims = [entry for entry in owner.activity(actor="helper") if entry.verb == "claim"]
    assert claims[0].data["charged_to"] == "ann"


def test_nobody_unnamed_and_no_person_acts_here(shop):
    with pytest.raises(UsageError, match="which agent"):
        Desk(shop).check()
    with pytest.raises(NotFound, match="--agent --role agent"):
        Desk(shop, agent="zed").check()
    with pytest.raises(Forbidden, match="ann is a person"):
        Desk(shop, agent="ann").check()
    with pytest.raises(Forbidden, match="revoked"):
        Desk(shop, secret="pht_" + "wrong").check()
    shop.act.as_("owner").set_user("careful", role="agent", agent=True, active=False)
    with pytest.raises(Forbidden, match="no longer active"):
        Desk(shop, agent="careful").check()


@pytest.fixture
def address(shop: Shop) -> Iterator[str]:
    """The server over HTTP, on a port of its own."""
    import uvicorn

    said: list[str] = []
    servers: list[uvicorn.Server] = []
    run = uvicorn.Server.run

    def kept(self: uvicorn.Server, sockets: Any = None) -> None:
        servers.append(self)
        run(self, sockets)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.Server, "run", kept)
        thread = threading.Thread(target=over_http, args=(Desk(shop), 0, said.append), daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not (servers and servers[0].started) and time.monotonic() < until:
            time.sleep(0.02)
        yield said[0]
        servers[0].should_exit = True
        thread.join(20)


def test_over_http_each_call_is_its_tokens_owner(shop, address):
    import httpx
    from httpx2 import AsyncClient

    owner = shop.act.as_("owner")

    def with_token(user: str, work: Callable[[Session], Any], *scopes: str) -> Any:
        secret = owner.issue_token(user=user, scopes=scopes).secret

        async def whole() -> Any:
            async with (
                AsyncClient(headers={"Authorization": f"Bearer {secret}"}) as http,
                Client(streamable_http_client(address, http_client=http)) as client,
            ):
                return await work(Session(client))

        return asyncio.run(whole())

    async def bold(agent: Session) -> None:
        assert (await agent.ok("whoami"))["may"] == ["approve", "see"]
        assert (await agent.ok("approve", opportunity=FIRST))["state"] == "approved"
        assert "may not execute" in await agent.refused("execute", opportunity=FIRST)

    async def careful(agent: Session) -> None:
        assert "may only suggest" in await agent.refused("approve", opportunity=SECOND)

    async def person(agent: Session) -> None:
        assert "is a person" in await agent.refused("whoami")

    with_token("bold", bold, "see", "approve")
    with_token("careful", careful, "see", "approve")
    with_token("ann", person, "see")
    for headers in ({}, {"Authorization": "Bearer pht_wrong"}, {"Authorization": "Basic x"}):
        assert httpx.post(address, json={}, headers=headers).status_code == 401
    assert [entry.by for entry in owner.activity() if entry.verb == "approve"] == ["bold"]


def test_outcomes_set_people_beside_agents(shop):
    owner = shop.act.as_("owner")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for agent, number in (("bold", FIRST), ("ann", SECOND)):
            act = shop.act.as_(agent)
            act.approve(number)
            act.execute(number)
            owner.confirm(number)
        owner.measure(FIRST, realised="70")
        owner.measure(SECOND, realised="140")
        owner.undo(FIRST, "It hurt")
    found = as_(shop, "careful", lambda agent: agent.ok("outcomes"))["sides"]
    assert [(side["kind"], side["approvals"], side["overridden"], side["override_rate"]) for side in found] == [
        ("person", 1, 0, 0.0),
        ("agent", 1, 1, 1.0),
    ]
    assert [(side["n_actions"], side["realised"], side["ratio"]) for side in found] == [
        (1, "140.0000", 0.5),
        (1, "70.0000", 0.25),
    ]
    assert owner.totals().override_rate == 1.0
