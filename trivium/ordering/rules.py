"""States, checks and figures of orders: pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from trivium.core.errors import clean_text
from trivium.core.permissions import declare
from trivium.core.quantity import plain
from trivium.core.states import Machine
from trivium.ordering.errors import BadAddress, BadShipDate, BelowMinimum, WrongMultiple
from trivium.pricing.rules import LineSplit, given_back

MAX_LINES = 2000

PERMISSIONS = declare(
    {
        "order.place": ("buyer",),
        "order.cancel": ("buyer", "operator"),
        "order.cancel_part": ("buyer", "supplier", "operator"),
        "order.confirm_supply": ("supplier",),
        "order.confirm_margin": ("partner",),
        "order.judge_objection": ("operator",),
        "order.give_back": ("supplier", "operator"),
        "order.hold": ("operator",),
    }
)


class Status(StrEnum):
    """How far a supplier order is. Confirmations, payment, shipping and approval are facts beside it."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    SIGNED = "signed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


SUPPLIER_ORDER = Machine(
    start=Status.SUBMITTED,
    final={Status.COMPLETED, Status.CANCELLED},
    moves={
        (Status.SUBMITTED, "confirm"): Status.CONFIRMED,  # both sides: two facts with who and when, not two states
        (Status.SUBMITTED, "cancel"): Status.CANCELLED,  # withdrawn, rejected, objection stood, or a deadline's default
        (Status.CONFIRMED, "release"): Status.RELEASED,  # funded
        (Status.CONFIRMED, "cancel"): Status.CANCELLED,  # withdrawn, or not paid in time
        (Status.RELEASED, "cancel"): Status.CANCELLED,  # before anything has shipped
        (Status.RELEASED, "deliver"): Status.SIGNED,  # everything that is to come has been signed for
        (Status.SIGNED, "complete"): Status.COMPLETED,  # window over, nothing held
    },
)


class PaymentMethod(StrEnum):
    PREPAID = "prepaid"
    BANK_TRANSFER = "bank_transfer"
    ON_ACCOUNT = "on_account"


class ApprovalState(StrEnum):
    NOT_NEEDED = "not_needed"
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Wish:
    """One line somebody wants: a sku, a quantity, and the unit price they saw, if they insist on it."""

    sku_ref: str
    quantity: Decimal
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SupplyAnswer:
    """What a supplier says to one line: how much comes (0 for none), and which other sku stands in, if any."""

    line_ref: str
    quantity: Decimal
    substitute_sku_ref: str = ""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """One line's goods or money given back: a quantity (`unshipped`: it never leaves), or an amount without goods.

    `by_choice`: nothing was wrong with the goods, the buyer does not want them.
    """

    line_ref: str
    quantity: Decimal = Decimal(0)
    amount: int = 0
    unshipped: bool = False
    by_choice: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where goods go. Country by ISO 3166 code, region by the country's own (6-digit code in China)."""

    name: str
    phone: str
    country: str
    region: str
    city: str
    street: str
    postcode: str = ""


RECEIVER = ("name", "phone", "street", "postcode")
"""The parts of an address that tell of a person: they stand encrypted, and are forgotten first."""
NOBODY = {"name": "#", "phone": "", "street": "#", "postcode": ""}
"""What stands for them once they are forgotten."""


def read_address(values: Mapping[str, object]) -> Address:
    """An address from a form or a program, trimmed.

    Refuses: BadAddress naming the first missing part, TooLong.
    """
    parts = {}
    for part in fields(Address):
        text = clean_text(str(values.get(part.name) or ""), limit=200, field=f"ship_to.{part.name}", required=False)
        if not text and part.name in ("name", "country", "city", "street"):
            raise BadAddress(missing=part.name, field=f"ship_to.{part.name}")
        parts[part.name] = text
    if len(parts["country"]) != 2:
        raise BadAddress(missing="country", field="ship_to.country")
    return Address(**parts)


def check_quantity(sku: str, quantity: Decimal, *, moq: Decimal, step: Decimal, unit: str, field: str) -> None:
    """Whether a quantity can be sold: at least the minimum, in whole steps.

    Refuses: BelowMinimum, WrongMultiple (naming the two nearest).
    """
    if quantity < moq:
        raise BelowMinimum(sku=sku, moq=plain(moq), unit=unit, field=field)
    if step and quantity % step:
        lower = quantity // step * step
        raise WrongMultiple(sku=sku, step=plain(step), lower=plain(lower), upper=plain(lower + step), field=field)


def check_ship_date(ship_date: dt.date, today: dt.date) -> None:
    """A ship date is today or later, and not absurdly far.

    Refuses: BadShipDate.
    """
    if not today <= ship_date <= today + dt.timedelta(days=366):
        raise BadShipDate(date=ship_date.isoformat(), field="ship_date")


def part_given_back(split: LineSplit, quantity: Decimal, back_quantity: Decimal, back_amount: int) -> Fraction:
    """Which part r of a line is given back: goods by quantity, money without goods by amount ÷ paid; at most 1."""
    if not back_quantity and not back_amount:
        return Fraction(0)
    part = Fraction(back_quantity) / Fraction(quantity)
    if back_amount:
        part += Fraction(back_amount, split.paid)
    return min(part, Fraction(1))


def back_so_far(split: LineSplit, quantity: Decimal, back_quantity: Decimal, back_amount: int) -> LineSplit:
    """Every figure of a line that has been given back so far (domain.md, Returns)."""
    return given_back(split, part_given_back(split, quantity, back_quantity, back_amount))


# What of a line each role may see (domain.md section 3). The supplier's `deduction` is fee + commission in one figure.
_BUYER = ("unit_price", "gross", "discount", "paid", "tax", "service_fee")
_SUPPLIER = ("supplier_part", "base", "deduction", "supplier_net")
VISIBLE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("buyer", "commission"): _BUYER,
    ("buyer", "service_fee"): _BUYER,
    ("buyer", "markup"): _BUYER,
    ("partner", "commission"): (*_BUYER, "commission", "partner_part"),
    ("partner", "service_fee"): (*_BUYER, "partner_part"),
    ("partner", "markup"): (*_BUYER, "commission", "partner_part", "supply"),
    ("supplier", "commission"): ("unit_price", "gross", *_SUPPLIER),
    ("supplier", "service_fee"): ("unit_price", "gross", *_SUPPLIER),
    ("supplier", "markup"): ("supply", *_SUPPLIER),
}
_ALL = (
    *_BUYER,
    "operator_part",
    "partner_part",
    "supplier_part",
    "base",
    "fee",
    "commission",
    "deduction",
    "supplier_net",
    "supply",
)


def visible_figures(role: str, mode: str) -> tuple[str, ...]:
    """The names of a line's figures that a role may see under a way of earning."""
    return VISIBLE.get((role, mode), _ALL if role in ("operator", "system") else ())


def figures(split: LineSplit, mode: str) -> dict[str, int]:
    """All figures of a line by the names people read them by, in minor units."""
    return {
        "gross": split.gross,
        "discount": split.operator_part + split.partner_part + split.supplier_part,
        "paid": split.paid,
        "tax": split.tax,
        "service_fee": split.service_fee,
        "operator_part": split.operator_part,
        "partner_part": split.partner_part,
        "supplier_part": split.supplier_part,
        "base": split.base,
        "fee": split.fee,
        "commission": split.commission,
        "deduction": split.fee + (0 if mode == "markup" else split.commission),
        "supplier_net": split.supplier,
        "supply": split.supply,
    }


def buyer_word(status: str, *, shipped: bool) -> str:
    """The word a buyer reads for a supplier order: submitted, confirmed, shipped, signed, completed, cancelled."""
    if status == Status.RELEASED:
        return "shipped" if shipped else "confirmed"
    return status
