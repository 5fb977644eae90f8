"""The HTTP interface: every act needs a token that allows it, is attributed, and no request breaks the server."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profithunt.actions.store import queue
from profithunt.api import Shop
from profithunt.config import AutonomySettings
from tests.actions.queues import opportunity

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from profithunt.web.rest import api_app

NOW = dt.datetime.now(tz=dt.UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop without runs whose queue holds four opportunities; `owner` owns it."""
    (tmp_path / "shop.toml").write_text('[shop]\nname = "corner"\ncurrency = "EUR"\n')
    with Shop.open(tmp_path) as opened:
        from profithunt.actions.store import people

        with opened.act.store.writing() as connection:
            people.first(connection, "owner", NOW)
            found = [opportunity(number, reversible=number != 4) for number in range(1, 5)]
            queue.take_over(connection, "r1", found, settings=AutonomySettings(), at=NOW)
        owner = opened.act.as_("owner")
        for name, role in (("ann", "manager"), ("bob", "analyst"), ("eve", "viewer")):
            owner.set_user(name, role=role)
        owner.set_user("bot", role="agent", agent=True, level="inside_limits")
        yield opened


@pytest.fixture
def client(shop: Shop) -> Iterator[Any]:
    from contextlib import contextmanager
    from threading import RLock

    lock = RLock()

    @contextmanager
    def desk():
        with lock:
            yield shop

    with TestClient(api_app(desk), raise_server_exceptions=True) as found:
        yield found


def token(shop: Shop, user: str, *scopes: str) -> dict[str, str]:
    made = shop.act.as_("owner").issue_token(user=user, scopes=scopes or ("see",))
    return {"Authorization": f"Bearer {made.secret}"}


FIRST, SECOND, THIRD, FOURTH = (opportunity(number).id for number in range(1, 5))


def test_without_a_token_nothing_is_told(client):
    for path in ("/api/me", "/api/opportunities", f"/api/opportunities/{FIRST}", "/api/users", "/api/nothing"):
        assert client.get(path).status_code in {401, 404}
        assert client.get(path, headers={"Authorization": "Bearer pht_wrong"}).status_code in {401, 404}
    assert client.get("/api/opportunities").headers["www-authenticate"] == "Bearer"
    assert client.post("/api/opportunities", json={"wrong": 1}).status_code == 401


def test_a_decision_from_list_to_undo_is_attributed(client, shop):
    ann = token(shop, "ann", "see", "approve", "execute", "undo", "triage", "comment", "assign", "reject")
    listed = client.get("/api/opportunities", params={"state": "open", "q": "k1"}, headers=ann).json()
    assert [item["id"] for item in listed["items"]] == [FIRST]
    assert client.get("/api/me", headers=ann).json()["name"] == "ann"
    assert client.post(f"/api/opportunities/{FIRST}/approve", headers=ann).json()["state"] == "approved"
    again = client.post(f"/api/opportunities/{FIRST}/approve", headers=ann)
    assert again.status_code == 409
    assert again.json()["error"] == "Stopped"
    plan = client.get(f"/api/opportunities/{FIRST}/plan", headers=ann).json()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = client.post(f"/api/opportunities/{FIRST}/execute", json={"digest": plan["digest"]}, headers=ann)
    assert done.json()["digest"] == plan["digest"]
    assert client.get(f"/api/actions/{done.json()['id']}", headers=ann).json()["state"] == "sent"
    assert client.post(f"/api/opportunities/{FIRST}/undo", headers=ann).json()["state"] == "undone"
    client.post(f"/api/opportunities/{SECOND}/comment", json={"text": "hm"}, headers=ann)
    client.post(f"/api/opportunities/{SECOND}/assign", json={"to": "bob"}, headers=ann)
    until = {"until": "2999-01-01T00:00:00Z"}
    assert client.post(f"/api/opportunities/{SECOND}/snooze", json=until, headers=ann).json()["state"] == "snoozed"
    why = {"reason": "no"}
    assert client.post(f"/api/opportunities/{THIRD}/reject", json=why, headers=ann).json()["reason"] == "no"
    entries = client.get("/api/activity", params={"by": "ann"}, headers=ann).json()
    assert {"approve", "execute", "undo", "roll_back", "comment", "assign", "snooze", "reject"} <= {
        entry["verb"] for entry in entries
    }
    assert client.get("/api/totals", headers=ann).json()["by_state"]["rolled_back"]["n"] == 1


@pytest.mark.parametrize(
    ("verb", "body", "scope"),
    [
        ("triage", None, "triage"),
        ("approve", None, "approve"),
        ("reject", {"reason": "x"}, "reject"),
        ("withdraw", {"reason": "x"}, "approve"),
        ("snooze", {"until": "2999-01-01T00:00:00Z"}, "triage"),
        ("assign", {"to": "ann"}, "assign"),
        ("comment", {"text": "x"}, "comment"),
        ("params", {"params": {"bid": "1"}}, "propose"),
        ("document", {"document": "x"}, "document"),
        ("execute", None, "execute"),
        ("undo", None, "undo"),
        ("confirm", None, "execute"),
        ("measure", None, "execute"),
    ],
)
def test_every_act_needs_its_scope_and_its_role(client, shop, verb, body, scope):
    from profithunt.actions.policies import PERMISSIONS

    address = f"/api/opportunities/{FIRST}/{verb}"
    others = [name for name in PERMISSIONS if name != scope]
    refused = client.post(address, json=body, headers=token(shop, "owner", *others))
    assert (refused.status_code, refused.json()["error"]) == (403, "Forbidden")
    assert client.post(address, json=body, headers=token(shop, "eve", "see")).status_code == 403
    assert shop.act.as_("owner").show(FIRST).item.state == "detected"


def test_agents_are_bound_and_type_1_is_not_for_them(client, shop):
    bot = token(shop, "bot", "see", "approve", "execute", "propose")
    assert client.post(f"/api/opportunities/{FOURTH}/approve", headers=bot).status_code == 403
    assert client.post(f"/api/opportunities/{FIRST}/approve", headers=bot).json()["state"] == "approved"
    said = {
        "action": "raise_the_price",
        "level": "sku",
        "entity": {"sku": "A"},
        "value": "10.50",
        "params": {"price": "9"},
    }
    made = client.post("/api/opportunities", json=said, headers=bot)
    assert made.status_code == 201
    assert made.json()["origin"] == "agent"
    assert client.post("/api/opportunities", json=said, headers=bot).status_code == 409
    # A price without a known former one is above every limit, and without a known cost below its floor.
    assert client.post(f"/api/opportunities/{made.json()['id']}/execute", headers=bot).status_code == 409


def test_tokens_and_people_are_for_who_may_manage(client, shop):
    ann, owner = token(shop, "ann", "see"), token(shop, "owner", "see", "manage")
    assert client.post("/api/tokens", json={"scopes": ["see"]}, headers=ann).status_code == 403
    assert client.put("/api/users/zoe", json={"role": "owner"}, headers=ann).status_code == 403
    assert client.put("/api/users/zoe", json={"role": "analyst"}, headers=owner).json()["role"] == "analyst"
    made = client.post("/api/tokens", json={"user": "zoe", "scopes": ["see"]}, headers=owner).json()
    zoe = {"Authorization": f"Bearer {made['token']}"}
    assert client.get("/api/me", headers=zoe).json()["may"] == ["see"]
    assert client.delete(f"/api/tokens/{made['id']}", headers=owner).status_code == 204
    assert client.get("/api/me", headers=zoe).status_code == 401
    assert "token" not in client.get("/api/tokens", headers=owner).json()[0]


def test_whatever_is_asked_the_server_answers_and_obeys_nobody_without_permission(client, shop):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from hypothesis import HealthCheck, Phase, given, settings

        headers = [
            token(shop, "owner", "see", "comment", "assign", "triage", "propose", "reject", "document", "undo"),
            {},
        ]
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app)
        before = len(shop.act.as_("owner").activity())
        asked = 0
        for operation in schema.get_all_operations():
            one = operation.ok()

            @given(case=one.as_strategy())
            @settings(
                max_examples=3, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            def ask(case):
                nonlocal asked
                if asked % 4 and "{id}" in case.path and "tokens" not in case.path:
                    case.path_parameters["id"] = (FIRST, SECOND, THIRD, FOURTH)[asked // 4 % 4]
                for given_headers in headers:
                    answer = case.call(headers=given_headers)
                    asked += 1
                    assert answer.status_code < 500, (case.method, case.path, answer.text)
                    assert given_headers or answer.status_code == 401, (case.method, case.path, answer.status_code)

            ask()
    assert asked > 100
    act = shop.act.as_("owner")
    assert act.verify() >= before
    assert all(entry.by in {"owner", "hunt"} for entry in act.activity())
    assert not act.list(state="approved")
