"""The operator's acts on orders: judge objections, book transfers, refund, cancel."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.money import to_text
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.settlement import commands as settlement
from trivium.web.operator.money import bank_reference
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lines import reason_field, refund_form
from trivium.web.shared.orders import order_page
from trivium.web.shared.workspace import WorkspaceRequest

Facts = Mapping[str, Any]


@page
def order(request: WorkspaceRequest, ref: str) -> Shown:
    """One order, with what the operator can do with it."""
    return order_page(request, ref, part_forms=_part_forms, order_forms=_order_forms)


def _part_forms(order: Facts, part: Facts) -> list[Form]:
    ref, status, found = part["ref"], part["status"], []
    if status == "submitted" and part.get("objected_at") and not part["margin_confirmed_at"]:
        overrule, uphold = reverse("operator:overrule", args=[ref]), reverse("operator:uphold", args=[ref])
        said = gettext("Let the objection stand")
        note = gettext("Cancels this supplier order and frees what it held.")
        found.append(Form(f"overrule-{ref}", overrule, gettext("Overrule the objection")))
        found.append(Form(f"uphold-{ref}", uphold, said, tone="danger", summary=said, note=note))
    if status in ("submitted", "confirmed", "released") and not part["shipped_at"]:
        words = gettext("Cancel supplier order")
        url = reverse("operator:cancel", args=[ref])
        found.append(Form(f"cancel-{ref}", url, words, (reason_field(),), tone="danger", summary=words))
    if status in ("released", "signed", "completed"):
        found.append(refund_form("operator", part, order["currency"]))
    return found


def _order_forms(order: Facts, payments: Sequence[Facts]) -> list[Form]:
    parts = order["supplier_orders"]
    found = []
    due = sum(part["due"] or 0 for part in parts if part["status"] == "confirmed")
    if due and order["decided_at"] and order["payment_method"] == "bank_transfer":
        currency = order["currency"]
        fields = (
            Field("amount", gettext("Amount"), "number", to_text(due, currency), suffix=currency, is_narrow=True,
                  help=gettext("What has come to the bank for this order.")),
            bank_reference(),
        )
        url = reverse("operator:record_transfer", args=[order["ref"]])
        found.append(Form(f"transfer-{order['ref']}", url, gettext("Book transfer"), fields))
    elif order["decided_at"] and order["payment_method"] == "bank_transfer":
        found.append(_late_transfer_form(order))
    return [*found, *cancel_order_forms("operator", order)]


def _late_transfer_form(order: Facts) -> Form:
    """Money that comes although nothing is due: after a cancellation, or a second time."""
    words = gettext("Book money that came too much")
    fields = (
        Field("to_send_back", kind="hidden", value="1"),
        Field("amount", gettext("Amount"), "number", suffix=order["currency"], is_narrow=True,
              help=gettext("What has come although nothing was due.")),
        bank_reference(),
    )
    note = gettext("Nothing is due for this order. The money is kept for the buyer until you have sent it back.")
    url = reverse("operator:record_transfer", args=[order["ref"]])
    return Form(f"late-{order['ref']}", url, words, fields, tone="quiet", summary=words, note=note)


def cancel_order_forms(role: str, order: Facts) -> list[Form]:
    """Cancelling the whole order, while nothing of it has shipped."""
    parts = order["supplier_orders"]
    live = [part for part in parts if part["status"] in ("submitted", "confirmed", "released")]
    if len(live) < 2 or any(part["shipped_at"] for part in parts):
        return []
    words = gettext("Cancel the whole order")
    url = reverse(f"{role}:cancel_order", args=[order["ref"]])
    return [Form(f"cancel-{order['ref']}", url, words, (reason_field(),), tone="danger", summary=words)]


@act
def overrule(request: WorkspaceRequest, ref: str) -> None:
    """Decide against the partner's objection."""
    ordering.overrule_objection(request.actor, ref)


@act
def uphold(request: WorkspaceRequest, ref: str) -> None:
    """Let the partner's objection stand."""
    ordering.uphold_objection(request.actor, ref)


@act
def cancel(request: WorkspaceRequest, ref: str) -> None:
    """Cancel one supplier's part."""
    ordering.cancel_supplier_order(request.actor, ref, reason=request.POST.get("reason", ""))


@act
def cancel_order(request: WorkspaceRequest, ref: str) -> None:
    """Cancel an order."""
    order_ref = orders.order_ref_of(request.actor, ref)
    ordering.cancel_order(request.actor, order_ref, reason=request.POST.get("reason", ""))


@act
def record_transfer(request: WorkspaceRequest, ref: str) -> None:
    """Book a bank transfer that has arrived for an order."""
    order = orders.get_order(request.actor, ref)
    amount = forms.amount(request.POST, "amount", order["currency"])
    reference = request.POST.get("reference", "")
    late = request.POST.get("to_send_back") == "1"
    settlement.record_bank_transfer(
        request.actor, order["ref"], amount=amount, reference=reference, to_send_back=late
    )
