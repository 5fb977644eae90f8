"""Listening sessions on the pages: drawn, noted, listened to, turned into changes."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from profithunt.api.pages import listening
from profithunt.web.pages.decisions import signed_in

router = APIRouter(include_in_schema=False)


@router.post("/listening")
def draw(request: Request, size: Annotated[int, Form(ge=1, le=50)] = 8) -> Response:
    """Draw a session, and go on with reading it."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        made = listening.draw(shop, size)
    return RedirectResponse(f"/listening/{quote(made, safe='')}", 303)


@router.post("/listening/{session}/{verb}")
def work(
    request: Request,
    session: str,
    verb: str,
    text: Annotated[str, Form(max_length=5000)] = "",
    journey: Annotated[str, Form(pattern=r"^\d{0,3}$")] = "",
    minutes: Annotated[str, Form(pattern=r"^\d{0,4}(\.\d{1,2})?$")] = "",
    assignee: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """One thing said about a session, and back to it."""
    given = {"text": text, "journey": journey, "minutes": minutes or "0", "assignee": assignee}
    with request.app.state.readers.desk(signed_in(request)) as shop:
        listening.work(shop, session, verb, given)
    return RedirectResponse(f"/listening/{quote(session, safe='')}{f'#j-{journey}' if journey else ''}", 303)
