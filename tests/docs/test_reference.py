"""The reference is made from the definitions and leaves none out."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY


def _page(name: str) -> str:
    return (REPOSITORY / "docs" / "reference" / name).read_text("utf-8")


def test_reference_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_canonical_column_is_documented():
    from profithunt.schema import TABLES

    page = _page("tables.md")
    for table in TABLES.values():
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert table.what in section
        for column in table.columns.values():
            assert f"| `{column.name}`" in section, f"{table.name}.{column.name}"
            assert column.meaning.strip(), f"{table.name}.{column.name} has no meaning"


def test_every_setting_is_documented():
    from profithunt.config import ShopConfig

    page = _page("settings.md")
    for title, section in ShopConfig.model_json_schema()["$defs"].items():
        for name, field in section["properties"].items():
            assert f"`{name}`" in page or f"{name} = …" in page or f".{name}]" in page, f"{title}.{name}"
            assert field.get("description") or "$ref" in field, f"{title}.{name} has no description"


def test_every_error_is_documented():
    from profithunt import errors

    page = _page("errors.md")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.ProfithuntError):
            assert f"`{kind.__name__}` | {kind.exit_code} |" in page


def test_every_macro_is_documented():
    from profithunt.engine.macros import MACROS

    page = _page("macros.md")
    for name in [*MACROS, "X_EACH"]:
        assert f"`{name}(" in page, name


def test_every_preset_is_documented():
    from profithunt.sources.presets import CATALOGUE, FAMILIES

    page = _page("presets.md")
    guide = (REPOSITORY / "docs" / "how-to" / "presets.md").read_text("utf-8")
    assert all(f"\n## {name}\n" in page for name in CATALOGUE)
    assert all(f"| `{family}` |" in guide for family in FAMILIES)


def test_every_detector_and_threshold_is_documented():
    from profithunt.detectors import catalogue

    page = _page("detectors.md")
    for detector in catalogue():
        section = page.split(f"\n## {detector.name}\n")[1].split("\n## ")[0]
        assert detector.docs.value in section
        assert all(f"| `{name}` |" in section for name in detector.thresholds), detector.name


def test_every_command_and_option_is_documented():
    from scripts.reference.cli import commands_of, options_of

    page = _page("cli.md")
    for name, command in commands_of().items():
        section = page.split(f"\n## profithunt {name}\n")[1].split("\n## ")[0]
        for option in options_of(command):
            assert option.help, f"{name}: {option.name} has no help"
            assert all(f"`{flag}`" in section for flag in option.opts if flag.startswith("-")), f"{name}: {option.name}"


def test_every_command_is_shown_in_a_guide():
    from scripts.reference.cli import commands_of

    guides = [REPOSITORY / "README.md", *(REPOSITORY / "docs" / "tutorial").glob("*.md")]
    guides += (REPOSITORY / "docs" / "how-to").glob("*.md")
    text = "\n".join(path.read_text("utf-8") for path in guides)
    missing = [name for name in commands_of() if f"profithunt {name}" not in text and name not in {"demo", "version"}]
    assert not missing
    assert "make demo" in text
