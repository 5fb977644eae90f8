"""The routes under `/api`: each checks the token, calls `Shop.act` once, and answers with what it gives.

A token says who acts and what for: what is not among its scopes, or not allowed to its owner's role, is refused with
403. Every act is on the record under the owner's name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from profithunt.api import Shop
from profithunt.api.act import Act
from profithunt.errors import ActionError, Forbidden, NotFound, ProfithuntError, UsageError
from profithunt.web.rest import asking
from profithunt.web.rest.asking import Id, Limit, Offset, Words

Json = Any
Desk = Callable[[], AbstractContextManager[Shop]]
"""Gives the shop to one request at a time."""


_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "No token, or one that is over."},
    403: {"description": "The token, or the role of its owner, does not allow it."},
    404: {"description": "There is no such thing."},
    409: {"description": "A state, a limit, a conflict or a missing approval holds it back; `do` says what helps."},
}


def status_of(error: ProfithuntError) -> int:
    """The HTTP status of an error of the tree."""
    if isinstance(error, Forbidden):
        return 403
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, ActionError):
        return 409
    return 422 if isinstance(error, UsageError) else 503


class _Route(APIRoute):
    """A route whose errors of the tree become answers: `{error, what, where, expected, do}`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with errors understood."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except ProfithuntError as error:
                return JSONResponse(error.to_json(), status_of(error))

        return handled


_reading = APIRouter(route_class=_Route)
_deciding = APIRouter(route_class=_Route)
_carrying_out = APIRouter(route_class=_Route)
_people = APIRouter(route_class=_Route)
_bearer = HTTPBearer(auto_error=False, description="A token of `profithunt api-token`.")


class Desked:
    """The shop for the time of one call, as the owner of a token works on it; the token counts until then."""

    def __init__(self, desk: Desk, secret: str) -> None:
        self._desk = desk
        self._secret = secret
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Act:
        shop = self._stack.enter_context(self._desk())
        act = shop.act.of_token(self._secret)
        if act is None:
            self._stack.close()
            raise _refusal()
        return act

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _refusal() -> HTTPException:
    return HTTPException(401, "a token is needed", headers={"WWW-Authenticate": "Bearer"})


def _asked(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Desked:
    """Who asks: refused before anything else is looked at."""
    if given is None:
        raise _refusal()
    desk: Desk = request.state.desk
    with Desked(desk, given.credentials):
        return Desked(desk, given.credentials)


Asked = Annotated[Desked, Depends(_asked)]


def rest_router(desk: Desk, *, prefix: str = "/api") -> APIRouter:
    """The routes over a shop; include them in an application."""

    def give(request: Request) -> None:
        request.state.desk = desk

    router = APIRouter(prefix=prefix, responses=_ERRORS, dependencies=[Depends(give)], route_class=_Route)
    for part in (_reading, _deciding, _carrying_out, _people):
        router.include_router(part)
    return router


def _all(found: Sequence[Any]) -> list[Json]:
    return [item.to_json() for item in found]


@_reading.get("/me", tags=["people"])
def me(ask: Asked) -> dict[str, Json]:
    """Who acts with this token, what it may do and within which limits."""
    with ask as act:
        who = act.whoami()
        return {
            "name": who.name,
            "kind": who.kind,
            "role": who.role,
            "may": sorted(who.may),
            "limits": who.limits.to_json(),
            "level": who.level.value if who.is_agent else None,
            "levels": dict(who.levels) if who.is_agent else None,
        }


@_reading.get("/opportunities", tags=["queue"])
def opportunities(
    ask: Asked,
    state: Annotated[list[str] | None, Query(description="States, or `open`.", max_length=20)] = None,
    owner: Words = None,
    assignee: Words = None,
    level: Words = None,
    detector: Words = None,
    q: Words = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Json]:
    """The queue, most money first. Scope: see."""
    with ask as act:
        found = act.list(
            state=state, owner=owner, assignee=assignee, level=level, detector=detector, q=q, limit=limit, offset=offset
        )
        return found.to_json()


@_reading.get("/opportunities/{id}", tags=["queue"])
def opportunity(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002 - the name in the address
    """One opportunity with all that happened to it. Scope: see."""
    with ask as act:
        return act.show(id).to_json()


@_reading.get("/opportunities/{id}/plan", tags=["execution"])
def plan(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """The dry run: the exact difference and what would be sent, with its digest. Scope: see."""
    with ask as act:
        from profithunt.actions.adapters.protocol import Plan

        found = act.execute(id, dry_run=True)
        digest = {"digest": found.digest}
        return {**found.to_json(), **digest} if isinstance(found, Plan) else digest


@_reading.get("/actions/{id}", tags=["execution"])
def action(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """One execution. Scope: see."""
    with ask as act:
        return act.execution(id).to_json()


@_reading.get("/totals", tags=["queue"])
def totals(ask: Asked) -> dict[str, Json]:
    """The queue in figures. Scope: see."""
    with ask as act:
        return act.totals().to_json()


@_reading.get("/outcomes", tags=["execution"])
def outcomes(ask: Asked) -> dict[str, Json]:
    """Realised beside predicted. Scope: see."""
    with ask as act:
        return act.outcomes().to_json()


@_reading.get("/activity", tags=["queue"])
def activity(
    ask: Asked, since: dt.datetime | None = None, subject: Words = None, by: Words = None, limit: Limit = 100
) -> list[Json]:
    """Who did what, the latest last. Scope: see."""
    with ask as act:
        return _all(act.activity(since=since, subject=subject, actor=by, limit=limit))


@_deciding.post("/opportunities", tags=["decisions"], status_code=201)
def propose(ask: Asked, body: asking.Proposal) -> dict[str, Json]:
    """Put something into the queue that no detector found. Scope: propose."""
    with ask as act:
        return act.propose(**body.model_dump()).to_json()


@_deciding.post("/opportunities/{id}/triage", tags=["decisions"])
def triage(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """Take it up. Scope: triage."""
    with ask as act:
        return act.triage(id).to_json()


@_deciding.post("/opportunities/{id}/approve", tags=["decisions"])
def approve(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """Decide for it; `missing` says what it still needs. Scope: approve."""
    with ask as act:
        return act.approve(id).to_json()


@_deciding.post("/opportunities/{id}/reject", tags=["decisions"])
def reject(ask: Asked, id: Id, body: asking.Why) -> dict[str, Json]:  # noqa: A002
    """Decide against it. Scope: reject."""
    with ask as act:
        return act.reject(id, body.reason).to_json()


@_deciding.post("/opportunities/{id}/withdraw", tags=["decisions"])
def withdraw(ask: Asked, id: Id, body: asking.Why) -> dict[str, Json]:  # noqa: A002
    """Take an approval back. Scope: approve."""
    with ask as act:
        return act.withdraw(id, body.reason).to_json()


@_deciding.post("/opportunities/{id}/snooze", tags=["decisions"])
def snooze(ask: Asked, id: Id, body: asking.Until) -> dict[str, Json]:  # noqa: A002
    """Put it off. Scope: triage."""
    with ask as act:
        return act.snooze(id, body.until).to_json()


@_deciding.post("/opportunities/{id}/wake", tags=["decisions"])
def wake(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """Take up again what was snoozed. Scope: triage."""
    with ask as act:
        return act.wake(id).to_json()


@_deciding.post("/opportunities/{id}/reopen", tags=["decisions"])
def reopen(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """Decide anew. Scope: triage."""
    with ask as act:
        return act.reopen(id).to_json()


@_deciding.post("/opportunities/{id}/assign", tags=["decisions"])
def assign(ask: Asked, id: Id, body: asking.To) -> dict[str, Json]:  # noqa: A002
    """Give it to somebody. Scope: assign."""
    with ask as act:
        return act.assign(id, body.to).to_json()


@_deciding.post("/opportunities/{id}/comment", tags=["decisions"])
def comment(ask: Asked, id: Id, body: asking.Said) -> dict[str, Json]:  # noqa: A002
    """Say something about it. Scope: comment."""
    with ask as act:
        return act.comment(id, body.text).to_json()


@_deciding.post("/opportunities/{id}/params", tags=["decisions"])
def params(ask: Asked, id: Id, body: asking.Params) -> dict[str, Json]:  # noqa: A002
    """Say how it is to be carried out. Scope: propose."""
    with ask as act:
        return act.set_params(id, body.params).to_json()


@_deciding.post("/opportunities/{id}/document", tags=["decisions"])
def document(ask: Asked, id: Id, body: asking.Rest) -> dict[str, Json]:  # noqa: A002
    """Rest it on a document. Scope: document."""
    with ask as act:
        return act.attach(id, body.document).to_json()


@_carrying_out.post("/opportunities/{id}/execute", tags=["execution"])
def execute(ask: Asked, id: Id, body: asking.Go | None = None) -> dict[str, Json]:  # noqa: A002
    """Carry it out, once; with `digest`, only the plan that was looked at. Scope: execute."""
    with ask as act:
        return act.execute(id, digest=None if body is None else body.digest).to_json()


@_carrying_out.post("/opportunities/{id}/confirm", tags=["execution"])
def confirm(ask: Asked, id: Id) -> dict[str, Json]:  # noqa: A002
    """Say that it arrived. Scope: execute."""
    with ask as act:
        return act.confirm(id).to_json()


@_carrying_out.post("/opportunities/{id}/undo", tags=["execution"])
def undo(ask: Asked, id: Id, body: asking.MaybeWhy | None = None) -> dict[str, Json]:  # noqa: A002
    """Put the former values back, once. Scope: undo."""
    with ask as act:
        return act.undo(id, "" if body is None else body.reason).to_json()


@_carrying_out.post("/opportunities/{id}/measure", tags=["execution"])
def measure(ask: Asked, id: Id, body: asking.Brought | None = None) -> dict[str, Json]:  # noqa: A002
    """Measure what it brought, or say it. Scope: execute."""
    with ask as act:
        said: Mapping[str, Json] = {} if body is None else body.model_dump(exclude_none=True)
        return act.measure(id, **said).to_json()


@_people.get("/users", tags=["people"])
def users(ask: Asked) -> list[Json]:
    """Who may act. Scope: see."""
    with ask as act:
        return _all(act.users())


@_people.put("/users/{name}", tags=["people"])
def put_user(ask: Asked, name: Id, body: asking.Person) -> dict[str, Json]:
    """Add or change a person or an agent. Scope: manage."""
    with ask as act:
        said = body.model_dump(exclude={"kind"})
        return act.set_user(name, agent=body.kind == "agent", **said).to_json()


@_people.get("/tokens", tags=["people"])
def tokens(ask: Asked) -> list[Json]:
    """One's own tokens; all for who may manage. Scope: see."""
    with ask as act:
        return _all(act.tokens())


@_people.post("/tokens", tags=["people"], status_code=201)
def issue(ask: Asked, body: asking.NewToken) -> dict[str, Json]:
    """Make a token; its secret is in this answer alone. Scope: manage."""
    with ask as act:
        act.whoami().must("manage")
        return act.issue_token(**body.model_dump()).to_json()


@_people.delete("/tokens/{id}", tags=["people"], status_code=204)
def revoke(ask: Asked, id: Id) -> Response:  # noqa: A002
    """End a token. Scope: see, for one's own; manage for others'."""
    with ask as act:
        act.revoke_token(id)
        return Response(status_code=204)
