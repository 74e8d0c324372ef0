"""Whose buyer is whose, since when and until when; and the changes of partner there were and will be."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.faults import Fault, faults_in
from trivium.core.lists import COUNTED, Found, Wanted, counted, like
from trivium.core.time import business_day, now
from trivium.parties.models import Cutover
from trivium.parties.rules import Role


@dataclass(frozen=True, slots=True)
class BuyerRow:
    """A time in which a buyer belongs to a partner. `state`: "coming", "in_force" or "over"."""

    buyer_ref: str
    buyer_name: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    state: str


_STATE = """CASE WHEN a.starts_at > %(at)s THEN 'coming' WHEN a.ends_at <= %(at)s THEN 'over' ELSE 'in_force' END"""
_BUYERS = f"""
FROM parties_assignment a JOIN parties_organization b ON b.id = a.buyer_id
WHERE a.partner_id = %(partner)s AND (%(state)s = '' OR {_STATE} = %(state)s)
  AND (%(text)s = '' OR b.name ILIKE %(like)s::text)
"""
_BUYER_SORTS = {"buyer": "b.name", "from": "a.starts_at", "until": "a.ends_at"}


def buyer_list(actor: Actor, wanted: Wanted) -> Found:
    """A partner's buyers: those it has, had and will have, each with its days. Filter: state. Two statements."""
    own = actor.organization_id if actor.is_role(Role.PARTNER) else None
    given = {"partner": own, "at": now(), "state": wanted.filters.get("state", ""), "text": wanted.text,
             "like": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}  # fmt: skip
    column = _BUYER_SORTS.get(wanted.sort, "a.starts_at")
    way = "DESC" if wanted.descending or not wanted.sort else "ASC"
    page = f"""SELECT b.ref, b.name, a.starts_at, a.ends_at, {_STATE} {_BUYERS}
               ORDER BY {column} {way}, a.id {way} LIMIT %(limit)s OFFSET %(offset)s"""
    count = f"SELECT count(*) FROM (SELECT {_BUYERS} LIMIT {COUNTED + 1}) AS counted"
    rows = [BuyerRow(*row) for row in sql.rows(page, given)]
    return Found(rows, *counted(sql.rows(count, given)[0][0]))


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A time in which a buyer belongs to a partner, as the operator sees it, with how it came about."""

    partner_ref: str
    partner_name: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    state: str
    cutover_ref: str
    reason: str
    by: str


_PERIODS = f"""
SELECT p.ref, p.name, a.starts_at, a.ends_at, {_STATE}, COALESCE(c.ref, ''), COALESCE(c.reason, ''),
       COALESCE(u.name, '')
FROM parties_assignment a JOIN parties_organization b ON b.id = a.buyer_id
JOIN parties_organization p ON p.id = a.partner_id
LEFT JOIN parties_cutover c ON c.buyer_id = a.buyer_id AND c.starts_at = a.starts_at AND c.withdrawn_at IS NULL
LEFT JOIN parties_user u ON u.id = c.asked_by_id
WHERE b.ref = %(buyer)s ORDER BY a.starts_at DESC LIMIT 100
"""


def partners_of(actor: Actor, buyer_ref: str) -> list[PeriodRow]:
    """To whom a buyer belonged, belongs and will belong, the latest first. One statement.

    Refuses: Denied("party.assign_buyer").
    """
    actor.require("party.assign_buyer")
    return [PeriodRow(*row) for row in sql.rows(_PERIODS, {"buyer": buyer_ref[:40], "at": now()})]


@dataclass(frozen=True, slots=True)
class CutoverRow:
    """A change of partner as its reader may know it.

    A partner reads that a buyer "comes" or "goes" and not from or to whom; only the operator reads why.
    """

    id: int
    ref: str
    buyer_ref: str
    way: str
    before_ref: str
    partner_ref: str
    starts_at: dt.datetime
    state: str
    reason: str


def cutovers(actor: Actor, *, before_id: int | None = None, limit: int = 50) -> list[CutoverRow]:
    """The changes of partner this workspace has to do with, the last planned first. One statement."""
    seen = Cutover.objects.visible_to(actor).order_by("-id")
    if before_id is not None:
        seen = seen.filter(id__lt=before_id)
    at = now()
    return [_shown(actor, each, at) for each in seen.select_related("buyer", "before", "partner")[:limit]]


def _shown(actor: Actor, row: Cutover, at: dt.datetime) -> CutoverRow:
    state = "withdrawn" if row.withdrawn_at else "coming" if row.starts_at > at else "in_force"
    boss = actor.is_system or actor.is_role(Role.OPERATOR)
    own = row.before if actor.is_role(Role.PARTNER) and row.before_id == actor.organization_id else row.partner
    way = "moves" if not actor.is_role(Role.PARTNER) else "goes" if own is row.before else "comes"
    knows_before = not actor.is_role(Role.PARTNER) or own is row.before
    knows_after = not actor.is_role(Role.PARTNER) or own is row.partner
    return CutoverRow(
        row.pk, row.ref, row.buyer.ref, way, row.before.ref if knows_before else "",
        row.partner.ref if knows_after else "", row.starts_at, state, row.reason if boss else "",
    )  # fmt: skip


def cutover_names(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """How notices call changes of partner: by the buyer and its day, to the buyer by the day alone. One statement."""
    rows = Cutover.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "buyer__name", "starts_at")
    is_buyer = actor.is_role(Role.BUYER)
    days = {ref: (name, business_day(at).isoformat()) for ref, name, at in rows}
    return {ref: day if is_buyer else f"{name} ({day})" for ref, (name, day) in days.items()}


def cutovers_are_carried_out() -> Iterator[Fault]:
    """Every change of partner that was not withdrawn ends one assignment at its moment and begins the other."""
    return faults_in(
        4,
        """
        SELECT 'cut-over ' || c.ref, CASE WHEN a.id IS NULL THEN 'begins no assignment to its partner'
                                          ELSE 'ends no assignment to the partner before' END
        FROM parties_cutover c
        LEFT JOIN parties_assignment a ON a.buyer_id = c.buyer_id AND a.partner_id = c.partner_id
                                      AND a.starts_at = c.starts_at
        LEFT JOIN parties_assignment b ON b.buyer_id = c.buyer_id AND b.partner_id = c.before_id
                                      AND b.ends_at = c.starts_at
        WHERE c.withdrawn_at IS NULL AND (a.id IS NULL OR b.id IS NULL) ORDER BY c.id
        """,
    )
