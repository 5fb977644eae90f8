"""Documents: references that fill and nothing else, what must be written, silent reading, a page that runs nothing."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from hypothesis import given, strategies as st

from profithunt.actions.documents import KINDS, Document, Figure, decide, fill, kind_of, read, revised
from profithunt.actions.documents.html import page, render
from profithunt.actions.documents.references import MetricReference, OpportunityReference, parse
from profithunt.errors import NotFound, ProfithuntError, Stopped, UsageError
from tests.cli.conftest import CommandLine, write_shop

NOW = dt.datetime(2025, 3, 1, 9, tzinfo=dt.UTC)


def written(kind: str) -> str:
    """A template with every section filled and no hint left."""
    body = kind_of(kind).template.format(title="T")
    body = re.sub(r"<!--.*?-->", "Said.", body, flags=re.DOTALL)
    body = re.sub(r"^(\d)\.$", r"\1. because of this", body, flags=re.MULTILINE)
    return body.replace("|  |  |  |", "| mend it | ann | 2025-04-01 |").replace("|  |  |", "| 09:00 | seen |")


def document(kind: str = "six_pager", body: str | None = None) -> Document:
    return Document("d1", kind, "T", written(kind) if body is None else body, "ann", NOW, NOW)


def reader(_: object) -> Figure:
    return Figure("€ 12", "12.00", "2025-02-01 to 2025-02-28")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metric:cm2 last 28 days", MetricReference("metric:cm2 last 28 days", "cm2", 28)),
        ("metric:cm2  last 4\nweeks", MetricReference("metric:cm2 last 4 weeks", "cm2", 28)),
        ("metric:a last 3 months change on year", MetricReference("metric:a last 3 months change on year", "a", None, 3, against="year")),
        ("metric:a last 1 day where country = DE change", MetricReference("metric:a last 1 day where country = DE change", "a", 1, by="country", member="DE", against="before")),
        ("opportunity:ab12cd34ef56 value", OpportunityReference("opportunity:ab12cd34ef56 value", "ab12cd34ef56", "value")),
    ],
)  # fmt: skip
def test_references_are_read(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "cm2", "metric:cm2", "metric:cm2 last 0 days", "metric:cm2 last 9999 months", "7*7", "config.items()",
        "metric:cm2 2025-02-30 to 2025-03-01", "metric:cm2 2025-03-02 to 2025-03-01", "opportunity:ab12cd34 evidence",
        "''.__class__.__mro__", "metric:cm2 last 28 days | safe",
    ],
)  # fmt: skip
def test_nothing_else_is_understood(text):
    with pytest.raises(UsageError):
        parse(text)
    filled = fill(f"x {{{{ {text} }}}} y", reader)
    assert "no figure" in filled.text
    assert len(filled.problems) == 1


@given(st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=60))
def test_text_without_references_stays_as_it_is(text):
    assert fill(text, reader).text == text


@given(st.text("{} metric:0123456789lastdyoprtuniv=", max_size=60))
def test_no_text_breaks_the_filling(text):
    assert isinstance(fill(text, reader).text, str)


def test_figures_are_put_in_and_what_can_not_be_read_is_said():
    def some(reference) -> Figure:
        if reference.name == "gone":
            raise NotFound("there is no metric 'gone'")
        return reader(reference)

    filled = fill("a {{ metric:cm2 last 7 days }} b {{metric:gone last 7 days}} c", some)
    assert filled.text == "a € 12 b **[no figure: metric:gone last 7 days]** c"
    assert "there is no metric" in filled.problems[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_unfinished_and_a_written_one_is_not(kind):
    template = kind_of(kind).template.format(title="T")
    assert any("hints" in left for left in Document("d", kind, "T", template, "a", NOW, NOW).unfinished)
    assert document(kind).unfinished == []
    some = document(kind, written(kind).replace(f"## {kind_of(kind).sections[0]}", "## Else"))
    assert some.unfinished == [f"'{kind_of(kind).sections[0]}' is missing"]


def test_a_correction_of_error_needs_five_whys_and_owners_with_days():
    body = written("correction_of_error")
    assert document("correction_of_error").actions == [{"what": "mend it", "owner": "ann", "due": "2025-04-01"}]
    fewer = document("correction_of_error", body.replace("5. because of this", "5."))
    assert fewer.unfinished == ["'Five whys' has 4 of five"]
    nobody = document("correction_of_error", body.replace("| mend it | ann | 2025-04-01 |", "| mend it |  | soon |"))
    assert nobody.unfinished == ["action 1 has no owner", "action 1 has no date (2025-01-31)"]


def test_a_document_goes_from_draft_over_silent_reading_to_its_decision_and_its_figures_stay():
    draft = document()
    reading = read(draft, fill(draft.body, reader), NOW, 20)
    assert reading.seconds_left(NOW + dt.timedelta(minutes=5)) == 900
    with pytest.raises(Stopped, match="another 15 min"):
        decide(reading, fill(reading.body, reader), "bob", NOW + dt.timedelta(minutes=5), "yes")
    later = NOW + dt.timedelta(minutes=20)
    with pytest.raises(UsageError):
        decide(reading, fill(reading.body, reader), "bob", later, " ")
    decided = decide(reading, fill(reading.body, reader), "bob", later, "We do it.")
    assert (decided.state, decided.decided_by, decided.version) == ("decided", "bob", 3)
    assert "€ 12" in decided.frozen_text()
    with pytest.raises(Stopped):
        revised(decided, later, "else")
    declined = decide(reading, fill(reading.body, reader), "bob", later, "No.", accept=False)
    assert declined.state == "declined"
    assert revised(declined, later).state == "draft"


def test_an_unfinished_document_or_one_with_a_missing_figure_is_not_given_to_readers():
    def nothing(_: object) -> Figure:
        raise NotFound("no run")

    with pytest.raises(Stopped, match="is empty"):
        read(document(body=kind_of("six_pager").template), fill("", reader), NOW)
    with pytest.raises(Stopped, match="no run"):
        read(document(), fill(document().body, nothing), NOW)
    with pytest.raises(Stopped):
        decide(document(), fill("", reader), "bob", NOW, "yes")


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)", "<iframe src='https://evil.example'></iframe>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)", "<a href='https://x' onclick='alert(1)'>x</a>",
        "<style>body{background:url(https://evil.example)}</style>",
    ],
)  # fmt: skip
def test_a_page_runs_nothing_and_loads_nothing(attack):
    body = render(attack)
    tags = re.findall(r"<(\w+)([^>]*)>", body)
    assert {tag for tag, _ in tags} <= {"p", "a"}
    assert not any(re.search(r"on\w+=|javascript:|data:|src=", attributes) for _, attributes in tags)
    whole = page(document(), f"# {attack}", note=attack)
    assert "<script" not in whole
    assert "<img" not in whole


def test_tables_and_headings_become_html():
    text = render("## A\n\n| a | b |\n| --- | --- |\n| 1 | ~~2~~ |\n<!-- hint -->")
    assert "<h2>A</h2>" in text
    assert "<td>1</td>" in text
    assert "hint" not in text


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = write_shop(tmp_path_factory.mktemp("documents") / "corner")
    run = CommandLine(folder)
    assert run("run", "--quiet").code == 0
    return run


def test_from_the_command_line_to_the_page(shop, tmp_path):
    made = shop("document", "new", "press_release", "Delivered by noon", "--json").json
    assert made["state"] == "draft"
    early = shop("document", "advance", made["id"])
    assert early.code == 1
    assert "is empty" in early.err
    body = written("press_release").replace("Said.", "Said {{ metric:net_sales 2024-01-01 to 2024-06-30 }}.", 1)
    (tmp_path / "pr.md").write_text(body, "utf-8")
    assert shop("document", "edit", made["id"], tmp_path / "pr.md").code == 0
    shown = shop("document", "show", made["id"][:6], "--json").json
    assert shown["figures"]["metric:net_sales 2024-01-01 to 2024-06-30"]["value"] == "315.0000"
    assert shown["problems"] == []
    assert shop("document", "comment", made["id"], "Who pays?", "--place", "Summary").code == 0
    assert shop("document", "advance", made["id"], "--minutes", "5").code == 0
    reading = shop("document", "advance", made["id"], "--decision", "Yes")
    assert reading.code == 1
    assert "silence" in reading.err
    assert [one["id"] for one in shop("document", "list", "--state", "reading", "--json").json] == [made["id"]]
    out = tmp_path / "pr.html"
    assert shop("document", "export", made["id"], "-o", out).code == 0
    text = out.read_text("utf-8")
    assert "<title>Delivered by noon</title>" in text
    assert "$315" in text
    assert "Who pays?" in text
    assert "{{" in shop("document", "export", made["id"], "--format", "source").out
    missing = shop("document", "show", "nope", "--json")
    assert missing.code == 2


def test_the_audit_holds_every_step_and_two_who_edit_at_once_are_told(shop):
    from profithunt import Shop
    from profithunt.actions.documents import shelf

    opened = Shop.open(shop.folder)
    made = opened.documents.new("six_pager", "Twice")
    opened.documents.edit(made.id, "one")
    with opened.act.store.writing() as connection, pytest.raises(Stopped, match="meanwhile"):
        shelf.save(connection, opened.act.whoami(), "revise", made, revised(made, NOW, "two"), NOW)
    verbs = [entry.verb for entry in opened.act.activity(subject=made.id)]
    assert verbs == ["write", "revise"]
    opened.act.verify()
    opened.act.close()
    opened.close()


def test_a_share_is_divided_after_summing_and_a_change_is_held_against_the_days_before(shop):
    from profithunt import Shop
    from profithunt.api.documents import metric_figure

    with Shop.open(shop.folder) as opened:
        orders = metric_figure(opened, parse("metric:orders 2024-01-01 to 2024-02-29"))
        assert orders.value == "4.0000"
        each = metric_figure(opened, parse("metric:net_sales_per_order 2024-01-01 to 2024-06-30"))
        assert each.value == pytest.approx(315 / 5)
        change = metric_figure(opened, parse("metric:orders 2024-02-01 to 2024-02-29 change"))
        assert change.value == "2.0000"
        known = metric_figure(opened, parse("metric:cm3 2024-01-01 to 2024-06-30"))
        assert json.dumps(known.to_json())
        with pytest.raises(ProfithuntError):
            metric_figure(opened, parse("metric:nothing last 7 days"))
