"""Pictures of the pages, taken in a real browser: `python scripts/screenshots.py SHOP [--out docs/images] [--pages …]`.

Serves the shop on a free port of this machine, opens each page and writes a PNG. Needs the extra `web`, Playwright, and
Chromium (`apt-get install chromium`).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MAIN = {
    "today": "/",
    "profit": "/profit",
    "customers": "/customers",
    "products": "/products",
    "delivery": "/delivery",
    "review": "/review",
}


def chromium() -> str | None:
    """The browser of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The pages of a folder on a free port; the address, while it lasts."""
    import socket

    import uvicorn

    from profithunt.web import application

    taken = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(folder), log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        taken.close()


def settle(page: Any, seconds: float = 15) -> None:
    """Scroll through the page so that every chart is drawn, and wait for them."""
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 500) "
        "{ scrollTo(0, y); await new Promise(go => setTimeout(go, 30)); } scrollTo(0, 0); }"
    )
    until = time.monotonic() + seconds
    waiting = "() => [...document.querySelectorAll('[data-chart]')].filter(n => n.dataset.state !== 'drawn').length"
    while page.evaluate(waiting) and time.monotonic() < until:
        time.sleep(0.05)


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shop", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--pages", nargs="*", help="names, or name=/address; default: the main pages")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--whole", action="store_true", help="the whole page, not the first screen")
    chosen = parser.parse_args(arguments)
    browser_path = chromium()
    if browser_path is None:
        print("this needs Chromium (apt-get install chromium)")
        return 1
    from playwright.sync_api import sync_playwright

    pages = dict(item.partition("=")[::2] for item in chosen.pages) if chosen.pages else MAIN
    chosen.out.mkdir(parents=True, exist_ok=True)
    with serving(chosen.shop) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=list(FLAGS))
        opened = browser.new_page(
            viewport={"width": chosen.width, "height": 900}, color_scheme=chosen.scheme, reduced_motion="reduce"
        )
        opened.on("console", lambda said: print("console:", said.type, said.text) if said.type == "error" else None)
        for name, path in pages.items():
            opened.goto(address + (path or MAIN[name]))
            settle(opened)
            target = chosen.out / f"page-{name}.png"
            opened.screenshot(path=str(target), full_page=chosen.whole)
            print(target)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
