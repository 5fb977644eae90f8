"""Whether the sources are what they were: a fingerprint of the files and of all that decides how they are read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from profithunt.config import ShopConfig
from profithunt.sources import erased
from profithunt.sources.found import find
from profithunt.sources.lake import is_lake
from profithunt.sources.memory import READ_BY, digest


def fingerprint(config: ShopConfig, known: dict[tuple[int, ...], str] | None = None) -> str | None:
    """Hash of the source files' contents and order in age, of the settings that read them, of who was erased.

    `known` are hashes of files by stamp (`memory.stamp`). None where a source is a database or a lake: nobody can say
    whether it changed without reading it. Raises SourceError for a file that isn't there.
    """
    if any(source.database is not None or is_lake(source) for source in config.sources):
        return None
    files: dict[str, Path] = {}
    for source in config.sources:
        patterns = [(source.files, source.optional), *((join.files, source.optional) for join in source.join)]
        for pattern, optional in patterns:
            if pattern is not None:
                found = find(pattern, config.folder, where=f"source of {source.table}", optional=optional)
                files |= {item.name: item.path for item in found}
    # Of two extracts that contradict each other the newer one wins: their order in age is part of the input.
    by_age = sorted(files, key=lambda name: (files[name].stat().st_mtime_ns, name))
    settings = config.model_dump(mode="json", include=READ_BY)
    contents = {name: digest(path, known or {}) for name, path in sorted(files.items())}
    text = json.dumps([settings, contents, by_age, *filter(None, [erased.state(config.folder)])], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
