"""One company: who works in it, whose buyer it is, how much it may owe, and whether it may trade."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, among
from trivium.ledger import queries as ledger
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.queries import OrganizationRow, PeriodRow, PersonRow
from trivium.parties.rules import Job
from trivium.settlement import commands as settlement
from trivium.web.operator import grades
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.applications import papers_shown
from trivium.web.shared.cutovers import move_fields, read_move
from trivium.web.shared.entries import enter_form
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.regions import region_name
from trivium.web.shared.workspace import WorkspaceRequest

PARTNERS_OFFERED = 200


@page
def company(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """A company with its people, and what the operator can do for it."""
    actor = request.actor
    found = parties.get_company(actor, ref)
    found_forms = [_person_form(found)]
    owed = left = None
    periods: list[PeriodRow] = []
    if "buyer" in found.roles:
        account = f"buyer/{found.ref}/receivable"
        owed = -ledger.balances([account], found.currency)[account]
        left = ledger.available(account, found.currency)
        periods = parties.partners_of(actor, found.ref)
        partners = parties.organizations(actor, role="partner", limit=PARTNERS_OFFERED)
        found_forms += [_partner_form(found, partners), _credit_form(found)]
    grade = None
    if "partner" in found.roles:
        grade = parties.grade_of(found.ref)
        found_forms.append(grades.assign_form(found, parties.grades(actor), grade))
    context = {
        "company": found,
        "grade": grades.said(grade) if grade else "",
        "forms": [*found_forms, *_enter_forms(actor, found), _trading_form(found)],
        "owed": owed,
        "left": left,
        "papers": papers_shown(parties.papers_of(actor, found.ref), "operator:paper"),
        "periods": [(row, _withdraw_form(row)) for row in periods],
        "suspensions": parties.suspensions_of(actor, found.ref),
        "known": _known(found),
    }
    people = parties.people_of(actor, found.ref)
    sorts = {"name": lambda row: row.name.casefold(), "email": lambda row: row.email, "role": lambda row: row.role}

    def fetch(wanted: Wanted) -> Found:
        return among(_in_role(people, wanted), wanted, sorts, lambda row: f"{row.name} {row.email}")

    empty = Empty(gettext("Nobody works here yet."), gettext("Add a person above; they can sign in at once."))
    listing = Listing("people", gettext("Who works here"), _people_columns(), fetch, empty,
                      (Filter("role", gettext("Role"), [(role, words.word("role", role)) for role in found.roles]),),
                      gettext("Name or mail address"), icon="users", context=context)  # fmt: skip
    return show_list(request, listing, "operator/company.html")


def _known(found: OrganizationRow) -> list[tuple[str, str]]:
    """What matching and analysis stand on, as far as it is known."""
    facts = [
        ("number", found.number),
        ("region", region_name(found.country, found.region)),
        ("industry", words.word("industry", found.industry) if found.industry else ""),
        ("size", words.word("size", found.size) if found.size else ""),
    ]
    return [(words.word("fact", name), value) for name, value in facts if value]


def _in_role(people: Sequence[PersonRow], wanted: Wanted) -> list[PersonRow]:
    return [row for row in people if row.role == wanted.filters.get("role", row.role)]


def _people_columns() -> list[Column]:
    return [
        Column("name", gettext("Full name"), lambda row: Cell(row.name), sort="name", is_kept=True),
        Column("email", gettext("Mail address"), lambda row: Cell(row.email), sort="email"),
        Column("role", gettext("Role"), lambda row: Cell(words.word("role", row.role)), sort="role"),
        Column("job", gettext("Works as"), lambda row: Cell(words.word("job", row.job))),
    ]


def _person_form(found: OrganizationRow) -> Form:
    fields = (
        Field("name", gettext("Full name"), limit=120, help=gettext("As it stands on what they confirm and sign.")),
        Field("email", gettext("Mail address"), "email", limit=254,
              help=gettext("They sign in with it, read the privacy notice and agree first. Somebody who has a sign-in "
                           "already keeps their password.")),
        Field("password", gettext("First password"), "password", required=False, limit=200,
              autocomplete="new-password", help=gettext("At least ten characters; only for somebody new here.")),
        Field("role", gettext("Role"), "select", found.roles[0] if found.roles else "",
              choices=[(role, words.word("role", role)) for role in found.roles], is_narrow=True,
              help=gettext("In which of the company’s roles they work; add them again for another.")),
        Field("job", gettext("Works as"), "select", Job.STAFF, choices=[(job, words.word("job", job)) for job in Job],
              is_narrow=True, help=gettext("Decides what they may do.")),
        Field("locale", gettext("Language"), "select", "zh-hans",
              choices=[(code, words.language(code)) for code, _own in settings.LANGUAGES], is_narrow=True,
              help=gettext("To begin with; they can switch at any time.")),
    )  # fmt: skip
    said = gettext("Add a person")
    return Form("admit-person", reverse("operator:admit_person", args=[found.ref]), said, fields, summary=said)


def _partner_form(found: OrganizationRow, partners: list[OrganizationRow]) -> Form:
    now = next((row.ref for row in partners if row.name == found.partner_name), "")
    fields = move_fields([row for row in partners if row.ref != found.ref], now)
    said = gettext("Assign to a partner")
    return Form("assign", reverse("operator:assign_buyer", args=[found.ref]), gettext("Assign"), fields, summary=said)


def _enter_forms(actor: Actor, found: OrganizationRow) -> list[Form]:
    if not actor.may("party.enter") or found.is_house or found.ref == actor.organization_ref:
        return []
    return [enter_form(found)] if set(found.roles) - {"operator"} else []


def _withdraw_form(row: PeriodRow) -> Form | None:
    if row.state != "coming" or not row.cutover_ref:
        return None
    url = reverse("operator:withdraw_cutover", args=[row.cutover_ref])
    return Form(f"withdraw-{row.cutover_ref}", url, gettext("Take it back"), tone="danger", is_inline=True)


def _credit_form(found: OrganizationRow) -> Form:
    fields = (
        Field("limit", gettext("Credit limit"), "number", suffix=found.currency, is_narrow=True,
              help=gettext("How much may be owed on account at once; 0 ends it for new orders.")),
    )  # fmt: skip
    said = gettext("Set the credit limit")
    return Form("credit", reverse("operator:set_credit", args=[found.ref]), said, fields, summary=said)


def _trading_form(found: OrganizationRow) -> Form:
    fields = (Field("reason", gettext("Reason"), "textarea", limit=500,
                    help=gettext("Kept with the company, with the day and your name.")),)  # fmt: skip
    if found.suspended_at:
        said = gettext("Let it trade again")
        return Form("reinstate", reverse("operator:reinstate", args=[found.ref]), said, fields, tone="quiet",
                    summary=said)  # fmt: skip
    said = gettext("Suspend")
    note = gettext("It can neither buy nor sell; what was ordered goes on to its end.")
    url = reverse("operator:suspend", args=[found.ref])
    return Form("suspend", url, said, fields, tone="danger", summary=said, note=note)


@act
def admit_person(request: WorkspaceRequest, ref: str) -> None:
    """Give a person a sign-in, unless they have one, and a place in the company."""
    values, actor = request.POST, request.actor
    email = values.get("email", "").strip()
    if values.get("password"):
        commands.register_person(
            actor, email=email, name=values.get("name", ""), password=values["password"],
            locale=forms.choice(values, "locale", [code for code, _words in settings.LANGUAGES]),
        )  # fmt: skip
    commands.grant_role(
        actor, email=email, organization_ref=ref, role=values.get("role", ""), job=values.get("job", "")
    )


@act
def assign_buyer(request: WorkspaceRequest, ref: str) -> None:
    """Make a partner the buyer's partner from a day on."""
    move = read_move(request.POST)
    commands.assign_buyer(
        request.actor, buyer_ref=ref, partner_ref=move.partner_ref, from_day=move.from_day, reason=move.reason
    )


@act
def withdraw_cutover(request: WorkspaceRequest, ref: str) -> None:
    """Let a buyer stay with the partner it has."""
    commands.withdraw_cutover(request.actor, ref)


@act
def set_credit(request: WorkspaceRequest, ref: str) -> None:
    """Set how much a buyer may owe on account."""
    currency = parties.get_organization(request.actor, ref).currency
    limit = forms.amount(request.POST, "limit", currency)
    settlement.set_credit_limit(request.actor, ref, limit, currency)


@act
def suspend(request: WorkspaceRequest, ref: str) -> None:
    """Stop a company from trading."""
    commands.suspend(request.actor, ref, reason=request.POST.get("reason", ""))


@act
def reinstate(request: WorkspaceRequest, ref: str) -> None:
    """Let a suspended company trade again."""
    commands.reinstate(request.actor, ref, reason=request.POST.get("reason", ""))
