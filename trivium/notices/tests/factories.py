"""A small trade to tell of."""

from tests.journeys.market import Company, Market
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.ledger import commands as ledger
from trivium.ordering import commands as ordering
from trivium.ordering.commands import Placed


class Trade:
    """A supplier, a partner and a buyer with credit."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.supplier, self.partner = market.supplier("Lvyuan"), market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        ledger.set_floor(f"buyer/{self.buyer.ref}/receivable", "CNY", -10_000_000)
        self.sku = market.sku(self.supplier, "A", [(1, "100.00")])

    def order(self, buyer: Company | None = None) -> Placed:
        return self.market.order(buyer or self.buyer, [(self.sku, 2)], payment_method="on_account")

    def deliver(self, placed: Placed) -> None:
        (part,) = placed.supplier_order_refs
        ordering.confirm_supply(self.supplier.actor, part, ship_date=business_day(now()))
        ordering.confirm_margin(self.partner.actor, part)
        drain()
        shipment = fulfilment.dispatch(self.supplier.actor, part, carrier="SF")
        fulfilment.confirm_delivery(self.buyer.actor, shipment.ref)
