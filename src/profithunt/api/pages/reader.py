"""Readers of the current run for pages: a pool of open shops on one run, and what was read of it.

A page asks `Readers.read(key, make)`: `make(shop)` runs once a run and key, on a shop that nobody else uses meanwhile.
When a new run has become current, new requests go to it; those under way finish on the old one, which is closed after
the last of them. Nothing is locked against whoever writes the next run.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from profithunt.api.hearing import KEPT as LISTENED
from profithunt.api.listening_sessions import SESSIONS
from profithunt.api.login import Signed
from profithunt.api.run import Run
from profithunt.api.shop import Shop
from profithunt.config import FILE_NAME, ShopConfig, find, read
from profithunt.engine.runs import FOLDER, RunStore
from profithunt.errors import ConfigError, NotFound, ProfithuntError

if TYPE_CHECKING:
    from profithunt.api.act import Act
    from profithunt.api.progress import Progress
    from profithunt.opportunities import Hunt

T = TypeVar("T")

READERS: Final = 3
"""Shops open at once on a run: two cores read, one waits on the disk."""
KEPT: Final = 800
"""Answers kept of a run; the least lately used go first."""
STUDIES: Final = 60
"""Long answers kept, of this run and those before."""
SOON: Final = 0.04
"""Seconds that a page waits for a long answer before it shows that it is being worked out."""
LOOK_EVERY: Final = 0.2
"""Seconds for which the name of the current run is believed."""


class Answers:
    """What was worked out, by its key; the least lately used goes first."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, made where nothing is; what two ask for at once is made twice, and is the same."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


@dataclass(frozen=True)
class Study:
    """A long answer: working, done with its value, or failed with the sentence why; and for how long it worked."""

    state: Literal["working", "done", "failed"]
    value: Any = None
    error: str = ""
    seconds: float = 0.0


class Studies:
    """Long answers, each worked out once, one after the other, while pages go on; asked again, they are there."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Study] = {}
        self._began: dict[Hashable, float] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any], wait: float = SOON) -> Study:
        """How far an answer is; begins it where nobody asked before, and waits a little for it."""
        with self._lock:
            known = self._known.get(key)
            if known is None:
                self._forget()
                known = self._known[key] = Study("working")
                self._began[key] = time.monotonic()
                threading.Thread(target=self._work, args=(key, make), name="profithunt-study", daemon=True).start()
        until = time.monotonic() + wait
        while known.state == "working" and time.monotonic() < until:
            time.sleep(0.005)
            known = self._known.get(key, known)
        if known.state == "working":
            return replace(known, seconds=time.monotonic() - self._began[key])
        return known

    def _forget(self) -> None:
        """Let the oldest answers go, those that nobody works on."""
        old = [key for key, one in self._known.items() if one.state != "working"]
        for key in old[: max(0, len(self._known) - STUDIES)]:
            del self._known[key]

    def _work(self, key: Hashable, make: Callable[[], Any]) -> None:
        with self._turn:
            start = time.monotonic()
            try:
                found = Study("done", make())
            except ProfithuntError as error:
                found = Study("failed", error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever stops it is said on the page, not lost in a thread
                found = Study("failed", error=f"something went wrong that nobody foresaw: {type(error).__name__}")
            self._known[key] = replace(found, seconds=time.monotonic() - start)


class ReadingShop(Shop):
    """A shop whose dearer answers are worked out once a run; what pages show in many ways is read once.

    `answers` may be shared by several shops on one run.
    """

    def __init__(
        self, config: ShopConfig, path: Path, answers: Answers | None = None, studies: Studies | None = None
    ) -> None:
        super().__init__(config, path)
        self._answers = Answers() if answers is None else answers
        self.studies = Studies() if studies is None else studies
        self.signed: Signed | None = None

    @property
    def act(self) -> Act:
        """Acting on what the hunt found, as who is signed in."""
        act = super().act
        return act if self.signed is None else act.as_(self.signed.user, scopes=self.signed.scopes)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, worked out once a run and key."""
        return self._answers.get((self.current.run_id, key), make)

    def study(self, key: Hashable, make: Callable[[Shop], Any], wait: float = SOON) -> Study:
        """What `make` gives on a shop of its own, worked out beside the pages, once a run and key."""
        current = self.current

        def work() -> Any:
            with PinnedShop(self.config, self.path, current) as shop:
                return make(shop)

        return self.studies.get((current.run_id, key), work, wait)

    def hunt(
        self,
        level: str | None = None,
        owner: str | None = None,
        minimum: float | None = None,
        progress: Progress | None = None,
    ) -> Hunt:
        """The opportunities as the run found them; settings that changed since count from the next run on."""
        found = self.once("hunt", lambda: self._kept_hunt(progress))
        return found.only(level=level, owner=owner, minimum=minimum)

    def _kept_hunt(self, progress: Progress | None) -> Hunt:
        from profithunt.api.hunting import kept_hunt

        return kept_hunt(self.engine, self.current.info) or super().hunt(progress=progress)

    def whale(self) -> Any:
        """The whale curve."""
        return self.once("whale", super().whale)

    def clv(self, horizon: int = 12, top: int = 10) -> Any:
        """What customers will bring."""
        return self.once(("clv", horizon, top), lambda: super(ReadingShop, self).clv(horizon, top))

    def metrics(self) -> Any:
        """The dictionary of metrics."""
        return self.once("metrics", super().metrics)

    def waste(self) -> Any:
        """Money lost by cause."""
        return self.once("waste", super().waste)

    def defects(self, by: str | None = None, member: str | None = None, *args: Any, **more: Any) -> Any:
        """How many were failed."""
        key = ("defects", by, member, args, tuple(sorted(more.items())))
        return self.once(key, lambda: super(ReadingShop, self).defects(by, member, *args, **more))

    def carriers(self, *args: Any, **more: Any) -> Any:
        """The scorecard of the carriers."""
        key = ("carriers", args, tuple(sorted(more.items())))
        return self.once(key, lambda: super(ReadingShop, self).carriers(*args, **more))

    def actions_value(self, horizon_days: int | None = None, estimand: str = "ATE") -> Any:
        """What customers' actions are worth."""
        key = ("actions_value", horizon_days, estimand)
        return self.once(key, lambda: super(ReadingShop, self).actions_value(horizon_days, estimand))

    def review(self, *args: Any, **more: Any) -> Any:
        """The weekly business review."""
        key = ("review", args, tuple(sorted(more.items())))
        return self.once(key, lambda: super(ReadingShop, self).review(*args, **more))


class PinnedShop(ReadingShop):
    """A shop that stays on one finished run, whatever becomes current meanwhile."""

    def __init__(
        self,
        config: ShopConfig,
        path: Path,
        run: Run,
        answers: Answers | None = None,
        studies: Studies | None = None,
    ) -> None:
        super().__init__(config, path, answers, studies)
        self._run = run

    @property
    def current(self) -> Run:
        """The run that this reader is pinned to."""
        return self._run


class OnRun:
    """The readers of one run, and what they have read."""

    def __init__(self, config: ShopConfig, path: Path, run: Run, studies: Studies | None = None) -> None:
        self.run = run
        self.config = config
        self.path = path
        self.users = 0
        self.retired = False
        self._free: list[PinnedShop] = []
        self._opened = 0
        self._changed = threading.Condition()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._answers = Answers()
        self._studies = Studies() if studies is None else studies
        self._making: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def shop(self) -> Iterator[PinnedShop]:
        """A shop of the pool, for this thread alone."""
        with self._changed:
            while not self._free and self._opened >= READERS:
                self._changed.wait()
            if self._free:
                taken = self._free.pop()
            else:
                taken = PinnedShop(self.config, self.path, self.run, self._answers, self._studies)
                self._opened += 1
        try:
            yield taken
        finally:
            with self._changed:
                self._free.append(taken)
                self._changed.notify()

    def read(self, key: Hashable, make: Callable[[PinnedShop], T]) -> T:
        """What `make` gives, kept under the key; two that ask at once wait for one making."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            with self._guard:
                if key in self._kept:
                    return self._kept[key]  # type: ignore[no-any-return]
            try:
                with self.shop() as shop:
                    made = make(shop)
            finally:
                with self._guard:
                    self._making.pop(key, None)
            with self._guard:
                self._keep(key, made)
            return made

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for what is made of answers alone, without a shop."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._guard:
            self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: object) -> None:
        if getattr(made, "working", False):
            return
        self._kept[key] = made
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Close every shop of the pool."""
        with self._changed:
            for shop in self._free:
                shop.close()
            self._opened -= len(self._free)
            self._free.clear()


def once(shop: Shop, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, worked out once a run and key where the shop is one that pages read."""
    return shop.once(key, make) if isinstance(shop, ReadingShop) else make()


def study(shop: Shop, key: Hashable, make: Callable[[Shop], Any], wait: float = SOON) -> Study:
    """A long answer, worked out beside the pages where the shop is one that pages read, else at once."""
    if isinstance(shop, ReadingShop):
        return shop.study(key, make, wait)
    try:
        return Study("done", make(shop))
    except ProfithuntError as error:
        return Study("failed", error=str(error))


def _stamps(paths: Sequence[Path]) -> tuple[float, ...]:
    """What changes when one of the files is written."""
    found = [path.stat() for path in paths if path.exists()]
    return tuple(part for one in found for part in (one.st_mtime_ns, one.st_size))


Warm = Callable[["Readers", "OnRun"], None]
"""Reads what most readers will ask for first."""


class Readers:
    """Readers of a shop's current run, whichever it is when asked.

    `warm` runs on a run that has just become current, in the background; until it is through, readers stay on the run
    before.
    """

    def __init__(self, path: str | Path, warm: Warm | None = None) -> None:
        self._warm = warm
        self._coming: str | None = None
        self.folder = Path(path).resolve()
        if self.folder.name == FILE_NAME:
            self.folder = self.folder.parent
        self._on: OnRun | None = None
        self._lock = threading.Lock()
        self._looked = 0.0
        self.closing = False
        self._at_work: list[threading.Thread] = []
        self._desk: ReadingShop | None = None
        self._deciding = threading.RLock()
        self._written: tuple[float, ...] = ()
        self._studies = Studies()

    @property
    def has_shop(self) -> bool:
        """Whether there is a shop.toml yet."""
        return (self.folder / FILE_NAME).is_file()

    @property
    def has_run(self) -> bool:
        """Whether a run has finished yet."""
        return (self.folder / FOLDER / "current").is_file()

    @contextlib.contextmanager
    def using(self) -> Iterator[OnRun]:
        """The current run, kept open while this lasts. Raises NotFound before the first has finished, ConfigError."""
        with self._lock:
            on = self._newest()
            on.users += 1
        try:
            yield on
        finally:
            with self._lock:
                on.users -= 1
                idle = on.retired and on.users == 0
            if idle:
                on.close()

    def read(self, key: Hashable, make: Callable[[PinnedShop], T]) -> T:
        """What `make` reads of the current run; made once a run and key. Raises what `make` raises."""
        with self.using() as on:
            return on.read(key, make)

    @contextlib.contextmanager
    def desk(self, signed: Signed | None = None) -> Iterator[Shop]:
        """The shop that decisions are read and written with, for this thread alone; on whatever run is current.

        Where somebody is signed in, all that is done with it is done by them, within the scopes of their session.
        """
        with self._deciding:
            if self._desk is None:
                path = find(self.folder)
                self._written = _stamps([path])
                self._desk = ReadingShop(read(path), path, studies=self._studies)
            elif (written := _stamps([self._desk.path])) != self._written:
                self._written = written
                # A file that does not hold is said where it is edited; until it does, the settings are the former ones.
                with contextlib.suppress(ConfigError):
                    self._desk.config = read(self._desk.path)
            self._desk.signed = signed
            try:
                yield self._desk
            finally:
                self._desk.signed = None

    @property
    def decided(self) -> tuple[float, ...] | None:
        """What changes whenever a decision is stored; None where that can't be told without asking the store."""
        on = self._on
        if on is None or on.config.store.url:
            return None
        store = self.folder / FOLDER
        sessions = on.path.parent / LISTENED / SESSIONS
        return _stamps([store / "app.db", store / "app.db-wal", on.path, sessions])

    @property
    def run_id(self) -> str:
        """Id of the run that is read now. Raises NotFound."""
        with self.using() as on:
            return on.run.run_id

    def close(self) -> None:
        """Close what is open; those under way finish."""
        self.closing = True
        for thread in self._at_work:
            thread.join(30)
        with self._lock:
            on, self._on = self._on, None
            if on is not None:
                on.retired = True
                if on.users == 0:
                    on.close()
        with self._deciding:
            if self._desk is not None:
                self._desk.close()
                self._desk = None

    def _newest(self) -> OnRun:
        """The run to read now; looks whether another has become current. Called under the lock."""
        now = time.monotonic()
        if self._on is not None and now - self._looked < LOOK_EVERY:
            return self._on
        self._looked = now
        if not self.has_run:
            raise NotFound("there is no finished run yet", where=str(self.folder), do="make one with: profithunt run")
        run_id = (self.folder / FOLDER / "current").read_text("utf-8").strip()
        if self._on is None:
            self._on = self._opened(run_id)
            self._start(self._warmed, self._on)
        elif run_id not in (self._on.run.run_id, self._coming):
            self._coming = run_id
            self._start(self._switch, self._opened(run_id))
        return self._on

    def _opened(self, run_id: str) -> OnRun:
        path = find(self.folder)
        return OnRun(read(path), path, Run(RunStore(self.folder).get(run_id)), self._studies)

    def _start(self, work: Callable[[OnRun], None], on: OnRun) -> None:
        thread = threading.Thread(target=work, args=(on,), name="profithunt-readers", daemon=True)
        self._at_work = [*(one for one in self._at_work if one.is_alive()), thread]
        thread.start()

    def _warmed(self, on: OnRun) -> None:
        if self._warm is not None:
            # What can't be read now is said to whoever asks for it.
            with contextlib.suppress(Exception):
                self._warm(self, on)

    def _switch(self, fresh: OnRun) -> None:
        """Warm a new run up, then hand it over to the readers and let the former one go."""
        self._warmed(fresh)
        with self._lock:
            former, self._on = self._on, fresh
            self._coming = None
            idle = former is not None and former.users == 0
            if former is not None:
                former.retired = True
        if idle and former is not None:
            former.close()
