"""Tables of parties."""

from trivium.parties.models.approvals import Approval, ApprovalRule, ApprovalVote
from trivium.parties.models.companies import Assignment, Organization, OrganizationQuerySet, OrganizationRole, TsTzRange
from trivium.parties.models.people import ApiKey, Membership, Phone, Preference, User, UserManager
from trivium.parties.models.privacy import Consent

__all__ = [
    "ApiKey",
    "Approval",
    "ApprovalRule",
    "ApprovalVote",
    "Assignment",
    "Consent",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "OrganizationRole",
    "Phone",
    "Preference",
    "TsTzRange",
    "User",
    "UserManager",
]
