"""The processes of a running demonstration: told apart from strangers, ended together, and found again after a kill."""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import psutil

PATIENCE = 50  # a worker finishes the jobs it has begun, for at most 30 seconds
Known = tuple[int, float]  # a process id alone may be anybody's a moment later


class Running:
    """One demonstration per folder: a lock that the kernel drops with its process, and the list of what it started."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._list = folder / "processes.json"
        self._lock = os.open(folder / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Be the one that runs here; False if another is."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def end_leftovers(self) -> int:
        """End what an earlier run that was killed has left behind; returns how many processes that were."""
        found = list(_living(self._read()))
        end(found)
        self._list.unlink(missing_ok=True)
        return len(found)

    def note(self, process: subprocess.Popen[bytes]) -> None:
        """Write down a started process and what it has started."""
        try:
            family = [psutil.Process(process.pid)]
            family += family[0].children(recursive=True)
            known = [(each.pid, each.create_time()) for each in family]
        except psutil.Error:
            return
        new = self._list.with_suffix(".new")
        new.write_text(json.dumps(sorted({*self._read(), *known})))
        new.replace(self._list)

    def forget(self) -> None:
        """Everything has ended."""
        self._list.unlink(missing_ok=True)

    def _read(self) -> list[Known]:
        try:
            return [(int(pid), float(since)) for pid, since in json.loads(self._list.read_text())]
        except (FileNotFoundError, ValueError):
            return []


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours with everything it has started, gently first."""
    if process.poll() is not None:
        return
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.terminate()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end(family)


def end(found: Iterable[psutil.Process]) -> None:
    """End processes, by force if they do not go."""
    found = list(found)
    for each in found:
        _tell(each, "terminate")
    _gone, alive = psutil.wait_procs(found, timeout=10)
    for each in alive:
        _tell(each, "kill")
    psutil.wait_procs(alive, timeout=10)


def _tell(process: psutil.Process, what: str) -> None:
    try:
        getattr(process, what)()
    except psutil.NoSuchProcess:
        return


def _living(known: Iterable[Known]) -> Iterable[psutil.Process]:
    for pid, since in known:
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - since) < 0.01:
                yield process
        except psutil.NoSuchProcess:
            continue
