"""Amounts: integers of minor units with a currency. Nothing here ever loses a cent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trivium.core.errors import Invalid
from trivium.core.i18n import gettext_noop as _

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,3})?")

MAX_MINOR = 10**15
"""No single amount of the trade reaches this; a larger one is a typing error or an attack."""


class BadAmount(Invalid):
    code = "money.bad_amount"
    message = _("“%(value)s” is not an amount in %(currency)s. Write digits with a point, such as 1250.00.")


class NoShares(Invalid):
    code = "money.no_shares"
    message = _("Nothing to divide by: every share is zero.")


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit has (ISO 4217): 2 for CNY and GBP, 0 for JPY."""
    return _EXPONENTS.get(currency, 2)


def half_up(value: Fraction | Decimal | int) -> int:
    """Round to a whole minor unit, halves away from zero. The only rounding of amounts in Trivium."""
    exact = Fraction(value)
    whole, rest = divmod(abs(exact.numerator) * 2 + exact.denominator, exact.denominator * 2)
    return whole if exact >= 0 else -whole


def share(amount: int, percent: Fraction | Decimal) -> int:
    """A percentage of an amount of minor units, half-up: `share(93190, Decimal("8"))` is 7455."""
    return half_up(Fraction(amount) * Fraction(percent) / 100)


def allocate(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Divide an amount of minor units by weights, so that the parts sum to it exactly.

    Largest remainder; ties go to the earlier part. A negative total is divided like its opposite.

    Refuses: NoShares, if every weight is zero and there is something to divide.
    Source: domain.md section 3.
    """
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    scale = sum(weights)
    if scale == 0:
        if total == 0:
            return [0] * len(weights)
        raise NoShares()
    exact = [Fraction(total * weight) / scale for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def line_minor(unit_price: Decimal, quantity: Decimal, currency: str) -> int:
    """The amount of a line in minor units: unit price × quantity, half-up."""
    return half_up(Fraction(unit_price) * Fraction(quantity) * 10 ** exponent(currency))


def line_amount(unit_price: Decimal, quantity: Decimal, currency: str) -> "Money":
    """The amount of a line: unit price × quantity, half-up to the currency's minor unit."""
    return Money(line_minor(unit_price, quantity, currency), currency)


def to_text(minor: int, currency: str) -> str:
    """Minor units as a plain decimal string for programs: 101799 CNY → "1017.99"."""
    places = exponent(currency)
    if not places:
        return str(minor)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}"


def to_minor(text: str, currency: str, *, field: str | None = None) -> int:
    """Read a decimal string as minor units, refusing more places than the currency has.

    Refuses: BadAmount, for anything that is not a plain decimal number of at most 15 digits.
    """
    places = exponent(currency)
    if not _AMOUNT.fullmatch(text):
        raise BadAmount(value=text[:40], currency=currency, field=field)
    whole, _dot, fraction = text.lstrip("-").partition(".")
    if len(fraction.rstrip("0")) > places:
        raise BadAmount(value=text[:40], currency=currency, field=field)
    minor: int = int(whole) * 10**places + int((fraction + "000")[:places] or 0)
    return -minor if text.startswith("-") else minor


def check_limit(minor: int, currency: str, *, field: str) -> None:
    """Whether an amount somebody sets, a limit or a budget, is neither negative nor beyond any trade.

    Refuses: BadAmount.
    """
    if not 0 <= minor <= MAX_MINOR:
        raise BadAmount(value=str(minor)[:40], currency=currency, field=field)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in minor units."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read what a person or a program wrote: Money.parse("12.30", "CNY")."""
        return cls(to_minor(text, currency), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in the given currency."""
        return cls(0, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return to_text(self.minor, self.currency)

    def allocate(self, weights: Sequence[int | Fraction]) -> list["Money"]:
        """Divide by weights; the parts sum to the whole (see `allocate`)."""
        return [Money(part, self.currency) for part in allocate(self.minor, weights)]

    def share(self, percent: Fraction | Decimal) -> "Money":
        """A percentage of this amount, half-up."""
        return Money(share(self.minor, percent), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not add")
        return other.minor
