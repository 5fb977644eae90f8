"""`profithunt demo`."""

from __future__ import annotations

from profithunt.cli import options


def demo(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Run the main job on a real grocer's year and show what comes out."""
