"""The command line: each command parses, calls the Python API once, and renders what it gives."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `profithunt` command; ends the process with the command's exit code."""
    from profithunt.cli.app import execute

    sys.exit(execute(sys.argv[1:]))
