"""The people of a company as it sees them: who works there as what, who is invited, and what has happened."""

import datetime as dt
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.parties.errors import NoSuchCostCentre
from trivium.parties.models import Invitation
from trivium.parties.rules import TradingTerms


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person in this workspace. Mail address and limits are None for readers who do not administrate it, but for
    their own."""

    ref: str
    name: str
    email: str | None
    job: str
    department_ref: str
    department: str
    cost_centre_ref: str
    cost_centre: str
    spending_limit: int | None
    monthly_limit: int | None
    currency: str
    since: dt.datetime | None
    keys: int


_COLLEAGUES = """
SELECT u.ref, u.name, u.email, m.job, coalesce(d.ref, ''), coalesce(d.name, ''), coalesce(c.ref, ''),
       coalesce(c.code || ' ' || c.name, ''), m.spending_limit, m.monthly_limit, o.currency, m.since,
       (SELECT count(*) FROM parties_apikey k WHERE k.user_id = u.id AND k.organization_id = o.id
        AND k.role = m.role AND k.revoked_at IS NULL)
FROM parties_membership m JOIN parties_user u ON u.id = m.user_id
JOIN parties_organization o ON o.id = m.organization_id
LEFT JOIN parties_department d ON d.id = m.department_id LEFT JOIN parties_costcentre c ON c.id = m.cost_centre_id
WHERE m.organization_id = %s AND m.role = %s AND m.ends_at IS NULL ORDER BY m.id
"""


def colleagues(actor: Actor) -> list[Colleague]:
    """Who works in this workspace, longest first. One statement."""
    found = [Colleague(*row) for row in sql.rows(_COLLEAGUES, [actor.organization_id or 0, actor.role])]
    return found if actor.may("party.edit") else [_in_short(row, actor) for row in found]


def _in_short(row: Colleague, actor: Actor) -> Colleague:
    if row.ref == actor.user_ref:
        return replace(row, email=None, keys=0)
    return replace(row, email=None, keys=0, spending_limit=None, monthly_limit=None)


_SUCCESSORS = """
SELECT u.ref FROM parties_membership m JOIN parties_user u ON u.id = m.user_id AND u.is_active
JOIN parties_organization o ON o.id = m.organization_id
WHERE o.ref = %(company)s AND m.role = 'buyer' AND m.ends_at IS NULL
ORDER BY u.ref = %(gone)s DESC, u.ref = %(wanted)s DESC, m.job = 'admin' DESC, m.id LIMIT 1 FOR SHARE OF m
"""


def lock_successor(company_ref: str, gone_ref: str, wanted_ref: str) -> str | None:
    """Who goes on with what a leaver was about to order: whoever is wanted, else the longest-serving administrator who
    buys, else whoever does; they cannot leave before this transaction ends. None if nobody buys there, or the leaver
    has come back. One statement.
    """
    found = sql.rows(_SUCCESSORS, {"company": company_ref, "gone": gone_ref, "wanted": wanted_ref})
    return str(found[0][0]) if found and found[0][0] != gone_ref else None


def get_colleague(actor: Actor, ref: str) -> Colleague:
    """One person in this workspace. Refuses: NotFound."""
    found = next((row for row in colleagues(actor) if row.ref == ref), None)
    if found is None:
        raise NotFound(what="person", ref=ref)
    return found


@dataclass(frozen=True, slots=True)
class Inside:
    """A department, or a cost centre (which has a code). Of a department, `parent_ref` is the one it lies in ("" at the
    top) and `depth` how many lie above it."""

    ref: str
    code: str
    name: str
    people: int
    parent_ref: str = ""
    depth: int = 0

    @property
    def indented(self) -> str:
        """The name as a list of the tree shows it."""
        return "– " * self.depth + self.name


_PEOPLE = """(SELECT count(DISTINCT m.user_id) FROM parties_membership m
              WHERE m.{kind}_id = p.id AND m.ends_at IS NULL)"""
_TREE = f"""
WITH RECURSIVE tree AS (
    SELECT d.id, d.ref, d.name, ''::varchar AS parent_ref, 0 AS depth, ARRAY[lower(d.name)] AS way
    FROM parties_department d WHERE d.organization_id = %s AND d.ended_at IS NULL AND d.parent_id IS NULL
    UNION ALL
    SELECT d.id, d.ref, d.name, t.ref, t.depth + 1, t.way || lower(d.name) FROM parties_department d
    JOIN tree t ON d.parent_id = t.id WHERE d.ended_at IS NULL
)
SELECT p.ref, '', p.name, {_PEOPLE.format(kind="department")}, p.parent_ref, p.depth FROM tree p ORDER BY p.way
"""
_CENTRES = f"""
SELECT p.ref, p.code, p.name, {_PEOPLE.format(kind="cost_centre")}
FROM parties_costcentre p WHERE p.organization_id = %s AND p.ended_at IS NULL ORDER BY 2, 3
"""


def departments(actor: Actor) -> list[Inside]:
    """The departments of the reader's company as a tree: each before those below it, by name. One statement."""
    return [Inside(*row) for row in sql.rows(_TREE, [actor.organization_id or 0])]


def cost_centres(actor: Actor) -> list[Inside]:
    """The cost centres of the reader's company, by code. One statement."""
    return [Inside(*row) for row in sql.rows(_CENTRES, [actor.organization_id or 0])]


@dataclass(frozen=True, slots=True)
class Booked:
    """The cost centre an order is booked on."""

    id: int
    ref: str
    code: str


_BOOKED = """
SELECT c.id, c.ref, c.code FROM parties_costcentre c
WHERE c.organization_id = %(buyer)s AND c.ended_at IS NULL AND CASE WHEN %(code)s::text <> '' THEN c.code = %(code)s
      ELSE c.id = (SELECT m.cost_centre_id FROM parties_membership m WHERE m.organization_id = %(buyer)s
                   AND m.user_id = %(person)s AND m.role = 'buyer' AND m.ends_at IS NULL) END
"""


def booked_on(terms: TradingTerms, person_id: int | None, code: str = "") -> Booked | None:
    """The cost centre an order is booked on: the buyer's one that is named, else the person's own, if they have one.
    One statement, none where the company has no cost centre.

    Refuses: NoSuchCostCentre.
    """
    found = []
    if terms.has_cost_centres:
        whose = {"buyer": terms.buyer_id, "person": person_id or 0, "code": code}
        found = [Booked(*row) for row in sql.rows(_BOOKED, whose)]
    if code and not found:
        raise NoSuchCostCentre(code=code[:20], field="cost_centre")
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that is open, or has expired unused."""

    ref: str
    email: str
    job: str
    invited_by: str
    invited_at: dt.datetime
    expires_at: dt.datetime


def invitations(actor: Actor) -> list[InvitationRow]:
    """Who was asked to work in this workspace and has not come yet, newest first. Refuses: Denied("party.edit")."""
    actor.require("party.edit")
    here = {"organization_id": actor.organization_id or 0, "role": actor.role}
    found = Invitation.objects.filter(**here, accepted_at=None, withdrawn_at=None).order_by("-id")
    names = ("ref", "email", "job", "invited_by__name", "invited_at", "expires_at")
    return [InvitationRow(*row) for row in found.values_list(*names)]


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation's link opens, for whoever holds it; `person_id` is whose mail address it is, if they have a
    sign-in."""

    ref: str
    email: str
    organization: str
    role: str
    job: str
    invited_by: str
    expires_at: dt.datetime
    is_open: bool
    person_id: int | None


_BY_MAIL = """COALESCE((SELECT u.id FROM parties_user u WHERE lower(u.email) = {mail} LIMIT 1),
    (SELECT e.user_id FROM account_emailaddress e WHERE lower(e.email) = {mail} AND e.verified LIMIT 1))"""
_INVITED = """
SELECT i.ref, i.email, o.name, i.role, i.job, b.name, i.expires_at,
       i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > %(at)s,
       {person}
FROM parties_invitation i JOIN parties_organization o ON o.id = i.organization_id
JOIN parties_user b ON b.id = i.invited_by_id WHERE i.token_hash = %(hash)s
""".replace("{person}", _BY_MAIL.format(mail="i.email"))


def invited(token: str, at: dt.datetime) -> Invited:
    """What a link opens at a moment. One statement. Refuses: NotFound."""
    found = sql.rows(_INVITED, {"at": at, "hash": hash_token(token)})
    if not found:
        raise NotFound(what="invitation", ref=token[:8])
    return Invited(*found[0])


def person_by_mail(email: str) -> int | None:
    """The key of whoever signs in with this mail address, its own or a confirmed further one. One statement."""
    found = sql.rows(f"SELECT {_BY_MAIL.format(mail='%(mail)s')}", {"mail": email.lower()})
    return int(found[0][0]) if found[0][0] is not None else None


@dataclass(frozen=True, slots=True)
class InvitationLetter:
    """What the mail of an invitation says, and to whom; the link's secret with it."""

    email: str
    locale: str
    organization: str
    role: str
    invited_by: str
    expires_at: dt.datetime
    token: str


def invitation_letter(ref: str, at: dt.datetime) -> InvitationLetter | None:
    """The mail of an invitation that is still open, for the platform's own jobs; None if there is nothing to send."""
    found = Invitation.objects.filter(ref=ref, accepted_at=None, withdrawn_at=None, expires_at__gt=at)
    names = ("email", "locale", "organization__name", "role", "invited_by__name", "expires_at")
    row = found.values_list(*names).first()
    return InvitationLetter(*(*row, invitation_token(ref))) if row else None


def invitation_token(ref: str) -> str:
    """The secret of an invitation's link: made from its reference by whoever holds the platform's key, and not kept."""
    return link_token("invitation", ref)


def link_token(use: str, ref: str) -> str:
    """The secret of a link that a mail carries, by what the link is for and the reference of what it opens."""
    pad = hmac.digest(settings.SECRET_KEY.encode(), f"{use}\n{ref}".encode(), "sha256")
    return urlsafe_b64encode(pad[:24]).decode()


def hash_token(token: str) -> bytes:
    """How a link's secret is kept: SHA-256 (192 random bits need no slow hash)."""
    return hashlib.sha256(token[:200].encode()).digest()


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to the people of a company; `who` and `by` are names, where somebody is behind it."""

    at: dt.datetime
    name: str
    who: str
    by: str
    data: Mapping[str, Any]


TOLD = ("PersonInvited", "InvitationWithdrawn", "PersonJoined", "PlaceChanged", "PersonLeft", "CompanyArranged",
        "OrderRuleSet", "DeputyNamed")
_HISTORY = """
SELECT e.at, e.name, coalesce(u.name, i.email, d.name, c.code, r.name, ''), coalesce(b.name, ''), e.data::text
FROM core_event e
LEFT JOIN parties_user u ON u.ref = e.subject LEFT JOIN parties_invitation i ON i.ref = e.subject
LEFT JOIN parties_department d ON d.ref = e.subject LEFT JOIN parties_costcentre c ON c.ref = e.subject
LEFT JOIN parties_approvalrule r ON r.ref = e.subject
LEFT JOIN parties_user b ON b.ref = split_part(e.actor, '@', 1)
WHERE e.audience @> %s::jsonb AND e.name = ANY(%s::text[]) ORDER BY e.id DESC LIMIT %s
"""


def people_history(actor: Actor, *, limit: int = 1000) -> list[Happened]:
    """What has happened to people and order of the reader's company, newest first. One statement.

    Refuses: Denied("party.edit").
    """
    actor.require("party.edit")
    own = json.dumps([actor.organization_ref])
    found = sql.rows(_HISTORY, [own, list(TOLD), limit])
    return [Happened(*(*row[:4], json.loads(row[4]))) for row in found]
