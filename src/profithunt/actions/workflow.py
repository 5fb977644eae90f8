"""Durable execution: DBOS Transact keeps in the store's own database how far each execution has come.

A workflow is one execution (or one undo) of one action, named after it: of several who start it at once, in threads or
in processes, one runs and the others wait for its result. Its steps are those of `execution`. When a process dies, the
next one that starts (or one that is running) takes over what it left: it is known to be dead when its process is gone
from this machine, or, on another machine, when it has not given a sign of life for a while.

DBOS takes about a second to load: import this module only where something is carried out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos._serialization import Serializer

from profithunt.actions import execution
from profithunt.actions.execution import Hands
from profithunt.actions.store import Store
from profithunt.actions.store.tables import actions, workers
from profithunt.errors import ActionError, DeliveryError, RunError

Json = Any
VERSION: Final = "1"
"""Version of the workflows' steps: what an older process left half done, a newer one of the same version finishes."""
BEAT_SECONDS: Final = 2.0
SILENT_SECONDS: Final = 30.0
TRIES: Final = 2
FIRST_WAIT_SECONDS: Final = 1.0
_LOCK: Final = threading.RLock()


class Plain(Serializer):
    """What DBOS keeps, as JSON: nothing in the database can become code."""

    def name(self) -> str:
        """Its name in DBOS's tables."""
        return "profithunt_json"

    def serialize(self, data: Json) -> str:
        """To text."""
        return json.dumps(data, default=_said)

    def deserialize(self, serialized_data: str) -> Json:
        """From text; what was an error is one again."""
        return json.loads(serialized_data, object_hook=_meant)


def _said(value: object) -> Json:
    if isinstance(value, BaseException):
        return {"__error__": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _meant(value: dict[str, Json]) -> Json:
    return ActionError(value["__error__"]) if set(value) == {"__error__"} else value


class _Running:
    """What runs in this process: one store at a time."""

    hands: Hands | None = None
    worker: str = ""
    users: int = 0
    stop: threading.Event = threading.Event()
    beat: threading.Thread | None = None


_now_running = _Running()


def _hands() -> Hands:
    if _now_running.hands is None:
        raise RunError("nothing is being carried out in this process")
    return _now_running.hands


def _again(error: BaseException) -> bool:
    return isinstance(error, DeliveryError) and error.retry


_patient: Final[dict[str, Any]] = {
    "retries_allowed": True,
    "max_attempts": TRIES,
    "interval_seconds": FIRST_WAIT_SECONDS,
    "backoff_rate": 2.0,
    "should_retry": _again,
}


@DBOS.step(name="prepare")
def _prepare(action_id: str) -> str:
    hands = _hands()
    return execution.attempt(
        lambda: execution.prepare(hands, action_id), lambda reason: execution.fail(hands, action_id, reason)
    )


@DBOS.step(name="send", **_patient)
def _send(action_id: str) -> str:
    hands = _hands()
    return execution.attempt(
        lambda: execution.send(hands, action_id), lambda reason: execution.fail(hands, action_id, reason)
    )


@DBOS.step(name="settle")
def _settle(action_id: str) -> str:
    with contextlib.suppress(DeliveryError):
        execution.settle(_hands(), action_id)
    return "settled"


@DBOS.step(name="stall")
def _stall(action_id: str, turn: int, reason: str) -> str:
    execution.stall(_hands(), action_id, turn, reason)
    return "stalled"


@DBOS.step(name="take_back", **_patient)
def _take_back(action_id: str) -> str:
    hands = _hands()
    return execution.attempt(
        lambda: execution.undo(hands, action_id), lambda reason: execution.undo_failed(hands, action_id, reason)
    )


@DBOS.workflow(name="carry_out", max_recovery_attempts=1_000)
def _carry_out(action_id: str, turn: int) -> str:
    """Prepare, send, settle: each once."""
    if _prepare(action_id) == "failed":
        return "failed"
    try:
        sent = _send(action_id)
    except Exception as error:  # noqa: BLE001 - whatever the last try said, it is kept and the action left as it is
        return _stall(action_id, turn, _reason(error))
    if sent != "failed":
        _settle(action_id)
    return sent


@DBOS.workflow(name="undo", max_recovery_attempts=1_000)
def _undo(action_id: str, turn: int) -> str:
    """Put the former values back, once."""
    try:
        return _take_back(action_id)
    except Exception as error:  # noqa: BLE001 - the same
        return _stall(action_id, turn, _reason(error))


def _reason(error: BaseException) -> str:
    """What the last of several tries said."""
    tried = getattr(error, "errors", None)
    return str(tried[-1] if tried else error)


@contextlib.contextmanager
def running(hands: Hands) -> Iterator[None]:
    """Carry out actions of a store in this process; nested uses share it. Takes over what dead processes left.

    A process serves one store at a time: raises RunError while another one is served.
    """
    start(hands)
    try:
        yield
    finally:
        stop()


def start(hands: Hands) -> None:
    """Begin to carry out actions of a store in this process. Raises RunError while another store is served."""
    with _LOCK:
        if _now_running.users:
            if _now_running.hands is None or _now_running.hands.store.url != hands.store.url:
                raise RunError("this process carries out the actions of another shop", do="use a process for each shop")
            _now_running.users += 1
            return
        _launch(hands)
        _now_running.users = 1


def stop() -> None:
    """End it, when the last one who asked for it has done."""
    with _LOCK:
        _now_running.users -= 1
        if _now_running.users:
            return
        _now_running.stop.set()
        if _now_running.beat is not None:
            _now_running.beat.join()
        store = _now_running.hands.store if _now_running.hands is not None else None
        DBOS.destroy()
        if store is not None:
            with store.writing() as connection:
                connection.execute(sa.update(workers).where(workers.c.id == _now_running.worker).values(ended=True))
        _now_running.hands, _now_running.beat = None, None


def _launch(hands: Hands) -> None:
    store = hands.store
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    config: DBOSConfig = {
        "name": "profithunt",
        "system_database_url": store.url.replace("+psycopg", ""),
        "application_version": VERSION,
        "executor_id": worker,
        "log_level": "CRITICAL",
        "serializer": Plain(),
        "notification_listener_polling_interval_sec": 0.05 if store.is_sqlite else 1.0,
    }
    _now_running.hands, _now_running.worker, _now_running.stop = hands, worker, threading.Event()
    with store.writing() as connection:
        connection.execute(
            sa.insert(workers).values(
                id=worker, host=socket.gethostname(), pid=os.getpid(), born=_born(os.getpid()), beat_at=_clock(),
                ended=False, heir=None,
            )
        )  # fmt: skip
    DBOS(config=config)
    DBOS.launch()
    take_over(store)
    _now_running.beat = threading.Thread(target=_beat, args=(store,), name="profithunt-beat", daemon=True)
    _now_running.beat.start()


def carry_out(action_id: str) -> str:
    """Run the execution of an action to its end, or wait for whoever runs it.

    Gives the state of its receipt, or failed (it was refused) or stalled (nobody answered).
    """
    turn = _turn(action_id)
    with SetWorkflowID(f"execute:{action_id}:{turn}"):
        return str(DBOS.start_workflow(_carry_out, action_id, turn).get_result(polling_interval_sec=0.05))


def take_back(action_id: str) -> str:
    """Run the undo of an action to its end, or wait for whoever runs it."""
    turn = _turn(action_id)
    with SetWorkflowID(f"undo:{action_id}:{turn}"):
        return str(DBOS.start_workflow(_undo, action_id, turn).get_result(polling_interval_sec=0.05))


def _turn(action_id: str) -> int:
    with _hands().store.reading() as connection:
        return int(execution.row_of(connection, action_id).turn)


def take_over(store: Store) -> int:
    """Take over what dead processes left; gives how many executions. Of several heirs, one gets each."""
    dead = [row.id for row in _dead(store)]
    taken = 0
    for worker in dead:
        with store.writing() as connection:
            won = connection.execute(
                sa.update(workers)
                .where(workers.c.id == worker, workers.c.ended == sa.false())
                .values(heir=_now_running.worker)
            )
        if won.rowcount:
            handles = DBOS._recover_pending_workflows([worker])  # noqa: SLF001 - the only way in without a server
            taken += len(handles)
            with store.writing() as connection:
                connection.execute(sa.update(workers).where(workers.c.id == worker).values(ended=True))
    return taken


def unfinished(store: Store) -> list[tuple[str, bool]]:
    """Actions that were begun and not brought to an end, and whether it is their undo."""
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(actions.c.id, actions.c.state).where(actions.c.state.in_(("claimed", "sending", "undoing")))
        ).all()
    return [(row.id, row.state == "undoing") for row in rows]


def _dead(store: Store) -> list[Any]:
    with store.reading() as connection:
        rows = connection.execute(sa.select(workers).where(workers.c.ended == sa.false())).all()
    silent = _clock() - dt.timedelta(seconds=SILENT_SECONDS)
    here = socket.gethostname()
    return [
        row
        for row in rows
        if row.id != _now_running.worker and (_born(row.pid) != row.born if row.host == here else row.beat_at < silent)
    ]


def _born(pid: int) -> str:
    """When a process began, as far as the system says: the number alone may be another one's by now."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[19]
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _alive(pid)


def _alive(pid: int) -> str:
    """Where the system has no /proc: whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except OSError:
        return "alive"
    return "alive"


def _beat(store: Store) -> None:
    """Give a sign of life, and look after the others."""
    while not _now_running.stop.wait(BEAT_SECONDS):
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            with store.writing() as connection:
                connection.execute(
                    sa.update(workers).where(workers.c.id == _now_running.worker).values(beat_at=_clock())
                )
            take_over(store)


def _clock() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
