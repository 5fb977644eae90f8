"""What pages cost: server time a page on the demo's shop, alone, with 20 readers at once, and while a run is written.

The server is a process of its own, asked over loopback. Each page is asked as the menu links to it, filtered, sorted,
and of single customers, SKUs, orders: what was asked before on the same run, and what nobody asked before.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

LIMIT_MS: Final = 100.0
READERS: Final = 20
ROUNDS: Final = 8
PORT: Final = 8791
MENU: Final = (
    "/", "/profit", "/customers", "/products", "/marketing", "/delivery", "/high-value-actions", "/review", "/outcomes",
    "/data", "/settings", "/search?q=milk",
)  # fmt: skip
STATES: Final = (
    "/?owner=pricing", "/profit?by=month", "/profit?by=category&sort.profit.slices=cm3", "/customers?measure=net_sales_per_acquired",
    "/customers?page.customers.all=3", "/products?page.products.all=2", "/products?sort.products.all=cm3", "/delivery?by=month",
    "/data?q.data.metrics=basket", "/review?page=2", "/review?at=3", "/profit.json", "/customers.json",
)  # fmt: skip


def shop(cache: Path) -> Path:
    """The demo's shop with a finished run of this version."""
    folder = cache / "pages-shop"
    subprocess.run(
        [sys.executable, "-m", "profithunt", "demo", str(folder), "--quiet"], check=True, capture_output=True
    )
    return folder


def ask(path: str, connection: http.client.HTTPConnection) -> float:
    """Milliseconds from the request to the last byte. Raises RuntimeError for an answer that is not the page."""
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return (time.perf_counter() - start) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def single(folder: Path, n: int = 12) -> list[str]:
    """Addresses of single things that nobody asked for before."""
    from profithunt import Shop

    with Shop.open(folder) as opened:
        engine = opened.engine
        found = []
        for table, key, path in (
            ("customer_profit", "customer_id", "customers"),
            ("sku_profit", "sku", "products"),
            ("order_profit", "order_id", "orders"),
        ):
            rows = engine.rows(f"SELECT {key} FROM {table} ORDER BY HASH({key}) LIMIT {n}")
            found += [f"/{path}/{quote(str(row[0]), safe='')}" for row in rows]
    return found


def round_of(paths: Sequence[str], times: int) -> list[float]:
    """Milliseconds of each answer, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    found = [ask(path, connection) for _ in range(times) for path in paths]
    connection.close()
    return found


def together(paths: Sequence[str]) -> list[float]:
    """The same by many readers at once."""
    found: list[float] = []
    guard = threading.Lock()

    def read(place: int) -> None:
        mine = round_of([*paths[place % len(paths) :], *paths[: place % len(paths)]], 2)
        with guard:
            found.extend(mine)

    threads = [threading.Thread(target=read, args=(place,)) for place in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def row(what: str, values: Sequence[float]) -> str:
    """A line of the table."""
    p95 = percentile(values, 0.95)
    met = "met" if p95 <= LIMIT_MS else "**not met**"
    return f"| {what} | {len(values):,} | {percentile(values, 0.5):.1f} | {p95:.1f} | {max(values):.0f} | {LIMIT_MS:g} | {met} |\n"


def section(cache: Path, note: str = "") -> str:
    """Measure; the text of the page's section."""
    folder = shop(cache)
    command = [sys.executable, "-m", "profithunt", "serve", str(folder), "--port", str(PORT), "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _ready()
        round_of(MENU, 1)
        time.sleep(20)  # the server reads ahead what most will ask for
        paths = [*MENU, *STATES]
        lines = [row("pages of the menu", round_of(MENU, ROUNDS))]
        first = round_of(STATES, 1)
        lines.append(row("filtered and sorted, asked for the first time", first))
        lines.append(row("single customers, SKUs, orders, for the first time", round_of(single(folder), 1)))
        lines.append(row("all of these again", round_of(paths, ROUNDS)))
        lines.append(row(f"{READERS} readers at once", together(paths)))
        writing = subprocess.Popen(
            [sys.executable, "-m", "profithunt", "run", str(folder), "--full", "--quiet"], stdout=subprocess.DEVNULL
        )
        during: list[float] = []
        while writing.poll() is None:
            during += round_of(paths, 1)
            time.sleep(0.2)
        lines.append(row("while a run is written", during))
    finally:
        server.terminate()
        server.wait(30)
    return (
        "## Pages\n\nWritten by `python -m benchmarks --only pages`: milliseconds from request to last byte over "
        "loopback, on the demo's shop (1.47 million order lines).{}\n\n"
        "| what | answers | p50 ms | p95 ms | slowest | limit p95 | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n"
    ).format(f" {note}" if note else "") + "".join(lines)


def _ready() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            round_of(("/static/app.css",), 1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start")


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(".bench"))
    print(section(parser.parse_args().cache))


if __name__ == "__main__":
    main()
