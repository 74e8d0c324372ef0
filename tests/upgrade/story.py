"""What happened in the database of a dump: a bit of everything, so that an upgrade has something to lose."""

import datetime as dt
from decimal import Decimal

from tests.journeys.market import Company, Market
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.rules import SupplyAnswer
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.settlement.rules import RefundItem

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
CNY = "CNY"


class Story:
    """Three ways of earning, three ways of paying, orders in every state."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.market = market = Market()
        self.suppliers = [market.supplier("Lvyuan Hardware", freight=2000), market.supplier("Hengtai", freight=800)]
        modes = (("commission", "8"), ("service_fee", "2.5"))
        self.partners = [market.partner(f"Channel {mode}", mode, percent) for mode, percent in modes]
        self.buyers = [market.buyer(f"Buyer {n}", p) for n, p in enumerate([*self.partners, market.house])]
        self.skus = [
            market.sku(self.suppliers[0], "A", [(1, "100.00"), (10, "95.00")]),
            market.sku(self.suppliers[1], "C", [(1, "33.33")]),
        ]
        funders = [{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}]
        pricing.launch_promotion(
            market.operator.actor, name="Spend 1 000 save 50", amount_off=5000, threshold=100000, currency=CNY,
            funders=funders,
        )  # fmt: skip
        pricing.create_coupon(self.partners[0].actor, code="TEN", amount_off=1000, currency=CNY, per_buyer=9)
        for buyer in self.buyers:
            settlement.set_credit_limit(market.operator.actor, buyer.ref, 10**7, CNY)

    def run(self) -> None:
        """Live through it."""
        for number, buyer in enumerate(self.buyers):
            done = self.place(buyer, "bank_transfer", coupon=number == 0)
            self.confirm(done, number)
            self.pay(done)
            self.deliver(done, buyer)
            owed = self.place(buyer, "on_account")
            self.confirm(owed, number)
            self.deliver(owed, buyer)
            self.refund(owed, Decimal(4))
            self.clock.move(days=8)
            sweep_deadlines()
            drain()
            self.refund(done, Decimal(1))
        self.clock.move(hours=1)
        self.settle()
        short = self.place(self.buyers[0], "bank_transfer")
        self.confirm(short, 0, short=True)
        self.place(self.buyers[1], "on_account")
        dropped = self.place(self.buyers[2], "on_account")
        ordering.cancel_order(self.buyers[2].actor, dropped.ref, reason="ordered twice")
        drain()

    def place(self, buyer: Company, method: str, *, coupon: bool = False) -> ordering.Placed:
        wishes = [(self.skus[0], 10), (self.skus[1], 3)]
        return self.market.order(buyer, wishes, payment_method=method, coupon_codes=["TEN"] if coupon else [])

    def confirm(self, placed: ordering.Placed, number: int, *, short: bool = False) -> None:
        for part, supplier in zip(placed.supplier_order_refs, self.suppliers, strict=True):
            line = orders.get_order(self.market.operator.actor, placed.ref)["supplier_orders"][0]["lines"][0]["ref"]
            answers = [SupplyAnswer(line, Decimal(7))] if short and supplier is self.suppliers[0] else None
            day = self.clock.at.date() + dt.timedelta(days=1)
            ordering.confirm_supply(supplier.actor, part, ship_date=day, answers=answers)
            if number < len(self.partners):
                ordering.confirm_margin(self.partners[number].actor, part)
        drain()

    def pay(self, placed: ordering.Placed) -> None:
        operator = self.market.operator.actor
        settlement.record_bank_transfer(operator, placed.ref, amount=placed.total, reference=f"BOC {placed.number}")
        drain()

    def deliver(self, placed: ordering.Placed, buyer: Company) -> None:
        for part, supplier in zip(placed.supplier_order_refs, self.suppliers, strict=True):
            shipment = fulfilment.dispatch(supplier.actor, part, carrier="SF Express", tracking_numbers=[part[-12:]])
            fulfilment.confirm_delivery(buyer.actor, shipment.ref)
        drain()

    def refund(self, placed: ordering.Placed, quantity: Decimal) -> None:
        part = placed.supplier_order_refs[0]
        line = orders.get_order(self.market.operator.actor, placed.ref)["supplier_orders"][0]["lines"][0]["ref"]
        settlement.refund(self.suppliers[0].actor, part, [RefundItem(line, quantity)], reason="wrong size")
        drain()

    def settle(self) -> None:
        operator = self.market.operator
        parties_of = {company.ref: company for company in (*self.suppliers, *self.partners)}
        for ref in settlement.issue_statements(operator.actor, until=self.clock.at):
            statement = books.get_statement(operator.actor, ref)
            party = parties_of.get(statement["party"]["ref"])
            if party:
                settlement.confirm_statement(party.actor, ref)
                settlement.confirm_statement(operator.actor, ref)
        for approval in people.approvals_waiting(operator.actor)[:2]:
            for person in (operator.actor, operator.colleague):
                parties.decide(person, str(approval["ref"]), yes=True)
        drain()


def live() -> None:
    """Run the story on a clock of its own."""
    clock = SettableClock(START)
    with use_clock(clock):
        Story(clock).run()
