"""The SQL of models and detectors: its header, its macros, its functions; from `profithunt.engine`."""

from __future__ import annotations

from profithunt.engine import functions, macros, model
from profithunt.sources import mapping
from scripts.reference.markdown import code, document, paragraphs

INTRO = """
Models of the package, detectors and the expressions of `shop.toml` are written in one restricted dialect: DuckDB's SQL,
one SELECT, only the functions listed here, and the macros below for what engines do differently. A statement that
compiles means the same on every engine; anything else is refused with a sentence that says why.

`$name` stands for a value that the caller binds, such as a threshold.
"""

REFUSED = """
Refused although engines know them, since they differ: `QUALIFY`, `IGNORE NULLS`, sampling, `SELECT *`.
"""


def page() -> str:
    """The page `macros.md`."""
    listed = ", ".join(code(name) for name in sorted(functions.ALLOWED))
    return document(
        "SQL: header, macros, functions",
        "`src/profithunt/engine/`",
        INTRO,
        "## Header of a model",
        paragraphs(model.__doc__),
        "## Macros",
        paragraphs(macros.__doc__),
        "## Expressions of shop.toml",
        paragraphs(mapping.__doc__),
        "## Functions",
        f"A statement may call {listed}, and the usual operators, `CASE` and `CAST`.",
        REFUSED,
    )
