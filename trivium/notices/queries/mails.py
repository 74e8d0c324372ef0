"""Mails: what a person has chosen, what a mail says, and which could not be delivered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, cut
from trivium.notices.models import Mail
from trivium.notices.queries.inbox import Notice, notices_of
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


class DueMail(NamedTuple):
    """A mail that is being sent: of which event, to whom, in which workspace, for the how manieth time."""

    id: int
    event_id: int
    user_id: int
    organization_id: int | None
    role: str
    tries: int
    due_at: dt.datetime


_SENT = """
SELECT m.event_id, m.user_id FROM notices_mail m
JOIN unnest(%s::bigint[], %s::bigint[]) AS o(event_id, user_id) ON o.event_id = m.event_id AND o.user_id = m.user_id
WHERE m.status = 'sent'
"""


def letters_of(mails: Sequence[DueMail], at: dt.datetime) -> dict[int, Letter]:
    """What each mail tells its person with what they may see now; whoever has nothing to be told is missing.

    Of an event told in several workspaces of a person, one tells it. A handful of statements, and two at most for each
    workspace.
    """
    people = parties.people_by_id([mail.user_id for mail in mails])
    places = [(mail.user_id, mail.organization_id, mail.role) for mail in mails if mail.organization_id is not None]
    at_work = parties.actors_at(places)
    actors: dict[tuple[int, int | None, str], Actor] = {each: at_work[each] for each in at_work}
    actors |= {(mail.user_id, None, PERSON): Actor(mail.user_id, people[mail.user_id].ref, None, "", PERSON)
               for mail in mails if mail.organization_id is None and mail.user_id in people}  # fmt: skip
    names = parties.names_of([mail.organization_id for mail in mails if mail.organization_id is not None])
    notices = {
        place: notices_of(actor, [mail.event_id for mail in mails if _place(mail) == place], at)
        for place, actor in actors.items()
    }
    told = set(sql.rows(_SENT, sql.columns([(mail.event_id, mail.user_id) for mail in mails], 2)))
    found: dict[int, Letter] = {}
    for mail in mails:
        notice = notices.get(_place(mail), {}).get(mail.event_id)
        person = people.get(mail.user_id)
        if notice is None or person is None or not person.email or (mail.event_id, mail.user_id) in told:
            continue  # who signs in without a mail address reads notices here
        told.add((mail.event_id, mail.user_id))
        company = names[mail.organization_id].name if mail.organization_id is not None else ""
        found[mail.id] = Letter(actors[_place(mail)], notice, company, person.name, person.email, person.locale)
    return found


def _place(mail: DueMail) -> tuple[int, int | None, str]:
    return mail.user_id, mail.organization_id, mail.role


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
