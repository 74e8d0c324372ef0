"""The ground of all workloads: a database of its own, a market in it, and ways to read the CPU that was used."""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent.parent
NAME = "trivium_bench"


def open_database(name: str = NAME, *, keep: bool = False) -> tuple[str, bool]:
    """Make a database of the benchmark's own anew, migrate it, and point this process at it.

    With `keep` one that was marked whole by this version of the tables is taken as it is. Returns its address, and
    whether it was made now.
    """
    from trivium.project import embedded

    os.environ.setdefault("TRIVIUM_DATA_DIR", str(HERE / "build" / "bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    os.environ.setdefault("TRIVIUM_SECRET_KEY", secrets.token_hex(32))
    embedded.use_database()
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    address = os.environ.setdefault("BENCH_FIRST_ADDRESS", os.environ["DATABASE_URL"])
    with psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True) as admin:
        noted = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        kept = keep and admin.execute(noted, [name]).fetchone() == (_version(),)
        if not kept:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name}")
    old = conninfo_to_dict(address)["dbname"]
    os.environ["DATABASE_URL"] = address.replace(f"/{old}", f"/{name}", 1)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    return os.environ["DATABASE_URL"], not kept


def _version() -> str:
    """What tables a kept database must have been made for: all migrations, and the code that fills it."""
    files = [*sorted((HERE / "trivium").rglob("migrations/0*.py")), HERE / "benchmarks" / "crowd.py",
             HERE / "benchmarks" / "copies.py"]  # fmt: skip
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def mark_whole(name: str) -> None:
    """Note on a database that it is filled."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{_version()}'")


@dataclass
class Run:
    """What one workload took: runs, wall seconds, CPU seconds of this side and of PostgreSQL."""

    runs: int
    wall: float
    own_cpu: float
    database_cpu: float

    @property
    def rate(self) -> float:
        return self.runs / self.wall

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per run, both sides."""
        return (self.own_cpu + self.database_cpu) / self.runs * 1000


def cpu_of(processes: list[psutil.Process]) -> float:
    """CPU seconds used so far by these processes."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def postgres() -> list[psutil.Process]:
    """The processes of the PostgreSQL server that serves us, and no other's on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    try:
        owner = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    except (OSError, psutil.NoSuchProcess):
        return []  # a service on another machine: its CPU is not ours to read
    return [owner, *owner.children(recursive=True)]


@contextmanager
def measured(runs: int, processes: list[psutil.Process] | None = None) -> Iterator[list[Run]]:
    """Measure what happens inside; the list holds one Run afterwards."""
    mine = processes if processes is not None else [psutil.Process()]
    result: list[Run] = []
    servers = {p.pid: p for p in postgres()}
    before = {pid: cpu_of([p]) for pid, p in servers.items()}
    own, wall = cpu_of(mine), time.perf_counter()
    yield result
    wall, own = time.perf_counter() - wall, cpu_of(mine) - own
    after = {p.pid: cpu_of([p]) for p in postgres()}
    database = sum(used - before.get(pid, 0.0) for pid, used in after.items())
    result.append(Run(runs, wall, own, max(0.0, database)))


def repeat(times: int, act: Callable[[], object], *, warm: int = 20) -> Run:
    """Run an act so many times in this process, after warming up."""
    for _ in range(warm):
        act()
    with measured(times) as result:
        for _ in range(times):
            act()
    return result[0]


class Goods:
    """Two suppliers, a partner, a buyer and three skus with stock for ever."""

    def __init__(self) -> None:
        from tests.journeys.market import Market

        self.market = market = Market()
        self.first = market.supplier("First", freight=2000)
        self.second = market.supplier("Second", freight=800)
        self.partner = market.partner("Channel")
        self.buyer = market.buyer("Buyer", self.partner)
        steps = [(1, "100.00"), (10, "95.00")]
        self.skus = [
            market.sku(self.first, "A", steps, stock=10**8),
            market.sku(self.first, "B", [(1, "50.00")], stock=10**8),
            market.sku(self.second, "C", [(1, "33.33")], stock=10**8),
        ]

    @property
    def wishes(self) -> list[tuple[str, int]]:
        return [(self.skus[0], 10), (self.skus[1], 2), (self.skus[2], 3)]

    def key(self) -> str:
        """A program's key to the buyer's workspace."""
        from trivium.parties import commands
        from trivium.parties.rules import SCOPES

        return commands.create_api_key(self.buyer.actor, label="bench", scopes=SCOPES)[1]
