"""Routes that are more than a page of the catalogue: what changes something, searches, uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt.web.pages import decisions, documents, listening, settings, start

if TYPE_CHECKING:
    from fastapi import FastAPI


def include(app: FastAPI) -> None:
    """Add every router to the application."""
    app.include_router(start.router)
    app.include_router(decisions.router)
    app.include_router(documents.router)
    app.include_router(listening.router)
    app.include_router(settings.router)
