"""Workspaces: what a person or a program's key opens, and under which terms it trades."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import OuterRef, Subquery

from trivium.core import limits, sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.models import QuerySet
from trivium.parties.errors import NoPartner
from trivium.parties.models import Membership, OrganizationRole, User
from trivium.parties.rules import TradingTerms, rights_of

_rights = lru_cache(maxsize=256)(rights_of)


@lru_cache(maxsize=512)
def _rights_of_key(role: str, job: str, makers_job: str, grade: tuple[str, ...] | None) -> frozenset[str]:
    """A key has the rights of its job, and never more than whoever made it has now."""
    return _rights(role, job, grade) & _rights(role, makers_job, grade)


_scopes = lru_cache(maxsize=256)(frozenset[str])


@dataclass(frozen=True, slots=True)
class Workspace:
    """One (organization, role) a person can work in; `grade` are the rights a partner's grade gives, if it has one."""

    organization_ref: str
    organization_name: str
    role: str
    job: str
    organization_id: int
    grade: tuple[str, ...] | None


def hash_key(secret: str) -> bytes:
    """How a key is kept: SHA-256 of its secret (160 random bits need no slow hash)."""
    return hashlib.sha256(secret.encode()).digest()


def actor_of(user_id: int, organization_ref: str | None = None, role: str | None = None) -> Actor | None:
    """A person's workspace: the named one, else the first they have; None if they have none such."""
    found = Membership.objects.filter(user_id=user_id, user__is_active=True, ends_at=None)
    if organization_ref and role:
        found = found.filter(organization__ref=organization_ref, role=role)
    grade = OrganizationRole.objects.filter(organization_id=OuterRef("organization_id"), role=OuterRef("role"))
    found = found.annotate(grade=Subquery(grade.values("grade__rights")[:1])).order_by("id")
    row = found.values_list("user__ref", "organization_id", "organization__ref", "role", "job", "grade").first()
    if row is None:
        return None
    user_ref, organization_id, org_ref, its_role, job, rights = row
    return Actor(
        user_id, user_ref, organization_id, org_ref, its_role, _rights(its_role, job, _grade(rights)), "web"
    )


def _grade(rights: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if rights is None else tuple(rights)


def workspaces_of(user_id: int) -> list[Workspace]:
    """Every workspace a person can switch to. One statement."""
    found = signed_in(user_id)
    return found.workspaces or [] if found else []


_WORKSPACES = """(
SELECT json_agg(json_build_array(o.ref, o.name, m.role, m.job, o.id, g.rights) ORDER BY m.id)
FROM parties_membership m JOIN parties_organization o ON o.id = m.organization_id
LEFT JOIN parties_organizationrole r ON r.organization_id = m.organization_id AND r.role = m.role
LEFT JOIN parties_partnergrade g ON g.id = r.grade_id
WHERE m.user_id = t.id AND m.ends_at IS NULL)::text"""
_PREFERENCES = """(
SELECT json_agg(json_build_array(p.workspace, p.name, p.value))
FROM parties_preference p WHERE p.user_id = t.id)::text"""


def actor_in(user_id: int, user_ref: str, workspace: Workspace) -> Actor:
    """A person at work in one of their workspaces, as `workspaces_of` found them."""
    rights = _rights(workspace.role, workspace.job, workspace.grade)
    organization = (workspace.organization_id, workspace.organization_ref)
    return Actor(user_id, user_ref, *organization, workspace.role, rights, "web")


def signed_in(user_id: int) -> User | None:
    """The person a session was begun for, with their workspaces and preferences; None for whoever may not sign in.

    One short statement: every page begins with it.
    """
    along = {"workspaces": _WORKSPACES, "preferences": _PREFERENCES}
    person = QuerySet(User).read("WHERE t.id = %(id)s AND t.is_active", {"id": user_id}, along=along)
    for each in person:
        each.preferences = json.loads(each.preferences or "[]")
        each.workspaces = [Workspace(*(*row[:5], _grade(row[5]))) for row in json.loads(each.workspaces or "[]")]
    return person[0] if person else None


def person(user_id: int) -> User:
    """The signed-in person.

    Refuses: NotFound.
    """
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise NotFound(what="person", ref=str(user_id))
    return found


def people_by_id(ids: Collection[int]) -> dict[int, User]:
    """Those of these people who may sign in, by key. One statement."""
    found = QuerySet(User).read("WHERE t.id = ANY(%(ids)s::bigint[]) AND t.is_active", {"ids": list(set(ids))})
    return {each.pk: each for each in found}


_PLACES = """
SELECT m.user_id, m.organization_id, m.role, u.ref, o.ref, m.job, g.rights
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS w(user_id, organization_id, role)
JOIN parties_membership m ON m.user_id = w.user_id AND m.organization_id = w.organization_id AND m.role = w.role
  AND m.ends_at IS NULL
JOIN parties_user u ON u.id = m.user_id AND u.is_active
JOIN parties_organization o ON o.id = m.organization_id
LEFT JOIN parties_organizationrole r ON r.organization_id = m.organization_id AND r.role = m.role
LEFT JOIN parties_partnergrade g ON g.id = r.grade_id
"""


def actors_at(places: Collection[tuple[int, int, str]]) -> dict[tuple[int, int, str], Actor]:
    """People at work in (organization, role), where they are that still. One statement."""
    return {
        (user_id, organization_id, role): Actor(
            user_id, user_ref, organization_id, organization_ref, role, _rights(role, job, _grade(grade)), "web"
        )
        for user_id, organization_id, role, user_ref, organization_ref, job, grade in sql.rows(
            _PLACES, sql.columns(list(set(places)), 3)
        )
    }


_STAMPS = """
SELECT m.user_id, m.organization_id, m.role, u.password
FROM parties_membership m JOIN parties_user u ON u.id = m.user_id
JOIN unnest(%s::bigint[], %s::bigint[], %s::text[]) AS o(user_id, organization_id, role)
ON o.user_id = m.user_id AND o.organization_id = m.organization_id AND o.role = m.role
WHERE m.ends_at IS NULL AND u.is_active
"""


def stamps_of(places: Collection[tuple[int, int, str]]) -> dict[tuple[int, int, str], str]:
    """Of (person, organization, role): the stamp of the person's password, where they may work there. One statement."""
    return {(user, organization, role): stamp_of(password)
            for user, organization, role, password in sql.rows(_STAMPS, sql.columns(list(places), 3))}  # fmt: skip


def stamp_of(password: str) -> str:
    """What changes with a person's password and does not give it away."""
    return hashlib.sha256(password.encode()).hexdigest()


_TERM_COLUMNS = """b.id, b.ref, b.level, p.id, p.ref, p.confirms_by_rule, p.is_house, b.currency, b.country, b.region,
       t.threshold, coalesce(t.needed, 0), b.suspended_at IS NULL AND p.suspended_at IS NULL,
       EXISTS (SELECT FROM parties_approvalrule x
               WHERE x.organization_id = b.id AND x.name <> '' AND x.ended_at IS NULL)
       OR EXISTS (SELECT FROM parties_membership l WHERE l.organization_id = b.id AND l.role = 'buyer'
                  AND (l.spending_limit IS NOT NULL OR l.monthly_limit IS NOT NULL) AND l.ends_at IS NULL),
       parties_wanted_agreement(b.id, 'buyer', %(at)s),
       EXISTS (SELECT FROM parties_costcentre c WHERE c.organization_id = b.id AND c.ended_at IS NULL)"""
_TERM_JOINS = """
JOIN parties_assignment a ON a.buyer_id = b.id AND a.starts_at <= %(at)s AND (a.ends_at IS NULL OR a.ends_at > %(at)s)
JOIN parties_organization p ON p.id = a.partner_id
LEFT JOIN parties_approvalrule t ON t.organization_id = b.id AND t.act = 'order.place' AND t.currency = b.currency
  AND t.name = ''
"""
_TERMS = f"SELECT {_TERM_COLUMNS} FROM parties_organization b {_TERM_JOINS} WHERE b.id = %(buyer)s"
# A key opens its workspace only while its maker works there, and never with more rights than the maker has now.
# A key's workspace and, where it is a buyer's that somebody serves, its terms: what every request of a program needs;
# and, on the way, one piece of what the key may ask in a minute.
_OPENED = """
SELECT k.ref, k.role, k.job, k.makers_job, k.scopes, k.user_id, k.user_ref, k.rights, o.id, o.ref, {meter}, {columns}
FROM {key} k JOIN parties_organization o ON o.id = k.organization_id {taken}
LEFT JOIN (parties_organization b {terms}) ON b.id = o.id AND k.role = 'buyer'
"""
_KEY = """
SELECT k.ref, k.role, k.job, k.scopes, k.user_id, k.organization_id, u.ref AS user_ref, g.rights,
       m.job AS makers_job
FROM parties_apikey k JOIN parties_user u ON u.id = k.user_id
JOIN parties_membership m ON m.user_id = k.user_id AND m.organization_id = k.organization_id AND m.role = k.role
  AND m.ends_at IS NULL
JOIN parties_organizationrole r ON r.organization_id = k.organization_id AND r.role = k.role
LEFT JOIN parties_partnergrade g ON g.id = r.grade_id
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
    key_ref, role, *jobs, scopes, user_id, user_ref, grade, organization_id, organization_ref = found[0][:10]
    taken, before, *terms = found[0][10:]
    via, rights = f"api:{key_ref}", _rights_of_key(role, *jobs, _grade(grade))
    actor = Actor(
        user_id, user_ref, organization_id, organization_ref, role, rights, via, _scopes(tuple(scopes))
    )
    left = limits.allowance(limit, taken, before)
    return Opened(actor, TradingTerms(*terms) if terms[0] is not None else None, left)


_HELD = " FOR KEY SHARE OF a"


def trading_terms(buyer_id: int, at: dt.datetime, *, held: bool = False) -> TradingTerms:
    """Under which terms a buyer trades at a moment. One statement.

    `held`: no cut-over can take effect before this transaction ends, so what is ordered at `at` is ordered under the
    partner of that moment. Whoever waited for one may find the assignment it looked at ended, and looks again.
    Refuses: NoPartner, if nobody is assigned to it then.
    """
    statement, asked = _TERMS + _HELD if held else _TERMS, {"buyer": buyer_id, "at": at}
    found = sql.rows(statement, asked)
    if not found and held:
        found = sql.rows(statement, asked)
    if not found:
        raise NoPartner()
    return TradingTerms(*found[0])


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
