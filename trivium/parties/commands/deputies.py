"""Who decides in an approver's stead while they are away: named by themselves, or by an administrator for them."""

import datetime as dt

from django.db.models import Q

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import publish
from trivium.core.time import business_day, now
from trivium.parties import queries
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import BadApprover, DeputyInThePast, DeputyThere
from trivium.parties.events import DeputyNamed
from trivium.parties.models import Deputy, Organization
from trivium.parties.rules import DECIDING


@act
def name_deputy(
    actor: Actor, *, deputy_ref: str, starts_on: dt.date, ends_on: dt.date | None = None, approver_ref: str = ""
) -> str:
    """Let a colleague give one's words on approvals from a day to a day, both included, or without an end; returns the
    reference. They stand beside the deputies that rules name. `approver_ref`: for a colleague who is away already.

    Refuses: Denied("approval.decide", for a colleague "approval.arrange"), NotFound (person, deputy), BadApprover,
    DeputyInThePast, DeputyThere.
    """
    approver_ref = approver_ref or actor.user_ref
    company = lock_own_company(actor, "approval.decide" if approver_ref == actor.user_ref else "approval.arrange")
    today = business_day(now())
    if starts_on < today or (ends_on is not None and ends_on < starts_on):
        raise DeputyInThePast(field="starts_on" if starts_on < today else "ends_on")
    known = {row.ref: row for row in queries.members_by_ref(actor)}
    for ref, what in ((approver_ref, "person"), (deputy_ref, "deputy")):
        if ref not in known:
            raise NotFound(what=what, ref=ref[:40], field=f"{what}_ref")
        if known[ref].job not in DECIDING or deputy_ref == approver_ref:
            raise BadApprover(name=known[ref].name, field=f"{what}_ref")
    approver, deputy = known[approver_ref], known[deputy_ref]
    _check_free(company, approver.user_id, starts_on, ends_on)
    made = Deputy.objects.create(
        organization=company,
        approver_id=approver.user_id,
        deputy_id=deputy.user_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    named = DeputyNamed(subject=approver_ref, audience=(company.ref,), deputy_ref=deputy_ref)
    publish(named, actor=actor, at=now())
    return str(made.ref)


def _check_free(company: Organization, approver_id: int, starts_on: dt.date, ends_on: dt.date | None) -> None:
    theirs = Deputy.objects.filter(organization=company, approver_id=approver_id, ended_at=None)
    theirs = theirs.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        theirs = theirs.filter(starts_on__lte=ends_on)
    name = theirs.values_list("deputy__name", flat=True).first()
    if name is not None:
        raise DeputyThere(name=name, field="starts_on")


@act
def take_deputy_back(actor: Actor, ref: str) -> None:
    """Let a deputy of one's own give no words from now on; an administrator, one of a colleague.

    Refuses: Denied("approval.decide"), NotFound.
    """
    company = lock_own_company(actor, "approval.decide")
    found = Deputy.objects.filter(organization=company, ref=ref[:40], ended_at=None)
    if not actor.may("approval.arrange"):
        found = found.filter(approver_id=actor.user_id)
    row = found.values_list("pk", "approver__ref", "deputy__ref").first()
    if row is None:
        raise NotFound(what="deputy", ref=ref[:40])
    at = now()
    Deputy.objects.filter(pk=row[0]).update(ended_at=at)
    ended = DeputyNamed(subject=row[1], audience=(company.ref,), deputy_ref=row[2], ended=True)
    publish(ended, actor=actor, at=at)
