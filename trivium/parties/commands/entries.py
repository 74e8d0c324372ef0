"""The operator enters a company's workspace, acts there for a time, and leaves it."""

import datetime as dt

from trivium.core.actor import Actor
from trivium.core.acts import act, guard_entries
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import EntryOver, NotEntered, NotInEntry, NotInRole, OnlyReading, OwnCompany
from trivium.parties.events import EntryBegun, EntryEnded
from trivium.parties.models import Entry, EntryAct, Membership, Organization, OrganizationRole
from trivium.parties.rules import ENTERED, ENTRUSTED, Role, check_minutes

REASON = 500
LEAVING = "parties.end_entry"
"""The way out stands open, whatever has become of the entry."""


@act
def begin_entry(actor: Actor, organization_ref: str, role: str, *, minutes: int, acts: bool, reason: str) -> str:
    """Work in a company's workspace for some minutes; the company is told at once. Returns the entry's reference.

    Without `acts` it is for reading only. An entry the person has begun elsewhere ends.
    Refuses: Denied("party.enter") (a program's key has never the right), BadMinutes, Empty and TooLong (reason),
    NotFound, NotInRole, NotEntered (the operator, its house partner), OwnCompany.
    """
    actor.require("party.enter")
    if actor.via != "web" or not actor.is_role(Role.OPERATOR):
        raise Denied(permission="party.enter")
    check_minutes(minutes)
    why = clean_text(reason, limit=REASON, field="reason")
    company = queries.get_organization(actor, organization_ref)
    if company.id == actor.organization_id or Organization.objects.filter(pk=company.id, is_house=True).exists():
        raise NotEntered(permission="party.enter")
    if Membership.objects.filter(user_id=actor.user_id or 0, organization_id=company.id, ends_at=None).exists():
        raise OwnCompany(permission="party.enter")
    if role not in ENTERED or not OrganizationRole.objects.filter(organization_id=company.id, role=role).exists():
        raise NotInRole(role=role[:20], field="role")
    open_ones = list(Entry.objects.filter(person_id=actor.user_id, ended_at=None).locked())
    at = now()
    for each in open_ones:
        _end(actor, each, at)
    entry = Entry.objects.create(
        person_id=actor.user_id or 0, operator_id=actor.organization_id or 0, organization_id=company.id, role=role,
        acts=acts, reason=why, starts_at=at, until=at + dt.timedelta(minutes=minutes),
    )  # fmt: skip
    publish(EntryBegun(subject=entry.ref, audience=(company.ref,), role=role, acts=acts), actor=actor, at=at)
    return str(entry.ref)


@act
def end_entry(actor: Actor, ref: str) -> None:
    """Leave a company's workspace. One that is over already stays as it is.

    Refuses: NotFound (another person's, too).
    """
    found = list(Entry.objects.filter(ref=ref, person_id=actor.user_id or 0).locked())
    if not found:
        raise NotFound(what="entry", ref=ref)
    if found[0].ended_at is None:
        _end(actor, found[0], now())


def _end(actor: Actor, entry: Entry, at: dt.datetime) -> None:
    ended = min(at, entry.until)
    Entry.objects.filter(pk=entry.pk).update(ended_at=ended)
    company = queries.names_of([entry.organization_id])[entry.organization_id].ref
    publish(EntryEnded(subject=entry.ref, audience=(company,), role=entry.role), actor=actor, at=at)


def note_act(actor: Actor, name: str) -> None:
    """Let an act begin in an entry, and write down that it did; in the act's own transaction.

    Refuses: NotInEntry (what only the company's own people do), OnlyReading, EntryOver.
    """
    if name == LEAVING:
        return
    if name not in ENTRUSTED:
        raise NotInEntry(permission=name)
    ref = actor.entry
    entry = next(iter(Entry.objects.filter(ref=ref).locked()), None)
    at = now()
    if entry is None or not queries.entry_lasts(ref, actor.user_id or 0, at):
        raise EntryOver()
    if not entry.acts:
        raise OnlyReading(permission=name)
    EntryAct.objects.create(entry=entry, act=name, at=at)


guard_entries(note_act)
