"""Servers of this machine that fail, are slow, answer twice, and remember what they were told; and a mail server."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Seen:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiving system: answers as told, one after the other, then always 202; an effect a key, as it should be."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    effects: dict[str, bytes] = field(default_factory=dict)
    always: int = 202
    body: bytes = b'{"data": {"id": "job-1", "attributes": {"status": "complete", "failed_count": 0}}}'

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length") or 0)
        request = Seen(
            handler.command,
            handler.path,
            {k.lower(): v for k, v in handler.headers.items()},
            handler.rfile.read(length),
        )
        self.seen.append(request)
        answer = self.answers.pop(0) if self.answers else self.always
        taken = answer in {"lost", "slow", "twice", "half"} or (isinstance(answer, int) and answer < 300)
        if taken and request.method == "POST":
            key = request.headers.get("idempotency-key") or str(len(self.effects))
            self.effects.setdefault(key, request.body)
        if answer == "lost":
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "half":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        elif answer == "slow":
            time.sleep(0.6)
            self._say(handler, 202)
        elif answer == "twice":
            self._say(handler, 202)
            self._say(handler, 500)
        elif isinstance(answer, tuple):
            self._say(handler, answer[0], answer[1])
        else:
            self._say(handler, answer)

    def _say(self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str] | None = None) -> None:
        with contextlib.suppress(OSError):
            handler.send_response(status)
            for name, value in (headers or {}).items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(len(self.body)))
            handler.end_headers()
            handler.wfile.write(self.body)


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            told.handle(self)

        do_GET = do_POST  # noqa: N815 - the name that the server looks for

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Mailbox:
    """What a mail server took; `moods` says how it treats the next connections: ok, busy, no, break."""

    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    listening = socket.create_server(("127.0.0.1", 0))
    box.port = listening.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                _converse(connection, box)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(2)


def _converse(connection: socket.socket, box: Mailbox) -> None:
    mood = box.moods.pop(0) if box.moods else "ok"
    with connection.makefile("rwb") as wire:

        def say(text: str) -> None:
            wire.write(f"{text}\r\n".encode())
            wire.flush()

        say("220 here")
        to = ""
        while line := wire.readline():
            verb = line.strip().upper()
            if verb.startswith((b"EHLO", b"HELO")):
                say("250 here")
            elif verb.startswith(b"MAIL"):
                say({"busy": "451 later", "no": "550 not from you"}.get(mood, "250 ok"))
            elif verb.startswith(b"RCPT"):
                to = line.decode().split("<")[1].split(">")[0]
                say("250 ok")
            elif verb == b"DATA":
                say("354 go on")
                lines = []
                while (part := wire.readline()) != b".\r\n":
                    lines.append(part)
                box.mails.append((to, b"".join(lines)))
                if mood == "break":
                    return
                say("250 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


def decoded(body: bytes) -> Any:
    return json.loads(body)
