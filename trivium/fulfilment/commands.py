"""The acts of fulfilment: dispatch, track, sign."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.fulfilment import queries
from trivium.fulfilment.errors import (
    AlreadySigned,
    BadTime,
    NothingToShip,
    TooManyParcels,
    TrackingTaken,
    UnknownParcel,
    UnknownTrackingCode,
)
from trivium.fulfilment.events import ParcelTracked, ShipmentDispatched, ShipmentSigned
from trivium.fulfilment.models import Parcel, Shipment, ShipmentLine, TrackingEvent
from trivium.fulfilment.rules import MAX_PARCELS, CarrierEvent, Tracking
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders


@act
def dispatch(
    actor: Actor,
    supplier_order_ref: str,
    *,
    carrier: str,
    items: Sequence[tuple[str, Decimal]] | None = None,
    tracking_numbers: Sequence[str] = (),
) -> Shipment:
    """Send goods of a released supplier order: all that is left, or the named lines (line_ref, quantity).

    Refuses: Denied("shipment.dispatch"), NotFound, NothingToShip, NotReleased, UnknownLine, OverShipped,
    TooManyParcels, TrackingTaken.
    """
    actor.require("shipment.dispatch")
    _order, _parts, part = orders.lock_part(actor, supplier_order_ref)
    if items is None:
        items = [(left.line_ref, left.quantity) for left in orders.left_of(part)]
        if not items:
            raise NothingToShip()
    carrier = clean_text(carrier, limit=60, field="carrier")
    shipment = Shipment(supplier_order_id=part.pk, carrier=carrier, dispatched_by=actor.ref)
    at = ordering.record_shipped(actor, supplier_order_ref, items, key=f"ship:{shipment.ref}")
    shipment.dispatched_at = at
    shipment.save(force_insert=True)
    lines = orders.line_keys([ref for ref, _quantity in items])
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line_id=lines[ref], quantity=quantity) for ref, quantity in items
    )
    parcels = _add_parcels(shipment, tracking_numbers)
    event = ShipmentDispatched(
        subject=shipment.ref,
        audience=orders.audience(part),
        supplier_order_ref=supplier_order_ref,
        parcels=parcels,
    )
    publish(event, actor=actor, at=at)
    return shipment


def _add_parcels(shipment: Shipment, tracking_numbers: Sequence[str]) -> int:
    if len(tracking_numbers) > MAX_PARCELS:
        raise TooManyParcels(limit=MAX_PARCELS, field="tracking_numbers")
    numbers = list(dict.fromkeys(clean_text(n, limit=60, field="tracking_numbers") for n in tracking_numbers))
    taken = Parcel.objects.filter(carrier=shipment.carrier, tracking_number__in=numbers).first()
    if taken is not None:
        raise TrackingTaken(number=taken.tracking_number, carrier=shipment.carrier, field="tracking_numbers")
    Parcel.objects.bulk_create(
        Parcel(shipment=shipment, carrier=shipment.carrier, tracking_number=number) for number in numbers
    )
    return len(numbers)


@act
def record_tracking(actor: Actor, shipment_ref: str, events: Sequence[CarrierEvent]) -> int:
    """Write down what a carrier says of a shipment's parcels; returns how much of it was new.

    The same event twice is one row, and events may come in any order.
    Refuses: Denied("shipment.track"), NotFound, UnknownParcel, UnknownTrackingCode, BadTime.
    """
    actor.require("shipment.track")
    shipment, part_ref = queries.lock_shipment(actor, shipment_ref)
    at = now()
    parcels = {parcel.tracking_number: parcel for parcel in shipment.parcels.all()}
    rows = [_tracking_row(parcels, event, position, at) for position, event in enumerate(events)]
    known = set(TrackingEvent.objects.filter(parcel__in=parcels.values()).values_list("parcel_id", "event_id"))
    fresh = {(row.parcel_id, row.event_id): row for row in rows if (row.parcel_id, row.event_id) not in known}
    TrackingEvent.objects.bulk_create(fresh.values())
    audience = orders.audience_of(part_ref)
    publish(
        *(ParcelTracked(subject=shipment.ref, audience=audience, code=row.code) for row in fresh.values()),
        actor=actor,
        at=at,
    )
    return len(fresh)


def _tracking_row(
    parcels: dict[str, Parcel], event: CarrierEvent, position: int, heard_at: dt.datetime
) -> TrackingEvent:
    parcel = parcels.get(event.tracking_number)
    if parcel is None:
        raise UnknownParcel(number=event.tracking_number[:60], field=f"events.{position}.tracking_number")
    if event.code not in set(Tracking):
        raise UnknownTrackingCode(event=event.code[:20], known=", ".join(Tracking), field=f"events.{position}.code")
    if event.at.tzinfo is None or not dt.timedelta(days=-3650) < event.at - heard_at < dt.timedelta(days=2):
        raise BadTime(value=event.at.isoformat(), field=f"events.{position}.at")
    return TrackingEvent(
        parcel=parcel,
        event_id=clean_text(event.event_id, limit=80, field=f"events.{position}.event_id"),
        code=event.code,
        at=event.at,
        heard_at=heard_at,
        place=clean_text(event.place, limit=120, field=f"events.{position}.place", required=False),
        note=clean_text(event.note, limit=300, field=f"events.{position}.note", required=False),
    )


@act
def confirm_delivery(actor: Actor, shipment_ref: str) -> None:
    """The buyer signs for a shipment; when nothing more is to come, the return window begins.

    Refuses: Denied("shipment.sign"), NotFound, AlreadySigned.
    """
    actor.require("shipment.sign")
    shipment, part_ref = queries.lock_shipment(actor, shipment_ref)
    if shipment.signed_at is not None:
        raise AlreadySigned()
    items = queries.content_of(shipment)
    at = ordering.record_signed(actor, part_ref, items)
    shipment.signed_at, shipment.signed_by = at, actor.ref
    shipment.save(update_fields=["signed_at", "signed_by"])
    event = ShipmentSigned(subject=shipment.ref, audience=orders.audience_of(part_ref), supplier_order_ref=part_ref)
    publish(event, actor=actor, at=at)
