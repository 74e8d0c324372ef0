"""Which price a buyer pays for one unit: contract price, list, step, level, or a partner's own price in its
band.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from trivium.core.quantity import parse_quantity, plain
from trivium.pricing.errors import (
    BadAmountOff,
    BadCurrency,
    BadPercent,
    BadPrice,
    BadWindow,
    DuplicateStep,
    MarkupOutsideBand,
)

MAX_UNIT_PRICE = Decimal(10**9)
MAX_AMOUNT = 10**13
HUNDRED = Decimal(100)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price that is in force: from which quantity on, and whether tax is in it.

    `source` is the reference of the price list or contract price it stands in. An empty `level` is for all.
    """

    from_quantity: Decimal
    unit_price: Decimal
    source: str = ""
    label: str = ""
    level: str = ""
    is_contract: bool = False
    tax_rate: Decimal = Decimal(0)
    tax_included: bool = True

    @property
    def with_tax(self) -> Decimal:
        """What the buyer pays for a unit, tax included: the figure by which prices are compared."""
        return self.unit_price if self.tax_included else self.unit_price * (HUNDRED + self.tax_rate) / HUNDRED


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price as a supplier or partner writes it. Steps of a sku are several of these."""

    sku_ref: str
    from_quantity: Decimal | int | str
    unit_price: Decimal | int | str


@dataclass(frozen=True, slots=True)
class Band:
    """How much a partner may add to the supply price, in percent of it."""

    min_percent: Decimal
    max_percent: Decimal | None = None


def base_price(candidates: Iterable[PriceRow], quantity: Decimal, level: str = "") -> PriceRow | None:
    """The price of a unit in this quantity: the contract price, else the lowest of lists, steps and levels.

    Of a contract's steps the highest one reached counts, even where a list is cheaper: it is what was agreed.
    Ties go to the earlier candidate. None if nobody offers that quantity at that level.

    Source: docs/algorithms/pricing.md, domain.md section 3.
    """
    agreed: PriceRow | None = None
    lowest: PriceRow | None = None
    for row in candidates:
        if row.from_quantity > quantity or (row.level and row.level != level):
            continue
        if row.is_contract:
            if agreed is None or row.from_quantity > agreed.from_quantity:
                agreed = row
        elif lowest is None or row.with_tax < lowest.with_tax:
            lowest = row
    return agreed or lowest


def check_band(
    band: Band | None, price: Decimal, supply: Decimal, listed: Decimal, *, sku: str, quantity: Decimal
) -> None:
    """A partner's own unit price stays inside the supplier's band, never below the supply price.

    All three are unit prices with tax. The lower end counts from the supply price; the upper from the supply
    or the list price, whichever is higher, so that a special supply price does not make the partner's list
    illegal.

    Refuses: MarkupOutsideBand.
    """
    least, most = (band.min_percent, band.max_percent) if band else (Decimal(0), None)
    too_low = Fraction(price) * 100 < Fraction(supply) * (100 + Fraction(least))
    too_high = most is not None and Fraction(price) * 100 > Fraction(max(supply, listed)) * (100 + Fraction(most))
    if too_low or too_high:
        raise MarkupOutsideBand(field="unit_price", sku=sku, quantity=plain(quantity))


def check_own_prices(band: Band | None, own: Sequence[PriceRow], supply: Sequence[PriceRow], *, sku: str) -> None:
    """A partner's own prices of one sku stay in the band at every step of either side.

    Refuses: MarkupOutsideBand, also where the supplier offers no price to add to.
    """
    steps = sorted({row.from_quantity for row in own} | {row.from_quantity for row in supply})
    for quantity in steps:
        price, cost = base_price(own, quantity), base_price(supply, quantity)
        if price is None:
            continue
        if cost is None:
            raise MarkupOutsideBand(field="unit_price", sku=sku, quantity=plain(quantity))
        check_band(band, price.with_tax, cost.with_tax, cost.with_tax, sku=sku, quantity=quantity)


def parse_price(value: object, *, sku: str = "", field: str = "unit_price") -> Decimal:
    """Read a unit price: above 0, below a thousand million, at most six decimals.

    Refuses: BadPrice.
    """
    refusal = BadPrice(field=field, value=str(value)[:40], sku=sku[:60], max=f"{MAX_UNIT_PRICE:,.0f}")
    price = _decimal(value)
    if price is None or price <= 0 or price >= MAX_UNIT_PRICE or price != round(price, 6):
        raise refusal
    return price


def parse_percent(value: object, *, field: str = "percent", highest: int = 100) -> Decimal:
    """Read a percentage from 0 to 100 with at most four decimals; the result has no trailing zeros.

    Refuses: BadPercent.
    """
    percent = _decimal(value)
    if percent is None or not 0 <= percent <= highest or percent != round(percent, 4):
        raise BadPercent(field=field, value=str(value)[:40], max=highest)
    return Decimal(f"{percent.normalize():f}")


def parse_amount(value: object, *, field: str, least: int = 0) -> int:
    """Read an amount of minor units.

    Refuses: BadAmountOff.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_AMOUNT:
        raise BadAmountOff(field=field, value=str(value)[:40], min=least, max=MAX_AMOUNT)
    return value


def parse_currency(value: object, *, field: str = "currency") -> str:
    """Read a currency code.

    Refuses: BadCurrency.
    """
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise BadCurrency(field=field, value=str(value)[:20])
    return value


def check_window(starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    """Something in force has a length; the end itself is outside.

    Refuses: BadWindow.
    """
    if ends_at is not None and ends_at <= starts_at:
        raise BadWindow(field="ends_at")


def clean_prices(prices: Iterable[NewPrice]) -> list[tuple[str, Decimal, Decimal]]:
    """Read prices of a list: (sku reference, from quantity, unit price); a step of a sku stands once.

    Refuses: BadPrice, BadQuantity, DuplicateStep.
    """
    clean: dict[tuple[str, Decimal], Decimal] = {}
    for price in prices:
        step = parse_quantity(price.from_quantity, field="from_quantity", zero=True)
        if (price.sku_ref, step) in clean:
            raise DuplicateStep(field="from_quantity", sku=str(price.sku_ref)[:60], quantity=step)
        clean[price.sku_ref, step] = parse_price(price.unit_price, sku=str(price.sku_ref))
    return [(sku_ref, step, unit_price) for (sku_ref, step), unit_price in clean.items()]


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    text = str(value)
    if len(text) > 40 or not text.isascii() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
