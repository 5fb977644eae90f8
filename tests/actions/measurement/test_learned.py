"""From an outcome to the next hunt: what was measured corrects what is predicted."""

from __future__ import annotations

from profithunt import Shop
from profithunt.actions.record import Outcome
from profithunt.api.credits import FINDS
from profithunt.api.records import learned, lines, outcomes_of
from profithunt.detectors import catalogue
from tests.cli.conftest import write_shop


def test_a_shop_that_never_acted_has_learned_nothing_and_gets_no_store(tmp_path):
    with Shop.open(write_shop(tmp_path / "corner")) as shop:
        assert learned(shop.config) == {}
        assert not list((tmp_path / "corner").rglob("app.db"))


def test_an_outcome_becomes_a_record(tmp_path):
    with Shop.open(write_shop(tmp_path / "corner")) as shop:
        act = shop.act
        made = act.propose(action="sync_stock", level="sku", entity={"sku": "mug"}, value=100).item
        act.execute(made.id)
        act.confirm(made.id)
        act.measure(made.id, realised="40", low="30", high="50")
        (outcome,) = outcomes_of(act.store)
        assert isinstance(outcome, Outcome)
        assert (float(outcome.predicted), float(outcome.realised), outcome.factor) == (100.0, 40.0, 1.0)
        assert [(line.member, line.ratio) for line in lines(act.store, "kind")] == [("person", 0.4)]
        (record,) = learned(shop.config).values()
        assert 0.4 < record.factor < 1
        assert record.n_outcomes == 1
        act.close()


def test_waste_says_who_found_and_who_ended_it(tmp_path):
    with Shop.open(write_shop(tmp_path / "corner")) as shop:
        shop.run()
        before = {cause.cause: cause.fixed_by for cause in shop.waste().causes}
        assert before
        assert set(before.values()) == {None}
        act = shop.act
        (cause,) = [name for name in ("returns", "contacts", "defects") if name in before][:1]
        cure = next(one.action for one in catalogue() if one.number in FINDS[cause])
        made = act.propose(action=cure, level="sku", entity={"sku": "mug"}, value=100).item
        act.execute(made.id)
        credited = {one.cause: (one.found_by, one.fixed_by) for one in shop.waste().causes}
        assert credited[cause][1] == act.whoami().name
        assert all(value == (None, None) for name, value in credited.items() if name != cause)
        act.close()
