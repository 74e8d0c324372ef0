"""The market the state machine trades on: every way of earning, every way of paying, scarce stock, awkward prices."""

from decimal import Decimal

from tests.journeys.market import Company, Market
from trivium.core.actor import Actor
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.parties import commands as parties
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewPrice
from trivium.settlement import commands as settlement

CNY = "CNY"
BAND = {"markup_band": {"min_percent": "0", "max_percent": "60"}}


class Bazaar:
    """Three suppliers, a partner for each way of earning and the house, a buyer for each partner."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.operator = market.operator
        self.suppliers = [
            market.supplier("Lvyuan Hardware", freight=1500, **BAND),
            market.supplier("Hengtai Fasteners", fee="2.5", share="10", payable="at_completion", **BAND),
            market.supplier("Mingda Valves", fee="5", share="6", freight=800, net_of_tax=True, **BAND),
        ]
        self.partners = [
            market.partner("Nanfang Channel", "commission", "8"),
            market.partner("Beihai Service", "service_fee", "5"),
            market.partner("Xihu Trading", "markup"),
            market.house,
        ]
        self.skus = self._make_skus()
        self._price_for_markup(self.partners[2])
        self.buyers = [
            market.buyer(f"{name} Engineering", partner)
            for name, partner in zip(("Haiwen", "Jingu", "Tiancheng", "Yuhua"), self.partners, strict=True)
        ]
        self._discount()
        self._trust()
        self._people = {company.id: company for company in (*self.suppliers, *self.partners, *self.buyers)}

    def company(self, key: int) -> Company:
        """A company by its key."""
        return self._people[key]

    def actor(self, key: int) -> Actor:
        """The first person of a company by its key."""
        return self._people[key].actor

    def _make_skus(self) -> list[str]:
        first, second, third = self.suppliers
        sku = self.market.sku
        return [
            sku(first, "A", [(1, "100.00"), (10, "95.00")], stock=60),
            sku(first, "B", [(1, "0.01")], stock=9),
            sku(second, "C", [(1, "33.33")], stock=40),
            sku(second, "D", [(1, "7.77"), (5, "7.13")], stock=25, quantity_step=Decimal("0.5"), moq=Decimal("0.5")),
            sku(third, "E", [], stock=30),
            sku(third, "F", [], stock=12),
        ]

    def _price_for_markup(self, partner: Company) -> None:
        third = self.suppliers[2]
        prices = [NewPrice(self.skus[4], 1, "249.90"), NewPrice(self.skus[5], 1, "1.19")]
        tax = {"tax_rate": "13", "tax_included": False}
        pricing.publish_price_list(third.actor, name="Before tax", currency=CNY, prices=prices, **tax)
        own = [
            (self.suppliers[0], [(self.skus[0], 1, "123.45"), (self.skus[1], 1, "0.016")], {}),
            (self.suppliers[1], [(self.skus[2], 1, "41.00"), (self.skus[3], 1, "8.88")], {}),
            (third, [(self.skus[4], 1, "300.00"), (self.skus[5], 1, "1.50")], tax),
        ]
        for supplier, steps, terms in own:
            pricing.publish_price_list(
                partner.actor, name="Own", currency=CNY, supplier_ref=supplier.ref,
                prices=[NewPrice(*step) for step in steps], **terms,
            )  # fmt: skip

    def _discount(self) -> None:
        boss = self.operator.actor
        shared = [{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}]
        thirds = [{"party": name, "weight": 1} for name in ("operator", "supplier", "partner")]
        pricing.launch_promotion(
            boss, name="Spend 1 000 save 50", amount_off=5000, threshold=100000, currency=CNY, funders=shared,
            recheck_on_return=True,
        )  # fmt: skip
        pricing.launch_promotion(
            boss, name="Spend 300 save 20", amount_off=2000, threshold=30000, currency=CNY, funders=thirds, lane=2,
            recheck_on_return=True,
        )  # fmt: skip
        pricing.launch_promotion(boss, name="Three percent", percent="3", lane=1, funders=thirds)
        pricing.launch_promotion(self.suppliers[1].actor, name="Seven off", kind="line", percent="7")
        pricing.create_coupon(self.partners[0].actor, code="TEN", amount_off=1000, currency=CNY, uses=5, per_buyer=3)
        pricing.create_coupon(boss, code="OPS", percent="5", uses=4, per_buyer=2)
        pricing.create_coupon(self.suppliers[0].actor, code="SUP", amount_off=500, currency=CNY, uses=3)
        pricing.create_coupon(boss, code="FREE", percent="100", uses=3, per_buyer=2)

    def _trust(self) -> None:
        boss = self.operator.actor
        for buyer, limit in zip(self.buyers, (500_000, 120_000, 900_000, 300_000), strict=True):
            settlement.set_credit_limit(boss, buyer.ref, limit, CNY)
            settlement.set_budget(boss, buyer.ref, "main", 400_000, CNY)
        for buyer, threshold, needed in ((self.buyers[1], 50_000, 1), (self.buyers[3], 100_000, 2)):
            parties.set_approval_rule(
                buyer.actor, organization_ref=buyer.ref, threshold=threshold, currency=CNY, needed=needed
            )

    def restock(self, sku: int, quantity: int, key: str) -> None:
        """A delivery arrives at the supplier."""
        inventory.receive(self.suppliers[sku // 2].actor, [Item(self.skus[sku], quantity)], key=key)
