"""What is heard from customers over a run: the report, corrections, sessions, what will change, hours."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from decimal import Decimal

import pytest

pytest.importorskip("sklearn", reason="needs the extra listening")

from profithunt import Shop
from profithunt.cli.app import execute
from profithunt.errors import ConfigError, DataError, NotFound, UsageError


@pytest.fixture
def shop(planted, tmp_path):
    shutil.copytree(planted, tmp_path / "shop")
    with Shop.open(tmp_path / "shop") as made:
        yield made


WINDOW = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 12, 31)}


def test_what_was_heard_adds_up_and_costs_what_the_ledger_says(shop):
    for by in shop.listening.dimensions:
        found = shop.listening.report(by, **WINDOW)
        assert (found.n, found.n_contacts) == (6, 3)
        assert sum(row.n for row in found.rows) == found.n
        assert sum((row.cost for row in found.rows), Decimal(0)) == found.cost
    ledger = shop.profit().dicts()[0]
    contacts = found.cost - sum(row["carriage_cost"] or 0 for row in shop.table("returns").dicts())
    assert contacts == -ledger["service"]


def test_reasons_are_tied_to_parcels_lanes_and_voices(shop):
    found = shop.listening.report("reason", **WINDOW)
    rows = {row.member: row for row in found.rows}
    late = rows["delivery_late"]
    assert (late.n, late.failed_share, late.team) == (1, 1.0, "logistics")
    assert late.voices[0].words.startswith("[name] [name] here, my parcel is late!")
    assert rows["refund"].n_contacts >= 1
    assert {row.member for row in shop.listening.report("defect", **WINDOW).rows} >= {"late", None}
    data = json.loads(json.dumps(found.to_json()))
    assert data["cost"] == f"{found.cost:.4f}"
    assert data["read_with"]["n_labels"] == 0


def test_a_correction_is_kept_counts_and_is_learnt(shop):
    made = shop.listening.as_("ann").label("R2", "service")
    assert (made.kind, made.by) == ("review", "ann")
    found = shop.listening.report("reason", **WINDOW)
    voice = next(one for row in found.rows for one in row.voices if one.id == "R2")
    assert voice.reason == "service"
    assert found.quality.n_labels == 1
    assert "Rossi" not in (shop.path.parent / "listening" / "labels.csv").read_text("utf-8")
    assert len(shop.listening.labels()) == 1
    shop.listening.label("R2", "praise")
    assert [one.reason for one in shop.listening.labels()] == ["praise"]


def test_a_session_shows_journeys_as_they_were_lived(shop):
    week = dt.date(2024, 1, 20)
    drawn = shop.listening.session(4, seed=5, end=week)
    assert shop.listening.session(4, seed=5, end=week).picks == drawn.picks
    journey = next(one for one in drawn.journeys if one.pick.order_id == "O-1")
    happened = [one.moment for one in journey.moments]
    assert happened.index("order") < happened.index("promise") < happened.index("delivery")
    assert journey.kept is False
    assert journey.cm3 is not None
    assert any(one.words and "[phone]" in one.words for one in journey.moments)
    kept = (shop.path.parent / "listening" / "sessions" / f"{drawn.id}.json").read_text("utf-8")
    assert "parcel is late" not in kept
    assert "C-1001" not in kept
    assert shop.listening.show(drawn.id[:12]).journeys == drawn.journeys


def test_the_sample_is_fair_and_the_worst_come_first(shop):
    end = dt.date(2024, 3, 6)
    drawn = {pick.id for seed in range(25) for pick in shop.listening.session(1, worst=0, seed=seed, end=end).picks}
    assert drawn == {"K3", "R1", "R2"}
    assert shop.listening.session(2, worst=2, end=dt.date(2024, 1, 20)).picks[0].order_id == "O-1"


def test_notes_hours_and_changes(shop):
    pytest.importorskip("dbos", reason="needs the extra act")
    listening = shop.listening.as_("ann")
    shop.act.set_user("ann", role="owner")
    drawn = listening.session(2, seed=1, end=dt.date(2024, 1, 20))
    noted = listening.note(drawn.id, "Told me anna.schmidt84@web.de never got a reply", journey=1)
    assert noted.notes[0].text == "Told me [e-mail] never got a reply"
    listening.listened(drawn.id, 30, who="ben", on=dt.date(2024, 2, 1))
    listening.listened(drawn.id, 90, who="ben", on=dt.date(2024, 2, 1))
    hours = {one.who: one for one in listening.hours(2024)}
    assert (hours["ben"].hours, hours["ben"].sessions, hours["ben"].aim) == (1.5, 1, 16.0)
    changed = listening.change(drawn.id, "Tell customers of a delay before they ask", assignee="ann", owner="logistics")
    item = shop.act.show(changed.changes[0].opportunity).item
    assert (item.assignee, item.team, item.evidence["reason"]) == (
        "ann",
        "logistics",
        "Tell customers of a delay before they ask",
    )
    assert listening.change(drawn.id, "And another").changes[1].opportunity != item.id
    with pytest.raises(UsageError, match="nobody is called"):
        listening.change(drawn.id, "x", assignee="nobody")


def test_a_taxonomy_of_its_own(shop):
    (shop.path.parent / "mine.toml").write_text(
        '[slow]\ntitle = "Slow"\nteam = "ops"\n[slow.seeds]\nen = ["parcel is late", "late again", "so late", "it came late", "too late"]\n'
        '[fine]\n[fine.seeds]\nen = ["great", "really great", "great thing", "so great", "great stuff"]\n', "utf-8"
    )  # fmt: skip
    own = shop.config.model_copy(
        update={"listening": shop.config.listening.model_copy(update={"taxonomy": "mine.toml", "clear": 0.5})}
    )
    shop.config = own
    assert [one.name for one in shop.listening.reasons] == ["slow", "fine"]
    assert "slow" in {row.member for row in shop.listening.report(**WINDOW).rows}
    (shop.path.parent / "mine.toml").write_text('[slow]\ntitle = "Slow"\n', "utf-8")
    with pytest.raises(ConfigError, match="slow has no seeds"):
        _ = shop.listening.reasons


def test_mistakes_say_what_to_do(shop, monkeypatch):
    with pytest.raises(NotFound, match="can't be cut by 'colour'"):
        shop.listening.report("colour")
    with pytest.raises(UsageError, match="no reason 'nonsense'"):
        shop.listening.label("K1", "nonsense")
    with pytest.raises(NotFound, match="no contact, review or return 'K9'"):
        shop.listening.label("K9", "refund")
    with pytest.raises(DataError, match="nothing was heard"):
        shop.listening.session(end=dt.date(2023, 1, 1))
    with pytest.raises(NotFound, match="no listening session"):
        shop.listening.show("1999")
    monkeypatch.setattr("profithunt.models.reasons.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'profithunt\[listening\]'"):
        shop.listening.report()


@pytest.mark.parametrize(
    "line", ["--by lane", "--json", "reasons", "session --seed 2 --week 2024-01-20", "sessions", "hours --json"]
)
def test_commands(shop, capfd, line):
    assert execute(["listen", *line.split(), "--shop", str(shop.path.parent)]) == 0
    assert capfd.readouterr().out.strip()
