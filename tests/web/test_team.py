"""A team's pages: nothing without a session, roles hold, sessions end, mistakes are counted."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from profithunt import Shop
from profithunt.api import login
from profithunt.errors import Forbidden, NotFound, UsageError
from tests.web.shops import PAGES, serving

WORD = "correct horse battery"


@pytest.fixture(scope="module")
def team(shop_with_run):
    with Shop.open(shop_with_run) as shop:
        shop.act.whoami()
        for name, role in (("ann", "manager"), ("vera", "viewer"), ("max", "owner")):
            shop.act.set_user(name, role=role)
            login.set_password(shop, name, f"{WORD} {name}")
    with serving(shop_with_run, team=True) as address:
        yield address


def signed(address: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=60)
    answer = client.post("/login", data={"name": name, "password": f"{WORD} {name}", "back": "/profit"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/profit")
    assert "HttpOnly" in answer.headers["set-cookie"]
    return client


def test_nothing_is_shown_to_who_is_not_signed_in(team):
    with httpx.Client(base_url=team, timeout=60) as client:
        for path in (*PAGES, "/customers/x", "/tables/customers.all.csv", "/charts/profit.waterfall.svg", "/start"):
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login?back=%2F")
        assert client.get("/profit.json").status_code == 401
        assert client.post("/opportunities/x/approve").status_code == 401
        assert client.get("/api/opportunities").status_code == 401
        assert client.get("/", headers={"cookie": "profithunt_session=made-up"}).status_code == 303
        assert client.get("/login").status_code == 200


def test_who_is_signed_in_acts_under_their_name_and_role(team):
    ann, vera = signed(team, "ann"), signed(team, "vera")
    one = ann.get("/today.json").json()["page"]["cards"][7]["id"]
    assert ann.post(f"/opportunities/{one}/comment", data={"text": "from ann"}).status_code == 303
    comments = ann.get(f"/opportunities/{one}.json").json()["page"]["comments"]
    assert [item["by"] for item in comments if item["text"] == "from ann"] == ["ann"]
    assert vera.get("/profit").status_code == 200
    refused = vera.post(f"/opportunities/{one}/approve", data={})
    assert refused.status_code == 403
    assert "vera" in refused.text
    assert ">ann <" in ann.get("/profit").text
    assert ">ann <" not in vera.get("/profit").text
    ann.close()
    vera.close()


def test_signing_out_ends_the_session_wherever_its_cookie_is(team):
    client = signed(team, "ann")
    secret = client.cookies["profithunt_session"]
    assert client.post("/login/out").status_code == 303
    with httpx.Client(base_url=team, cookies={"profithunt_session": secret}) as other:
        assert other.get("/profit").status_code == 303
    client.close()


def test_a_session_is_over_after_its_hours(shop_with_run, team, monkeypatch):
    with Shop.open(shop_with_run) as shop:
        monkeypatch.setattr(login, "HOURS", -1)
        session = login.sign_in(shop, "ann", f"{WORD} ann", login.Patience())
        assert session.until < dt.datetime.now(tz=dt.UTC)
        assert login.signed(shop, session.secret) is None


def test_mistakes_read_alike_and_too_many_close_the_name(shop_with_run, team):
    with Shop.open(shop_with_run) as shop:
        patience = login.Patience()
        said = set()
        for name in ("ann", "nobody"):
            with pytest.raises(Forbidden) as caught:
                login.sign_in(shop, name, "wrong", patience)
            said.add(str(caught.value))
        assert len(said) == 1
        for _ in range(login.MISTAKES - 1):
            with pytest.raises(Forbidden, match="not known"):
                login.sign_in(shop, "ann", "wrong", patience)
        with pytest.raises(Forbidden, match="too many mistakes"):
            login.sign_in(shop, "ann", f"{WORD} ann", patience)


def test_who_may_give_passwords_and_which(shop_with_run, team):
    with Shop.open(shop_with_run) as shop:
        with pytest.raises(UsageError, match="too short"):
            login.set_password(shop, "ann", "short")
        with pytest.raises(Forbidden):
            login.set_password(shop, "ann", WORD, by="vera")
        with pytest.raises(NotFound):
            login.set_password(shop, "nobody", WORD)
        login.set_password(shop, "vera", f"{WORD} vera", by="vera")
        with shop.act.store.reading() as connection:
            kept = [str(row) for row in connection.exec_driver_sql("SELECT name, value FROM facts").all()]
        assert not any(WORD in row for row in kept)
        assert any("argon2id" in row for row in kept)


def test_the_form_does_not_send_people_elsewhere(team):
    with httpx.Client(base_url=team, timeout=60) as client:
        answer = client.post("/login", data={"name": "ann", "password": f"{WORD} ann", "back": "https://evil.example"})
        assert answer.headers["location"] == "/"
        assert client.post("/login", data={"name": "ann", "password": "x"}).status_code == 403
