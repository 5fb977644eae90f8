"""Errors and exit codes, from `profithunt.errors`."""

from __future__ import annotations

from profithunt import errors
from scripts.reference.markdown import code, document, first_line, table

INTRO = """
Every error that profithunt raises on purpose is one of these. On the command line it is one sentence on standard error
that says what is wrong, where, what was expected and what to do, and an exit code; with `--json` the same as an object
`{error, what, where, expected, do}`. In Python they are exceptions of `profithunt.errors`; `ProfithuntError` catches
them all.
"""

EXIT_CODES = (
    ("0", "fine"),
    ("1", "a check found something (`check`, `reconcile`), or a run failed"),
    ("2", "wrong use: an unknown command, option, setting, customer, order …"),
    ("3", "bad data: a source that can't be read, or data that can't give the answer"),
)


def page() -> str:
    """The page `errors.md`."""
    rows = [
        ["&nbsp;" * 4 * depth + code(kind.__name__), str(kind.exit_code), first_line(kind.__doc__)]
        for kind, depth in _tree(errors.ProfithuntError, 0)
    ]
    return document(
        "Errors and exit codes",
        "`src/profithunt/errors.py`",
        INTRO,
        "## Exit codes",
        table(["code", "meaning"], EXIT_CODES),
        "## Errors",
        table(["error", "exit code", "what it is about"], rows),
    )


def _tree(kind: type[errors.ProfithuntError], depth: int) -> list[tuple[type[errors.ProfithuntError], int]]:
    below = [item for child in kind.__subclasses__() for item in _tree(child, depth + 1)]
    return [(kind, depth), *below]
