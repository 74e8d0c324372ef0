"""The people of the own company: who works there as what, who is invited, departments and cost centres."""

from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import amount, answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Amount, Done, Given, Instant, Items, Made, Money, Ref, Shown
from trivium.core.money import to_minor
from trivium.core.time import now
from trivium.ordering import queries as ordering
from trivium.parties import commands, queries
from trivium.parties.commands import Place
from trivium.parties.queries import Colleague
from trivium.parties.rules import Job

router = Router()


class ColleagueView(Shown):
    """A person in this workspace. Mail address and limits are null for keys that do not administrate it, but for those
    of the key's own person. `month_left` is what may still be ordered in this calendar month without an approval."""

    ref: str
    name: str
    email: str | None
    job: str
    department_ref: str | None
    cost_centre_ref: str | None
    spending_limit: Money | None
    monthly_limit: Money | None
    month_left: Money | None
    currency: str
    since: Instant | None


class NewPersonPlace(Given):
    """What a person is in the company; without a limit, of an order or of a month, none asks for an approval."""

    job: Job = Job.STAFF
    department_ref: Ref | None = None
    cost_centre_ref: Ref | None = None
    spending_limit: Amount | None = None
    monthly_limit: Amount | None = None


class NewInvitation(NewPersonPlace):
    """Somebody who shall work in this workspace; the link goes to the mail address."""

    email: str = Field(max_length=254)
    locale: str = Field("zh-hans", max_length=10)


class InvitationView(Shown):
    """An invitation that is open, or has expired unused."""

    ref: str
    email: str
    job: str
    invited_by: str
    invited_at: Instant
    expires_at: Instant


class PersonLeaving(Given):
    """Who takes over what the leaver had begun; null is the longest-serving administrator, or the key's person."""

    to_ref: Ref | None = None


class NewDepartment(Given):
    """A department by the company's own word; null lies at the top. At most five lie below each other."""

    name: str = Field(max_length=60)
    parent_ref: Ref | None = None


class NewCostCentre(Given):
    """A cost centre by the company's own code."""

    name: str = Field(max_length=60)
    code: str = Field(max_length=20)


class InsideView(Shown):
    """A cost centre with its code; and how many people belong to it."""

    ref: str
    code: str
    name: str
    people: int


class DepartmentView(Shown):
    """A department, the one it lies in (null at the top), how many lie above it, and how many people work there."""

    ref: str
    name: str
    parent_ref: str | None
    depth: int
    people: int


@router.get("/people", **reads(Items[ColleagueView]))
def people(request: Asked) -> HttpResponse:
    """Who works in this workspace, longest first."""
    rows = queries.colleagues(request.auth)
    spent = ordering.ordered_by_people(request.auth, rows[0].currency, now()) if rows else {}
    return answer({"items": [_shown(row, spent.get(row.ref, 0)) for row in rows]})


def _shown(row: Colleague, ordered: int) -> dict[str, Any]:
    left = None if row.monthly_limit is None else max(0, row.monthly_limit - ordered)
    return {
        **{name: getattr(row, name) for name in ("ref", "name", "email", "job", "currency", "since")},
        "department_ref": row.department_ref or None,
        "cost_centre_ref": row.cost_centre_ref or None,
        "spending_limit": amount(row.spending_limit, row.currency),
        "monthly_limit": amount(row.monthly_limit, row.currency),
        "month_left": amount(left, row.currency),
    }


@router.get("/people/invitations", **reads(Items[InvitationView]))
def invitations(request: Asked) -> HttpResponse:
    """Who was invited and has not come yet, newest first."""
    names = ("ref", "email", "job", "invited_by", "invited_at", "expires_at")
    rows = queries.invitations(request.auth)
    return answer({"items": [{name: getattr(row, name) for name in names} for row in rows]})


@router.post("/people/invitations", **writes(Made, 201))
@once
def invite(request: Asked, given: NewInvitation) -> HttpResponse:
    """Ask somebody by mail to work in this workspace."""
    place = _place(request, given)
    ref = commands.invite_person(request.auth, email=given.email, place=place, locale=given.locale)
    return answer({"ref": ref}, 201)


@router.post("/people/invitations/{ref}/withdraw", **writes(Made))
@once
def withdraw_invitation(request: Asked, ref: str) -> HttpResponse:
    """Let an invitation open nothing any more."""
    commands.withdraw_invitation(request.auth, ref)
    return answer({"ref": ref})


@router.put("/people/{ref}", **writes(Made))
@once
def change_place(request: Asked, ref: str, given: NewPersonPlace) -> HttpResponse:
    """Give a person in this workspace another job, department, cost centre and limit."""
    commands.change_place(request.auth, ref, _place(request, given))
    return answer({"ref": ref})


@router.post("/people/{ref}/remove", **writes(Made))
@once
def remove_person(request: Asked, ref: str, given: PersonLeaving) -> HttpResponse:
    """Shut a leaver out of the company at once, with their keys; what they had begun goes to a colleague."""
    commands.remove_person(request.auth, ref, to_ref=given.to_ref or "")
    return answer({"ref": ref})


def _place(request: Asked, given: NewPersonPlace) -> Place:
    said = {"spending_limit": given.spending_limit, "monthly_limit": given.monthly_limit}
    limits: dict[str, int | None] = dict.fromkeys(said)
    for name, text in said.items():
        if text is not None:
            currency = queries.get_organization(request.auth, request.auth.organization_ref).currency
            limits[name] = to_minor(text, currency, field=name)
    return Place(given.job, given.department_ref or "", given.cost_centre_ref or "", **limits)


@router.get("/departments", **reads(Items[DepartmentView]))
def departments(request: Asked) -> HttpResponse:
    """The departments of the own company as a tree, each before those below it."""
    names = ("ref", "name", "depth", "people")
    rows = [
        {**{name: getattr(row, name) for name in names}, "parent_ref": row.parent_ref or None}
        for row in queries.departments(request.auth)
    ]
    return answer({"items": rows})


@router.post("/departments", **writes(Made, 201))
@once
def add_department(request: Asked, given: NewDepartment) -> HttpResponse:
    """Found a department."""
    made = commands.keep_department(request.auth, name=given.name, parent_ref=given.parent_ref or "")
    return answer({"ref": made}, 201)


@router.put("/departments/{ref}", **writes(Made))
@once
def change_department(request: Asked, ref: str, given: NewDepartment) -> HttpResponse:
    """Rename a department, and let it lie below another, with those below it."""
    parent = given.parent_ref or ""
    return answer({"ref": commands.keep_department(request.auth, name=given.name, parent_ref=parent, ref=ref)})


@router.post("/departments/{ref}/end", **writes(Done))
@once
def end_department(request: Asked, ref: str) -> HttpResponse:
    """Close a department in which nobody works any more."""
    commands.end_department(request.auth, ref)
    return answer({"changed": 1})


@router.get("/cost-centres", **reads(Items[InsideView]))
def cost_centres(request: Asked) -> HttpResponse:
    """The cost centres of the own company."""
    names = ("ref", "code", "name", "people")
    rows = queries.cost_centres(request.auth)
    return answer({"items": [{name: getattr(row, name) for name in names} for row in rows]})


@router.post("/cost-centres", **writes(Made, 201))
@once
def add_cost_centre(request: Asked, given: NewCostCentre) -> HttpResponse:
    """Open a cost centre."""
    return answer({"ref": commands.keep_cost_centre(request.auth, code=given.code, name=given.name)}, 201)


@router.put("/cost-centres/{ref}", **writes(Made))
@once
def change_cost_centre(request: Asked, ref: str, given: NewCostCentre) -> HttpResponse:
    """Write a cost centre anew."""
    return answer({"ref": commands.keep_cost_centre(request.auth, code=given.code, name=given.name, ref=ref)})


@router.post("/cost-centres/{ref}/end", **writes(Done))
@once
def end_cost_centre(request: Asked, ref: str) -> HttpResponse:
    """Close a cost centre to which nobody belongs any more."""
    commands.end_cost_centre(request.auth, ref)
    return answer({"changed": 1})
