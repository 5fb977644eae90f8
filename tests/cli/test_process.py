"""What only shows in a process of its own: the entry point, start-up, pipes, terminals, encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.cli.conftest import FILES, Process

if sys.platform != "win32":
    import pty

pytestmark = pytest.mark.slow  # each starts processes
"""One worker for all of them: they share the run of one shop."""


HEAVY = ("duckdb", "sqlglot", "jinja2", "rich.table", "numpy", "pandas", "polars", "pyarrow")


def test_the_command_that_is_installed_is_this_one():
    [command] = entry_points(group="console_scripts", name="profithunt")
    assert command.value == "profithunt.cli:main"


def test_json_and_codes_through_the_entry_point(process):
    result = process("reconcile", "--json")
    assert (result.code, result.err) == (0, "")
    assert result.json["total"] == "60.9000"
    assert process("reconsile").code == 2


def test_starting_imports_nothing_heavy(process):
    script = (
        "import sys; import profithunt.cli.app as app; app.execute(['version']); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.slow
def test_a_reader_that_stops_reading_is_no_error(finished_shop):
    command = f"{sys.executable} -m profithunt profit --by order --json | head -1"
    done = subprocess.run(command, shell=True, cwd=finished_shop, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe is what is tested
    assert (done.stdout, done.stderr) == ("[\n", "")


@pytest.mark.slow
def test_a_terminal_that_knows_no_unicode_gets_something_to_read(process):
    process.environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    result = process("profit")
    assert result.code == 0
    assert "Net sales" in result.out


@pytest.mark.slow
def test_at_a_terminal_init_asks(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in ("orders.csv", "lines-1.csv"):
        (exports / name).write_text(FILES[name], "utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "profithunt", "init", "shop", "--from", str(exports), "--quiet"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"TERM": "dumb"},
    )
    os.close(theirs)
    for answer in ("Corner shop", "EUR", "Europe/Berlin", *[""] * 20):
        os.write(ours, f"{answer}\n".encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode in {0, 1}, err
    assert b"Currency (ISO code)" in err
    assert b"Written:" in out
    settings = tomllib.loads((tmp_path / "shop" / "shop.toml").read_text("utf-8"))
    assert settings["shop"] == {"name": "Corner shop", "currency": "EUR", "timezone": "Europe/Berlin"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_in_a_sentence(process, finished_shop):
    command = f"{sys.executable} -m profithunt reconcile --json > /dev/full"
    done = subprocess.run(command, shell=True, cwd=finished_shop, capture_output=True, text=True, check=False)  # noqa: S602 - a redirection is what is tested
    assert done.returncode == 1
    assert "No space left" in done.stderr or "no space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_interrupted_run_says_that_it_stopped_and_leaves_the_former_one(shop):
    lines = "order,line,sku,quantity,price,discount\n"
    many = (f"o{order % 5 + 1},{order + 10},mug,1,10.00,0.00\n" for order in range(300_000))
    (shop / "exports" / "lines-3.csv").write_text(lines + "".join(many), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "profithunt", "run"], cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in {130, 0}
    if process.returncode:
        assert "Stopped." in err
        assert Process(shop)("reconcile", "--json").json["total"] == "60.9000"
    assert "Traceback" not in err
    assert "failed" not in err
