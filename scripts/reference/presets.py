"""The presets, from their files."""

from __future__ import annotations

from profithunt.sources.presets import CATALOGUE, Preset, Role, read
from scripts.reference.markdown import code, document, table

INTRO = """
A preset maps an export that is known already. `profithunt init` recognises its files, or takes the family that you
name: `profithunt init DIR --from FOLDER --preset FAMILY`. [Use a preset](../how-to/presets.md) shows how.
"""


def page() -> str:
    """The page `presets.md`."""
    found = [read(name) for name in CATALOGUE]
    overview = table(
        ["preset", "family", "for"], ([f"[{item.name}](#{item.name})", code(item.family), item.title] for item in found)
    )
    return document(
        "Presets", "`src/profithunt/sources/presets/`", INTRO, overview, *(_section(item) for item in found)
    )


def _section(item: Preset) -> str:
    parts = [f"## {item.name}"]
    if item.comments:
        parts += ["\n".join(["```text", *item.comments]).strip() + "\n```"]
    if item.roles:
        parts.append(table(["file", "known by the name", "needed"], (_role(role) for role in item.roles)))
    fed = dict.fromkeys(source["table"] for source in item.sources)
    parts.append(
        f"Feeds {', '.join(f'[{name}](tables.md#{name})' for name in fed) or 'the tables whose files are there'}."
    )
    parts.append("\n".join(f"- {note}" for note in item.notes))
    if item.questions:
        parts.append("\n".join(["Asks:", "", *(f"- {question}" for question in item.questions)]))
    return "\n\n".join(part for part in parts if part)


def _role(role: Role) -> list[str]:
    return [role.name, ", ".join(code(name) for name in role.names), "yes" if role.required else "no"]
