"""Definitions: the package's own hold together, and a retailer's say what is wrong with them, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

import profithunt.metrics
from profithunt.config import parse
from profithunt.engine import Engine, compile_model
from profithunt.engine.compiler import parse as parsed
from profithunt.errors import ConfigError, ModelError, NotFound
from profithunt.ledger.build import prepare, settings
from profithunt.metrics.build import build_metrics, catalogue_of, models_of
from profithunt.metrics.catalogue import SOURCES, catalogue, check_all
from profithunt.metrics.definition import SUBJECTS, read_metrics

FOLDER = Path(profithunt.metrics.__file__).parent

GOOD = """
[gift_share]
what = "Share of orders with three lines or more."
source = "orders"
numerator = "COUNT_IF(n_lines >= 3)"
denominator = "COUNT(*)"
unit = "share"
direction = "up"
kind = "input"
owner = "crm"
parent = "orders"
"""


@pytest.fixture(scope="module")
def known():
    return catalogue()


def own(tmp_path, text, name="own.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_every_file_is_in_the_lists():
    assert sorted(path.stem for path in (FOLDER / "catalogue").glob("*.toml")) == sorted(SUBJECTS)
    assert sorted(path.stem for path in (FOLDER / "sources").glob("*.sql")) == sorted(SOURCES)


def test_there_are_metrics_on_every_subject_and_they_make_one_tree(known):
    assert len(known.metrics) >= 100
    assert {metric.subject for metric in known.metrics.values()} == set(SUBJECTS)
    assert [metric.name for metric in known.children(None)] == ["contribution_profit"]
    check_all(known)
    assert {metric.kind for metric in known.metrics.values()} == {"input", "output", "finance"}
    assert all(metric.owner and metric.what.endswith(".") for metric in known.metrics.values())


def test_the_header_of_a_source_names_what_its_statement_gives(known):
    for source in known.sources.values():
        given = {item.alias_or_name for item in parsed(source.sql).selects}
        assert given == {"day", *source.all_dimensions, *source.columns}, source.name


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_all_metrics_of_a_source_come_out_of_one_statement_on_every_engine(known, dialect):
    chosen = settings(parse({}, file=Path("shop.toml")), __import__("datetime").date(2024, 1, 1))
    models = models_of(known, list(known.metrics.values()))
    assert len(models) == len({metric.source for metric in known.metrics.values() if metric.source}) + 1
    for model in models:
        text = compile_model(model, dialect=dialect, values=chosen.values, lists=chosen.lists, parts=chosen.parts)
        assert "SELECT" in text
        assert "X_" not in text


def test_in_a_shop_without_data_everything_sleeps_and_says_what_would_wake_it(tmp_path):
    config = parse({}, file=tmp_path / "shop.toml")
    with Engine() as engine:
        fingerprints = prepare(engine, config)
        result = build_metrics(engine, config, tmp_path, fingerprints=fingerprints)
    assert result.built == []
    assert result.awake == []
    assert all(item.wakes for item in result.asleep)
    by_name = {item.metric.name: item.wakes for item in result.asleep}
    assert "shipments.promised_at" in by_name["on_time_rate"]
    assert "table contacts" in by_name["contacts_per_order"] or "contacts.contacted_at" in by_name["contacts_per_order"]


def test_a_retailer_adds_a_metric_and_a_source_in_files_of_their_own(tmp_path):
    own(tmp_path, GOOD)
    own(
        tmp_path,
        '/* ---\nwhat = "Orders of the night."\ngrain = "order"\nneeds = ["orders"]\n[columns]\nlate_hour = "after ten"\n--- */\n'
        "SELECT X_DAY(ordered_at) AS day, EXTRACT(hour FROM ordered_at) >= 22 AS late_hour FROM orders",
        "night.sql",
    )
    own(
        tmp_path,
        GOOD.replace("gift_share", "night_share")
        .replace('"orders"\nnumerator', '"night"\nnumerator')
        .replace("n_lines >= 3", "late_hour"),
        "two.toml",
    )
    config = parse(
        {
            "metrics": {
                "files": ["*.toml", "*.sql"],
                "targets": {"gift_share": 0.3},
                "owners": {"orders": "trading"},
                "off": ["price_changes"],
            }
        },
        file=tmp_path / "shop.toml",
    )
    found = catalogue_of(config)
    assert found["gift_share"].target == 0.3
    assert found["orders"].owner == "trading"
    assert found["night_share"].source == "night"
    assert found["gift_share"].subject == "own"
    assert "price_changes" not in found.metrics
    with pytest.raises(NotFound, match="gift_share"):
        found["gift_shar"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('unit = "share"', 'unit = "percent"', 7, "count, money, share"),
        ('owner = "crm"\n', "", 2, "owner"),
        ('kind = "input"', 'kinds = "input"', 9, "kinds"),
        ("COUNT_IF(n_lines >= 3)", "COUNT_IF(lines >= 3)", None, "lines"),
        ("COUNT_IF(n_lines >= 3)", "AVG(n_lines)", None, "add up"),
        ("COUNT_IF(n_lines >= 3)", "COUNT(DISTINCT store)", None, "add up"),
        ("COUNT_IF(n_lines >= 3)", "SUM(n_lines) / COUNT(*)", None, "add up"),
        ("COUNT_IF(n_lines >= 3)", "SUM(n_lines", None, "expression"),
        ('source = "orders"', 'source = "order"', None, "orders"),
        ('parent = "orders"', 'parent = "order"', None, "orders"),
        ('parent = "orders"', 'parent = "gift_share"', None, "circle"),
        ('denominator = "COUNT(*)"', 'aggregation = "ratio"', 6, "denominator"),
        ('denominator = "COUNT(*)"', 'per = "orders"', 4, "one way or the other"),
        ("[gift_share]", "[orders]", 2, "already"),
        ("[gift_share]", "[Gift-Share]", 2, "snake_case"),
        ('what = "Share of orders with three lines or more."', "what = 3", 3, "text"),
        ("[gift_share]", "gift_share", None, "TOML"),
        ('source = "orders"\n', 'scale = 0\nsource = "orders"\n', 4, "above zero"),
    ],
)
def test_a_mistake_names_the_file_the_line_and_the_key(tmp_path, old, new, line, words):
    assert old in GOOD
    path = own(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ModelError) as caught:
        catalogue([path])
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    if line is not None:
        assert f"line {line}" in str(caught.value)


def test_settings_about_metrics_that_are_not_there_are_refused():
    for key in ("off", "targets", "owners"):
        given = {"off": ["order"], "targets": {"order": 1.0}, "owners": {"order": "me"}}
        with pytest.raises(ConfigError, match="did you mean 'orders'"):
            catalogue(**{key: given[key]})


def test_a_named_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"own\.toml"):
        catalogue_of(parse({"metrics": {"files": ["own.toml"]}}, file=tmp_path / "shop.toml"))


def test_composed_metrics_divide_additive_ones_only(tmp_path):
    text = GOOD.replace('source = "orders"\n', "").replace(
        'numerator = "COUNT_IF(n_lines >= 3)"', 'metric = "stock_value"'
    )
    path = own(tmp_path, text.replace('denominator = "COUNT(*)"', 'per = "orders"'))
    with pytest.raises(ModelError, match="does not add up"):
        catalogue([path])
    assert read_metrics(path)[0].aggregation == "ratio"
