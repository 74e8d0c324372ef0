"""The partner's buyers: whom it has, had and will have, from when until when."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.parties import queries as parties
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

STATES = ("in_force", "coming", "over")


@page
def buyers(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Every time in which a buyer belongs to this partner, the latest first."""
    listing = Listing(
        "buyers",
        gettext("Buyers"),
        _columns(),
        lambda wanted: parties.buyer_list(request.actor, wanted),
        Empty(gettext("No buyer yet."),
              gettext("The operator assigns buyers to you; each will stand here from its first day on.")),
        (Filter("state", gettext("State"), [(each, words.word("status", each)) for each in STATES]),),
        gettext("Buyer"),
        help=gettext("You see and look after what a buyer ordered between its first and its last day with you, "
                     "to the end of each order."),
        icon="users",
    )  # fmt: skip
    return show_list(request, listing)


def _buyer(row: Any) -> Cell:
    """A buyer, with the way to its orders."""
    return Cell(row.buyer_name, url=f"{reverse('partner:orders')}?{urlencode({'q': row.buyer_name})}")


def _columns() -> list[Column]:
    return [
        Column("buyer", gettext("Buyer"), _buyer, sort="buyer", is_kept=True),
        Column("from", gettext("From"), lambda row: Cell(row.starts_at), "when", "from", is_kept=True),
        Column("until", gettext("Until"), lambda row: Cell(row.ends_at), "when", "until", is_kept=True),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row.state, "")]), "chips", is_kept=True),
    ]
