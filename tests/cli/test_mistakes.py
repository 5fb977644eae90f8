"""Mistakes: what, where, expected, do; the nearest word; no traceback unless asked for."""

from __future__ import annotations

import json

import pytest

from profithunt.cli import mistakes
from profithunt.cli.output import Output
from profithunt.errors import ConfigError, DataError, NotFound, ProfithuntError, SourceError, UsageError

"""One worker for all of them: they share the run of one shop."""


def test_a_mistyped_command_names_the_nearest(bare):
    result = bare("reconsile")
    assert (result.code, result.out) == (2, "")
    assert "Error: There is no command 'reconsile'." in result.err
    assert "did you mean 'reconcile'?" in result.err
    assert "Traceback" not in result.err


def test_a_word_that_is_like_no_command_lists_them(bare):
    result = bare("xyzzy")
    assert result.code == 2
    listed = result.err.split("one of ")[1].split("\n")[0].split(", ")
    assert {"init", "check", "run", "report", "hunt", "clv", "wbr", "customers", "version"} <= set(listed)


def test_a_mistyped_option_names_the_nearest(bare):
    result = bare("version", "--jsn")
    assert (result.code, result.out) == (2, "")
    assert "Error: There is no option --jsn." in result.err
    assert "did you mean --json? profithunt version --help lists them all" in result.err


def test_a_missing_argument_says_which(bare):
    result = bare("explain", "order")
    assert (result.code, result.out) == (2, "")
    assert "missing argument 'ID'" in result.err.lower() or "'ID'" in result.err
    assert "profithunt explain --help" in result.err


def test_no_shop_here_says_what_to_do(bare):
    result = bare("run")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == "Error: No shop.toml here or above."
    assert "profithunt init DIR --from FOLDER" in result.err


def test_a_shop_that_is_not_there_is_named(bare):
    result = bare("run", "nowhere")
    assert result.code == 2
    assert "nowhere" in result.err
    assert "expected a folder with a shop.toml" in " ".join(result.err.split())


def test_two_shops_are_one_too_many(bare):
    result = bare("run", "one", "--shop", "two")
    assert result.code == 2
    assert "two shops are named: one and two" in result.err.lower()


def test_with_json_the_mistake_is_json_too(bare):
    result = bare("run", "--json")
    assert result.code == 2
    assert result.json["error"] == "ConfigError"
    assert result.json["exit_code"] == 2
    assert set(result.json) == {"error", "what", "where", "expected", "do", "exit_code"}
    assert "Error: No shop.toml here or above." in result.err


def test_debug_shows_the_traceback(bare):
    result = bare("run", "--debug")
    assert result.code == 2
    assert "Traceback" in result.err
    assert "Error: No shop.toml here or above." in result.err


def test_the_nearest_word():
    assert mistakes.nearest("custmer", ["customer", "sku"]) == "customer"
    assert mistakes.nearest("SKUS", ["customer", "sku"]) == "sku"
    assert mistakes.nearest("zebra", ["customer", "sku"]) is None


def test_a_choice_that_is_none():
    assert mistakes.choice("order", ("order", "event"), "date") == "order"
    with pytest.raises(UsageError) as caught:
        mistakes.choice("ordr", ("order", "event"), "date")
    assert caught.value.expected == "one of order, event"
    assert caught.value.do == "did you mean 'order'?"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigError("x"), 2),
        (NotFound("x"), 2),
        (DataError("x"), 3),
        (SourceError("x"), 3),
        (FileNotFoundError(2, "No such file or directory", "exports"), 2),
        (PermissionError(13, "Permission denied", "report.html"), 2),
        (OSError(28, "No space left on device", "run.json"), 1),
        (KeyError("cm3"), 1),
    ],
)
def test_exit_codes(error, code):
    assert mistakes.understood(error).exit_code == code


def test_a_fault_of_the_program_says_where_and_what_to_do():
    try:
        {}["cm3"]
    except KeyError as fault:
        error = mistakes.understood(fault)
    assert "profithunt itself failed (KeyError: 'cm3')" in str(error)
    assert "test_mistakes.py:" in error.where
    assert "--debug" in error.do


def test_all_parts_are_shown(capsys):
    error = ProfithuntError("a key is unknown.", where="shop.toml line 3", expected="one of a, b", do="rename it")
    mistakes.show(error, Output(json=True))
    shown = capsys.readouterr()
    assert shown.err == (
        "Error: A key is unknown.\n  where    shop.toml line 3\n  expected one of a, b\n  do       rename it\n"
    )
    assert json.loads(shown.out)["do"] == "rename it"
