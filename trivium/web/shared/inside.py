"""What a company is inside: open invitations, departments, cost centres, and the history of it all."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.core.lists import Found, Wanted, among
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import Happened, Inside, InvitationRow
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.people import invite_form, tabs
from trivium.web.shared.workspace import WorkspaceRequest


def _administrator(request: WorkspaceRequest) -> Actor:
    if not request.actor.may("party.edit"):
        raise Http404
    return request.actor


@page
def invitations(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Who was invited and has not come yet."""
    actor = _administrator(request)
    rows = queries.invitations(actor)

    def fetch(wanted: Wanted) -> Found:
        sorts = {"email": lambda row: row.email, "until": lambda row: row.expires_at}
        return among(rows, wanted, sorts, lambda row: row.email)

    def until(row: InvitationRow) -> Cell:
        return Cell(row.expires_at, note=gettext("Over") if row.expires_at <= now() else "")

    def withdraw(row: InvitationRow) -> Cell:
        url = reverse(f"{actor.role}:withdraw_invitation", args=[row.ref])
        return Cell(forms=[Form(f"withdraw-{row.ref}", url, gettext("Withdraw"), tone="danger", is_inline=True)])

    columns = [
        Column("email", gettext("Mail address"), lambda row: Cell(row.email), sort="email", is_kept=True),
        Column("job", gettext("Works as"), lambda row: Cell(words.word("job", row.job))),
        Column("by", gettext("Invited by"), lambda row: Cell(row.invited_by)),
        Column("at", gettext("Invited"), lambda row: Cell(row.invited_at), "when"),
        Column("until", gettext("Open until"), until, "day", "until"),
        Column("do", "", withdraw, "do", is_kept=True),
    ]
    empty = Empty(gettext("Nobody is invited."), gettext("Whoever is invited stands here until they have come."))
    context = {"tabs": tabs(actor, "invitations"), "acts": [invite_form(actor)]}
    return show_list(request, Listing("invitations", gettext("Invitations"), columns, fetch, empty, (),
                                      gettext("Mail address"), icon="users", context=context))  # fmt: skip


@act
def withdraw_invitation(request: WorkspaceRequest, ref: str) -> None:
    """Let an invitation open nothing any more."""
    commands.withdraw_invitation(request.actor, ref)


@page
def inside(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Departments and cost centres."""
    actor = _administrator(request)
    rows = [*queries.departments(actor), *queries.cost_centres(actor)]

    def fetch(wanted: Wanted) -> Found:
        sorts = {"name": lambda row: row.name.casefold(), "people": lambda row: row.people}
        return among(rows, wanted, sorts, lambda row: f"{row.code} {row.name}")

    def name(row: Inside) -> Cell:
        return Cell(row.indented, url=reverse(f"{actor.role}:part", args=[row.ref]))

    columns = [
        Column("name", gettext("Department or cost centre"), name, sort="name", is_kept=True),
        Column("kind", gettext("Kind"), lambda row: Cell(_kind(row))),
        Column("code", gettext("Code"), lambda row: Cell(row.code)),
        Column("people", gettext("People"), lambda row: Cell(row.people), "quantity", "people"),
    ]
    acts = [_department_form(actor), _centre_form(actor)]
    empty = Empty(gettext("No department and no cost centre yet."),
                  gettext("Add them above; people and approval rules can then name them."))  # fmt: skip
    listing = Listing("inside", gettext("Departments and cost centres"), columns, fetch, empty, (),
                      gettext("Department or cost centre"), icon="building",
                      context={"tabs": tabs(actor, "inside"), "acts": acts})  # fmt: skip
    return show_list(request, listing)


def _kind(row: Inside) -> str:
    return gettext("Cost centre") if row.code else gettext("Department")


@page
def part(request: WorkspaceRequest, ref: str) -> Shown:
    """One department or cost centre."""
    actor = _administrator(request)
    row = next((each for each in [*queries.departments(actor), *queries.cost_centres(actor)] if each.ref == ref), None)
    if row is None:
        raise Http404
    form = _centre_form(actor, row) if row.code else _department_form(actor, row)
    end, said = reverse(f"{actor.role}:end_part", args=[ref]), gettext("Close it")
    note = gettext("Possible once nobody works there any more, no rule names it and none lies below it.")
    ending = Form("end-part", end, said, tone="danger", summary=said, note=note)
    return Shown("shared/part.html", {"row": row, "kind": _kind(row), "forms": [form, ending]})


def _department_form(actor: Actor, row: Inside | None = None) -> Form:
    top = ("", gettext("none: at the top"))
    places = [top, *((each.ref, each.indented) for each in _possible_parents(actor, row))]
    fields = (
        Field("name", gettext("Department"), value=row.name if row else "", limit=60,
              help=gettext("By the word your company uses.")),
        Field("parent_ref", gettext("Part of"), "select", row.parent_ref if row else "", choices=places,
              required=False, is_narrow=True, help=gettext("Rules of a department hold for those below it too.")),
    )  # fmt: skip
    said = gettext("Change") if row else gettext("Add a department")
    url = reverse(f"{actor.role}:{'keep_part' if row else 'add_department'}", args=[row.ref] if row else [])
    return Form("part" if row else "add-department", url, said, fields, summary="" if row else said)


def _possible_parents(actor: Actor, row: Inside | None) -> list[Inside]:
    """The departments another can lie in: neither itself nor one of its own, which follow it in the tree."""
    found = queries.departments(actor)
    if row is None:
        return found
    here = next(n for n, each in enumerate(found) if each.ref == row.ref)
    after = next((n for n, each in enumerate(found) if n > here and each.depth <= row.depth), len(found))
    return found[:here] + found[after:]


def _centre_form(actor: Actor, row: Inside | None = None) -> Form:
    fields = (
        Field("code", gettext("Code"), value=row.code if row else "", limit=20, is_narrow=True,
              help=gettext("As in your books.")),
        Field("name", gettext("Cost centre"), value=row.name if row else "", limit=60,
              help=gettext("What the code stands for.")),
    )  # fmt: skip
    said = gettext("Change") if row else gettext("Add a cost centre")
    url = reverse(f"{actor.role}:{'keep_part' if row else 'add_cost_centre'}", args=[row.ref] if row else [])
    return Form("part" if row else "add-cost-centre", url, said, fields, summary="" if row else said)


@act
def add_department(request: WorkspaceRequest) -> None:
    """Found a department."""
    values = request.POST
    commands.keep_department(request.actor, name=values.get("name", ""), parent_ref=values.get("parent_ref", ""))


@act
def add_cost_centre(request: WorkspaceRequest) -> None:
    """Open a cost centre."""
    values = request.POST
    commands.keep_cost_centre(request.actor, code=values.get("code", ""), name=values.get("name", ""))


@act
def keep_part(request: WorkspaceRequest, ref: str) -> None:
    """Write a department or cost centre anew."""
    name = request.POST.get("name", "")
    if ref.startswith("cct_"):
        commands.keep_cost_centre(request.actor, code=request.POST.get("code", ""), name=name, ref=ref)
    else:
        commands.keep_department(request.actor, name=name, parent_ref=request.POST.get("parent_ref", ""), ref=ref)


@act
def end_part(request: WorkspaceRequest, ref: str) -> str:
    """Close a department or cost centre."""
    end = commands.end_cost_centre if ref.startswith("cct_") else commands.end_department
    end(request.actor, ref)
    return reverse(f"{request.actor.role}:inside")


TOLD = {
    "PersonInvited": _("Invited"),
    "InvitationWithdrawn": _("Invitation withdrawn"),
    "PersonJoined": _("Joined"),
    "PlaceChanged": _("Place changed"),
    "PersonLeft": _("Left"),
    "OrderRuleSet": _("Approval rule changed"),
    "DeputyNamed": _("Deputy changed"),
    "CompanyArranged": _("Department or cost centre changed"),
}


@page
def people_history(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What has happened to the people and the order of the company, newest first."""
    actor = _administrator(request)
    rows = queries.people_history(actor)

    def fetch(wanted: Wanted) -> Found:
        return among(rows, wanted, {"at": lambda row: row.at}, lambda row: f"{row.who} {row.by}")

    columns = [
        Column("at", gettext("When"), lambda row: Cell(row.at), "when", "at"),
        Column("what", gettext("What"), lambda row: Cell(gettext(TOLD.get(row.name, row.name))), is_kept=True),
        Column("who", gettext("Whom or what"), lambda row: Cell(row.who)),
        Column("more", gettext("In detail"), lambda row: Cell(_more(row))),
        Column("by", gettext("By"), lambda row: Cell(row.by)),
    ]
    empty = Empty(gettext("Nothing has happened yet."), gettext("Who comes, changes their job and leaves stands here."))
    listing = Listing("people-history", gettext("History"), columns, fetch, empty, (), gettext("Name"), icon="clock",
                      context={"tabs": tabs(actor, "people_history")})  # fmt: skip
    return show_list(request, listing)


def _more(row: Happened) -> str:
    data = row.data
    if row.name == "PlaceChanged" and data["job_before"] != data["job"]:
        before, after = words.word("job", data["job_before"]), words.word("job", data["job"])
        return gettext("from %(before)s to %(after)s") % {"before": before, "after": after}
    if row.name == "PersonLeft":
        return gettext("API keys closed: %(count)s") % {"count": data["keys"]}
    return words.word("job", data["job"]) if data.get("job") else ""
