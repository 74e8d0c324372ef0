"""Tickets and feedback: opened and followed by anybody who works here, triaged by the operator.

Who works in no company gives feedback for themselves and has the same pages under names of their own (PERSON).
"""

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.service import commands, queries
from trivium.service.errors import BadPage
from trivium.service.queries import TicketPage, TicketRow
from trivium.service.rules import (
    OF_COMPANY,
    OF_OPERATOR,
    PAGE,
    PAGE_TITLE,
    PERSON,
    SUBJECT,
    TEXT,
    TICKET,
    VISITOR,
    Outcome,
    State,
    TicketKind,
    check_page,
)
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, Second
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest

ASKED = tuple(kind for kind in TicketKind if kind != TicketKind.FEEDBACK)  # feedback is given from the page it is about
HELP = {
    "operator": _(
        "What companies, people who work in none and visitors ask, report and wish for. Take what you look after; its "
        "writer is told what becomes of it."
    ),
    "other": _("What you have asked the operator, and the feedback you gave: here you see what becomes of it."),
}
FEEDBACK_HELP = {
    PERSON: _("What is missing, wrong or in the way, and what would help. Only you and the operator read it; under "
              "“Your feedback” you see what becomes of it."),
    "other": _("What is missing, wrong or in the way, and what would help. "
               "Under “Tickets” you see what becomes of it."),
}  # fmt: skip
OWN = 100
"""How many of somebody's own are shown at most."""


@page
def tickets(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Tickets, newest first."""
    actor = request.actor
    states = [("waiting", gettext("Not closed")), *((state, word("status", state)) for state in State)]
    listing = Listing(
        "tickets",
        gettext("Tickets"),
        _columns(actor),
        lambda wanted: queries.ticket_list(actor, wanted),
        Empty(gettext("No tickets yet."),
              gettext("Ask the operator something, or tell it what does not work: the ticket will stand here.")),
        (Filter("state", gettext("State"), states),
         Filter("kind", gettext("Kind"), [(kind, word("ticket", kind)) for kind in TicketKind]),
         Filter("mine", gettext("Whose"), [("1", gettext("Mine"))])),
        gettext("Number, subject or company") if actor.role == "operator" else gettext("Number or subject"),
        help=gettext(HELP.get(actor.role, HELP["other"])),
        icon="help",
        context={"links": [(gettext("Open a ticket"), reverse(f"{actor.role}:new_ticket"))]},
    )  # fmt: skip
    return show_list(request, listing)


@page
def own_tickets(request: WorkspaceRequest) -> Shown:
    """What somebody has said for themselves, newest first."""
    found = queries.tickets(request.actor, limit=OWN)
    rows = [(row, reverse("person:ticket", args=[row.ref]), chip_of(row)) for row in found]
    return Shown("shared/own_tickets.html", {"rows": rows})


def page_and_title(values: Mapping[str, str]) -> tuple[str, str]:
    """The path and the title of the page that feedback is about; "" for what is no page of ours."""
    try:
        return check_page(values.get("page", "")[:PAGE]), values.get("title", "")[:PAGE_TITLE]
    except BadPage:
        return "", values.get("title", "")[:PAGE_TITLE]


def chip_of(row: TicketRow) -> str:
    """The code of a ticket's state, as its reader is told it."""
    return "asked_person" if row.state == State.ASKED and row.role in (PERSON, VISITOR) else row.state


def _back(actor: Actor) -> tuple[str, str]:
    """The words of the page a ticket is found on, and its address."""
    said = gettext("Your feedback") if actor.role == PERSON else gettext("Tickets")
    return said, reverse(f"{actor.role}:tickets")


def _columns(actor: Actor) -> list[Column]:
    def number(row: TicketRow) -> Cell:
        return Cell(row.number, url=reverse(f"{actor.role}:ticket", args=[row.ref]))

    def company(row: TicketRow) -> Cell:
        role, name = word("role", row.role), row.company or row.opened_by
        return Cell(name, note=role) if name else Cell(role)

    def state(row: TicketRow) -> Cell:
        return Cell(chips=[(chip_of(row), word("outcome", row.outcome) if row.outcome else "")])

    found = [
        Column("number", gettext("Number"), number, "number", is_kept=True),
        Column("subject", gettext("Subject"), lambda row: Cell(row.subject, note=word("ticket", row.kind)),
               is_kept=True),
        Column("company", gettext("Company"), company, sort="company"),
        Column("state", gettext("State"), state, "chips", sort="state", is_kept=True),
        Column("by", gettext("Opened by"), lambda row: Cell(row.opened_by), is_shown=actor.role != "operator"),
        Column("taken", gettext("Handled by"), lambda row: Cell(row.taken_by)),
        Column("page", gettext("Page"), lambda row: Cell(row.page_title or row.page, note=row.page), is_shown=False),
        Column("opened", gettext("Opened"), lambda row: Cell(row.opened_at), "when", "opened"),
        Column("changed", gettext("Last change"), lambda row: Cell(row.changed_at), "ago", "changed"),
    ]  # fmt: skip
    return found if actor.role == "operator" else [column for column in found if column.key != "company"]


@page
def new_ticket(request: WorkspaceRequest) -> Shown:
    """The form of a new ticket; `about` in the address names what it is about."""
    role, about = request.actor.role, request.GET.get("about", "")[:40]
    fields = (
        Field("kind", gettext("Kind"), "select", TicketKind.QUESTION, is_narrow=True,
              choices=[(kind, word("ticket", kind)) for kind in ASKED],
              help=gettext("Tells the operator who shall read it first.")),
        Field("subject", gettext("Subject"), limit=SUBJECT, help=gettext("One line that says what it is about.")),
        Field("text", gettext("What you want to say"), "textarea", limit=TEXT,
              help=gettext("What you did, what you expected, what happened. "
                           "Only your company and the operator read it.")),
        Field("about", gettext("Order or product"), value=about, required=False, limit=40, is_narrow=True,
              help=gettext("An order’s number, such as O-7K2M9Q, or the reference of a product; one of your own.")),
    )  # fmt: skip
    form = Form("open-ticket", reverse(f"{role}:open_ticket"), gettext("Open ticket"), fields)
    shown = {"form": form, "title": gettext("Open a ticket"), "page": "", "about": "", "back": _back(request.actor)}
    return Shown("shared/new_ticket.html", shown)


@act
def open_ticket(request: WorkspaceRequest) -> str:
    """Open a ticket."""
    names = ("subject", "text", "kind", "about")
    ref = commands.open_ticket(request.actor, **{name: request.POST.get(name, "") for name in names})
    return reverse(f"{request.actor.role}:ticket", args=[ref])


@page
def feedback(request: WorkspaceRequest) -> Shown:
    """The form of feedback on the page the reader comes from."""
    role, (path, title) = request.actor.role, page_and_title(request.GET)
    fields = (
        Field("text", gettext("What you think"), "textarea", limit=TEXT,
              help=gettext(FEEDBACK_HELP.get(role, FEEDBACK_HELP["other"]))),
        Field("page", kind="hidden", value=path),
        Field("page_title", kind="hidden", value=title),
    )  # fmt: skip
    form = Form("give-feedback", reverse(f"{role}:give_feedback"), gettext("Send feedback"), fields)
    shown = {"form": form, "title": gettext("Feedback"), "page": path, "about": title or path,
             "back": _back(request.actor)}  # fmt: skip
    return Shown("shared/new_ticket.html", shown)


@act
def give_feedback(request: WorkspaceRequest) -> str:
    """Give feedback."""
    names = ("text", "page", "page_title")
    ref = commands.give_feedback(request.actor, **{name: request.POST.get(name, "") for name in names})
    return reverse(f"{request.actor.role}:ticket", args=[ref])


@page
def ticket(request: WorkspaceRequest, ref: str) -> Shown:
    """A ticket: what was said on it, where it stands, and what the reader can do."""
    found = queries.get_ticket(request.actor, ref)
    shown = {"ticket": found.row, "found": found, "forms": _forms(request.actor, found), "state": chip_of(found.row),
             "back": _back(request.actor)}  # fmt: skip
    return Shown("shared/ticket.html", shown)


def _forms(actor: Actor, found: TicketPage) -> list[Form]:
    row, is_operator = found.row, actor.role == "operator"
    if row.state == State.ENDED:
        return [_reopen_form(actor.role, row)] if found.may_reopen else []
    forms = []
    if is_operator and actor.may("ticket.triage"):
        forms.append(_answer_form(row))
    elif TICKET.allows(row.state, "reply"):
        forms.append(_say_form(f"{actor.role}:reply_ticket", "reply-ticket", gettext("Reply"), row))
    forms.append(_close_form(actor.role, row))
    if is_operator:
        said = gettext("Take over") if row.taken_by else gettext("Take")
        url = reverse("operator:take_ticket", args=[row.ref])
        forms.append(Form("take-ticket", url, said, tone="quiet", is_inline=True))
    return forms


def _words_field(label: str, row: TicketRow, *, required: bool = True) -> Field:
    readers = gettext("Whoever asked and the operator read it; nobody else does.")
    if row.role not in (PERSON, VISITOR):
        readers = gettext("The company and the operator read it; nobody else does.")
    return Field("text", label, "textarea", limit=TEXT, required=required, help=readers)


def _say_form(name: str, form_id: str, button: str, row: TicketRow) -> Form:
    return Form(form_id, reverse(name, args=[row.ref]), button, (_words_field(gettext("Reply"), row),))


def _answer_form(row: TicketRow) -> Form:
    url = reverse("operator:answer_ticket", args=[row.ref])
    asks = Second(gettext("Ask back"), "asks_back")
    return Form("answer-ticket", url, gettext("Answer"), (_words_field(gettext("Answer"), row),), second=asks)


def _close_form(role: str, row: TicketRow) -> Form:
    known: tuple[Outcome, ...] = OF_OPERATOR if role == "operator" else OF_COMPANY
    fields = (
        Field("outcome", gettext("How it ended"), "select", known[0], is_narrow=True,
              choices=[(outcome, word("outcome", outcome)) for outcome in known],
              help=gettext("It can be opened again for a fortnight.")),
        _words_field(gettext("Last word"), row, required=False),
    )  # fmt: skip
    said = gettext("Close ticket")
    url = reverse(f"{role}:close_ticket", args=[row.ref])
    return Form("close-ticket", url, said, fields, tone="quiet", summary=said)


def _reopen_form(role: str, row: TicketRow) -> Form:
    said = gettext("Open it again")
    url = reverse(f"{role}:reopen_ticket", args=[row.ref])
    return Form(
        "reopen-ticket", url, said, (_words_field(gettext("What is still open"), row),), tone="quiet", summary=said
    )


@act
def reply_ticket(request: WorkspaceRequest, ref: str) -> None:
    """Write more."""
    commands.reply(request.actor, ref, text=request.POST.get("text", ""))


@act
def take_ticket(request: WorkspaceRequest, ref: str) -> None:
    """Look after a ticket."""
    commands.take_ticket(request.actor, ref)


@act
def answer_ticket(request: WorkspaceRequest, ref: str) -> None:
    """Answer, or ask back."""
    asks = bool(request.POST.get("asks_back"))
    commands.answer(request.actor, ref, text=request.POST.get("text", ""), asks_back=asks)


@act
def close_ticket(request: WorkspaceRequest, ref: str) -> None:
    """End a ticket."""
    values = request.POST
    commands.close_ticket(request.actor, ref, outcome=values.get("outcome", ""), text=values.get("text", ""))


@act
def reopen_ticket(request: WorkspaceRequest, ref: str) -> None:
    """Open a closed ticket again."""
    commands.reopen_ticket(request.actor, ref, text=request.POST.get("text", ""))
