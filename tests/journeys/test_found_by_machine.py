"""Stories the machines and the enumeration found to end badly, told plainly so that they stay mended."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import transaction

from tests.journeys.gateway import NAME, install
from tests.journeys.market import Company, Market
from tests.kept import market_of
from trivium.core.errors import WrongState
from trivium.core.jobs import drain
from trivium.core.money import BadAmount
from trivium.core.quantity import BadQuantity
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.ledger import queries as ledger
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.rules import SupplyAnswer
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db

CNY = "CNY"
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


class Shop:
    """Two suppliers, one partner, one buyer; one sku each; freight from the first supplier only."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.boss = market.operator.actor
        self.first, self.second = market.supplier("Lvyuan", freight=1500), market.supplier("Hengtai")
        self.partner = market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.a = market.sku(self.first, "A", [(1, "100.00")], stock=50)
        self.c = market.sku(self.second, "C", [(1, "33.33")], stock=50)

    def confirm(self, placed: ordering.Placed, *suppliers: Company) -> None:
        """Both sides confirm each part whole; jobs run."""
        for ref, supplier in zip(placed.supplier_order_refs, suppliers or (self.first, self.second), strict=False):
            ordering.confirm_supply(supplier.actor, ref, ship_date=TODAY)
            ordering.confirm_margin(self.partner.actor, ref)
        drain()

    def pay(self, placed: ordering.Placed, amount: int) -> None:
        """A bank transfer arrives."""
        settlement.record_bank_transfer(self.boss, placed.ref, amount=amount, reference=placed.ref)
        drain()

    def status(self, placed: ordering.Placed) -> list[str]:
        """How each part stands."""
        return [part["status"] for part in orders.get_order(self.boss, placed.ref)["supplier_orders"]]

    def line(self, placed: ordering.Placed, part: int = 0) -> str:
        """The reference of a part's first line."""
        return str(orders.get_order(self.boss, placed.ref)["supplier_orders"][part]["lines"][0]["ref"])


@pytest.fixture
def shop(clock: SettableClock) -> Shop:
    return market_of(Shop)


def test_freight_is_not_refunded_before_it_is_paid(shop: Shop) -> None:
    placed = shop.market.order(shop.buyer, [(shop.a, 1)])
    with pytest.raises(WrongState), transaction.atomic():
        settlement.refund(shop.boss, placed.supplier_order_refs[0], [], freight=100, reason="late")


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "0.0001"])
def test_no_command_takes_what_is_no_quantity(shop: Shop, quantity: str) -> None:
    bad = Decimal(quantity)
    with pytest.raises(BadQuantity), transaction.atomic():
        shop.market.order(shop.buyer, [(shop.a, quantity)])
    placed = shop.market.order(shop.buyer, [(shop.a, 5)])
    part, line = placed.supplier_order_refs[0], shop.line(placed)
    if bad != 0:  # none of a line is an answer
        answer = SupplyAnswer(line, bad)
        with pytest.raises(BadQuantity), transaction.atomic():
            ordering.confirm_supply(shop.first.actor, part, ship_date=TODAY, answers=[answer])
    shop.confirm(placed, shop.first)
    shop.pay(placed, 50000 + 1500)
    with pytest.raises(BadQuantity), transaction.atomic():
        fulfilment.dispatch(shop.first.actor, part, carrier="SF", items=[(line, bad)])
    fulfilment.dispatch(shop.first.actor, part, carrier="SF")
    if bad != 0:
        with pytest.raises(BadQuantity), transaction.atomic():
            settlement.refund(shop.boss, part, [RefundItem(line, quantity=bad)], reason="odd")


def test_a_negative_refund_cannot_hide_behind_freight(shop: Shop) -> None:
    placed = shop.market.order(shop.buyer, [(shop.a, 5)])
    shop.confirm(placed, shop.first)
    shop.pay(placed, 51500)
    part = placed.supplier_order_refs[0]
    fulfilment.dispatch(shop.first.actor, part, carrier="SF")
    items = [RefundItem(shop.line(placed), amount=-100)]
    with pytest.raises(BadAmount), transaction.atomic():
        settlement.refund(shop.boss, part, items, freight=1500, reason="odd")
    assert ledger.balance(f"escrow/{part}", CNY) == 51500


def test_an_order_that_costs_nothing_takes_nothing_of_its_budget(shop: Shop) -> None:
    settlement.set_budget(shop.boss, shop.buyer.ref, "main", 1000, CNY)
    pricing.create_coupon(shop.boss, code="FREE", percent="100")
    placed = shop.market.order(shop.buyer, [(shop.c, 2)], coupon_codes=["FREE"], budget_code="main")
    assert placed.total == 0
    shop.confirm(placed, shop.second)
    assert shop.status(placed) == ["released"]
    assert ledger.balance(f"buyer/{shop.buyer.ref}/budget/main", CNY) == 1000


def ask_for_approval(shop: Shop) -> ordering.Placed:
    """An order of two parts waits for the buyer's own people; one part is withdrawn meanwhile."""
    parties.set_approval_rule(shop.buyer.actor, organization_ref=shop.buyer.ref, threshold=1, currency=CNY)
    placed = shop.market.order(shop.buyer, [(shop.a, 1), (shop.c, 1)])
    ordering.cancel_supplier_order(shop.buyer.actor, placed.supplier_order_refs[0], reason="not this one")
    return placed


@pytest.mark.parametrize("yes", [True, False])
def test_an_approval_concerns_the_parts_that_are_left(shop: Shop, yes: bool) -> None:
    placed = ask_for_approval(shop)
    drain()
    waiting = people.approvals_waiting(shop.buyer.colleague)
    parties.decide(shop.buyer.colleague, str(waiting[0]["ref"]), yes=yes)
    drain()
    assert shop.status(placed) == ["cancelled", "submitted" if yes else "cancelled"]
    refs = [o["ref"] for o in orders.orders_of(shop.first.actor)]
    assert refs == [], "a part withdrawn before it was submitted is no business of its supplier"


def test_an_approval_that_never_comes_cancels_what_is_left(shop: Shop, clock: SettableClock) -> None:
    placed = ask_for_approval(shop)
    clock.move(days=30)
    sweep_deadlines()
    assert shop.status(placed) == ["cancelled", "cancelled"]


def test_what_is_left_of_an_order_and_costs_nothing_is_released(shop: Shop) -> None:
    """The buyer drops the only part that cost anything; nobody is asked to pay 0."""
    pricing.launch_promotion(
        shop.second.actor, name="Gift", kind="line", percent="100", funders=[{"party": "supplier", "weight": 1}]
    )
    placed = shop.market.order(shop.buyer, [(shop.a, 1), (shop.c, 1)])
    shop.confirm(placed)
    assert shop.status(placed) == ["confirmed", "confirmed"]
    ordering.cancel_supplier_order(shop.buyer.actor, placed.supplier_order_refs[0], reason="not this one")
    drain()
    assert shop.status(placed) == ["cancelled", "released"]


def test_a_coupon_comes_back_when_one_part_was_cancelled_and_the_other_returned(shop: Shop) -> None:
    pricing.create_coupon(shop.boss, code="TEN", amount_off=1000, currency=CNY, per_buyer=1)
    placed = shop.market.order(shop.buyer, [(shop.a, 1), (shop.c, 1)], coupon_codes=["TEN"])
    shop.confirm(placed)
    shop.pay(placed, placed.total)
    ordering.cancel_supplier_order(shop.buyer.actor, placed.supplier_order_refs[0], reason="not this one")
    drain()
    shipment = fulfilment.dispatch(shop.second.actor, placed.supplier_order_refs[1], carrier="SF")
    fulfilment.confirm_delivery(shop.buyer.actor, shipment.ref)
    item = RefundItem(shop.line(placed, 1), quantity=Decimal(1))
    settlement.refund(shop.boss, placed.supplier_order_refs[1], [item], reason="broken")
    drain()
    assert shop.market.order(shop.buyer, [(shop.c, 1)], coupon_codes=["TEN"]).total == 3333 - 1000


def test_a_coupon_comes_back_when_one_part_was_returned_and_the_other_cancelled(shop: Shop) -> None:
    pricing.create_coupon(shop.boss, code="TEN", amount_off=1000, currency=CNY, per_buyer=1)
    placed = shop.market.order(shop.buyer, [(shop.a, 1), (shop.c, 1)], coupon_codes=["TEN"])
    shop.confirm(placed)
    shop.pay(placed, placed.total)
    shipment = fulfilment.dispatch(shop.second.actor, placed.supplier_order_refs[1], carrier="SF")
    fulfilment.confirm_delivery(shop.buyer.actor, shipment.ref)
    item = RefundItem(shop.line(placed, 1), quantity=Decimal(1))
    settlement.refund(shop.boss, placed.supplier_order_refs[1], [item], reason="broken")
    ordering.cancel_supplier_order(shop.buyer.actor, placed.supplier_order_refs[0], reason="not this one")
    drain()
    assert shop.market.order(shop.buyer, [(shop.c, 1)], coupon_codes=["TEN"]).total == 3333 - 1000


def test_nobody_is_charged_for_an_order_that_was_cancelled_meanwhile(shop: Shop) -> None:
    gateway = install()
    placed = shop.market.order(shop.buyer, [(shop.a, 1)], payment_method="prepaid")
    shop.confirm(placed, shop.first)
    settlement.start_payment(shop.buyer.actor, placed.ref, gateway=NAME)
    ordering.cancel_order(shop.buyer.actor, placed.ref, reason="no need")
    drain()
    assert gateway.charges == {}
