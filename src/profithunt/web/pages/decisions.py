"""What is decided on the pages: one route for one opportunity, one for several; back to where the form came from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from profithunt.api.login import Signed
from profithunt.api.pages import review, today
from profithunt.api.pages.parts import State

router = APIRouter(include_in_schema=False)


def signed_in(request: Request) -> Signed | None:
    """Who is signed in to a team's pages; None on one's own machine."""
    found: Signed | None = getattr(request.state, "signed", None)
    return found


def local(back: str) -> str:
    """An address of this site, and no other."""
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"


def after(back: str, **told: str) -> Response:
    """Back to a page, with what was done in its address."""
    path, _, query = local(back).partition("?")
    params = dict(part.partition("=")[::2] for part in query.split("&") if part)
    state = State(path, {key: value for key, value in params.items() if key not in told})
    address = state.url() if not params else f"{path}?{query}"
    extra = State("", told).url().removeprefix("?")
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{extra}" if extra else address, 303)


@router.post("/opportunities/decide")
def several(
    request: Request,
    verb: Annotated[str, Form()],
    ids: Annotated[list[str] | None, Form(alias="id")] = None,
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Decide on every opportunity that is ticked."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        today.decide(shop, verb, ids or [], {"reason": reason, "text": text, "until": until, "to": to})
    return after(back, did=verb, id=",".join(ids or []))


@router.post("/opportunities/{opportunity_id}/{verb}")
def one(
    request: Request,
    opportunity_id: str,
    verb: str,
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Decide on one opportunity."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        today.decide(shop, verb, [opportunity_id], {"reason": reason, "text": text, "until": until, "to": to})
    return after(back, did=verb, id=opportunity_id)


@router.post("/review/note")
def note(
    request: Request,
    metric: Annotated[str, Form(max_length=300)],
    week: Annotated[str, Form(max_length=10)],
    text: Annotated[str, Form(max_length=5000)] = "",
    back: Annotated[str, Form()] = "/review",
) -> Response:
    """Keep what the owner of a metric says about its week."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        review.write_note(shop, metric, week, text)
    return RedirectResponse(local(back), 303)
