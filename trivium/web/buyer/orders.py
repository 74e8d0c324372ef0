"""The buyer's acts on orders: approve, pay, sign, cancel."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.time import now
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment import queries as shipments
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import queries as parties
from trivium.settlement import commands as settlement
from trivium.web.buyer.home import pay_form
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lines import reason_field
from trivium.web.shared.orders import order_page
from trivium.web.shared.statements import decide_forms, rules_in_words
from trivium.web.shared.workspace import WorkspaceRequest

Facts = Mapping[str, Any]


@page
def order(request: WorkspaceRequest, ref: str) -> Shown:
    """One order, with what its buyer can do with it."""
    actor = request.actor

    def order_forms(order: Facts, payments: Sequence[Facts]) -> list[Form]:
        return [*_approval_forms(actor, order), *_pay_forms(order, payments), *_cancel_forms(order)]

    shown = order_page(request, ref, part_forms=_part_forms, order_forms=order_forms)
    said = gettext("Nobody else could approve this order; by your company’s rule it went out.")
    facts = shown.context["order"]
    told = said if request.GET.get("said") == "passed" and facts["approval"] == "not_needed" else ""
    return Shown(shown.template, {**shown.context, "transfer_due": _transfer_due(facts), "told": told,
                                  **_approval(actor, facts)})  # fmt: skip


def _approval(actor: Actor, order: Facts) -> dict[str, Any]:
    """How the company's own approval stands, and what else an order lacks that has been approved."""
    if order["approval"] == "not_needed":
        return {}
    way = parties.approval_way(actor, order["ref"])
    if way is None:
        return {}
    lacks = ""
    if way.status == "approved" and order["approval"] == "waiting":
        lacks = parties.wanted_agreement(actor.organization_id or 0, "buyer", now())
    return {"way": way, "lacks": lacks, "why": rules_in_words(way.why.split(", ")) if way.why else ""}


def _approval_forms(actor: Actor, order: Facts) -> Sequence[Form]:
    if order["approval"] != "waiting":
        return ()
    waiting = parties.approvals_waiting(actor, subject=order["ref"])
    return decide_forms(actor, waiting[0]) if waiting else ()


def _due(order: Facts) -> int:
    return sum(part["due"] or 0 for part in order["supplier_orders"] if part["status"] == "confirmed")


def _transfer_due(order: Facts) -> int:
    return _due(order) if order["payment_method"] == "bank_transfer" and order["decided_at"] else 0


def _pay_forms(order: Facts, payments: Sequence[Facts]) -> list[Form]:
    under_way = any(payment["status"] == "pending" for payment in payments)
    if order["payment_method"] != "prepaid" or not order["decided_at"] or not _due(order) or under_way:
        return []
    return [pay_form(order["ref"])]


def _cancel_forms(order: Facts) -> list[Form]:
    parts = order["supplier_orders"]
    live = [part for part in parts if part["status"] in ("submitted", "confirmed", "released")]
    if not live or any(part["shipped_at"] for part in parts):
        return []
    words = gettext("Cancel order")
    url = reverse("buyer:cancel_order", args=[order["ref"]])
    return [Form(f"cancel-{order['ref']}", url, words, (reason_field(),), tone="danger", summary=words)]


def _part_forms(order: Facts, part: Facts) -> list[Form]:
    found = []
    for shipment in part["shipments"]:
        if shipment["signed_at"] is None:
            words = gettext("Sign for %(number)s") % {"number": shipment["number"]}
            fields = (Field("shipment", kind="hidden", value=shipment["ref"]),)
            url = reverse("buyer:sign", args=[part["ref"]])
            found.append(Form(f"sign-{shipment['ref']}", url, words, fields, is_inline=True))
    live = [each for each in order["supplier_orders"] if each["status"] in ("submitted", "confirmed", "released")]
    if len(live) > 1 and part in live and not part["shipped_at"]:
        words = gettext("Cancel this supplier’s part")
        url = reverse("buyer:cancel", args=[part["ref"]])
        found.append(Form(f"cancel-{part['ref']}", url, words, (reason_field(),), tone="danger", summary=words))
    return found


@act
def pay(request: WorkspaceRequest, ref: str) -> None:
    """Pay what is due for an order."""
    settlement.start_payment(request.actor, orders.order_ref_of(request.actor, ref))


@act
def sign(request: WorkspaceRequest, ref: str) -> None:
    """Sign for a shipment, or for all that have arrived of a supplier order."""
    wanted = request.POST.get("shipment", "")
    found = shipments.shipments_of(request.actor, [ref])[ref]
    if wanted and wanted not in {shipment["ref"] for shipment in found}:
        raise NotFound(what="shipment", ref=wanted)
    for shipment in found:
        if shipment["ref"] == wanted or (not wanted and shipment["signed_at"] is None):
            fulfilment.confirm_delivery(request.actor, shipment["ref"])


@act
def cancel_order(request: WorkspaceRequest, ref: str) -> None:
    """Cancel an order."""
    order_ref = orders.order_ref_of(request.actor, ref)
    ordering.cancel_order(request.actor, order_ref, reason=request.POST.get("reason", ""))


@act
def cancel(request: WorkspaceRequest, ref: str) -> None:
    """Cancel one supplier's part of an order."""
    ordering.cancel_supplier_order(request.actor, ref, reason=request.POST.get("reason", ""))


@act
def decide(request: WorkspaceRequest, ref: str) -> None:
    """Approve or decline a colleague's order."""
    settlement.decide(request.actor, ref, yes=request.POST.get("yes") == "1")
