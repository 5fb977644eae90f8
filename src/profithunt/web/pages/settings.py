"""What is changed in the settings: people and agents, their passwords, tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from profithunt.api import login
from profithunt.api.pages import settings
from profithunt.api.pages.parts import State
from profithunt.web.pages.decisions import signed_in
from profithunt.web.rendering import render

router = APIRouter(include_in_schema=False)
BACK = "/settings"


@router.post("/settings/users")
def user(
    request: Request,
    name: Annotated[str, Form(max_length=120)],
    role: Annotated[str, Form(max_length=60)],
    kind: Annotated[str, Form(pattern="^(person|agent)$")] = "person",
    active: Annotated[str, Form(pattern="^(yes|no)$")] = "yes",
) -> Response:
    """Add somebody, or change their role."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        shop.act.set_user(name.strip(), role=role, agent=kind == "agent", active=active == "yes")
    return RedirectResponse(BACK, 303)


@router.post("/settings/password")
def password(
    request: Request, name: Annotated[str, Form(max_length=120)], password: Annotated[str, Form(max_length=1000)]
) -> Response:
    """Give somebody a password."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        login.set_password(shop, name.strip(), password)
    return RedirectResponse(BACK, 303)


@router.post("/settings/tokens")
def token(
    request: Request,
    owner: Annotated[str, Form(max_length=120)],
    label: Annotated[str, Form(max_length=120)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    days: Annotated[int, Form(ge=1, le=3650)] = 90,
) -> Response:
    """Make a token; the answer shows its secret, this once."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        made = settings.issue(shop, owner, label, tuple(scopes or ("see",)), days)
    text = render("token.html.j2", None, State(BACK), title="Token", section="settings", made=made)
    return HTMLResponse(text, headers={"cache-control": "no-store"})


@router.post("/settings/tokens/revoke")
def revoke(request: Request, id_: Annotated[str, Form(alias="id", max_length=40)]) -> Response:
    """End a token at once."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        shop.act.revoke_token(id_)
    return RedirectResponse(BACK, 303)
