"""Reads of announcements: what a person has still to read, and who has read what."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Found, Wanted, counted, cut, like
from trivium.core.time import business_day, now
from trivium.service.errors import UnknownStep
from trivium.service.models import Announcement, AnnouncementReceipt, StepDone
from trivium.service.rules import CHECKLIST, Receipt, Step

SHOWN_ON_HOMES = 5


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement as lists show it. `opened` and `acknowledged` say what the reader has done with it."""

    id: int
    ref: str
    kind: str
    title: Mapping[str, str]
    roles: Sequence[str]
    must_acknowledge: bool
    until: dt.date | None
    published_at: dt.datetime
    withdrawn_at: dt.datetime | None
    opened: bool
    acknowledged: bool

    @property
    def is_done(self) -> bool:
        """Whether the reader has done what it asks."""
        return self.acknowledged if self.must_acknowledge else self.opened


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """An announcement as it is read; `companies` are those it is addressed to by name, for the operator alone."""

    row: AnnouncementRow
    text: Mapping[str, str]
    companies: Sequence[str]
    published_by: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A person an announcement is for, and when they opened and acknowledged it."""

    name: str
    company: str
    role: str
    opened_at: dt.datetime | None
    acknowledged_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DoneStep:
    """One of the first steps, with who has done it and when."""

    step: Step
    by: str
    at: dt.datetime | None


_COLUMNS = ("id", "ref", "kind", "title", "roles", "must_acknowledge", "until", "published_at", "withdrawn_at",
            "opened", "acknowledged")  # fmt: skip
_SORTS = {"published": "published_at", "until": "until", "kind": "kind"}


def _seen(actor: Actor) -> Any:
    """The announcements of this workspace, with what the person has done with each."""
    mine = AnnouncementReceipt.objects.filter(announcement_id=OuterRef("pk"), user_id=actor.user_id or 0)
    found = Announcement.objects.visible_to(actor)
    return found.annotate(
        opened=Exists(mine.filter(act=Receipt.OPENED)), acknowledged=Exists(mine.filter(act=Receipt.ACKNOWLEDGED))
    )


def _waiting(actor: Actor) -> Any:
    """Those in force that wait for this person: to be acknowledged, or only to be opened."""
    today = business_day(now())
    found = _seen(actor).filter(Q(until=None) | Q(until__gte=today), withdrawn_at=None)
    if actor.is_role("operator"):  # it sees all, and reads what is addressed to it
        found = found.filter(roles__contains=["operator"])
    return found.filter(Q(must_acknowledge=True, acknowledged=False) | Q(must_acknowledge=False, opened=False))


def announcements_waiting(actor: Actor, *, limit: int = SHOWN_ON_HOMES) -> list[AnnouncementRow]:
    """What this person has still to read here, what must be acknowledged first. One statement."""
    rows = _waiting(actor).order_by("-must_acknowledge", "-id").values_list(*_COLUMNS)[:limit]
    return [AnnouncementRow(*row) for row in rows]


def announcements(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[AnnouncementRow]:
    """The announcements this workspace may see, newest first. One statement."""
    found = _seen(actor).order_by("-id")
    found = found.filter(pk__lt=before_id) if before_id is not None else found
    return [AnnouncementRow(*row) for row in found.values_list(*_COLUMNS)[:limit]]


def announcement_list(actor: Actor, wanted: Wanted) -> Found:
    """The same as a list. Filters: state (waiting), kind. Text: the title. Two statements."""
    found = _waiting(actor) if wanted.filters.get("state") == "waiting" else _seen(actor)
    if kind := wanted.filters.get("kind"):
        found = found.filter(kind=kind)
    if wanted.text:
        found = found.filter(Q(title__en__icontains=wanted.text) | Q(**{"title__zh-hans__icontains": wanted.text}))
    rows, count, is_more = cut(found, wanted, _SORTS)
    return Found([AnnouncementRow(*row) for row in rows.values_list(*_COLUMNS)], count, is_more)


def get_announcement(actor: Actor, ref: str) -> AnnouncementPage:
    """An announcement with its text. Two statements at most.

    Refuses: NotFound.
    """
    row = _seen(actor).filter(ref=ref).values_list(*_COLUMNS, "text", "published_by__name").first()
    if row is None:
        raise NotFound(what="announcement", ref=ref)
    named: Sequence[str] = ()
    if actor.is_role("operator"):
        statement = """SELECT o.name FROM service_announcementcompany c JOIN parties_organization o
                       ON o.id = c.organization_id WHERE c.announcement_id = %s ORDER BY o.name"""
        named = [name for (name,) in sql.rows(statement, [row[0]])]
    return AnnouncementPage(AnnouncementRow(*row[:11]), row[11], named, row[12])


def lock_announcement(actor: Actor, ref: str) -> Announcement:
    """An announcement of this workspace, locked for an act on it.

    Refuses: NotFound.
    """
    locked: list[Announcement] = list(Announcement.objects.visible_to(actor).filter(ref=ref).locked())
    if not locked:
        raise NotFound(what="announcement", ref=ref)
    return locked[0]


# Each person once, in the first of the workspaces it reaches them in.
_READERS = """
WITH reached AS (
    SELECT DISTINCT ON (m.user_id) m.user_id, m.organization_id, m.role
    FROM parties_membership m JOIN service_announcement a ON a.id = %(announcement)s
    WHERE m.ends_at IS NULL
      AND (m.role = ANY(a.roles) OR EXISTS (SELECT FROM service_announcementcompany c
                                            WHERE c.announcement_id = a.id AND c.organization_id = m.organization_id))
    ORDER BY m.user_id, m.id
), mine AS (
    SELECT user_id, act, at FROM service_announcementreceipt WHERE announcement_id = %(announcement)s
), readers AS (
    SELECT u.id, u.name, o.name AS company, r.role,
           (SELECT at FROM mine t WHERE t.user_id = u.id AND t.act = 'opened') AS opened_at,
           (SELECT at FROM mine t WHERE t.user_id = u.id AND t.act = 'acknowledged') AS acknowledged_at
    FROM reached r JOIN parties_user u ON u.id = r.user_id AND u.is_active
    JOIN parties_organization o ON o.id = r.organization_id
)
SELECT name, company, role, opened_at, acknowledged_at, count(*) OVER () FROM readers
WHERE (%(state)s = '' OR (%(state)s = 'unopened' AND opened_at IS NULL)
       OR (%(state)s = 'unacknowledged' AND acknowledged_at IS NULL)
       OR (%(state)s = 'acknowledged' AND acknowledged_at IS NOT NULL))
  AND (%(text)s = '' OR name ILIKE %(like)s::text OR company ILIKE %(like)s::text)
ORDER BY company, name, id LIMIT %(limit)s OFFSET %(offset)s
"""


def readers_of(actor: Actor, ref: str, wanted: Wanted) -> Found:
    """Everybody an announcement is for, with what they have done with it. Filter: state. Two statements.

    Refuses: Denied("announcement.publish"), NotFound.
    """
    actor.require("announcement.publish")
    page = get_announcement(actor, ref)
    params = {"announcement": page.row.id, "state": wanted.filters.get("state", ""), "text": wanted.text.strip(),
              "like": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}  # fmt: skip
    rows = sql.rows(_READERS, params)
    return Found([Reader(*row[:5]) for row in rows], *counted(rows[0][5] if rows else 0))


# -- the first steps of a new company --------------------------------------------------------------------------------


def first_steps(actor: Actor) -> list[DoneStep]:
    """What a new company does first in this role, and who has done it. One statement."""
    mine = StepDone.objects.filter(organization_id=actor.organization_id or 0, role=actor.role)
    done = {row[0]: row[1:] for row in mine.values_list("step", "by__name", "at")}
    return [DoneStep(step, *done.get(step.code, ("", None))) for step in CHECKLIST.get(actor.role, ())]


def check_step(actor: Actor, code: str) -> None:
    """Whether this is one of the first steps of the workspace's role.

    Refuses: UnknownStep.
    """
    if code not in {step.code for step in CHECKLIST.get(actor.role, ())}:
        raise UnknownStep(step=code[:20], field="step")
