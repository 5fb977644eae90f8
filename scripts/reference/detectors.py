"""The catalogue of detectors, from their headers."""

from __future__ import annotations

from profithunt.detectors import FOLDER, Detector, catalogue, definition, query
from scripts.reference.markdown import code, document, paragraphs, table

INTRO = """
What `profithunt hunt` looks for. A detector whose tables are missing sleeps, and `hunt` says what would wake it.
[How an opportunity is valued](../explanation/opportunities.md) says what happens to what it finds;
[write a detector of your own](../how-to/own-detector.md) shows how to add one. Thresholds are set in `shop.toml`:

```toml
[thresholds.cannot_make_a_profit]
min_units = 50

[detectors]
off = ["SKU28"]
```
"""


def page() -> str:
    """The page `detectors.md`."""
    found = catalogue()
    overview = table(
        ["number", "code", "detector", "level", "owner"],
        (
            [str(item.number), code(item.code), f"[{item.title}](#{item.name})", item.level, item.owner]
            for item in found
        ),
    )
    return document(
        "Detectors",
        "`src/profithunt/detectors/catalogue/`",
        INTRO,
        overview,
        *(_section(item) for item in found),
        "## Statement of a detector",
        paragraphs(query.__doc__),
        "## Header of a detector",
        paragraphs(definition.__doc__).split("\n\n", maxsplit=1)[1],
    )


def _section(item: Detector) -> str:
    facts = table(["", ""], ([f"**{name}**", text] for name, text in _facts(item) if text))
    return "\n\n".join([f"## {item.name}", item.docs.why, facts, _thresholds(item), _example(item)]).replace(
        "\n\n\n\n", "\n\n"
    )


def _facts(item: Detector) -> list[tuple[str, str]]:
    undo = "can be undone" if item.reversible else "hard to undo"
    return [
        ("catalogue", f"{item.number}, {code(item.code)}"),
        ("level", f"{item.level}, by {', '.join(code(name) for name in item.entity)}"),
        ("money over 28 days", item.docs.value),
        ("action", f"{code(item.action)} by {item.owner}; {undo}"),
        ("looks at", f"{item.window_days} days" + (f", less the last {item.lag_days}" if item.lag_days else "")),
        ("needs", ", ".join(code(need) for need in item.needs)),
        ("gives way to", ", ".join(code(name) for name in item.vetoed_by)),
        ("known problems", item.docs.known_problems),
        ("source", item.docs.source),
    ]


def _thresholds(item: Detector) -> str:
    if not item.thresholds:
        return ""
    return table(["threshold", "default"], ([code(name), code(str(value))] for name, value in item.thresholds.items()))


def _example(item: Detector) -> str:
    if not (FOLDER / f"{item.name}.md").exists():
        return ""
    return f"[Worked example](../../src/profithunt/detectors/catalogue/{item.name}.md)"
