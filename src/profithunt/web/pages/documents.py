"""What is done to documents on the pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from profithunt.api.pages import documents
from profithunt.web.pages.decisions import signed_in

router = APIRouter(include_in_schema=False)


@router.post("/documents")
def new(
    request: Request,
    kind: Annotated[str, Form()],
    title: Annotated[str, Form()],
    opportunity: Annotated[str, Form()] = "",
) -> Response:
    """Begin a document, and go on with writing it."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        made = documents.make(shop, kind, title, opportunity)
    return RedirectResponse(f"/documents/{quote(made, safe='')}?edit=1", 303)


@router.post("/documents/{document_id}/{verb}")
def work(
    request: Request,
    document_id: str,
    verb: str,
    body: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form(pattern=r"^\d{0,3}$")] = "",
) -> Response:
    """One step of a document, and back to it."""
    given = {"body": body, "title": title, "text": text, "place": place, "minutes": minutes}
    with request.app.state.readers.desk(signed_in(request)) as shop:
        documents.work(shop, document_id, verb, given)
    return RedirectResponse(f"/documents/{quote(document_id, safe='')}", 303)
