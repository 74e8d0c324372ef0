"""A market whose companies are called as one language calls them, so that a word of the other one is seen."""

from dataclasses import dataclass
from typing import Any

from tests.journeys.market import Company, Market
from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewSku
from trivium.core.ids import new_ref
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewPrice
from trivium.settlement import commands as settlement

CNY = "CNY"
CALLED = {
    "en": ("Chenguang Lighting", "Hengtai Bathroom", "Lianca Trading", "Yuelai Hotel", "Chen Wei", "SF Express"),
    "zh-hans": ("晨光照明", "恒泰卫浴", "联采贸易", "悦来酒店", "陈伟", "顺丰速运"),
}
WRITTEN = {  # by people, into fields
    "en": {"broken": "Two came broken", "late": "Came late", "city": "Shenzhen", "street": "1 Keyuan Road",
           "company": "Harbour Trading"},
    "zh-hans": {"broken": "两只破损", "late": "到货延迟", "city": "深圳市", "street": "科苑路 1 号",
                "company": "海港贸易"},
}
MARKET_NAMES = {"Sanhui Operations", "Sanhui Direct", "Lin Yue"}  # as tests.journeys.market calls everybody


@dataclass
class Scene:
    """Two suppliers with goods of two units, a partner, a buyer of its own."""

    language: str

    def __post_init__(self) -> None:
        first, second, partner, buyer, receiver, carrier = CALLED[self.language]
        self.receiver, self.carrier, self.words = receiver, carrier, WRITTEN[self.language]
        self.market = market = Market()
        self.operator = market.operator
        self.s1 = market.supplier(first, freight=2000)
        self.s2 = market.supplier(second, freight=800)
        self.partner = market.partner(partner)
        self.buyer = market.buyer(buyer, self.partner)
        self.lamp = self._goods(
            self.s1, "DL-201", {"en": "Downlight 12 W", "zh-hans": "筒灯 12 W"}, [(1, "100.00"), (10, "95.00")],
            moq=2, quantity_step=2,
        )  # fmt: skip
        self.spot = self._goods(self.s1, "SP-80", {"en": "Spotlight 8 W", "zh-hans": "射灯 8 W"}, [(1, "64.50")])
        self.rail = self._goods(self.s2, "TR-60", {"en": "Towel rail 60 cm", "zh-hans": "毛巾架 60 cm"}, [(1, "33.33")])

    @property
    def names(self) -> set[str]:
        """What nobody translates."""
        return MARKET_NAMES | set(CALLED[self.language])

    @property
    def address(self) -> dict[str, str]:
        """Where goods go, as the checkout asks it."""
        return {
            "ship_to.name": self.receiver, "ship_to.phone": "+8613800138000", "ship_to.country": "CN",
            "ship_to.region": "440000", "ship_to.city": self.words["city"], "ship_to.street": self.words["street"],
        }  # fmt: skip

    def lend(self, limit: int = 10_000_000) -> None:
        """Let the buyer order on account."""
        settlement.set_credit_limit(self.operator.actor, self.buyer.ref, limit, CNY)

    def _goods(
        self, supplier: Company, code: str, name: dict[str, str], steps: list[tuple[int, str]], **more: Any
    ) -> str:
        made = catalog.create_product(
            supplier.actor, name=name, category_ref=self.market.category_ref, skus=[NewSku(code=code, **more)]
        )
        ref = made.sku_refs[code]
        prices = [NewPrice(ref, start, price) for start, price in steps]
        pricing.publish_price_list(supplier.actor, name=code, currency=CNY, prices=prices)
        inventory.receive(supplier.actor, [Item(ref, 400)], key=new_ref("rcv"))
        return ref
