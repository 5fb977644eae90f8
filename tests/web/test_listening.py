"""Prices and listening as pages: what the run says, sessions read in place and worked with by who may."""

from __future__ import annotations

import shutil
import time

import httpx
import pytest

from profithunt import Shop
from profithunt.api import login
from tests.web.shops import serving

WORD = "correct horse battery"


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=120) as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory, shop_with_run):
    made = tmp_path_factory.mktemp("listening") / "shop"
    shutil.copytree(shop_with_run, made)
    with Shop.open(made) as shop:
        shop.act.whoami()
        for name, role in (("ann", "manager"), ("vera", "viewer")):
            shop.act.set_user(name, role=role)
            login.set_password(shop, name, f"{WORD} {name}")
    return made


def test_prices_say_what_the_run_says(client, shop_with_run):
    page = client.get("/prices.json").json()["page"]
    with Shop.open(shop_with_run) as shop:
        board = shop.prices.board()
        first = shop.prices.positions().dicts()[0]
        view = shop.prices.view(first["sku"])
    assert page["positions"]["n_rows"] == board.n_skus
    assert page["positions"]["rows"][0]["sku"] == first["sku"]
    raised = client.get("/prices.json?advice=raise").json()["page"]["positions"]
    assert raised["n_rows"] == board.by_advice["raise"]
    one = client.get(f"/prices.json?sku={first['sku']}").json()["page"]
    assert len(one["offers"]["rows"]) == len(view.offers)
    assert client.get("/prices?sku=none").status_code == 404
    for by in ("brand", "competitor", "reason"):
        assert client.get(f"/prices?by={by}").status_code == 200


def test_a_session_is_drawn_read_noted_and_changes_something(folder):
    with serving(folder, team=True) as address, httpx.Client(base_url=address, timeout=120) as client:
        assert client.post("/login", data={"name": "ann", "password": f"{WORD} ann"}).status_code == 303
        until = time.monotonic() + 120
        while client.get("/listening.json").json()["page"]["working"] and time.monotonic() < until:
            time.sleep(0.1)
        page = client.get("/listening.json").json()["page"]
        assert page["heard"]["n_rows"] > 3, page["why_not"]
        drawn = client.post("/listening", data={"size": "4"})
        path = drawn.headers["location"]
        assert "Journey 1" in client.get(path).text
        assert client.post(f"{path}/note", data={"text": "They waited alone", "journey": "1"}).status_code == 303
        assert client.post(f"{path}/listened", data={"minutes": "45"}).status_code == 303
        changed = client.post(f"{path}/change", data={"text": "Write before they ask", "assignee": "ann"})
        assert changed.status_code == 303
        text = client.get(path).text
        for told in ("They waited alone", "45", "Write before they ask", "/opportunities/"):
            assert told in text
        assert client.get("/listening.json").json()["page"]["hours"]["rows"][0]["who"] == "ann"
        assert client.post(f"{path}/note", data={"text": "x", "journey": "99"}).status_code == 400
        assert client.post(f"{path}/burn").status_code == 400
        assert client.get("/listening/none").status_code == 404
        assert client.post("/login", data={"name": "vera", "password": f"{WORD} vera"}).status_code == 303
        assert "Draw a session" not in client.get("/listening").text
        assert client.post("/listening", data={"size": "4"}).status_code == 403
        assert client.post(f"{path}/note", data={"text": "x"}).status_code == 403
