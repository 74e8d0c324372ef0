"""The packing list of a shipment: what is in it, and no price."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.documents import Document
from trivium.fulfilment import queries as fulfilment
from trivium.ordering import queries as ordering
from trivium.web.shared import words
from trivium.web.shared.documents.frame import column, drawn, heads_of, known, moment, noted, numbered, recipient, side
from trivium.web.shared.filters import qty, words_in

Facts = Mapping[str, Any]


def packing_list(actor: Actor, ref: str) -> Document:
    """What a shipment carries, to be counted when it is packed and when it arrives.

    Refuses: NotFound.
    """
    part_ref = fulfilment.supplier_order_of(actor, ref)
    order = ordering.get_order(actor, ordering.orders_of_parts(actor, [part_ref])[part_ref]["ref"])
    part = next(each for each in order["supplier_orders"] if each["ref"] == part_ref)
    shipment = next(each for each in fulfilment.shipments_of(actor, [part_ref])[part_ref] if each["ref"] == ref)
    heads = heads_of(order["buyer"], part["supplier"])
    lines = {line["ref"]: line for line in part["lines"]}
    carried = [(lines[each["line_ref"]], each["quantity"]) for each in shipment["lines"]]
    return drawn(
        "packing_list",
        actor,
        head=gettext("Packing list"),
        number=shipment["number"],
        state=words.word("status", "signed" if shipment["signed_at"] else "shipped"),
        sides=[
            side(gettext("Supplier"), heads[part["supplier"]["ref"]]),
            side(gettext("Buyer"), heads[order["buyer"]["ref"]]),
            recipient(order["ship_to"]),
        ],
        facts=known(
            (gettext("Order"), order["number"]),
            (gettext("Buyer’s order number"), order["po_number"]),
            (gettext("Left"), moment(shipment["dispatched_at"])),
            (gettext("Carrier"), words.word("carrier", shipment["carrier"])),
            (gettext("Delivery"), words.word("delivery", order["delivery_method"])),
            (gettext("Number of lines"), str(len(carried))),
            (gettext("Parcels"), str(len(shipment["parcels"])) if shipment["parcels"] else ""),
        ),
        lines_head=gettext("Goods"),
        columns=[
            column("#", is_figure=True),
            column(gettext("Code")),
            column(gettext("Goods"), is_wide=True),
            column(gettext("Ordered"), is_figure=True),
            column(gettext("In this shipment"), is_figure=True),
            column(gettext("Unit")),
            column(gettext("Counted")),
        ],
        lines=numbered([_line(line, quantity) for line, quantity in carried]),
        parcels_head=gettext("Parcels"),
        parcel_columns=[column("#", is_figure=True), column(gettext("Tracking number"), is_wide=True)],
        parcels=numbered([[parcel["tracking_number"]] for parcel in shipment["parcels"]]),
        signatures=[
            (gettext("Packed by, on"), heads[part["supplier"]["ref"]].name, ""),
            (gettext("Received by, on"), heads[order["buyer"]["ref"]].name, moment(shipment["signed_at"])
             if shipment["signed_at"] else ""),
        ],
    )  # fmt: skip


def _line(line: Facts, quantity: Decimal) -> list[Any]:
    note = gettext("a substitute comes") if line["substitute_sku_ref"] else ""
    unit = words.word("unit", line["unit"])
    return [line["code"], noted(words_in(line["name"]), note), qty(line["quantity"]), qty(quantity), unit, ""]
