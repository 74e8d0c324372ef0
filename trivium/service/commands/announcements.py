"""The acts on announcements: the operator publishes and withdraws; whoever is addressed opens and acknowledges."""

import datetime as dt
from collections.abc import Mapping, Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied
from trivium.core.events import publish
from trivium.core.time import business_day, now
from trivium.service import queries
from trivium.service.commands.addressing import both, group_of
from trivium.service.errors import AlreadyOver, NothingToAcknowledge
from trivium.service.events import AnnouncementAcknowledged, AnnouncementPublished, AnnouncementWithdrawn
from trivium.service.models import Announcement, AnnouncementCompany, AnnouncementReceipt, StepDone
from trivium.service.rules import LETTER, TITLE, Receipt, check_notice


@act
def announce(
    actor: Actor,
    *,
    title: Mapping[str, str],
    text: Mapping[str, str],
    kind: str,
    roles: Sequence[str] = (),
    companies: Sequence[str] = (),
    until: dt.date | None = None,
    must_acknowledge: bool = False,
) -> str:
    """Tell everybody in some roles, or in the named companies, something; returns the announcement's reference.

    `companies` are references or exact names. `until` is the last day it stands on homes.
    Refuses: Denied("announcement.publish"), BadAnnouncement, BadGroup, NobodyAddressed, LacksLanguage, TooLong,
    UnknownCompany, TooManyCompanies, AlreadyOver.
    """
    actor.require("announcement.publish")
    if actor.user_id is None:
        raise Denied(permission="announcement.publish")
    check_notice(kind)
    group = group_of(roles, companies)
    words, letter = both(title, TITLE, "title"), both(text, LETTER, "text")
    at = now()
    if until is not None and until < business_day(at):
        raise AlreadyOver(field="until")
    made = Announcement(
        kind=kind, title=words, text=letter, roles=list(group.roles), must_acknowledge=must_acknowledge, until=until,
        published_by_id=actor.user_id, published_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    AnnouncementCompany.objects.bulk_create(
        AnnouncementCompany(announcement=made, organization_id=each.id) for each in group.companies
    )
    event = AnnouncementPublished(subject=made.ref, audience=group.told, kind=kind, must_acknowledge=must_acknowledge)
    publish(event, actor=actor, at=at)
    return made.ref


@act
def withdraw_announcement(actor: Actor, announcement_ref: str) -> None:
    """Take an announcement back: nobody it was for sees it any more. Receipts stay. Twice is once.

    Refuses: Denied("announcement.publish"), NotFound.
    """
    actor.require("announcement.publish")
    found = queries.lock_announcement(actor, announcement_ref)
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at = now()
    found.save(update_fields=["withdrawn_at"])
    publish(AnnouncementWithdrawn(subject=found.ref), actor=actor, at=found.withdrawn_at)


@act
def open_announcement(actor: Actor, announcement_ref: str) -> None:
    """A person has opened an announcement; only the first time is kept.

    Refuses: NotFound, Denied (nobody is behind the actor).
    """
    _receive(actor, queries.lock_announcement(actor, announcement_ref), Receipt.OPENED, now())


@act
def acknowledge(actor: Actor, announcement_ref: str) -> None:
    """A person says that they have read and understood an announcement; only the first time is kept.

    Refuses: NotFound, NothingToAcknowledge, Denied (nobody is behind the actor).
    """
    found = queries.lock_announcement(actor, announcement_ref)
    if not found.must_acknowledge:
        raise NothingToAcknowledge()
    at = now()
    _receive(actor, found, Receipt.OPENED, at)
    if _receive(actor, found, Receipt.ACKNOWLEDGED, at):
        publish(AnnouncementAcknowledged(subject=found.ref), actor=actor, at=at)


@act
def tick_step(actor: Actor, step: str) -> None:
    """One of the first steps is done; only the first time is kept.

    Refuses: UnknownStep, Denied (nobody is behind the actor).
    """
    queries.check_step(actor, step)
    if actor.user_id is None or actor.organization_id is None:
        raise Denied(permission="announcement.read")
    mine = {"organization_id": actor.organization_id, "role": actor.role, "step": step}
    if not StepDone.objects.filter(**mine).exists():
        StepDone(**mine, by_id=actor.user_id, at=now()).save(force_insert=True)


def _receive(actor: Actor, found: Announcement, what: Receipt, at: dt.datetime) -> bool:
    """Keep a receipt, unless there is one; whether it was the first. The announcement is locked meanwhile."""
    if actor.user_id is None or actor.organization_id is None:
        raise Denied(permission="announcement.read")
    if AnnouncementReceipt.objects.filter(announcement=found, user_id=actor.user_id, act=what).exists():
        return False
    receipt = AnnouncementReceipt(announcement=found, user_id=actor.user_id, role=actor.role, act=what, at=at)
    receipt.organization_id = actor.organization_id
    receipt.save(force_insert=True)
    return True
