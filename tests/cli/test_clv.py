"""`profithunt clv`: a shop too small to fit says so; JSON has amounts as strings; mistakes are named."""

from __future__ import annotations


def test_a_small_shop_says_why_there_is_no_model(profithunt):
    result = profithunt("clv")
    assert result.code == 0, result.err
    assert "fewer than the 500 that a fit needs" in " ".join(result.out.split())


def test_json_holds_the_whole_forecast(profithunt):
    found = profithunt("clv", "--json", "--top", "2").json
    assert set(found) == {"horizon_months", "spread", "fits", "calibration", "season", "best", "worst"}
    assert found["spread"]["n_customers"] == 3
    assert found["fits"][0]["method"] in ("none", "cohort_mean")
    assert found["fits"][0]["notes"]


def test_one_customer(profithunt):
    result = profithunt("clv", "--customer", "ada", "--json")
    assert result.code == 0, result.err
    assert result.json["customer"]["customer_id"] == "ada"
    assert result.json["customer"]["n_orders"] == 3
    assert isinstance(result.json["customer"]["profit_to_date"], str)
    assert "3 orders so far" in " ".join(profithunt("clv", "--customer", "ada").out.split())


def test_mistakes_name_what_there_is(profithunt):
    nobody = profithunt("clv", "--customer", "nobody")
    assert nobody.code != 0
    assert "nobody" in nobody.err
    wrong = profithunt("clv", "--horizon", "18", "--json")
    assert wrong.code == 2
    assert "12, 24, 36" in wrong.err + wrong.out
