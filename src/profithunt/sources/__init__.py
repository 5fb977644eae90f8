"""From a retailer's files to canonical tables: read, map, type, set aside, and say how healthy the data is."""

from profithunt.sources.build import Progress, build, check
from profithunt.sources.grown import build_on
from profithunt.sources.health import BuildResult, Capability, InputFile, Orphans, TableHealth
from profithunt.sources.memory import Memory
from profithunt.sources.unchanged import fingerprint

__all__ = [
    "BuildResult",
    "Capability",
    "InputFile",
    "Memory",
    "Orphans",
    "Progress",
    "TableHealth",
    "build",
    "build_on",
    "check",
    "fingerprint",
]
