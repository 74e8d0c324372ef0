"""The market on paper: companies, people, goods, orders. Pure: same purchases, seed and size, same market."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import pyarrow as pa
import pyarrow.compute as pc

from demo import words
from demo.assortment import Line, PlannedSku, choose, sku_words
from demo.credit_code import credit_code
from demo.fates import OrderFate, Outline, draw_fates
from demo.purchases import Purchases
from demo.words import City, Trade, Word

MODES = ("commission", "service_fee", "markup")
PARTNER_CITIES = ("310000", "440300", "110000", "440100", "330100", "510100", "420100", "610100")
FEWEST_LINES, MOST_LINES = 3, 7
MOST_SUPPLIERS = (2, 1, 3, 1, 2, 1)  # of a buyer's orders, in turn
FIRST_NUMBER = 57_800_000
MOST_TIMES = 6  # the smallest order, however much a household bought


@dataclass(frozen=True, slots=True)
class Size:
    """How big a market: at least so many of each."""

    suppliers: int = 18
    partners: int = 8
    buyers: int = 64
    skus: int = 2060
    orders: int = 302


@dataclass(frozen=True, slots=True)
class PlannedCompany:
    """A company before it is admitted. `brands` are a supplier's; `mode` is how a partner earns."""

    words: Word
    legal_name: str
    code: str
    city: City
    trade: Trade
    people: tuple[Word, ...]
    mode: str = ""
    partner: int = -1
    brands: tuple[Word, ...] = ()

    @property
    def name(self) -> str:
        """Short, as people call it: in Chinese and in letters."""
        return f"{self.words.zh} {self.words.en}"


@dataclass(slots=True)
class PlannedOrder:
    """An order before it is placed: who wants how much of what, and what becomes of it."""

    buyer: int
    lines: tuple[tuple[int, int], ...]
    fate: OrderFate = field(init=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole market. Suppliers, buyers and skus are named by their places in these lists."""

    suppliers: list[PlannedCompany]
    partners: list[PlannedCompany]
    buyers: list[PlannedCompany]
    skus: list[PlannedSku]
    orders: list[PlannedOrder]

    @property
    def main_buyer(self) -> int:
        """The buyer one signs in as: the one that orders most."""
        return _most([order.buyer for order in self.orders])

    @property
    def main_supplier(self) -> int:
        """The supplier one signs in as: the one most is ordered of."""
        return _most([s for order in self.orders for s in {self.skus[sku].supplier for sku, _ in order.lines}])

    @property
    def main_partner(self) -> int:
        """The partner one signs in as: the one whose buyers order most."""
        return _most([self.buyers[order.buyer].partner for order in self.orders])

    def sku_name(self, place: int) -> Word:
        """How a sku is called."""
        sku = self.skus[place]
        return sku_words(sku, self.suppliers[sku.supplier].brands[sku.brand])

    def listing(self) -> Iterator[str]:
        """Everything that makes this market this one, line by line."""
        for company in (*self.suppliers, *self.partners, *self.buyers):
            yield f"{company.name}|{company.legal_name}|{company.code}|{company.mode}|{company.partner}"
        for place, sku in enumerate(self.skus):
            name = self.sku_name(place)
            yield f"{sku.code}|{name.en}|{name.zh}|{sku.price}|{sku.moq}"
        for order in self.orders:
            yield f"{order.buyer}|{order.lines}|{order.fate}"

    def fingerprint(self) -> str:
        """SHA-256 over the listing."""
        return hashlib.sha256("\n".join(self.listing()).encode()).hexdigest()


def make(purchases: Purchases, seed: int, size: Size) -> Plan:
    """Draw up the market."""
    random = Random(seed)
    lines, skus = choose(purchases, size.suppliers, size.skus)
    names = list(words.company_names())
    random.shuffle(names)
    registry = _Registry(random, names)
    suppliers = [registry.supplier(line.trade) for line in lines]
    stores = _households(purchases, size)
    partners = [registry.partner(place) for place in range(len(stores))]
    buyers = [
        registry.buyer(place, partner) for place, households in enumerate(stores) for partner in [partners[place]]
        for _household in households
    ]  # fmt: skip
    households = [household for store in stores for household in store]
    orders = _orders(_baskets(purchases, households, lines), skus, size.orders, random)
    plan = Plan(suppliers, partners, buyers, skus, orders)
    for order, fate in zip(orders, draw_fates(_outlines(plan), _visitors(plan), random), strict=True):
        order.fate = fate
    orders.sort(key=lambda order: -order.fate.days_ago)
    return plan


class _Registry:
    """Gives out names, seats and numbers."""

    def __init__(self, random: Random, names: list[Word]) -> None:
        self._random, self._names = random, iter(names)
        self._number = FIRST_NUMBER
        self._sat: dict[str, int] = defaultdict(int)
        self._families = words.pieces("people", "part", "family")
        self._given = words.pieces("people", "part", "given")

    def supplier(self, trade_code: str) -> PlannedCompany:
        trade = words.trades("supplier")[trade_code]
        city = words.cities()[trade.places[self._sat[trade_code] % len(trade.places)]]
        self._sat[trade_code] += 1
        brands = (next(self._names), next(self._names), next(self._names))
        return self._company(brands[0], trade, city, people=1, brands=brands)

    def partner(self, place: int) -> PlannedCompany:
        mode = MODES[place % len(MODES)]
        city = words.cities()[PARTNER_CITIES[place % len(PARTNER_CITIES)]]
        return self._company(next(self._names), words.trades("partner")[mode], city, people=1, mode=mode)

    def buyer(self, place: int, partner: PlannedCompany) -> PlannedCompany:
        trade = self._random.choice(list(words.trades("buyer").values()))
        return self._company(next(self._names), trade, partner.city, people=2, partner=place)

    def _company(
        self, name: Word, trade: Trade, city: City, *, people: int, mode: str = "", partner: int = -1,
        brands: tuple[Word, ...] = (),
    ) -> PlannedCompany:  # fmt: skip
        self._number += self._random.randrange(1_000, 40_000)
        called = Word(f"{name.en} {trade.words.en}", f"{name.zh}{trade.words.zh}")
        return PlannedCompany(
            called, f"{city.words.zh}{called.zh}有限公司", credit_code(city.code, self._number), city, trade,
            tuple(self._person() for _ in range(people)), mode, partner, brands,
        )  # fmt: skip

    def _person(self) -> Word:
        family, given = self._random.choice(self._families), self._random.choice(self._given)
        return Word(f"{family.en} {given.en}", f"{family.zh}{given.zh}")


def _most(values: Sequence[int]) -> int:
    return max(sorted(set(values)), key=values.count)


def _households(purchases: Purchases, size: Size) -> list[list[int]]:
    """For each of the stores with most custom, the households that spend most there and nowhere more."""
    spent = purchases.transactions.group_by(["household_id", "store_id"]).aggregate([("sales_value", "sum")])
    home: dict[int, tuple[int, int]] = {}
    columns = (spent["household_id"], spent["store_id"], spent["sales_value_sum"])
    for household, store, value in zip(*(column.to_pylist() for column in columns), strict=True):
        home[household] = max(home.get(household, (0, 0)), (value, store))
    at_store: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for household, (value, store) in home.items():
        at_store[store].append((-value, household))
    shares = [size.buyers // size.partners + (place < size.buyers % size.partners) for place in range(size.partners)]
    able = [store for store, its in at_store.items() if len(its) >= shares[0]]
    ranked = sorted(able, key=lambda store: (sum(value for value, _household in at_store[store]), store))
    return [
        [household for _value, household in sorted(at_store[store])[:share]]
        for store, share in zip(ranked, shares, strict=False)
    ]


Basket = dict[int, int]


def _baskets(purchases: Purchases, households: Sequence[int], lines: Sequence[Line]) -> list[list[Basket]]:
    """What each household bought of our skus, basket by basket, as {sku: pieces}."""
    sku_of = {product: sku for line in lines for product, sku in line.sku_of.items()}
    bought = purchases.transactions.filter(
        pc.is_in(purchases.transactions["household_id"], value_set=_set(purchases, "household_id", households))
    )
    baskets: dict[int, dict[int, Basket]] = {household: {} for household in households}
    columns = (bought[name].to_pylist() for name in ("household_id", "basket_id", "product_id", "quantity"))
    for household, basket, product, quantity in zip(*columns, strict=True):
        sku = sku_of.get(product)
        if sku is not None and quantity > 0:
            its = baskets[household].setdefault(basket, {})
            its[sku] = its.get(sku, 0) + quantity
    return [[its for _id, its in sorted(baskets[household].items())] for household in households]


def _set(purchases: Purchases, column: str, values: Sequence[int]) -> pa.Array:
    return pa.array(values, type=purchases.transactions.schema.field(column).type)


def _orders(
    baskets: Sequence[Sequence[Basket]], skus: Sequence[PlannedSku], count: int, random: Random
) -> list[PlannedOrder]:
    """So many orders: each buyer's share by what it bought, one at least."""
    used_of: Counter[int] = Counter()
    drafts = [list(_drafts(its, skus, used_of)) for its in baskets]
    weight = [sum(len(draft) for draft in its) for its in drafts]
    weight[weight.index(max(weight))] *= 2  # one is big enough to look at for longer
    shares = [max(1, round(count * own / sum(weight))) if its else 0 for own, its in zip(weight, drafts, strict=True)]
    wanted = [buyer for buyer, share in enumerate(shares) for _ in range(share)]
    wanted += random.choices(range(len(shares)), weights=weight, k=max(0, count - len(wanted)))
    random.shuffle(wanted)
    used = [0] * len(drafts)
    orders = []
    for buyer in wanted:
        draft = drafts[buyer][used[buyer] % len(drafts[buyer])]
        used[buyer] += 1
        orders.append(PlannedOrder(buyer, tuple((sku, _cartons(skus[sku], n, random)) for sku, n in draft)))
    return orders


def _drafts(
    baskets: Sequence[Basket], skus: Sequence[PlannedSku], used: Counter[int]
) -> Iterator[list[tuple[int, int]]]:
    """Baskets put together until they are worth an order, each of few suppliers.

    Everybody buys bananas: suppliers that had less of it so far come first, so that all have something to do.
    """
    gathered: Basket = {}
    made = 0
    for basket in baskets:
        for sku, pieces in sorted(basket.items(), key=lambda item: (used[skus[item[0]].supplier], item[0])):
            suppliers = {skus[each].supplier for each in gathered}
            if skus[sku].supplier in suppliers or len(suppliers) < MOST_SUPPLIERS[made % len(MOST_SUPPLIERS)]:
                gathered[sku] = gathered.get(sku, 0) + pieces
        if len(gathered) >= FEWEST_LINES:
            used.update({skus[each].supplier for each in gathered})
            yield sorted(gathered.items())[:MOST_LINES]
            gathered, made = {}, made + 1
    if gathered and not made:
        yield sorted(gathered.items())[:MOST_LINES]


def _cartons(sku: PlannedSku, pieces: int, random: Random) -> int:
    """A company's quantity for a household's: whole smallest orders, more where more pieces were bought."""
    return sku.moq * (min(pieces, MOST_TIMES) + random.choice((0, 0, 1, 2, 4)))


def _outlines(plan: Plan) -> list[Outline]:
    """Of each order: its buyer, its partner, and its suppliers in order."""
    return [
        Outline(o.buyer, plan.buyers[o.buyer].partner, tuple(sorted({plan.skus[sku].supplier for sku, _ in o.lines})))
        for o in plan.orders
    ]


def _visitors(plan: Plan) -> Outline:
    return Outline(plan.main_buyer, plan.main_partner, (plan.main_supplier,))
