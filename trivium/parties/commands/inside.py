"""Departments and cost centres: a company's own order, kept by its administrators."""

from typing import Any

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import NameTaken, StillUsed, TooManyInside
from trivium.parties.events import CompanyArranged
from trivium.parties.models import ApprovalRule, CostCentre, Department, Invitation, Membership
from trivium.parties.rules import MAX_INSIDE


@act
def keep_department(actor: Actor, *, name: str, ref: str = "") -> str:
    """Found a department of one's own company, or with `ref` rename it; returns its reference.

    Refuses: Denied("party.edit"), Empty, TooLong, BadText, NameTaken, TooManyInside, NotFound.
    """
    name = clean_text(name, limit=60, field="name")
    return _keep(actor, Department, {"name": name}, "department", ref)


@act
def keep_cost_centre(actor: Actor, *, code: str, name: str, ref: str = "") -> str:
    """Open a cost centre of one's own company, or with `ref` write it anew; returns its reference.

    Refuses: Denied("party.edit"), Empty, TooLong, BadText, NameTaken (the code), TooManyInside, NotFound.
    """
    code, name = clean_text(code, limit=20, field="code"), clean_text(name, limit=60, field="name")
    return _keep(actor, CostCentre, {"code": code, "name": name}, "cost centre", ref)


def _keep(actor: Actor, kind: Any, values: dict[str, str], what: str, ref: str) -> str:
    own = lock_own_company(actor, "party.edit").pk
    there = list(kind.objects.filter(organization_id=own, ended_at=None).locked())
    first, word = next(iter(values.items()))
    if any(getattr(each, first).casefold() == word.casefold() and each.ref != ref for each in there):
        raise NameTaken(name=word, field=first)
    if not ref:
        if len(there) >= MAX_INSIDE:
            raise TooManyInside(most=MAX_INSIDE, field=first)
        made = kind.objects.create(organization_id=own, **values)
    else:
        made = next((each for each in there if each.ref == ref), None)
        if made is None:
            raise NotFound(what=what, ref=ref)
        kind.objects.filter(pk=made.pk).update(**values)
    _tell(actor, made.ref)
    return str(made.ref)


@act
def end_department(actor: Actor, ref: str) -> None:
    """Close a department in which nobody works any more.

    Refuses: Denied("party.edit"), NotFound, StillUsed.
    """
    _end(actor, Department, "department", ref)


@act
def end_cost_centre(actor: Actor, ref: str) -> None:
    """Close a cost centre to which nobody belongs any more, and no approval rule.

    Refuses: Denied("party.edit"), NotFound, StillUsed.
    """
    _end(actor, CostCentre, "cost_centre", ref)


def _end(actor: Actor, kind: Any, what: str, ref: str) -> None:
    own = lock_own_company(actor, "party.edit").pk
    found = list(kind.objects.filter(organization_id=own, ref=ref, ended_at=None).locked())
    if not found:
        raise NotFound(what=what.replace("_", " "), ref=ref)
    here = {what: found[0]}
    open_ones = Invitation.objects.filter(**here, accepted_at=None, withdrawn_at=None)
    rules = ApprovalRule.objects.filter(cost_centre__ref=ref, ended_at=None)
    if Membership.objects.filter(**here, ends_at=None).exists() or open_ones.exists() or rules.exists():
        raise StillUsed()
    kind.objects.filter(pk=found[0].pk).update(ended_at=now())
    _tell(actor, ref, ended=True)


def _tell(actor: Actor, ref: str, *, ended: bool = False) -> None:
    own = actor.organization_ref
    publish(CompanyArranged(subject=ref, audience=(own,), organization_ref=own, ended=ended), actor=actor, at=now())
