"""Which suppliers there are and what they sell: manufacturers of the purchases, under names and brands of our own.

A manufacturer's products keep what kind of goods they are, how dear they are beside their like, and how well they sell.
Brand, variety and pack are dealt out by rule.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pyarrow.compute as pc

from demo import words
from demo.purchases import Purchases
from demo.words import Good, Pack, Word

BRANDS = 3
TIERS = (Decimal("1"), Decimal("0.9"), Decimal("1.18"))  # what a supplier's first, second and third brand cost
DEAREST, CHEAPEST = Decimal("1.3"), Decimal("0.8")
STRANGE_SHARE = 0.12
OWN_SHARE = 0.6  # from which share of one range on a supplier is named after it


@dataclass(frozen=True, slots=True)
class PlannedSku:
    """A sku before it is made: whose, what, under which brand, in which pack, at which price (yuan a carton)."""

    code: str
    supplier: int
    good: int
    brand: int
    variety: int
    pack: Pack
    price: Decimal
    moq: int


@dataclass(slots=True)
class Line:
    """A manufacturer as a supplier: its trade, its skus, and which sku each of its products is."""

    manufacturer: int
    trade: str
    skus: list[int]
    sku_of: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Product:
    id: int
    good: int
    sales: int
    unit_price: float


def _meanings(goods: tuple[Good, ...]) -> dict[str, int]:
    return {meaning: place for place, good in enumerate(goods) for meaning in good.means}


def choose(purchases: Purchases, suppliers: int, skus: int) -> tuple[list[Line], list[PlannedSku]]:
    """The suppliers that sell most of what we have words for, and together so many skus, the best-selling first."""
    made_by = _products_by_manufacturer(purchases)
    room = {manufacturer: _room(its) for manufacturer, its in made_by.items()}
    value = {m: sum(p.sales for p in its) for m, its in made_by.items()}
    least = skus // suppliers // 2
    ranked = sorted((m for m in made_by if room[m] >= least), key=lambda m: (-value[m], m))[:suppliers]
    quotas = _quotas([room[m] for m in ranked], skus)
    lines: list[Line] = []
    planned: list[PlannedSku] = []
    for place, (manufacturer, quota) in enumerate(zip(ranked, quotas, strict=True)):
        line = Line(manufacturer, _trade(made_by[manufacturer]), [], {})
        planned += _deal(made_by[manufacturer], place, quota, line, len(planned))
        lines.append(line)
    return lines, planned


def _products_by_manufacturer(purchases: Purchases) -> dict[int, list[_Product]]:
    """Branded products we have words for, the best-selling first."""
    sums = purchases.transactions.group_by("product_id").aggregate([("sales_value", "sum"), ("quantity", "sum")])
    branded = purchases.products.filter(pc.equal(purchases.products["brand"], "National"))
    goods = words.goods()
    meanings = _meanings(goods)
    found: dict[int, list[_Product]] = defaultdict(list)
    sold = branded.join(sums, "product_id", join_type="inner")
    for product_id, manufacturer, category, kind, sales, quantity in zip(
        *(sold[name].to_pylist() for name in (
            "product_id", "manufacturer_id", "product_category", "product_type", "sales_value_sum", "quantity_sum")),
        strict=True,
    ):  # fmt: skip
        good = meanings.get(f"{category}/{kind}", meanings.get(category))
        if good is not None and quantity:
            found[manufacturer].append(_Product(product_id, good, sales, sales / quantity))
    return {m: sorted(_at_home(its), key=lambda each: (-each.sales, each.id)) for m, its in found.items()}


def _at_home(products: Sequence[_Product]) -> list[_Product]:
    """A company sells what it is known for: ranges that make little of its sales are left out."""
    goods, tops = words.goods(), _tops()
    by_top = _sales_by_top(products)
    least = STRANGE_SHARE * sum(by_top.values())
    return [each for each in products if by_top[tops[goods[each.good].range]] >= least]


def _sales_by_top(products: Sequence[_Product]) -> dict[str, int]:
    goods, tops = words.goods(), _tops()
    sales: dict[str, int] = defaultdict(int)
    for each in products:
        sales[tops[goods[each.good].range]] += each.sales
    return sales


def _room(products: Sequence[_Product]) -> int:
    """How many skus a manufacturer's products can become."""
    count = Counter(each.good for each in products)
    goods = words.goods()
    return sum(
        min(number, BRANDS * len(goods[good].varieties) * len(goods[good].packs)) for good, number in count.items()
    )


def _quotas(rooms: Sequence[int], skus: int) -> list[int]:
    """Divide the skus evenly, as far as each has room; what one cannot take goes to the others."""
    quotas = [0] * len(rooms)
    left = min(skus, sum(rooms))
    while left:
        for place, room in enumerate(rooms):
            if left and quotas[place] < room:
                quotas[place] += 1
                left -= 1
    return quotas


def _trade(products: Sequence[_Product]) -> str:
    """The range at the top of the tree that most of the sales lie in, or "mixed"."""
    by_top = _sales_by_top(products)
    top, most = max(by_top.items(), key=lambda item: (item[1], item[0]))
    return top if most >= OWN_SHARE * sum(by_top.values()) else "mixed"


def _tops() -> dict[str, str]:
    return {each.code: each.parent or each.code for each in words.ranges()}


def _deal(
    products: Sequence[_Product], supplier: int, quota: int, line: Line, first: int
) -> Iterator[PlannedSku]:
    """Give products, the best-selling first, brand, variety and pack; the others are bought as one of these."""
    goods = words.goods()
    middle = _middle_prices(products)
    hands = {good: _combinations(goods[good]) for good in {each.good for each in products}}
    dealt: dict[int, list[int]] = defaultdict(list)
    dearness: dict[tuple[int, int, int], Decimal] = {}  # one for all packs of a product: the bigger pack is the cheaper
    for each in products:
        hand = hands[each.good]
        if len(line.skus) < quota and (choice := next(hand, None)):
            brand, variety, place = choice
            pack = goods[each.good].packs[place]
            usual = pack.price * TIERS[brand] * goods[each.good].varieties[variety].dearness
            dear = dearness.setdefault((each.good, brand, variety), _dearness(each.unit_price, middle[each.good]))
            price = _rounded(usual * dear)
            number = first + len(line.skus)
            line.skus.append(number)
            dealt[each.good].append(number)
            line.sku_of[each.id] = number
            yield PlannedSku(f"{supplier + 10}-{each.good:02d}{variety:02d}{brand}{place}", supplier, each.good, brand,
                             variety, pack, price, _moq(price))  # fmt: skip
        elif dealt[each.good]:
            line.sku_of[each.id] = dealt[each.good][len(line.sku_of) % len(dealt[each.good])]


def _combinations(good: Good) -> Iterator[tuple[int, int, int]]:
    """(brand, variety, pack) of a kind of goods: all packs of the first brand's varieties, then the other brands'."""
    yield from product(range(BRANDS), range(len(good.varieties)), range(len(good.packs)))


def _middle_prices(products: Sequence[_Product]) -> dict[int, float]:
    prices: dict[int, list[float]] = defaultdict(list)
    for each in products:
        prices[each.good].append(each.unit_price)
    return {good: sorted(its)[len(its) // 2] for good, its in prices.items()}


def _dearness(its: float, middle: float) -> Decimal:
    """A third of how dear the product is beside its like."""
    dearness = 1 + (Decimal(f"{its / middle if middle else 1:.3f}") - 1) / 3
    return min(max(dearness, CHEAPEST), DEAREST)


def _rounded(price: Decimal) -> Decimal:
    step = Decimal("0.5") if price < 200 else Decimal(1)
    return ((price / step).quantize(Decimal(1)) * step).quantize(Decimal("0.01"))


def _moq(price: Decimal) -> int:
    """Cheap cartons are sold by the pallet layer, dear ones one by one."""
    return 10 if price < 60 else 5 if price < 150 else 2 if price < 400 else 1


def sku_words(sku: PlannedSku, brand: Word) -> Word:
    """How a sku is called: brand, variety, pack."""
    name, pack = product_words(sku, brand), sku.pack.words
    return Word(f"{name.en} {pack.en}", f"{name.zh} {pack.zh}")


def product_words(sku: PlannedSku, brand: Word) -> Word:
    """How a product is called: brand and variety."""
    variety = words.goods()[sku.good].varieties[sku.variety].words
    return Word(f"{brand.en} {variety.en}", f"{brand.zh} {variety.zh}")
