"""Live updates as a browser gets them: a real process, real HTTP, real sessions."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from django.db import connection, transaction
from django.test import Client
from psycopg.conninfo import make_conninfo

from tests.journeys.ground import sweep_the_floor
from tests.journeys.market import Company, Market
from trivium.core.events import ensure_partition
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.web.shared.workspace import KEPT

pytestmark = pytest.mark.django_db(transaction=True)
SITE_PORT = "8000"
PATIENCE_S = 300  # until a fact; a busy machine is no fault of ours


@dataclass
class Page:
    """An open stream, read in a thread."""

    port: int
    cookies: dict[str, str]
    since: int | None = None
    origin: str = f"http://127.0.0.1:{SITE_PORT}"
    said: "queue.Queue[str]" = field(default_factory=queue.Queue)
    status: int = 0

    def __post_init__(self) -> None:
        self.since = int(time.time() * 1000) if self.since is None else self.since
        self.opened = threading.Event()
        self.over = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.opened.wait(PATIENCE_S)

    def _read(self) -> None:
        url, headers = f"http://127.0.0.1:{self.port}/live/", {"Origin": self.origin}
        try:
            asked = httpx.stream("GET", url, params={"since": self.since}, headers=headers, cookies=self.cookies,
                                 timeout=PATIENCE_S)  # fmt: skip
            with asked as answer:
                self.status = answer.status_code
                for line in answer.iter_lines():
                    if line.startswith(":"):
                        self.opened.set()
                    if line.startswith("data: "):
                        self.said.put(line.removeprefix("data: "))
        except httpx.HTTPError as failure:
            self.said.put(f"broken: {type(failure).__name__}")
        self.over.set()
        self.opened.set()

    def hears(self, within: float) -> str:
        """What it is told next, or nothing."""
        try:
            return self.said.get(timeout=within)
        except queue.Empty:
            return ""

    def hears_of(self, *contexts: str) -> set[str]:
        """All it is told until it has been told of these."""
        heard: set[str] = set()
        while not heard.issuperset(contexts):
            heard |= set(self.said.get(timeout=PATIENCE_S).split())
        return heard

    def hears_the_rest(self) -> str:
        """All it is told until it is told nothing for a while."""
        heard = ""
        while more := self.hears(1.5):
            heard += f"{more} "
        return heard


def session_of(company: Company) -> dict[str, str]:
    """The cookies of the company's person, signed in there."""
    client = Client()
    client.force_login(parties.person(company.actor.user_id or 0))
    session = client.session
    session[KEPT] = [company.ref, company.actor.role]
    session.save()
    return {"sessionid": client.cookies["sessionid"].value}


@contextmanager
def live_process(site_port: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The process for live updates on this test's database, and its port."""
    with transaction.atomic():
        ensure_partition(now())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    command = [sys.executable, "-m", "trivium.project.asgi", "--port", str(port), "--site-port", site_port]
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": address, "TRIVIUM_POOL_SIZE": "2"})
    try:
        deadline = time.monotonic() + PATIENCE_S
        while _status(port, {}) != 403:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        ended = process.wait(timeout=PATIENCE_S)
    assert ended == 0, "it ends although streams are open"


@pytest.fixture
def live() -> Iterator[int]:
    """The port of the process for live updates."""
    with live_process(SITE_PORT) as (port, _process):
        yield port
    sweep_the_floor()


def _status(port: int, headers: dict[str, str], cookies: dict[str, str] | None = None) -> int:
    try:
        with httpx.stream("GET", f"http://127.0.0.1:{port}/live/", headers=headers, cookies=cookies) as answer:
            return answer.status_code
    except httpx.HTTPError:
        return 0


def test_each_side_of_an_order_is_told_within_two_seconds_and_a_stranger_is_not(live: int) -> None:
    market = Market()
    supplier, stranger = market.supplier("Lvyuan"), market.supplier("Hengtai")
    partner = market.partner("Nanfang")
    buyer = market.buyer("Haiwen", partner)
    sku = market.sku(supplier, "A", [(1, "100.00")])
    sides = [Page(live, session_of(each)) for each in (supplier, partner, buyer, market.operator)]
    outside = Page(live, session_of(stranger))

    def took() -> float:
        began = time.monotonic()
        market.order(buyer, [(sku, 1)])
        for page in sides:
            page.hears_of("ordering")
        return time.monotonic() - began

    assert any(took() <= 2 for _order in range(5)), "late each time is our fault, late once a busy machine's"
    assert "ordering" not in outside.hears_the_rest()


def test_a_page_that_comes_back_is_told_what_it_missed(live: int) -> None:
    market = Market()
    cookies, since = session_of(market.operator), int(time.time() * 1000)
    there = Page(live, cookies)
    market.supplier("Lvyuan")
    there.hears_of("parties", "pricing")
    there.hears_the_rest()
    told = Page(live, cookies, since=since).hears(PATIENCE_S).split()
    assert {"parties", "pricing"} <= set(told)
    assert Page(live, cookies).hears(1) == ""
    assert Page(live, cookies, since=0).hears(PATIENCE_S) == "all"


def test_signing_out_ends_the_stream_and_so_does_losing_the_workspace(live: int) -> None:
    market = Market()
    leaver, loser, stays = market.supplier("Lvyuan"), market.supplier("Hengtai"), market.supplier("Fuli")
    cookies = session_of(leaver)
    pages = [Page(live, cookies), Page(live, session_of(loser)), Page(live, session_of(stays))]
    client = Client()
    client.cookies["sessionid"] = cookies["sessionid"]
    assert client.post("/sign-out/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("UPDATE parties_membership SET ends_at = now() WHERE user_id = %s", [loser.actor.user_id])
    assert pages[0].over.wait(PATIENCE_S) and pages[1].over.wait(PATIENCE_S)
    assert not pages[2].over.is_set()
    assert _status(live, {}, cookies) == 403


def test_only_pages_of_this_site_may_open_a_stream(live: int) -> None:
    cookies = session_of(Market().operator)
    assert _status(live, {}, cookies) == 200
    assert _status(live, {"Origin": f"http://127.0.0.1:{SITE_PORT}"}, cookies) == 200
    for origin in ("http://127.0.0.1:8999", "http://elsewhere.example", "null"):
        assert _status(live, {"Origin": origin}, cookies) == 403
    assert _status(live, {"Host": "elsewhere.example"}, cookies) == 403
    assert _status(live, {}, {"sessionid": "nobodys"}) == 403
    assert httpx.post(f"http://127.0.0.1:{live}/live/", cookies=cookies).status_code == 404
