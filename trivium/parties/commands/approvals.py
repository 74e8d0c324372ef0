"""What a company asks its own people: rules, questions, and the words they give."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import publish
from trivium.core.money import check_limit
from trivium.core.quantity import BadQuantity
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import (
    AlreadyDecided,
    BadApprover,
    BadIfNobody,
    NameTaken,
    NobodyDecides,
    NotAnApprover,
    NotYourTurn,
    OwnRequest,
    TooManyInside,
)
from trivium.parties.events import ApprovalAsked, ApprovalDecided, ApprovalRerouted, OrderRuleSet
from trivium.parties.models import (
    Approval,
    ApprovalRule,
    ApprovalRuleStep,
    ApprovalStep,
    ApprovalVote,
    CostCentre,
    Organization,
)
from trivium.parties.rules import (
    DECIDING,
    ApprovalStatus,
    Asked,
    IfNobody,
    Role,
    Route,
    can_be_given,
    check_currency,
    deciders,
    falls_away,
    needed_without,
    verdict,
)

MAX_APPROVALS = 99
MAX_STEPS = 5
MAX_RULES = 50
PLACE = "order.place"


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
    budget or cost centre; asks the approvers one after the other, (person, deputy or ""), or without any `needed`
    people; `if_nobody` says what happens when nobody but the asker could decide."""

    name: str
    threshold: int
    scope: str = ""
    budget_code: str = ""
    cost_centre_ref: str = ""
    approvers: tuple[tuple[str, str], ...] = ()
    needed: int = 1
    if_nobody: str = IfNobody.REFUSE
    position: int = 0


@act
def keep_order_rule(actor: Actor, rule: NewOrderRule, ref: str = "") -> str:
    """Set a rule of one's own company about its orders, or with `ref` change it; returns its reference.

    Acts on orders placed from now on.
    Refuses: Denied("approval.arrange"), Empty, TooLong, BadText, BadAmount, BadQuantity, BadIfNobody, BadApprover,
    NameTaken, TooManyInside, NotFound (rule, person, cost centre).
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
    rules = list(ApprovalRule.objects.filter(organization_id=own, act=PLACE, ended_at=None).exclude(name="").locked())
    if any(each.name.casefold() == name.casefold() and each.ref != ref for each in rules):
        raise NameTaken(name=name, field="name")
    values = {
        "name": name,
        "threshold": rule.threshold,
        "currency": currency,
        "scope": clean_text(rule.scope, limit=200, field="scope", required=False),
        "budget_code": clean_text(rule.budget_code, limit=40, field="budget_code", required=False),
        "cost_centre_id": _cost_centre(own, rule.cost_centre_ref),
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


def _cost_centre(own: int, ref: str) -> int | None:
    if not ref:
        return None
    found = list(CostCentre.objects.filter(organization_id=own, ref=ref, ended_at=None).locked())
    if not found:
        raise NotFound(what="cost centre", ref=ref, field="cost_centre_ref")
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


@act
def ask_approval(
    actor: Actor,
    *,
    subject: str,
    act: str,
    organization_id: int,
    needed: int,
    asked_by_id: int | None = None,
    route: Route | None = None,
) -> Approval:
    """Ask the people of a company whether an act may go out. Asked once per subject.

    `asked_by_id` is the person whose act it is, if not the actor's; whoever it is does not decide. A `route` that
    names people is gone through in its order.
    """
    at = now()
    approval, created = Approval.objects.get_or_create(
        subject=subject,
        defaults={
            "act": act,
            "organization_id": organization_id,
            "asked_by_id": actor.user_id or asked_by_id,
            "needed": needed,
            "why": ", ".join(filter(None, route.rules))[:200] if route else "",
            "asked_at": at,
        },
    )
    if created:
        if route and route.has_order:
            ApprovalStep.objects.bulk_create(
                ApprovalStep(approval=approval, position=n, approver_id=each.approver_id, deputy_id=each.deputy_id)
                for n, each in enumerate(route.asked)
            )
        own = actor.organization_id == organization_id
        told = actor.organization_ref if own else queries.names_of([organization_id])[organization_id].ref
        publish(ApprovalAsked(subject=subject, audience=(told,), approval_ref=approval.ref), actor=actor, at=at)
    return approval


def check_route(found: Route, buyer_id: int, asker_id: int | None) -> bool:
    """Whether an order has to wait for its route; False if nobody can decide and the rules let it through then.

    Refuses: NobodyDecides, if nobody but the asker could decide and a rule, or the asker's own limit, wants that said.
    """
    if not found.asked:
        return False
    if found.if_nobody == IfNobody.WAIT or can_be_given(found, queries.members_of(buyer_id), asker_id):
        return True
    if found.if_nobody == IfNobody.REFUSE:
        raise NobodyDecides()
    return False


@act
def decide(actor: Actor, approval_ref: str, *, yes: bool) -> ApprovalStatus:
    """Give one's word on an approval of one's own company. One no declines; enough yeses approve.

    Where people are named it goes one after the other: the approver or their deputy, and if both are gone the
    administrators.
    Refuses: NotAnApprover, NotFound, OwnRequest, NotYourTurn, AlreadyDecided.
    """
    found = list(Approval.objects.filter(ref=approval_ref, organization_id=actor.organization_id or 0).locked())
    at = now()
    if not found:
        raise NotFound(what="approval", ref=approval_ref)
    if not actor.may("approval.decide"):
        raise NotAnApprover(permission="approval.decide")
    approval = found[0]
    if approval.asked_by_id is not None and approval.asked_by_id == actor.user_id:
        raise OwnRequest(permission="approval.decide")
    if approval.status != ApprovalStatus.WAITING:
        raise AlreadyDecided()
    steps = list(ApprovalStep.objects.filter(approval=approval, decided_at=None, fell_away=False).order_by("position"))
    if steps:
        _check_turn(approval, steps[0], actor)
    _vote(approval, actor, yes=yes)
    if steps and yes:
        ApprovalStep.objects.filter(pk=steps[0].pk).update(decided_by_id=actor.user_id, decided_at=at)
        _skip(approval, steps[1:])
    return _conclude(actor, approval, actor.organization_ref, at)


def _conclude(actor: Actor, approval: Approval, company_ref: str, at: dt.datetime) -> ApprovalStatus:
    """Say how an approval stands by its votes, and tell if that is an end."""
    status = verdict(approval.needed, list(approval.votes.values_list("yes", flat=True)))
    if status != ApprovalStatus.WAITING:
        Approval.objects.filter(pk=approval.pk).update(status=status, decided_at=at)
        decided = ApprovalDecided(
            subject=approval.subject,
            audience=(company_ref,),
            approval_ref=approval.ref,
            approved=status == ApprovalStatus.APPROVED,
        )
        publish(decided, actor=actor, at=at)
    return status


def _check_turn(approval: Approval, step: ApprovalStep, actor: Actor) -> None:
    """Whether the first open step is this person's.

    Refuses: AlreadyDecided (they have had their say), NotYourTurn.
    """
    if approval.votes.filter(person_id=actor.user_id).exists():
        raise AlreadyDecided()
    people = queries.members_of(approval.organization_id)
    if actor.user_id not in deciders(Asked(step.approver_id, step.deputy_id), people, approval.asked_by_id):
        raise NotYourTurn()


def _skip(approval: Approval, steps: Sequence[ApprovalStep]) -> None:
    """Let the next steps fall away whose people have all given their word already."""
    people = queries.members_of(approval.organization_id)
    said = list(approval.votes.filter(yes=True).values_list("person_id", flat=True))
    gone = []
    for step in steps:
        if not falls_away(Asked(step.approver_id, step.deputy_id), people, approval.asked_by_id, said):
            break
        gone.append(step.pk)
    if gone:
        ApprovalStep.objects.filter(pk__in=gone).update(fell_away=True)
        Approval.objects.filter(pk=approval.pk).update(needed=F("needed") - len(gone))
        approval.refresh_from_db(fields=["needed"])


@act
def withdraw_approval(subject: str, *, at: dt.datetime) -> None:
    """What an approval was asked for is no more: nobody has to decide it. One that was decided stays so."""
    Approval.objects.filter(subject=subject, status=ApprovalStatus.WAITING).update(
        status=ApprovalStatus.WITHDRAWN, decided_at=at
    )


def reroute(actor: Actor, company: Organization, gone_id: int, heir_id: int | None, at: dt.datetime) -> int:
    """Pass on what waits for the word of somebody who has left: to their deputy, else to whoever takes over, else to
    the administrators. Returns how many approvals that were; a part of leaving a company.
    """
    waiting = Approval.objects.filter(organization=company, status=ApprovalStatus.WAITING)
    approvals = {each.pk: each for each in waiting.filter(steps__decided_at=None, steps__fell_away=False).distinct()}
    steps = ApprovalStep.objects.filter(approval_id__in=list(approvals), decided_at=None, fell_away=False)
    moved, changed = set(), []
    for step in steps.order_by("pk").select_for_update():
        if gone_id not in (step.approver_id, step.deputy_id):
            continue
        deputy_id = None if step.deputy_id == gone_id else step.deputy_id
        if step.approver_id == gone_id:
            approval = approvals[step.approval_id]
            to = deputy_id or (heir_id if heir_id != approval.asked_by_id else None)
            step.approver_id, deputy_id = to or gone_id, None
            moved.add(approval.pk)
        step.deputy_id = deputy_id
        changed.append(step)
    ApprovalStep.objects.bulk_update(changed, ["approver", "deputy"])
    publish(
        *(ApprovalRerouted(subject=approvals[pk].subject, audience=(company.ref,), approval_ref=approvals[pk].ref)
          for pk in sorted(moved)),
        actor=actor,
        at=at,
    )  # fmt: skip
    return len(moved)


def do_without(actor: Actor, company: Organization, gone_id: int, at: dt.datetime) -> None:
    """Let no order wait for a word that nobody is left to give, now that somebody has left or decides no more.

    Steps fall away whose people have all said yes; words of anybody become one less where the others are too few. The
    approvals are locked, so a word given at the same moment is seen, or sees who is gone.
    """
    people = queries.members_of(company.pk)
    waiting = Approval.objects.filter(organization=company, act=PLACE, status=ApprovalStatus.WAITING)
    for approval in list(waiting.locked()):
        said = list(approval.votes.filter(yes=True).values_list("person_id", flat=True))
        open_steps = ApprovalStep.objects.filter(approval=approval, decided_at=None, fell_away=False)
        steps = list(open_steps.order_by("position"))
        if steps:
            _skip(approval, steps)
        elif gone_id not in (approval.asked_by_id, *said):
            able = deciders(Asked(), people, approval.asked_by_id)
            approval.needed = needed_without(approval.needed, said, able)
            approval.save(update_fields=["needed"])
        _conclude(actor, approval, company.ref, at)


def _vote(approval: Approval, actor: Actor, *, yes: bool) -> None:
    try:
        with transaction.atomic():
            ApprovalVote.objects.create(
                approval=approval, person_id=actor.user_id or 0, asked_by_id=approval.asked_by_id, yes=yes, at=now()
            )
    except IntegrityError as error:
        raise AlreadyDecided() from error
