"""A small simulated shop with a finished run, made once for all tests of the pages, and served on a free port."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from profithunt import Shop
from profithunt.api import simulate
from profithunt.web import application

CUSTOMERS = 600
MONTHS = 13
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

PAGES = (
    "/",
    "/profit",
    "/customers",
    "/products",
    "/marketing",
    "/delivery",
    "/high-value-actions",
    "/proposition?tab=promise",
    "/proposition?tab=promotions",
    "/prices",
    "/listening",
    "/review",
    "/outcomes",
    "/documents",
    "/data",
    "/settings",
    "/more",
)


def made(folder: Path) -> Path:
    """The shop with its run."""
    simulate(folder, customers=CUSTOMERS, months=MONTHS, seed=7)
    Shop.open(folder).run()
    return folder


@contextmanager
def serving(folder: Path, *, team: bool = False) -> Iterator[str]:
    """The pages of a folder; the address while this lasts."""
    with running(application(folder, team=team)) as address:
        yield address


@contextmanager
def running(app: Any) -> Iterator[str]:
    """An application on a free port; its address while this lasts."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
