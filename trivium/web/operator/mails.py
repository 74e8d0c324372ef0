"""The mails the platform has sent, and those it could not deliver."""

from django.http import HttpResponse
from django.utils.translation import gettext

from trivium.notices import queries
from trivium.notices.queries import MailRow
from trivium.notices.rules import WORDS, MailStatus
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest


@page
def mails(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Every mail, newest first: to whom, about what, and how it went."""
    states = [(status, word("mail", status)) for status in MailStatus]
    listing = Listing(
        "mails",
        gettext("Mails"),
        _columns(),
        lambda wanted: queries.mail_list(request.actor, wanted),
        Empty(gettext("No mail yet."), gettext("Notices that people want by mail are listed here as they go out.")),
        (Filter("status", gettext("State"), states),),
        help=gettext("One that cannot be delivered is tried again for about eleven hours, then given up."),
        icon="bell",
    )
    return show_list(request, listing)


def _columns() -> list[Column]:
    def about(row: MailRow) -> Cell:
        said = gettext(WORDS[row.event, row.role]) if (row.event, row.role) in WORDS else row.event
        return Cell(said % {"number": "…"})

    def state(row: MailRow) -> Cell:
        return Cell(word("mail", row.status), note=row.fault)

    return [
        Column("person", gettext("To whom"), lambda row: Cell(row.person, note=row.email), sort="person", is_kept=True),
        Column("company", gettext("Company"),
               lambda row: Cell(row.organization_name or "", note=word("role", row.role))),
        Column("about", gettext("About"), about),
        Column("state", gettext("State"), state, sort="status"),
        Column("tries", gettext("Tries"), lambda row: Cell(row.tries), "quantity", sort="tries"),
        Column("ended", gettext("Ended"), lambda row: Cell(row.ended_at), "when"),
    ]
