"""For whom a company's budgets are, and when; how much is left of them is settlement's."""

import datetime as dt
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.parties import queries
from trivium.parties.errors import BadRenewal, BudgetTooShort, TooManyInside
from trivium.parties.models import Budget, CostCentre, Department, Organization
from trivium.parties.rules import MAX_INSIDE, Renewal


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """Who may order on a budget, by references ("" for everybody), from which day to which, both included, and how
    often it begins anew."""

    cost_centre_ref: str = ""
    department_ref: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    renews: str = Renewal.ONCE


def clean_budget_code(code: str, *, field: str = "code", required: bool = True) -> str:
    """A budget's code as it is kept: it is a part of an account's path.

    Refuses: Empty, TooLong, BadText.
    """
    return clean_text(code, limit=40, field=field, required=required).replace("/", "-")


@act
def arrange_budget(
    actor: Actor, buyer_ref: str, code: str, terms: BudgetTerms, *, amount: int, currency: str
) -> None:
    """Say for whom a budget is, when, and how often it begins anew with `amount` (minor units); acts on orders placed
    from now on.

    Refuses: Denied("budget.set"), NotFound (company, cost centre, department), BudgetTooShort, BadRenewal,
    TooManyInside.
    """
    actor.require("budget.set")
    own = queries.get_organization(actor, buyer_ref).id
    _lock_company(own)
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        raise BudgetTooShort(field="ends_on")
    if terms.renews not in set(Renewal):
        raise BadRenewal(value=terms.renews[:20], field="renews")
    once = terms.renews == Renewal.ONCE
    values = {
        "cost_centre_id": _inside(own, CostCentre, terms.cost_centre_ref, "cost centre"),
        "department_id": _inside(own, Department, terms.department_ref, "department"),
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "renews": terms.renews,
        "amount": 0 if once else amount,
        "currency": "" if once else currency,
    }
    _found(own, code)
    Budget.objects.filter(organization_id=own, code=code).update(**values)


@act
def found_budget(actor: Actor, buyer_ref: str, code: str) -> None:
    """Let there be a budget of a code; a new one is everybody's, at any time.

    Refuses: Denied("budget.set"), NotFound, TooManyInside.
    """
    actor.require("budget.set")
    own = queries.get_organization(actor, buyer_ref).id
    _lock_company(own)
    _found(own, code)


def _lock_company(own: int) -> None:
    """One budget after the other; orders, which hold a budget before they are written under the company, go on."""
    list(Organization.objects.filter(pk=own).select_for_update(no_key=True))


def _found(own: int, code: str) -> None:
    """The budget's row, locked or new. The company is locked."""
    there = Budget.objects.filter(organization_id=own)
    if there.filter(code=code).locked().first() is not None:
        return
    if there.count() >= MAX_INSIDE:
        raise TooManyInside(most=MAX_INSIDE, field="code")
    Budget.objects.create(organization_id=own, code=code)


def _inside(own: int, kind: type[CostCentre | Department], ref: str, what: str) -> int | None:
    if not ref:
        return None
    found = kind.objects.filter(organization_id=own, ref=ref, ended_at=None).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(what=what, ref=ref, field=f"{what.replace(' ', '_')}_ref")
    return int(found)
