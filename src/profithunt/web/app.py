"""The application: middleware, pages with their JSON twins, tables, charts, static files, mistakes."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

import profithunt
from profithunt.api.login import Signed
from profithunt.api.pages import catalogue
from profithunt.api.pages.charts import FORMATS, picture, specification
from profithunt.api.pages.parts import State, plain
from profithunt.api.pages.reader import OnRun, Readers
from profithunt.api.pages.tables import write_table
from profithunt.errors import Forbidden, NotFound, ProfithuntError, Stopped, UsageError
from profithunt.web import rendering
from profithunt.web.pages.decisions import local, signed_in
from profithunt.web.security import LOOPBACK, Guard

T = TypeVar("T")

STATIC: Final = Path(str(files("profithunt.web") / "static"))
FOREVER: Final = "public, max-age=31536000, immutable"
STATUS: Final = ((NotFound, 404), (Forbidden, 403), (Stopped, 409), (UsageError, 400))
"""Which answer a mistake gets; what is none of these is the server's own."""
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
}


class Assets:
    """Addresses of static files with a hash of their bytes, so that browsers may keep them for ever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The address of a file."""
        if name not in self._known:
            digest = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:12]
            self._known[name] = f"/static/{name}?v={digest}"
        return self._known[name]


class Kept(StaticFiles):
    """Static files that browsers keep for ever when asked for by their hash."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        """The file, marked."""
        response = super().file_response(*args, **more)
        scope = next(part for part in args if isinstance(part, dict))
        response.headers["cache-control"] = FOREVER if b"v=" in scope.get("query_string", b"") else "no-cache"
        return response


def create(folder: str | Path, *, hosts: frozenset[str] | None = None, team: bool = False) -> FastAPI:
    """The application over a shop's folder; a team's lets nobody in who has not signed in."""
    readers = Readers(folder, warm)

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        readers.close()

    app = FastAPI(
        title="profithunt",
        version=profithunt.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=life,
    )
    app.state.readers = readers
    rendering.environment().globals["asset"] = Assets(STATIC)
    app.mount("/static", Kept(directory=STATIC), name="static")
    _mistakes(app)
    from profithunt.web import pages
    from profithunt.web.rest import rest_router

    pages.include(app)
    app.include_router(rest_router(readers.desk))
    for source in catalogue.PAGES:
        _page(app, source)
    _tables(app)
    _charts(app)
    app.state.team = team
    if team:
        from profithunt.api.login import Patience
        from profithunt.web.login import Login, router

        app.state.patience = Patience()
        app.include_router(router)
        app.add_middleware(Login, readers=readers)
    app.add_middleware(Guard, hosts=hosts or LOOPBACK)
    return app


def warm(readers: Readers, on: OnRun) -> None:
    """Read and render what most readers will ask for first: every page as its menu entry links to it."""
    for source in catalogue.PAGES:
        if "{" in source.path or not source.ahead or readers.closing:
            continue
        state = State(source.path)
        with contextlib.suppress(ProfithuntError):
            body(readers, on, source, state)
            for chart in catalogue.charts_of(context(readers, on, source, state)):
                _specified(on, chart.name, State(chart.href.partition("?")[0]), "light", narrow=False)
    with contextlib.suppress(ProfithuntError):
        for source, state in on.read("examples", lambda shop: tuple(catalogue.examples(shop))):
            if not readers.closing:
                body(readers, on, source, state)


def readers_of(request: Request) -> Readers:
    """The readers of the application."""
    found: Readers = request.app.state.readers
    return found


def state_of(request: Request, path: str | None = None) -> State:
    """Path and parameters of a request, those in the path included. The last of several of a name counts."""
    given = {**dict(request.query_params), **{key: str(value) for key, value in request.path_params.items()}}
    return State(path or request.url.path, given, frozenset(request.path_params))


def frame_of(on: OnRun, user: str = "") -> rendering.Frame:
    """What stands around the pages of a run."""
    info = on.run.info
    shop = on.config.shop
    now = dt.datetime.now(tz=dt.UTC)
    age = rendering.age_in_days(info["finished_at"], now)
    return rendering.Frame(shop.name, shop.currency, info["as_of"], on.run.run_id, info["finished_at"], age, user)


def context(
    readers: Readers, on: OnRun, source: catalogue.PageSource, state: State, signed: Signed | None = None
) -> Any:
    """What a page says, read once a run and state; a live page once a decision, too."""
    if not source.live:
        return on.read(("page", source.name, state.path, state.key), lambda shop: source.read(shop, state))
    key = _lively(readers)
    if key is None:
        with readers.desk(signed) as shop:
            return source.read(shop, state)

    def made() -> Any:
        with readers.desk(signed) as shop:
            return source.read(shop, state)

    return on.keep(("page", source.name, state.path, state.key, signed, key), made)


def _lively(readers: Readers) -> tuple[float, ...] | None:
    """What a live page depends on beside its run: the decisions stored, and the hour."""
    decided = readers.decided
    return None if decided is None else (*decided, time.time() // 600)


def body(
    readers: Readers, on: OnRun, source: catalogue.PageSource, state: State, signed: Signed | None = None
) -> bytes:
    """A page as bytes, rendered once a run, state and age; a live page once a decision, too."""
    frame = frame_of(on, signed.user if signed is not None else "")
    template = f"{source.template}.html.j2"

    def made() -> bytes:
        page = context(readers, on, source, state, signed)
        if getattr(page, "working", False):
            raise _Working(page)
        return drawn(page)

    def drawn(page: Any) -> bytes:
        text = rendering.render(template, frame, state, page=page, section=source.section, title=source.title)
        return text.encode()

    key: tuple[Any, ...] = ("html", source.name, state.path, state.key, frame.stale_days, signed)
    if source.live:
        lively = _lively(readers)
        if lively is None:
            return made()
        key = (*key, lively)
    try:
        return on.keep(key, made)
    except _Working as still:
        return drawn(still.page)


class _Working(Exception):
    """A page whose answer is still being worked out: shown, and not kept."""

    def __init__(self, page: Any) -> None:
        self.page = page


def _page(app: FastAPI, source: catalogue.PageSource) -> None:
    """The address of a page, and that of its JSON twin."""

    def html(request: Request) -> Response:
        readers = readers_of(request)
        if not readers.has_run:
            return RedirectResponse("/start", 303)
        with readers.using() as on:
            return _answer(request, body(readers, on, source, state_of(request), signed_in(request)), on.run.run_id)

    def twin(request: Request) -> Response:
        readers = readers_of(request)
        with readers.using() as on:
            state = state_of(request, request.url.path.removesuffix(".json") or "/")
            return JSONResponse(
                {"run_id": on.run.run_id, "page": plain(context(readers, on, source, state, signed_in(request)))}
            )

    address = "/today" if source.path == "/" else source.path
    app.add_api_route(f"{address}.json", twin, methods=["GET"], include_in_schema=False, name=f"{source.name}.json")
    app.add_api_route(
        source.path, html, methods=["GET"], include_in_schema=False, name=source.name, response_class=HTMLResponse
    )


def _answer(request: Request, content: bytes, run_id: str) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "HX-Request", "x-run": run_id}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(content, headers=headers)


def _tables(app: FastAPI) -> None:
    def export(request: Request, name: str, format_: str) -> Response:
        source = catalogue.TABLES.get(name)
        if source is None:
            raise NotFound(f"there is no table {name!r}", do=f"there are: {', '.join(sorted(catalogue.TABLES))}")
        state = state_of(request)
        live = name in catalogue.LIVE_TABLES

        def write(path: Path) -> Path:
            return _with_shop(request, lambda shop: write_table(shop, state, name, source, format_, path), live=live)

        return _file(
            write,
            f"{name.replace('.', '-')}.{format_}",
            format_,
        )

    app.add_api_route("/tables/{name}.{format_}", export, methods=["GET"], include_in_schema=False, name="table")


def _with_shop(request: Request, work: Callable[[Any], T], *, live: bool = False) -> T:
    if live:
        with readers_of(request).desk(signed_in(request)) as shop:
            return work(shop)
    with readers_of(request).using() as on, on.shop() as shop:
        return work(shop)


def _file(write: Callable[[Path], Any], name: str, format_: str) -> Response:
    """A file that is written for this answer, and removed after it."""
    folder = tempfile.TemporaryDirectory(prefix="profithunt-")
    path = Path(folder.name) / name
    try:
        write(path)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, media_type=TYPES[format_], filename=name, background=BackgroundTask(folder.cleanup))


def _specified(on: OnRun, name: str, state: State, theme: str, *, narrow: bool) -> bytes:
    def made() -> bytes:
        import json

        drawn = specification(_chart(on, name, state), on.config.shop.currency, theme, narrow=narrow)
        return json.dumps(plain(drawn), ensure_ascii=False, separators=(",", ":")).encode()

    return on.keep(("spec", name, state.key, theme, narrow), made)


def _chart(on: OnRun, name: str, state: State) -> Any:
    source = catalogue.CHARTS.get(name)
    if source is None:
        raise NotFound(f"there is no chart {name!r}", do=f"there are: {', '.join(sorted(catalogue.CHARTS))}")
    return on.read(("chart", name, state.key), lambda shop: source(shop, state))


def _charts(app: FastAPI) -> None:
    def chart(request: Request, name: str, format_: str) -> Response:
        state = state_of(request)
        theme = state.get("theme", "light")
        narrow = state.get("narrow") == "1"
        bare = State(
            state.path,
            {key: value for key, value in state.params.items() if key not in ("theme", "narrow", "name", "format_")},
        )
        with readers_of(request).using() as on:
            if format_ == "json":
                return Response(
                    _specified(on, name, bare, theme, narrow=narrow),
                    media_type="application/json",
                    headers={"cache-control": "private, no-cache"},
                )
            if format_ not in FORMATS:
                raise UsageError(f"there is no format {format_!r}", do=f"there are: json, {', '.join(FORMATS)}")
            found = _chart(on, name, bare)
            currency = on.config.shop.currency
            file = f"{name.replace('.', '-')}.{format_}"
            if format_ in ("csv", "parquet"):
                return _file(
                    lambda path: _with_shop(request, lambda shop: catalogue.write_rows(shop, found, format_, path)),
                    file,
                    format_,
                )
            data = on.keep(
                ("picture", name, bare.key, theme, narrow, format_),
                lambda: picture(found, currency, format_, theme, narrow=narrow),
            )
        return Response(
            data, media_type=TYPES[format_], headers={"content-disposition": f'attachment; filename="{file}"'}
        )

    app.add_api_route("/charts/{name}.{format_}", chart, methods=["GET"], include_in_schema=False, name="chart")


def _before(request: Request) -> str:
    """Where to try again: the same page, or for what was sent from a form the page with the form."""
    if request.method == "GET":
        return state_of(request).url()
    found = urlsplit(request.headers.get("referer", ""))
    if found.netloc != request.headers.get("host") or not found.path.startswith("/"):
        return "/"
    return local(f"{found.path}?{found.query}" if found.query else found.path)


def _mistakes(app: FastAPI) -> None:
    """Every mistake says what failed, what was expected and what to do; in the form that was asked for."""

    def said(request: Request, status: int, error: Exception, hint: str) -> Response:
        if request.url.path.endswith(".json") or request.url.path.startswith("/api/"):
            return JSONResponse({"error": {"status": status, "message": str(error), "do": hint}}, status)
        readers = readers_of(request)
        frame = None
        with contextlib.suppress(ProfithuntError, OSError, ValueError), readers.using() as on:
            signed = signed_in(request)
            frame = frame_of(on, signed.user if signed is not None else "")
        text = rendering.render(
            "error.html.j2",
            frame,
            state_of(request),
            status=status,
            message=str(error),
            do=hint,
            again=_before(request),
            section="",
            title="Not found" if status == 404 else "That did not work",
        )
        return HTMLResponse(text, status)

    def known(request: Request, error: Exception) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return said(request, status, error, "")

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = "there is no such page" if status == 404 else str(getattr(error, "detail", error))
        return said(request, status, NotFound(text, do="take one of the menu"), "")

    def unknown(request: Request, error: Exception) -> Response:
        return said(request, 500, RuntimeError(f"something went wrong that nobody foresaw: {type(error).__name__}"), "")

    app.add_exception_handler(ProfithuntError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unknown)
