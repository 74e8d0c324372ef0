"""`make bench`: every workload beside its limit, in one run; a table, and build/bench.json."""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks import ground, pages, site, whole
from benchmarks.ground import HERE, Run, repeat
from benchmarks.results import ROWS, SIZE, note, table

ORDERS = int(os.environ.get("BENCH_ORDERS", "100000" if SIZE >= 1 else "0"))


def placing(address: str, goods: ground.Goods) -> None:
    """Placing an order (3 lines, 2 suppliers) as a bare command, beside its own rows and the smallest order."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.bare import OwnRows, SmallestOrder
    from trivium.ordering import commands

    placed = goods.market.order(goods.buyer, goods.wishes)
    connection.cursor().execute("ANALYZE")
    own = OwnRows(address, placed.ref)
    times = int(400 * SIZE)
    smallest = note("smallest order transaction (psycopg)", repeat(times * 2, SmallestOrder(address)))
    bare = note(
        f"the {own.rows} rows of an order in bare SQL (psycopg)", repeat(times, own), limit=smallest, of="smallest"
    )
    with CaptureQueriesContext(connection) as seen:
        for sku_ref, quantity in goods.wishes:
            commands.add_to_cart(goods.buyer.actor, sku_ref, quantity)
        goods.market.order(goods.buyer, [], from_cart=True)
    statements = len([q for q in seen.captured_queries if q["sql"] not in ("BEGIN", "COMMIT")])

    def from_cart() -> None:
        for sku_ref, quantity in goods.wishes:
            commands.add_to_cart(goods.buyer.actor, sku_ref, quantity)
        goods.market.order(goods.buyer, [], from_cart=True)

    command = repeat(times, lambda: goods.market.order(goods.buyer, goods.wishes))
    note("place_order, command", command, limit=bare, of="own rows in bare SQL")
    note("three adds and place, commands", repeat(times, from_cart), statements=statements)


def placing_by_http(goods: ground.Goods, base: str, server: list[Any]) -> None:
    """The same through HTTP with 8 clients while a worker runs."""
    from tests.journeys.market import ADDRESS
    from trivium.core import sql

    address = {name: getattr(ADDRESS, name) for name in type(ADDRESS).__dataclass_fields__}
    body = json.dumps({
        "lines": [{"sku_ref": ref, "quantity": quantity} for ref, quantity in goods.wishes],
        "ship_to": address, "delivery_method": "standard", "payment_method": "bank_transfer",
    })  # fmt: skip
    headers = {"Authorization": f"Bearer {goods.key()}", "Content-Type": "application/json"}
    with site.working():
        seen = site.load(f"{base}/api/v1/orders", server, clients=8, count=int(1500 * SIZE), headers=headers, body=body)
        waiting = sql.rows("SELECT count(*), min(id) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")[0]
        age = sql.rows(
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - e.at)), 0)::float FROM procrastinate_jobs j"
            " JOIN procrastinate_events e ON e.job_id = j.id"
            " WHERE j.status IN ('todo', 'doing') AND e.type = 'deferred'"
        )[0][0]
    note("place_order, HTTP, 8 clients, worker running", seen.run, p50_ms=round(seen.p50_ms, 1),
         p95_ms=round(seen.p95_ms, 1), statuses=seen.statuses, jobs_waiting=waiting[0],
         oldest_job_seconds=round(age, 2))  # fmt: skip


def hot_sku(address: str, goods: ground.Goods) -> None:
    """64 clients order the same sku at once, beside the bare conditional UPDATE of its row by 64 connections."""
    from django.db import connections

    from benchmarks.bare import ConditionalUpdate
    from trivium.core import sql

    sku = goods.market.sku(goods.first, "HOT", [(1, "10.00")], stock=10**8)
    stock_id = sql.rows(
        "SELECT l.id FROM inventory_stocklevel l JOIN catalog_sku s ON s.id = l.sku_id WHERE s.ref = %s", [sku]
    )[0][0]
    each = max(2, int(12 * SIZE))

    def together(make: Any, *, close: bool) -> Run:
        acts = [make() for _ in range(64)]
        gate = threading.Barrier(65)

        def client(act: Any) -> None:
            gate.wait()
            for _ in range(each):
                act()
            if close:
                connections.close_all()

        threads = [threading.Thread(target=client, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        with ground.measured(64 * each) as result:
            gate.wait()
            for thread in threads:
                thread.join()
        return result[0]

    bare = note(
        "hot row, conditional UPDATE, 64 connections",
        together(lambda: ConditionalUpdate(address, stock_id), close=False),
    )
    reserved = "SELECT reserved FROM inventory_stocklevel WHERE id = %s"
    before = sql.rows(reserved, [stock_id])[0][0]
    run = together(lambda: lambda: goods.market.order(goods.buyer, [(sku, 1)]), close=True)
    exact = sql.rows(reserved, [stock_id])[0][0] - before == 64 * each
    note("hot sku, place_order, 64 clients", run, limit=bare, of="bare UPDATE", exact=exact)
    if not exact:
        raise SystemExit("the hot sku was over- or undersold")


def product_list(address: str, goods: ground.Goods, base: str, server: list[Any]) -> None:
    """The product list of 24 by the API, beside the bare query and a bare Django view of it."""
    import psycopg
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from trivium.shelf import queries as shelf

    for number in range(int(300 * SIZE)):
        goods.market.sku(goods.first, f"L{number}", [(1, "9.90"), (10, "8.80")], stock=100)
    connection.cursor().execute("ANALYZE")
    with CaptureQueriesContext(connection) as seen:
        shelf.offers(goods.buyer.actor, limit=24)
    statement = seen.captured_queries[-1]["sql"]
    (HERE / "build" / "bench_list.sql").write_text(statement)
    bare = psycopg.connect(address, prepare_threshold=1)
    query = note(
        "list of 24: bare query (psycopg)", repeat(int(1500 * SIZE), lambda: bare.execute(statement).fetchall())
    )
    count = int(3000 * SIZE)
    port = site.free_port()
    headers = {"Authorization": f"Bearer {goods.key()}"}
    with site.serving("benchmarks.bare_site:application", port) as its:
        view, api = site.in_turns(
            site.Asked(f"http://127.0.0.1:{port}/", its, {}),
            site.Asked(f"{base}/api/v1/products?limit=24", server, headers),
            clients=8, count=count,
        )  # fmt: skip
    note("list of 24: bare Django view", view.run, limit=query, of="bare query", p95_ms=round(view.p95_ms, 1))
    note(
        "list of 24: API",
        api.run,
        limit=view.run,
        of="bare Django view",
        p95_ms=round(api.p95_ms, 1),
        statuses=api.statuses,
    )


def crowd_of(orders: int) -> None:
    """Every role's pages at so many orders, in a process of its own; its database is kept for the next run."""
    command = [sys.executable, "-m", "benchmarks.crowd", str(orders)]
    env = {**os.environ, "DATABASE_URL": os.environ["BENCH_FIRST_ADDRESS"]}
    with subprocess.Popen(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            mark, _space, rows = line.partition(" ")
            if mark == "RESULT":
                ROWS.extend(json.loads(rows))
            else:
                print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit("the crowd's pages could not be measured")


def _hardware() -> dict[str, Any]:
    model = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []  # fmt: skip
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processor": model[0] if model else platform.processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "load_before": [round(each, 1) for each in os.getloadavg()],
    }


def main() -> None:
    """Run everything and write the results."""
    started, machine = time.perf_counter(), _hardware()
    address, _made = ground.open_database()
    goods = ground.Goods()
    port = site.free_port()
    placing(address, goods)
    with site.serving("trivium.project.wsgi:application", port) as server:
        base = f"http://127.0.0.1:{port}"
        placing_by_http(goods, base, server)
        product_list(address, goods, base, server)
        pages.beside_bare_ones(goods, base, server)
    hot_sku(address, goods)
    whole.start_up_and_memory(goods)
    if ORDERS:
        crowd_of(ORDERS)
    print(f"\n{table()}\n")
    machine["seconds"] = round(time.perf_counter() - started)
    Path(HERE / "build").mkdir(exist_ok=True)
    (HERE / "build" / "bench.json").write_text(json.dumps({"machine": machine, "rows": ROWS}, indent=1))
    print(f"{machine['seconds']} s on {machine['cores']} cores ({machine['processor']}, {machine['memory_gb']} GB);"
          f" load before {machine['load_before'][0]}; build/bench.json has it for programs")


if __name__ == "__main__":
    sys.exit(main())
