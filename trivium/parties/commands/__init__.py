"""The acts of parties."""

from trivium.parties.commands.agreements import (
    activate_waiting,
    change_draft,
    draft_agreement,
    end_agreement,
    publish_agreement,
    remind_of_agreement,
    sign_agreement,
)
from trivium.parties.commands.applications import (
    save_application,
    start_application,
    submit_application,
    withdraw_application,
)
from trivium.parties.commands.approvals import ask_approval, check_route, decide, withdraw_approval
from trivium.parties.commands.assigning import assign_buyer, withdraw_cutover
from trivium.parties.commands.budgets import BudgetTerms, arrange_budget, clean_budget_code
from trivium.parties.commands.colleagues import (
    Place,
    change_place,
    check_mail,
    invite_person,
    join,
    join_new,
    remove_person,
    withdraw_invitation,
)
from trivium.parties.commands.companies import (
    admit_buyers,
    admit_organization,
    found_operator,
    found_person,
    grant_role,
    register_person,
)
from trivium.parties.commands.company_papers import (
    approve_paper,
    decline_paper,
    hand_in_paper,
    warn_of_paper,
    withdraw_paper,
)
from trivium.parties.commands.entries import (
    begin_entry,
    end_entry,
)
from trivium.parties.commands.grades import assign_grade, define_grade, end_grade
from trivium.parties.commands.inside import end_cost_centre, end_department, keep_cost_centre, keep_department
from trivium.parties.commands.keys import create_api_key, note_uses, revoke_api_key
from trivium.parties.commands.members_elsewhere import let_member, meet_member, rename_member, stop_member
from trivium.parties.commands.order_rules import NewOrderRule, end_order_rule, keep_order_rule, set_approval_rule
from trivium.parties.commands.papers import add_paper, remove_paper
from trivium.parties.commands.particulars import (
    add_contact,
    approve_change,
    ask_change,
    change_contact,
    change_particulars,
    decline_change,
    remove_contact,
    withdraw_change,
)
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
    agree_at_sign_up,
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
from trivium.parties.commands.scopes import register_scope
from trivium.parties.commands.screening import change_rule, set_block
from trivium.parties.commands.standing import reinstate, suspend

__all__ = [
    "approve_paper",
    "decline_paper",
    "hand_in_paper",
    "warn_of_paper",
    "withdraw_paper",
    "NewOrderRule",
    "Place",
    "activate_partner",
    "activate_waiting",
    "add_contact",
    "add_paper",
    "admit_buyers",
    "admit_organization",
    "approve_application",
    "approve_change",
    "ask_applicant",
    "ask_approval",
    "ask_change",
    "assign_buyer",
    "assign_grade",
    "change_contact",
    "change_draft",
    "change_particulars",
    "change_place",
    "change_rule",
    "check_mail",
    "check_route",
    "check_sign_in",
    "choose_language",
    "confirm_phone",
    "create_api_key",
    "decide",
    "decline_change",
    "define_grade",
    "delete_view",
    "draft_agreement",
    "end_agreement",
    "end_cost_centre",
    "end_department",
    "end_grade",
    "end_order_rule",
    "end_session",
    "erase_myself",
    "erase_person",
    "forget_consent",
    "forget_sessions",
    "found_operator",
    "found_person",
    "agree_at_sign_up",
    "give_consent",
    "grant_role",
    "invite_person",
    "join",
    "join_new",
    "keep_cost_centre",
    "keep_department",
    "keep_order_rule",
    "keep_preference",
    "name_phone",
    "note_uses",
    "open_secret",
    "publish_agreement",
    "register_person",
    "register_scope",
    "BudgetTerms",
    "arrange_budget",
    "clean_budget_code",
    "reinstate",
    "reject_application",
    "remind_of_agreement",
    "remove_contact",
    "remove_paper",
    "remove_person",
    "rename_view",
    "renew_second_factors",
    "revoke_api_key",
    "save_application",
    "save_view",
    "seal_secret",
    "set_approval_rule",
    "set_block",
    "sign_agreement",
    "start_application",
    "submit_application",
    "suspend",
    "withdraw_application",
    "withdraw_approval",
    "withdraw_change",
    "withdraw_consent",
    "withdraw_cutover",
    "withdraw_invitation",
    "let_member",
    "meet_member",
    "rename_member",
    "stop_member",
    "begin_entry",
    "end_entry",
]
