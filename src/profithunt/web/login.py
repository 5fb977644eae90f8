"""A team's pages: nothing but the sign-in without a session; who is signed in is who acts.

The session's secret is in a cookie that scripts can't read and other sites don't send. `/api` has tokens of its own.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from profithunt.api import login
from profithunt.api.pages.parts import State
from profithunt.errors import ProfithuntError
from profithunt.web.pages.decisions import local
from profithunt.web.rendering import render
from profithunt.web.security import App, Receive, Scope, Send

if TYPE_CHECKING:
    from profithunt.api.pages.reader import Readers

COOKIE: Final = "profithunt_session"
OPEN: Final = ("/login", "/static/", "/api/")

router = APIRouter(include_in_schema=False)


class Login:
    """Lets nobody in without a session; says to what is inside who it is."""

    def __init__(self, app: App, readers: Readers) -> None:
        self.app = app
        self.readers = readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its user, or send it to sign in."""
        if scope["type"] != "http" or scope["path"].startswith(OPEN):
            await self.app(scope, receive, send)
            return
        found = await run_in_threadpool(self._who, dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
        if found is None:
            await _refuse(scope)(scope, receive, send)
            return
        scope.setdefault("state", {})["signed"] = found
        await self.app(scope, receive, send)

    def _who(self, header: str) -> login.Signed | None:
        secret = secret_of(header)
        if not secret:
            return None
        with self.readers.desk() as shop:
            return login.signed(shop, secret)


def secret_of(header: str) -> str:
    """The session's secret in a Cookie header; empty where there is none."""
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def _refuse(scope: Scope) -> Response:
    path = scope["path"]
    if path.endswith(".json") or scope["method"] != "GET":
        return JSONResponse(
            {"error": {"status": 401, "message": "nobody is signed in", "do": "sign in at /login"}}, 401
        )
    query = scope.get("query_string", b"").decode("latin-1")
    return RedirectResponse(f"/login?back={quote(path + ('?' + query if query else ''), safe='')}", 303)


def _page(back: str, error: str = "", name: str = "", status: int = 200) -> Response:
    text = render(
        "login.html.j2", None, State("/login"), title="Sign in", section="", back=local(back), error=error, name=name
    )
    return HTMLResponse(text, status, headers={"cache-control": "no-store"})


@router.get("/login")
def form(back: str = "/") -> Response:
    """The form."""
    return _page(back)


@router.post("/login")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=120)],
    password: Annotated[str, Form(max_length=1000)],
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in, and go where one was going."""
    try:
        with request.app.state.readers.desk() as shop:
            session = login.sign_in(shop, name.strip(), password, request.app.state.patience)
    except ProfithuntError as error:
        return _page(back, str(error), name, 403)
    answer = RedirectResponse(local(back), 303)
    answer.set_cookie(
        COOKIE,
        session.secret,
        max_age=login.HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


@router.post("/login/out")
def sign_out(request: Request) -> Response:
    """Sign out: the session is over, also where its cookie was copied to."""
    secret = request.cookies.get(COOKIE)
    if secret:
        with request.app.state.readers.desk() as shop:
            login.sign_out(shop, secret)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer
