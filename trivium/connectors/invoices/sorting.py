"""Which lines of a wholesaler's file can be traded, and why the others cannot. Pure.

A line has one reason, the first that holds in the order of `Reason`; the others are noted beside it.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from trivium.connectors.invoices.reader import RawRow
from trivium.core.money import line_minor

CURRENCY = "GBP"
MOST_PIECES = 100_000
HIGHEST_PRICE = Decimal(100_000)
LONGEST = {"InvoiceNo": 40, "StockCode": 40, "CustomerID": 40}
NAME_LIMIT = 200
COUNTRY_LIMIT = 60


class Reason(StrEnum):
    """Why a line is in quarantine; the text beside each is what people read."""

    MALFORMED = "malformed"
    CREDIT_NOTE = "credit_note"
    NEGATIVE_PRICE = "negative_price"
    WRITE_OFF = "write_off"
    BLANK_DESCRIPTION = "blank_description"
    ZERO_PRICE = "zero_price"
    NOT_A_PRODUCT = "not_a_product"
    NO_CUSTOMER = "no_customer"
    ABSURD = "absurd"
    REFUSED = "refused"


MEANING = {
    Reason.MALFORMED: "A field is missing or cannot be read",
    Reason.CREDIT_NOTE: "The invoice is a credit note (C…); returns are not replayed yet",
    Reason.NEGATIVE_PRICE: "The price is below zero: a correction of the books",
    Reason.WRITE_OFF: "The quantity is zero or below: damaged, lost, counted",
    Reason.BLANK_DESCRIPTION: "Nothing says what was sold",
    Reason.ZERO_PRICE: "The price is zero: a gift, or stock found",
    Reason.NOT_A_PRODUCT: "The code is a fee, postage, voucher or adjustment",
    Reason.NO_CUSTOMER: "Nobody is named as buyer",
    Reason.ABSURD: f"More than {MOST_PIECES:,} pieces, or more than {HIGHEST_PRICE:,} a piece",
    Reason.REFUSED: "The platform refused the order; its words stand beside the line",
}

# Goods have an article number: five digits and at most a few letters (22423, 85123A, 15056BL), or the wholesaler's
# own series DCGS…. Everything else is no product: POST, DOT, M, D, S, B, C2, PADS, CRUK, BANK CHARGES, AMAZONFEE,
# gift_0001_20 and whatever word the next clerk makes up.
_PRODUCT = re.compile(r"[0-9]{5}[A-Za-z]{0,3}|DCGS[A-Za-z0-9]+")
_DATES = ("%m/%d/%Y %H:%M", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be traded. `amount` is unit price × quantity in minor units, half-up."""

    row: RawRow
    invoice: str
    code: str
    description: str
    quantity: int
    at: dt.datetime
    unit_price: Decimal
    amount: int
    customer: str
    country: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that cannot be traded, with its reasons, the one that counts first. `amount` is 0 if it has none."""

    row: RawRow
    reasons: tuple[Reason, ...]
    amount: int
    detail: str = ""


@lru_cache(maxsize=65536)
def is_product(code: str) -> bool:
    """Whether a stock code names goods and not a fee, postage, a voucher or an adjustment."""
    return _PRODUCT.fullmatch(code) is not None


@lru_cache(maxsize=65536)
def read_price(text: str) -> Decimal | None:
    """A unit price with at most six decimals, of any sign; None if it is no such number."""
    return _number(text, places=6)


@lru_cache(maxsize=4096)
def read_pieces(text: str) -> int | None:
    """A whole number of pieces, of any sign; None if it is no such number."""
    number = _number(text, places=0)
    return None if number is None else int(number)


def _number(text: str, *, places: int) -> Decimal | None:
    text = text.strip()
    if not text.isascii() or len(text) > 30 or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**12 or number != round(number, places):
        return None
    return number


@lru_cache(maxsize=4096)
def read_time(text: str) -> dt.datetime | None:
    """A moment: ISO 8601, or month/day/year as such files are exported. Without a zone it is UTC."""
    text = text.strip()
    at: dt.datetime | None = None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        for layout in _DATES:
            try:
                at = dt.datetime.strptime(text, layout)  # noqa: DTZ007 - the zone is added below
                break
            except ValueError:
                continue
    if at is None or not 1990 <= at.year <= 2100:
        return None
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def judge(row: RawRow) -> Line | Kept:
    """Read a row and say whether it can be traded."""
    invoice, code, description, *_rest, customer, country = (value.strip() for value in row.values)
    customer = customer.removesuffix(".0")  # a spreadsheet took the number for a measurement
    quantity, at, price = read_pieces(row.values[3]), read_time(row.values[4]), read_price(row.values[5])
    amount = 0 if quantity is None or price is None else line_minor(price, Decimal(quantity), CURRENCY)
    detail = _fault(row, invoice, code, customer, quantity, at, price)
    if detail or quantity is None or price is None or at is None:
        return Kept(row, (Reason.MALFORMED,), amount, detail)
    found = (
        (invoice[:1] in "Cc", Reason.CREDIT_NOTE),
        (price < 0, Reason.NEGATIVE_PRICE),
        (quantity <= 0, Reason.WRITE_OFF),
        (not description, Reason.BLANK_DESCRIPTION),
        (price == 0, Reason.ZERO_PRICE),
        (not is_product(code), Reason.NOT_A_PRODUCT),
        (not customer, Reason.NO_CUSTOMER),
        (quantity > MOST_PIECES or price > HIGHEST_PRICE, Reason.ABSURD),
    )
    reasons = tuple(reason for holds, reason in found if holds)
    if reasons:
        return Kept(row, reasons, amount)
    name = description[:NAME_LIMIT].strip()
    return Line(row, invoice, code, name, quantity, at, price, amount, customer, country[:COUNTRY_LIMIT])


def _fault(
    row: RawRow,
    invoice: str,
    code: str,
    customer: str,
    quantity: int | None,
    at: dt.datetime | None,
    price: Decimal | None,
) -> str:
    """What makes a row unreadable, in words; "" if nothing does."""
    if row.fault:
        return row.fault
    if any("\x00" in value for value in row.values):
        return "a character that cannot be stored"
    for name, value in (("InvoiceNo", invoice), ("StockCode", code), ("CustomerID", customer)):
        if len(value) > LONGEST[name] or not value.isprintable():
            return f"{name} cannot be read"
    for name, missing in (
        ("InvoiceNo", not invoice),
        ("StockCode", not code),
        ("Quantity", quantity is None),
        ("InvoiceDate", at is None),
        ("UnitPrice", price is None),
    ):
        if missing:
            return f"{name} cannot be read"
    return ""
