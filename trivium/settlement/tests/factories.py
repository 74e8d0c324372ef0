"""A deal for tests: two suppliers, a partner and a buyer, brought through the commands to where money moves."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tests.journeys.market import Company, Market
from trivium.core import sql
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, business_day
from trivium.fulfilment import commands as fulfilment
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.commands import Placed
from trivium.pricing import commands as pricing
from trivium.settlement import commands, queries
from trivium.settlement.models import Refund
from trivium.settlement.rules import RefundItem

CNY = "CNY"
START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


class Deal:
    """A (100.00, freight 20.00) from the first supplier, C (33.33, freight 8.00) from the second."""

    def __init__(self, clock: SettableClock, *, payable: str = "when_paid") -> None:
        self.clock = clock
        self.market = market = Market()
        self.boss, self.clerk = market.operator.actor, market.operator.colleague
        self.first = market.supplier("Lvyuan", freight=2000, payable=payable)
        self.second = market.supplier("Hengtai", freight=800, payable=payable)
        self.partner = market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.a = market.sku(self.first, "A", [(1, "100.00")], stock=500)
        self.c = market.sku(self.second, "C", [(1, "33.33")], stock=500)

    def order(self, a: int = 10, c: int = 0, *, method: str = "bank_transfer", **kwargs: object) -> Placed:
        """Place an order for so many of A and C, and let both sides confirm it; jobs run."""
        wishes = [(ref, quantity) for ref, quantity in ((self.a, a), (self.c, c)) if quantity]
        placed = self.market.order(self.buyer, wishes, payment_method=method, **kwargs)
        for part in placed.supplier_order_refs:
            ordering.confirm_supply(self.supplier_of(part).actor, part, ship_date=business_day(self.clock.at))
            ordering.confirm_margin(self.partner.actor, part)
        drain()
        return placed

    def supplier_of(self, part: str) -> Company:
        """Whose supplier order this is."""
        supplier_id = orders.get_part(self.boss, part).supplier_id
        return self.first if supplier_id == self.first.id else self.second

    def due(self, placed: Placed) -> int:
        """What waits to be paid for an order."""
        found = orders.get_order(self.boss, placed.ref)["supplier_orders"]
        return sum(part["due"] for part in found if part["status"] == "confirmed")

    def transfer(self, placed: Placed) -> None:
        """The buyer's bank transfer arrives."""
        commands.record_bank_transfer(self.boss, placed.ref, amount=self.due(placed), reference=f"BOC {placed.ref}")
        drain()

    def deliver(self, part: str) -> None:
        """A supplier order leaves whole and is signed for."""
        shipment = fulfilment.dispatch(self.supplier_of(part).actor, part, carrier="SF Express")
        fulfilment.confirm_delivery(self.buyer.actor, shipment.ref)
        drain()

    def complete(self, part: str) -> None:
        """The return window of a delivered part passes."""
        self.clock.move(days=8)
        ordering.pass_deadline("complete", part)
        drain()
        self.clock.move(hours=1)

    def settled(self, a: int = 10, **kwargs: object) -> str:
        """A part that was paid, delivered and completed."""
        placed = self.order(a, **kwargs)
        if self.due(placed):
            self.transfer(placed)
        part = placed.supplier_order_refs[0]
        self.deliver(part)
        self.complete(part)
        return part

    def line(self, part: str) -> str:
        """The reference of a part's only line."""
        found = orders.get_order(self.boss, orders.part_money(part).order_ref)["supplier_orders"]
        return str(next(p for p in found if p["ref"] == part)["lines"][0]["ref"])

    def refund(self, part: str, quantity: int | str = 0, **kwargs: object) -> Refund:
        """The operator grants a refund on a part's only line; the values of the item may be given as keywords."""
        names = ("amount", "unshipped", "by_choice")
        values = {name: kwargs.pop(name) for name in names if name in kwargs}
        item = RefundItem(self.line(part), quantity=Decimal(quantity), **values)  # type: ignore[arg-type]
        made = commands.refund(self.boss, part, [item], reason="as agreed", **kwargs)  # type: ignore[arg-type]
        drain()
        return made

    def promote(self, save: int, threshold: int) -> None:
        """The operator's promotion with a threshold, looked at again when the buyer returns what it does not want."""
        pricing.launch_promotion(
            self.boss, name="Spend and save", amount_off=save, threshold=threshold, currency=CNY,
            recheck_on_return=True,
        )  # fmt: skip

    def state(self) -> list[str]:
        """Everything is stated to everybody, up to now."""
        return commands.issue_statements(self.boss, until=self.clock.at)

    def statement_of(self, company: Company, refs: Sequence[str]) -> str:
        """A company's own among statements."""
        found = {queries.get_statement(self.boss, ref)["party"]["ref"]: ref for ref in refs}
        return found[company.ref]

    def escrow(self, part: str) -> int:
        """What lies in a part's escrow."""
        return balance(f"escrow/{part}", CNY)

    def books(self, *accounts: str) -> list[int]:
        """Balances of accounts, with s1, s2, p and b for the parties' references."""
        names = {"s1": self.first.ref, "s2": self.second.ref, "p": self.partner.ref, "b": self.buyer.ref}
        return [balance(account.format(**names), CNY) for account in accounts]


def written() -> tuple[int, int]:
    """How many entries and events there are: a refusal adds none."""
    return sql.rows("SELECT count(*) FROM ledger_entry")[0][0], EventRecord.objects.count()
