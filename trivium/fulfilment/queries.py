"""Reads of fulfilment."""

from collections.abc import Sequence
from typing import Any

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.fulfilment.models import Parcel, Shipment, ShipmentLine
from trivium.fulfilment.rules import latest
from trivium.ordering import queries as ordering


def lock_shipment(actor: Actor, ref: str) -> tuple[Shipment, str]:
    """A shipment of an order the actor may see, locked, with its supplier order's reference.

    Refuses: NotFound.
    """
    found = list(Shipment.objects.filter(ref=ref).locked())
    visible = ordering.part_refs(actor, [s.supplier_order_id for s in found])
    if not found or found[0].supplier_order_id not in visible:
        raise NotFound(what="shipment", ref=ref)
    return found[0], visible[found[0].supplier_order_id]


def supplier_order_of(actor: Actor, shipment_ref: str) -> str:
    """The supplier order a visible shipment belongs to.

    Refuses: NotFound.
    """
    found = Shipment.objects.filter(ref=shipment_ref).values_list("supplier_order_id", flat=True).first()
    visible = ordering.part_refs(actor, [found]) if found is not None else {}
    if not visible:
        raise NotFound(what="shipment", ref=shipment_ref)
    return next(iter(visible.values()))


def shipments_of(actor: Actor, supplier_order_refs: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Shipments with lines, parcels and timeline, by supplier order. Five statements for any number."""
    parts = {ordering.get_part(actor, ref).pk: ref for ref in supplier_order_refs}
    shipments = list(Shipment.objects.filter(supplier_order_id__in=list(parts)).order_by("id"))
    lines = ShipmentLine.objects.filter(shipment__in=shipments).select_related("order_line").order_by("id")
    parcels = Parcel.objects.filter(shipment__in=shipments).prefetch_related("events").order_by("id")
    views: dict[int, dict[str, Any]] = {}
    result: dict[str, list[dict[str, Any]]] = {ref: [] for ref in supplier_order_refs}
    for shipment in shipments:
        views[shipment.pk] = {
            "ref": shipment.ref,
            "number": shipment.number,
            "carrier": shipment.carrier,
            "dispatched_at": shipment.dispatched_at,
            "signed_at": shipment.signed_at,
            "lines": [],
            "parcels": [],
        }
        result[parts[shipment.supplier_order_id]].append(views[shipment.pk])
    for line in lines:
        views[line.shipment_id]["lines"].append({"line_ref": line.order_line.ref, "quantity": line.quantity})
    for parcel in parcels:
        views[parcel.shipment_id]["parcels"].append(_parcel(parcel))
    return result


def _parcel(parcel: Parcel) -> dict[str, Any]:
    events = sorted(parcel.events.all(), key=lambda event: (event.at, event.pk))
    return {
        "tracking_number": parcel.tracking_number,
        "status": latest((event.at, event.code) for event in events),
        "events": [{"at": e.at, "code": e.code, "place": e.place, "note": e.note} for e in events],
    }
