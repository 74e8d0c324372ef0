"""Stopping a company's new orders, and letting it trade again; every such time is kept with who and why."""

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import NotSuspended, SuspendedAlready
from trivium.parties.events import OrganizationReinstated, OrganizationSuspended
from trivium.parties.models import Organization, Suspension

REASON = 500


@act
def suspend(actor: Actor, organization_ref: str, *, reason: str) -> None:
    """Stop a company's new orders; its earlier ones go on.

    Refuses: Denied("party.admit"), NotFound, Empty, SuspendedAlready.
    """
    company, said = _company(actor, organization_ref, reason)
    at = now()
    if company.suspended_at is not None:
        raise SuspendedAlready(name=company.name)
    company.suspended_at = at
    company.save(update_fields=["suspended_at"])
    Suspension.objects.create(organization=company, starts_at=at, reason=said, by_id=actor.user_id)
    publish(OrganizationSuspended(subject=company.ref, audience=(company.ref, OPERATOR)), actor=actor, at=at)


@act
def reinstate(actor: Actor, organization_ref: str, *, reason: str) -> None:
    """Let a suspended company order again.

    Refuses: Denied("party.admit"), NotFound, Empty, NotSuspended.
    """
    company, said = _company(actor, organization_ref, reason)
    at = now()
    if company.suspended_at is None:
        raise NotSuspended(name=company.name)
    company.suspended_at = None
    company.save(update_fields=["suspended_at"])
    open_one = Suspension.objects.filter(organization=company, ends_at=None)
    open_one.update(ends_at=at, end_reason=said, ended_by_id=actor.user_id)
    publish(OrganizationReinstated(subject=company.ref, audience=(company.ref, OPERATOR)), actor=actor, at=at)


def _company(actor: Actor, ref: str, reason: str) -> tuple[Organization, str]:
    actor.require("party.admit")
    party = queries.get_organization(actor, ref)
    said = clean_text(reason, limit=REASON, field="reason")
    company: Organization = next(iter(Organization.objects.filter(pk=party.id).locked()))
    return company, said
