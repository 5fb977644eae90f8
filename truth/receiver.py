"""A system that takes actions over HTTP and is as bad as real ones: slow, refusing now and then, losing its answers."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUSED, LOST, SLOWEST = 0.1, 0.1, 0.04


class _Receiver(ThreadingHTTPServer):
    """Remembers every delivery; takes effect once for each `webhook-id`."""

    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.chance = random.Random(seed)  # noqa: S311 - faults, not secrets
        self.lock = threading.Lock()
        self.deliveries: dict[str, int] = {}
        self.effects: list[tuple[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Receiver

    def do_GET(self) -> None:
        """What was seen so far."""
        with self.server.lock:
            said = json.dumps({"deliveries": self.server.deliveries, "effects": self.server.effects}).encode()
        self._answer(200, said)

    def do_POST(self) -> None:
        """Take an action: once for a key."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers["webhook-id"]
        with self.server.lock:
            refused, lost, wait = (self.server.chance.random() for _ in range(3))
            new = key not in self.server.deliveries
            self.server.deliveries[key] = self.server.deliveries.get(key, 0) + 1
        time.sleep(wait * SLOWEST)
        if refused < REFUSED and new:
            with self.server.lock:
                del self.server.deliveries[key]
            self._answer(503, b"not now")
            return
        if new:
            with self.server.lock:
                self.server.effects.append((body["subject"], body["type"]))
        time.sleep(wait * SLOWEST)
        if lost < LOST:
            self.close_connection = True
            return
        self._answer(200, b"taken" if new else b"known")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the library gives it
        """Say nothing."""


def start(seed: int) -> tuple[int, int]:
    """A receiver in a process of its own: its process id and its port."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        server = _Receiver(seed)
        os.write(write, str(server.server_address[1]).encode())
        os.close(write)
        server.serve_forever()
    os.close(write)
    with os.fdopen(read) as pipe:
        return pid, int(pipe.read())
