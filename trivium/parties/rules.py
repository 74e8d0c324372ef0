"""Roles, jobs inside a company, and who may decide: pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from trivium.core.i18n import gettext_noop as _
from trivium.core.permissions import declare, permissions_of
from trivium.parties.errors import BadCountry, BadCurrency, BadJob, BadPreference, BadScope, NoScope, ScopeBeyondOwn


class Role(StrEnum):
    OPERATOR = "operator"
    SUPPLIER = "supplier"
    PARTNER = "partner"
    BUYER = "buyer"


class Job(StrEnum):
    """What a person does in the company; it narrows the rights of the workspace."""

    ADMIN = "admin"
    STAFF = "staff"
    APPROVER = "approver"
    FINANCE = "finance"
    REQUESTER = "requester"


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PERMISSIONS = declare(
    {
        "party.admit": (Role.OPERATOR,),
        "party.assign_buyer": (Role.OPERATOR,),
        "party.edit": (Role.OPERATOR, Role.SUPPLIER, Role.PARTNER, Role.BUYER),
        "apikey.manage": (Role.OPERATOR, Role.SUPPLIER, Role.PARTNER, Role.BUYER),
        "approval.decide": (Role.OPERATOR, Role.BUYER),
        "budget.set": (Role.OPERATOR, Role.BUYER),
        "credit.set": (Role.OPERATOR,),
    }
)

# What only some jobs may do; a right that is not named here is open to every job of a workspace that has it.
_RESERVED = {
    "party.admit": frozenset({Job.ADMIN}),
    "credit.set": frozenset({Job.ADMIN, Job.FINANCE}),
    "approval.decide": frozenset({Job.ADMIN, Job.APPROVER, Job.FINANCE}),
    "apikey.manage": frozenset({Job.ADMIN}),
    "party.edit": frozenset({Job.ADMIN}),
    "budget.set": frozenset({Job.ADMIN, Job.FINANCE}),
    "payout.propose": frozenset({Job.ADMIN, Job.FINANCE}),
}


# What a key may be used for, area by area; each can be read and written. The reference page lists them.
SCOPE_AREAS = {
    "company": _("Own company, people, roles and approval rules"),
    "approvals": _("Inner approvals"),
    "keys": _("API keys"),
    "catalog": _("Categories, products and the shelf"),
    "stock": _("Stock, its movements and locations"),
    "prices": _("Price lists, contract prices and freight"),
    "discounts": _("Promotions and coupons"),
    "contracts": _("Share contracts"),
    "orders": _("Cart, orders and their confirmations"),
    "shipments": _("Shipments and their tracking"),
    "money": _("Payments, refunds, statements, payouts, accounts and budgets"),
    "notices": _("Notices"),
    "imports": _("Imports of invoice files"),
}
SCOPES = tuple(f"{area}:{how}" for area in SCOPE_AREAS for how in ("read", "write"))
DEFAULT_SCOPES = ("company:read", "catalog:read", "orders:read")
"""What a key can do if nobody says otherwise: know whose it is, and read the shelf and its own orders."""


def rights_of(role: str, job: str) -> frozenset[str]:
    """The rights of a person with this job in a workspace of this role."""
    return frozenset(right for right in permissions_of(role) if job in _RESERVED.get(right, (job,)))


def check_job(value: str) -> None:
    """Whether this is one of the jobs.

    Refuses: BadJob.
    """
    if value not in set(Job):
        raise BadJob(job=value[:20], field="job")


def check_scopes(wanted: Sequence[str], own: frozenset[str] | None) -> list[str]:
    """The scopes of a new key, in the order of the list; `own` are those of the key it is made with, if it is.

    Refuses: NoScope (none), BadScope (unknown), ScopeBeyondOwn (what the maker's own key does not have).
    """
    if not wanted:
        raise NoScope(field="scopes")
    for scope in wanted:
        if scope not in SCOPES:
            raise BadScope(scope=scope[:40], field="scopes")
        if own is not None and scope not in own:
            raise ScopeBeyondOwn(scope=scope, field="scopes")
    return [scope for scope in SCOPES if scope in wanted]


def check_country(value: str) -> str:
    """An ISO 3166 code, as it is stored.

    Refuses: BadCountry.
    """
    if not (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()):
        raise BadCountry(value=value[:20], field="country")
    return value


def check_currency(value: str) -> str:
    """An ISO 4217 code, as it is stored.

    Refuses: BadCurrency.
    """
    if not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise BadCurrency(value=value[:20], field="currency")
    return value


VIEWS = "views/"
"""Before the name of a list: the preference that holds its saved views."""
MOST_PREFERENCES, MOST_VIEWS = 100, 20
LONGEST_PREFERENCE = 8000
_NAME_OF_PREFERENCE = re.compile(r"[a-z_]+(/[a-z_]+)?")


def check_preference(name: str, value: object) -> None:
    """Whether something can be kept as a person's setting.

    Refuses: BadPreference.
    """
    if len(name) > 60 or not _NAME_OF_PREFERENCE.fullmatch(name) or len(json.dumps(value)) > LONGEST_PREFERENCE:
        raise BadPreference()


@dataclass(frozen=True, slots=True)
class TradingTerms:
    """Under which terms a buyer trades now: who its partner is, in which currency and at which level.

    `approval_over` is the order total in minor units from which its own company asks for `approvals_needed`
    approvals; None asks for none.
    """

    buyer_id: int
    buyer_ref: str
    buyer_level: str
    partner_id: int
    partner_ref: str
    partner_confirms_by_rule: bool
    partner_is_house: bool
    currency: str
    country: str
    region: str
    approval_over: int | None
    approvals_needed: int
    may_order: bool


def verdict(needed: int, votes: list[bool]) -> ApprovalStatus:
    """How an approval stands: one no declines it, `needed` yeses approve it."""
    if not all(votes):
        return ApprovalStatus.DECLINED
    return ApprovalStatus.APPROVED if len(votes) >= needed else ApprovalStatus.WAITING
