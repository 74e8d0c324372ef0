"""Reads of meetings: when and where, who comes, what was decided; and the calendar of homes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, counted, cut, like
from trivium.core.time import now
from trivium.service.models import Announcement, Meeting, MeetingAnswer, Minutes, MinutesPoint, Poll
from trivium.service.queries.polls import is_asked, words_of
from trivium.service.rules import calendar_file

ON_HOMES = 5


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as lists show it; `answer` is what the reader's company has said: yes, no or nothing."""

    id: int
    ref: str
    subject: Mapping[str, str]
    begins_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    place: str
    link: str
    roles: Sequence[str]
    sequence: int
    called_at: dt.datetime
    changed_at: dt.datetime
    called_off_at: dt.datetime | None
    answer: str

    def state(self, at: dt.datetime) -> str:
        """How it stands."""
        if self.called_off_at:
            return "called_off"
        return "held" if self.ends_at <= at else "running" if self.begins_at <= at else "ahead"


@dataclass(frozen=True, slots=True)
class Point:
    """A decision, or with `who` a task, of the minutes."""

    words: Mapping[str, str]
    who: str
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """One version of a meeting's minutes; `announcement_ref` is where they are acknowledged."""

    version: int
    announcement_ref: str
    text: Mapping[str, str]
    decisions: Sequence[Point]
    tasks: Sequence[Point]
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting as it is read, its minutes newest first. `companies` are those invited by name, for the operator."""

    row: MeetingRow
    agenda: Mapping[str, str]
    guests: str
    answered_by: str
    is_asked: bool
    minutes: Sequence[MinutesPage]
    companies: Sequence[str]
    called_by: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An invited company, and what it has answered."""

    company: str
    answer: str
    guests: str
    by: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Date:
    """What stands in the calendar of a home: a meeting that begins, or a poll that closes; `answer` is the reader's."""

    kind: str
    ref: str
    words: Mapping[str, str]
    at: dt.datetime
    zone: str
    place: str
    link: str
    answer: str


_COLUMNS = ("id", "ref", "subject", "begins_at", "ends_at", "zone", "place", "link", "roles", "sequence", "called_at",
            "changed_at", "called_off_at", "answer")  # fmt: skip
_SORTS = {"begins": "begins_at", "called": "called_at"}


def _seen(actor: Actor) -> Any:
    mine = MeetingAnswer.objects.filter(meeting_id=OuterRef("pk"), organization_id=actor.organization_id or 0)
    found = Meeting.objects.visible_to(actor)
    return found.annotate(answer=Coalesce(Subquery(mine.values("answer")[:1]), Value("")))


def meetings(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[MeetingRow]:
    """The meetings this workspace may see, last called first. One statement."""
    found = _seen(actor).order_by("-id")
    found = found.filter(pk__lt=before_id) if before_id is not None else found
    return [MeetingRow(*row) for row in found.values_list(*_COLUMNS)[:limit]]


def meeting_list(actor: Actor, wanted: Wanted) -> Found:
    """The same as a list. Filter: state (ahead, waiting: ahead and not answered, held, called_off). Two statements."""
    found, state, at = _seen(actor), wanted.filters.get("state"), now()
    if state in ("ahead", "waiting"):
        found = found.filter(called_off_at=None, ends_at__gt=at)
    if state == "waiting":
        found = found.filter(answer="")
    if state == "held":
        found = found.filter(called_off_at=None, ends_at__lte=at)
    if state == "called_off":
        found = found.exclude(called_off_at=None)
    if wanted.text:
        text = wanted.text
        found = found.filter(Q(subject__en__icontains=text) | Q(**{"subject__zh-hans__icontains": text})
                             | Q(place__icontains=text))  # fmt: skip
    rows, count, is_more = cut(found, wanted, _SORTS)
    return Found([MeetingRow(*row) for row in rows.values_list(*_COLUMNS)], count, is_more)


def get_meeting(actor: Actor, ref: str) -> MeetingPage:
    """A meeting with its agenda, the reader's answer and the minutes. Six statements at most.

    Earlier versions of the minutes are the operator's to see; others read what holds.
    Refuses: NotFound.
    """
    found = _seen(actor).filter(ref=ref).select_related("called_by").first()
    if found is None:
        raise NotFound(what="meeting", ref=ref)
    calls, asked = actor.may("meeting.call"), is_asked(actor, found)
    mine = found.answers.filter(organization_id=actor.organization_id or 0).select_related("by").first()
    minutes = _minutes(found.pk)
    return MeetingPage(
        MeetingRow(*(getattr(found, name) for name in _COLUMNS)),
        found.agenda,
        mine.guests if mine else "",
        mine.by.name if mine else "",
        asked,
        minutes if calls else minutes[:1],
        list(found.companies.order_by("organization__name").values_list("organization__name", flat=True))
        if calls else (),
        found.called_by.name if calls else "",
    )  # fmt: skip


def meeting_file(actor: Actor, ref: str, *, site: str, language: str, url: str = "") -> str:
    """A meeting as a file that calendars take in, known to them by this site's address. `url` is its page, if any.

    Refuses: NotFound.
    """
    found = get_meeting(actor, ref)
    row = found.row
    return calendar_file(
        uid=f"{row.ref}@{urlsplit(site).hostname or 'localhost'}", sequence=row.sequence, made_at=row.changed_at,
        begins_at=row.begins_at, ends_at=row.ends_at, subject=translate(row.subject, language),
        text=translate(found.agenda, language), place=", ".join(filter(None, (row.place, row.link))),
        is_cancelled=row.called_off_at is not None, url=url,
    )  # fmt: skip


def _minutes(meeting_id: int) -> list[MinutesPage]:
    rows = list(Minutes.objects.filter(meeting_id=meeting_id).order_by("-version").values_list(
        "id", "version", "announcement__ref", "text", "at"))  # fmt: skip
    points: dict[int, list[Point]] = {}
    if rows:
        found = MinutesPoint.objects.filter(minutes__meeting_id=meeting_id).order_by("minutes_id", "position")
        for key, *values in found.values_list("minutes_id", "words", "who", "until"):
            points.setdefault(key, []).append(Point(*values))
    return [
        MinutesPage(version, ref, text, [p for p in points.get(key, ()) if not p.who],
                    [p for p in points.get(key, ()) if p.who], at)
        for key, version, ref, text, at in rows
    ]  # fmt: skip


_ANSWERS = """
WITH invited AS (
    SELECT DISTINCT o.id, o.name FROM service_meeting e
    JOIN parties_organizationrole r ON true JOIN parties_organization o ON o.id = r.organization_id
    WHERE e.id = %(meeting)s AND (r.role = ANY(e.roles) OR EXISTS (
        SELECT FROM service_meetingcompany c WHERE c.meeting_id = e.id AND c.organization_id = o.id))
), answered AS (
    SELECT a.organization_id, a.answer, a.guests, u.name AS by, a.at FROM service_meetinganswer a
    JOIN parties_user u ON u.id = a.by_id WHERE a.meeting_id = %(meeting)s
), every AS (
    SELECT o.id, o.name, coalesce(a.answer, '') AS answer, coalesce(a.guests, '') AS guests,
           coalesce(a.by, '') AS by, a.at
    FROM (SELECT id, name FROM invited UNION SELECT o.id, o.name FROM answered a
          JOIN parties_organization o ON o.id = a.organization_id) AS o
    LEFT JOIN answered a ON a.organization_id = o.id
)
SELECT name, answer, guests, by, at, count(*) OVER () FROM every
WHERE (%(state)s = '' OR answer = CASE WHEN %(state)s = 'none' THEN '' ELSE %(state)s END)
  AND (%(text)s = '' OR name ILIKE %(like)s::text)
ORDER BY name, id LIMIT %(limit)s OFFSET %(offset)s
"""


def answers_of(actor: Actor, ref: str, wanted: Wanted) -> Found:
    """Every invited company with its answer, for whoever calls meetings. Filter: state (yes, no, none). Two statements.

    Refuses: Denied("meeting.call"), NotFound.
    """
    actor.require("meeting.call")
    found = Meeting.objects.visible_to(actor).filter(ref=ref).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(what="meeting", ref=ref)
    params = {"meeting": found, "state": wanted.filters.get("state", ""), "text": wanted.text.strip(),
              "like": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}  # fmt: skip
    rows = sql.rows(_ANSWERS, params)
    return Found([AnswerRow(*row[:5]) for row in rows], *counted(rows[0][5] if rows else 0))


def lock_meeting(actor: Actor, ref: str) -> Meeting:
    """A meeting of this workspace, locked for an act on it.

    Refuses: NotFound.
    """
    locked: list[Meeting] = list(Meeting.objects.visible_to(actor).filter(ref=ref).locked())
    if not locked:
        raise NotFound(what="meeting", ref=ref)
    return locked[0]


# -- homes, notices, the sweep ---------------------------------------------------------------------------------------

# The same conditions as visible_to of both; a test holds them together.
_CALENDAR = """
SELECT * FROM (
    SELECT 'meeting' AS kind, e.ref, e.subject, e.begins_at AS at, e.zone, e.place, e.link, coalesce(
        (SELECT a.answer FROM service_meetinganswer a
         WHERE a.meeting_id = e.id AND a.organization_id = %(organization)s), '') AS answer
    FROM service_meeting e
    WHERE e.ends_at > %(at)s AND e.called_off_at IS NULL AND (%(sees_all)s OR %(role)s = ANY(e.roles) OR EXISTS (
        SELECT FROM service_meetingcompany c WHERE c.meeting_id = e.id AND c.organization_id = %(organization)s))
    UNION ALL
    SELECT 'poll', p.ref, p.question, p.closes_at, '', '', '', CASE WHEN EXISTS (
        SELECT FROM service_pollvote v WHERE v.poll_id = p.id AND v.voter = ANY(%(voters)s)) THEN 'voted' ELSE '' END
    FROM service_poll p
    WHERE p.closes_at > %(at)s AND p.closed_at IS NULL AND p.withdrawn_at IS NULL
      AND (%(sees_all)s OR %(role)s = ANY(p.roles) OR EXISTS (
        SELECT FROM service_pollcompany c WHERE c.poll_id = p.id AND c.organization_id = %(organization)s))
) AS dates ORDER BY at, ref LIMIT %(limit)s
"""


def calendar(actor: Actor, *, limit: int = ON_HOMES) -> list[Date]:
    """The meetings ahead and the polls that are open, as they come. One statement."""
    params = {
        "organization": actor.organization_id or 0, "role": actor.role, "at": now(), "limit": limit,
        "voters": [actor.organization_ref or "", actor.user_ref or ""],
        "sees_all": actor.is_role("operator"),
    }  # fmt: skip
    return [Date(row[0], row[1], words_of(row[2]), *row[3:]) for row in sql.rows(_CALENDAR, params)]


def told_titles(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """Which of these announcements, polls and meetings the workspace may see; a notice names no title, its page does.

    One statement for all three.
    """
    seen = [model.objects.visible_to(actor).filter(ref__in=list(refs)) for model in (Announcement, Poll, Meeting)]
    told, asked, invited = (each.order_by().values_list("ref", flat=True) for each in seen)
    found = told.filter(withdrawn_at=None).union(asked.filter(withdrawn_at=None), invited, all=True)
    return dict.fromkeys(found, "")


def taken_back_at(actor: Actor, ref: str) -> dt.datetime | None:
    """When an announcement or a poll for this workspace was taken back, which its old link then says. One statement."""
    known = [model.objects.addressed_to(actor).exclude(withdrawn_at=None) for model in (Announcement, Poll)]
    told, asked = (each.filter(ref=ref).order_by().values_list("withdrawn_at", flat=True) for each in known)
    return next(iter(told.union(asked, all=True)), None)


def due(at: dt.datetime, limit: int) -> list[tuple[str, str]]:
    """What a sweep has to carry out: (close, poll) and (remind, meeting), longest due first. One statement."""
    statement = """
        (SELECT 'close', ref, closes_at AS due FROM service_poll
         WHERE closes_at <= %(at)s AND closed_at IS NULL AND withdrawn_at IS NULL)
        UNION ALL (SELECT 'remind', ref, remind_at FROM service_meeting WHERE remind_at <= %(at)s)
        ORDER BY due, 2 LIMIT %(limit)s"""
    return [(row[0], row[1]) for row in sql.rows(statement, {"at": at, "limit": limit})]
