"""Orders in several states, and strangers who have no business with them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.journeys.market import Company, Market
from tests.journeys.watch import Watch
from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders

CNY = "CNY"
Case = tuple[str, Callable[[], Any]]


@dataclass
class Scene:
    """A market with orders in several states, and strangers who have no business with them."""

    market: Market
    supplier: Company
    partner: Company
    buyer: Company
    sku: str
    waiting: ordering.Placed
    unpaid: ordering.Placed
    released: ordering.Placed
    sent: ordering.Placed
    shipment: str
    statement: str
    strangers: dict[str, Actor]
    watch: Watch

    @property
    def boss(self) -> Actor:
        """The operator."""
        return self.market.operator.actor

    def line(self, placed: ordering.Placed) -> str:
        """An order's first line."""
        return str(orders.get_order(self.boss, placed.ref)["supplier_orders"][0]["lines"][0]["ref"])

    def all_refuse(self, cases: list[Case], kind: type[Refusal] = Refusal) -> None:
        """Each is refused by name, and nothing changes."""
        failed = []
        before = self.watch.look().print
        for name, act in cases:
            try:
                act()
                failed.append(f"{name}: went through")
            except kind as refusal:
                if refusal.code == Refusal.code or not str(refusal):
                    failed.append(f"{name}: no name")
            except Refusal as refusal:
                failed.append(f"{name}: {refusal.code}")
            except Exception as error:  # noqa: BLE001 - what is told here is the failure
                failed.append(f"{name}: {type(error).__name__} {str(error)[:80]}")
            after = self.watch.look().print
            if after != before:
                failed.append(f"{name}: changed something")
                before = after
        assert not failed, f"{len(failed)} of {len(cases)}:\n" + "\n".join(failed)
