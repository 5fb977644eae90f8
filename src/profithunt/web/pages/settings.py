"""What is changed in the settings: people and agents, passwords, tokens; limits, thresholds, adapters, rules."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from profithunt.api import login, sign_on
from profithunt.api.pages import settings
from profithunt.api.pages.parts import State
from profithunt.web.pages.decisions import local, signed_in
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


@router.post("/settings/let-go")
def let_go(request: Request, name: Annotated[str, Form(max_length=120)]) -> Response:
    """Free a name from who signs in under it through the provider."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        sign_on.let_go(shop, name.strip())
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


@router.post("/settings/edit/{about}/{subject:path}")
async def setting(request: Request, about: str, subject: str) -> Response:
    """Set one thing; what is wrong is said beside its field, and nothing is changed then."""
    form = await request.form()
    typed = {key: value for key, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_set, request, about, subject, typed)


def _set(request: Request, about: str, subject: str, typed: dict[str, str]) -> Response:
    from profithunt.web.app import frame_of

    readers = request.app.state.readers
    signed = signed_in(request)
    with readers.desk(signed) as shop:
        kept = shop.settings.change(about, subject, typed)
        if not kept.mistakes:
            return RedirectResponse(BACK, 303)
        page = settings.setting_page(shop, kept.form)
    with readers.using() as on:
        frame = frame_of(on, signed.user if signed is not None else "")
    state = State(f"{BACK}/edit/{about}/{quote(subject, safe='')}")
    text = render("setting.html.j2", frame, state, title="Setting", section="settings", page=page)
    return HTMLResponse(text, 422, headers={"cache-control": "no-store"})


@router.post("/settings/undo")
def undo(
    request: Request, seq: Annotated[int, Form(ge=1)], back: Annotated[str, Form(max_length=500)] = BACK
) -> Response:
    """Put back what was before a change."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        shop.settings.undo(seq)
    return RedirectResponse(local(back), 303)


@router.post("/settings/rules")
def rule(
    request: Request,
    name: Annotated[str, Form(max_length=60)],
    verb: Annotated[str, Form(pattern="^(pause|resume)$")],
) -> Response:
    """Stop a rule, or let it go on."""
    with request.app.state.readers.desk(signed_in(request)) as shop:
        (shop.automation.pause if verb == "pause" else shop.automation.resume)(name)
    return RedirectResponse(BACK, 303)
