"""Who decides in an approver's stead, and on which days."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, among
from trivium.core.time import business_day, now
from trivium.parties import commands, queries
from trivium.parties.queries import DeputyRow
from trivium.parties.rules import DECIDING
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.people import tabs
from trivium.web.shared.workspace import WorkspaceRequest


@page
def deputies(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The reader's deputies, and whom the reader stands in for; an administrator's are all of the company."""
    actor = request.actor
    if not actor.may("approval.decide"):
        raise Http404
    rows, today = queries.deputies(actor), business_day(now())

    def fetch(wanted: Wanted) -> Found:
        return among(rows, wanted, {"starts": lambda row: row.starts_on}, lambda row: f"{row.approver} {row.deputy}")

    def state(row: DeputyRow) -> Cell:
        over = gettext("Over") if row.is_over(today) else gettext("Later")
        return Cell(gettext("Stands in today") if row.is_on(today) else over)

    def take_back(row: DeputyRow) -> Cell:
        may = actor.may("approval.arrange") or row.approver_ref == actor.user_ref
        if row.is_over(today) or not may:
            return Cell()
        url = reverse("buyer:take_deputy_back", args=[row.ref])
        return Cell(forms=[Form(f"back-{row.ref}", url, gettext("Take back"), tone="danger", is_inline=True)])

    columns = [
        Column("deputy", gettext("Deputy"), lambda row: Cell(row.deputy), is_kept=True),
        Column("approver", gettext("In place of"), lambda row: Cell(row.approver), is_kept=True),
        Column("starts", gettext("From"), lambda row: Cell(row.starts_on), "day", "starts"),
        Column("ends", gettext("Until"), lambda row: Cell(day(row.ends_on) if row.ends_on else gettext("no end"))),
        Column("state", gettext("State"), state),
        Column("do", "", take_back, "do", is_kept=True),
    ]
    empty = Empty(gettext("No deputy yet."), gettext("Before you are away, name above who decides in your place."))
    listing = Listing("deputies", gettext("Deputies"), columns, fetch, empty, (), gettext("Name"), icon="users",
                      context={"tabs": tabs(actor, "deputies"), "acts": [_form(actor)]})  # fmt: skip
    return show_list(request, listing)


def _form(actor: Actor) -> Form:
    people = [row for row in queries.members_by_ref(actor) if row.job in DECIDING]
    others = [(row.ref, row.name) for row in people if row.ref != actor.user_ref]
    fields = [
        Field("deputy_ref", gettext("Deputy"), "select", choices=others or [("", gettext("nobody"))], is_narrow=True,
              help=gettext("A colleague whose job decides; they do so beside you, never on what they ask themselves.")),
        Field("starts_on", gettext("From"), "date", str(business_day(now())), is_narrow=True,
              help=gettext("The first day, today at the earliest.")),
        Field("ends_on", gettext("Until"), "date", required=False, is_narrow=True,
              help=gettext("The last day; empty is until you take it back.")),
    ]  # fmt: skip
    if actor.may("approval.arrange"):
        mine = [(row.ref, row.name) for row in people]
        fields.append(
            Field("person_ref", gettext("In place of"), "select", actor.user_ref, choices=mine, is_narrow=True,
                  help=gettext("You, or a colleague who is away already."))
        )  # fmt: skip
    said = gettext("Name a deputy")
    return Form("name-deputy", reverse("buyer:name_deputy"), said, tuple(fields), summary=said)


@act
def name_deputy(request: WorkspaceRequest) -> str:
    """Name who decides in an approver's place, and on which days."""
    values = request.POST
    commands.name_deputy(
        request.actor,
        deputy_ref=values.get("deputy_ref", ""),
        starts_on=forms.date(values, "starts_on"),
        ends_on=forms.date(values, "ends_on") if values.get("ends_on", "").strip() else None,
        approver_ref=values.get("person_ref", ""),
    )
    return reverse("buyer:deputies")


@act
def take_deputy_back(request: WorkspaceRequest, ref: str) -> None:
    """Let a deputy decide no more."""
    commands.take_deputy_back(request.actor, ref)
