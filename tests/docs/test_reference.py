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
