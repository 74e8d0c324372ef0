"""A released supplier order for tests."""

from collections.abc import Sequence
from decimal import Decimal

from tests.journeys.market import Market
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands
from trivium.fulfilment.models import Shipment
from trivium.ledger import commands as ledger
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders


class Released:
    """Ten of A and two of B, confirmed by both and owed on account: they may be shipped."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.boss = market.operator.actor
        self.supplier, self.partner = market.supplier("Lvyuan"), market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        ledger.set_floor(f"buyer/{self.buyer.ref}/receivable", "CNY", -10_000_000)
        self.skus = [market.sku(self.supplier, code, [(1, "100.00")], stock=100) for code in "AB"]
        self.part = self.another()
        self.lines = [left.line_ref for left in orders.left_to_ship(self.supplier.actor, self.part)]

    def another(self, wishes: Sequence[tuple[str, int]] = ()) -> str:
        """One more supplier order: like this one, or for these skus and quantities."""
        wishes = wishes or list(zip(self.skus, (10, 2), strict=True))
        placed = self.market.order(self.buyer, wishes, payment_method="on_account")
        (part,) = placed.supplier_order_refs
        ordering.confirm_supply(self.supplier.actor, part, ship_date=business_day(now()))
        ordering.confirm_margin(self.partner.actor, part)
        drain()
        return part

    def ship(self, *items: tuple[int, int | str], tracking: tuple[str, ...] = ()) -> Shipment:
        """So much of the first and second line leaves; everything, if none is named."""
        named = [(self.lines[number], Decimal(quantity)) for number, quantity in items]
        return commands.dispatch(
            self.supplier.actor, self.part, carrier="SF Express", items=named or None, tracking_numbers=tracking
        )

    def status(self) -> str:
        """How the supplier order stands."""
        return str(orders.get_part(self.boss, self.part).status)
