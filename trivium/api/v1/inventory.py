"""Stock: what is where, deliveries, counts and moves."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked, idempotency_key
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import (
    Counted,
    Day,
    Done,
    Flag,
    Given,
    GivenWords,
    Instant,
    Items,
    Made,
    Number,
    Page,
    Quantity,
    Ref,
    Short,
    Shown,
    Whole,
)
from trivium.core.quantity import plain
from trivium.inventory import commands, queries
from trivium.inventory.queries import HolidayRow, MovementRow, StockRow
from trivium.inventory.rules import SET_LIMIT, Item

router = Router()


class StockWanted(Window):
    """Which stock."""

    sku: str | None = Field(None, max_length=40, description="A sku's reference.")


class Some(Given):
    """So much of a sku."""

    sku_ref: Ref
    quantity: Quantity


class Count(Given):
    """What was counted of a sku."""

    sku_ref: Ref
    quantity: Counted


class Delivery(Given):
    """Goods that came in. `delivery` names it (else the Idempotency-Key does): it comes in once."""

    items: list[Some] = Field(max_length=SET_LIMIT)
    delivery: Short = ""
    location_ref: Ref | None = Field(None, description="The supplier's first location if none is named.")
    supplier_ref: Ref | None = Field(None, description="The operator says for which supplier it acts.")


class Counts(Given):
    """What was counted at a location."""

    items: list[Count] = Field(max_length=SET_LIMIT)
    location_ref: Ref | None = None
    supplier_ref: Ref | None = None


class Move(Given):
    """Goods carried from one location to another."""

    items: list[Some] = Field(max_length=SET_LIMIT)
    source_ref: Ref
    destination_ref: Ref


class WriteOff(Given):
    """Spoilt or lost goods."""

    items: list[Some] = Field(max_length=SET_LIMIT)
    location_ref: Ref


class Backorder(Given):
    """Whether skus may be sold beyond what is on hand."""

    sku_refs: list[Ref] = Field(min_length=1, max_length=SET_LIMIT)
    is_allowed: Flag
    location_ref: Ref | None = None
    supplier_ref: Ref | None = None


class NewLocation(Given):
    """A place for goods; stock is taken from lower priorities first."""

    name: Short
    priority: Whole = 0
    supplier_ref: Ref | None = None


class StockView(Shown):
    """What is at a location of a sku."""

    sku_ref: str
    code: str
    location_ref: str
    location_name: str
    on_hand: Number
    reserved: Number
    backorder: bool


class MovementView(Shown):
    """One movement of a sku."""

    at: Instant
    source: str
    destination: str
    quantity: Number
    subject: str


class LocationView(Shown):
    """A place for goods."""

    ref: str
    name: str
    priority: int


@router.get("/stock", **reads(Page[StockView]))
def stock(request: Asked, wanted: Query[StockWanted]) -> HttpResponse:
    """What is on hand and reserved, by sku and location."""
    found = queries.stock_of(
        request.auth,
        sku_refs=[wanted.sku] if wanted.sku else None,
        after_id=wanted.last_id or 0,
        limit=wanted.limit + 1,
    )
    return answer(page(found, wanted, id_of=_id, show=_stock))


def _id(row: StockRow | MovementRow) -> int:
    return row.id


def _stock(row: StockRow) -> dict[str, Any]:
    return {
        "sku_ref": row.sku_ref,
        "code": row.code,
        "location_ref": row.location_ref,
        "location_name": row.location_name,
        "on_hand": plain(row.on_hand),
        "reserved": plain(row.reserved),
        "backorder": row.backorder,
    }


@router.get("/stock/{sku_ref}/movements", **reads(Page[MovementView]))
def movements(request: Asked, sku_ref: str, wanted: Query[Window]) -> HttpResponse:
    """A sku's movements, oldest first."""
    found = queries.movements_of(request.auth, sku_ref, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_movement))


def _movement(row: MovementRow) -> dict[str, Any]:
    return {
        "at": row.at,
        "source": row.source,
        "destination": row.destination,
        "quantity": plain(row.quantity),
        "subject": row.subject,
    }


def _items(given: Sequence[Some | Count]) -> list[Item]:
    return [Item(each.sku_ref, each.quantity) for each in given]


@router.post("/stock/receipts", **writes(Done))
@once
def receive(request: Asked, given: Delivery) -> HttpResponse:
    """Take in goods; `changed` is 0 when that delivery has come in before."""
    taken = commands.receive(
        request.auth,
        _items(given.items),
        key=given.delivery or idempotency_key(request),
        location_ref=given.location_ref,
        supplier_ref=given.supplier_ref,
    )
    return answer({"changed": len(given.items) if taken else 0})


@router.post("/stock/counts", **writes(Done))
@once
def count(request: Asked, given: Counts) -> HttpResponse:
    """Set what is on hand to what was counted; `changed` is how many skus differed."""
    differing = commands.count_stock(
        request.auth, _items(given.items), location_ref=given.location_ref, supplier_ref=given.supplier_ref
    )
    return answer({"changed": differing})


@router.post("/stock/moves", **writes(Done))
@once
def move(request: Asked, given: Move) -> HttpResponse:
    """Carry goods from one location of a supplier to another."""
    moved = commands.move_stock(
        request.auth,
        _items(given.items),
        source_ref=given.source_ref,
        destination_ref=given.destination_ref,
        key=idempotency_key(request),
    )
    return answer({"changed": len(given.items) if moved else 0})


@router.post("/stock/write-offs", **writes(Done))
@once
def write_off(request: Asked, given: WriteOff) -> HttpResponse:
    """Take spoilt or lost goods off the books."""
    written = commands.write_off(
        request.auth, _items(given.items), location_ref=given.location_ref, key=idempotency_key(request)
    )
    return answer({"changed": len(given.items) if written else 0})


@router.post("/stock/backorder", **writes(Done))
@once
def backorder(request: Asked, given: Backorder) -> HttpResponse:
    """Let skus be sold beyond what is on hand, or no longer."""
    commands.set_backorder(
        request.auth,
        given.sku_refs,
        is_allowed=given.is_allowed,
        location_ref=given.location_ref,
        supplier_ref=given.supplier_ref,
    )
    return answer({"changed": len(given.sku_refs)})


@router.get("/locations", **reads(Items[LocationView]))
def locations(request: Asked) -> HttpResponse:
    """Where goods are kept, in the order they are taken from."""
    found = queries.locations_of(request.auth)
    return answer({"items": [{"ref": row.ref, "name": row.name, "priority": row.priority} for row in found]})


@router.post("/locations", **writes(Made, 201))
@once
def open_location(request: Asked, given: NewLocation) -> HttpResponse:
    """Open one more place for goods."""
    ref = commands.open_location(
        request.auth, name=given.name, priority=given.priority, supplier_ref=given.supplier_ref
    )
    return answer({"ref": ref}, 201)


class NewHoliday(Given):
    """Days on which the supplier does not work, the first and the last included; `words` is what buyers read."""

    begins: Day
    ends: Day
    words: GivenWords = ""


class HolidayView(Shown):
    """A supplier's holiday."""

    ref: str
    begins: str
    ends: str
    words: dict[str, str]
    set_at: Instant
    removed_at: Instant | None


def _holiday(row: HolidayRow) -> dict[str, Any]:
    days = {"begins": row.begins.isoformat(), "ends": row.ends.isoformat()}
    return {"ref": row.ref, **days, "words": row.words, "set_at": row.set_at, "removed_at": row.removed_at}


def _holiday_id(row: HolidayRow) -> int:
    return row.id


@router.get("/holidays", **reads(Page[HolidayView]))
def holidays(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """When the supplier does not work, last set first, what was taken back included."""
    found = queries.holidays_of(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_holiday_id, show=_holiday))


@router.post("/holidays", **writes(Made, 201))
@once
def set_holiday(request: Asked, given: NewHoliday) -> HttpResponse:
    """Do not work on some days: orders placed from now on give as much longer to confirm."""
    ref = commands.set_holiday(request.auth, begins=given.begins, ends=given.ends, words=given.words)
    return answer({"ref": ref}, 201)


@router.post("/holidays/{ref}/remove", **writes(Done))
@once
def remove_holiday(request: Asked, ref: str) -> HttpResponse:
    """Work on those days after all."""
    commands.remove_holiday(request.auth, ref)
    return answer({"changed": 1})
