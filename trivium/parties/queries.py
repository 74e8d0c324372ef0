"""Reads of parties."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef

from trivium.core import limits, sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.faults import Check, Fault, all_of, faults_in
from trivium.core.lists import COUNTED, Found, Wanted, counted
from trivium.core.permissions import permissions_of
from trivium.parties.errors import NoPartner
from trivium.parties.models import Approval, ApprovalVote, Membership, Organization, User
from trivium.parties.rules import Role, TradingTerms, rights_of

_rights = lru_cache(maxsize=64)(rights_of)
_scopes = lru_cache(maxsize=256)(frozenset[str])


@dataclass(frozen=True, slots=True)
class Workspace:
    """One (organization, role) a person can work in."""

    organization_ref: str
    organization_name: str
    role: str
    job: str


@dataclass(frozen=True, slots=True)
class Party:
    """The public face of an organization."""

    id: int
    ref: str
    name: str
    currency: str


def hash_key(secret: str) -> bytes:
    """How a key is kept: SHA-256 of its secret (160 random bits need no slow hash)."""
    return hashlib.sha256(secret.encode()).digest()


def actor_of(user_id: int, organization_ref: str | None = None, role: str | None = None) -> Actor | None:
    """A person's workspace: the named one, else the first they have; None if they have none such."""
    found = Membership.objects.filter(user_id=user_id, user__is_active=True, ends_at=None)
    if organization_ref and role:
        found = found.filter(organization__ref=organization_ref, role=role)
    row = found.order_by("id").values_list("user__ref", "organization_id", "organization__ref", "role", "job").first()
    if row is None:
        return None
    user_ref, organization_id, org_ref, its_role, job = row
    return Actor(user_id, user_ref, organization_id, org_ref, its_role, _rights(its_role, job), "web")


def workspaces_of(user_id: int) -> list[Workspace]:
    """Every workspace a person can switch to."""
    found = Membership.objects.filter(user_id=user_id, ends_at=None).order_by("id")
    return [Workspace(*row) for row in found.values_list("organization__ref", "organization__name", "role", "job")]


def person(user_id: int) -> User:
    """The signed-in person."""
    return User.objects.get(pk=user_id)


_TERM_COLUMNS = """b.id, b.ref, b.level, p.id, p.ref, p.confirms_by_rule, p.is_house, b.currency, b.country, b.region,
       t.threshold, coalesce(t.needed, 0), b.suspended_at IS NULL AND p.suspended_at IS NULL"""
_TERM_JOINS = """
JOIN parties_assignment a ON a.buyer_id = b.id AND a.starts_at <= %(at)s AND (a.ends_at IS NULL OR a.ends_at > %(at)s)
JOIN parties_organization p ON p.id = a.partner_id
LEFT JOIN parties_approvalrule t ON t.organization_id = b.id AND t.act = 'order.place' AND t.currency = b.currency
"""
_TERMS = f"SELECT {_TERM_COLUMNS} FROM parties_organization b {_TERM_JOINS} WHERE b.id = %(buyer)s"
# A key's workspace and, where it is a buyer's that somebody serves, its terms: what every request of a program needs;
# and, on the way, one piece of what the key may ask in a minute.
_OPENED = """
SELECT k.ref, k.role, k.job, k.scopes, k.user_id, k.user_ref, o.id, o.ref, {meter}, {columns}
FROM {key} k JOIN parties_organization o ON o.id = k.organization_id {taken}
LEFT JOIN (parties_organization b {terms}) ON b.id = o.id AND k.role = 'buyer'
"""
_KEY = """
SELECT k.ref, k.role, k.job, k.scopes, k.user_id, k.organization_id, u.ref AS user_ref
FROM parties_apikey k JOIN parties_user u ON u.id = k.user_id
JOIN parties_organizationrole r ON r.organization_id = k.organization_id AND r.role = k.role
WHERE k.secret_hash = %(hash)s AND k.revoked_at IS NULL AND u.is_active
  AND (k.expires_at IS NULL OR k.expires_at > %(at)s)
"""


@lru_cache(maxsize=8)
def _by_key(limit: limits.Limit) -> str:
    parts = {"columns": _TERM_COLUMNS, "terms": _TERM_JOINS}
    if not limit.times:
        return _OPENED.format(**parts, key=f"({_KEY})", meter="NULL, NULL", taken="")
    was = limits.before("'key:' || k.ref")
    meter = f"m.ahead, CASE WHEN m.ahead IS NULL THEN {was} END"
    opened = _OPENED.format(**parts, key="found", meter=meter, taken="LEFT JOIN taken m ON true")
    take = limits.taking(limit, "'key:' || f.ref", "FROM found f")
    return f"WITH found AS ({_KEY}), taken AS ({take}) {opened}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens: a workspace; for a buyer that somebody serves, its terms; and how much it may still ask."""

    actor: Actor
    terms: TradingTerms | None
    allowance: limits.Allowance


def opened_by(secret: str, at: dt.datetime, limit: limits.Limit = limits.NONE) -> Opened | None:
    """What a program's key opens at a moment, counted against what it may ask in a minute; None if it opens nothing.

    One statement. The terms are None where nobody is assigned to the buyer, too.
    """
    found = sql.rows(_by_key(limit), {"hash": hash_key(secret), "at": at})
    if not found:
        return None
    key_ref, role, job, scopes, user_id, user_ref, organization_id, organization_ref, taken, before, *terms = found[0]
    via, rights = f"api:{key_ref}", _rights(role, job)
    actor = Actor(
        user_id, user_ref, organization_id, organization_ref, role, rights, via, _scopes(tuple(scopes))
    )
    left = limits.allowance(limit, taken, before)
    return Opened(actor, TradingTerms(*terms) if terms[0] is not None else None, left)


def trading_terms(buyer_id: int, at: dt.datetime) -> TradingTerms:
    """Under which terms a buyer trades at a moment. One statement.

    Refuses: NoPartner, if nobody is assigned to it then.
    """
    found = sql.rows(_TERMS, {"buyer": buyer_id, "at": at})
    if not found:
        raise NoPartner()
    return TradingTerms(*found[0])


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


def names_of(ids: Sequence[int]) -> dict[int, Party]:
    """Public faces by key, in one statement: for pages whose rows the reader may see already."""
    rows = Organization.objects.filter(pk__in=set(ids)).values_list("id", "ref", "name", "currency")
    return {row[0]: Party(*row) for row in rows}


def organizations_by_external_id(external_ids: Sequence[str]) -> dict[str, Party]:
    """Organizations by the id they had in another system (a replayed file, an ERP)."""
    rows = Organization.objects.filter(external_id__in=list(external_ids)).exclude(external_id="")
    return {row[4]: Party(*row[:4]) for row in rows.values_list("id", "ref", "name", "currency", "external_id")}


def house_partner() -> Party | None:
    """The operator's own partner, to whom direct buyers belong."""
    row = Organization.objects.filter(is_house=True).values_list("id", "ref", "name", "currency").first()
    return Party(*row) if row else None


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


_COMPANIES = """
SELECT o.id, o.ref, o.name, o.legal_name, o.country, o.currency,
       ARRAY(SELECT r.role FROM parties_organizationrole r WHERE r.organization_id = o.id ORDER BY r.id),
       COALESCE(p.name, ''), (SELECT count(DISTINCT m.user_id) FROM parties_membership m
                              WHERE m.organization_id = o.id AND m.ends_at IS NULL),
       o.is_house, o.suspended_at, o.created_at
FROM parties_organization o
LEFT JOIN parties_assignment a ON a.buyer_id = o.id AND a.ends_at IS NULL
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
    found = sql.rows(_ORGANIZATIONS, {"before": before_id, "role": role, "limit": limit})
    return [OrganizationRow(*(*row[:6], tuple(row[6]), *row[7:])) for row in found]


_COMPANY_SORTS = {"name": "o.name", "since": "o.id", "country": "o.country"}


def organization_list(actor: Actor, wanted: Wanted) -> Found:
    """All companies, for those who admit them. Filter: role. Text: any of its names. Two statements.

    Refuses: Denied("party.admit").
    """
    actor.require("party.admit")
    by_text = "(%(text)s = '' OR o.name ILIKE %(like)s::text OR o.legal_name ILIKE %(like)s::text)"
    where = f"WHERE {_IN_ROLE} AND {by_text}"
    params = {"role": wanted.filters.get("role", ""), "text": wanted.text, "limit": wanted.limit,
              "like": f"%{wanted.text}%", "offset": wanted.offset}  # fmt: skip
    column = _COMPANY_SORTS.get(wanted.sort, "o.id")
    way = "ASC" if wanted.sort and not wanted.descending else "DESC"
    page = f"{_COMPANIES} {where} ORDER BY {column} {way}, o.id {way} LIMIT %(limit)s OFFSET %(offset)s"
    count = f"SELECT count(*) FROM (SELECT FROM parties_organization o {where} LIMIT {COUNTED + 1}) AS counted"
    rows = [OrganizationRow(*(*row[:6], tuple(row[6]), *row[7:])) for row in sql.rows(page, params)]
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
    found = sql.rows(f"{_COMPANIES} WHERE o.ref = %(ref)s", {"ref": ref[:40]})
    if not found:
        raise NotFound(what="organization", ref=ref)
    row = found[0]
    return OrganizationRow(*(*row[:6], tuple(row[6]), *row[7:]))


def people_of(actor: Actor, organization_ref: str) -> list[PersonRow]:
    """Who works in a company now, for those who admit people. One statement. Refuses: Denied("party.admit")."""
    actor.require("party.admit")
    found = Membership.objects.filter(organization__ref=organization_ref, ends_at=None).order_by("id")
    return [PersonRow(*row) for row in found.values_list("user__name", "user__email", "role", "job")]


def suspended_among(ids: Sequence[int]) -> list[str]:
    """The names of suspended organizations among these."""
    return list(
        Organization.objects.filter(pk__in=set(ids), suspended_at__isnull=False)
        .order_by("id")
        .values_list("name", flat=True)
    )


def approvals_waiting(actor: Actor, *, limit: int = 50) -> list[dict[str, object]]:
    """What waits for a decision of this company, oldest first, in one statement.

    `mine` says the reader asked for it, `voted` that the reader has given a word on it already.
    """
    own_vote = ApprovalVote.objects.filter(approval_id=OuterRef("pk"), person_id=actor.user_id)
    rows = Approval.objects.filter(organization_id=actor.organization_id or 0, status="waiting").order_by("id")
    fields = ("ref", "act", "subject", "needed", "asked_at", "asked_by_id", "voted")
    found = rows.annotate(voted=Exists(own_vote)).values(*fields)[:limit]
    return [{**row, "mine": row["asked_by_id"] == actor.user_id} for row in found]


def approval_of(subject: str) -> Mapping[str, object] | None:
    """How the approval for a subject stands, or None if none was asked."""
    return Approval.objects.filter(subject=subject).values("ref", "status", "needed", "decided_at").first()


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of a workspace, without what it was hashed from."""

    ref: str
    label: str
    job: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    used_at: dt.datetime | None


_KEYS = """
SELECT k.ref, k.label, k.job, k.scopes, u.name, k.created_at, k.expires_at, greatest(k.used_at, b.used_at)
FROM parties_apikey k JOIN parties_user u ON u.id = k.user_id LEFT JOIN core_bucket b ON b.name = 'key:' || k.ref
WHERE k.organization_id = %s AND k.role = %s AND k.revoked_at IS NULL ORDER BY k.id
"""


def api_keys_of(actor: Actor) -> list[KeyRow]:
    """The keys of this workspace that are not revoked, oldest first, expired ones too. One statement.

    Refuses: Denied("apikey.manage").
    """
    actor.require("apikey.manage")
    found = sql.rows(_KEYS, [actor.organization_id or 0, actor.role])
    return [KeyRow(*(*row[:3], tuple(row[3]), *row[4:])) for row in found]


def acting_for(actor: Actor, party: Party, role: str) -> Actor:
    """A company's workspace worked by the platform itself, as when its old invoices are replayed.

    Refuses: Denied, unless the actor is the system or may admit parties.
    """
    actor.require("party.admit")
    return Actor(None, "", party.id, party.ref, role, permissions_of(role), actor.via)


# -- for the audit: promise 4 ----------------------------------------------------------------------------------------


def approvals_are_voted() -> Iterator[Fault]:
    """An approval stands as distinct people other than the asker have voted."""
    return faults_in(
        4,
        """
        SELECT 'approval ' || a.ref, 'for ' || a.subject || ' is ' || a.status || ' with ' || COALESCE(v.yes, 0)
               || ' of ' || a.needed || ' votes for it and ' || COALESCE(v.no, 0) || ' against'
               || CASE WHEN v.own THEN ', one of them the asker''s' ELSE '' END
        FROM parties_approval a LEFT JOIN (
            SELECT v.approval_id, count(DISTINCT v.person_id) FILTER (WHERE v.yes) AS yes,
                   count(*) FILTER (WHERE NOT v.yes) AS no, bool_or(v.person_id = q.asked_by_id) AS own
            FROM parties_approvalvote v JOIN parties_approval q ON q.id = v.approval_id
            GROUP BY v.approval_id) AS v ON v.approval_id = a.id
        WHERE v.own OR CASE a.status WHEN 'withdrawn' THEN 'waiting' ELSE a.status END
                       <> CASE WHEN v.no > 0 THEN 'declined' WHEN v.yes >= a.needed THEN 'approved'
                                        ELSE 'waiting' END
        ORDER BY a.id
        """,
    )


def buyers_have_one_partner() -> Iterator[Fault]:
    """No buyer belongs to two partners at any one time."""
    return faults_in(
        4,
        """
        SELECT 'assignment ' || a.id, 'gives buyer ' || COALESCE(o.ref, '?') || ' a second partner while assignment '
               || b.id || ' lasts'
        FROM parties_assignment a JOIN parties_assignment b ON b.buyer_id = a.buyer_id AND b.id < a.id
        LEFT JOIN parties_organization o ON o.id = a.buyer_id
        WHERE tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) ORDER BY a.id
        """,
    )


CHECKS: tuple[Check, ...] = (approvals_are_voted, buyers_have_one_partner)


def faults() -> Iterator[Fault]:
    """Every approval and assignment that breaks a promise."""
    return all_of(CHECKS)
