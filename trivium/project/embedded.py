"""The bundled PostgreSQL: start it or join it, and stop it when its last user leaves.

Who uses the server is not a list of process ids (which outlives a killed process) but a shared lock on a
file, which the kernel drops with the process however it ended: whoever leaves last gets that lock alone and
stops the server. After a kill -9 of the last user the server lives on until the next user has come and gone.

The server listens on a unix socket in a directory of mode 0700 and on nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import platformdirs
import psutil
import psycopg

from trivium.project.programs import PATIENCE, Installation, Programs
from trivium.project.programs import Unavailable as Unavailable

DATABASE = "trivium"
EXTENSIONS = ("btree_gist", "pg_trgm")
LONGEST_SOCKET = 100  # the kernel's limit is 107 bytes on Linux, 103 on macOS

CONFIGURATION = """
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = {shared}MB
effective_cache_size = {cached}MB
maintenance_work_mem = 128MB
work_mem = 16MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""

_joined: dict[Path, Server] = {}


def data_dir() -> Path:
    """The folder for everything this installation keeps: $TRIVIUM_DATA_DIR, or the user's data folder."""
    given = os.environ.get("TRIVIUM_DATA_DIR")
    if given:
        return Path(given).expanduser().absolute()
    return platformdirs.user_data_path("trivium", appauthor=False)


def use_database() -> str:
    """The database's address: DATABASE_URL as given, or the bundled server's, started if need be.

    The address is left in the environment, where settings and child processes read it.
    """
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = ensure()
    return os.environ["DATABASE_URL"]


def ensure(directory: Path | None = None, *, durable: bool = True) -> str:
    """Start or join the server under `directory` and return its address.

    This process counts as a user of the server until it ends. `durable=False` is for tests: what was
    committed may be lost in a power cut.

    Raises: Unavailable.
    """
    root = (directory or data_dir()).absolute()
    server = _joined.get(root) or Server(root, durable=durable)
    with server.locked():
        server.start_or_join()
        server.hold()
        server.prepare_database()
    _joined[root] = server
    return server.address(DATABASE)


def keep_up() -> bool:
    """Start a server this process uses again if it has died under its users; returns whether it had.

    It comes back at its old address, so that whoever was connected finds it there. Raises: Unavailable.
    """
    died = [server for server in _joined.values() if server.postmaster() is None]
    for server in died:
        with server.locked():
            server.start_or_join()
    return bool(died)


@dataclass(frozen=True)
class Postmaster:
    """What postmaster.pid says of a server that is alive."""

    pid: int
    socket_dir: str
    status: str


class Server:
    """One data folder's PostgreSQL. Every change of its state happens under `locked()`."""

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.root = root
        self.pgdata = root / "postgres"
        self.durable = durable
        self.handle: int | None = None
        self.socket_dir: Path | None = None
        self.owner = os.getpid()
        self.programs = Programs(self.pgdata)

    # -- users of the server ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among all processes: for starting, joining and stopping."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unavailable(f"cannot write to the data folder {self.root}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def hold(self) -> None:
        """Count this process as a user, once."""
        if self.handle is None:
            self.handle = self._open_holders()
            fcntl.flock(self.handle, fcntl.LOCK_SH)
            atexit.register(self.leave)

    def leave(self) -> None:
        """Stop counting this process; the last one to leave stops the server."""
        if self.handle is None or os.getpid() != self.owner:
            return
        with self.locked():
            os.close(self.handle)
            self.handle = None
            _joined.pop(self.root, None)
            if not self._is_used():
                self._stop()

    def _open_holders(self) -> int:
        return os.open(self.root / "postgres.holders", os.O_RDWR | os.O_CREAT, 0o600)

    def _is_used(self) -> bool:
        handle = self._open_holders()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    # -- the server's life -----------------------------------------------------------------------------

    def start_or_join(self) -> None:
        """Return once the server takes connections, whatever state it was found in."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.postmaster()
            if found is None:
                self._start()
            elif found.status == "ready":
                self.socket_dir = Path(found.socket_dir)
                return
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL in {self.pgdata} was not ready after {PATIENCE:.0f} s")
            time.sleep(0.05)

    def postmaster(self) -> Postmaster | None:
        """The living server of this folder, or None; a pid file left by a dead one is not believed."""
        try:
            lines = [line.strip() for line in (self.pgdata / "postmaster.pid").read_text().splitlines()]
            process = psutil.Process(int(lines[0]))
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None
        if not _works_in(process, self.pgdata):
            return None
        return Postmaster(
            pid=process.pid,
            socket_dir=lines[4] if len(lines) > 4 else "",
            status=lines[7] if len(lines) > 7 else "starting",
        )

    def address(self, database: str) -> str:
        """The libpq address of one of the server's databases."""
        found = self.postmaster()
        if found is None:
            raise Unavailable(f"PostgreSQL in {self.pgdata} has stopped")
        return f"postgresql://postgres@/{database}?host={quote(found.socket_dir, safe='')}&port=5432"

    def prepare_database(self) -> None:
        """Create our database on the first start, with the extensions every later database inherits."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                return
            with psycopg.connect(self.address("template1"), autocommit=True) as template:
                for name in EXTENSIONS:
                    template.execute(f"CREATE EXTENSION IF NOT EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _start(self) -> None:
        self.programs.open_path(self.root)
        found = self.programs.find()
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise(found)
        self._remove_remains()
        (self.pgdata / "trivium.conf").write_text(self._configuration())
        self.programs.give(self.pgdata / "trivium.conf")
        options = f"-k {self._socket_dir()}"
        arguments = ["-D", str(self.pgdata), "-w", "-t", f"{PATIENCE:.0f}", "-o", options]
        arguments += ["-l", str(self.pgdata / "start.log"), "start"]
        done = self.programs.run(found.folder / "pg_ctl", *arguments)
        if done.returncode != 0:
            raise Unavailable(f"PostgreSQL in {self.pgdata} did not start:\n{self._last_words()}")

    def _stop(self) -> None:
        found = self.postmaster()
        if found is None:
            return
        arguments = ["-D", str(self.pgdata), "-w", "-m", "fast", "stop"]
        self.programs.run(self.programs.find().folder / "pg_ctl", *arguments)
        if Path(found.socket_dir).name.startswith("trivium-pg-"):
            shutil.rmtree(found.socket_dir, ignore_errors=True)

    def _initialise(self, found: Installation) -> None:
        """Make the cluster beside its place and move it there, so that half a cluster is never seen."""
        made = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.root))
        self.programs.give(made)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if found.major >= 17 else []
        arguments = ["-D", str(made), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = self.programs.run(found.folder / "initdb", *arguments, *locale)
        if done.returncode != 0:
            shutil.rmtree(made, ignore_errors=True)
            raise Unavailable(f"PostgreSQL could not create its data folder:\n{done.stdout[-2000:]}")
        with (made / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'trivium.conf'  # written anew at each start\n")
        made.rename(self.pgdata)

    def _remove_remains(self) -> None:
        """After a power cut the pids in the lock files may be anyone's, and PostgreSQL would not start.

        Waits for the dead server's processes to notice and end: they still share its memory.
        """
        deadline = time.monotonic() + PATIENCE / 4
        while any(_works_in(process, self.pgdata) for process in psutil.process_iter()):
            if time.monotonic() > deadline:
                raise Unavailable(f"processes of a dead server still work in {self.pgdata}")
            time.sleep(0.1)
        sockets = self.socket_dir or self.root / "run"
        for remains in (self.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
            remains.unlink(missing_ok=True)

    def _configuration(self) -> str:
        memory_mb = psutil.virtual_memory().total // 2**20
        return CONFIGURATION.format(
            shared=min(1024, max(128, memory_mb // 8)),
            cached=max(256, memory_mb // 2),
            durable="on" if self.durable else "off",
        )

    def _last_words(self) -> str:
        """The end of the newest log, for a message."""
        logs = [self.pgdata / "start.log", *(self.pgdata / "log").glob("*.log")]
        newest = max((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime, default=None)
        return newest.read_text(errors="replace")[-1500:] if newest else ""

    def _socket_dir(self) -> Path:
        """A private folder for the socket, short enough for the kernel."""
        folder = self.socket_dir or self.root / "run"
        too_long = len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET or " " in str(folder)
        if self.socket_dir is None and too_long:
            folder = Path(tempfile.mkdtemp(prefix="trivium-pg-", dir="/tmp"))
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        self.programs.give(folder)
        return folder


def _works_in(process: psutil.Process, pgdata: Path) -> bool:
    """Whether this is a living PostgreSQL process of that data folder: they all work in it."""
    try:
        return process.name().startswith("post") and Path(process.cwd()) == pgdata.resolve()
    except psutil.Error:  # it has ended, is a zombie, or belongs to somebody else
        return False
