"""The bundled PostgreSQL: shared while anyone lives, stopped by the last, whatever happened to the first."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from trivium.project import programs

SCRIPT = """
import sys
from pathlib import Path
from trivium.project import embedded
print(embedded.ensure(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.read()
"""


_users: list["User"] = []


class User:
    """A process that uses the server under `root` until it is told to leave, or is killed."""

    def __init__(self, root: Path, **environment: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=inherited | environment,
        )
        _users.append(self)

    def address(self) -> str:
        """Wait until it has its server."""
        told = self.process.stdout.readline().strip()
        assert told, self.process.stderr.read()
        return told

    def leave(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own; whatever still runs there after a failure is ended."""
    yield tmp_path / "data"
    while _users:
        user = _users.pop()
        if user.process.poll() is None:
            user.kill()
    for process in servers(tmp_path / "data"):
        process.kill()


def servers(root: Path) -> list[psutil.Process]:
    """PostgreSQL's main processes that work in this data folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and Path(process.cwd()) == (root / "postgres").resolve():
                if process.parent() is None or process.parent().name() != "postgres":
                    found.append(process)
    return found


def answer(address: str, query: str = "SELECT 1") -> object:
    with psycopg.connect(address) as connection:
        return connection.execute(query.encode()).fetchone()[0]


def test_processes_share_one_server_until_the_last_one_leaves(root):
    users = [User(root) for _ in range(3)]
    addresses = {user.address() for user in users}
    assert len(addresses) == 1
    assert len(servers(root)) == 1

    users[0].leave()
    users[1].leave()
    assert answer(addresses.pop()) == 1

    users[2].leave()
    assert servers(root) == []


def test_a_killed_owner_leaves_no_server_behind(root):
    owner = User(root)
    address = owner.address()
    owner.kill()
    assert len(servers(root)) == 1, "nobody was left to stop it"

    heir = User(root)
    assert heir.address() == address
    assert len(servers(root)) == 1

    heir.leave()
    assert servers(root) == []


def test_a_killed_user_does_not_take_the_server_from_the_others(root):
    killed, other = User(root), User(root)
    killed.address()
    address = other.address()
    killed.kill()
    assert answer(address) == 1

    other.leave()
    assert servers(root) == []


def test_starts_after_a_power_cut_although_the_pid_in_the_file_is_somebody_elses(root):
    user = User(root)
    user.address()
    kept = (root / "postgres" / "postmaster.pid").read_text().splitlines()
    cut_the_power(root)
    user.kill()
    (root / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *kept[1:]]) + "\n")

    user = User(root)
    assert answer(user.address(), "SELECT current_database()") == "trivium"
    user.leave()
    assert servers(root) == []


def test_starts_after_a_power_cut_that_left_an_empty_pid_file(root):
    user = User(root)
    user.address()
    cut_the_power(root)
    user.kill()
    (root / "postgres" / "postmaster.pid").write_text("")

    user = User(root)
    assert answer(user.address()) == 1
    user.leave()


def cut_the_power(root: Path) -> None:
    """Kill every process of the server at once."""
    doomed = [child for server in servers(root) for child in [server, *server.children(recursive=True)]]
    for process in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + 120
    while servers(root) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_deep_folder_gets_its_socket_elsewhere(tmp_path):
    root = tmp_path / ("a-folder-with-a-long-name-" * 4) / "and spaces"
    user = User(root)
    assert answer(user.address()) == 1
    user.leave()
    assert servers(root) == []


def test_the_database_is_born_with_the_extensions_we_need(root):
    user = User(root)
    query = "SELECT count(*) FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm')"
    assert answer(user.address(), query) == 2
    user.leave()


def test_a_systems_postgresql_can_stand_in_for_the_wheel(root):
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not folders:
        pytest.skip("this machine has no PostgreSQL of its own")
    user = User(root, TRIVIUM_POSTGRES_BIN=str(folders[-1].parent))
    assert answer(user.address(), "SELECT current_setting('data_directory')") == str(root / "postgres")
    user.leave()
    assert servers(root) == []


def test_says_what_is_missing_when_no_postgresql_can_run(root):
    user = User(root, TRIVIUM_POSTGRES_BIN="/nonexistent")
    _, told = user.process.communicate(timeout=60)
    assert "was not found; tried: /nonexistent (does not run). Or set DATABASE_URL." in told


def test_two_who_start_at_once_make_one_user_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`useradd` looks whether there is such a user before it takes its lock: without ours, two would be made."""
    made = tmp_path / "made"
    maker = tmp_path / "useradd"
    maker.write_text(f"#!/bin/sh\nsleep 0.3\necho made >> {made}\n")
    maker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    known = pwd.getpwnam("root")

    def getpwnam(name: str) -> pwd.struct_passwd:
        if name == programs.SYSTEM_USER and not made.exists():
            raise KeyError(name)
        return known

    monkeypatch.setattr(programs.pwd, "getpwnam", getpwnam)
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(programs.Programs, [tmp_path / "nothing yet"] * 4))
    assert made.read_text() == "made\n"
    assert {one.user for one in found} == {known}
