"""The demonstration at full size, from its real purchases: started, broken off, killed, started again.

Needs the package that `make demo` and `make prove` install, and minutes: left out of the sample.
"""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from demo import purchases
from demo.build import SEED
from demo.logins import PASSWORD, login
from demo.plan import Size, make

ROOT = Path(__file__).resolve().parent.parent.parent
ROLES = ("operator", "supplier", "partner", "buyer")
PATIENCE = 600
BROKEN_OFF_AFTER = 20

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder of nobody, with a path short enough for a socket; no process works in it afterwards."""
    made = Path(tempfile.mkdtemp(prefix="trivium-demo-", dir="/tmp"))
    yield made
    for process in at_work(made):
        process.kill()
    shutil.rmtree(made)


class Demo:
    """One run of `python -m demo` and what it has printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRIVIUM_")}
        environment.pop("DATABASE_URL", None)
        self.log = folder / f"printed-{len(list(folder.glob('printed-*')))}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo", "--port", "8790"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**environment, "TRIVIUM_DATA_DIR": str(folder)}, start_new_session=True,
            )  # fmt: skip

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.1)

    def port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.printed)
        assert found is not None, self.printed
        return int(found[1])

    def interrupt(self) -> int:
        os.kill(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=90)


def at_work(folder: Path) -> list[psutil.Process]:
    """Every process whose folder, arguments or environment lie there."""
    found = []
    for process in psutil.process_iter():
        try:
            places = [process.cwd(), *process.cmdline(), process.environ().get("TRIVIUM_DATA_DIR", "")]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(folder) in place for place in places):
            found.append(process)
    return found


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/sign-in/")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def rows(folder: Path, query: str) -> list[tuple]:
    socket = str(folder / "demo" / "run")
    with psycopg.connect(host=socket, user="postgres", dbname="trivium") as connection:
        return connection.execute(query.encode()).fetchall()


def test_the_demonstration_lives_through_what_people_do_to_it(folder):
    first = Demo(folder)
    first.wait_for("Building")
    time.sleep(BROKEN_OFF_AFTER)
    first.process.kill()  # in the middle of building: what it has begun is thrown away
    first.process.wait()

    second = Demo(folder)
    second.wait_for(login("buyer"))
    for role in ROLES:
        assert login(role) in second.printed
    assert PASSWORD in second.printed
    assert answers(second.port())
    check_counts(folder)
    check_homes(folder)
    audit = subprocess.run(
        [sys.executable, "-m", "trivium.project.cli", "audit"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "TRIVIUM_DATA_DIR": str(folder / "demo"), "DATABASE_URL": ""},
    )  # fmt: skip
    assert audit.returncode == 0, audit.stdout
    before = rows(folder, "SELECT ref FROM ordering_order ORDER BY id")
    second.process.kill()  # its site lives on, and its port is taken
    second.process.wait()

    third = Demo(folder)
    third.wait_for(login("buyer"))
    assert answers(third.port())
    assert rows(folder, "SELECT ref FROM ordering_order ORDER BY id") == before
    fourth = Demo(folder)  # one at a time in a folder
    assert fourth.process.wait(timeout=60) == 1
    assert "running already" in fourth.printed
    assert third.interrupt() == 0
    time.sleep(1)
    assert at_work(folder) == []


def check_counts(folder: Path) -> None:
    """What the market has to be at the least, and how often things go wrong in it."""
    least = {"supplier": 12, "partner": 8, "buyer": 60}
    for role, count in rows(folder, "SELECT role, count(*) FROM parties_organizationrole GROUP BY role"):
        assert count >= least.get(role, 1), role
    assert rows(folder, "SELECT count(*) FROM catalog_sku WHERE is_listed")[0][0] >= 2000
    assert rows(folder, "SELECT count(*) FROM ordering_order")[0][0] >= 300
    assert {m for (m,) in rows(folder, "SELECT mode FROM ordering_order")} == {"commission", "service_fee", "markup"}
    methods = {m for (m,) in rows(folder, "SELECT payment_method FROM ordering_order")}
    assert methods == {"prepaid", "bank_transfer", "on_account"}
    (days,) = rows(folder, "SELECT extract(day FROM max(placed_at) - min(placed_at)) FROM ordering_order")[0]
    assert 80 <= days <= 90

    parts = rows(folder, "SELECT count(*) FROM ordering_supplierorder")[0][0]

    def share(query: str) -> float:
        return rows(folder, query)[0][0] / parts

    rejected = share("SELECT count(*) FROM ordering_supplierorder p JOIN parties_organization s ON s.id = p.supplier_id"
                     " WHERE cancelled_by LIKE '%@' || s.ref || '%'")  # fmt: skip
    objected = share("SELECT count(*) FROM ordering_supplierorder WHERE objected_at IS NOT NULL")
    late = share("SELECT count(*) FROM ordering_supplierorder WHERE (shipped_at AT TIME ZONE 'Asia/Shanghai')::date"
                 " > ship_date")  # fmt: skip
    returned = share("SELECT count(DISTINCT supplier_order_id) FROM settlement_refund WHERE kind = 'refund'")
    assert 0.06 <= rejected + objected <= 0.10, (rejected, objected)
    assert 0.03 <= late <= 0.07, late
    assert 0.02 <= returned <= 0.04, returned


def check_homes(folder: Path) -> None:
    """At least five open tasks wait for each of the four who may sign in; read as their homes read them."""
    read = subprocess.run(
        [sys.executable, "-m", "tests.demo.tasks"], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "TRIVIUM_DATA_DIR": str(folder / "demo"), "DATABASE_URL": "", "TRIVIUM_SANDBOX": "1"},
    )  # fmt: skip
    waiting = dict(line.split() for line in read.stdout.splitlines())
    assert set(waiting) == set(ROLES)
    assert all(int(count) >= 5 for count in waiting.values()), waiting


def test_the_same_seed_makes_the_same_market_of_the_real_purchases():
    first, second = (make(purchases.read(), SEED, Size()) for _ in range(2))
    assert first.fingerprint() == second.fingerprint()
