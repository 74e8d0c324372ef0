"""What a page costs: bytes on a slow line, and statements however much there is."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.core.time import now
from trivium.service import commands as service
from trivium.web.tests.hands import Hands
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db

FIRST_PAGE_BYTES = 150_000
LIBRARY = "vendor/echarts.js"
LOADED = re.compile(r"""<(?:link|script|use|img)[^>]*?(?:href|src)="/static/([^"#]+)""")

STATEMENTS = {
    "operator": {"": 26, "orders/": 17, "statements/": 18, "payouts/": 17, "organizations/": 15, "contracts/": 16,
                 "accounts/": 12, "accounts/gateways/": 13, "accounts/transfers/": 12, "keys/": 12, "shipments/": 14,
                 "refunds/": 13},
    "supplier": {"": 27, "orders/": 17, "products/": 16, "statements/": 16, "work/": 15, "shipments/": 14,
                 "refunds/": 13, "keys/": 12},
    "partner": {"": 26, "orders/": 16, "statements/": 16, "contracts/": 16, "work/": 14, "shipments/": 14,
                "refunds/": 13, "keys/": 12},
    "buyer": {"": 27, "orders/": 17, "shelf/": 20, "cart/": 21, "shipments/": 14, "refunds/": 13, "keys/": 13},
}  # fmt: skip

EXCHANGED = {"": 26, "polls/": 10, "meetings/": 10}


@pytest.fixture
def market(clock) -> Trade:
    return market_of(Trade)


def exchange(market: Trade) -> None:
    """Everybody is asked something, and called to a meeting."""
    operator, at = market.market.operator.actor, now() + dt.timedelta(days=3)
    both, everybody = {"en": "Day", "zh-hans": "日期"}, ["operator", "supplier", "partner", "buyer"]
    options = {"en": ["Monday", "Friday"], "zh-hans": ["周一", "周五"]}
    service.ask_poll(operator, question=both, options=options, voters="person", results_shown="voted", closes_at=at,
                     roles=everybody)  # fmt: skip
    when = service.When(at, at + dt.timedelta(hours=1), place="Room 3")
    service.call_meeting(operator, subject=both, agenda=both, when=when, roles=everybody)


def files_of(html: str) -> dict[str, int]:
    """What a browser fetches for a page before anybody scrolls, with its compressed size."""
    sizes = {}
    for name in set(LOADED.findall(html)):
        found = finders.find(name)
        assert found, f"{name} is not there: make assets"
        sizes[name] = len(gzip.compress(Path(found).read_bytes()))
    return sizes


def people(market: Trade) -> list[Hands]:
    companies = (market.market.operator, market.s1, market.partner, market.buyer)
    return [Hands(company.actor, "zh-hans") for company in companies]


def test_the_first_page_is_light(market):
    market.order()
    pages = {"/sign-in/": Client().get("/sign-in/").content.decode()}
    for hands in people(market):
        pages[f"/{hands.actor.role}/"] = hands.open("")
    pages["/buyer/shelf/"] = hands.open("shelf/")
    for path, html in pages.items():
        sizes = files_of(html)
        assert LIBRARY not in sizes, f"{path} loads the chart library before a chart is in view"
        assert sum(sizes.values()) + len(gzip.compress(html.encode())) <= FIRST_PAGE_BYTES, (path, sizes)


def test_only_pages_with_a_chart_name_the_chart_library(market):
    market.order()
    for hands in people(market):
        assert LIBRARY in hands.open("")
        assert LIBRARY not in hands.open("orders/")


def test_pages_ask_as_often_for_many_rows_as_for_few(market):
    """And no more often than is written down above."""
    asked = {}
    for _round in range(2):
        for _order in range(4):
            market.order((market.lamp, 2), (market.rail, 1))
        for hands in people(market):
            for path in STATEMENTS[hands.actor.role]:
                with CaptureQueriesContext(connection) as captured:
                    hands.open(path)
                asked.setdefault((hands.actor.role, path), []).append(len(captured))
    few = {key: counts[0] for key, counts in asked.items()}
    many = {key: counts[1] for key, counts in asked.items()}
    assert many == few
    most = {(role, path): most for role, paths in STATEMENTS.items() for path, most in paths.items()}
    assert {key: n for key, n in many.items() if n > most[key]} == {}, many


def test_homes_and_lists_ask_as_often_for_many_polls_and_meetings_as_for_few(market):
    asked = []
    for _round in range(2):
        for _again in range(3):
            exchange(market)
        found = {}
        for hands in people(market):
            for path in ("", "polls/", "meetings/"):
                with CaptureQueriesContext(connection) as captured:
                    hands.open(path)
                found[hands.actor.role, path] = len(captured)
        asked.append(found)
    assert asked[0] == asked[1]
    assert {key: n for key, n in asked[1].items() if n > EXCHANGED[key[1]]} == {}, asked[1]
