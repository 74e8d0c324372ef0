"""Roles, jobs inside a company, and what they may do."""

from enum import StrEnum

from trivium.core.permissions import declare, permissions_of
from trivium.parties.errors import BadCountry, BadCurrency, BadJob
from trivium.parties.rules.grades import graded


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


PERMISSIONS = declare(
    {
        "party.admit": (Role.OPERATOR,),
        "change.review": (Role.OPERATOR,),
        "party.assign_buyer": (Role.OPERATOR,),
        "party.enter": (Role.OPERATOR,),
        "grade.edit": (Role.OPERATOR,),
        "party.edit": (Role.OPERATOR, Role.SUPPLIER, Role.PARTNER, Role.BUYER),
        "apikey.manage": (Role.OPERATOR, Role.SUPPLIER, Role.PARTNER, Role.BUYER),
        "approval.arrange": (Role.BUYER,),
        "approval.decide": (Role.OPERATOR, Role.BUYER),
        "budget.set": (Role.OPERATOR, Role.BUYER),
        "credit.set": (Role.OPERATOR,),
        "application.review": (Role.OPERATOR,),
        "application.file": (Role.SUPPLIER, Role.PARTNER, Role.BUYER),
        "screening.edit": (Role.OPERATOR,),
        "privacy.edit": (Role.OPERATOR,),
        "agreement.edit": (Role.OPERATOR,),
        "agreement.sign": (Role.SUPPLIER, Role.PARTNER, Role.BUYER),
    }
)

# What only some jobs may do; a right that is not named here is open to every job of a workspace that has it.
_RESERVED = {
    "party.admit": frozenset({Job.ADMIN}),
    "party.enter": frozenset({Job.ADMIN}),
    "application.review": frozenset({Job.ADMIN, Job.APPROVER}),
    "application.file": frozenset({Job.ADMIN}),
    "screening.edit": frozenset({Job.ADMIN}),
    "privacy.edit": frozenset({Job.ADMIN}),
    "grade.edit": frozenset({Job.ADMIN}),
    "agreement.edit": frozenset({Job.ADMIN}),
    "agreement.sign": frozenset({Job.ADMIN}),
    "change.review": frozenset({Job.ADMIN, Job.APPROVER}),
    "credit.set": frozenset({Job.ADMIN, Job.FINANCE}),
    "approval.decide": frozenset({Job.ADMIN, Job.APPROVER, Job.FINANCE}),
    "approval.arrange": frozenset({Job.ADMIN}),
    "apikey.manage": frozenset({Job.ADMIN}),
    "party.edit": frozenset({Job.ADMIN}),
    "budget.set": frozenset({Job.ADMIN, Job.FINANCE}),
    "payout.propose": frozenset({Job.ADMIN, Job.FINANCE}),
}


def rights_of(role: str, job: str, grade: tuple[str, ...] | None = None) -> frozenset[str]:
    """The rights of a person with this job in a workspace of this role; of a partner, under its grade's rights."""
    rights = frozenset(right for right in permissions_of(role) if job in _RESERVED.get(right, (job,)))
    return graded(rights, grade) if role == Role.PARTNER else rights


def check_job(value: str) -> None:
    """Whether this is one of the jobs.

    Refuses: BadJob.
    """
    if value not in set(Job):
        raise BadJob(job=value[:20], field="job")


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
