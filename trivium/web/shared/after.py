"""What becomes of orders after they were placed: shipments and refunds, each as a list across all orders."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from trivium.fulfilment import queries as fulfilment
from trivium.settlement import queries as settlement
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.paths import path_to
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = ("refund", "cancelled")


@page
def shipments(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Shipments of this workspace's orders, newest first."""
    role = request.actor.role
    states = (("under_way", gettext("On the way")), ("signed", gettext("Signed")))
    listing = Listing(
        "shipments",
        gettext("Shipments"),
        [
            Column("number", gettext("Shipment"), lambda row: Cell(row.number, url=_order(role, row)), "number",
                   is_kept=True),
            Column("order", gettext("Order"), lambda row: Cell(row.order_number), "number"),
            *_parties(role),
            Column("state", gettext("State"), lambda row: Cell(chips=[("signed" if row.signed_at else "shipped", "")]),
                   "chips", is_kept=True),
            Column("carrier", gettext("Carrier"),
                   lambda row: Cell(words.word("carrier", row.carrier), note=" ".join(row.tracking_numbers[:3])),
                   sort="carrier"),
            Column("dispatched", gettext("Left"), lambda row: Cell(row.dispatched_at), "when", "dispatched"),
            Column("signed", gettext("Signed for"), lambda row: Cell(row.signed_at), "when", "signed"),
        ],
        lambda wanted: fulfilment.shipment_list(request.actor, wanted),
        Empty(gettext("Nothing has left yet."),
              gettext("Each shipment stands here from its dispatch on, with its carrier and its parcels.")),
        (Filter("state", gettext("State"), states),),
        gettext("Order, tracking number or company"),
        "-dispatched",
        icon="truck",
    )  # fmt: skip
    return show_list(request, listing)


@page
def refunds(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Refunds of this workspace's orders, newest first."""
    role = request.actor.role
    money = Column("amount", gettext("Amount"), lambda row: Cell(row.amount, currency=row.currency), "money", "amount")
    listing = Listing(
        "refunds",
        gettext("Refunds"),
        [
            Column("order", gettext("Order"), lambda row: Cell(row.order_number, url=_order(role, row)), "number",
                   is_kept=True),
            *_parties(role),
            Column("kind", gettext("What for"), lambda row: Cell(words.word("refund", row.kind))),
            Column("reason", gettext("Reason"), lambda row: Cell(words.word("reason", row.reason))),
            Column("when", gettext("Granted"), lambda row: Cell(row.at), "when", "at"),
            Column("late", gettext("After completion"),
                   lambda row: Cell(gettext("yes") if row.after_completion else gettext("no")), is_shown=False),
            *(() if role == "supplier" else (money,)),
        ],
        lambda wanted: settlement.refund_list(request.actor, wanted),
        Empty(gettext("Nothing was refunded."),
              gettext("What is given back on an order, goods or money, stands here with its reason.")),
        (Filter("kind", gettext("What for"), [(kind, words.word("refund", kind)) for kind in KINDS]),),
        gettext("Order, reason or company"),
        "-at",
        icon="back",
    )  # fmt: skip
    return show_list(request, listing)


def _order(role: str, row: Any) -> str:
    return path_to(f"{role}:order", row.order_ref)


def _parties(role: str) -> list[Column]:
    def of(name: str) -> Callable[[Any], Cell]:
        return lambda row: Cell(getattr(row, name))

    both = {"buyer": gettext("Buyer"), "supplier": gettext("Supplier")}
    return [Column(name, said, of(name), sort=name) for name, said in both.items() if name != role]
