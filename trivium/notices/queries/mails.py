"""Mails: what a person has chosen, what a mail says, and which could not be delivered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, cut
from trivium.notices.models import Mail
from trivium.notices.queries.inbox import Notice, notice_of
from trivium.notices.rules import MAIL, MAILED, PERSON, Kind
from trivium.parties import queries as parties


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be told to whom: a notice, the workspace it is for, and the person in their own language."""

    actor: Actor
    notice: Notice
    organization_name: str
    name: str
    email: str
    locale: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as the operator's list shows it: whose, about what, how it went. What it said is not kept.

    It has no company if it went to a person for themselves.
    """

    id: int
    person: str
    email: str
    organization_name: str | None
    role: str
    event: str
    status: str
    tries: int
    fault: str
    due_at: dt.datetime
    ended_at: dt.datetime | None


_COLUMNS = ("id", "user__name", "user__email", "organization__name", "role", "name", "status", "tries", "fault",
            "due_at", "ended_at")  # fmt: skip
_SORTS = {"status": "status", "tries": "tries", "person": "user__name"}


def mail_choices(actor: Actor) -> Mapping[Kind, bool]:
    """Which kinds of notices of this workspace the person gets by mail. One statement."""
    chosen = parties.preferences_of(actor).get(MAIL) or {}
    return {kind: bool(chosen.get(kind, MAILED[kind])) for kind in Kind}


def letter_of(user_id: int, organization_ref: str, role: str, event_id: int, at: dt.datetime) -> Letter | None:
    """What a person in a workspace, or for themselves, is told of an event with what they may see now, if anything."""
    if role == PERSON:
        return _personal_letter(user_id, event_id, at)
    actor = parties.actor_of(user_id, organization_ref, role)
    notice = notice_of(actor, event_id, at) if actor else None
    if actor is None or notice is None:
        return None
    person, party = parties.person(user_id), parties.get_organization(actor, organization_ref)
    if person.email is None:  # who signs in otherwise reads notices here
        return None
    return Letter(actor, notice, party.name, person.name, person.email, person.locale)


def _personal_letter(user_id: int, event_id: int, at: dt.datetime) -> Letter | None:
    person = parties.person(user_id)
    actor = Actor(user_id, person.ref, None, "", PERSON)
    notice = notice_of(actor, event_id, at)
    return Letter(actor, notice, "", person.name, person.email or "", person.locale) if notice else None


def mail_list(actor: Actor, wanted: Wanted) -> Found:
    """The mails of the platform, newest first, for those who admit parties. Filter: status. Two statements.

    Refuses: Denied("party.admit").
    """
    actor.require("party.admit")
    found = Mail.objects.all()
    if status := wanted.filters.get("status"):
        found = found.filter(status=status)
    rows, count, is_more = cut(found, wanted, _SORTS)
    shown = rows.values_list(*_COLUMNS)
    return Found([MailRow(*row) for row in shown], count, is_more)
