"""Tables of parties."""

from trivium.parties.models.applications import (
    Application,
    ApplicationQuerySet,
    ApplicationStep,
    BlockEntry,
    Screening,
    ScreeningResult,
    ScreeningRule,
    Territory,
)
from trivium.parties.models.approvals import Approval, ApprovalRule, ApprovalVote
from trivium.parties.models.companies import Assignment, Organization, OrganizationQuerySet, OrganizationRole, TsTzRange
from trivium.parties.models.papers import Paper, PaperQuerySet, Suspension
from trivium.parties.models.people import ApiKey, Membership, Phone, Preference, User, UserManager
from trivium.parties.models.privacy import Consent

__all__ = [
    "ApiKey",
    "Application",
    "ApplicationQuerySet",
    "ApplicationStep",
    "Approval",
    "ApprovalRule",
    "ApprovalVote",
    "Assignment",
    "BlockEntry",
    "Consent",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "OrganizationRole",
    "Paper",
    "PaperQuerySet",
    "Phone",
    "Preference",
    "Screening",
    "ScreeningResult",
    "ScreeningRule",
    "Suspension",
    "Territory",
    "TsTzRange",
    "User",
    "UserManager",
]
