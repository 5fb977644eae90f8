"""The first start: files, mapping, run with progress; lands on Today. Forms do; with scripts it goes by itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from profithunt.api.first_start import FirstStart, options
from profithunt.api.pages.parts import State
from profithunt.errors import ProfithuntError
from profithunt.web.pages.decisions import signed_in
from profithunt.web.rendering import render

router = APIRouter(include_in_schema=False)
SOURCE = "s"


def _begun(request: Request) -> FirstStart:
    state = request.app.state
    if state.team:
        with state.readers.desk(signed_in(request)) as shop:
            shop.act.whoami().must("manage")
    if not hasattr(state, "first_start"):
        state.first_start = FirstStart(state.readers.folder)
    found: FirstStart = state.first_start
    return found


def _page(template: str, title: str, status: int = 200, **context: Any) -> Response:
    return HTMLResponse(
        render(template, None, State("/start"), title=title, section="start", **context),
        status,
        headers={"cache-control": "no-store"},
    )


@router.get("/start")
def files(request: Request, error: str = "") -> Response:
    """Which files the shop has."""
    begun = _begun(request)
    if begun.status.state == "running":
        return RedirectResponse("/start/run", 303)
    if request.app.state.readers.has_run:
        return RedirectResponse("/", 303)
    return _page(
        "start.html.j2", "First start", files=begun.files(), error=error, has_shop=request.app.state.readers.has_shop
    )


@router.post("/start/files")
def upload(request: Request, files: Annotated[list[UploadFile], File()]) -> Response:
    """Take files over."""
    begun = _begun(request)
    try:
        for item in files:
            if item.filename:
                begun.add(item.filename, item.file)
    except ProfithuntError as error:
        return _page("start.html.j2", "First start", 400, files=begun.files(), error=str(error), has_shop=False)
    return RedirectResponse("/start/mapping" if begun.files() else "/start", 303)


@router.post("/start/remove")
def remove(request: Request, name: Annotated[str, Form()]) -> Response:
    """Forget a file."""
    _begun(request).remove(name)
    return RedirectResponse("/start", 303)


@router.get("/start/mapping")
def mapping(request: Request) -> Response:
    """What the files mean, as far as they say."""
    return _mapping(request, "")


def _mapping(request: Request, error: str) -> Response:
    begun = _begun(request)
    try:
        found = begun.proposed()
    except ProfithuntError as problem:
        return _page("start.html.j2", "First start", 400, files=begun.files(), error=str(problem), has_shop=False)
    sources = [
        {"number": number, "source": source, "options": options(source), "raw": begun.raw_columns(source)}
        for number, source in enumerate(found.sources)
    ]
    return _page(
        "mapping.html.j2", "What the files mean", 400 if error else 200, found=found, sources=sources, error=error
    )


@router.post("/start/mapping")
async def correct(request: Request) -> Response:
    """Write the mapping as it was corrected, and begin the run."""
    form = await request.form()
    changes: dict[tuple[int, str], str] = {}
    settings: dict[str, str] = {}
    for key, value in form.items():
        kind, _, rest = key.partition(".")
        number, _, column = rest.partition(".")
        if kind == SOURCE and number.isdecimal() and isinstance(value, str) and value:
            changes[int(number), column] = value
        elif kind == "shop" and isinstance(value, str):
            settings[rest] = value.strip()
    begun = _begun(request)
    try:
        begun.correct(changes, settings)
        begun.start()
    except ProfithuntError as error:
        return _mapping(request, str(error))
    return RedirectResponse("/start/run", 303)


@router.post("/start/run")
def run(request: Request) -> Response:
    """Begin the run again."""
    _begun(request).start()
    return RedirectResponse("/start/run", 303)


@router.get("/start/run")
def progress(request: Request) -> Response:
    """Where the run is; Today once it is through."""
    begun = _begun(request)
    status = begun.status
    if status.state == "done" or (status.state == "idle" and request.app.state.readers.has_run):
        return RedirectResponse("/", 303)
    return _page("running.html.j2", "First run", run=status)
