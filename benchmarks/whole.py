"""The whole program as somebody starts it: how long until it answers, and what memory its processes take after work."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from typing import Any

import psutil

from benchmarks import ground, pages, site
from benchmarks.results import SIZE, fact

PATIENCE_S = 120
MB = 2**20


def _kind(process: psutil.Process) -> str:
    """What a process of the program is."""
    line = " ".join(process.cmdline())
    if "granian" in line:
        is_child = any("granian" in " ".join(each.cmdline()) for each in process.parents()[:1])
        return "web process" if is_child else "web's keeper"
    names = {"trivium.project.asgi": "live updates", "cli work": "worker", "cli serve": "serve itself"}
    return next((words for part, words in names.items() if part in line), "other")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - the loopback
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def start_up_and_memory(goods: ground.Goods) -> None:
    """`trivium serve --with-worker` from the start to its first page, then its memory before and after a load."""
    port = site.free_port()
    command = [sys.executable, "-m", "trivium.project.cli", "serve", "--with-worker", "--port", str(port)]
    for attempt in ("first start", "second start"):  # the first one gathers the static files
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ground.HERE, env=dict(os.environ), stdout=subprocess.DEVNULL)
        try:
            while not _answers(f"http://127.0.0.1:{port}/sign-in/"):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                    raise SystemExit("trivium serve did not come up")
                time.sleep(0.05)
            took = time.perf_counter() - began
            fact(f"trivium serve, {attempt}: to its first page", seconds=round(took, 2))
            if attempt == "second start":
                its = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
                _memory("at the start", its)
                _work(f"http://127.0.0.1:{port}", goods, its)
                _memory("after the load", its)
        finally:
            process.terminate()
            process.wait(60)


def _work(base: str, goods: ground.Goods, processes: list[Any]) -> None:
    count = max(100, int(1000 * SIZE))
    headers = pages.cookie_of(goods.buyer.actor)
    for path in ("buyer/", "buyer/orders/", "buyer/shelf/"):
        site.load(f"{base}/{path}", processes, clients=4, count=count, headers=headers)
    for _ in range(count // 4):
        goods.market.order(goods.buyer, goods.wishes)
    time.sleep(3)  # for the worker


def _memory(when: str, processes: list[psutil.Process]) -> None:
    """Megabytes by kind of process: what is its own (USS), and its share of what is shared (PSS)."""
    own: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for process in processes:
        if process.is_running():
            used = process.memory_full_info()
            own[_kind(process)].append((used.uss / MB, used.pss / MB))
    for kind, its in sorted(own.items()):
        fact(f"memory {when}: {kind}", processes=len(its), uss_mb=round(max(u for u, _p in its)),
             pss_mb=round(max(p for _u, p in its)))  # fmt: skip
