"""Quantities of goods: decimals of three places, never floats."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from trivium.core.errors import Invalid
from trivium.core.i18n import gettext_noop as _

PLACES = 3
MAX = Decimal(10**9)


class BadQuantity(Invalid):
    code = "quantity.bad"
    message = _("“%(value)s” is not a quantity. Write a number above 0 and below %(max)s with at most 3 decimals.")


def parse_quantity(value: object, *, field: str = "quantity", zero: bool = False) -> Decimal:
    """Read a quantity from a form or a program: an int, a Decimal, a float or a decimal string.

    A float is read by its shortest decimal form, so 0.1 is one tenth. With `zero=True` nothing (0) is allowed,
    as when stock is counted.

    Refuses: BadQuantity, for zero, negative, not finite, too large, more than three decimals, or no number.
    """
    endless = isinstance(value, int) and abs(value) >= 10**30  # may have more digits than can be written
    refusal = BadQuantity(value="…" if endless else str(value)[:40], max=f"{MAX:,.0f}", field=field)
    if endless:
        raise refusal
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise refusal
    if isinstance(value, str) and (len(value) > 20 or not value.isascii() or "_" in value):
        raise refusal
    try:
        quantity = Decimal(str(value))
    except InvalidOperation:
        raise refusal from None
    if not quantity.is_finite() or quantity < 0 or (quantity == 0 and not zero) or quantity >= MAX:
        raise refusal
    if quantity != quantity.quantize(Decimal("0.001")):
        raise refusal
    return quantity


@lru_cache(maxsize=4096)
def plain(quantity: Decimal) -> int | Decimal:
    """A quantity as programs read it: whole ones as integers, others without trailing zeros."""
    return int(quantity) if quantity == quantity.to_integral_value() else quantity.normalize()
