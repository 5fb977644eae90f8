"""`profithunt settings …`: changed, told, undone, refused in a sentence."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def line(tmp_path, monkeypatch) -> CommandLine:
    monkeypatch.delenv("PROFITHUNT_STORE_URL", raising=False)
    (tmp_path / "shop.toml").write_text('[shop]\nname = "Tea"  # the name\n')
    return CommandLine(tmp_path)


def test_from_a_change_to_its_undo(line, tmp_path):
    assert "min_units" in line("settings", "show", "thresholds", "cannot_make_a_profit").out
    assert "Nothing was changed" in line("settings", "history").out
    told = line("settings", "set", "thresholds", "cannot_make_a_profit", "min_units=77", "--json").json
    assert next(one["value"] for one in told["settings"] if one["name"] == "min_units") == "77"
    assert 'name = "Tea"  # the name' in (tmp_path / "shop.toml").read_text()
    change = line("settings", "history", "--json").json[0]
    assert (change["after"], change["stands"]) == ({"min_units": 77}, True)
    assert "min units: 77 → usual" in line("settings", "undo", str(change["seq"])).out
    assert "thresholds" not in (tmp_path / "shop.toml").read_text()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("role", "manager", "sku_share=7"), "must be 1.0 or less, got '7'"),
        (("role", "manager", "luck=7"), "there is no setting 'luck'"),
        (("role", "king", "sku_share=0.1"), "there is no role 'king'"),
        (("moods", "x", "y=1"), "nothing called 'moods' can be set here"),
    ],
)
def test_what_can_not_be_is_said(line, given, why):
    refused = line("settings", "set", *given)
    assert refused.code == 2
    assert why in refused.err.lower()
