"""A discount with a threshold, when the buyer returns goods it simply does not want."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.journeys.market import Market
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import sweep_deadlines
from trivium.pricing import commands as pricing
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


def delivered(market: Market) -> tuple:
    """Ten pieces at 100.00, spend 1 000 save 50 (operator 60 : supplier 40, rechecked on return), all signed for."""
    supplier, partner = market.supplier("Maker", freight=0), market.partner("Channel")
    buyer = market.buyer("Buyer", partner)
    pricing.launch_promotion(
        market.operator.actor,
        name="Spend 1 000 save 50",
        amount_off=5000,
        threshold=100000,
        currency="CNY",
        funders=[{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}],
        recheck_on_return=True,
    )
    sku = market.sku(supplier, "A", [(1, "100.00")])
    placed = market.order(buyer, [(sku, 10)])
    part = placed.supplier_order_refs[0]
    ordering.confirm_supply(supplier.actor, part, ship_date=dt.date(2026, 3, 3))
    ordering.confirm_margin(partner.actor, part)
    settlement.record_bank_transfer(market.operator.actor, placed.ref, amount=95000, reference="B1")
    shipment = fulfilment.dispatch(supplier.actor, part, carrier="SF")
    fulfilment.confirm_delivery(buyer.actor, shipment.ref)
    line = orders.get_order(market.operator.actor, placed.ref)["supplier_orders"][0]["lines"][0]["ref"]
    return supplier, partner, part, line


def test_a_chosen_return_loses_the_kept_discount_to_who_funded_it(clock: SettableClock) -> None:
    market = Market()
    supplier, _partner, part, line = delivered(market)
    back = settlement.refund(supplier.actor, part, [RefundItem(line, Decimal(4), by_choice=True)], reason="not wanted")
    # 950.00 × 4/10 = 380.00, less the 60 % of the discount that is still on the kept goods: 30.00
    assert back.amount == 38000 - 3000
    assert balance("operator/promotions", "CNY") == 1800
    assert balance(f"supplier/{supplier.ref}/pending", "CNY") == 1200
    rest = settlement.refund(
        supplier.actor, part, [RefundItem(line, Decimal(6), by_choice=True)], reason="nor the rest"
    )
    assert back.amount + rest.amount == 95000
    assert balance("operator/promotions", "CNY") == balance(f"supplier/{supplier.ref}/pending", "CNY") == 0
    clock.move(days=8)
    sweep_deadlines()
    drain()
    assert balance(f"escrow/{part}", "CNY") == 0


def test_faulty_goods_cost_the_buyer_no_discount(clock: SettableClock) -> None:
    market = Market()
    supplier, partner, part, line = delivered(market)
    back = settlement.refund(supplier.actor, part, [RefundItem(line, Decimal(4))], reason="broken")
    assert back.amount == 38000
    clock.move(days=8)
    sweep_deadlines()
    drain()
    again = settlement.refund(supplier.actor, part, [RefundItem(line, Decimal(5), by_choice=True)], reason="not wanted")
    # threshold: 1 000.00 less 5 chosen pieces; kept discount: 50.00 × 1/10
    assert again.amount == 47500 - 500
    assert balance(f"escrow/{part}", "CNY") == 0
    assert balance(f"partner/{partner.ref}/pending", "CNY") > 0
