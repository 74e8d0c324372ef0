"""An act that waited for another is dated after it: the clock is read under the lock."""

from typing import Any

import pytest

from tests.concurrency.sessions import PATIENCE, Act, two_sessions, wait_for_a_waiter
from tests.concurrency.shop import Shop
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.ordering import queries as orders

pytestmark = pytest.mark.django_db(transaction=True)


def overtaken(shop: Shop, late: Act, early: Act) -> Any:
    """`late` begins first and waits for the order's lock; `early` begins after it and ends before it."""
    with two_sessions() as (first, second):
        first.begin()
        first.do(orders.lock_order, Actor.system("test"), shop.order)
        waiting = second.start(late)
        wait_for_a_waiter()
        first.do(early)
        first.end()
        return waiting.result(PATIENCE)


def moments(table: str, *names: str) -> list[Any]:
    """These moments of the only row."""
    [row] = sql.rows(f"SELECT {', '.join(names)} FROM {table}")
    assert all(row), row
    return list(row)


def test_the_second_confirmation_is_the_later_one(shop: Shop) -> None:
    shop.place()
    overtaken(shop, shop.margin, shop.supply)
    names = ("supply_confirmed_at", "margin_confirmed_at", "confirmed_at")
    supply, margin, both = moments("ordering_supplierorder", *names)
    assert supply < margin == both


def test_goods_leave_after_the_money_came(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    overtaken(shop, shop.ship, shop.transfer)
    released, shipped = moments("ordering_supplierorder", "released_at", "shipped_at")
    [left] = moments("fulfilment_shipment", "dispatched_at")
    assert released < shipped == left


def test_money_goes_back_after_it_came(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    overtaken(shop, shop.cancel, shop.transfer)
    released, cancelled = moments("ordering_supplierorder", "released_at", "cancelled_at")
    assert released < cancelled
