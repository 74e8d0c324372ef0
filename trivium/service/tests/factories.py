"""Somebody who asks, and somebody else."""

from dataclasses import dataclass, field

from tests.journeys.market import Company, Market
from trivium.service import commands


@dataclass
class Desk:
    """A buyer with a supplier and a partner, another buyer, and the operator they all ask."""

    market: Market = field(default_factory=Market)
    operator: Company = field(init=False)
    supplier: Company = field(init=False)
    partner: Company = field(init=False)
    buyer: Company = field(init=False)
    stranger: Company = field(init=False)

    def __post_init__(self) -> None:
        market = self.market
        self.operator = market.operator
        self.supplier = market.supplier("Chenguang Lighting")
        self.partner = market.partner("Lianca Trading")
        self.buyer = market.buyer("Yuelai Hotel", self.partner)
        self.stranger = market.buyer("Yunqi Events", self.partner)

    def ticket(self, **given: str) -> str:
        """A ticket of the buyer's."""
        return commands.open_ticket(
            self.buyer.actor, **{"subject": "Lamps", "text": "Are they in?", "kind": "question", **given}
        )
