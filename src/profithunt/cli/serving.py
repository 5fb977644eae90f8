"""How the pages are served: the extra is there, the port is free, the address is said, the browser opened."""

from __future__ import annotations

import socket
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.cli.output import Output

NEEDED = ("fastapi", "uvicorn", "altair", "vl_convert")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def listen(
    folder: Path,
    host: str,
    port: int,
    output: Output,
    *,
    show: bool = False,
    team: bool = False,
    names: tuple[str, ...] = (),
) -> None:
    """Serve the pages of a folder until stopped. Raises UsageError."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the pages need more than the core install: {', '.join(missing)}",
            do=_install(),
        )
    if host not in LOOPBACK and not team:
        raise UsageError(
            f"pages without a login are served on this machine only, not on {host}",
            do="leave --host out, or say --team, so that everyone signs in",
        )
    if not folder.exists():
        raise UsageError(f"there is no folder {folder}", do="make it first, or name another")
    import uvicorn

    # The command line and the pages lie beside each other, neither above: the pages are started by name.
    application = import_module("profithunt.web").application

    taken = _socket(host, port)
    number = taken.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{number}/"
    hosts = frozenset({*LOOPBACK, host, *(one.lower() for one in names)})
    app = application(_shop_folder(folder), hosts=hosts, team=team)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
    if output.json:
        output.data({"address": address, "shop": str(folder)})
    else:
        output.note(f"{address}\nCtrl-C stops.")
    if show:
        import typer

        typer.launch(address)
    with taken:
        uvicorn.Server(config).run(sockets=[taken])


def _install() -> str:
    """What installs the pages; in a clone of the project `make serve` does, too."""
    command = "install it with: pip install 'profithunt[web]'"
    makefile = Path(__file__).parents[3] / "Makefile"
    in_clone = makefile.is_file() and "\nserve:" in makefile.read_text("utf-8")
    return f"{command}; in this clone, `make serve SHOP=FOLDER` installs it and serves" if in_clone else command


def _shop_folder(folder: Path) -> Path:
    """The folder of the shop: that of the nearest shop.toml above, or the folder itself where there is none."""
    from profithunt.config import find
    from profithunt.errors import ConfigError

    try:
        return find(folder).parent
    except ConfigError:
        return folder


def _socket(host: str, port: int) -> socket.socket:
    # Said to be TCP: only then is a small answer sent at once instead of waiting for the last one's acknowledgement.
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise UsageError(
            f"port {port} is taken", do="choose another with --port, or --port 0 for a free one"
        ) from error
    return made
