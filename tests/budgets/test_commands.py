"""How many statements the acts of the main flow take: small constants, whatever the number of lines."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import Company, Market
from tests.kept import market_of
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.settlement import commands as settlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return market_of(Market)


@pytest.fixture
def partner(market: Market) -> Company:
    return market.partner("Channel")


def statements(act: Callable[[], object]) -> int:
    """How many statements an act takes, the transaction's own words aside."""
    with CaptureQueriesContext(connection) as seen:
        act()
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(words) for query in seen.captured_queries)


def goods(market: Market, suppliers: int, each: int) -> tuple[list[Company], list[str]]:
    made = [market.supplier(f"Supplier {n}", freight=800) for n in range(suppliers)]
    return made, [market.sku(s, f"{n}-{m}", [(1, "9.90")]) for n, s in enumerate(made) for m in range(each)]


def test_three_adds_and_placing_take_at_most_25(market: Market, partner: Company) -> None:
    buyer = market.buyer("Buyer", partner)
    _suppliers, skus = goods(market, 2, 2)

    def three_adds_and_place() -> None:
        for sku in skus[:3]:
            ordering.add_to_cart(buyer.actor, sku, 2)
        market.order(buyer, [], from_cart=True)

    three_adds_and_place()
    assert statements(three_adds_and_place) <= 25


def test_placing_takes_the_same_for_three_lines_and_for_sixty(market: Market, partner: Company) -> None:
    buyer = market.buyer("Buyer", partner)
    _suppliers, skus = goods(market, 3, 20)
    market.order(buyer, [(skus[0], 1)])
    few = statements(lambda: market.order(buyer, [(sku, 1) for sku in (skus[0], skus[20], skus[40])]))
    many = statements(lambda: market.order(buyer, [(sku, 1) for sku in skus]))
    assert few == many <= 12


def test_the_rest_of_the_flow_does_not_grow_with_the_lines(market: Market, partner: Company) -> None:
    buyer = market.buyer("Buyer", partner)
    suppliers, skus = goods(market, 1, 40)

    def flow(count: int) -> list[int]:
        placed = market.order(buyer, [(sku, 1) for sku in skus[:count]])
        part = placed.supplier_order_refs[0]
        taken = [statements(lambda: ordering.confirm_supply(suppliers[0].actor, part, ship_date=_tomorrow()))]
        taken.append(statements(lambda: ordering.confirm_margin(partner.actor, part)))
        operator = market.operator.actor
        taken.append(
            statements(
                lambda: settlement.record_bank_transfer(
                    operator, placed.ref, amount=placed.total, reference=f"BOC {placed.number}"
                )
            )
        )
        drain()
        taken.append(statements(lambda: fulfilment.dispatch(suppliers[0].actor, part, carrier="SF Express")))
        taken.append(statements(lambda: orders.get_order(buyer.actor, placed.ref)))
        return taken

    flow(1)
    assert flow(2) == flow(40)


def test_lists_and_worklists_do_not_grow_with_the_orders(market: Market, partner: Company) -> None:
    buyer = market.buyer("Buyer", partner)
    suppliers, skus = goods(market, 2, 1)

    def reads() -> list[int]:
        return [
            statements(lambda: orders.orders_of(buyer.actor)),
            statements(lambda: orders.orders_of(suppliers[0].actor)),
            statements(lambda: orders.worklist(suppliers[0].actor)),
            statements(lambda: orders.worklist(partner.actor)),
        ]

    market.order(buyer, [(sku, 1) for sku in skus])
    one = reads()
    for _ in range(8):
        market.order(buyer, [(sku, 1) for sku in skus])
    assert reads() == one
    assert max(one) <= 3


def _tomorrow() -> dt.date:
    return business_day(now()) + dt.timedelta(days=1)
