"""The worked example of the domain, to the cent, from placing to payout; and the same order on account with returns."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.journeys.market import Company, Market
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import sweep_deadlines
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CNY = "CNY"


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


class Example:
    """The example's parties, goods and discounts."""

    def __init__(self, *, mode: str = "commission", percent: str = "8") -> None:
        self.market = market = Market()
        self.s1 = market.supplier("Lvyuan Hardware", freight=2000)
        self.s2 = market.supplier("Hengtai Fasteners", freight=800)
        self.partner = market.partner("Nanfang Channel", mode, percent)
        self.buyer = market.buyer("Haiwen Engineering", self.partner)
        self.a = market.sku(self.s1, "A", [(1, "100.00"), (10, "95.00")], stock=100)
        self.c = market.sku(self.s2, "C", [(1, "33.33")], stock=100)
        pricing.launch_promotion(
            market.operator.actor,
            name="Spend 1 000 save 50",
            amount_off=5000,
            threshold=100000,
            currency=CNY,
            funders=[{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}],
        )
        pricing.create_coupon(self.partner.actor, code="TEN", amount_off=1000, currency=CNY)

    def place(self, payment_method: str) -> ordering.Placed:
        return self.market.order(
            self.buyer, [(self.a, 10), (self.c, 3)], coupon_codes=["TEN"], payment_method=payment_method
        )

    def confirm(self, placed: ordering.Placed) -> None:
        for part, supplier in zip(placed.supplier_order_refs, (self.s1, self.s2), strict=True):
            ordering.confirm_supply(supplier.actor, part, ship_date=dt.date(2026, 3, 3))
            ordering.confirm_margin(self.partner.actor, part)
        drain()

    def deliver(self, placed: ordering.Placed) -> None:
        for part, supplier in zip(placed.supplier_order_refs, (self.s1, self.s2), strict=True):
            shipment = fulfilment.dispatch(supplier.actor, part, carrier="SF Express", tracking_numbers=[part[-12:]])
            fulfilment.confirm_delivery(self.buyer.actor, shipment.ref)
        drain()

    def complete(self, clock: SettableClock) -> None:
        clock.move(days=8)
        sweep_deadlines()
        drain()
        clock.move(hours=1)

    def line(self, who: Company, placed: ordering.Placed, part: int) -> dict:
        return orders.get_order(who.actor, placed.ref)["supplier_orders"][part]["lines"][0]


def test_every_figure_of_the_example(clock: SettableClock) -> None:
    example = Example()
    placed = example.place("bank_transfer")
    assert placed.total == 101799
    a, c = (example.line(example.market.operator, placed, part)["figures"] for part in (0, 1))
    assert (a["gross"], c["gross"]) == (95000, 9999)
    assert (a["operator_part"], a["supplier_part"], a["partner_part"]) == (2714, 1810, 905)
    assert (c["operator_part"], c["supplier_part"], c["partner_part"]) == (286, 190, 95)
    assert (a["paid"], c["paid"]) == (89571, 9428)
    assert (a["base"], c["base"]) == (93190, 9809)
    assert (a["fee"], c["fee"]) == (2796, 294)
    assert (a["commission"], c["commission"]) == (7455, 785)
    assert (a["supplier_net"], c["supplier_net"]) == (82939, 8730)


def test_from_placing_to_payout(clock: SettableClock) -> None:
    example = Example()
    market, partner = example.market, example.partner
    placed = example.place("bank_transfer")
    example.confirm(placed)
    settlement.record_bank_transfer(market.operator.actor, placed.ref, amount=101799, reference="BOC-1")
    drain()
    first, second = placed.supplier_order_refs
    assert balance(f"escrow/{first}", CNY) == 91571
    assert balance(f"escrow/{second}", CNY) == 10228
    assert balance("bank", CNY) == -101799
    example.deliver(placed)
    example.complete(clock)
    assert balance(f"escrow/{first}", CNY) == balance(f"escrow/{second}", CNY) == 0
    supplier_pending = [balance(f"supplier/{s.ref}/pending", CNY) for s in (example.s1, example.s2)]
    assert supplier_pending == [82939 + 2000, 8730 + 800]
    assert balance(f"partner/{partner.ref}/pending", CNY) == 7240
    assert balance("operator/fees", CNY) + balance("operator/promotions", CNY) == 90

    issued = settlement.issue_statements(market.operator.actor, until=clock.at)
    assert len(issued) == 3
    for ref in issued:
        statement = books.get_statement(market.operator.actor, ref)
        assert statement["total"] == sum(line["amount"] for line in statement["lines"])
        side = {example.s1.ref: example.s1, example.s2.ref: example.s2, partner.ref: partner}
        settlement.confirm_statement(side[statement["party"]["ref"]].actor, ref)
        assert settlement.confirm_statement(market.operator.actor, ref)
    for approval in people.approvals_waiting(market.operator.actor):
        for person in (market.operator.actor, market.operator.colleague):
            parties.decide(person, approval["ref"], yes=True)
    drain()
    assert balance(f"partner/{partner.ref}/payable", CNY) == 0
    assert balance("bank", CNY) == -101799 + 84939 + 9530 + 7240
    assert {payout["status"] for payout in books.payouts_of(market.operator.actor)} == {"sent"}


def test_on_account_with_returns_before_and_after_completion(clock: SettableClock) -> None:
    example = Example()
    market, partner, buyer = example.market, example.partner, example.buyer
    settlement.set_credit_limit(market.operator.actor, buyer.ref, 200000, CNY)
    placed = example.place("on_account")
    first, second = placed.supplier_order_refs
    example.confirm(placed)
    receivable = f"buyer/{buyer.ref}/receivable"
    assert balance(receivable, CNY) == -101799
    example.deliver(placed)

    a_ref = example.line(market.operator, placed, 0)["ref"]
    c_ref = example.line(market.operator, placed, 1)["ref"]
    back = settlement.refund(
        example.s1.actor, first, [RefundItem(a_ref, quantity=Decimal(4))], reason="four were the wrong size"
    )
    # half-up(895.71 × 4/10) = 358.28
    assert back.amount == 35828
    assert balance(receivable, CNY) == -101799 + 35828
    assert balance(f"escrow/{first}", CNY) == 91571 - 35828
    example.complete(clock)
    # A stands at 6/10: commission 74.55 − 29.82, fee 27.96 − 11.18, operator 27.14 − 10.86, partner 9.05 − 3.62;
    # the supplier keeps the rest: 829.39 − (358.28 + 10.86 + 3.62 − 29.82 − 11.18)
    assert balance(f"supplier/{example.s1.ref}/pending", CNY) == 82939 - (35828 + 1086 + 362 - 2982 - 1118) + 2000
    assert balance(f"supplier/{example.s2.ref}/pending", CNY) == 8730 + 800
    partner_pending = f"partner/{partner.ref}/pending"
    assert balance(partner_pending, CNY) == (7455 - 2982) - (905 - 362) + 785 - 95
    assert balance("operator/fees", CNY) == (2796 - 1118) + 294
    assert balance("operator/promotions", CNY) == -(2714 - 1086) - 286

    settlement.refund(
        market.operator.actor, second, [RefundItem(c_ref, quantity=Decimal(3))], freight=800, reason="all defective"
    )
    drain()
    assert balance(f"supplier/{example.s2.ref}/pending", CNY) == 0
    assert balance(partner_pending, CNY) == (7455 - 2982) - (905 - 362)
    assert balance("operator/fees", CNY) == 2796 - 1118
    assert balance("operator/promotions", CNY) == -(2714 - 1086)
    assert balance(receivable, CNY) == -(101799 - 35828 - 9428 - 800)
    assert balance(f"escrow/{first}", CNY) == balance(f"escrow/{second}", CNY) == 0

    assert settlement.issue_statements(market.operator.actor, until=clock.at) == []
    settlement.settle_account(
        market.operator.actor, buyer.ref, amount=101799 - 35828 - 9428 - 800, currency=CNY, reference="BOC-2"
    )
    assert balance(receivable, CNY) == 0
    clock.move(hours=1)
    assert len(settlement.issue_statements(market.operator.actor, until=clock.at)) == 3
