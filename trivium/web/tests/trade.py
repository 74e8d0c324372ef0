"""A market with somebody at every portal."""

from dataclasses import dataclass, field

from tests.journeys.market import SYSTEM, Company, Market
from trivium.core.actor import Actor
from trivium.parties import commands as parties
from trivium.settlement import commands as settlement
from trivium.web.tests.hands import Hands

ADDRESS = {
    "ship_to__name": "Chen Wei", "ship_to__phone": "+8613800138000", "ship_to__country": "CN",
    "ship_to__region": "440305", "ship_to__city": "Shenzhen", "ship_to__street": "1 Keyuan Road",
}  # fmt: skip
CHECKOUT = {**ADDRESS, "delivery_method": "standard", "payment_method": "bank_transfer"}
"""What a checkout is handed in with, beside what a test is about."""


@dataclass
class Trade:
    """Two suppliers, a partner with a buyer and another buyer, each with goods, contracts and people."""

    market: Market = field(default_factory=Market)
    s1: Company = field(init=False)
    s2: Company = field(init=False)
    partner: Company = field(init=False)
    buyer: Company = field(init=False)
    stranger: Company = field(init=False)
    lamp: str = field(init=False)
    rail: str = field(init=False)

    def __post_init__(self) -> None:
        market = self.market
        self.s1 = market.supplier("Chenguang Lighting", freight=2000, payable="at_completion")
        self.s2 = market.supplier("Hengtai Bathroom", freight=800, payable="at_completion")
        self.partner = market.partner("Lianca Trading")
        self.buyer = market.buyer("Yuelai Hotel", self.partner)
        self.stranger = market.buyer("Yunqi Events", self.partner)
        self.lamp = market.sku(self.s1, "DL-201", [(1, "100.00"), (10, "95.00")], moq=2, quantity_step=2)
        self.rail = market.sku(self.s2, "TR-60", [(1, "33.33")])

    def at(self, actor: Actor, language: str = "en") -> Hands:
        """This person at the portal."""
        return Hands(actor, language)

    def order(self, *wishes: tuple[str, int], **kwargs: object) -> str:
        """An order of the buyer's, placed by a command; returns its reference."""
        return self.market.order(self.buyer, wishes or [(self.lamp, 10)], **kwargs).ref

    def lend(self, limit: int = 10_000_000) -> None:
        """Let the buyer order on account."""
        settlement.set_credit_limit(self.market.operator.actor, self.buyer.ref, limit, "CNY")

    def approve_over(self, threshold: int, needed: int = 1) -> None:
        """Let the buyer's own people approve what is larger."""
        parties.set_approval_rule(
            SYSTEM, organization_ref=self.buyer.ref, threshold=threshold, currency="CNY", needed=needed
        )
