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
    "operator": {"": 19, "orders/": 8, "statements/": 7, "payouts/": 8, "organizations/": 7, "contracts/": 8,
                 "accounts/": 5, "accounts/gateways/": 5, "accounts/transfers/": 5, "keys/": 5, "shipments/": 6,
                 "refunds/": 6, "prices/": 6, "prices/agreed/": 6, "promotions/": 8, "coupons/": 7},
    "supplier": {"": 24, "orders/": 9, "products/": 9, "statements/": 8, "work/": 8, "shipments/": 7, "refunds/": 7,
                 "keys/": 6, "prices/": 8, "prices/agreed/": 7, "promotions/": 9, "coupons/": 8},
    "partner": {"": 22, "orders/": 9, "statements/": 8, "contracts/": 9, "work/": 8, "shipments/": 7, "refunds/": 7,
                "keys/": 6, "goods/": 11, "prices/": 9, "prices/agreed/": 9, "promotions/": 9, "coupons/": 8},
    "buyer": {"": 23, "orders/": 10, "shelf/": 9, "cart/": 11, "shipments/": 7, "refunds/": 7, "keys/": 6},
}  # fmt: skip

EXCHANGED = {
    role: {"": home, "polls/": 7, "meetings/": 7}
    for role, home in {"operator": 21, "supplier": 24, "partner": 22, "buyer": 23}.items()
}


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
    """And as often as is written down above."""
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
    assert {role: {path: many[role, path] for path in paths} for role, paths in STATEMENTS.items()} == STATEMENTS


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
    assert {role: {path: asked[1][role, path] for path in paths} for role, paths in EXCHANGED.items()} == EXCHANGED

