"""The acts of parties."""

from trivium.parties.commands.companies import (
    admit_buyers,
    admit_organization,
    ask_approval,
    assign_buyer,
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
from trivium.parties.commands.people import confirm_phone, name_phone
from trivium.parties.commands.preferences import (
    choose_language,
    delete_view,
    keep_preference,
    rename_view,
    save_view,
)
from trivium.parties.commands.privacy import (
    erase_myself,
    erase_person,
    forget_consent,
    forget_sessions,
    give_consent,
    withdraw_consent,
)

__all__ = [
    "erase_myself",
    "erase_person",
    "forget_consent",
    "forget_sessions",
    "give_consent",
    "withdraw_consent",
    "admit_buyers",
    "admit_organization",
    "ask_approval",
    "assign_buyer",
    "choose_language",
    "confirm_phone",
    "create_api_key",
    "decide",
    "delete_view",
    "found_operator",
    "found_person",
    "grant_role",
    "keep_preference",
    "name_phone",
    "note_uses",
    "register_person",
    "reinstate",
    "rename_view",
    "revoke_api_key",
    "save_view",
    "set_approval_rule",
    "suspend",
    "withdraw_approval",
]
