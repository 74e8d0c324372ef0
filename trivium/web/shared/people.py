"""The people of a company: who works in this workspace, as what, and what an administrator can do about it."""

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.core.money import to_text
from trivium.core.time import now
from trivium.ordering import queries as ordering
from trivium.parties import commands, queries
from trivium.parties.commands import Place
from trivium.parties.queries import Colleague
from trivium.parties.rules import Job
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest


def tabs(actor: Actor, here: str) -> list[tuple[str, str, bool]]:
    """The pages about a company's inside; what only administrators may see is for them."""
    keeps, is_buyer = actor.may("party.edit"), actor.role == "buyer"
    places = [
        ("people", gettext("People"), True),
        ("invitations", gettext("Invitations"), keeps),
        ("inside", gettext("Departments and cost centres"), keeps),
        ("rules", gettext("Order approval"), keeps and actor.may("approval.arrange")),
        ("deputies", gettext("Deputies"), is_buyer and actor.may("approval.decide")),
        ("budgets", gettext("Budgets"), is_buyer and actor.may("budget.set")),
        ("people_history", gettext("History"), keeps),
    ]
    return [(said, reverse(f"{actor.role}:{name}"), name == here) for name, said, is_open in places if is_open]


@page
def people(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Who works in this workspace."""
    actor, rows = request.actor, queries.colleagues(request.actor)
    may = actor.may("party.edit")

    def fetch(wanted: Wanted) -> Found:
        its = [row for row in rows if wanted.filters.get("job", row.job) == row.job]
        return among(its, wanted, SORTS, lambda row: f"{row.name} {row.email or ''} {row.department}")

    jobs = [(job.value, words.word("job", job)) for job in Job]
    acts = [invite_form(actor)] if may else []
    spent = ordering.ordered_by_people(actor, rows[0].currency, now()) if actor.role == "buyer" and rows else {}
    grade = queries.own_grade(actor)
    context = {
        "acts": [*acts, _leave_form(actor)],
        "tabs": tabs(actor, "people"),
        "grade": translate(grade.name, get_language() or "en") if grade else "",
        "rights": grade.rights if grade else (),
    }
    empty = Empty(gettext("Nobody works here yet."), gettext("Invite somebody above."))
    listing = Listing("colleagues", gettext("People"), _columns(actor, spent, may=may), fetch, empty,
                      (Filter("job", gettext("Works as"), jobs),), gettext("Name or mail address"), icon="users",
                      context=context)  # fmt: skip
    return show_list(request, listing, "shared/people.html")


SORTS = {
    "name": lambda row: row.name.casefold(),
    "since": lambda row: row.since.timestamp() if row.since else 0,
    "department": lambda row: row.department.casefold(),
    "limit": lambda row: -1 if row.spending_limit is None else row.spending_limit,
}


def _columns(actor: Actor, spent: Mapping[str, int], *, may: bool) -> list[Column]:
    def name(row: Colleague) -> Cell:
        url = reverse(f"{actor.role}:colleague", args=[row.ref]) if may else ""
        return Cell(row.name, url=url, note=gettext("you") if row.ref == actor.user_ref else "")

    def left(row: Colleague) -> Cell:
        return _amount(row, month_left(row.monthly_limit, spent.get(row.ref, 0)))

    is_buyer = actor.role == "buyer"  # who has limits, and no width left for the rest
    found = [
        Column("name", gettext("Full name"), name, sort="name", is_kept=True),
        Column("email", gettext("Mail address"), lambda row: Cell(row.email)),
        Column("job", gettext("Works as"), lambda row: Cell(words.word("job", row.job))),
        Column("department", gettext("Department"), lambda row: Cell(row.department), sort="department"),
        Column("cost_centre", gettext("Cost centre"), lambda row: Cell(row.cost_centre), is_shown=False),
        Column("limit", gettext("Limit of an order"), lambda row: _amount(row, row.spending_limit), "money", "limit"),
        Column("month", gettext("Limit of a month"), lambda row: _amount(row, row.monthly_limit), "money",
               is_shown=may),
        Column("left", gettext("Left this month"), left, "money"),
        Column("keys", gettext("API keys"), lambda row: Cell(row.keys), "quantity", is_shown=False),
        Column("since", gettext("Here since"), lambda row: Cell(row.since), "day", "since",
               is_shown=not is_buyer),
    ]
    hidden = set() if may else {"email", "keys"}
    hidden |= set() if is_buyer else {"limit", "month", "left"}
    return [column for column in found if column.key not in hidden]


def month_left(limit: int | None, ordered: int) -> int | None:
    """What somebody may still order this month without an approval; None is no limit."""
    return None if limit is None else max(0, limit - ordered)


def _amount(row: Colleague, amount: int | None) -> Cell:
    return Cell(amount, currency=row.currency) if amount is not None else Cell(None)


@page
def colleague(request: WorkspaceRequest, ref: str) -> Shown:
    """One person, and what an administrator can change about their place."""
    actor = request.actor
    if not actor.may("party.edit"):
        raise Http404
    row = queries.get_colleague(actor, ref)
    others = [each for each in queries.colleagues(actor) if each.ref != ref]
    found = [_change_form(actor, row), *([_remove_form(actor, row, others)] if ref != actor.user_ref else [])]
    spent = ordering.ordered_by_people(actor, row.currency, now()) if row.monthly_limit is not None else {}
    left = month_left(row.monthly_limit, spent.get(ref, 0))
    return Shown("shared/colleague.html", {"row": row, "left": left, "forms": found})


def place_fields(actor: Actor, row: Colleague | None = None, currency: str = "") -> tuple[Field, ...]:
    """What a person is in a company, as it is asked."""
    departments, centres = queries.departments(actor), queries.cost_centres(actor)
    none = ("", gettext("none"))
    limits = [row.spending_limit, row.monthly_limit] if row else [None, None]
    at_once, monthly = (to_text(each, row.currency) if row and each is not None else "" for each in limits)
    found = [
        Field("job", gettext("Works as"), "select", row.job if row else Job.STAFF,
              choices=[(job.value, words.word("job", job)) for job in Job], is_narrow=True,
              help=gettext("Decides what they may do, from the next request on.")),
        Field("department_ref", gettext("Department"), "select", row.department_ref if row else "",
              choices=[none, *((each.ref, each.indented) for each in departments)], required=False, is_narrow=True,
              help=gettext("Where in the company they work; its approval rules, and those above it, hold.")),
        Field("cost_centre_ref", gettext("Cost centre"), "select", row.cost_centre_ref if row else "",
              choices=[none, *((each.ref, f"{each.code} {each.name}") for each in centres)], required=False,
              is_narrow=True, help=gettext("Where what they order is booked; approval rules can ask for it.")),
    ]  # fmt: skip
    if actor.role == "buyer":
        suffix = row.currency if row else currency
        found += [
            Field("spending_limit", gettext("Limit of an order"), "number", at_once, required=False, is_narrow=True,
                  suffix=suffix, help=gettext("An order above it asks for an approval; empty is no limit.")),
            Field("monthly_limit", gettext("Limit of a month"), "number", monthly, required=False, is_narrow=True,
                  suffix=suffix, help=gettext("What goes beyond it in a calendar month asks too; empty is no limit.")),
        ]  # fmt: skip
    return tuple(found)


def invite_form(actor: Actor) -> Form:
    """Asking somebody to work here."""
    currency = queries.get_organization(actor, actor.organization_ref).currency
    fields = (
        Field("email", gettext("Mail address"), "email", limit=254, autocomplete="off",
              help=gettext("The link goes there; it works once, for seven days.")),
        *place_fields(actor, currency=currency),
        Field("locale", gettext("Language"), "select", get_language() or "en",
              choices=[(code, words.language(code)) for code, _own in settings.LANGUAGES], is_narrow=True,
              help=gettext("Of the mail; they can switch at any time.")),
    )  # fmt: skip
    said = gettext("Invite somebody")
    return Form("invite", reverse(f"{actor.role}:invite"), gettext("Send invitation"), fields, summary=said)


def _change_form(actor: Actor, row: Colleague) -> Form:
    url = reverse(f"{actor.role}:change_place", args=[row.ref])
    return Form("place", url, gettext("Change place"), place_fields(actor, row))


def _remove_form(actor: Actor, row: Colleague, others: list[Colleague]) -> Form:
    fields = (
        Field("to_ref", gettext("Who takes over"), "select", actor.user_ref,
              choices=[(each.ref, each.name) for each in others],
              help=gettext("Gets the open cart and what waits for their decision.")),
    )  # fmt: skip
    said = gettext("Remove from the company")
    note = gettext("Sessions and API keys of this person open this company no more, at once, in all its roles.")
    url = reverse(f"{actor.role}:remove_person", args=[row.ref])
    return Form("remove", url, said, fields, tone="danger", summary=said, note=note)


def _leave_form(actor: Actor) -> Form:
    said = gettext("Leave this company")
    note = gettext("You lose access at once, in all its roles; what you had begun goes to an administrator.")
    return Form("leave", reverse(f"{actor.role}:leave"), said, tone="danger", summary=said, note=note)


def place_of(request: WorkspaceRequest) -> Place:
    """The place a form describes."""
    values, actor = request.POST, request.actor
    limits: dict[str, int | None] = {"spending_limit": None, "monthly_limit": None}
    for name in [each for each in limits if forms.plain_number(values.get(each, ""))]:
        currency = queries.get_organization(actor, actor.organization_ref).currency
        limits[name] = forms.amount(values, name, currency)
    return Place(
        job=values.get("job", ""),
        department_ref=values.get("department_ref", ""),
        cost_centre_ref=values.get("cost_centre_ref", ""),
        **limits,
    )


@act
def invite(request: WorkspaceRequest) -> str:
    """Ask somebody to work here."""
    values = request.POST
    place = place_of(request)
    commands.invite_person(request.actor, email=values.get("email", ""), place=place, locale=values.get("locale", ""))
    return reverse(f"{request.actor.role}:invitations")


@act
def change_place(request: WorkspaceRequest, ref: str) -> None:
    """Give a colleague another place."""
    commands.change_place(request.actor, ref, place_of(request))


@act
def remove_person(request: WorkspaceRequest, ref: str) -> str:
    """Shut a leaver out."""
    commands.remove_person(request.actor, ref, to_ref=request.POST.get("to_ref", ""))
    return reverse(f"{request.actor.role}:people")


@act
def leave(request: WorkspaceRequest) -> str:
    """Leave the company oneself."""
    commands.remove_person(request.actor, request.actor.user_ref)
    return reverse("web:root")
