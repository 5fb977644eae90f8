"""How often an adapter may call, whoever calls: a fixed number of slots for each second and each minute.

A slot is a file that only one process can create, so that the limit holds across processes without a lock or a server,
and a process that is killed holds nothing up for longer than its minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from profithunt.errors import DeliveryError

_PERIODS: Final = (("second", 1), ("minute", 60))


@dataclass(frozen=True)
class Rate:
    """At most `per_second` and `per_minute` calls; None sets no limit. Waits up to `patience` seconds."""

    folder: Path
    per_second: int | None = None
    per_minute: int | None = None
    patience: float = 90.0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> float:
        """Wait for a slot and take it; gives the seconds waited. Raises DeliveryError when none comes free in time."""
        waited = 0.0
        for (name, seconds), most in zip(_PERIODS, (self.per_second, self.per_minute), strict=True):
            if most is None:
                continue
            while not self._take(name, seconds, most):
                pause = seconds - self.clock() % seconds + 0.001
                if waited + pause > self.patience:
                    raise DeliveryError(f"no more than {most} calls a {name} may be made", do="it will be tried again")
                self.sleep(pause)
                waited += pause
        return waited

    def _take(self, name: str, seconds: int, most: int) -> bool:
        """Take a slot of the present second or minute, if one is left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        now = int(self.clock() // seconds)
        for slot in range(most):
            try:
                (self.folder / f"{name}-{now}-{slot}").touch(exist_ok=False)
            except FileExistsError:
                continue
            self._clear(name, now)
            return True
        return False

    def _clear(self, name: str, now: int) -> None:
        """Remove slots of times gone by."""
        for path in self.folder.glob(f"{name}-*"):
            if int(path.name.split("-")[1]) < now - 1:
                path.unlink(missing_ok=True)
