"""Reads of fulfilment."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.faults import Check, Fault, all_of, faults_in
from trivium.core.ids import business_number, number_of
from trivium.core.lists import Found, Wanted, cut
from trivium.fulfilment.models import Parcel, Shipment, ShipmentLine
from trivium.fulfilment.rules import latest
from trivium.ordering import queries as ordering


def lock_shipment(actor: Actor, ref: str) -> tuple[Shipment, str]:
    """A shipment of an order the actor may see, locked, with its supplier order's reference.

    Refuses: NotFound.
    """
    found = Shipment.objects.read("WHERE t.ref = %(ref)s FOR UPDATE", {"ref": ref})
    visible = ordering.part_refs(actor, [s.supplier_order_id for s in found])
    if not found or found[0].supplier_order_id not in visible:
        raise NotFound(what="shipment", ref=ref)
    return found[0], visible[found[0].supplier_order_id]


def content_of(shipment: Shipment) -> list[tuple[str, Decimal]]:
    """What a shipment at hand carries: (line_ref, quantity)."""
    statement = (
        "SELECT l.ref, s.quantity FROM fulfilment_shipmentline s JOIN ordering_orderline l ON l.id = s.order_line_id"
        " WHERE s.shipment_id = %s ORDER BY s.id"
    )
    return [(ref, quantity) for ref, quantity in sql.rows(statement, [shipment.pk])]


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
    parts = {key: ref for ref, key in ordering.part_keys(actor, supplier_order_refs).items()}
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


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment as a list shows it."""

    ref: str
    number: str
    order_ref: str
    order_number: str
    buyer: str
    supplier: str
    carrier: str
    tracking_numbers: tuple[str, ...]
    dispatched_at: dt.datetime
    signed_at: dt.datetime | None


_ROW = (
    "id", "ref", "supplier_order__order__ref", "supplier_order__order_id", "supplier_order__buyer__name",
    "supplier_order__supplier__name", "carrier", "dispatched_at", "signed_at",
)  # fmt: skip
_SORTS = {"dispatched": "dispatched_at", "signed": "signed_at", "carrier": "carrier",
          "buyer": "supplier_order__buyer__name", "supplier": "supplier_order__supplier__name"}  # fmt: skip


def shipment_list(actor: Actor, wanted: Wanted) -> Found:
    """Shipments of orders this workspace may see. Filter: state (under_way, signed). Three statements.

    Text is looked for in order numbers, tracking numbers, carriers and the names of buyer and supplier.
    """
    found = Shipment.objects.filter(supplier_order_id__in=ordering.visible_parts(actor))
    if state := wanted.filters.get("state"):
        found = found.filter(signed_at__isnull=state == "under_way")
    if text := wanted.text:
        tracked_so = Parcel.objects.filter(tracking_number__icontains=text).values("shipment_id")
        named = Q(supplier_order__buyer__name__icontains=text) | Q(supplier_order__supplier__name__icontains=text)
        numbered = Q(pk__in=tracked_so) | Q(carrier__icontains=text) | Q(pk=number_of(text, "H"))
        found = found.filter(named | numbered | Q(supplier_order__order_id=number_of(text, "O")))
    page, count, is_more = cut(found, wanted, _SORTS)
    rows = list(page.values_list(*_ROW))
    tracked: dict[int, list[str]] = {}
    parcels = Parcel.objects.filter(shipment_id__in=[row[0] for row in rows]).order_by("id")
    for shipment_id, tracking_number in parcels.values_list("shipment_id", "tracking_number"):
        tracked.setdefault(shipment_id, []).append(tracking_number)
    return Found([_shipment_row(row, tracked.get(row[0], [])) for row in rows], count, is_more)


def _shipment_row(row: Sequence[Any], tracked: Sequence[str]) -> ShipmentRow:
    key, ref, order_ref, order_id, buyer, supplier, carrier, dispatched_at, signed_at = row
    numbers = (business_number("H", key), order_ref, business_number("O", order_id))
    return ShipmentRow(ref, *numbers, buyer, supplier, carrier, tuple(tracked), dispatched_at, signed_at)


def _parcel(parcel: Parcel) -> dict[str, Any]:
    events = sorted(parcel.events.all(), key=lambda event: (event.at, event.pk))
    return {
        "tracking_number": parcel.tracking_number,
        "status": latest((event.at, event.code) for event in events),
        "events": [{"at": e.at, "code": e.code, "place": e.place, "note": e.note} for e in events],
    }


# -- for the audit: promise 4 ----------------------------------------------------------------------------------------


def lines_are_shipped_in_shipments() -> Iterator[Fault]:
    """What an order line says was shipped, and signed for, is what its shipments carried."""
    return faults_in(
        4,
        """
        SELECT 'order line ' || COALESCE(l.ref, '?'),
               'has shipped ' || trim_scale(l.shipped) || ' and signed ' || trim_scale(l.signed)
               || ', its shipments say ' || trim_scale(COALESCE(s.sent, 0))
               || ' and ' || trim_scale(COALESCE(s.signed, 0))
        FROM ordering_orderline l LEFT JOIN (
            SELECT i.order_line_id, sum(i.quantity) AS sent,
                   sum(i.quantity) FILTER (WHERE h.signed_at IS NOT NULL) AS signed
            FROM fulfilment_shipmentline i JOIN fulfilment_shipment h ON h.id = i.shipment_id
            GROUP BY i.order_line_id) AS s ON s.order_line_id = l.id
        WHERE (l.shipped, l.signed) <> (COALESCE(s.sent, 0), COALESCE(s.signed, 0)) ORDER BY l.id
        """,
    )


def shipments_follow_release() -> Iterator[Fault]:
    """A shipment leaves after the release of its supplier order, carries lines of it alone, and is signed after."""
    return faults_in(
        4,
        """
        SELECT 'shipment ' || h.ref, CASE WHEN p.id IS NULL THEN 'belongs to no supplier order'
                   WHEN h.signed_at < h.dispatched_at THEN 'was signed for before it left'
                   ELSE 'left before supplier order ' || p.ref || ' was released' END
        FROM fulfilment_shipment h LEFT JOIN ordering_supplierorder p ON p.id = h.supplier_order_id
        WHERE p.id IS NULL OR p.released_at IS NULL OR h.dispatched_at < p.released_at OR h.signed_at < h.dispatched_at
        UNION ALL
        SELECT 'shipment ' || h.ref, 'carries a line of another supplier order' FROM fulfilment_shipment h
        WHERE EXISTS (SELECT FROM fulfilment_shipmentline i LEFT JOIN ordering_orderline l ON l.id = i.order_line_id
                      WHERE i.shipment_id = h.id AND l.supplier_order_id IS DISTINCT FROM h.supplier_order_id)
        ORDER BY 1
        """,
    )


CHECKS: tuple[Check, ...] = (lines_are_shipped_in_shipments, shipments_follow_release)


def faults() -> Iterator[Fault]:
    """Every shipment, and every line's progress, that breaks a promise."""
    return all_of(CHECKS)
