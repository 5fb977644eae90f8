"""Runs on disk: the same input gives the same bytes, what is unchanged is taken over, a crash loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.engine.runs import RunStore
from profithunt.errors import NotFound, RunError, SourceError
from tests.api.conftest import line_rows, order_rows, write

pytestmark = pytest.mark.slow  # whole runs, several of them a test

KILLS = 12


def _hashes(shop: Shop) -> dict[str, str]:
    folder = shop.current.stored.tables
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


def _content(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(shop.table(name).rows(), key=repr) for name in shop.tables if name != "quarantine"}


def test_two_runs_of_the_same_input_are_the_same_to_the_byte(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop:
        shop.run()
        first = _hashes(shop)
    shutil.rmtree(shop_folder / ".profithunt")
    with Shop.open(shop_folder) as shop:
        shop.run()
        assert _hashes(shop) == first


def test_what_did_not_change_is_taken_over_and_what_did_is_built_as_in_a_full_run(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop:
        shop.run()
        again = shop.run().info
        assert again["sources_reused"]
        assert again["tables"]["ledger"]["reused"]
        write(
            shop_folder / "lines-2.csv", ("order", "line", "item", "units", "price", "off"), line_rows(range(400, 410))
        )
        write(shop_folder / "orders.csv", ("order", "placed", "customer", "channel", "postage"), order_rows(range(410)))
        changed = shop.run().info
        tables = changed["tables"]
        assert not changed["sources_reused"]
        assert not tables["ledger"]["reused"]
        assert tables["spend_pools"]["reused"]
        incremental = _content(shop)
    shutil.rmtree(shop_folder / ".profithunt")
    with Shop.open(shop_folder) as shop:
        shop.run()
        assert _content(shop) == incremental


def test_a_source_that_fails_leaves_the_former_run_current(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop:
        before = shop.run().run_id
        (shop_folder / "orders.csv").write_bytes(b"")
        with pytest.raises(SourceError, match=r"orders\.csv"):
            shop.run()
        assert shop.current.run_id == before
        assert shop.reconcile().ok


def test_only_one_process_writes_a_shop_at_a_time(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop, RunStore(shop_folder).writing(), pytest.raises(RunError, match="another run"):
        shop.run()


def test_before_the_first_run_there_is_nothing_to_read(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop, pytest.raises(NotFound, match="no finished run"):
        shop.reconcile()


def test_old_runs_go_and_the_current_stays(shop_folder: Path) -> None:
    text = (shop_folder / "shop.toml").read_text("utf-8")
    (shop_folder / "shop.toml").write_text(text + "\n[runs]\nkeep = 1\n", "utf-8")
    with Shop.open(shop_folder) as shop:
        ids = [shop.run().run_id for _ in range(4)]
        assert shop.runs == ids[-2:]


@pytest.mark.slow
def test_a_killed_run_leaves_the_former_one_readable_and_the_next_succeeds(shop_folder: Path) -> None:
    with Shop.open(shop_folder) as shop:
        start = time.perf_counter()
        first = shop.run().run_id
        seconds = time.perf_counter() - start
        total = shop.reconcile().total
    moments = random.Random(7)  # noqa: S311 - moments to kill at, not secrets
    killed = 0
    for number in range(KILLS):
        # Every run has something to do: an order more.
        orders = order_rows(range(400)) + order_rows(range(1000 + number, 1001 + number))
        write(shop_folder / "orders.csv", ("order", "placed", "customer", "channel", "postage"), orders)
        process = subprocess.Popen(
            [sys.executable, "-m", "profithunt", "run", str(shop_folder), "--quiet"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.1, seconds))
        os.kill(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        with Shop.open(shop_folder) as shop:
            assert shop.reconcile().ok
            if killed == number + 1:
                assert shop.current.run_id == first
                assert shop.reconcile().total == total
    assert killed >= KILLS // 2
    with Shop.open(shop_folder) as shop:
        run = shop.run()
        assert shop.current.run_id == run.run_id
        assert shop.reconcile().ok
        assert json.loads((run.folder / "run.json").read_text("utf-8"))["run_id"] == run.run_id
    assert not list((shop_folder / ".profithunt" / "runs").glob(".partial-*"))
