"""The report in a real browser: no complaint on the console, no sideways scroll, no labels on top of each other."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from profithunt.reports.page import render
from tests.reports import sample

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
]

PROBE = """<script>
addEventListener("load", () => {
  const box = node => node.getBoundingClientRect();
  const labels = [...document.querySelectorAll("svg text")].filter(node => box(node).width);
  const apart = (one, other) => one.left >= other.right - 1 || other.left >= one.right - 1
    || one.top >= other.bottom - 2 || other.top >= one.bottom - 2;
  const overlaps = labels.flatMap((one, index) => labels.slice(index + 1)
    .filter(other => !apart(box(one), box(other))).map(other => one.textContent + " / " + other.textContent));
  const wide = [...document.querySelectorAll("body *")]
    .filter(node => box(node).right > innerWidth + 1 && !node.closest(".skip"))
    .map(node => node.tagName + " " + node.textContent.slice(0, 40));
  const scroll = Math.max(0, document.documentElement.scrollWidth - innerWidth);
  parent.postMessage(JSON.stringify({width: innerWidth, scroll, overlaps, wide}), "*");
});
</script>"""

FRAME = """<!DOCTYPE html><title>-</title>
<script>addEventListener("message", told => {document.title = told.data});</script>
<iframe width="WIDTH" height="844" style="border:0" src="PAGE"></iframe>"""


def chromium(tmp_path: Path, page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Chromium without a window on the page, with a profile of its own."""
    return subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            f"--user-data-dir={tmp_path / 'profile'}",
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )


@pytest.mark.parametrize("width", [1440, 1100, 760, 390, 340])
def test_it_never_scrolls_sideways_and_no_labels_overlap(tmp_path, width):
    page, frame = tmp_path / "report.html", tmp_path / "frame.html"
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*/>', "", render(sample.report()))
    page.write_text(text.replace("</body>", f"{PROBE}</body>"), "utf-8")
    frame.write_text(FRAME.replace("WIDTH", str(width)).replace("PAGE", page.as_uri()), "utf-8")
    dom = chromium(tmp_path, frame, "--dump-dom", "--virtual-time-budget=3000").stdout
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title
    assert json.loads(html.unescape(title[1])) == {"width": width, "scroll": 0, "overlaps": [], "wide": []}


@pytest.mark.parametrize("scheme", ["0", "1"])
def test_the_browser_has_nothing_to_complain_about(tmp_path, scheme):
    page = tmp_path / "report.html"
    page.write_text(render(sample.report()), "utf-8")
    done = chromium(
        tmp_path, page, "--enable-logging=stderr", f"--blink-settings=preferredColorScheme={scheme}", "--dump-dom"
    )
    assert "CONSOLE" not in done.stderr
    assert "contribution profit" in done.stdout
