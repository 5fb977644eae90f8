"""A deck over daily figures: every figure against the rows it comes from, and every kind of wrong deck."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from profithunt.api.weekly import weekly_review as review_of
from profithunt.errors import ConfigError, ProfithuntError, SourceError, UsageError
from profithunt.metrics.daily import day_of, number, read_csv
from profithunt.metrics.deck_reader import parse_deck
from profithunt.metrics.weekly import weekly_review
from tests.metrics import decks

UNTIL = dt.date(2021, 9, 25)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return decks.review(tmp_path_factory.mktemp("deck"))


def total(column, start, end, country=None):
    days = {f"{day:%a, %d-%b-%Y}" for day in decks.days() if start <= day <= end}
    return sum(
        int(str(row[column]).replace(",", ""))
        for row in decks.rows()
        if row["Date"] in days and (country is None or row["Country"] == country)
    )


def weeks_back(n):
    end = UNTIL - dt.timedelta(days=7 * n)
    return end - dt.timedelta(days=6), end


def boxes(chart):
    return {(box.group, box.label): box.value for box in chart.boxes}


def test_six_weeks_and_twelve_months_are_sums_of_their_days(found):
    chart = found.charts[0]
    line = chart.primary
    assert [week.label for week in found.weeks] == ["wk 33", "wk 34", "wk 35", "wk 36", "wk 37", "wk 38"]
    assert [dot.value for dot in line.weeks] == [total("Impressions", *weeks_back(n)) for n in range(5, -1, -1)]
    assert [month.label for month in chart.months] == [
        "Sep 2020", "Oct 2020", "Nov 2020", "Dec 2020", "Jan 2021", "Feb 2021", "Mar 2021", "Apr 2021", "May 2021",
        "Jun 2021", "Jul 2021", "Aug 2021",
    ]  # fmt: skip
    assert line.months[5].value == total("Impressions", dt.date(2021, 2, 1), dt.date(2021, 2, 28))
    year = dt.timedelta(days=364)
    assert line.prior_weeks[-1].value == total("Impressions", weeks_back(0)[0] - year, UNTIL - year)
    assert line.prior_months[0].value is None, "the data begins later"
    assert not line.prior_months[4].complete, "January 2020 has four days without data"
    assert line.prior_months[5].complete
    assert chart.lines[1].weeks[-1].value == total("Clicks", *weeks_back(0), country="US")


def test_the_nine_boxes(found):
    given = boxes(found.charts[0])
    assert list(given) == [
        ("last_week", "Last week"), ("last_week", "WoW"), ("last_week", "YoY"), ("mtd", "MTD"), ("mtd", "YoY"),
        ("qtd", "QTD"), ("qtd", "YoY"), ("ytd", "YTD"), ("ytd", "YoY"),
    ]  # fmt: skip
    assert given["mtd", "MTD"] == total("Impressions", dt.date(2021, 9, 1), UNTIL)
    assert given["qtd", "QTD"] == total("Impressions", dt.date(2021, 7, 1), UNTIL)
    assert given["ytd", "YTD"] == total("Impressions", dt.date(2021, 1, 1), UNTIL)
    before = total("Impressions", dt.date(2020, 7, 1), dt.date(2020, 9, 25))
    assert given["qtd", "YoY"] == pytest.approx(float(given["qtd", "QTD"]) / before - 1)
    week, last = total("Impressions", *weeks_back(0)), total("Impressions", *weeks_back(1))
    assert given["last_week", "WoW"] == pytest.approx(week / last - 1)
    # Four days of January 2020 are not known: they are left out of both years, and 29 February has no partner.
    now = total("Impressions", dt.date(2021, 1, 5), UNTIL)
    then = total("Impressions", dt.date(2020, 1, 5), dt.date(2020, 9, 25))
    then -= total("Impressions", dt.date(2020, 2, 29), dt.date(2020, 2, 29))
    assert given["ytd", "YoY"] == pytest.approx(now / then - 1)
    assert found.charts[0].boxes[-1].n_left_out == 4


def test_a_rate_is_divided_after_summing_and_compares_in_basis_points(found):
    chart = found.charts[1]
    week = total("Clicks", *weeks_back(0)) / total("Impressions", *weeks_back(0))
    last = total("Clicks", *weeks_back(1)) / total("Impressions", *weeks_back(1))
    assert boxes(chart)["last_week", "Last week"] == pytest.approx(week)
    assert boxes(chart)["last_week", "WoW"] == pytest.approx((week - last) * 10_000)
    assert chart.boxes[1].change == "bps"
    target = next(line for line in chart.lines if line.style == "target")
    assert {dot.value for dot in (*target.weeks, *target.months)} == {0.08}


def test_a_drop_is_a_signal_and_the_weeks_before_it_are_not(found):
    assert {(signal.at, signal.side) for signal in found.charts[1].signals if signal.rule == "limit"} == {
        (4, "below"),
        (5, "below"),
    }


def test_boxes_that_make_no_sense_are_not_shown(found):
    stock = boxes(found.charts[2])
    assert list(stock) == [("last_week", "Last week"), ("last_week", "WoW"), ("last_week", "YoY")]
    growth = found.charts[4]
    assert [box.label for box in growth.boxes] == ["Last week", "MTD", "QTD", "YTD"]


def test_a_metric_without_a_year_before_is_not_compared_with_it(tmp_path):
    deck = "setup: {week_ending: 2020-03-28}\nmetrics: {C: {column: Clicks, aggf: sum}}\ndeck: [{chart: C}]"
    chart = decks.review(tmp_path, deck).charts[0]
    assert [box.label for box in chart.boxes] == ["Last week", "WoW", "MTD", "QTD", "YTD"]
    assert chart.primary.prior_weeks == ()
    assert chart.boxes[-1].n_missing == 4


def test_months_of_the_fiscal_year_that_are_not_over_are_blank(found):
    chart = found.charts[3]
    assert [month.label for month in chart.months][::11] == ["Jan 2021", "Dec 2021"]
    values = [dot.value for dot in chart.primary.months]
    assert values[7] is not None
    assert values[8:] == [None] * 4


def test_every_event_is_there_whole_and_what_is_not_shown_is_told(found):
    events = {placed.event.title: placed for placed in found.charts[0].events}
    assert list(events) == ["Outage last year", "Spring campaign"] or list(events) == [
        "Outage last year", "Spring campaign", "Banners went dark",
    ]  # fmt: skip
    click = {placed.event.title: placed for placed in found.charts[1].events}
    assert click["Banners went dark"].week == 4
    assert click["Outage last year"].week is None
    assert all("Long ago" not in {placed.event.title for placed in chart.events} for chart in found.charts)
    assert any("Nobody asked" in problem for problem in found.problems)


def test_tables_have_weeks_to_date_and_growth(found):
    table = next(block for block in found.blocks if getattr(block, "over", "") == "weeks")
    rows = {row.header: [dot.value for dot in row.dots] for row in table.rows}
    assert table.headers[-3:] == ("MTD", "QTD", "YTD")
    assert rows["Actual"][5] == total("Clicks", *weeks_back(0))
    assert rows["Variance"][5] == total("Clicks", *weeks_back(0)) - total("Goal", *weeks_back(0))
    assert rows["WOW"][5] == pytest.approx(float(rows["Actual"][5] / rows["Actual"][4] - 1))
    assert rows["WOW"][6:] == [None] * 3
    assert rows["YOY"][7] is not None
    months = next(block for block in found.blocks if getattr(block, "over", "") == "months")
    by_name = {row.item.name: [dot.value for dot in row.dots] for row in months.rows}
    assert by_name["ClicksMOM"][3] == pytest.approx(float(by_name["Clicks"][3] / by_name["Clicks"][2] - 1))
    assert by_name["ClicksWOW"] == [None] * 12


def test_all_of_it_is_json(found):
    given = json.loads(json.dumps(found.to_json()))
    assert given["week_ending"] == "2021-09-25"
    assert [block["block"] for block in given["blocks"]].count("chart") == 5
    assert given["blocks"][1]["lines"][0]["weeks"][5]["value"] == str(total("Impressions", *weeks_back(0)))


def test_retail_calendars_and_other_weeks(tmp_path):
    deck = decks.DECK.replace("week_number: 38", "calendar: {kind: 4-5-4, anchor: saturday nearest january 31}")
    chart = decks.review(tmp_path, deck).charts[0]
    assert [month.label for month in chart.months][-1] == "Aug 2021"
    assert chart.months[-1].n_days == 28
    assert boxes(chart)["mtd", "MTD"] == total("Impressions", dt.date(2021, 8, 29), UNTIL)


def test_without_a_deck_each_column_is_a_chart(tmp_path):
    path = tmp_path / "d.csv"
    lines = [f"{day},{at % 9},{at % 9 + 1},0.{50 + at % 9}" for at, day in enumerate(decks.days())]
    path.write_text("\n".join(["Date,Sales,Sales__Target,Share", *lines]), "utf-8")
    found = review_of(csv=path)
    assert [chart.title for chart in found.charts] == ["Sales", "Share"]
    assert [line.style for line in found.charts[0].lines] == ["primary", "target"]
    assert found.until == dt.date(2021, 9, 26), "the last week that is over"
    assert found.charts[1].boxes[1].change == "bps"
    with pytest.raises(UsageError, match="neither"):
        review_of()


def test_one_row_a_day_and_metric_is_fine_too(tmp_path):
    path = tmp_path / "long.csv"
    lines = [
        line
        for at, day in enumerate(decks.days())
        for line in (f"{day},orders,{100 + at % 7},", f"{day},on_time,{80 + at % 5},{100 + at % 7}")
    ]
    path.write_text("\n".join(["date,metric,numerator,denominator", *lines]), "utf-8")
    deck = "metrics: {O: {column: orders, aggf: sum}, R: {column: on_time, aggf: sum}}\ndeck: [{chart: O}, {chart: R}]"
    found = weekly_review(parse_deck(deck), csv=[path], week=UNTIL)
    start, end = weeks_back(0)
    places = [at for at, day in enumerate(decks.days()) if start <= day <= end]
    wanted = sum(80 + at % 5 for at in places) / sum(100 + at % 7 for at in places)
    assert found.charts[1].boxes[0].value == pytest.approx(wanted)
    assert found.charts[0].boxes[0].value == sum(100 + at % 7 for at in places)


def test_several_files_are_named_in_the_deck(tmp_path):
    (tmp_path / "a.csv").write_text("Date,x\n" + "\n".join(f"{day},2" for day in decks.days()), "utf-8")
    (tmp_path / "b.csv").write_text("Date;x\n" + "\n".join(f"{day:%d.%m.%Y};1.000,5" for day in decks.days()), "utf-8")
    (tmp_path / "events.csv").write_text(
        'Date,MetricName,EventDescription\n2021-09-04,A,"long, and whole"\n2021-09-05,,For all\n', "utf-8"
    )
    deck = """
setup: {week_ending: 2021-09-25}
annotations: [./events.csv]
csv_files: {first: {url_or_path: ./a.csv}, second: {url_or_path: b.csv}}
metrics: {A: {column: first.x, aggf: sum}, B: {column: second.x, aggf: sum}}
deck: [{chart: A}, {chart: B}]
"""
    found = weekly_review(parse_deck(deck, folder=tmp_path))
    assert [chart.boxes[0].value for chart in found.charts] == [14, 7003.5]
    assert [placed.event.title for placed in found.charts[0].events] == ["long, and whole", "For all"]
    assert [placed.event.title for placed in found.charts[1].events] == ["For all"]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("  - chart: CTR\n", "  - chart: CRT\n", 0, "did you mean 'CTR'"),
        ("ui_type: 6_12Graph\n      title: Ad", "ui_type: 612Graph\n      title: Ad", 0, "did you mean '6_12Graph'"),
        ("aggf: sum, kind", "aggf: total, kind", 0, "one of sum, mean, min, max, last"),
        ("column: Impressions", "column: Impresions", 0, "did you mean 'Impressions'"),
        ("column: Clicks, aggf: sum", "column: Clicks", 0, "aggf"),
        ("column: Clicks, aggf: sum", "aggf: sum", 0, "no column"),
        ('y_scaling: "##.2KK"', 'y_scaling: "##.2XX"', 0, "##.2MM"),
        ("week_ending: 25-SEP-2021", "week_ending: 31-SEP-2021", 0, "as 2021-09-25"),
        ("fiscal_year_end_month: DEC", "fiscal_year_end_month: 13", 0, "one of JAN"),
        ("divide:", "quotient:", 0, "one of sum, difference, product, divide"),
        ("line_style: primary", "line_style: bold", 0, "primary, secondary, target"),
        ("graph_prior_year_flag: true", "graph_prior_year_flag: 1", 0, "true or false"),
        ("query: \"Country == 'US'\"", "query: \"Land == 'US'\"", None, "the data has"),
        ("query: \"Country == 'US'\"", 'query: "Country is US"', None, "not understood"),
        ("  title: Everything", "  titel: Everything", 0, "did you mean 'title'"),
        ("deck:\n", "decks:\n", 0, "did you mean 'deck'"),
        ("  - section: Inputs", "  - secton: Inputs", 0, "did you mean 'section'"),
        ("rows: [Clicks, ClicksMOM, ClicksWOW]", "rows: []", None, "no rows"),
        ("Variance: {function: {difference: [Clicks, Goal]}}", "Variance: {function: {difference: [Clicks]}}", 0, "two metrics"),
        ("Variance: {function: {difference: [Clicks, Goal]}}", "Variance: {function: {difference: [Clicks, Variance]}}", 0, "circle"),
        ("  Clicks: {column: Clicks, aggf: sum}\n", "  Clicks: {column: Clicks, aggf: sum}\n  Clicks: {column: Goal, aggf: sum}\n", 1, "twice"),
        ("setup:\n", "setup: [\n", None, "YAML"),
        ("date: 2021-03-08", "date: 2021-13-08", 0, "a day"),
        ("numerator: Clicks, denominator: Impressions", "numerator: Clicks", 0, "denominator"),
        ("setup:\n", "data_sources: {Prod: {q: {query: SELECT 1}}}\nsetup:\n", 0, "database"),
    ],
)  # fmt: skip
def test_every_kind_of_wrong_deck_is_told_with_its_place(tmp_path, old, new, place, words):
    assert old in decks.DECK
    with pytest.raises(ProfithuntError) as caught:
        decks.review(tmp_path, decks.DECK.replace(old, new, 1))
    assert isinstance(caught.value, (ConfigError, SourceError))
    assert words in str(caught.value)
    if place is not None:
        line = decks.DECK[: decks.DECK.index(old)].count("\n") + 1 + place
        assert f"line {line}," in str(caught.value) or f"line {line}:" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no rows"),
        ("Date,x\n", "no rows"),
        ("Tag,x\n2021-01-01,3\n", "column called Date"),
        ("Date,x\nyesterday,3\n", "'yesterday' is no date"),
        ("Date,x\n2021-01-01,many\n", "row 2, column 'x'"),
        ("Date,x\n03/04/2021,3\n", "day of two months"),
        ("Date,x,x\n2021-01-01,3,4\n", "twice"),
        ("Date,x\n2021-01-01,3,400\n", "put quotes"),
    ],
)
def test_data_that_can_not_be_read_says_why(tmp_path, content, words):
    path = tmp_path / "daily.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(SourceError) as caught:
        weekly_review(parse_deck("metrics: {X: {column: x, aggf: sum}}\ndeck: [{chart: X}]"), csv=[path])
    assert words in str(caught.value)
    assert "daily.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12", "12"), ("1,234", "1234"), ("1,234,567.5", "1234567.5"), ("1.234,5", "1234.5"), ("12,5", "12.5"),
        ("$1,200.50", "1200.50"), ("(3.5)", "-3.5"), ("−2", "-2"), ("12%", "0.12"), ("", None), ("n/a", None),
        ("NaN", None), ("€ 3", "3"), ("1e3", "1E+3"), (" 7 ", "7"),
    ],
)  # fmt: skip
def test_numbers_however_they_are_written(text, wanted):
    found = number(text)
    assert (None if found is None else str(found)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "2021-09-05",
        "05-Sep-2021",
        "Sun, 05-Sep-2021",
        "20210905",
        "05.09.2021",
        "September 5, 2021",
        "2021/09/05",
        "5 sep 2021",
        "2021-09-05T10:00:00",
    ],
)
def test_days_however_they_are_written(text):
    assert day_of(text) == dt.date(2021, 9, 5)


def test_slashes_are_told_apart_by_the_whole_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Date,x\n09/05/2021,1\n09/25/2021,2\n", "utf-8")
    assert read_csv(path).days == [dt.date(2021, 9, 5), dt.date(2021, 9, 25)]
    assert read_csv(path, text="Date,x\n05/09/2021,1\n", date_format="%d/%m/%Y").days == [dt.date(2021, 9, 5)]


def test_a_week_with_a_missing_day_is_judged_as_a_rate_but_not_as_a_sum(tmp_path):
    path = tmp_path / "daily.csv"
    rows = [row for row in decks.rows() if "24-Sep-2021" not in str(row["Date"])]
    path.write_text(decks.text(rows), "utf-8")
    found = weekly_review(parse_deck(decks.DECK, folder=tmp_path), csv=[path])
    total_of, rate = found.charts[0], found.charts[1]
    assert total_of.primary.weeks[-1].n_missing == 1
    assert not total_of.judged
    assert not any(signal.at == 5 for signal in total_of.signals)
    assert boxes(total_of)["last_week", "WoW"] == pytest.approx(
        (total("Impressions", *weeks_back(0)) - total("Impressions", dt.date(2021, 9, 24), dt.date(2021, 9, 24)))
        / (total("Impressions", *weeks_back(1)) - total("Impressions", dt.date(2021, 9, 17), dt.date(2021, 9, 17)))
        - 1
    )
    assert total_of.boxes[1].n_left_out == 1
    assert rate.judged
    assert any(signal.at == 5 for signal in rate.signals)


def test_a_year_before_of_which_most_is_missing_is_not_shown_nor_compared_with(tmp_path):
    deck = "setup: {week_ending: 2021-01-09}\nmetrics: {C: {column: Clicks, aggf: sum}}\ndeck: [{chart: C}]"
    chart = decks.review(tmp_path, deck).charts[0]
    known = [dot.value is not None for dot in chart.primary.prior_weeks]
    assert known == [False] * 5 + [True]
    deck = deck.replace("2021-01-09", "2021-01-02")
    chart = decks.review(tmp_path, deck).charts[0]
    assert [box.label for box in chart.boxes if box.group == "last_week"] == ["Last week", "WoW"]
