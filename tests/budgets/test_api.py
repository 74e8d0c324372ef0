"""Statements per request of the hot routes, the key's own included: constants, whatever the number of rows."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import Market
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body

pytestmark = pytest.mark.django_db

PLACE, LIST, PRODUCT, ORDERS, ORDER = 14, 2, 3, 4, 7


class Shop:
    """Two suppliers with many skus, a buyer with some orders."""

    def __init__(self) -> None:
        market = Market()
        first, second = market.supplier("First"), market.supplier("Second")
        partner = market.partner("Partner")
        self.buyer = Caller.of(market.buyer("Buyer", partner).actor)
        self.skus = [
            market.sku(first if n % 3 else second, f"S{n}", [(1, "10.00"), (10, "9.00")]) for n in range(24)
        ]

    def place(self, lines: int) -> str:
        placed = self.buyer.post("/orders", order_body(*self.skus[:lines]))
        assert placed.status == 201
        return str(placed.data["ref"])


@contextmanager
def counted(most: int) -> Iterator[None]:
    """No more statements than this; transaction control (BEGIN, SAVEPOINT, …) is counted apart."""
    with CaptureQueriesContext(connection) as captured:
        yield
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET TRANSACTION")
    asked = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(control)]
    assert len(asked) <= most, f"{len(asked)} statements:\n" + "\n".join(
        statement[:160] for statement in asked
    )


def test_placing_an_order():
    shop = Shop()
    shop.place(1)
    for lines in (3, 24):
        with counted(PLACE):
            shop.place(lines)


def test_a_repetition_and_a_refusal_cost_next_to_nothing():
    shop = Shop()
    shop.buyer.post("/orders", order_body(*shop.skus[:3]), key="k")
    with counted(2):
        shop.buyer.post("/orders", order_body(*shop.skus[:3]), key="k")
    with counted(4):
        shop.buyer.post("/orders", order_body(shop.skus[0], shop.skus[0]))


def test_the_product_list():
    shop = Shop()
    for limit in (2, 24):
        with counted(LIST):
            assert len(shop.buyer.get("/products", limit=limit).data["items"]) == limit
    product = shop.buyer.get("/products").data["items"][0]["product_ref"]
    with counted(PRODUCT):
        shop.buyer.get(f"/products/{product}")


def test_orders():
    shop = Shop()
    refs = [shop.place(lines) for lines in (1, 3, 24)]
    for limit in (1, 3):
        with counted(ORDERS):
            assert len(shop.buyer.get("/orders", limit=limit).data["items"]) == limit
    for ref in refs:
        with counted(ORDER):
            shop.buyer.get(f"/orders/{ref}")
