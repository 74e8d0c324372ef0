"""The command line as a shell sees it: what it prints, does and exits with."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests import migrated
from trivium.project import cli

PATIENCE_S = 300  # until a fact; a busy machine is no fault of ours
COMMANDS = ["migrate", "serve", "work", "audit", "replay"]


def trivium(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trivium.project.cli", *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=PATIENCE_S)


@contextmanager
def new_database(like: str) -> Iterator[str]:
    """The address of a new database on the tests' server; its name is one that a later run would clear away."""
    name = f"test_trivium_{os.getpid()}_gw99"
    server = make_conninfo(os.environ["DATABASE_URL"], dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        yield make_conninfo(server, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def empty_database() -> Iterator[str]:
    with new_database("template1") as address:
        yield address


@pytest.fixture
def migrated_database(django_db_setup: None) -> Iterator[str]:
    with new_database(migrated.template(os.environ["DATABASE_URL"])) as address:
        yield address


@pytest.mark.parametrize("arguments", [[], *([command] for command in COMMANDS)])
def test_help_tells_the_exit_codes(arguments):
    done = trivium(*arguments, "--help")
    assert done.returncode == 0
    assert "Exit codes: 0 " in done.stdout


@pytest.mark.parametrize("arguments", [["fly"], ["serve", "--port", "0"], ["replay", "no-such-file"]])
def test_wrong_usage_exits_with_2(arguments):
    assert trivium(*arguments).returncode == 2


@pytest.mark.parametrize("command", ["migrate", "serve", "work", "audit"])
def test_no_database_exits_with_3_and_says_so(command):
    done = trivium(command, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 3
    assert "The database cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_may_be_repeated_and_leaves_the_database_tuned(empty_database):
    for _ in range(2):
        done = trivium("migrate", DATABASE_URL=empty_database)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("The database is up to date.\n")

    with psycopg.connect(empty_database) as connection:
        options = "SELECT reloptions FROM pg_class WHERE relname = 'procrastinate_jobs'"
        assert "autovacuum_vacuum_scale_factor=0.01" in connection.execute(options).fetchone()[0]
        partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'core_event'::regclass"
        assert connection.execute(partitions).fetchone()[0] >= 3


@pytest.fixture
def site(migrated_database) -> Iterator[tuple[subprocess.Popen, int]]:
    """The site with its worker, as it answers; and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "trivium.project.cli", "serve", "--with-worker", "--port", str(port)]
    process = subprocess.Popen(
        command,
        env=os.environ | {"DATABASE_URL": migrated_database, "TRIVIUM_DEBUG": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: answers(port))
    yield process, port
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_S)


def test_stopping_the_site_and_its_worker_leaves_nothing_behind(site):
    process, _port = site
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4, "granian, one of its workers, ours, and the one for live updates"

    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=PATIENCE_S) == 0
    wait_until(lambda: not any(each.is_running() and each.status() != "zombie" for each in family))


def test_the_process_for_live_updates_is_started_again_and_the_site_goes_on_without_it(site):
    process, port = site
    first = wait_for_live(process)
    first.kill()
    assert answers(port)
    wait_until(lambda: live_of(process) not in (None, first))
    wait_until(lambda: answers(port_of(live_of(process))))
    assert process.poll() is None


def wait_for_live(process) -> psutil.Process:
    wait_until(lambda: (its := live_of(process)) is not None and answers(port_of(its)))
    return live_of(process)


def live_of(process) -> psutil.Process | None:
    """The process for live updates, if it runs."""
    children = [each for each in psutil.Process(process.pid).children() if each.status() != "zombie"]
    return next((each for each in children if "trivium.project.asgi" in each.cmdline()), None)


def port_of(live) -> int:
    command = live.cmdline()
    return int(command[command.index("--port") + 1])


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def wait_until(happens) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S} seconds in vain"
        time.sleep(0.2)


def test_what_cannot_run_is_given_up_and_what_once_ran_is_not(monkeypatch):
    monkeypatch.setattr(cli, "SHORT_LIVES", 2)
    child = cli._Child(["timeit", "-n1", "pass"])

    def is_started_again() -> bool:
        child.process.wait(PATIENCE_S)
        return child.keeps_running()

    assert [is_started_again() for _life in range(2)] == [True, False]
    child.has_run = True
    assert [is_started_again() for _life in range(3)] == [True, True, True]
    child.process.wait(PATIENCE_S)
