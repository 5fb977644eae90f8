"""`profithunt mcp` as an agent's host starts it: a process that speaks the protocol over its stdin and stdout."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")

from mcp import Client, StdioServerParameters

from profithunt.api import Shop
from tests.cli.conftest import CommandLine


@pytest.fixture
def line(shop, monkeypatch) -> CommandLine:
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    monkeypatch.delenv("PROFITHUNT_TOKEN", raising=False)
    return CommandLine(shop)


def test_a_host_starts_it_and_asks(line):
    with Shop.open(line.folder) as opened:
        opened.act.set_user("bot", role="agent", agent=True, level="suggest")
        opened.act.propose(action="lower_the_price", level="sku", entity={"sku": "lamp"}, value=28)
        members = {row["member"]: row["cm3"] for row in opened.profit("category").dicts()}
        total = opened.profit().dicts()[0]["cm3"]

    async def asked() -> dict[str, Any]:
        arguments = ["-m", "profithunt", "mcp", "--shop", str(line.folder), "--agent", "bot"]
        async with Client(StdioServerParameters(command=sys.executable, args=arguments)) as client:
            calls = {
                "list_opportunities": {"level": "sku", "search": "lamp"},
                "profit": {"by": "category", "top": 1},
                "explain": {"kind": "order", "id": "o1"},
                "simulate_carrier_switch": {"carrier": "Swift", "to": "Nobody"},
            }
            found = {name: await client.call_tool(name, given) for name, given in calls.items()}
            return {"instructions": client.instructions, **found}

    said = asyncio.run(asked())
    assert "whoami" in said["instructions"]
    assert said["list_opportunities"].structured_content["items"][0]["action"] == "lower_the_price"
    profit = said["profit"].structured_content
    assert profit["total"]["cm3"] == f"{total:f}"
    ends = (profit["best"][0]["member"], profit["worst"][0]["member"])
    assert (profit["n_members"], ends) == (3, (max(members, key=members.get), min(members, key=members.get)))
    assert said["explain"].structured_content["id"] == "o1"
    assert said["simulate_carrier_switch"].is_error


def test_mistakes_say_what_to_do(line):
    assert "--agent NAME" in line("mcp").err
    assert "there is no agent 'zed'" in line("mcp", "--agent", "zed").err.lower()
    refused = line("mcp", "--http", "--agent", "bot")
    assert refused.code == 2
    assert "profithunt api-token --user bot" in refused.err
