"""The operator's entries: the one a person is in, and those a company or the operator looks back on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import COUNTED, Found, Wanted, counted, like
from trivium.core.time import now
from trivium.parties.models import Entry, EntryAct
from trivium.parties.rules import Role, rights_in_entry, rights_of


@dataclass(frozen=True, slots=True)
class Entered:
    """The entry a person is in: as whom they act, in whose shoes, and until when."""

    actor: Actor
    ref: str
    organization_name: str
    acts: bool
    until: dt.datetime
    reason: str


# While it lasts: not left, not over in time, and the person still has the right at the operator.
_LASTING = """
SELECT e.ref, u.ref, o.id, o.ref, o.name, e.role, e.acts, e.until, e.reason, m.job, g.rights
FROM parties_entry e JOIN parties_user u ON u.id = e.person_id AND u.is_active
JOIN parties_organization o ON o.id = e.organization_id
JOIN parties_membership m ON m.user_id = e.person_id AND m.organization_id = e.operator_id AND m.role = 'operator'
  AND m.ends_at IS NULL
JOIN parties_organizationrole r ON r.organization_id = e.organization_id AND r.role = e.role
LEFT JOIN parties_partnergrade g ON g.id = r.grade_id
WHERE e.ref = %(ref)s AND e.person_id = %(person)s AND e.ended_at IS NULL AND e.until > %(at)s
"""


def entry_lasts(ref: str, user_id: int, at: dt.datetime) -> Entered | None:
    """The entry a person is in at a moment; None if it is over or the right has gone. One statement."""
    found = sql.rows(_LASTING, {"ref": ref, "person": user_id, "at": at})
    if not found or "party.enter" not in rights_of(Role.OPERATOR, found[0][9]):
        return None
    ref, user_ref, organization_id, organization_ref, name, role, acts, until, reason, _job, grade = found[0]
    rights = rights_in_entry(role, acts=acts, grade=None if grade is None else tuple(grade))
    actor = Actor(user_id, user_ref, organization_id, organization_ref, role, rights, f"entry:{ref}")
    return Entered(actor, ref, name, acts, until, reason)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as the operator and the company entered read it. `done` is how many acts there were."""

    id: int
    ref: str
    person: str
    organization_ref: str
    organization_name: str
    role: str
    acts: bool
    reason: str
    starts_at: dt.datetime
    until: dt.datetime
    ended_at: dt.datetime | None
    done: int

    def state(self, at: dt.datetime) -> str:
        """Whether it lasts still."""
        return "in_force" if self.ended_at is None and self.until > at else "over"


_ROWS = """
SELECT e.id, e.ref, u.name, o.ref, o.name, e.role, e.acts, e.reason, e.starts_at, e.until, e.ended_at,
       (SELECT count(*) FROM parties_entryact a WHERE a.entry_id = e.id)
"""
_FROM = """
FROM parties_entry e JOIN parties_user u ON u.id = e.person_id JOIN parties_organization o ON o.id = e.organization_id
WHERE (%(all)s OR (e.organization_id = %(own)s::bigint AND e.role = %(role)s))
  AND (%(ref)s = '' OR e.ref = %(ref)s) AND (%(before)s::bigint IS NULL OR e.id < %(before)s::bigint)
  AND (%(text)s = '' OR o.name ILIKE %(like)s::text OR u.name ILIKE %(like)s::text OR e.reason ILIKE %(like)s::text)
"""


def _given(actor: Actor, **more: object) -> dict[str, object]:
    seen = {"all": actor.is_system or actor.is_role(Role.OPERATOR), "own": actor.organization_id, "role": actor.role}
    return {**seen, "ref": "", "before": None, "text": "", "like": "", **more}


def entries(actor: Actor, *, before_id: int | None = None, limit: int = 50) -> list[EntryRow]:
    """The entries into this workspace, for the operator all, the latest first. One statement."""
    given = _given(actor, before=before_id, limit=limit)
    return [EntryRow(*row) for row in sql.rows(f"{_ROWS} {_FROM} ORDER BY e.id DESC LIMIT %(limit)s", given)]


def entry_list(actor: Actor, wanted: Wanted) -> Found:
    """The same as a list. Text: the company, the person, the reason. Two statements."""
    given = _given(actor, text=wanted.text, like=like(wanted.text), limit=wanted.limit, offset=wanted.offset)
    found = sql.rows(f"{_ROWS} {_FROM} ORDER BY e.id DESC LIMIT %(limit)s OFFSET %(offset)s", given)
    count = sql.rows(f"SELECT count(*) FROM (SELECT {_FROM} LIMIT {COUNTED + 1}) AS counted", given)[0][0]
    return Found([EntryRow(*row) for row in found], *counted(count))


def get_entry(actor: Actor, ref: str) -> tuple[EntryRow, list[tuple[dt.datetime, str]]]:
    """An entry, and what was done in it: when, and which act. Two statements.

    Refuses: NotFound.
    """
    found = sql.rows(f"{_ROWS} {_FROM}", _given(actor, ref=ref[:40] or "-"))
    if not found:
        raise NotFound(what="entry", ref=ref)
    steps = EntryAct.objects.filter(entry_id=found[0][0]).order_by("id").values_list("at", "act")
    return EntryRow(*found[0]), list(steps)


def entry_names(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """Who entered, by the entry's reference; for notices. One statement."""
    return dict(Entry.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "person__name"))


def entry_now(ref: str, user_id: int) -> Entered | None:
    """The entry a person is in now. One statement."""
    return entry_lasts(ref, user_id, now())
