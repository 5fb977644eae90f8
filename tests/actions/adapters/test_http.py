"""Calls to a real server that fails, is slow, loses answers and answers twice: one effect, nothing lost, no secret told."""

from __future__ import annotations

import json
import logging
import threading
import time

import pytest
from standardwebhooks.webhooks import Webhook

from profithunt.actions.adapters.protocol import Plan
from profithunt.actions.adapters.rate import Rate
from profithunt.errors import ConfigError, DeliveryError, UsageError
from tests.actions.adapters.conftest import SECRET, an_action

QUICK = {"first_wait_seconds": 0.01, "timeout_seconds": 0.3}


def event(adapter, **more):
    action = an_action("switch_lane", {"carrier": "Swift", "region": "North"}, adapter.name, to="Slow", **more)
    return adapter.plan(action, adapter.context)


def test_an_event_is_a_signed_cloudevent_and_exactly_what_was_planned(adapter, server):
    hook = adapter("webhook", url=f"{server.url}/take", **QUICK)
    plan = event(hook, former={"to": "Swift"})
    assert server.seen == []
    receipt = hook.execute(plan, key="act-1")
    (request,) = server.seen
    assert request.body.decode() == plan.previews[0].content
    assert Webhook(SECRET).verify(request.body, request.headers)
    body = json.loads(request.body)
    assert {name: body[name] for name in ("specversion", "id", "type", "source", "subject")} == {
        "specversion": "1.0", "id": "act-1", "type": "profithunt.action.executed", "source": "/profithunt",
        "subject": "act-1",
    }  # fmt: skip
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == "act-1"
    assert receipt.state == "sent"
    assert hook.confirm(receipt).confirmed is True
    hook.undo(receipt, plan, key="act-1.undo")
    back = json.loads(server.seen[-1].body)
    assert back["type"] == "profithunt.action.undone"
    assert back["data"]["changes"][0]["after"] == {"to": "Swift"}
    assert back["data"]["changes"][0]["before"] == body["data"]["changes"][0]["after"]


@pytest.mark.parametrize(
    "answers",
    [
        [500, 503],
        ["lost", "lost"],
        ["slow"],
        ["half"],
        ["twice"],
        [429, (429, {"Retry-After": "0"})],
        ["lost", 409],
        [],
    ],
    ids=["fails", "loses", "slow", "half", "twice", "busy", "knows", "well"],
)
def test_whatever_the_server_does_there_is_one_effect(adapter, server, answers):
    server.answers = list(answers)
    hook = adapter("webhook", url=server.url, **QUICK)
    plan = event(hook)
    receipt = hook.execute(plan, key="act-1")
    assert receipt.state == "sent"
    assert server.effects == {"act-1": plan.previews[0].content.encode()}
    assert {request.headers["webhook-id"] for request in server.seen} == {"act-1"}
    for request in server.seen:
        assert Webhook(SECRET).verify(request.body, request.headers)
    count = len(server.seen)
    assert hook.execute(plan, key="act-1") == receipt
    assert len(server.seen) == count
    assert hook.journal.dead() == []
    assert len(hook.journal.entries()) == count


def test_a_refusal_is_not_tried_again_and_can_be_sent_after_it_was_mended(adapter, server):
    server.answers = [422]
    hook = adapter("webhook", url=server.url, **QUICK)
    plan = event(hook)
    with pytest.raises(DeliveryError, match="422") as caught:
        hook.execute(plan, key="k")
    assert caught.value.retry is False
    assert len(server.seen) == 1
    (letter,) = hook.journal.dead()
    assert letter.content == plan.previews[0].content
    assert not letter.uncertain
    assert hook.execute(plan, key="k").state == "sent"
    assert hook.journal.dead() == []


def test_what_is_given_up_is_dead_and_may_be_sent_again_under_its_key(adapter, server):
    server.always = 500
    hook = adapter("webhook", url=server.url, attempts=3, **QUICK)
    plan = event(hook)
    receipt = hook.execute(plan, key="k")
    assert (receipt.state, len(server.seen)) == ("dead", 3)
    assert hook.confirm(receipt).confirmed is False
    (letter,) = hook.journal.dead()
    assert letter.uncertain
    server.always = 200
    assert hook.execute(plan, key="k").state == "sent"
    assert hook.journal.dead() == []


def test_nobody_there_means_nothing_was_taken(adapter, server):
    hook = adapter("webhook", url="http://127.0.0.1:9", attempts=2, **QUICK)
    with pytest.raises(DeliveryError) as caught:
        hook.execute(event(hook), key="k")
    assert caught.value.retry is True


def test_a_receiver_that_knows_better_is_asked(adapter, server):
    hook = adapter("webhook", url=server.url, confirm_url=f"{server.url}/taken", **QUICK)
    receipt = hook.execute(event(hook), key="k")
    answers = {202: None, 200: True, 404: False}
    for status, expected in answers.items():
        server.answers = [status]
        assert hook.confirm(receipt).confirmed is expected
    assert server.seen[-1].path == "/taken/k"
    assert hook.journal.dead() == []


def test_two_workers_with_the_same_key_leave_one_effect(adapter, server):
    hook = adapter("webhook", url=server.url, **QUICK)
    plan = event(hook)
    threads = [threading.Thread(target=hook.execute, args=(plan,), kwargs={"key": "k"}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(server.effects) == ["k"]
    assert hook.execute(plan, key="k").state == "sent"


def test_no_secret_is_written_logged_or_said(adapter, server, everything, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PROFITHUNT_SLACK_URL", f"{server.url}/services/T000/very-secret")
    said = []
    for name, settings in (("klaviyo", {"url": server.url}), ("slack", {}), ("webhook", {"url": server.url})):
        target = adapter(name, **settings, **QUICK)
        server.answers = [400]
        hidden = {"klaviyo": "pk_very_secret", "slack": "/services/T000/very-secret", "webhook": SECRET}[name]
        server.body = f"you said {server.url}{hidden} {hidden}".encode()
        kind = "suppress_offers_and_fix_the_cause" if name == "klaviyo" else "switch_lane"
        plan = target.plan(an_action(kind, {"carrier": "x"}, name, customers=["a"]), target.context)
        with pytest.raises(DeliveryError) as caught:
            target.execute(plan, key=name)
        said += [str(caught.value), json.dumps(plan.to_json())]
    text = "\n".join([everything(), *said, caplog.text])
    for hidden in ("pk_very_secret", "very-secret", SECRET, SECRET.removeprefix("whsec_")):
        assert hidden not in text


def test_a_missing_secret_is_named_and_an_open_address_is_refused(adapter, server, monkeypatch):
    with pytest.raises(UsageError, match="https"):
        adapter("webhook", url="http://example.com/take")
    monkeypatch.delenv("PROFITHUNT_WEBHOOK_SECRET")
    hook = adapter("webhook", url=server.url)
    with pytest.raises(ConfigError, match="PROFITHUNT_WEBHOOK_SECRET"):
        hook.execute(event(hook), key="k")
    assert server.seen == []


def test_profiles_go_in_jobs_of_ten_thousand_and_only_missing_jobs_are_sent_again(adapter, server):
    klaviyo = adapter("klaviyo", url=server.url, per_second=None, attempts=1, **QUICK)
    customers = [f"c{number}" for number in range(20_001)]
    action = an_action(
        "withhold_discounts_with_a_test_group", {}, "klaviyo", customers=customers, holdout=customers[:1]
    )
    plan = klaviyo.plan(action, klaviyo.context)
    sizes = [len(json.loads(p.content)["data"]["attributes"]["profiles"]["data"]) for p in plan.previews]
    assert sizes == [10_000, 10_000]
    assert all(len(p.content.encode()) <= 5_000_000 for p in plan.previews)
    server.answers = [202, 503]
    with pytest.raises(DeliveryError):
        klaviyo.execute(plan, key="k")
    receipt = klaviyo.execute(Plan.from_json(plan.to_json()), key="k")
    assert receipt.state == "sent"
    assert [request.headers["idempotency-key"] for request in server.seen] == ["k.1", "k.2", "k.2"]
    first = json.loads(server.seen[0].body)["data"]
    assert first["type"] == "profile-bulk-import-job"
    assert first["attributes"]["profiles"]["data"][0] == {
        "type": "profile",
        "attributes": {
            "external_id": "c1",
            "properties": {"profithunt_withhold_discounts_with_a_test_group": "on"},
        },
    }
    assert server.seen[0].headers["authorization"] == "Klaviyo-API-Key pk_very_secret"
    assert klaviyo.confirm(receipt).confirmed is True
    server.body = b'{"data": {"attributes": {"status": "processing"}}}'
    assert klaviyo.confirm(receipt).confirmed is None
    server.body = b'{"data": {"attributes": {"status": "complete", "failed_count": 2}}}'
    assert klaviyo.confirm(receipt).confirmed is False
    undone = klaviyo.undo(receipt, plan, key="u")
    back = json.loads(server.seen[-1].body)["data"]["attributes"]["profiles"]["data"][0]
    assert set(back["attributes"]["properties"].values()) == {"off"}
    assert undone.state == "sent"


def test_long_profiles_are_parted_by_bytes(adapter, server):
    klaviyo = adapter("klaviyo", url=server.url)
    customers = [f"{number}-{'x' * 2000}" for number in range(4000)]
    action = an_action("suppress_offers_and_fix_the_cause", {}, "klaviyo", customers=customers)
    previews = klaviyo.plan(action, klaviyo.context).previews
    assert len(previews) == 2
    assert all(len(p.content.encode()) <= 5_000_000 for p in previews)


def test_slack_is_never_told_twice_when_it_is_not_known_whether_it_heard(adapter, server, monkeypatch):
    monkeypatch.setenv("PROFITHUNT_SLACK_URL", f"{server.url}/services/x")
    slack = adapter("slack", **QUICK)
    plan = slack.plan(an_action("coach_the_store", {"store_id": "<7>"}, "slack"), slack.context)
    assert "&lt;7&gt;" in plan.previews[0].content
    server.answers = [429, "lost"]
    receipt = slack.execute(plan, key="k")
    assert (receipt.state, len(server.seen), len(server.effects)) == ("dead", 2, 1)
    assert receipt.details["uncertain"] is True
    assert slack.execute(plan, key="k") == receipt
    assert len(server.seen) == 2
    assert slack.journal.dead()[0].uncertain
    slack.journal.reopen("k")
    assert slack.execute(plan, key="k").state == "sent"


def test_a_message_that_a_killed_process_had_begun_is_not_sent_again(adapter, server, monkeypatch):
    monkeypatch.setenv("PROFITHUNT_SLACK_URL", f"{server.url}/services/x")
    slack = adapter("slack", **QUICK)
    plan = slack.plan(an_action("coach_the_store", {"store_id": "7"}, "slack"), slack.context)
    slack.journal.begin("k", {"adapter": "slack"})
    assert slack.execute(plan, key="k").state == "dead"
    assert server.seen == []


def mail(adapter, box, **more):
    return adapter(
        "email", host="127.0.0.1", port=box.port, security="none", sender="hunt@shop.example", per_second=None,
        **{"to": {"stores": "stores@shop.example", "default": "all@shop.example"}, **QUICK, **more},
    )  # fmt: skip


def test_a_task_by_mail_is_the_very_message_planned(adapter, mailbox):
    post = mail(adapter, mailbox)
    plan = post.plan(an_action("coach_the_store", {"store_id": "Köln"}, "email"), post.context)
    receipt = post.execute(plan, key="k")
    ((to, text),) = mailbox.mails
    assert to == "stores@shop.example"
    assert text.decode().replace("\r\n", "\n").rstrip() == plan.previews[0].content.replace("\r\n", "\n").rstrip()
    assert post.confirm(receipt).confirmed is True
    assert post.execute(plan, key="k") == receipt
    post.undo(receipt, plan, key="u")
    assert len(mailbox.mails) == 2
    assert b"Called off" in mailbox.mails[1][1]


@pytest.mark.parametrize(
    ("moods", "mails", "state"), [(["busy", "busy"], 1, "sent"), (["break"], 1, "dead")], ids=["busy", "breaks"]
)
def test_a_mail_server_in_a_mood_gets_one_mail(adapter, mailbox, moods, mails, state):
    mailbox.moods = list(moods)
    post = mail(adapter, mailbox)
    plan = post.plan(an_action("coach_the_store", {"store_id": "7"}, "email"), post.context)
    assert post.execute(plan, key="k").state == state
    assert post.execute(plan, key="k").state == state
    assert len(mailbox.mails) == mails


def test_a_mail_that_is_refused_is_said_and_may_be_sent_again(adapter, mailbox):
    mailbox.moods = ["no"]
    post = mail(adapter, mailbox)
    plan = post.plan(an_action("coach_the_store", {"store_id": "7"}, "email"), post.context)
    with pytest.raises(DeliveryError, match="550") as caught:
        post.execute(plan, key="k")
    assert caught.value.retry is False
    assert post.execute(plan, key="k").state == "sent"
    assert post.journal.dead() == []


def test_a_team_without_an_address_is_named(adapter, mailbox):
    post = mail(adapter, mailbox, to={})
    with pytest.raises(ConfigError, match="stores"):
        post.plan(an_action("coach_the_store", {"store_id": "7"}, "email"), post.context)


def test_calls_keep_their_rate_whoever_makes_them(tmp_path):
    moment = [1000.0]

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    rates = [Rate(tmp_path, 3, 5, clock=lambda: moment[0], sleep=sleep) for _ in range(2)]
    times = []
    for number in range(10):
        rates[number % 2].wait()
        times.append(moment[0])
    for start in times:
        assert sum(start <= at < start + 1 for at in times) <= 6
    assert [sum(int(at // 60) == minute for at in times) for minute in (16, 17)] == [5, 5]
    assert times[3] >= 1001
    with pytest.raises(DeliveryError):
        Rate(tmp_path, None, 5, patience=1, clock=lambda: 1021.0, sleep=sleep).wait()


def test_a_slow_minute_does_not_hold_up_others(adapter, server):
    hook = adapter("webhook", url=server.url, per_second=2, **QUICK)
    start = time.monotonic()
    for number in range(3):
        hook.execute(event(hook), key=f"k{number}")
    assert time.monotonic() - start < 3
    assert len(server.seen) == 3
