"""Locations, holds and what may be done to them. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trivium.core.permissions import declare
from trivium.core.quantity import parse_quantity
from trivium.core.states import Machine
from trivium.inventory.errors import (
    BadPriority,
    HolidayBackwards,
    HolidayOver,
    HolidayTooLong,
    NamedTwice,
    NothingMoved,
)

PERMISSIONS = declare(
    {
        "stock.view": ("operator", "supplier"),
        "stock.edit": ("operator", "supplier"),
        "holiday.set": ("supplier",),
    }
)

NAME_LIMIT = 120
KEY_LIMIT = 120
PRIORITY_LIMIT = 10_000
SET_LIMIT = 10_000


class Kind(StrEnum):
    """Where goods can be. Only a warehouse has stock levels; the others are the world, and may go below zero."""

    WAREHOUSE = "warehouse"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    CORRECTION = "correction"
    SCRAP = "scrap"


WORLD = tuple(kind for kind in Kind if kind is not Kind.WAREHOUSE)


class HoldStatus(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


HOLD: Machine[HoldStatus] = Machine(
    start=HoldStatus.HELD,
    final={HoldStatus.CAPTURED, HoldStatus.RELEASED},
    moves={
        (HoldStatus.HELD, "capture"): HoldStatus.CAPTURED,
        (HoldStatus.HELD, "release"): HoldStatus.RELEASED,
    },
)


@dataclass(frozen=True, slots=True)
class Item:
    """So much of a sku, as a person or a program names it."""

    sku_ref: str
    quantity: Decimal | int | float | str


@dataclass(frozen=True, slots=True)
class Want:
    """So much of a sku is to be held for a subject (an order line's reference)."""

    sku_id: int
    quantity: Decimal
    subject: str


@dataclass(frozen=True, slots=True)
class Take:
    """So much of what is held for a subject leaves the house."""

    subject: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Returned:
    """So much of a sku came back from a customer, for a subject."""

    sku_id: int
    quantity: Decimal
    subject: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a hold, at one location."""

    subject: str
    sku_id: int
    location_id: int
    quantity: Decimal


def clean_items(items: Sequence[Item], *, zero: bool = False) -> list[tuple[str, Decimal]]:
    """Read a list of skus and quantities; with `zero`, as when counting, none is a quantity too.

    Refuses: NothingMoved, NamedTwice, BadQuantity.
    """
    if not items:
        raise NothingMoved(field="items")
    seen: set[str] = set()
    for item in items:
        if item.sku_ref in seen:
            raise NamedTwice(field="sku_ref", sku=str(item.sku_ref)[:60])
        seen.add(item.sku_ref)
    return [(item.sku_ref, parse_quantity(item.quantity, zero=zero)) for item in items]


def clean_priority(value: object) -> int:
    """A location's place in the order in which stock is taken: 0 first.

    Refuses: BadPriority.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= PRIORITY_LIMIT:
        raise BadPriority(field="priority", value=str(value)[:40], limit=PRIORITY_LIMIT)
    return value


HOLIDAY_WORDS, HOLIDAY_DAYS, HOLIDAY_AHEAD = 200, 92, 400


def check_holiday(begins: dt.date, ends: dt.date, today: dt.date) -> None:
    """Whether a supplier can announce these days off, the first and the last included.

    Refuses: HolidayOver, HolidayBackwards, HolidayTooLong.
    """
    if begins < today:
        raise HolidayOver(day=begins.isoformat(), field="begins")
    if ends < begins:
        raise HolidayBackwards(field="ends")
    if (ends - begins).days >= HOLIDAY_DAYS or (begins - today).days > HOLIDAY_AHEAD:
        raise HolidayTooLong(days=HOLIDAY_DAYS, ahead=HOLIDAY_AHEAD, field="ends")


def past_holidays(
    at: dt.datetime, due: dt.datetime, closed: Iterable[tuple[dt.datetime, dt.datetime]]
) -> dt.datetime:
    """A deadline that begins to run at `at`: while the supplier is closed (half-open, in order) it stands still."""
    for begins, ends in closed:
        if begins < due and ends > at:
            due += ends - max(begins, at)
    return due
