"""`init` as a function: look at a folder of exports and propose the settings of a shop."""

from __future__ import annotations

from pathlib import Path

from profithunt.api.progress import Progress, Silent
from profithunt.engine import Engine
from profithunt.sources.propose import Proposal, propose as proposed


def propose(source: str | Path, preset: str | None = None, progress: Progress | None = None) -> Proposal:
    """What the files of a folder mean, as far as they say; `.write(folder)` makes the shop.

    `preset` asks for a known export; without it one is used when its files are recognised. Raises SourceError when
    there is nothing to read, NotFound for a preset that isn't there or whose files are missing.
    """
    with Engine() as engine:
        return proposed(Path(source), engine, preset, progress=(progress or Silent()).step)
