"""Clients of one workload, in a process of their own: bounded in number and count, on the loopback only."""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit


def run(url: str, *, clients: int, count: int, headers: dict[str, str], body: str = "") -> dict[str, object]:
    """Send `count` requests over `clients` kept-alive connections; returns wall seconds, latencies and statuses."""
    parts = urlsplit(url)
    if parts.hostname not in ("127.0.0.1", "localhost"):
        raise SystemExit("only the loopback is a target")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    left = [count]
    lock = threading.Lock()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        while True:
            with lock:
                if left[0] <= 0:
                    return
                left[0] -= 1
                turn = left[0]
            its = {**headers, "Idempotency-Key": f"bench-{time.time_ns()}-{number}-{turn}"} if body else headers
            start = time.perf_counter()
            connection.request("POST" if body else "GET", path, body=body or None, headers=its)
            response = connection.getresponse()
            response.read()
            took = time.perf_counter() - start
            with lock:
                latencies.append(took)
                statuses[response.status] = statuses.get(response.status, 0) + 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - start
    latencies.sort()
    return {
        "wall": wall,
        "statuses": statuses,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p95_ms": latencies[int(len(latencies) * 0.95)] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(run(**json.loads(sys.stdin.read()))))
