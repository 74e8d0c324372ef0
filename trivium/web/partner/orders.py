"""The partner's acts on orders: confirm its margin, or object to it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.ordering import commands
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Form
from trivium.web.shared.lines import reason_field
from trivium.web.shared.orders import order_page
from trivium.web.shared.workspace import WorkspaceRequest

Facts = Mapping[str, Any]


@page
def order(request: WorkspaceRequest, ref: str) -> Shown:
    """One order, with what a partner can do with it."""
    may = request.actor.may("order.confirm_margin")
    return order_page(request, ref, part_forms=_part_forms if may else _no_forms)


def _no_forms(order: Facts, part: Facts) -> list[Form]:
    """A partner whose grade withholds confirming only looks on; what it leaves unsaid has its rule."""
    return []


def _part_forms(order: Facts, part: Facts) -> list[Form]:
    if part["status"] != "submitted" or part["margin_confirmed_at"] or not part["submitted_at"]:
        return []
    ref, objected = part["ref"], part.get("objected_at")
    words = gettext("Confirm margin after all") if objected else gettext("Confirm margin")
    found = [Form(f"confirm-{ref}", reverse("partner:confirm_margin", args=[ref]), words)]
    if not objected:
        note = gettext("The operator decides before the deadline. The buyer’s price stays as it is.")
        url, said = reverse("partner:object", args=[ref]), gettext("Object")
        found.append(Form(f"object-{ref}", url, said, (reason_field(note),), tone="danger", summary=said))
    return found


@act
def confirm_margin(request: WorkspaceRequest, ref: str) -> None:
    """Stand by what this order earns the partner."""
    commands.confirm_margin(request.actor, ref)


@act
def object_to_margin(request: WorkspaceRequest, ref: str) -> None:
    """Object to the earnings; the operator decides."""
    commands.object_to_margin(request.actor, ref, reason=request.POST.get("reason", ""))
