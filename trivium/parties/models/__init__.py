"""Tables of parties."""

from trivium.parties.models.agreements import (
    Agreement,
    AgreementQuerySet,
    AgreementReminder,
    AgreementSignature,
    AgreementVersion,
)
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
from trivium.parties.models.approvals import (
    Approval,
    ApprovalRule,
    ApprovalRuleStep,
    ApprovalStep,
    ApprovalVote,
    Deputy,
)
from trivium.parties.models.companies import (
    Assignment,
    Cutover,
    CutoverQuerySet,
    Organization,
    OrganizationQuerySet,
    OrganizationRole,
    TsTzRange,
)
from trivium.parties.models.entries import (
    Entry,
    EntryAct,
    EntryQuerySet,
)
from trivium.parties.models.grades import PartnerGrade
from trivium.parties.models.inside import Budget, CostCentre, Department, Invitation
from trivium.parties.models.members_elsewhere import ServiceMember
from trivium.parties.models.papers import Paper, PaperQuerySet, Suspension
from trivium.parties.models.particulars import BankAccount, ChangeRequest, Contact
from trivium.parties.models.people import ApiKey, Membership, Phone, Preference, User, UserManager
from trivium.parties.models.privacy import Consent, RetentionRule
from trivium.parties.models.scopes import Scope

__all__ = [
    "Agreement",
    "AgreementQuerySet",
    "AgreementReminder",
    "AgreementSignature",
    "AgreementVersion",
    "ApiKey",
    "Application",
    "ApplicationQuerySet",
    "ApplicationStep",
    "Approval",
    "ApprovalRule",
    "ApprovalRuleStep",
    "ApprovalStep",
    "ApprovalVote",
    "Assignment",
    "BankAccount",
    "Budget",
    "BlockEntry",
    "ChangeRequest",
    "Consent",
    "CostCentre",
    "Cutover",
    "CutoverQuerySet",
    "Department",
    "Deputy",
    "Invitation",
    "Contact",
    "Membership",
    "Organization",
    "OrganizationQuerySet",
    "OrganizationRole",
    "Paper",
    "PaperQuerySet",
    "PartnerGrade",
    "Phone",
    "RetentionRule",
    "Preference",
    "Scope",
    "Screening",
    "ScreeningResult",
    "ScreeningRule",
    "ServiceMember",
    "Suspension",
    "Territory",
    "TsTzRange",
    "User",
    "UserManager",
    "Entry",
    "EntryAct",
    "EntryQuerySet",
]
