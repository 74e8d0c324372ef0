"""The command line as a shell sees it: what it prints, does and exits with."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

COMMANDS = ["migrate", "serve", "work", "audit", "replay"]


def trivium(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trivium.project.cli", *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a new database on the tests' server; its name is one that a later run would clear away."""
    name = f"test_trivium_{os.getpid()}_gw99"
    server = make_conninfo(os.environ["DATABASE_URL"], dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield make_conninfo(server, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


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


def test_stopping_the_site_and_its_worker_leaves_nothing_behind(empty_database):
    assert trivium("migrate", DATABASE_URL=empty_database).returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "trivium.project.cli", "serve", "--with-worker", "--port", str(port)]
    site = subprocess.Popen(
        command,
        env=os.environ | {"DATABASE_URL": empty_database, "TRIVIUM_DEBUG": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: answers(port))
    family = psutil.Process(site.pid).children(recursive=True)
    assert len(family) >= 3, "granian, one of its workers, and ours"

    os.killpg(site.pid, signal.SIGINT)
    assert site.wait(timeout=60) == 0
    wait_until(lambda: not any(each.is_running() and each.status() != "zombie" for each in family))


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def wait_until(happens) -> None:
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline, "waited for a minute in vain"
        time.sleep(0.2)
