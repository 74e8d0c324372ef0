"""For whom a company's budgets are, and when; how much is left of them is settlement's."""

import datetime as dt
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.parties import queries
from trivium.parties.errors import BudgetTooShort, TooManyInside
from trivium.parties.models import Budget, CostCentre, Department, Organization
from trivium.parties.rules import MAX_INSIDE


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """Who may order on a budget, by references ("" for everybody), and from which day to which, both included."""

    cost_centre_ref: str = ""
    department_ref: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


def clean_budget_code(code: str, *, field: str = "code", required: bool = True) -> str:
    """A budget's code as it is kept: it is a part of an account's path.

    Refuses: Empty, TooLong, BadText.
    """
    return clean_text(code, limit=40, field=field, required=required).replace("/", "-")


@act
def arrange_budget(actor: Actor, buyer_ref: str, code: str, terms: BudgetTerms) -> None:
    """Say for whom a budget is, and when; acts on orders placed from now on.

    Refuses: Denied("budget.set"), NotFound (company, cost centre, department), BudgetTooShort, TooManyInside.
    """
    actor.require("budget.set")
    own = queries.get_organization(actor, buyer_ref).id
    Organization.objects.filter(pk=own).locked().first()
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        raise BudgetTooShort(field="ends_on")
    there = Budget.objects.filter(organization_id=own)
    if not there.filter(code=code).exists() and there.count() >= MAX_INSIDE:
        raise TooManyInside(most=MAX_INSIDE, field="code")
    values = {
        "cost_centre_id": _inside(own, CostCentre, terms.cost_centre_ref, "cost centre"),
        "department_id": _inside(own, Department, terms.department_ref, "department"),
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
    }
    Budget.objects.update_or_create(organization_id=own, code=code, defaults=values)


def _inside(own: int, kind: type[CostCentre | Department], ref: str, what: str) -> int | None:
    if not ref:
        return None
    found = kind.objects.filter(organization_id=own, ref=ref, ended_at=None).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(what=what, ref=ref, field=f"{what.replace(' ', '_')}_ref")
    return int(found)
