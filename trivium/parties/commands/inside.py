"""Departments and cost centres: a company's own order, kept by its administrators."""

from typing import Any

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import BelowItself, NameTaken, StillUsed, TooDeepInside, TooManyInside
from trivium.parties.events import CompanyArranged
from trivium.parties.models import ApprovalRule, Budget, CostCentre, Department, Invitation, Membership
from trivium.parties.rules import MAX_DEPTH, MAX_INSIDE, height, way_up


@act
def keep_department(actor: Actor, *, name: str, parent_ref: str = "", ref: str = "") -> str:
    """Found a department of one's own company, below another or at the top, or with `ref` rename and move it with those
    below it; returns its reference.

    Refuses: Denied("party.edit"), Empty, TooLong, BadText, NameTaken, TooManyInside, NotFound (department, parent),
    BelowItself, TooDeepInside.
    """
    name = clean_text(name, limit=60, field="name")
    own = lock_own_company(actor, "party.edit").pk
    parent_id = _check_tree(own, ref, parent_ref) if parent_ref else None
    return _keep(actor, Department, {"name": name, "parent_id": parent_id}, "department", ref)


def _check_tree(own: int, ref: str, parent_ref: str) -> int:
    """The key of the department another shall lie in, in a tree that stays one. The company is locked."""
    there = list(Department.objects.filter(organization_id=own, ended_at=None).values_list("id", "ref", "parent_id"))
    keys = {each: key for key, each, _parent in there}
    above = {key: parent for key, _ref, parent in there}
    if parent_ref not in keys:
        raise NotFound(what="department", ref=parent_ref, field="parent_ref")
    way = way_up(above, keys[parent_ref])
    if keys.get(ref) in way:
        raise BelowItself(field="parent_ref")
    if len(way) + height(above, keys.get(ref)) > MAX_DEPTH:
        raise TooDeepInside(most=MAX_DEPTH, field="parent_ref")
    return keys[parent_ref]


@act
def keep_cost_centre(actor: Actor, *, code: str, name: str, ref: str = "") -> str:
    """Open a cost centre of one's own company, or with `ref` write it anew; returns its reference.

    Refuses: Denied("party.edit"), Empty, TooLong, BadText, NameTaken (the code), TooManyInside, NotFound.
    """
    code, name = clean_text(code, limit=20, field="code"), clean_text(name, limit=60, field="name")
    return _keep(actor, CostCentre, {"code": code, "name": name}, "cost centre", ref)


def _keep(actor: Actor, kind: Any, values: dict[str, Any], what: str, ref: str) -> str:
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
    """Close a department in which nobody works any more, with none below it and in no approval rule.

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
    rules = ApprovalRule.objects.filter(**here, ended_at=None)
    below = Department.objects.filter(parent__ref=ref, ended_at=None)
    places, budgets = Membership.objects.filter(**here, ends_at=None), Budget.objects.filter(**here)
    if any(used.exists() for used in (places, open_ones, rules, below, budgets)):
        raise StillUsed()
    kind.objects.filter(pk=found[0].pk).update(ended_at=now())
    _tell(actor, ref, ended=True)


def _tell(actor: Actor, ref: str, *, ended: bool = False) -> None:
    own = actor.organization_ref
    publish(CompanyArranged(subject=ref, audience=(own,), organization_ref=own, ended=ended), actor=actor, at=now())
