"""Announcements: read and acknowledged by whom they are for; and the first steps of a new company."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.service import commands, queries
from trivium.service.queries import AnnouncementPage, AnnouncementRow
from trivium.service.rules import Notice
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest


@page
def announcements(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Announcements, newest first."""
    actor = request.actor
    ways = [(gettext("First steps"), reverse(f"{actor.role}:first_steps"))]
    publishes = actor.may("announcement.publish")
    links = [(gettext("Write an announcement"), reverse("operator:new_announcement"))] if publishes else []
    listing = Listing(
        "announcements",
        gettext("Announcements"),
        _columns(actor),
        lambda wanted: queries.announcement_list(actor, wanted),
        Empty(gettext("No announcements yet."), gettext("News, policies and training papers of the operator stand "
                                                        "here, and on your home until you have read them.")),
        (Filter("state", gettext("State"), [("waiting", gettext("Wait for you"))]),
         Filter("kind", gettext("Kind"), [(kind, word("announcement", kind)) for kind in Notice])),
        gettext("Title"),
        icon="speaker",
        context={"links": links, "ways": ways},
    )  # fmt: skip
    return show_list(request, listing)


def _columns(actor: Actor) -> list[Column]:
    def title(row: AnnouncementRow) -> Cell:
        return Cell(translate(row.title, get_language() or "en"), url=reverse(f"{actor.role}:announcement",
                    args=[row.ref]), note=word("announcement", row.kind))  # fmt: skip

    def state(row: AnnouncementRow) -> Cell:
        found = _state(actor, row)
        return Cell(chips=[(found, "")] if found else [])

    def groups(row: AnnouncementRow) -> Cell:
        return Cell(chips=[(role, word("role", role)) for role in row.roles])

    found = [
        Column("title", gettext("Title"), title, is_kept=True),
        Column("groups", gettext("Goes to"), groups, "tags"),
        Column("mine", gettext("State"), state, "chips", is_kept=True),
        Column("must", gettext("Acknowledgement"),
               lambda row: Cell(gettext("asked for") if row.must_acknowledge else "–")),
        Column("until", gettext("On homes until"), lambda row: Cell(row.until), "day", "until"),
        Column("published", gettext("Published"), lambda row: Cell(row.published_at), "when", "published"),
    ]  # fmt: skip
    return found if actor.role == "operator" else [column for column in found if column.key != "groups"]


def _state(actor: Actor, row: AnnouncementRow) -> str:
    """How it stands with the reader, as a chip; "" where the operator only wrote it."""
    if row.withdrawn_at:
        return "withdrawn"
    if actor.role == "operator" and actor.role not in row.roles:
        return ""
    if row.acknowledged:
        return "acknowledged"
    if row.must_acknowledge:
        return "unacknowledged"
    return "read" if row.opened else "unread"


@page
def announcement(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """An announcement; for the operator with everybody it is for, and what they have done with it."""
    actor = request.actor
    found = queries.get_announcement(actor, ref)
    context = {"found": found, "row": found.row, "forms": _forms(actor, found), "state": _state(actor, found.row)}
    if not actor.may("announcement.publish"):
        return Shown("shared/announcement.html", context)
    states = [("unopened", gettext("Not opened")), ("unacknowledged", gettext("Not acknowledged")),
              ("acknowledged", gettext("Acknowledged"))]  # fmt: skip
    listing = Listing(
        "readers",
        gettext("Who has read it"),
        [
            Column("name", gettext("Full name"), lambda row: Cell(row.name), is_kept=True),
            Column("company", gettext("Company"), lambda row: Cell(row.company, note=word("role", row.role))),
            Column("opened", gettext("Opened it"), lambda row: Cell(row.opened_at), "when"),
            Column("acknowledged", gettext("Acknowledged"), lambda row: Cell(row.acknowledged_at), "when"),
        ],
        lambda wanted: queries.readers_of(actor, ref, wanted),
        Empty(gettext("Nobody is addressed."), gettext("Who joins one of the groups later finds it on their home.")),
        (Filter("state", gettext("State"), states),),
        gettext("Name or company"),
        icon="users",
        context=context,
    )
    return show_list(request, listing, "shared/announcement.html")


def _forms(actor: Actor, found: AnnouncementPage) -> list[Form]:
    row, forms = found.row, []
    is_mine = actor.role in row.roles or actor.role != "operator"
    if row.withdrawn_at is None and is_mine:
        if row.must_acknowledge and not row.acknowledged:
            note = gettext("Your name and the moment are kept, and the operator sees them.")
            url = reverse(f"{actor.role}:acknowledge", args=[row.ref])
            forms.append(Form("acknowledge", url, gettext("I have read and understood it"), note=note))
        elif not row.opened and not row.must_acknowledge:
            url = reverse(f"{actor.role}:open_announcement", args=[row.ref])
            forms.append(Form("read", url, gettext("I have read it")))
    if actor.may("announcement.publish") and row.withdrawn_at is None:
        said, url = gettext("Take it back"), reverse("operator:withdraw_announcement", args=[row.ref])
        note = gettext("Nobody it was for sees it any more; who has acknowledged it stays written down.")
        forms.append(Form("withdraw", url, said, tone="danger", summary=said, note=note))
    return forms


def home_forms(actor: Actor) -> list[tuple[AnnouncementRow, Form]]:
    """What this person has still to read, with the button that opens it and says that they did."""
    found = []
    for row in queries.announcements_waiting(actor):
        url = reverse(f"{actor.role}:open_announcement", args=[row.ref])
        found.append((row, Form(f"open-{row.ref}", url, gettext("Read it"), tone="quiet", is_inline=True)))
    return found


@act
def open_announcement(request: WorkspaceRequest, ref: str) -> str:
    """Open an announcement, and have that written down."""
    commands.open_announcement(request.actor, ref)
    return reverse(f"{request.actor.role}:announcement", args=[ref])


@act
def acknowledge(request: WorkspaceRequest, ref: str) -> None:
    """Say that one has read and understood it."""
    commands.acknowledge(request.actor, ref)


@page
def first_steps(request: WorkspaceRequest) -> Shown:
    """What a new company does first, and who has done it."""
    actor = request.actor
    steps = []
    for done in queries.first_steps(actor):
        fields = (Field("step", kind="hidden", value=done.step.code),)
        tick = Form(f"tick-{done.step.code}", reverse(f"{actor.role}:tick_step"), gettext("Mark as done"), fields,
                    tone="quiet", is_inline=True)  # fmt: skip
        steps.append((gettext(done.step.words), gettext(done.step.why), reverse(f"{actor.role}:{done.step.page}"), done,
                      None if done.at else tick))  # fmt: skip
    return Shown("shared/first_steps.html", {"steps": steps})


@act
def tick_step(request: WorkspaceRequest) -> None:
    """One of the first steps is done."""
    commands.tick_step(request.actor, request.POST.get("step", ""))
