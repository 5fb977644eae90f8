"""shop.toml: what is read, and what a mistake in it says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import config
from profithunt.errors import ConfigError
from tests.conftest import REPOSITORY


def _read(folder: Path, text: str) -> config.ShopConfig:
    (folder / "shop.toml").write_text(text, "utf-8")
    return config.read(folder)


def _mistake(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        _read(folder, text)
    return caught.value


def test_an_empty_file_is_a_shop_with_every_default(tmp_path: Path):
    shop = _read(tmp_path, "")
    assert shop.shop.currency == "USD"
    assert shop.returns.window_days == 60
    assert shop.attribution.model == "last_touch"
    assert shop.folder == tmp_path


def test_the_example_shop_is_read_whole():
    shop = config.read(REPOSITORY / "examples" / "shop.toml")
    assert shop.shop.as_of == dt.date(2025, 12, 31)
    assert {source.table for source in shop.sources} >= {"orders", "order_lines", "returns", "ad_spend"}
    assert shop.cost_rates[0].rate == Decimal("0.35")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path):
    (tmp_path / "shop.toml").write_bytes('\ufeff[shop]\nname = "Überkauf"\n'.encode())
    assert config.read(tmp_path).shop.name == "Überkauf"


def test_a_shop_is_found_from_a_folder_below_it(tmp_path: Path):
    (tmp_path / "shop.toml").write_text("", "utf-8")
    below = tmp_path / "exports" / "2025"
    below.mkdir(parents=True)
    assert config.find(below) == tmp_path.resolve() / "shop.toml"


def test_no_shop_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="profithunt init DIR --from FOLDER"):
        config.read(tmp_path)
    with pytest.raises(ConfigError, match="no such file or folder"):
        config.read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[shop]\nname = "A"\ncurency = "EUR"\n', 3, "unknown setting 'curency'"),
        ('[shop]\ntimezone = "Europe/Berlino"\n', 2, "is not a time zone"),
        ('[[sources]]\ntable = "orders"\n\n[[sources]]\ntable = "oders"\n', 5, "is not a canonical table"),
        ("[returns]\nwindow_days = 0\n", 2, "got 0"),
        ('[[cost_rates]]\nkind = "pick"\nrate = "much"\n', 3, "got 'much'"),
        ('[attribution]\nmodel = "guess"\n', 2, "last_touch"),
        ('[[sources]]\ntable = "orders"\n[sources.csv]\ndelimeter = ";"\n', 4, "unknown setting 'delimeter'"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, text: str, line: int, words: str):
    mistake = _mistake(tmp_path, text)
    assert f"shop.toml, line {line}," in str(mistake)
    assert words in str(mistake)
    assert mistake.exit_code == 2


def test_what_is_not_toml_says_where(tmp_path: Path):
    assert "line 2" in str(_mistake(tmp_path, "[shop]\nname = \n"))


def test_what_is_not_utf8_says_so(tmp_path: Path):
    (tmp_path / "shop.toml").write_bytes(b'[shop]\nname = "\xe9"\n')
    with pytest.raises(ConfigError, match="expected UTF-8"):
        config.read(tmp_path)
