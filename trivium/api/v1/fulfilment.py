"""Shipments: dispatching, what carriers say, signing."""

from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import answer, draws, pdf, quantities, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import (
    Done,
    Given,
    Instant,
    Items,
    Made,
    Moment,
    Number,
    Quantity,
    Ref,
    Short,
    Shown,
)
from trivium.core import documents
from trivium.fulfilment import commands, queries
from trivium.fulfilment.rules import MAX_PARCELS, CarrierEvent, Tracking
from trivium.ordering.rules import MAX_LINES

router = Router()


class SentLine(Given):
    """How much of a line leaves."""

    line_ref: Ref
    quantity: Quantity


class Dispatch(Given):
    """What leaves, with whom. Without `lines`: all that is left."""

    carrier: Short
    lines: list[SentLine] | None = Field(None, min_length=1, max_length=MAX_LINES)
    tracking_numbers: list[Short] = Field([], max_length=MAX_PARCELS)


class CarrierSaid(Given):
    """One thing a carrier says of one parcel; the same `event_id` twice counts once."""

    tracking_number: Short
    event_id: Short
    code: Tracking
    at: Moment
    place: Short = ""
    note: str = Field("", max_length=300)


class Sayings(Given):
    """What a carrier says."""

    events: list[CarrierSaid] = Field(min_length=1, max_length=500)


class SentLineView(Shown):
    """A line in a shipment."""

    line_ref: str
    quantity: Number


class ParcelEvent(Shown):
    """What happened to a parcel."""

    at: Instant
    code: str
    place: str
    note: str


class ParcelView(Shown):
    """A parcel and how it stands."""

    tracking_number: str
    status: str | None
    events: list[ParcelEvent]


class ShipmentView(Shown):
    """A shipment with its lines and parcels."""

    ref: str
    number: str
    carrier: str
    dispatched_at: Instant
    signed_at: Instant | None
    lines: list[SentLineView]
    parcels: list[ParcelView]


@router.post("/supplier-orders/{ref}/ship", **writes(Made, 201))
@once
def ship(request: Asked, ref: str, given: Dispatch) -> HttpResponse:
    """Send goods of a released supplier order."""
    items = None if given.lines is None else [(line.line_ref, line.quantity) for line in given.lines]
    shipment = commands.dispatch(
        request.auth, ref, carrier=given.carrier, items=items, tracking_numbers=given.tracking_numbers
    )
    return answer({"ref": shipment.ref}, 201)


@router.get("/supplier-orders/{ref}/shipments", **reads(Items[ShipmentView]))
def shipments(request: Asked, ref: str) -> HttpResponse:
    """What has left of a supplier order, with the parcels' timelines."""
    return answer({"items": [_shipment(each) for each in queries.shipments_of(request.auth, [ref])[ref]]})


def _shipment(shipment: dict[str, Any]) -> dict[str, Any]:
    lines = [{"line_ref": line["line_ref"], **quantities(line, "quantity")} for line in shipment["lines"]]
    return {**shipment, "lines": lines}


@router.get("/shipments/{ref}/packing-list.pdf", **draws("The packing list as PDF"))
def packing_list(request: Asked, ref: str) -> HttpResponse:
    """What a shipment carries, on paper and without prices, in the language of Accept-Language."""
    return pdf(documents.compose("packing_list", request.auth, ref))


@router.post("/shipments/{ref}/events", **writes(Done))
@once
def track(request: Asked, ref: str, given: Sayings) -> HttpResponse:
    """What a carrier says, in any order, any number of times; `changed` is how much of it was new."""
    events = [
        CarrierEvent(each.tracking_number, each.event_id, each.code, each.at, each.place, each.note)
        for each in given.events
    ]
    return answer({"changed": commands.record_tracking(request.auth, ref, events)})


@router.post("/shipments/{ref}/sign", **writes(Made))
@once
def sign(request: Asked, ref: str) -> HttpResponse:
    """The buyer signs for a shipment; when nothing more is to come, the return window begins."""
    commands.confirm_delivery(request.auth, ref)
    return answer({"ref": ref})
