"""Mails: who is to get one, and sending them.

The event log is followed (core.following), so an act queues nothing for its mails. A mail is a row that is marked
before it is sent and after. They are taken a few at once, since what they say is then read for all of them together. A
killed worker's are sent ten minutes later, one of them perhaps again, under the same Message-ID: a mail server says
nothing that could be asked again, so at least once is all there is.
"""

import contextlib
import datetime as dt
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from trivium.core import following, sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.events import OPERATOR
from trivium.core.following import Place
from trivium.core.time import now
from trivium.notices import queries
from trivium.notices.models import MailPlace
from trivium.notices.queries import DueMail, Letter
from trivium.notices.rules import (
    FRESH,
    GIVEN_UP_AFTER,
    MAIL,
    MAILED,
    PERSON,
    WORDS,
    Kind,
    MailStatus,
    composer,
    kind_of,
    next_try,
    told,
)
from trivium.parties import commands as parties

AT_ONCE = 2_000
TAKEN_AT_ONCE = 50
FINAL = 500  # SMTP: what the other side will never take

# Nobody is mailed about what they did themselves, about old papers that are entered again, or twice.
_ADDRESS = """
INSERT INTO notices_mail (event_id, name, user_id, organization_id, role, status, tries, due_at, fault)
SELECT e.id, e.name, u.id, o.id, m.role, 'waiting', 0, %(at)s, ''
FROM core_event e
CROSS JOIN jsonb_array_elements_text(e.audience) AS a(ref)
CROSS JOIN LATERAL (
    SELECT p.id, p.ref FROM parties_organization p WHERE p.ref = a.ref
    UNION ALL SELECT p.id, p.ref FROM parties_organizationrole r JOIN parties_organization p ON p.id = r.organization_id
              WHERE r.role = a.ref AND a.ref = %(operator)s
) AS o
JOIN parties_membership m ON m.organization_id = o.id AND m.ends_at IS NULL
JOIN unnest(%(names)s::text[], %(roles)s::text[], %(kinds)s::text[], %(defaults)s::boolean[])
     AS w(name, role, kind, is_mailed) ON w.name = e.name AND w.role = m.role
JOIN parties_user u ON u.id = m.user_id AND u.is_active
LEFT JOIN parties_preference p ON p.user_id = u.id AND p.workspace = o.ref || ':' || m.role AND p.name = %(mail)s
WHERE e.id = ANY(%(ids)s::bigint[]) AND e.at > %(since)s
  AND NOT starts_with(e.actor, u.ref || '@')
  AND COALESCE((p.value ->> w.kind)::boolean, w.is_mailed)
  AND NOT EXISTS (SELECT FROM core_event b
                  WHERE b.subject = COALESCE(e.data ->> 'order_ref', e.subject) AND b.name = 'OrderPlaced'
                    AND (b.actor LIKE '%%/replay' OR b.actor LIKE '%%/system:import'))
ON CONFLICT DO NOTHING
"""
# Some are told for themselves: who applies has no company yet.
_ADDRESS_PERSONS = """
INSERT INTO notices_mail (event_id, name, user_id, organization_id, role, status, tries, due_at, fault)
SELECT e.id, e.name, u.id, NULL, %(person)s, 'waiting', 0, %(at)s, ''
FROM core_event e
CROSS JOIN jsonb_array_elements_text(e.audience) AS a(ref)
JOIN parties_user u ON u.ref = a.ref AND u.is_active AND COALESCE(u.email, '') <> ''
WHERE e.id = ANY(%(ids)s::bigint[]) AND e.at > %(since)s AND e.name = ANY(%(names)s::text[])
  AND NOT starts_with(e.actor, u.ref || '@')
ON CONFLICT DO NOTHING
"""
_BEGIN = """
UPDATE notices_mail m SET status = 'sending', tries = m.tries + 1, due_at = %(again)s
FROM (SELECT id, due_at FROM notices_mail WHERE status IN ('waiting', 'sending') AND due_at <= %(at)s
      ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED) AS was
WHERE m.id = was.id
RETURNING m.id, m.event_id, m.user_id, m.organization_id, m.role, m.tries, was.due_at
"""
_END = "UPDATE notices_mail SET status = %s, due_at = %s, ended_at = %s, fault = %s WHERE id = %s AND tries = %s"
_PUT_BACK = """
UPDATE notices_mail m SET status = 'waiting', tries = m.tries - 1, due_at = was.due_at
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS was(id, tries, due_at)
WHERE m.id = was.id AND m.tries = was.tries AND m.status = 'sending'
"""


@act
def choose_mail(actor: Actor, chosen: Mapping[str, bool]) -> None:
    """Choose which kinds of notices of this workspace come by mail; the bell has them all.

    Refuses: Denied (nobody is behind the actor).
    """
    parties.keep_preference(actor, MAIL, {kind: bool(chosen.get(kind, MAILED[kind])) for kind in Kind})


@act
def address_mail(at: dt.datetime) -> bool:
    """Find who is to get a mail of what has happened since; whether there is more to be read."""
    place = MailPlace.objects.locked().first() or MailPlace(last=following.newest().last)
    known = Place(place.last, tuple((number, since) for number, since in place.missing))
    heard, reached = following.read_on(known, at.timestamp(), AT_ONCE)
    names = {name for name, _role in WORDS}
    ids = [each.id for each in heard if each.name in names]
    if ids:
        given = {"at": at, "ids": ids, "since": at - FRESH, "mail": MAIL, "operator": OPERATOR}
        sql.execute(_ADDRESS, {**given, **_by_word()})
        personal = {"at": at, "ids": ids, "since": at - FRESH, "person": PERSON, "names": told(PERSON)}
        sql.execute(_ADDRESS_PERSONS, personal)
    if place.pk is None or reached != known:
        place.last, place.missing = reached.last, [list(each) for each in reached.missing]
        place.save()
    return len(heard) >= AT_ONCE


def _by_word() -> dict[str, list[object]]:
    kinds = [kind_of(*word) for word in WORDS]
    return {
        "names": [name for name, _role in WORDS],
        "roles": [role for _name, role in WORDS],
        "kinds": [str(kind) for kind in kinds],
        "defaults": [MAILED[kind] for kind in kinds],
    }


def send_mail() -> int:
    """Send what is due, the oldest first; returns how many went out.

    No transaction of its own: nothing is locked while the mail server is spoken to. After a failure that may pass the
    others wait for the next run; so they do if a mail cannot be written at all.
    """
    sent = 0
    with contextlib.closing(get_connection()) as post:
        while due := _begin(now()):
            letters = queries.letters_of(due, now())
            try:
                while due:
                    mail = due.pop(0)
                    outcome = _deliver(mail, letters.get(mail.id), post)
                    _end(mail, outcome, now())
                    if outcome.status == MailStatus.WAITING:
                        return sent
                    sent += outcome.status == MailStatus.SENT
            finally:
                if due:
                    _put_back(due)
    return sent


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: MailStatus
    fault: str = ""


@act
def _begin(at: dt.datetime) -> list[DueMail]:
    """Mark the next mails as being sent: if this worker dies, another one takes them when it must have."""
    given = {"at": at, "again": at + GIVEN_UP_AFTER, "most": TAKEN_AT_ONCE}
    return sorted((DueMail(*row) for row in sql.rows(_BEGIN, given)), key=lambda mail: (mail.due_at, mail.id))


@act
def _put_back(mails: Sequence[DueMail]) -> None:
    """These were not tried after all."""
    sql.execute(_PUT_BACK, sql.columns([(mail.id, mail.tries, mail.due_at) for mail in mails], 3))


def _deliver(mail: DueMail, letter: Letter | None, post: Any) -> _Outcome:
    if letter is None:
        return _Outcome(MailStatus.DROPPED)
    subject, text = composer()(letter)
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<notice-{mail.event_id}-{mail.id}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        post.open()  # once for all of them
        EmailMessage(subject, text, None, [letter.email], headers=headers, connection=post).send()
    except ValueError as failure:  # an address that cannot be written in a mail
        return _Outcome(MailStatus.FAILED, type(failure).__name__)
    except (smtplib.SMTPException, OSError) as failure:
        codes = _codes(failure)
        said = " ".join([type(failure).__name__, *map(str, codes)])
        return _Outcome(MailStatus.FAILED if codes and min(codes) >= FINAL else MailStatus.WAITING, said)
    return _Outcome(MailStatus.SENT)


def _codes(failure: Exception) -> list[int]:
    """What the mail server answered about this one mail, in figures: its words may repeat the address.

    That it does not take us in, or not our sender, is put right by the operator and no reason to give up mails.
    """
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return [code for code, _words in failure.recipients.values()]
    return [failure.smtp_code] if isinstance(failure, smtplib.SMTPDataError) else []


@act
def _end(mail: DueMail, outcome: _Outcome, at: dt.datetime) -> None:
    """Mark how it went; what may yet succeed is tried again, with longer and longer pauses."""
    status, again = outcome.status, None
    if status == MailStatus.WAITING:
        again = next_try(at, mail.tries)
        status = MailStatus.FAILED if again is None else status
    ended_at = None if status == MailStatus.WAITING else at
    sql.execute(_END, [status, again or mail.due_at, ended_at, outcome.fault[:120], mail.id, mail.tries])
