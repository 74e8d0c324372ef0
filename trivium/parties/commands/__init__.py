"""The acts of parties."""

from trivium.parties.commands.companies import (
    admit_buyers,
    admit_organization,
    ask_approval,
    assign_buyer,
    check_sign_in,
    decide,
    found_operator,
    found_person,
    grant_role,
    register_person,
    reinstate,
    set_approval_rule,
    suspend,
    withdraw_approval,
)
from trivium.parties.commands.keys import create_api_key, note_uses, revoke_api_key

__all__ = [
    "admit_buyers",
    "admit_organization",
    "ask_approval",
    "assign_buyer",
    "check_sign_in",
    "create_api_key",
    "decide",
    "found_operator",
    "found_person",
    "grant_role",
    "note_uses",
    "register_person",
    "reinstate",
    "revoke_api_key",
    "set_approval_rule",
    "suspend",
    "withdraw_approval",
]
