"""What a company asks its own people: questions, and the words they give."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import (
    AlreadyDecided,
    NobodyDecides,
    NotAnApprover,
    NotYourTurn,
    OwnRequest,
)
from trivium.parties.events import ApprovalAsked, ApprovalDecided, ApprovalRerouted
from trivium.parties.models import (
    Approval,
    ApprovalStep,
    ApprovalVote,
    Organization,
)
from trivium.parties.rules import (
    ApprovalStatus,
    Asked,
    IfNobody,
    Role,
    Route,
    can_be_given,
    deciders,
    falls_away,
    needed_without,
    verdict,
)

PLACE = "order.place"


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
    """Give one's word on an approval of one's own company: on orders as its buyer, on payouts as the operator. One no
    declines; enough yeses approve.

    Where people are named it goes one after the other: the approver or their deputy, and if both are gone the
    administrators. The word that lets an order go out needs what placing it needed: a signed agreement.
    Refuses: NotAnApprover, NotFound, OwnRequest, NotYourTurn, AlreadyDecided, AgreementWanted.
    """
    found = list(Approval.objects.filter(ref=approval_ref, organization_id=actor.organization_id or 0).locked())
    at = now()
    if not found or (found[0].act == PLACE) != (actor.role == Role.BUYER):
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
    status = _conclude(actor, approval, actor.organization_ref, at)
    if status == ApprovalStatus.APPROVED and approval.act == PLACE:
        queries.check_agreements(approval.organization_id, Role.BUYER, at)
    return status


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

    An approval is locked before its steps, as by whoever decides on it.
    """
    waiting = Approval.objects.filter(organization=company, status=ApprovalStatus.WAITING)
    approvals = {each.pk: each for each in waiting.locked()}
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
