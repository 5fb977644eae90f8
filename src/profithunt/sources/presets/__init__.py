"""Presets: the sources of exports that are known by name, as data.

One TOML file a preset: `[detect.<role>]` says by which file names and columns a file is known, `[[sources]]` and the
other sections are those of `shop.toml`, with `{role}` where a file's path belongs. A column may be a list of
alternatives (the first whose raw columns exist is taken); an expression may say which raw columns it `needs`; a plain
column that the file doesn't have is left out.
"""

from profithunt.sources.presets.catalogue import CATALOGUE, FAMILIES, Preset, Role, read
from profithunt.sources.presets.resolve import Match, Table, match, match_family, settings

__all__ = [
    "CATALOGUE",
    "FAMILIES",
    "Match",
    "Preset",
    "Role",
    "Table",
    "match",
    "match_family",
    "read",
    "settings",
]
