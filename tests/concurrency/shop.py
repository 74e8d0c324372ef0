"""A shop whose orders the races are about."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from tests.journeys.gateway import FakeGateway, install
from tests.journeys.market import Market
from trivium.core import sql
from trivium.core.errors import Refusal
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.fulfilment import commands as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

CNY = "CNY"
CROWD = 16


class Shop:
    """Two suppliers, a partner, a buyer, a sku each, and the acts of one order."""

    def __init__(self) -> None:
        self.gateway: FakeGateway = install()  # of a shop that was kept, installed anew
        self.market = market = Market()
        self.boss, self.other_boss = market.operator.actor, market.operator.colleague
        self.suppliers = [market.supplier("Lvyuan", freight=1000), market.supplier("Hengtai")]
        self.partner = market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.skus = [market.sku(s, f"S{n}", [(1, "100.00")], stock=400) for n, s in enumerate(self.suppliers)]
        settlement.set_credit_limit(self.boss, self.buyer.ref, 100_000_00, CNY)
        self.placed: ordering.Placed | None = None

    def place(self, quantity: int = 4, *, lines: int = 1, **kwargs: Any) -> ordering.Placed:
        """An order of the first sku, or of both."""
        wishes = [(sku, quantity) for sku in self.skus[:lines]]
        self.placed = self.market.order(self.buyer, wishes, **kwargs)
        drain()
        return self.placed

    @property
    def order(self) -> str:
        """The order's reference."""
        assert self.placed is not None
        return self.placed.ref

    @property
    def part(self) -> str:
        """The reference of its first part."""
        assert self.placed is not None
        return self.placed.supplier_order_refs[0]

    @property
    def line(self) -> str:
        """The reference of that part's line."""
        return str(orders.get_order(self.boss, self.order)["supplier_orders"][0]["lines"][0]["ref"])

    def supply(self, part: int = 0) -> None:
        """The supplier confirms all."""
        assert self.placed is not None
        ref = self.placed.supplier_order_refs[part]
        ordering.confirm_supply(self.suppliers[part].actor, ref, ship_date=business_day(now()))

    def margin(self, part: int = 0) -> None:
        """The partner confirms."""
        assert self.placed is not None
        ordering.confirm_margin(self.partner.actor, self.placed.supplier_order_refs[part])

    def confirm(self) -> None:
        """Both confirm; jobs run."""
        self.supply()
        self.margin()
        drain()

    def transfer(self) -> None:
        """The money arrives at the bank."""
        due = sum(p.due or 0 for p in orders.parts_of_order(self.order))
        settlement.record_bank_transfer(self.boss, self.order, amount=due, reference=self.order)

    def fund(self) -> None:
        """Confirmed and paid."""
        self.confirm()
        self.transfer()
        drain()

    def ship(self) -> str:
        """All of it leaves; the shipment's reference."""
        return fulfilment.dispatch(self.suppliers[0].actor, self.part, carrier="SF Express").ref

    def sign(self) -> None:
        """Sent and signed for."""
        fulfilment.confirm_delivery(self.buyer.actor, self.ship())
        drain()

    def complete(self) -> None:
        """The window is over; no job has run yet."""
        sql.execute("UPDATE ordering_supplierorder SET completes_at = %s WHERE ref = %s", [now(), self.part])
        ordering.complete(self.boss, self.part)

    def refund(self, quantity: int) -> Any:
        """Goods come back."""
        items = [RefundItem(self.line, quantity=Decimal(quantity))]
        return settlement.refund(self.boss, self.part, items, reason="wrong size")

    def cancel(self) -> None:
        """The buyer withdraws."""
        ordering.cancel_order(self.buyer.actor, self.order, reason="no need")

    def status(self) -> str:
        """How the first part stands."""
        return orders.parts_of_order(self.order)[0].status

    def count(self, event: str) -> int:
        """How often something was published."""
        return int(sql.rows("SELECT count(*) FROM core_event WHERE name = %s", [event])[0][0])


def refusals(results: list[Any]) -> list[Any]:
    """Those that were refused."""
    return [result for result in results if isinstance(result, Refusal)]


def shown(shop: Shop, order: str) -> list[dict[str, Any]]:
    """The parts of an order as the operator sees them."""
    with transaction.atomic():
        parts: list[dict[str, Any]] = orders.get_order(shop.boss, order)["supplier_orders"]
    return parts
