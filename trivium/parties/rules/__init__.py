"""Roles, rights, keys, preferences, phones and who may decide: pure."""

from trivium.parties.rules.approvals import ApprovalStatus, TradingTerms, verdict
from trivium.parties.rules.keys import DEFAULT_SCOPES, SCOPE_AREAS, SCOPES, check_scopes
from trivium.parties.rules.phones import TextSender, read_phone, register_text_sender, text_sender
from trivium.parties.rules.preferences import LONGEST_PREFERENCE, MOST_PREFERENCES, MOST_VIEWS, VIEWS, check_preference
from trivium.parties.rules.privacy import (
    BY_CODE,
    PURPOSES,
    RETENTION,
    Jurisdiction,
    Kept,
    Purpose,
    Rule,
    days_kept,
    jurisdiction_of,
    pseudonym,
)
from trivium.parties.rules.roles import PERMISSIONS, Job, Role, check_country, check_currency, check_job, rights_of

__all__ = [
    "Rule",
    "pseudonym",
    "jurisdiction_of",
    "days_kept",
    "Purpose",
    "Kept",
    "Jurisdiction",
    "RETENTION",
    "PURPOSES",
    "BY_CODE",
    "DEFAULT_SCOPES",
    "LONGEST_PREFERENCE",
    "MOST_PREFERENCES",
    "MOST_VIEWS",
    "PERMISSIONS",
    "SCOPES",
    "SCOPE_AREAS",
    "VIEWS",
    "ApprovalStatus",
    "Job",
    "Role",
    "TextSender",
    "TradingTerms",
    "check_country",
    "check_currency",
    "check_job",
    "check_preference",
    "check_scopes",
    "read_phone",
    "register_text_sender",
    "rights_of",
    "text_sender",
    "verdict",
]
