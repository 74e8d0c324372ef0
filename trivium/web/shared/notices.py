"""What this workspace was told, and what of it comes by mail."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.time import now
from trivium.notices import commands, queries
from trivium.notices.queries import Notice
from trivium.notices.rules import Kind
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.orders import number
from trivium.web.shared.paths import path_of
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest


@page
def notices(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Notices, newest first, and the choice of what comes by mail."""
    actor = request.actor
    newest = queries.inbox(actor, now(), limit=1, unread_only=True)
    states = [("unread", gettext("Unread")), ("read", gettext("Already read"))]
    listing = Listing(
        "notices",
        gettext("Notices"),
        _columns(actor.role),
        lambda wanted: queries.notice_list(actor, now(), wanted),
        Empty(gettext("Nothing to tell yet."), gettext("What happens to your orders and money is told here.")),
        (Filter("state", gettext("State"), states),
         Filter("kind", gettext("Kind"), [(kind, word("notice", kind)) for kind in Kind])),
        icon="bell",
        context={
            "read_all": _read_form(actor.role, newest[0].event_id, gettext("Mark all as read")) if newest else None,
            "mails": _mail_form(request),
        },
    )  # fmt: skip
    return show_list(request, listing, "shared/notices.html")


def _columns(role: str) -> list[Column]:
    def sentence(notice: Notice) -> Cell:
        said = gettext(notice.message) % {"number": notice.number}
        url = path_of(role, notice.link_ref)
        return Cell(said, url=url)

    def state(notice: Notice) -> Cell:
        if notice.is_read:
            return Cell(gettext("Already read"))
        return Cell(gettext("Unread"), chips=[("fresh", gettext("Unread"))])

    def do(notice: Notice) -> Cell:
        return Cell(forms=() if notice.is_read else (_read_form(role, notice.event_id, gettext("Read up to here")),))

    return [
        Column("notice", gettext("Notice"), sentence, is_kept=True),
        Column("kind", gettext("Kind"), lambda notice: Cell(word("notice", notice.kind))),
        Column("state", gettext("State"), state, "tags"),
        Column("at", gettext("When"), lambda notice: Cell(notice.at), "ago"),
        Column("do", "", do, "do", is_kept=True),
    ]


def _read_form(role: str, event_id: int, words: str) -> Form:
    fields = (Field("upto", kind="hidden", value=str(event_id)),)
    return Form(f"read-{event_id}", reverse(f"{role}:read_notices"), words, fields, tone="quiet", is_inline=True)


def _mail_form(request: WorkspaceRequest) -> Form:
    chosen = queries.mail_choices(request.actor)
    fields = tuple(
        Field(kind, word("notice", kind), "checkbox", "1" if is_chosen else "", help=word("notice_help", kind))
        for kind, is_chosen in chosen.items()
    )
    note = gettext("The bell has every notice. For this workspace a mail also goes to %(email)s for:") % {
        "email": getattr(request.user, "email", "")
    }
    url = reverse(f"{request.actor.role}:choose_mail")
    return Form("choose-mail", url, gettext("Save"), fields, summary=gettext("What comes by mail"), note=note)


@act
def read_notices(request: WorkspaceRequest) -> None:
    """Everything up to one notice has been read."""
    upto = number(request.POST.get("upto"))
    if upto is not None:
        commands.mark_read(request.actor, upto)


@act
def choose_mail(request: WorkspaceRequest) -> str:
    """What comes by mail from now on."""
    commands.choose_mail(request.actor, {kind: bool(request.POST.get(kind)) for kind in Kind})
    return reverse(f"{request.actor.role}:notices")
