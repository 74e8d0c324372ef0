"""The site under load: granian and a worker as `trivium serve` runs them, and the bare view beside it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import psutil

from benchmarks.ground import HERE, Run, cpu_of, measured

THREADS = "4"
ROUNDS = 6


@dataclass
class Load:
    """What clients saw of a workload, and what it cost."""

    run: Run
    p50_ms: float
    p95_ms: float
    statuses: dict[str, int]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(application: str, port: int, *, workers: int = 1) -> Iterator[list[psutil.Process]]:
    """A granian server for the block; gives its processes."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        str(workers),
        "--blocking-threads",
        THREADS,
        "--no-ws",
        "--log-level",
        "warning",
        application,
    ]
    with _process(command) as process:
        _wait_for(port)
        yield [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


@contextlib.contextmanager
def working() -> Iterator[list[psutil.Process]]:
    """A worker for the block; gives its processes."""
    with _process([sys.executable, "-m", "trivium.project.cli", "work"]) as process:
        time.sleep(3)
        yield [psutil.Process(process.pid)]


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=HERE, env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def load(
    url: str, processes: list[psutil.Process], *, clients: int, count: int, headers: dict[str, str], body: str = "",
    warm: int = 200,
) -> Load:  # fmt: skip
    """Send requests from a process of their own and measure the server's side."""
    _send(url, clients=clients, count=min(warm, count), headers=headers, body=body)
    started = cpu_of(processes)
    with measured(count, processes) as result:
        seen = _send(url, clients=clients, count=count, headers=headers, body=body)
    assert cpu_of(processes) >= started
    run = Run(count, float(seen["wall"]), result[0].own_cpu, result[0].database_cpu)
    return Load(run, float(seen["p50_ms"]), float(seen["p95_ms"]), seen["statuses"])


@dataclass(frozen=True)
class Asked:
    """What clients ask for again and again, and of which processes."""

    url: str
    processes: list[psutil.Process]
    headers: dict[str, str]


def in_turns(*asked: Asked, clients: int, count: int) -> list[Load]:
    """Load several sites by turns, so that whatever else the machine does falls on all of them alike."""
    rounds: list[list[Load]] = [[] for _each in asked]
    for _round in range(ROUNDS):
        for its, seen in zip(asked, rounds, strict=True):
            seen.append(
                load(its.url, its.processes, clients=clients, count=max(50, count // ROUNDS), headers=its.headers)
            )
    return [_together(seen) for seen in rounds]


def _together(rounds: list[Load]) -> Load:
    statuses: Counter[str] = Counter()
    for each in rounds:
        statuses.update(each.statuses)
    runs = [each.run for each in rounds]
    run = Run(
        sum(r.runs for r in runs), sum(r.wall for r in runs), sum(r.own_cpu for r in runs),
        sum(r.database_cpu for r in runs),
    )  # fmt: skip
    return Load(run, median(r.p50_ms for r in rounds), median(r.p95_ms for r in rounds), dict(statuses))


def _send(url: str, **what: object) -> dict[str, object]:
    order = json.dumps({"url": url, **what})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"], input=order, capture_output=True, text=True, check=True, cwd=HERE
    )
    return dict(json.loads(done.stdout))
