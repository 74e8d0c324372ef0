"""The operator's entries into workspaces: entering and leaving, and what was done in each."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.time import now
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.queries import EntryRow, OrganizationRow
from trivium.parties.rules import ENTERED, MINUTES
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.entering import ENTRY, entry_of
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest


@page
def entries(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Every entry into this workspace, for the operator into all, the latest first."""
    role = request.actor.role
    listing = Listing(
        "entries",
        gettext("Entries of the operator"),
        _columns(role),
        lambda wanted: parties.entry_list(request.actor, wanted),
        Empty(gettext("Nobody has entered yet."),
              gettext("When somebody of the operator works in a company’s workspace, it stands here with why, how long "
                      "and what was done.")),
        (),
        gettext("Company, person or reason"),
        help=_help(role),
        icon="eye",
    )  # fmt: skip
    return show_list(request, listing)


def _help(role: str) -> str:
    if role == "operator":
        return gettext("The company is told at once. Signatures, statements, payouts, approvals, bank accounts, people "
                       "and keys stay with its own people.")  # fmt: skip
    return gettext("You are told at once. Signatures, statements, payouts, approvals, bank accounts, people and keys "
                   "stay with your own people.")  # fmt: skip


def _columns(role: str) -> list[Column]:
    def person(row: EntryRow) -> Cell:
        return Cell(row.person, url=reverse(f"{role}:entry", args=[row.ref]), note=row.reason)

    def company(row: EntryRow) -> Cell:
        return Cell(row.organization_name, note=words.word("role", row.role))

    named = [Column("company", gettext("Company"), company)] if role == "operator" else []
    return [
        Column("person", gettext("Who"), person, is_kept=True),
        *named,
        Column("how", gettext("How"), lambda row: Cell(_how(row))),
        Column("starts", gettext("Began"), lambda row: Cell(row.starts_at), "when", is_kept=True),
        Column("until", gettext("Until"), lambda row: Cell(row.ended_at or row.until), "when"),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row.state(now()), "")]), "chips"),
        Column("done", gettext("Acts"), lambda row: Cell(row.done), "quantity"),
    ]


def _how(row: EntryRow) -> str:
    return gettext("Reading and acting") if row.acts else gettext("For reading only")


@page
def entry(request: WorkspaceRequest, ref: str) -> Shown:
    """One entry, with every act done in it."""
    row, steps = parties.get_entry(request.actor, ref)
    done = [(at, words.word("act", name)) for at, name in steps]
    return Shown("shared/entry.html", {"row": row, "how": _how(row), "done": done, "state": row.state(now())})


def enter_form(found: OrganizationRow) -> Form:
    """What is asked of somebody who enters a company's workspace."""
    roles = [role for role in ENTERED if role in found.roles]
    fields = (
        Field("role", gettext("Role"), "select", roles[0] if roles else "", is_narrow=True,
              choices=[(role, words.word("role", role)) for role in roles],
              help=gettext("Which of the company’s workspaces is opened.")),
        Field("minutes", gettext("For how many minutes"), "select", str(MINUTES[0]), is_narrow=True,
              choices=[(str(each), str(each)) for each in MINUTES],
              help=gettext("It ends by itself then; you can leave before.")),
        Field("acts", gettext("Act there, not only read"), "checkbox", required=False,
              help=gettext("Each act is logged under your name and the company’s.")),
        Field("reason", gettext("Reason"), limit=500, help=gettext("The company reads it at once, with your name.")),
    )  # fmt: skip
    said = gettext("Enter its workspace")
    return Form("enter", reverse("operator:enter", args=[found.ref]), said, fields, summary=said)


@act
def enter(request: WorkspaceRequest, ref: str) -> str:
    """Work in a company's workspace for a time."""
    values = request.POST
    role, minutes = values.get("role", ""), values.get("minutes", "")
    made = commands.begin_entry(
        request.actor, ref, role, minutes=int(minutes) if minutes in map(str, MINUTES) else 0,
        acts=bool(values.get("acts")), reason=values.get("reason", ""),
    )  # fmt: skip
    request.session[ENTRY] = made
    return reverse(f"{role}:home")


def leave_entry(request: HttpRequest) -> HttpResponse:
    """Go back to one's own workspace."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    inside = entry_of(request)
    if inside is None:
        raise Http404
    commands.end_entry(inside.actor, inside.ref)
    del request.session[ENTRY]
    return redirect("operator:company", inside.actor.organization_ref)
