"""kill -9 of web, worker and database in the middle of a burst of orders and of a replay.

KILLS_SECONDS says how long each is under fire; HYPOTHESIS_SEED repeats the choice of victims.
"""

import csv
import datetime as dt
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from tests.kills.fire import Killer, Site
from trivium.connectors.invoices.reader import COLUMNS
from trivium.core.time import business_day, now

SECONDS = int(os.environ.get("KILLS_SECONDS", "30"))
CLIENTS = 4
GIVE_UP_S = 120


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A migrated site in a folder of its own; whatever is left of it is ended."""
    made = Site(tmp_path)
    done = made.run("trivium.project.cli", "migrate")
    assert done.returncode == 0, done.stderr
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.terminate()
            made.process.wait(60)


class Client:
    """A program that sends each write until it is answered, under one key, as the API asks."""

    def __init__(self, site: Site, key: str) -> None:
        self.base = f"http://127.0.0.1:{site.port}/api/v1"
        self.headers = {"Authorization": f"Bearer {key}"}
        self.repeated = 0

    def write(self, path: str, body: dict[str, object]) -> httpx.Response:
        """The final answer to a write."""
        headers = {**self.headers, "Idempotency-Key": uuid.uuid4().hex}
        deadline = time.monotonic() + GIVE_UP_S
        while time.monotonic() < deadline:
            try:
                said = httpx.post(self.base + path, json=body, headers=headers, timeout=20)
            except httpx.HTTPError:
                said = None
            if said is not None and said.status_code < 500 and "in_flight" not in said.text:
                return said
            self.repeated += 1
            time.sleep(0.2)
        raise AssertionError(f"{path} was never answered: {said.text if said else 'no connection'}")

    def read(self, path: str) -> list[dict[str, str]]:
        """A list, or nothing while the site is down."""
        try:
            said = httpx.get(self.base + path, headers=self.headers, timeout=20)
            return list(said.json()["items"]) if said.status_code == 200 else []
        except httpx.HTTPError:
            return []


def test_a_burst_of_orders_under_fire(
    site: Site, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    seed = int(request.config.getoption("hypothesis_seed"))
    market = site.told("tests.kills.ground", "open")
    site.start()
    from tests.journeys.market import ADDRESS

    lines = [{"sku_ref": sku, "quantity": quantity} for sku, quantity in zip(market["skus"], (10, 2, 3), strict=True)]
    order = {"lines": lines, "ship_to": asdict(ADDRESS), "delivery_method": "standard", "payment_method": "on_account"}
    until = time.monotonic() + SECONDS
    placed: list[str] = []
    errors: list[BaseException] = []
    clients = {name: Client(site, key) for name, key in market["keys"].items()}
    buyers = [Client(site, market["keys"]["buyer"]) for _each in range(CLIENTS)]

    def buy(client: Client) -> None:
        while time.monotonic() < until:
            said = client.write("/orders", order)
            assert said.status_code == 201, said.text
            placed.append(said.json()["ref"])

    def confirm(name: str) -> None:
        act = "confirm-margin" if name == "partner" else "confirm-supply"
        body = {} if name == "partner" else {"ship_date": business_day(now()).isoformat()}
        while time.monotonic() < until:
            for work in clients[name].read("/worklist"):
                if work["act"] in ("confirm_margin", "confirm_supply") and time.monotonic() < until:
                    said = clients[name].write(f"/supplier-orders/{work['supplier_order_ref']}/{act}", body)
                    assert said.status_code in (200, 409), said.text
            time.sleep(0.1)

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    acts = [lambda c=client: buy(c) for client in buyers]
    acts += [lambda n=name: confirm(n) for name in ("first", "second", "partner")]
    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    kinds = ("worker", "web", "database", "backend", "server")
    killer = Killer(site, kinds, random.Random(seed), min(SECONDS / 10, 5.0))
    for thread in (*threads, killer):
        thread.start()
    for thread in threads:
        thread.join()
    killer.stop()
    assert not errors, f"{errors}\n{site.log()}"
    site.stop()
    left = site.told("tests.kills.ground", "settle")
    assert len(placed) == len(set(placed)), "one order was given twice"
    assert sorted(left["orders"]) == sorted(placed), "an answered order is missing, or one was placed twice"
    assert left["failed"] == {}
    assert left["parts"].get("released"), "something was confirmed and released under fire"
    audit = site.run("trivium.project.cli", "audit")
    assert audit.returncode == 0, audit.stdout
    assert {"worker", "web", "database"} <= set(site.killed)
    repeated = sum(client.repeated for client in (*buyers, *clients.values()))
    record_property(
        "proof",
        f"kills in a burst of orders, seed {seed}: {SECONDS} s, killed {dict(site.killed)}; {len(placed)} orders, each"
        f" once, parts {left['parts']}, {repeated} requests sent again, audit clean",
    )


def invoices(path: Path, days: int) -> tuple[Path, int]:
    """Invoices of so many days, some lines not to be traded; the file and its lines."""
    rows: list[tuple[object, ...]] = []
    for day in range(days):
        at = f"{dt.datetime(2010, 12, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=day):%Y-%m-%d %H:%M:%S}"
        for number in range(6):
            name = f"{540000 + day * 10 + number}"
            for line in range(5):
                sku = f"{20001 + (day + number * 3 + line) % 40}"
                price = 1.25 + line
                rows.append((name, sku, f"THING {sku}", 1 + line, at, price, 17000 + number, "EIRE"))
            rows.append((f"C{name}", "20001", "THING 20001", -1, at, 1.25, 17000 + number, "EIRE"))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path, len(rows)


def test_a_replay_under_fire(
    site: Site, tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    seed = int(request.config.getoption("hypothesis_seed"))
    chance = random.Random(seed + 1)
    file, lines = invoices(tmp_path / "invoices.csv", days=2 * SECONDS)
    command = [sys.executable, "-m", "trivium.project.cli", "replay", str(file)]
    runs, killed, said = 0, {"replay": 0, "database": 0}, ""
    until = time.monotonic() + SECONDS
    while True:
        runs += 1
        done = subprocess.Popen(
            command, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if time.monotonic() < until:
            time.sleep(chance.uniform(3.0, 6.0))
            kind = ("replay", "database")[runs - 1] if runs < 3 else chance.choice(("replay", "replay", "database"))
            if kind == "replay" and done.poll() is None:
                done.kill()
                killed["replay"] += 1
            elif kind == "database":
                killed["database"] += site.kill("database")
        said, _none = done.communicate(timeout=600)
        if done.returncode == 0 and time.monotonic() >= until:
            break
        assert runs < 200, said
    invoices_in, traded = lines // 6, lines * 5 // 6
    assert said.splitlines()[-1].startswith(f"{lines:,} lines in, "), said
    left = site.told("tests.kills.ground", "settle")
    assert (len(left["orders"]), left["lines"], left["failed"]) == (invoices_in, traded, {})
    audit = site.run("trivium.project.cli", "audit")
    assert audit.returncode == 0, audit.stdout
    assert killed["replay"] and killed["database"]
    record_property(
        "proof",
        f"kills in a replay, seed {seed}: {SECONDS} s, {runs} runs, killed {killed}; {lines} lines in, {traded} traded,"
        f" {lines - traded} kept back, audit clean",
    )
