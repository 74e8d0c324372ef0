"""Whose buyer this is: assigned for the first time, and re-assigned from a business day on."""

import datetime as dt
from collections.abc import Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import Event, publish
from trivium.core.time import business_day, day_starts, now
from trivium.parties import queries
from trivium.parties.errors import (
    AlreadyAssigned,
    CutoverOver,
    CutoverPlanned,
    NotInRole,
    NotYetActive,
    PastDay,
    Suspended,
)
from trivium.parties.events import BuyerAssigned, BuyerComes, BuyerGoes, CutoverWithdrawn, PartnerChanged
from trivium.parties.models import Assignment, Cutover, OrganizationRole
from trivium.parties.queries import Party
from trivium.parties.rules import Role

AHEAD = dt.timedelta(days=366)
REASON = 500


@act
def assign_buyer(
    actor: Actor, *, buyer_ref: str, partner_ref: str, from_day: dt.date | None = None, reason: str = ""
) -> str:
    """Let a buyer belong to a partner, at once or from the first moment of a later business day on.

    An assignment in force ends at that very moment. Orders placed before keep the partner they were placed under, for
    all their later life. Returns the reference of the cut-over, "" where the buyer had no partner. Only a first
    assignment, and the platform itself, need no reason.

    Refuses: Denied("party.assign_buyer"), NotFound, NotInRole, NotYetActive (its share contract is not signed),
    Suspended (the partner), PastDay, Empty and TooLong (reason), CutoverPlanned, AlreadyAssigned (to that very
    partner).
    """
    actor.require("party.assign_buyer")
    buyer, partner = queries.get_organization(actor, buyer_ref), queries.get_organization(actor, partner_ref)
    _check_roles(buyer, partner)
    current = _lock_assignments(buyer.id)
    at = now()
    starts_at = _begins(from_day, at)
    lasting = [each for each in current if each.ends_at is None or each.ends_at > at]
    planned = next((each for each in lasting if each.starts_at > at), None)
    if planned is not None:
        raise CutoverPlanned(day=business_day(planned.starts_at).isoformat(), field="from_day")
    held = lasting[0] if lasting else None
    if held is not None and held.partner_id == partner.id:
        raise AlreadyAssigned(field="partner_ref")
    why = clean_text(reason, limit=REASON, field="reason", required=held is not None and not actor.is_system)
    if held is not None:
        Assignment.objects.filter(pk=held.pk).update(ends_at=starts_at)
    Assignment.objects.create(buyer_id=buyer.id, partner_id=partner.id, starts_at=starts_at)
    told = BuyerAssigned(subject=buyer.ref, audience=(buyer.ref, partner.ref), partner_ref=partner.ref)
    if held is None:
        publish(told, actor=actor, at=at)
        return ""
    cutover = Cutover.objects.create(
        buyer_id=buyer.id, before_id=held.partner_id, partner_id=partner.id, starts_at=starts_at, reason=why,
        asked_by_id=actor.user_id, asked_at=at,
    )  # fmt: skip
    publish(told, *_told(cutover, (PartnerChanged, BuyerGoes, BuyerComes)), actor=actor, at=at)
    return str(cutover.ref)


@act
def withdraw_cutover(actor: Actor, ref: str) -> None:
    """Take back a change of partner that is planned; the buyer stays with the partner it has.

    Refuses: Denied("party.assign_buyer"), NotFound, CutoverOver.
    """
    actor.require("party.assign_buyer")
    found = Cutover.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(what="cutover", ref=ref)
    current = _lock_assignments(found.buyer_id)
    at = now()
    cutover = Cutover.objects.get(pk=found.pk)
    if cutover.withdrawn_at is not None or cutover.starts_at <= at:
        raise CutoverOver()
    planned = [each.pk for each in current if each.starts_at == cutover.starts_at]
    ended = [each.pk for each in current if each.ends_at == cutover.starts_at]
    Assignment.objects.filter(pk__in=planned).delete()
    Assignment.objects.filter(pk__in=ended).update(ends_at=None)
    Cutover.objects.filter(pk=cutover.pk).update(withdrawn_at=at, withdrawn_by_id=actor.user_id)
    publish(*_told(cutover, (CutoverWithdrawn,) * 3), actor=actor, at=at)


def _check_roles(buyer: Party, partner: Party) -> None:
    for party, role in ((buyer, Role.BUYER), (partner, Role.PARTNER)):
        is_active = OrganizationRole.objects.filter(organization_id=party.id, role=role).values_list("is_active")
        if not is_active:
            raise NotInRole(role=role, field=f"{role}_ref")
        if not is_active[0][0]:
            raise NotYetActive(name=party.name, field=f"{role}_ref")
    suspended = queries.suspended_among([partner.id])
    if suspended:
        raise Suspended(name=suspended[0], field="partner_ref")


def _lock_assignments(buyer_id: int) -> list[Assignment]:
    """The assignments of a buyer that may still change, locked: orders being placed have them in hand until they are
    written. Whoever waited here for another cut-over sees what it left only when looking again.
    """
    lasting = Assignment.objects.filter(buyer_id=buyer_id).order_by("starts_at")
    list(lasting.locked())
    return list(lasting.locked())


def _begins(day: dt.date | None, at: dt.datetime) -> dt.datetime:
    today = business_day(at)
    if day is None or day == today:
        return at
    if not today < day <= today + AHEAD:
        raise PastDay(field="from_day")
    return day_starts(day)


def _told(cutover: Cutover, kinds: Sequence[type[Event]]) -> list[Event]:
    """One event for each of the three, in the order buyer, partner before, partner after."""
    parties = queries.names_of([cutover.buyer_id, cutover.before_id, cutover.partner_id])
    its = (cutover.buyer_id, cutover.before_id, cutover.partner_id)
    return [
        kind(subject=cutover.ref, audience=(parties[key].ref,)) for kind, key in zip(kinds, its, strict=True)
    ]
