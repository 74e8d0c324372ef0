"""What stands in the columns of a sheet, by which headings they are known, and how a cell is read. Pure.

A sheet holds a supplier's own range: a row a sku. An empty cell leaves things as they are.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from trivium.core.quantity import parse_quantity, plain
from trivium.integration.errors import BadCell
from trivium.pricing.rules import parse_price

# A column's name, its heading in English and in Chinese, and earlier headings: each of them is understood.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("Code", "编码"),
    "name": ("Name (Chinese)", "中文名称"),
    "name_en": ("Name (English)", "英文名称"),
    "description": ("Description (Chinese)", "中文说明"),
    "description_en": ("Description (English)", "英文说明"),
    "category": ("Category", "品类", "分类"),
    "unit": ("Unit", "单位"),
    "moq": ("Smallest quantity", "起批量"),
    "step": ("In steps of", "递增量"),
    "weight_g": ("Weight in grams", "重量（克）"),
    "prices": ("Prices", "价格"),
    "stock": ("Stock", "库存"),
    "listed": ("Listed", "上架"),
    "variant_of": ("Size of", "同款编码"),
}
UNITS = {
    "箱": "carton", "盒": "box", "个": "pcs", "件": "pcs", "套": "set", "双": "pair", "对": "pair", "包": "pack",
    "袋": "bag", "瓶": "bottle", "卷": "roll", "千克": "kg", "公斤": "kg", "克": "g", "米": "m", "升": "l",
}  # fmt: skip
YES = frozenset({"1", "yes", "y", "true", "listed", "是", "上架", "√", "✓"})
NO = frozenset({"0", "no", "n", "false", "unlisted", "否", "下架", "×"})


def key_of(heading: str) -> str:
    """Which column a heading means; "" if none."""
    said = unicodedata.normalize("NFKC", heading).strip().casefold()
    for key, names in HEADINGS.items():
        if said in (key, *(unicodedata.normalize("NFKC", name).casefold() for name in names)):
            return key
    return ""


def plain_figure(text: str) -> str:
    """A figure as people type it: full-width digits, thousands separators, a currency sign and spaces are fine."""
    return "".join(c for c in unicodedata.normalize("NFKC", text[:60]) if c not in ",¥£$€ \u00a0\t")


def read_quantity(text: str, column: str, *, zero: bool = False) -> Decimal:
    """The quantity in a cell.

    Refuses: BadQuantity.
    """
    return parse_quantity(plain_figure(text), field=column, zero=zero)


def read_prices(text: str, code: str) -> list[tuple[Decimal, Decimal]]:
    """The price steps in a cell: "12.50" alone is from 1 on; "1: 12.50; 10: 11.90" says from which quantity.

    Refuses: BadCell, BadQuantity, BadPrice.
    """
    takes = "12.50, 1: 12.50; 10: 11.90"
    found: dict[Decimal, Decimal] = {}
    for part in unicodedata.normalize("NFKC", text[:2000]).replace("\n", ";").split(";"):
        if not part.strip():
            continue
        first, colon, second = part.partition(":")
        step = read_quantity(first, "prices") if colon else Decimal(1)
        if step in found or ":" in second:
            raise BadCell(value=text[:40], column="prices", takes=takes, field="prices")
        found[step] = parse_price(plain_figure(second if colon else first), sku=code, field="prices")
    if not found:
        raise BadCell(value=text[:40], column="prices", takes=takes, field="prices")
    return sorted(found.items())


def write_prices(steps: Sequence[tuple[Decimal, Decimal]]) -> str:
    """Price steps as they stand in a cell."""
    if len(steps) == 1 and steps[0][0] == 1:
        return _price(steps[0][1])
    return "; ".join(f"{plain(step)}: {_price(price)}" for step, price in steps)


def _price(price: Decimal) -> str:
    whole, _dot, places = f"{price.normalize():f}".partition(".")
    return f"{whole}.{places.ljust(2, '0')}"


def read_yes(text: str) -> bool:
    """Whether a cell says yes.

    Refuses: BadCell.
    """
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if said not in YES | NO:
        raise BadCell(value=text[:40], column="listed", takes="yes, no, 是, 否", field="listed")
    return said in YES


def read_grams(text: str) -> int:
    """The weight in a cell.

    Refuses: BadCell.
    """
    figure = plain_figure(text)
    if not figure.isascii() or not figure.isdigit() or len(figure) > 9:
        raise BadCell(value=text[:40], column="weight_g", takes="0–100000000", field="weight_g")
    return int(figure)


def read_unit(text: str) -> str:
    """The unit in a cell: our codes, and the Chinese words for them."""
    said = unicodedata.normalize("NFKC", text).strip()
    return UNITS.get(said, said.lower() if said.isascii() else said)
