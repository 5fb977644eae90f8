"""Settings changed on the pages: held against their models, audited, undone, and only by who may."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator

import httpx
import pytest

from profithunt import Shop
from profithunt.api import login
from profithunt.errors import ConfigError, Forbidden, Stopped
from tests.web.shops import serving

WORD = "correct horse battery"
TOML = """# as the owner wrote it
[shop]
name = "Tea"  # the name

[thresholds.cannot_make_a_profit]
# seldom sold SKUs say little
min_units = 40  # units
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop.toml").write_text(TOML)
    with Shop.open(tmp_path) as opened:
        yield opened


def test_a_threshold_is_changed_in_its_place_and_put_back(shop):
    kept = shop.settings.change("thresholds", "cannot_make_a_profit", {"min_units": "55", "window_days": "60"})
    assert not kept.mistakes
    text = shop.path.read_text()
    assert text.startswith(TOML.replace("= 40", "= 55").rstrip())
    assert "window_days = 60" in text
    assert shop.config.thresholds["cannot_make_a_profit"] == {"min_units": 55, "window_days": 60}
    undone = shop.settings.undo(kept.seq)
    assert shop.path.read_text() == TOML
    assert undone.undoes == kept.seq
    assert [(one.about, one.stands) for one in shop.settings.history()] == [("thresholds", True), ("thresholds", False)]
    assert shop.act.verify() == len(shop.act.activity())


def test_what_was_changed_since_is_not_undone(shop):
    first = shop.settings.change("thresholds", "cannot_make_a_profit", {"min_units": "55"})
    shop.settings.change("thresholds", "cannot_make_a_profit", {"min_units": "60"})
    with pytest.raises(Stopped, match="changed again since"):
        shop.settings.undo(first.seq)
    shop.path.write_text(TOML)
    with pytest.raises(Stopped):
        shop.settings.undo(first.seq)


@pytest.mark.parametrize(
    ("about", "subject", "typed", "field", "why"),
    [
        ("thresholds", "cannot_make_a_profit", {"min_units": "many"}, "min_units", "must be a number, got 'many'"),
        ("thresholds", "cannot_make_a_profit", {"window_days": "0"}, "window_days", "must be 1 or more, got '0'"),
        ("role", "manager", {"sku_share": "2"}, "sku_share", "must be 1.0 or less, got '2'"),
        ("role", "manager", {"customers_a_day": "1.5"}, "customers_a_day", "must be a whole number, got '1.5'"),
        ("adapters", "webhook", {"attempts": "3"}, "url", "is needed"),
        ("adapters", "csv", {"confirm": "never"}, "confirm", "must be 'imported' or 'written', got 'never'"),
        ("adapters", "email", {"host": "h", "sender": "s", "to": "buying"}, "to", "must be one `name = value` a line"),
        ("automation", "new", {"name": "Bad Name", "every": "1h"}, "name", "must be small letters"),
        ("automation", "new", {"name": "bids", "every": "soon", "hunt": "yes"}, "every", "is no span"),
        ("automation", "new", {"name": "bids", "at": "25:00", "hunt": "yes"}, "at", "is no time of day"),
        ("automation", "new", {"name": "bids", "every": "1h"}, "does", "does nothing"),
        ("automation", "new", {"name": "bids", "every": "1h", "alert": "slack"}, "alert", "not set up"),
        ("automation", "new", {"name": "bids", "every": "1h", "assign_to": "zoe"}, "assign_to", "nobody is known"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_changes_nothing(shop, about, subject, typed, field, why):
    kept = shop.settings.change(about, subject, typed)
    assert list(kept.mistakes) == [field]
    assert why in kept.mistakes[field]
    assert next(one for one in kept.form.fields if one.name == field).mistake == kept.mistakes[field]
    assert shop.path.read_text() == TOML
    assert shop.settings.history() == ()


def test_limits_autonomy_rules_and_adapters_go_to_where_they_are_kept(shop):
    act, settings = shop.act, shop.settings
    act.whoami()
    usual = act.limits_of("manager")
    kept = settings.change("role", "manager", {"money_a_day": "500", "sku_share": "0.05"})
    assert (float(act.limits_of("manager").money_a_day), act.limits_of("manager").sku_share) == (500, 0.05)
    settings.undo(kept.seq)
    assert act.limits_of("manager") == usual
    act.set_user("bot", role="agent", agent=True)
    kept = settings.change("autonomy", "bot", {"level": "inside_limits", "levels": "pause_or_bid_down = approval"})
    bot = next(user for user in act.users() if user.name == "bot")
    assert (bot.level, bot.levels) == ("inside_limits", {"pause_or_bid_down": "approval"})
    settings.undo(kept.seq)
    assert next(user for user in act.users() if user.name == "bot").level == "suggest"
    made = settings.change("automation", "new", {"name": "bids", "every": "1h", "does": "approve", "detector": "KW29"})
    assert not made.mistakes
    assert [one.rule.does for one in shop.automation.list()] == ["approve"]
    later = settings.change("automation", "bids", {"every": "6h", "does": "approve", "detector": "KW29"})
    settings.undo(later.seq)
    assert [one.rule.every for one in shop.automation.list()] == ["1h"]
    kept = settings.change("adapters", "webhook", {"url": "https://shop.example/in", "attempts": "3"})
    assert shop.config.adapters["webhook"] == {"url": "https://shop.example/in", "attempts": 3}
    assert not any(field.name.endswith("_env") for field in kept.form.fields)
    settings.undo(kept.seq)
    assert "webhook" not in shop.path.read_text()


def test_a_hidden_setting_stays_and_a_file_that_would_not_hold_is_not_written(shop):
    shop.path.write_text(TOML + '\n[adapters.webhook]\nurl = "https://a.example"\nsecret_env = "MINE"\n')
    shop.settings.change("adapters", "webhook", {"url": "https://b.example"})
    assert 'url = "https://b.example"\nsecret_env = "MINE"' in shop.path.read_text()
    shop.path.write_text(broken := shop.path.read_text() + "\n[nonsense]\nx = 1\n")
    with pytest.raises(ConfigError, match="unknown setting"):
        shop.settings.change("adapters", "webhook", {"url": "https://c.example"})
    assert shop.path.read_text() == broken


def test_only_who_may_manage_changes_settings(shop):
    shop.act.whoami()
    shop.act.set_user("max", role="manager")

    class OfMax(Shop):
        @property
        def act(self):
            return super().act.as_("max")

    with OfMax(shop.config, shop.path) as his, pytest.raises(Forbidden, match="may not manage"):
        his.settings.change("role", "manager", {"money_a_day": "1000000"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory, shop_with_run):
    made = tmp_path_factory.mktemp("settings") / "shop"
    shutil.copytree(shop_with_run, made)
    with Shop.open(made) as shop:
        owner = shop.act.whoami().name
        shop.act.set_user("max", role="manager")
        for name in (owner, "max"):
            login.set_password(shop, name, f"{WORD} {name}")
    return made, owner


@pytest.fixture(scope="module")
def pages(folder):
    with serving(folder[0], team=True) as address:
        yield address


@contextlib.contextmanager
def signed_in(pages: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=pages, timeout=60) as client:
        answer = client.post("/login", data={"name": name, "password": f"{WORD} {name}"})
        assert answer.status_code == 303, answer.text
        yield client


def test_on_the_pages_a_change_is_made_said_undone_and_counts_from_the_next_run(pages, folder):
    with signed_in(pages, folder[1]) as client:
        path = "/settings/edit/thresholds/cannot_make_a_profit"
        wrong = client.post(path, data={"min_units": "many"})
        assert wrong.status_code == 422
        assert "Min units must be a number, got &#39;many&#39;." in wrong.text
        assert 'value="many"' in wrong.text
        before = client.get("/today.json").json()["page"]["n"]
        assert client.post(path, data={"min_units": "5000"}).status_code == 303
        assert 'value="5000"' in client.get(path).text
        assert client.get("/today.json").json()["page"]["n"] == before
        page = client.get("/settings.json").json()["page"]
        assert page["changes"][0]["after"] == {"min_units": 5000}
        seq = re.search(r'name="seq" value="(\d+)"', client.get("/settings").text)
        assert client.post("/settings/undo", data={"seq": seq[1], "back": "https://evil.example"}).status_code == 303
        assert 'value="5000"' not in client.get(path).text
        for about, subject in (("role", "manager"), ("limits", "max"), ("adapters", "csv"), ("automation", "new")):
            assert client.get(f"/settings/edit/{about}/{subject}").status_code == 200
        for about, subject in (("role", "king"), ("moods", "x"), ("thresholds", "x"), ("automation", "none")):
            assert client.get(f"/settings/edit/{about}/{subject}").status_code == 404


def test_who_may_not_manage_sees_and_changes_nothing(pages, folder):
    with signed_in(pages, "max") as client:
        form = client.get("/settings/edit/role/manager").text
        assert "Only who may manage changes this." in form
        assert "<button>Keep</button>" not in form
        assert client.post("/settings/edit/role/manager", data={"money_a_day": "1000000"}).status_code == 403
        assert client.post("/settings/undo", data={"seq": "1"}).status_code == 403
        cross = client.post("/settings/edit/role/manager", data={}, headers={"sec-fetch-site": "cross-site"})
        assert cross.status_code == 403
    with httpx.Client(base_url=pages, timeout=60) as stranger:
        assert stranger.post("/settings/edit/role/manager", data={"money_a_day": "1"}).status_code == 401


def test_what_is_edited_in_the_file_shows_by_itself(pages, folder):
    with signed_in(pages, folder[1]) as client:
        path = folder[0] / "shop.toml"
        was = path.read_text()
        path.write_text(was + '\n[adapters.csv]\nconfirm = "written"\n')
        rows = client.get("/settings.json").json()["page"]["adapters"]["rows"]
        assert {"name": "csv", "state": "set up"}.items() <= next(row for row in rows if row["name"] == "csv").items()
        path.write_text(was + "\n[oops\n")
        assert client.get("/settings").status_code == 200
        path.write_text(was)
