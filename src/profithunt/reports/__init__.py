"""The static report: everything a run found on one page of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profithunt.reports.content import Report
    from profithunt.reports.source import Source

FILE_NAME = "report.html"


def gather(shop: Source) -> Report:
    """Everything the report says, from the shop's current run. Raises NotFound when there is none."""
    from profithunt.reports.gathered import report_of

    return report_of(shop)


def write(report: Report, path: Path) -> Path:
    """Write the report as one HTML file, whole or not at all; its folder is made if it isn't there."""
    from profithunt.reports.page import render

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(render(report), "utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
