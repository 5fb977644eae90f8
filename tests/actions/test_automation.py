"""Rules: when they are due, what they look for, which of several evaluators gets one."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profithunt.actions import automation
from profithunt.actions.automation import Rule
from profithunt.errors import Forbidden, NotFound, UsageError
from tests.actions.queues import NOW, OWNER, add, fill, opportunity

BERLIN = ZoneInfo("Europe/Berlin")
moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC))


@given(moments, st.integers(1, 400), st.integers(0, 20_000))
def test_a_span_is_due_when_it_has_passed(at, hours, minutes):
    rule = Rule("r", every=f"{hours}h", hunt=True)
    last = at - dt.timedelta(minutes=minutes)
    assert rule.due(at, None, at, BERLIN)
    assert rule.due(at, last, last, BERLIN) == (minutes >= hours * 60)


@given(moments, st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_comes_once_a_day_in_the_shops_zone(start, hour, minute):
    rule = Rule("r", at=f"{hour:02}:{minute:02}", hunt=True)
    last, fired = None, []
    for step in range(4 * 24 * 4):
        now = start + dt.timedelta(minutes=15 * step)
        if rule.due(now, last, start, BERLIN):
            last = now
            fired.append(now.astimezone(BERLIN))
    assert len({moment.date() for moment in fired}) == len(fired)
    assert 3 <= len(fired) <= 5
    for moment in fired:
        wanted = moment.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
        late = [moment.astimezone(dt.UTC) - (wanted - dt.timedelta(days=days)).astimezone(dt.UTC) for days in (0, 1)]
        assert any(dt.timedelta(0) <= each < dt.timedelta(minutes=15) for each in late)


def test_the_nights_when_the_clock_is_changed():
    rule = Rule("r", at="02:30", hunt=True)
    for first, expected in ((dt.datetime(2026, 3, 28, 12), 2), (dt.datetime(2026, 10, 24, 12), 2)):
        start = first.replace(tzinfo=dt.UTC)
        last, fired = None, 0
        for step in range(48 * 4):
            now = start + dt.timedelta(minutes=15 * step)
            if rule.due(now, last, start, BERLIN):
                last, fired = now, fired + 1
        assert fired == expected


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"every": "1h"}, "does nothing"),
        ({"hunt": True}, "when it is evaluated"),
        ({"every": "1h", "at": "06:00", "hunt": True}, "when it is evaluated"),
        ({"every": "soon", "hunt": True}, "no span"),
        ({"at": "25:00", "hunt": True}, "no time of day"),
        ({"every": "1h", "does": "sell"}, "can't 'sell'"),
        ({"every": "1h", "hunt": True, "min_value": Decimal(2), "max_value": Decimal(1)}, "above its largest"),
        ({"every": "1h", "hunt": True, "most": 0}, "can't be"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(said, message):
    with pytest.raises(UsageError, match=message):
        Rule("r", **said).check()


def test_rules_are_kept_with_who_set_them(store):
    fill(store, opportunity())
    rule = Rule("bids", every="6h", min_value=Decimal("12.50"), does="execute", alert=("slack",))
    ann = add(store, "ann", "manager")
    with store.writing() as connection, pytest.raises(Forbidden):
        automation.put(connection, ann, rule, NOW)
    with store.writing() as connection:
        automation.put(connection, OWNER, rule, NOW)
        automation.put(connection, OWNER, rule, NOW)
        automation.pause(connection, ann, "bids", NOW, paused=True)
    with store.writing() as connection, pytest.raises(Forbidden):
        automation.pause(connection, ann, "bids", NOW, paused=False)
    with store.reading() as connection:
        (kept,) = automation.listed(connection)
        assert (kept.rule, kept.paused, kept.set_by) == (rule, True, "owner")
        with pytest.raises(NotFound, match="there are: bids"):
            automation.one(connection, "bid")


def test_of_several_who_evaluate_at_once_one_does(store):
    fill(store, opportunity())
    with store.writing() as connection:
        automation.put(connection, OWNER, Rule("bids", every="6h", hunt=True), NOW)
    with store.reading() as connection:
        kept = automation.one(connection, "bids")

    def claimed(_: int) -> bool:
        with store.writing() as connection:
            return automation.claim(connection, kept, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claimed, range(8))) == 1
