"""The HTTP interface as an application of its own, without pages."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI

import profithunt
from profithunt.api import Shop
from profithunt.web.rest.router import Desk, rest_router


def one_at_a_time(folder: str | Path) -> Desk:
    """A shop for one request at a time."""
    shop = Shop.open(folder)
    lock = threading.RLock()

    @contextlib.contextmanager
    def desk() -> Iterator[Shop]:
        with lock:
            yield shop

    return desk


def api_app(desk: Desk) -> FastAPI:
    """The routes of `/api`, with their description at `/api/openapi.json`."""
    app = FastAPI(
        title="profithunt",
        version=profithunt.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(rest_router(desk))
    return app
