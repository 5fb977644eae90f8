"""`profithunt metrics` and `profithunt wbr`, as users type them."""

from __future__ import annotations

import json

import pytest

from tests.metrics import decks


@pytest.fixture
def figures(tmp_path, monkeypatch):
    """A folder with daily figures and a deck, and no shop."""
    (tmp_path / "daily.csv").write_text(decks.text(), "utf-8")
    (tmp_path / "deck.yaml").write_text(decks.DECK, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_dictionary_says_what_is_awake_and_what_would_wake_the_rest(profithunt):
    result = profithunt("metrics")
    assert result.code == 0
    assert "contribution_profit" in result.out
    assert "are awake" in result.out
    assert "table sessions" in result.out
    rows = {row["name"]: row for row in json.loads(profithunt("metrics", "--json").out)["metrics"]}
    assert len(rows) >= 100
    assert rows["orders"]["awake"]
    assert "channel" in rows["orders"]["dimensions"]
    assert not rows["sessions"]["awake"]
    assert "sessions" in rows["sessions"]["wakes"]


def test_a_metric_with_its_figures(profithunt):
    result = profithunt("metrics", "contribution_profit", "--grain", "year")
    assert result.code == 0
    assert "X_SUM(cm3)" in result.out
    given = json.loads(profithunt("metrics", "net_sales", "--grain", "year", "--json").out)
    total = sum(float(figure["value"]) for figure in given["figures"])
    sliced = json.loads(profithunt("metrics", "net_sales", "--by", "category", "--grain", "year", "--json").out)
    assert total == pytest.approx(sum(float(figure["value"]) for figure in sliced["figures"]))
    profit = json.loads(profithunt("profit", "--json").out)[0]
    assert total == pytest.approx(float(profit["net_sales"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["metrics", "net_sale"], "did you mean 'net_sales'"),
        (["metrics", "sessions"], "would wake with"),
        (["metrics", "net_sales", "--by", "moon"], "category"),
        (["metrics", "net_sales", "--from", "2024-02-01", "--to", "2024-01-01"], "swap the two days"),
        (["metrics", "net_sales", "--grain", "decade"], "quarter"),
    ],
)
def test_wrong_use_says_what_to_do(profithunt, arguments, said):
    result = profithunt(*arguments)
    assert result.code == 2
    assert said in " ".join(result.err.split())


def test_the_review_of_a_shop(profithunt, tmp_path):
    page = tmp_path / "wbr.html"
    result = profithunt("wbr", "--out", str(page))
    assert result.code == 0
    assert str(page) in result.out.replace("\n", "")
    assert "Contribution profit" in page.read_text("utf-8")
    given = json.loads(profithunt("wbr", "--json").out)
    assert [block["title"] for block in given["blocks"] if block["block"] == "section"][-1] == "Finance"


def test_daily_figures_and_a_deck_are_enough(bare, figures):
    result = bare("wbr", "--deck", "deck.yaml", "--csv", "daily.csv")
    assert (result.code, result.err) == (0, "")
    assert "moved by more than noise" in result.out
    assert (figures / "wbr.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    given = json.loads(bare("wbr", "--deck", "deck.yaml", "--csv", "daily.csv", "--json", "--week", "2021-06-26").out)
    assert given["week_ending"] == "2021-06-26"
    assert bare("wbr", "--csv", "daily.csv", "--out", "all.html").code == 0
    assert (figures / "all.html").exists()


def test_a_wrong_deck_ends_with_2_and_wrong_data_with_3(bare, figures):
    (figures / "deck.yaml").write_text(decks.DECK.replace("chart: CTR", "chart: CRT"), "utf-8")
    result = bare("wbr", "--deck", "deck.yaml", "--csv", "daily.csv")
    assert result.code == 2
    assert "did you mean 'CTR'" in result.err
    assert "line" in result.err
    (figures / "deck.yaml").write_text(decks.DECK, "utf-8")
    (figures / "daily.csv").write_text("Date,x\n2021-01-01,many\n", "utf-8")
    assert bare("wbr", "--csv", "daily.csv").code in (2, 3)
    assert bare("wbr", "--deck", "none.yaml", "--csv", "daily.csv").code == 2
