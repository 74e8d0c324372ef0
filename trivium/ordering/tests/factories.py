"""An order for tests: two suppliers, a partner, a buyer with credit, and who works for them."""

from collections.abc import Sequence
from decimal import Decimal

from tests.journeys.market import Company, Market
from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, business_day
from trivium.inventory import queries as stock
from trivium.ledger import commands as ledger
from trivium.ordering import commands, queries
from trivium.ordering.commands import Placed
from trivium.ordering.models import Order
from trivium.ordering.rules import GiveBack, SupplyAnswer
from trivium.parties import commands as parties
from trivium.parties import queries as people


class Trade:
    """A and B come from the first supplier, C from the second; no freight; the buyer may owe a million."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.market = market = Market()
        self.boss = market.operator.actor
        self.first, self.second = market.supplier("Lvyuan"), market.supplier("Hengtai")
        self.partner = market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.a = market.sku(self.first, "A", [(1, "100.00")], stock=100)
        self.b = market.sku(self.first, "B", [(1, "10.00")], stock=100)
        self.c = market.sku(self.second, "C", [(1, "33.33")], stock=100)
        ledger.set_floor(f"buyer/{self.buyer.ref}/receivable", "CNY", -100_000_000)

    def order(self, *wishes: tuple[str, int | str], **kwargs: object) -> Placed:
        """Place an order, on account unless told otherwise."""
        kwargs = {"payment_method": "on_account", **kwargs}
        return self.market.order(self.buyer, wishes or [(self.a, 10), (self.c, 3)], **kwargs)

    def part(self, placed: Placed, number: int = 0) -> str:
        """The reference of one of its parts."""
        return placed.supplier_order_refs[number]

    def lines(self, part: str) -> list[str]:
        """References of a part's lines in order."""
        order = queries.get_order(self.boss, queries.part_money(part).order_ref)
        return [line["ref"] for line in self._of(order, part)["lines"]]

    def line(self, part: str, number: int = 0) -> dict:
        """One line of a part as the operator sees it."""
        order = queries.get_order(self.boss, queries.part_money(part).order_ref)
        return dict(self._of(order, part)["lines"][number])

    def _of(self, order: dict, part: str) -> dict:
        return dict(next(p for p in order["supplier_orders"] if p["ref"] == part))

    def supply(self, part: str, answers: Sequence[SupplyAnswer] | None = None, actor: Actor | None = None) -> None:
        """The supplier confirms a part."""
        supplier_id = queries.get_part(self.boss, part).supplier_id
        company = self.first if supplier_id == self.first.id else self.second
        day = business_day(self.clock.at)
        commands.confirm_supply(actor or company.actor, part, ship_date=day, answers=answers)

    def released(self, *wishes: tuple[str, int | str], **kwargs: object) -> Placed:
        """An order both sides have confirmed, on account, so that it may be shipped."""
        placed = self.order(*wishes, **kwargs)
        for part in placed.supplier_order_refs:
            self.supply(part)
            commands.confirm_margin(self.partner.actor, part)
        drain()
        return placed

    def ship(self, part: str, quantity: int | str, *, sign: bool = True, key: str = "shp_1") -> None:
        """So much of a part's first line leaves, and is signed for."""
        items = [(self.lines(part)[0], Decimal(quantity))]
        commands.record_shipped(self.boss, part, items, key=key)
        if sign:
            commands.record_signed(self.buyer.actor, part, items)

    def give_back(self, part: str, *items: GiveBack, actor: Actor | None = None) -> list[commands.Step]:
        """Goods or money are given back."""
        key = f"k{self.clock.at.timestamp()}{len(items)}"
        return commands.give_back(actor or self.boss, part, items, key=key, restock=True, at=self.clock.at)

    def status(self, placed: Placed) -> list[str]:
        """How each part stands."""
        return [part["status"] for part in queries.get_order(self.boss, placed.ref)["supplier_orders"]]

    def also(self, actor: Actor, company: Company, role: str) -> Actor:
        """The same person at work in another company."""
        mail = people.person(actor.user_id or 0).email
        parties.grant_role(self.boss, email=mail, organization_ref=company.ref, role=role, job="admin")
        found = people.actor_of(actor.user_id or 0, company.ref, role)
        assert found is not None
        return found


def written() -> tuple[int, int]:
    """How many orders and events there are: a refusal adds none."""
    return Order.objects.count(), EventRecord.objects.count()


def on_hand(*refs: str) -> list[Decimal]:
    """What can still be ordered of skus."""
    known = catalog.tradable(refs)
    free = stock.available([known[ref].id for ref in refs])
    return [free[known[ref].id] for ref in refs]
