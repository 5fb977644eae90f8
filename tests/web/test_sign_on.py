"""Signing in through an identity provider: what it says counts only if it is its own, for us, now, and of this browser."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from profithunt import Shop
from profithunt.api import login
from profithunt.errors import NotFound
from tests.web.provider import CLIENT, SECRET, Provider
from tests.web.shops import running, serving

pytest.importorskip("authlib", reason="needs the extra web")

SETTINGS = """
[shop]
name = "Tea"

[sign_on]
issuer = "{issuer}"
client_id = "{client}"
secret_env = "PROFITHUNT_TEST_OIDC"
label = "Sign in with Tea's account"
role_claim = "groups"
roles = {{ owners = "owner", buyers = "manager" }}
"""


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    with running(made.application()) as address:
        made.issuer = address
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory, provider) -> Path:
    made = tmp_path_factory.mktemp("team")
    (made / "shop.toml").write_text(SETTINGS.format(issuer=provider.issuer, client=CLIENT))
    with Shop.open(made) as shop:
        shop.act.as_("boss")
        shop.act.whoami()
    return made


@pytest.fixture(scope="module")
def team(folder):
    with serving(folder, team=True) as address:
        yield address


@pytest.fixture(autouse=True)
def honest(provider, monkeypatch):
    monkeypatch.setenv("PROFITHUNT_TEST_OIDC", SECRET)
    provider.honest()


def go(team: str, client: httpx.Client | None = None, back: str = "/profit?by=month") -> tuple[httpx.Response, str]:
    """The whole way: off to the provider, and back with what it answers; the address that it came back to."""
    with contextlib.ExitStack() as stack:
        browser = client or stack.enter_context(httpx.Client(base_url=team, timeout=30))
        off = browser.get("/login/provider", params={"back": back})
        assert off.status_code == 303, off.text
        there = httpx.get(off.headers["location"], timeout=30)
        returned = there.headers["location"]
        assert returned.startswith(f"{team}/login/provider/back?")
        return browser.get(returned), returned


def said(answer: httpx.Response) -> str:
    """The one sentence of a page of sign-in."""
    assert answer.status_code == 403
    assert "profithunt_session" not in answer.cookies
    return answer.text.partition('role="alert"><p>')[2].partition("</p>")[0].replace("&#39;", "'")


def test_who_comes_back_is_signed_in_with_the_role_that_the_groups_give(team, folder, provider):
    assert "Sign in with Tea&#39;s account" in httpx.get(f"{team}/login?back=/profit").text
    answer, _ = go(team)
    assert (answer.status_code, answer.headers["location"]) == (303, "/profit?by=month")
    with Shop.open(folder) as shop:
        found = login.signed(shop, answer.cookies["profithunt_session"])
        assert found is not None
        assert found.user == "ann@shop.example"
        assert "approve" in found.scopes
        assert "manage" not in found.scopes
        provider.person["groups"] = ["owners", "buyers"]
        provider.person["email"] = "ann@elsewhere.example"
        go(team)
        users = {user.name: user.role for user in shop.act.users()}
        assert users["ann@shop.example"] == "owner", "the name stays with the provider's id of the person"
        assert "ann@elsewhere.example" not in users
        assert [entry.by for entry in shop.act.activity() if entry.subject == "ann@shop.example"] == [
            "single sign-on"
        ] * 2


def test_the_secret_and_the_verifier_never_reach_the_browser(team):
    with httpx.Client(base_url=team, timeout=30) as browser:
        off = browser.get("/login/provider")
        asked = parse_qs(urlsplit(off.headers["location"]).query)
        assert set(asked) == {
            *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
            *("code_challenge", "code_challenge_method"),
        }
        assert SECRET not in str(off.headers)
        cookie = off.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": 1_600_000_000}, "is over"),
        ({"exp": None}, "is over"),
        ({"iat": time.time() + 3600}, "is of the future"),
        ({"aud": "another"}, "is meant for another application"),
        ({"aud": [CLIENT, "another"]}, "is meant for several applications"),
        ({"azp": "another"}, "was given to another application"),
        ({"iss": "https://another.example"}, "is of another provider"),
        ({"nonce": "of another sign-in"}, "is not of this sign-in"),
        ({"nonce": None}, "is not of this sign-in"),
        ({"nonce": None, "nonce_supported": False}, "is not of this sign-in"),
        ({"sub": ""}, "does not say whose it is"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(team, provider, claims, why):
    provider.change = lambda told: {key: value for key, value in {**told, **claims}.items() if value is not None}
    assert said(go(team)[0]) == f"what the provider signed {why}; begin the sign-in again."


@pytest.mark.parametrize("how", ["tampered", "signed_by_another", "signed_by_secret", "unsigned"])
def test_a_signature_that_is_not_the_providers_lets_nobody_in(team, provider, how):
    provider.sign = getattr(provider, how)
    assert said(go(team)[0]) == "the signature is not the provider's; begin the sign-in again."


def test_a_sign_in_comes_back_once_and_to_the_browser_that_began_it(team):
    with httpx.Client(base_url=team, timeout=30) as browser:
        answer, returned = go(team, browser)
        assert answer.status_code == 303
        assert "was used already" in said(httpx.get(returned))
        off = browser.get("/login/provider")
        stolen = httpx.get(off.headers["location"]).headers["location"]
        assert "was not begun in this browser" in said(httpx.get(stolen))
        assert "was not begun in this browser" in said(browser.get("/login/provider/back?state=guessed&code=x"))


def test_one_that_took_too_long_is_over(team, monkeypatch):
    from profithunt.api import sign_on

    with httpx.Client(base_url=team, timeout=30) as browser:
        monkeypatch.setattr(sign_on, "MINUTES", 0)
        off = browser.get("/login/provider")
        returned = httpx.get(off.headers["location"]).headers["location"]
        assert "took more than 0 minutes" in said(browser.get(returned))


def test_answers_of_the_provider_are_told_in_a_sentence(team, provider):
    provider.answer = lambda params: {"error": "access_denied", "state": params["state"], "iss": params["iss"]}
    assert said(go(team)[0]).startswith("the provider did not sign you in: access_denied;")
    provider.answer = lambda params: {**params, "iss": "https://another.example"}
    assert said(go(team)[0]).startswith("the answer is not of the provider that was asked;")
    provider.answer = lambda params: {**params, "code": "made up"}
    assert said(go(team)[0]).startswith("the provider did not take the code of this sign-in (invalid_grant)")


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"groups": ["guests"]}, "none of your groups has a role here"),
        ({"groups": None}, "none of your groups has a role here"),
        ({"email_verified": False}, "has not verified your e-mail address"),
        ({"email_verified": "true"}, "has not verified your e-mail address"),
        ({"email": None}, "did not say your email"),
        ({"sub": "2-somebody"}, "ann@shop.example is somebody else at the provider"),
    ],
)
def test_somebody_who_is_not_known_or_not_sure_stays_outside(team, provider, person, why):
    go(team)
    provider.person |= person
    assert why in said(go(team)[0])


def test_a_name_is_freed_for_somebody_else_by_who_may_manage(team, folder, provider):
    from profithunt.api import sign_on

    provider.person |= {"sub": "5-cem", "email": "cem@shop.example"}
    assert go(team)[0].status_code == 303
    provider.person["sub"] = "6-other"
    assert "is somebody else" in said(go(team)[0])
    with Shop.open(folder) as shop:
        sign_on.let_go(shop, "cem@shop.example")
        with pytest.raises(NotFound, match="nobody has signed in"):
            sign_on.let_go(shop, "cem@shop.example")
    assert go(team)[0].status_code == 303
    provider.person["sub"] = "5-cem"
    assert "is somebody else" in said(go(team)[0])


def test_who_was_made_inactive_stays_outside(team, folder, provider):
    provider.person |= {"sub": "3-bea", "email": "bea@shop.example"}
    assert go(team)[0].status_code == 303
    with Shop.open(folder) as shop:
        shop.act.set_user("bea@shop.example", role="manager", active=False)
    assert "is no longer active" in said(go(team)[0])


def test_an_agent_does_not_sign_in(team, folder, provider):
    with Shop.open(folder) as shop:
        shop.act.set_user("bot@shop.example", role="agent", agent=True)
    provider.person |= {"sub": "4-bot", "email": "bot@shop.example"}
    assert "is an agent" in said(go(team)[0])


def test_without_its_secret_or_its_provider_the_page_says_what_is_missing(team, folder, monkeypatch, tmp_path):
    monkeypatch.delenv("PROFITHUNT_TEST_OIDC")
    answer = httpx.get(f"{team}/login/provider")
    assert answer.status_code == 502
    assert "environment variable PROFITHUNT_TEST_OIDC" in answer.text
    for issuer, why in (("http://login.example.com", "is not private"), ("http://127.0.0.1:9", "does not answer")):
        other = tmp_path / issuer[7:12]
        other.mkdir()
        (other / "shop.toml").write_text(f'[sign_on]\nissuer = "{issuer}"\npasswords = false\n')
        with serving(other, team=True) as address:
            assert why in httpx.get(f"{address}/login/provider").text
            assert 'type="password"' not in httpx.get(f"{address}/login").text
            closed = httpx.post(f"{address}/login", data={"name": "boss", "password": "x" * 12})
            assert "passwords are not taken here" in closed.text


def test_nobody_is_sent_elsewhere_after_it(team):
    answer, _ = go(team, back="https://evil.example")
    assert answer.headers["location"] == "/"
