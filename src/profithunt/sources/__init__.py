"""From a retailer's files to canonical tables: read, map, type, set aside, and say how healthy the data is."""

from profithunt.sources.build import Progress, build, check
from profithunt.sources.health import BuildResult, Capability, InputFile, Orphans, TableHealth
from profithunt.sources.unchanged import fingerprint

__all__ = [
    "BuildResult",
    "Capability",
    "InputFile",
    "Orphans",
    "Progress",
    "TableHealth",
    "build",
    "check",
    "fingerprint",
]
