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

from profithunt.api import login, sign_on
from profithunt.api.pages.parts import State
from profithunt.errors import Forbidden, NotFound, ProfithuntError
from profithunt.web.pages.decisions import local
from profithunt.web.rendering import render
from profithunt.web.security import App, Receive, Scope, Send

if TYPE_CHECKING:
    from profithunt.api.pages.reader import Readers
    from profithunt.config import SignOn

COOKIE: Final = "profithunt_session"
BINDING: Final = "profithunt_sign_in"
"""What the browser keeps between going to the identity provider and coming back."""
PROVIDER: Final = "/login/provider"
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


def _settings(request: Request) -> SignOn:
    with request.app.state.readers.desk() as shop:
        found: SignOn = shop.config.sign_on
        return found


def _page(request: Request, back: str, error: str = "", name: str = "", status: int = 200) -> Response:
    settings = _settings(request)
    text = render(
        "login.html.j2",
        None,
        State("/login"),
        title="Sign in",
        section="",
        back=local(back),
        error=error,
        name=name,
        provider=settings.label if settings.issuer else "",
        passwords=settings.passwords or not settings.issuer,
    )
    return HTMLResponse(text, status, headers={"cache-control": "no-store"})


@router.get("/login")
def form(request: Request, back: str = "/") -> Response:
    """The form."""
    return _page(request, back)


@router.get("/login/provider")
def to_provider(request: Request, back: str = "/") -> Response:
    """Off to the identity provider."""
    try:
        sent = _door(request).begin(local(back), _comes_back_to(request))
    except ProfithuntError as error:
        return _page(request, back, str(error), status=502)
    answer = RedirectResponse(sent.url, 303, headers={"cache-control": "no-store"})
    answer.set_cookie(
        BINDING,
        sent.binding,
        max_age=sign_on.MINUTES * 60,
        httponly=True,
        samesite="lax",
        secure=_is_private(request),
        path=PROVIDER,
    )
    return answer


@router.get("/login/provider/back")
def from_provider(request: Request) -> Response:
    """Back from the identity provider, with who it is."""
    back = "/"
    try:
        person, back = _door(request).finish(dict(request.query_params), request.cookies.get(BINDING, ""))
        with request.app.state.readers.desk() as shop:
            session = sign_on.let_in(shop, person)
    except ProfithuntError as error:
        return _page(request, back, str(error), status=403)
    answer = _signed_in(request, session, back)
    answer.delete_cookie(BINDING, path=PROVIDER)
    return answer


def _door(request: Request) -> sign_on.SignOn:
    """The door of the provider that the settings name. Raises NotFound where they name none."""
    settings = _settings(request)
    if not settings.issuer:
        raise NotFound("no identity provider is set up", do="set issuer in [sign_on] of shop.toml")
    found: sign_on.SignOn | None = getattr(request.app.state, "sign_on", None)
    if found is None or found.settings != settings:
        found = request.app.state.sign_on = sign_on.SignOn(settings)
    return found


def _comes_back_to(request: Request) -> str:
    asked = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (_settings(request).address or asked).rstrip("/") + f"{PROVIDER}/back"


def _is_private(request: Request) -> bool:
    return request.url.scheme == "https" or (_settings(request).address or "").startswith("https://")


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
            if shop.config.sign_on.issuer and not shop.config.sign_on.passwords:
                raise Forbidden("passwords are not taken here", do="sign in through the provider")
            session = login.sign_in(shop, name.strip(), password, request.app.state.patience)
    except ProfithuntError as error:
        return _page(request, back, str(error), name, 403)
    return _signed_in(request, session, back)


def _signed_in(request: Request, session: login.Session, back: str) -> Response:
    answer = RedirectResponse(local(back), 303)
    answer.set_cookie(
        COOKIE,
        session.secret,
        max_age=login.HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=_is_private(request),
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
