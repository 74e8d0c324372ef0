"""The acts of parties."""

from trivium.parties.commands.applications import (
    save_application,
    start_application,
    submit_application,
    withdraw_application,
)
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
    set_approval_rule,
    withdraw_approval,
)
from trivium.parties.commands.keys import create_api_key, note_uses, revoke_api_key
from trivium.parties.commands.papers import add_paper, remove_paper
from trivium.parties.commands.people import (
    confirm_phone,
    end_session,
    name_phone,
    open_secret,
    renew_second_factors,
    seal_secret,
)
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
from trivium.parties.commands.review import (
    activate_partner,
    approve_application,
    ask_applicant,
    reject_application,
)
from trivium.parties.commands.screening import change_rule, set_block
from trivium.parties.commands.standing import reinstate, suspend

__all__ = [
    "activate_partner",
    "add_paper",
    "admit_buyers",
    "admit_organization",
    "approve_application",
    "ask_applicant",
    "ask_approval",
    "assign_buyer",
    "change_rule",
    "check_sign_in",
    "choose_language",
    "confirm_phone",
    "create_api_key",
    "decide",
    "delete_view",
    "end_session",
    "erase_myself",
    "erase_person",
    "forget_consent",
    "forget_sessions",
    "found_operator",
    "found_person",
    "give_consent",
    "grant_role",
    "keep_preference",
    "name_phone",
    "note_uses",
    "open_secret",
    "register_person",
    "reinstate",
    "reject_application",
    "remove_paper",
    "rename_view",
    "renew_second_factors",
    "revoke_api_key",
    "save_application",
    "save_view",
    "seal_secret",
    "set_approval_rule",
    "set_block",
    "start_application",
    "submit_application",
    "suspend",
    "withdraw_application",
    "withdraw_approval",
    "withdraw_consent",
]
