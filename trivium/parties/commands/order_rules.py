"""A company's rules about its own orders: when they ask for approvals, and whose."""

from collections.abc import Sequence
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.money import check_limit
from trivium.core.quantity import BadQuantity
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.approvals import PLACE
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import BadApprover, BadIfNobody, NameTaken, TooManyInside
from trivium.parties.events import OrderRuleSet
from trivium.parties.models import ApprovalRule, ApprovalRuleStep, CostCentre, Department
from trivium.parties.rules import DECIDING, IfNobody, Role, check_currency

MAX_APPROVALS = 99
MAX_STEPS = 5
MAX_RULES = 50


@act
def set_approval_rule(actor: Actor, *, organization_ref: str, threshold: int, currency: str, needed: int = 1) -> None:
    """From which order total (minor units) the company's own people must approve before it goes out.

    A company's own administrators set it, or the operator for them; nobody else, not even its partner.
    Refuses: Denied("party.edit"), NotFound, BadAmount, BadCurrency, BadQuantity (of approvals).
    """
    actor.require("party.edit")
    organization = queries.get_organization(actor, organization_ref)
    if organization.id != actor.organization_id and not (actor.is_system or actor.is_role(Role.OPERATOR)):
        raise NotFound(what="organization", ref=organization_ref)
    check_limit(threshold, check_currency(currency), field="threshold")
    _check_needed(needed)
    rule, _made = ApprovalRule.objects.update_or_create(
        organization_id=organization.id,
        act=PLACE,
        currency=currency,
        name="",
        defaults={"threshold": threshold, "needed": needed},
    )
    _tell_rule(actor, rule.ref, organization.ref)


def _check_needed(needed: int) -> None:
    if not 0 < needed <= MAX_APPROVALS:
        raise BadQuantity(value=needed, max=MAX_APPROVALS + 1, field="needed")


@dataclass(frozen=True, slots=True)
class NewOrderRule:
    """A rule as it shall be: from which amount (minor units) of the whole order, or of a category (its path), on which
    budget or cost centre, of a department with those below it; asks the approvers one after the other, (person, deputy
    or ""), or without any `needed` people; `if_nobody` says what happens when nobody but the asker could decide."""

    name: str
    threshold: int
    scope: str = ""
    budget_code: str = ""
    cost_centre_ref: str = ""
    department_ref: str = ""
    approvers: tuple[tuple[str, str], ...] = ()
    needed: int = 1
    if_nobody: str = IfNobody.REFUSE
    position: int = 0


@act
def keep_order_rule(actor: Actor, rule: NewOrderRule, ref: str = "") -> str:
    """Set a rule of one's own company about its orders, or with `ref` change it; returns its reference.

    Acts on orders placed from now on.
    Refuses: Denied("approval.arrange"), Empty, TooLong, BadText, BadAmount, BadQuantity, BadIfNobody, BadApprover,
    UnknownScope, NameTaken, TooManyInside, NotFound (rule, person, cost centre, department).
    """
    company = lock_own_company(actor, "approval.arrange")
    own, currency = company.pk, company.currency
    name = clean_text(rule.name, limit=60, field="name")
    check_limit(rule.threshold, currency, field="threshold")
    _check_needed(rule.needed)
    if rule.if_nobody not in set(IfNobody):
        raise BadIfNobody(value=rule.if_nobody[:20], field="if_nobody")
    if not 0 <= rule.position <= MAX_RULES:
        raise BadQuantity(value=rule.position, max=MAX_RULES + 1, field="position")
    scope = clean_text(rule.scope, limit=200, field="scope", required=False)
    queries.check_scopes_exist([scope] if scope else [], field="scope")
    rules = list(ApprovalRule.objects.filter(organization_id=own, act=PLACE, ended_at=None).exclude(name="").locked())
    if any(each.name.casefold() == name.casefold() and each.ref != ref for each in rules):
        raise NameTaken(name=name, field="name")
    values = {
        "name": name,
        "threshold": rule.threshold,
        "currency": currency,
        "scope": scope,
        "budget_code": clean_text(rule.budget_code, limit=40, field="budget_code", required=False),
        "cost_centre_id": _inside(own, CostCentre, rule.cost_centre_ref, "cost centre"),
        "department_id": _inside(own, Department, rule.department_ref, "department"),
        "needed": rule.needed,
        "if_nobody": rule.if_nobody,
        "position": rule.position,
    }
    steps = _steps(actor, rule.approvers)
    made = next((each for each in rules if each.ref == ref), None)
    if ref and made is None:
        raise NotFound(what="rule", ref=ref)
    if made is not None:
        ApprovalRule.objects.filter(pk=made.pk).update(**values)
        ApprovalRuleStep.objects.filter(rule=made).delete()
    elif len(rules) < MAX_RULES:
        made = ApprovalRule.objects.create(organization_id=own, act=PLACE, **values)
    else:
        raise TooManyInside(most=MAX_RULES, field="name")
    ApprovalRuleStep.objects.bulk_create(
        ApprovalRuleStep(rule_id=made.pk, position=position, approver_id=approver, deputy_id=deputy)
        for position, (approver, deputy) in enumerate(steps)
    )
    _tell_rule(actor, made.ref, actor.organization_ref)
    return str(made.ref)


@act
def end_order_rule(actor: Actor, ref: str) -> None:
    """Let a rule ask for nothing any more; what waits because of it goes on waiting.

    Refuses: Denied("approval.arrange"), NotFound.
    """
    own = lock_own_company(actor, "approval.arrange").pk
    found = ApprovalRule.objects.filter(organization_id=own, ref=ref, ended_at=None).exclude(name="")
    if not found.update(ended_at=now()):
        raise NotFound(what="rule", ref=ref)
    _tell_rule(actor, ref, actor.organization_ref, ended=True)


def _inside(own: int, kind: type[CostCentre | Department], ref: str, what: str) -> int | None:
    if not ref:
        return None
    found = list(kind.objects.filter(organization_id=own, ref=ref, ended_at=None).locked())
    if not found:
        raise NotFound(what=what, ref=ref, field=f"{what.replace(' ', '_')}_ref")
    return int(found[0].pk)


def _steps(actor: Actor, approvers: Sequence[tuple[str, str]]) -> list[tuple[int, int | None]]:
    """The approvers and deputies by key: colleagues whose jobs decide, each approver once, nobody their own deputy."""
    if len(approvers) > MAX_STEPS:
        raise TooManyInside(most=MAX_STEPS, field="approvers")
    known = {row.ref: row for row in queries.members_by_ref(actor)}
    found: list[tuple[int, int | None]] = []
    for position, pair in enumerate(approvers):
        for ref, field in zip(pair, ("person_ref", "deputy_ref"), strict=True):
            if ref and ref not in known:
                raise NotFound(what="person", ref=ref, field=f"approvers.{position}.{field}")
            if ref and known[ref].job not in DECIDING:
                raise BadApprover(name=known[ref].name, field=f"approvers.{position}.{field}")
        approver, deputy = pair
        if approver == deputy or approver not in known or approver in [before for before, _its in approvers[:position]]:
            raise BadApprover(name=known[approver].name if approver in known else "–",
                              field=f"approvers.{position}.person_ref")  # fmt: skip
        found.append((known[approver].user_id, known[deputy].user_id if deputy else None))
    return found


def _tell_rule(actor: Actor, ref: str, own: str, *, ended: bool = False) -> None:
    publish(OrderRuleSet(subject=ref, audience=(own,), ended=ended), actor=actor, at=now())
