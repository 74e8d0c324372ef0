"""The partner's worklist: several margins confirmed at once."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.ordering import commands as ordering
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.bulk import bulk, nothing_asked
from trivium.web.shared.lists import Bulk, show_list
from trivium.web.shared.work import names_of_parts, work_listing
from trivium.web.shared.workspace import WorkspaceRequest


@page
def work(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Everything that waits, with what each order earns; many can be confirmed at once."""
    note = gettext("Each order is confirmed with the margin shown on its row. To object, open the order.")
    many = Bulk(reverse("partner:confirm_many"), gettext("Confirm margin"), lambda row: row.supplier_order_ref,
                help=note)  # fmt: skip
    may = request.actor.may("order.confirm_margin")
    return show_list(request, work_listing(request.actor, many if may else None))


@bulk(nothing_asked, names_of_parts)
def confirm_many(request: WorkspaceRequest, ref: str, _nothing: None) -> None:
    """Confirm the margin of one of the chosen orders."""
    ordering.confirm_margin(request.actor, ref)
