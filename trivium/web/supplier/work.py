"""The supplier's worklist: several orders confirmed at once."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.ordering import commands as ordering
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.bulk import bulk
from trivium.web.shared.lists import Bulk, show_list
from trivium.web.shared.work import names_of_parts, work_listing
from trivium.web.shared.workspace import WorkspaceRequest
from trivium.web.supplier.home import ship_date_field


@page
def work(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Everything that waits; orders can be confirmed whole, many with one ship date."""
    note = gettext("Each order is confirmed whole. To confirm a part, or to reject, open the order.")
    many = Bulk(reverse("supplier:confirm_many"), gettext("Confirm supply"),
                lambda row: row.supplier_order_ref if row.act == "confirm_supply" else "",
                (ship_date_field(),), note)  # fmt: skip
    may = request.actor.may("order.confirm_supply")
    return show_list(request, work_listing(request.actor, many if may else None))


def _ship_date(request: WorkspaceRequest) -> dt.date:
    return forms.date(request.POST, "ship_date")


@bulk(_ship_date, names_of_parts)
def confirm_many(request: WorkspaceRequest, ref: str, ship_date: dt.date) -> None:
    """Confirm one of the chosen orders, whole."""
    ordering.confirm_supply(request.actor, ref, ship_date=ship_date)
