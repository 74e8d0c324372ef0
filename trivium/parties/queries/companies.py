"""Companies: who they are, who works in them, and which of them there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import COUNTED, Found, Wanted, counted, like
from trivium.core.permissions import permissions_of
from trivium.core.time import now
from trivium.parties.models import Membership, Organization, Suspension
from trivium.parties.rules import Role


@dataclass(frozen=True, slots=True)
class Party:
    """The public face of an organization."""

    id: int
    ref: str
    name: str
    currency: str


def get_organization(actor: Actor, ref: str) -> Party:
    """An organization this workspace may see.

    Refuses: NotFound.
    """
    row = Organization.objects.visible_to(actor).filter(ref=ref).values_list("id", "ref", "name", "currency").first()
    if row is None:
        raise NotFound(what="organization", ref=ref)
    return Party(*row)


def parties_by_ref(refs: Sequence[str]) -> dict[str, Party]:
    """Organizations by reference, in one statement; unknown ones are missing."""
    rows = Organization.objects.filter(ref__in=list(refs)).values_list("id", "ref", "name", "currency")
    return {row[1]: Party(*row) for row in rows}


def parties_by_name(names: Sequence[str]) -> dict[str, Party]:
    """Organizations by the name everybody reads; unknown ones are missing, and names that several have."""
    rows = Organization.objects.filter(name__in=list(names)).values_list("id", "ref", "name", "currency")
    found: dict[str, list[Party]] = {}
    for row in rows:
        found.setdefault(row[2], []).append(Party(*row))
    return {name: its[0] for name, its in found.items() if len(its) == 1}


def refs_in_roles(roles: Sequence[str]) -> list[str]:
    """The references of every organization that has one of these roles, oldest first. One statement."""
    found = Organization.objects.filter(roles__role__in=list(roles)).distinct().order_by("id")
    return list(found.values_list("ref", flat=True))


def names_of(ids: Sequence[int]) -> dict[int, Party]:
    """Public faces by key, in one statement: for pages whose rows the reader may see already."""
    rows = sql.rows(
        "SELECT id, ref, name, currency FROM parties_organization WHERE id = ANY(%s::bigint[])", [list(set(ids))]
    )
    return {row[0]: Party(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A company as it stands on a document. `name` is the legal one, where the company has said it."""

    ref: str
    name: str
    number: str
    address: str


def letterheads(refs: Sequence[str]) -> dict[str, Letterhead]:
    """How companies stand on the documents of a deal, by reference, in one statement.

    The caller asks only for the sides of a deal that the reader may see.
    """
    rows = Organization.objects.filter(ref__in=list(refs)).values_list("ref", "name", "legal_name", "number", "address")
    return {ref: Letterhead(ref, legal or name, number, address) for ref, name, legal, number, address in rows}


def organizations_by_external_id(external_ids: Sequence[str]) -> dict[str, Party]:
    """Organizations by the id they had in another system (a replayed file, an ERP)."""
    rows = Organization.objects.filter(external_id__in=list(external_ids)).exclude(external_id="")
    return {row[4]: Party(*row[:4]) for row in rows.values_list("id", "ref", "name", "currency", "external_id")}


def house_partner() -> Party | None:
    """The operator's own partner, to whom direct buyers belong."""
    row = Organization.objects.filter(is_house=True).values_list("id", "ref", "name", "currency").first()
    return Party(*row) if row else None


def suppliers(*, limit: int) -> list[Party]:
    """The public faces of the suppliers that trade, by name: whoever sees the shelf knows them. One statement."""
    found = Organization.objects.filter(roles__role=Role.SUPPLIER, suspended_at=None).order_by("name")
    return [Party(*row) for row in found.values_list("id", "ref", "name", "currency")[:limit]]


def operator() -> Party | None:
    """The organization that runs the platform."""
    found = Organization.objects.filter(roles__role=Role.OPERATOR).order_by("id")
    row = found.values_list("id", "ref", "name", "currency").first()
    return Party(*row) if row else None


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A company as the operator's list shows it. `partner_name` is whose buyer it is now, if it buys."""

    id: int
    ref: str
    name: str
    legal_name: str
    country: str
    currency: str
    roles: tuple[str, ...]
    partner_name: str
    people: int
    is_house: bool
    suspended_at: dt.datetime | None
    created_at: dt.datetime
    number: str
    region: str
    industry: str
    size: str
    waits_as: tuple[str, ...]


_COMPANIES = """
SELECT o.id, o.ref, o.name, o.legal_name, o.country, o.currency,
       ARRAY(SELECT r.role FROM parties_organizationrole r WHERE r.organization_id = o.id ORDER BY r.id),
       COALESCE(p.name, ''), (SELECT count(DISTINCT m.user_id) FROM parties_membership m
                              WHERE m.organization_id = o.id AND m.ends_at IS NULL),
       o.is_house, o.suspended_at, o.created_at, o.number, o.region, o.industry, o.size,
       ARRAY(SELECT r.role FROM parties_organizationrole r WHERE r.organization_id = o.id AND NOT r.is_active)
FROM parties_organization o
LEFT JOIN parties_assignment a ON a.buyer_id = o.id AND a.starts_at <= %(now)s
  AND (a.ends_at IS NULL OR a.ends_at > %(now)s)
LEFT JOIN parties_organization p ON p.id = a.partner_id
"""
_IN_ROLE = """(%(role)s = '' OR EXISTS (SELECT FROM parties_organizationrole r
                                WHERE r.organization_id = o.id AND r.role = %(role)s))"""
_ORGANIZATIONS = f"""
{_COMPANIES}
WHERE (%(before)s::bigint IS NULL OR o.id < %(before)s::bigint)
  AND {_IN_ROLE}
ORDER BY o.id DESC LIMIT %(limit)s
"""


def organizations(
    actor: Actor, *, role: str = "", before_id: int | None = None, limit: int = 50
) -> list[OrganizationRow]:
    """All companies, newest first, for those who admit them. One statement.

    Refuses: Denied("party.admit").
    """
    actor.require("party.admit")
    found = sql.rows(_ORGANIZATIONS, {"before": before_id, "role": role, "limit": limit, "now": now()})
    return [_company(row) for row in found]


def _company(row: sql.Row) -> OrganizationRow:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return OrganizationRow(*values)


_COMPANY_SORTS = {"name": "o.name", "since": "o.id", "country": "o.country"}


def organization_list(actor: Actor, wanted: Wanted) -> Found:
    """All companies, for those who admit them. Filter: role. Text: any of its names. Two statements.

    Refuses: Denied("party.admit").
    """
    actor.require("party.admit")
    by_text = "(%(text)s = '' OR o.name ILIKE %(like)s::text OR o.legal_name ILIKE %(like)s::text)"
    where = f"WHERE {_IN_ROLE} AND {by_text}"
    params = {"role": wanted.filters.get("role", ""), "text": wanted.text, "limit": wanted.limit,
              "like": like(wanted.text), "offset": wanted.offset, "now": now()}  # fmt: skip
    column = _COMPANY_SORTS.get(wanted.sort, "o.id")
    way = "ASC" if wanted.sort and not wanted.descending else "DESC"
    page = f"{_COMPANIES} {where} ORDER BY {column} {way}, o.id {way} LIMIT %(limit)s OFFSET %(offset)s"
    count = f"SELECT count(*) FROM (SELECT FROM parties_organization o {where} LIMIT {COUNTED + 1}) AS counted"
    rows = [_company(row) for row in sql.rows(page, params)]
    return Found(rows, *counted(sql.rows(count, params)[0][0]))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person at work in a company: in which role, with which job."""

    name: str
    email: str
    role: str
    job: str


def get_company(actor: Actor, ref: str) -> OrganizationRow:
    """One company with all that its list shows, for those who admit companies. One statement.

    Refuses: Denied("party.admit"), NotFound.
    """
    actor.require("party.admit")
    found = sql.rows(f"{_COMPANIES} WHERE o.ref = %(ref)s", {"ref": ref[:40], "now": now()})
    if not found:
        raise NotFound(what="organization", ref=ref)
    row = found[0]
    return _company(row)


def people_of(actor: Actor, organization_ref: str) -> list[PersonRow]:
    """Who works in a company now, for those who admit people. One statement. Refuses: Denied("party.admit")."""
    actor.require("party.admit")
    found = Membership.objects.filter(organization__ref=organization_ref, ends_at=None).order_by("id")
    rows = found.values_list("user__name", "user__email", "role", "job")
    return [PersonRow(name, email or "", role, job) for name, email, role, job in rows]


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """A time in which a company took no new orders."""

    starts_at: dt.datetime
    reason: str
    by: str
    ends_at: dt.datetime | None
    end_reason: str
    ended_by: str


def suspensions_of(actor: Actor, organization_ref: str) -> list[SuspensionRow]:
    """When a company was suspended, by whom and why, newest first. One statement. Refuses: Denied("party.admit")."""
    actor.require("party.admit")
    found = Suspension.objects.filter(organization__ref=organization_ref).order_by("-id")
    columns = ("starts_at", "reason", "by__name", "ends_at", "end_reason", "ended_by__name")
    return [
        SuspensionRow(starts, reason, by or "", ends, why, ended or "")
        for starts, reason, by, ends, why, ended in found.values_list(*columns)[:50]
    ]


def suspended_among(ids: Sequence[int]) -> list[str]:
    """The names of suspended organizations among these."""
    return list(
        Organization.objects.filter(pk__in=set(ids), suspended_at__isnull=False)
        .order_by("id")
        .values_list("name", flat=True)
    )


def acting_for(actor: Actor, party: Party, role: str) -> Actor:
    """A company's workspace worked by the platform itself, as when its old invoices are replayed.

    Refuses: Denied, unless the actor is the system or may admit parties.
    """
    actor.require("party.admit")
    return Actor(None, "", party.id, party.ref, role, permissions_of(role), actor.via)
