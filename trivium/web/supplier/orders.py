"""The supplier's acts on orders: confirm, reject, ship, cancel."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.catalog import queries as catalog
from trivium.core.errors import Refusal
from trivium.fulfilment import commands as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering.errors import BadSubstitute
from trivium.ordering.rules import SupplyAnswer
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lines import at_row, line_rows, quantity_field, reason_field, refund_form
from trivium.web.shared.orders import order_page
from trivium.web.shared.workspace import WorkspaceRequest
from trivium.web.supplier.home import ship_date_field

Facts = Mapping[str, Any]


@page
def order(request: WorkspaceRequest, ref: str) -> Shown:
    """One order, with what a supplier can do with its part."""
    return order_page(request, ref, part_forms=_part_forms)


def _part_forms(order: Facts, part: Facts) -> list[Form]:
    status, found = part["status"], []
    if status == "submitted" and not part["supply_confirmed_at"]:
        found += [_confirm_form(order, part), _reason_form("reject", part, gettext("Reject order"))]
    left = any(line["to_ship"] for line in part["lines"])
    if status == "released" and left:
        found.append(_ship_form(part))
    if status in ("confirmed", "released") and not part["shipped_at"]:
        found.append(_reason_form("cancel", part, gettext("Cancel order")))
    if status in ("released", "signed", "completed") and part["shipped_at"]:
        found.append(refund_form("supplier", part, order["currency"]))
    return found


def _confirm_form(order: Facts, part: Facts) -> Form:
    makers: list[Any] = [lambda name, line: quantity_field(name, line, "quantity", gettext("What you can supply."))]
    note = gettext("Lower a quantity to confirm a part of it; 0 drops the line.")
    if order["accepts_substitutes"]:
        makers.append(lambda name, line: Field(f"{name}.substitute_sku_ref", gettext("Substitute (your code)"),
                                               required=False, limit=60, is_narrow=True,
                                               help=gettext("Only if something else is sent instead.")))  # fmt: skip
        note += " " + gettext("The buyer takes substitutes: another product of yours comes at the line’s price.")
    url = reverse("supplier:confirm", args=[part["ref"]])
    rows = line_rows(part["lines"], *makers)
    return Form(f"confirm-{part['ref']}", url, gettext("Confirm supply"), (ship_date_field(),), rows, note=note)


def _ship_form(part: Facts) -> Form:
    fields = (
        Field("carrier", gettext("Carrier"), limit=60, is_narrow=True,
              help=gettext("Who takes the goods, such as SF Express or your own lorry.")),
        Field("tracking_numbers", gettext("Tracking numbers"), "textarea", required=False, limit=8000,
              help=gettext("One per parcel, separated by spaces or lines.")),
    )  # fmt: skip
    rows = line_rows(
        [line for line in part["lines"] if line["to_ship"]],
        lambda name, line: quantity_field(name, line, "to_ship", gettext("What leaves now.")),
    )
    note = gettext("Lower a quantity to ship the rest later; 0 leaves a line for later.")
    return Form(f"ship-{part['ref']}", reverse("supplier:ship", args=[part["ref"]]), gettext("Ship"), fields, rows,
                note=note)  # fmt: skip


def _reason_form(name: str, part: Facts, words: str) -> Form:
    url = reverse(f"supplier:{name}", args=[part["ref"]])
    return Form(f"{name}-{part['ref']}", url, words, (reason_field(),), tone="danger", summary=words)


@act
def confirm(request: WorkspaceRequest, ref: str) -> None:
    """Say what will be sent and when: everything, or line by line less, or a substitute."""
    values = request.POST
    ship_date = forms.date(values, "ship_date")
    rows = forms.numbered(values, "line_ref")
    substitutes = _substitutes(request, rows)
    answers = [
        SupplyAnswer(
            values[f"lines.{i}.line_ref"],
            forms.quantity(values, f"lines.{i}.quantity", zero=True),
            substitutes.get(i, ""),
        )
        for i in rows
    ]
    ordering.confirm_supply(request.actor, ref, ship_date=ship_date, answers=answers or None)


def _substitutes(request: WorkspaceRequest, rows: Sequence[int]) -> dict[int, str]:
    """The skus that stand in, named by the supplier's own codes."""
    written = {i: request.POST.get(f"lines.{i}.substitute_sku_ref", "").strip()[:60] for i in rows}
    written = {i: code for i, code in written.items() if code}
    if not written:
        return {}
    known = catalog.skus_by_code(request.actor.organization_id or 0, list(written.values()))
    for i, code in written.items():
        if code not in known:
            raise BadSubstitute(sku=code, field=f"lines.{i}.substitute_sku_ref")
    return {i: known[code] for i, code in written.items()}


@act
def reject(request: WorkspaceRequest, ref: str) -> None:
    """Say that nothing will be sent."""
    ordering.reject_supply(request.actor, ref, reason=request.POST.get("reason", ""))


@act
def cancel(request: WorkspaceRequest, ref: str) -> None:
    """Cancel a part that cannot be delivered after all."""
    ordering.cancel_supplier_order(request.actor, ref, reason=request.POST.get("reason", ""))


@act
def ship(request: WorkspaceRequest, ref: str) -> None:
    """Send what is left of an order, or a part of it."""
    values = request.POST
    found = [(i, forms.quantity(values, f"lines.{i}.quantity", zero=True)) for i in forms.numbered(values, "line_ref")]
    rows = [i for i, quantity in found if quantity]
    items = [(values[f"lines.{i}.line_ref"], quantity) for i, quantity in found if quantity]
    numbers = forms.tokens(values, "tracking_numbers")
    try:
        fulfilment.dispatch(
            request.actor, ref, carrier=values.get("carrier", ""), items=items, tracking_numbers=numbers
        )
    except Refusal as refusal:
        raise at_row(refusal, rows) from refusal
