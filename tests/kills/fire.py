"""A site of its own, as `trivium serve --with-worker` runs it, and somebody who kills its processes."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import psutil

PATIENCE_S = 60


class Site:
    """The processes of one data folder. `kill` ends one of a kind as kill -9 does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.killed: Counter[str] = Counter()

    @property
    def environment(self) -> dict[str, str]:
        """For every process that belongs to this site."""
        apart = ("DATABASE_URL", "TRIVIUM_TEST_DATABASE", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in apart}
        return kept | {"TRIVIUM_DATA_DIR": str(self.root), "TRIVIUM_API_PER_MINUTE": "0", "TRIVIUM_LOG_LEVEL": "ERROR"}

    def run(self, *module: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a module to its end."""
        command = [sys.executable, "-m", *module]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout)

    def told(self, *module: str) -> Any:
        """Run a module that answers in JSON."""
        done = self.run(*module)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self) -> None:
        """Serve, and return once it answers."""
        command = [sys.executable, "-m", "trivium.project.cli", "serve", "--with-worker", "--port", str(self.port)]
        with (self.root / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether web and database are there."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/v1/me", timeout=2).status_code == 401
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(PATIENCE_S) == 0, self.log()

    def log(self) -> str:
        """What it has said."""
        return (self.root / "serve.log").read_text(errors="replace")[-4000:]

    def kill(self, kind: str) -> bool:
        """Kill -9 one process of a kind: web, server, worker, database or backend; False if there is none now."""
        found = self._victim(kind)
        if found is None:
            return False
        try:
            found.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            return False
        self.killed[kind] += 1
        return True

    def _victim(self, kind: str) -> psutil.Process | None:
        try:
            if kind in ("database", "backend"):
                pid = int((self.root / "postgres" / "postmaster.pid").read_text().split()[0])
                owner = psutil.Process(pid)
                if kind == "database":
                    return owner
                return next((each for each in owner.children() if "[local]" in " ".join(each.cmdline())), None)
            assert self.process is not None
            wanted = "trivium.project.cli" if kind == "worker" else "granian"
            its = [c for c in psutil.Process(self.process.pid).children() if wanted in " ".join(c.cmdline())]
            if kind == "web":
                its = [each for one in its for each in one.children() if "resource_tracker" not in str(each.cmdline())]
            return its[0] if its else None
        except (OSError, IndexError, ValueError, psutil.Error):
            return None


class Killer(threading.Thread):
    """Kills one process after another until told to stop, each when the site has come back from the one before."""

    def __init__(self, site: Site, kinds: tuple[str, ...], chance: random.Random, every_s: float) -> None:
        super().__init__(daemon=True)
        self.site, self.kinds, self.chance, self.every_s = site, kinds, chance, every_s
        self.enough = threading.Event()

    def run(self) -> None:
        """Each kind in turn first, then by chance."""
        turn = 0
        while not self.enough.wait(self.every_s * self.chance.uniform(0.5, 1.5)):
            kind = self.kinds[turn] if turn < len(self.kinds) else self.chance.choice(self.kinds)
            if self.site.answers():
                turn += self.site.kill(kind)

    def stop(self) -> None:
        """Let nobody be killed any more."""
        self.enough.set()
        self.join()
