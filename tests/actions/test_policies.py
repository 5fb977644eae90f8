"""Who may do what, how much of it, and what stands in its way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt.actions import desk, execution, reading
from profithunt.actions.exposure import Exposure, Size, Thing, expose, touched
from profithunt.actions.policies import Approval, Limits, below_floor, conflicts, lacking, over
from profithunt.actions.store import audit, queue
from profithunt.actions.store.tables import documents
from profithunt.config import AutonomySettings
from profithunt.errors import Forbidden, Stopped
from tests.actions.queues import NOW, OWNER, Shelf, add, approve, fill, hands, opportunity, rules, state, who

amounts = st.decimals(0, 10_000, places=2)


@given(amounts, amounts, amounts)
def test_money_above_the_limit_is_always_told(limit, used, more):
    said = over(Limits(money_a_day=limit), Exposure(more), Exposure(used), Size())
    assert bool(said) == (used + more > limit)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5000), st.floats(0, 1))
def test_a_share_of_skus_always_allows_one_and_never_more_than_it_says(used, more, whole, share):
    said = over(Limits(sku_share=share), Exposure(skus=more), Exposure(skus=used), Size(skus=whole))
    allowed = max(1, int(share * whole + 1e-9))
    assert bool(said) == (more > 0 and used + more > allowed)


def test_two_per_cent_of_daily_spend_flows_by_itself():
    limits = Limits(spend_share=0.02)
    size = Size(spend_a_day=Decimal(1000))
    assert not over(limits, Exposure(spend=Decimal(20)), Exposure(), size)
    assert over(limits, Exposure(spend=Decimal("0.01")), Exposure(spend=Decimal(20)), size)
    assert over(limits, Exposure(spend=Decimal(1)), Exposure(), Size()) == [
        "spend a day: how much the shop spends is not known"
    ]


def test_a_change_of_price_is_held_against_the_former_one():
    assert expose(
        {"sku": "A"}, {"price": "9", "price_before": "10"}, value=Decimal(1), window_days=28
    ).price_change == pytest.approx(0.1)
    unknown = expose({"sku": "A"}, {"price": "9"}, value=Decimal(1), window_days=28)
    assert "not known" in over(Limits(price_change=0.5), unknown, Exposure(), Size())[0]


def test_what_an_action_puts_at_stake():
    found = expose(
        {"keyword": "shoes"}, {}, value=Decimal(-280), window_days=28,
        evidence={"window": {"days": 100}, "facts": {"spend": 250.0}},
    )  # fmt: skip
    assert (found.money, found.spend, found.things) == (Decimal(10), Decimal("2.5"), (Thing("keyword", "shoes"),))
    many = expose({"sku": "A"}, {"customers": ["1", "2", "2"]}, value=Decimal(0), window_days=1)
    assert (many.skus, many.customers) == (1, 2)
    assert touched({"carrier": "X", "region": "Y"}, {}) == (Thing("carrier+region", "X · Y"),)


def test_what_can_not_be_undone_needs_a_document_and_two_people():
    one, two, bot = Approval("a", "person"), Approval("b", "person"), Approval("c", "agent")
    assert lacking(reversible=True, approvals=[], document=None) == ["an approval"]
    assert not lacking(reversible=True, approvals=[bot], document=None)
    assert lacking(reversible=False, approvals=[one, bot], document="decided") == ["1 more person to approve"]
    assert lacking(reversible=False, approvals=[one, one], document="decided")
    assert "draft" in lacking(reversible=False, approvals=[one, two], document="draft")[0]
    assert not lacking(reversible=False, approvals=[one, two], document="decided")
    beyond = [Approval("a", "person", within=False), Approval("b", "person", within=False)]
    assert lacking(reversible=False, approvals=beyond, document="decided") == [
        "an approval by someone whose limits it is inside of"
    ]


def test_a_price_below_its_floor_or_without_a_known_cost_is_stopped():
    assert not below_floor({"bid": "1"}, None, 0.1)
    assert not below_floor({"price": "12", "tax_rate": "0.2"}, "9", 0.1)
    assert "floor is 10.0%" in below_floor({"price": "12", "tax_rate": "0.2"}, "9.01", 0.1)[0]
    assert "not known" in below_floor({"price": "12"}, None, 0.1)[0]
    assert below_floor({"price": "0"}, "1", 0.0)
    assert below_floor({"price": "NaN"}, "1", 0.0) == []


def test_own_prices_do_not_undercut_each_other():
    def held(price, scope):
        from profithunt.actions.policies import Held

        return [Held(Thing("sku", "A"), "x", "raise_the_price", NOW, Decimal(price), scope)]

    mine = [Thing("sku", "A")]
    assert "undercuts" in conflicts(mine, {"price": "9", "scope": "web"}, held("10", "store"))[0]
    assert "is undercut" in conflicts(mine, {"price": "11", "scope": "web"}, held("10", "store"))[0]
    assert not conflicts(mine, {"price": "10", "scope": "web"}, held("10", "store"))
    assert "is in action x" in conflicts(mine, {"price": "10", "scope": "web"}, held("10", "web"))[0]


def test_two_actions_on_the_same_keyword_wait_for_each_other(store):
    first, second = opportunity(1, {"keyword": "k1"}), opportunity(2, {"keyword": "k1"})
    fill(store, first, second)
    made = hands(store, Shelf())
    action = execution.claim(made, OWNER, first.id)
    with pytest.raises(Stopped, match=f"keyword k1 is in action {action}"):
        approve(store, second)
    execution.prepare(made, action)
    execution.send(made, action)
    execution.undo(made, execution.begin_undo(made, OWNER, first.id, "no"))
    later = NOW + dt.timedelta(seconds=1)
    assert approve(store, second, at=later) == []


def test_a_limit_of_a_day_is_shared_by_its_actions_and_is_free_again_tomorrow(store):
    fill(store, opportunity(1), opportunity(2), opportunity(3))
    ann = add(store, "ann", "manager", own_limits=Limits(money_a_day=Decimal(15)))
    made = hands(store, Shelf())
    execution.claim(made, ann, opportunity(1).id)
    with pytest.raises(Stopped, match=r"money a day: 20.00, at most 15.00"):
        execution.claim(made, ann, opportunity(2).id)
    assert state(store, opportunity(2)) == "detected"
    execution.claim(hands(store, Shelf(), NOW + dt.timedelta(days=1)), ann, opportunity(2).id)
    approve(store, opportunity(3))
    execution.claim(made, ann, opportunity(3).id)


def test_what_the_other_side_refused_gives_its_limits_back(file):
    fill(file, opportunity(1), opportunity(2))
    ann = add(file, "ann", "manager", own_limits=Limits(money_a_day=Decimal(15)))
    made = hands(file, Shelf())
    action = execution.claim(made, ann, opportunity(1).id)
    execution.fail(made, action, "refused")
    execution.claim(made, ann, opportunity(2).id)
    with file.reading() as connection:
        assert reading.execution(execution.row_of(connection, action)).error == "refused"


def test_an_agent_goes_as_far_as_its_autonomy(file):
    fill(file, opportunity(1), opportunity(2))
    made = hands(file, Shelf())
    shy = add(file, "shy", "agent", kind="agent")
    helper = add(file, "helper", "agent", kind="agent", level="suggest", levels={"pause_or_bid_down": "approval"})
    bold = add(file, "bold", "agent", kind="agent", level="inside_limits")
    for agent in (shy, helper):
        with pytest.raises(Forbidden, match="may only"):
            approve(file, opportunity(1), agent)
        with pytest.raises(Forbidden):
            execution.claim(made, agent, opportunity(1).id)
    approve(file, opportunity(1))
    with pytest.raises(Forbidden, match="suggest"):
        execution.claim(made, shy, opportunity(1).id)
    execution.claim(made, helper, opportunity(1).id)
    execution.claim(made, bold, opportunity(2).id)
    with file.reading() as connection:
        by = {entry.by: entry.kind for entry in audit.read(connection) if entry.verb == "claim"}
        assert by == {"helper": "agent", "bold": "agent"}
        assert reading.totals(connection).decisions_by_kind == {"person": 1, "agent": 1}


def test_type_1_from_draft_to_execution(store):
    item = opportunity(1, {"sku": "A"}, level="sku", reversible=False, action="delist_or_repack")
    fill(store, item)
    ann, bob = add(store, "ann", "manager"), add(store, "bob", "owner")
    assert len(approve(store, item, ann)) == 2
    with pytest.raises(Stopped, match="ann has approved it already"):
        approve(store, item, ann)
    assert approve(store, item, bob) == ["a document (press release and FAQ, or six-pager)"]
    bot = add(store, "bot", "agent", kind="agent", level="inside_limits")
    with pytest.raises(Forbidden, match="can't be undone"):
        approve(store, item, bot)
    with pytest.raises(Stopped, match="not approved"):
        execution.claim(hands(store, Shelf()), OWNER, item.id)
    with store.writing() as connection:
        connection.execute(
            documents.insert().values(
                id="d1", kind="prfaq", title="x", state="decided", body="", data={}, author="ann", created_at=NOW,
                changed_at=NOW, version=1,
            )
        )  # fmt: skip
        desk.attach(connection, rules(), ann, item.id, "d1")
    assert state(store, item) == "triaged"
    assert execution.claim(hands(store, Shelf()), who(store, "ann"), item.id)
    assert state(store, item) == "approved"


def test_withdrawing_needs_new_approvals(file):
    item = opportunity()
    fill(file, item)
    approve(file, item)
    with file.writing() as connection:
        desk.withdraw(connection, rules(), OWNER, item.id, "wait")
    with file.reading() as connection:
        assert desk.missing(connection, queue.row_of(connection, item.id)) == ["an approval"]
    assert approve(file, item) == []


def test_what_the_last_run_does_not_find_is_not_executed(file):
    item = opportunity()
    fill(file, item)
    approve(file, item)
    fill(file, run="r2")
    with pytest.raises(Stopped, match="does not find it any more"):
        execution.claim(hands(file, Shelf()), OWNER, item.id)


def test_how_long_a_decision_took_is_measured(file):
    fill(file, opportunity(1), opportunity(2))
    approve(file, opportunity(1), at=NOW + dt.timedelta(hours=2))
    with file.reading() as connection:
        assert reading.totals(connection).hours_to_decision == 2


def test_an_agent_that_a_person_overrules_is_counted(file):
    fill(file, opportunity(1), opportunity(2))
    bold = add(file, "bold", "agent", kind="agent", level="inside_limits")
    approve(file, opportunity(1), bold)
    approve(file, opportunity(2), bold)
    with file.writing() as connection:
        desk.withdraw(connection, rules(), OWNER, opportunity(1).id, "no")
    with file.reading() as connection:
        assert reading.totals(connection).override_rate == 0.5


def test_settings_of_the_shop_make_roles_and_agents(file):
    settings = AutonomySettings.model_validate(
        {"roles": {"buyer": {"may": ["see", "approve"], "money_a_day": 5}}, "agents": {"bot": {"level": "approval"}}}
    )
    from profithunt.actions.store import people

    fill(file, opportunity())
    with file.writing() as connection:
        people.put(connection, settings, OWNER, "bea", role="buyer", at=NOW)
        people.put(connection, settings, OWNER, "bot", role="agent", kind="agent", at=NOW)
    with file.reading() as connection:
        assert people.actor(connection, settings, "bea").limits == Limits(money_a_day=Decimal(5))
        assert people.actor(connection, settings, "bot").level == "approval"
