"""Who may open which URL. The workspace middleware asks here; a URL that is missing answers nobody."""

from collections.abc import Mapping

ROLES = ("operator", "supplier", "partner", "buyer")
PERSON = "person"  # signed in, at work in no company: not yet, or no longer
ANYONE = frozenset({"anyone"})
SIGNED_IN = frozenset(ROLES)
SIGNED_UP = frozenset({PERSON, *ROLES})  # everybody signed in, with a workspace or without

_KEYS = ("keys", "make_key", "revoke_key")  # for those who manage them: the page asks for the right
_OWN_WAY = ("arrange_home", "choose_columns", "save_view", "rename_view", "delete_view")
_OWN_DATA = ("you", "own_data", "give_consent", "withdraw_consent", "erase_myself")
_PEOPLE = (
    *("people", "invite", "leave", "people_history", "colleague", "change_place", "remove_person", "invitations"),
    *("withdraw_invitation", "inside", "add_department", "add_cost_centre", "part", "keep_part", "end_part"),
)
_NOTICES = ("notices", "read_notices", "choose_mail")
_SERVICE = ("tickets", "new_ticket", "open_ticket", "ticket", "reply_ticket", "close_ticket", "reopen_ticket",
            "feedback", "give_feedback", "announcements", "announcement", "open_announcement", "acknowledge",
            "first_steps", "tick_step", "polls", "poll", "vote", "meetings", "meeting", "answer_meeting",
            "meeting_file")  # fmt: skip
_OWN_FEEDBACK = ("tickets", "ticket", "reply_ticket", "close_ticket", "reopen_ticket", "feedback", "give_feedback")
_COMPANY = ("our_company", "change_particulars", "add_contact", "change_contact", "remove_contact", "ask_change",
            "withdraw_change", "hand_in_paper", "company_paper", "take_back_paper")  # fmt: skip
_ENTRIES = ("entries", "entry")
_AGREEMENTS = ("agreements", "agreement", "agreement_text", "agreement_signature")
_WORKING = ("home", "orders", "order", "order_document", "line", "shipments", "packing_list", "refunds", "search",
            "history")  # fmt: skip
_EVERY_PORTAL = (*_WORKING, *_ENTRIES, *_COMPANY, *_NOTICES, *_OWN_WAY, *_KEYS, *_SERVICE, *_PEOPLE,
                 *_AGREEMENTS)  # fmt: skip
_IMPORTS = ("imports", "ask_import", "import", "import_quarantine")
_WORK = ("work", "confirm_many")
SIGNED = ("wecom_messages", "dingtalk_messages")
"""What another company's servers send: a signature opens it, no session and no token of a form."""
_SETTLED = ("statements", "statement", "statement_document", "confirm_statement", "payouts")
_CONTRACTS = ("contracts", "contract", "contract_document", "sign_contract", "propose", "send_proposal")
_DISCOUNTS = ("promotions", "launch_promotion", "end_promotion", "coupons", "create_coupon", "end_coupon")
_PRICES = ("prices", "contract_prices", "price_list")
_PRICING = ("publish_list", "set_list_price", "remove_price", "end_list")
_ENTRY = (  # allauth's own names of its pages
    "login", "logout", "inactive", "signup", "signup_phone", "request_login_code", "confirm_login_code",
    "email_verification_sent", "verify_phone", "reset_password", "reset_password_done", "reset_password_from_key",
    "reset_password_from_key_done",
)  # fmt: skip
_OWN_SIGN_IN = ("reauthenticate", "email", "change_phone", "change_password", "set_password")
_OWN_FACTORS = (
    "index", "reauthenticate", "reauthenticate_webauthn", "activate_totp", "deactivate_totp", "view_recovery_codes",
    "generate_recovery_codes", "list_webauthn", "add_webauthn", "remove_webauthn",
)  # fmt: skip
_APPLY = ("applications", "start", "application", "save", "send", "add_paper", "paper", "withdraw")
_REVIEW = (
    "applications",
    "application",
    "approve_application",
    "ask_application",
    "reject_application",
    "paper",
    "screening",
    "screening_rule",
    "change_rule",
    "blocklist",
    "set_block",
    "retention",
    "retention_rule",
    "change_retention",
)
_EXCHANGE = (
    "new_poll", "ask_poll", "close_poll", "withdraw_poll", "votes", "new_meeting", "call_meeting", "move_meeting",
    "call_off_meeting", "new_minutes", "publish_minutes",
)  # fmt: skip
_GRADES = ("grades", "grade", "define_grade", "change_grade", "end_grade", "assign_grade")
_OWN: Mapping[str, tuple[str, ...]] = {
    "operator": (
        *_SETTLED,
        *_IMPORTS,
        "release_import",
        "changes",
        "approve_change",
        "decline_change",
        "company_papers",
        "approve_paper",
        "decline_paper",
        "decline_import",
        "overrule",
        "uphold",
        "record_transfer",
        "refund",
        "cancel",
        "cancel_order",
        "issue_statements",
        "decide",
        "accounts",
        "gateways",
        "languages",
        "lacking_words",
        "transfers",
        "settle_account",
        "gateway_payout",
        "return_transfer",
        "mails",
        "take_ticket",
        "answer_ticket",
        "new_announcement",
        "announce",
        "withdraw_announcement",
        "new_agreement",
        "draft_agreement",
        "change_agreement",
        "publish_agreement",
        "end_agreement",
        *_EXCHANGE,
        "propose_payout",
        "organizations",
        "admit",
        *_CONTRACTS,
        *_PRICES,
        *_DISCOUNTS,
        "company",
        "admit_person",
        "assign_buyer",
        "assign_many",
        "enter",
        "withdraw_cutover",
        "set_credit",
        "suspend",
        "reinstate",
        *_REVIEW,
        *_GRADES,
    ),
    "supplier": (
        "sign_agreement",
        *_SETTLED,
        *_CONTRACTS,
        *_PRICES,
        *_PRICING,
        *_DISCOUNTS,
        *_WORK,
        "create_product",
        "sheet",
        "take_sheet",
        "list_many",
        "delist_many",
        "revise_product",
        "set_product_listed",
        "add_sku",
        "revise_sku",
        "add_pictures",
        "change_picture",
        "set_listed",
        *_IMPORTS,
        "confirm",
        "reject",
        "ship",
        "refund",
        "cancel",
        "products",
        "product",
        "count_stock",
        "freight",
        "put_freight",
        "remove_freight",
        "holidays",
        "set_holiday",
        "remove_holiday",
        "set_price",
    ),
    "partner": (
        "sign_agreement",
        *_SETTLED,
        *_CONTRACTS,
        *_PRICES,
        *_PRICING,
        *_DISCOUNTS,
        *_WORK,
        "buyers",
        "goods",
        "product",
        "set_price",
        "agree_price",
        "confirm_margin",
        "object",
    ),
    "buyer": (
        "sign_agreement",
        "shelf",
        "product",
        "add_to_cart",
        "cart",
        "set_cart_line",
        "checkout",
        "place",
        "pay",
        "sign",
        "cancel_order",
        "cancel",
        "decide",
        *("rules", "rule", "add_rule", "change_rule", "end_rule", "set_plain_rule", "budgets", "budget", "keep_budget"),
        *("deputies", "name_deputy", "take_deputy_back"),
    ),
}

ACCESS: Mapping[str, frozenset[str]] = {
    "web:root": ANYONE,
    "web:invitation": ANYONE,
    **dict.fromkeys(("web:say", "web:said", "web:visited"), ANYONE),
    "web:language": ANYONE,
    "web:look": ANYONE,
    "web:picture": ANYONE,
    "web:welcome": SIGNED_UP,
    "web:agree": SIGNED_UP,
    "web:agree_now": SIGNED_UP,
    **dict.fromkeys((f"web:{name}" for name in _OWN_DATA), SIGNED_UP),
    "web:switch": SIGNED_IN,
    "web:keyboard": SIGNED_IN,
    "web:leave_entry": frozenset({"operator"}),
    "web:ways": SIGNED_UP,
    **{f"account_{name}": ANYONE for name in _ENTRY},
    **{f"account_{name}": SIGNED_UP for name in _OWN_SIGN_IN},
    **{f"mfa_{name}": SIGNED_UP for name in _OWN_FACTORS},
    "mfa_authenticate": ANYONE,
    "mfa_login_webauthn": ANYONE,
    "usersessions_list": SIGNED_UP,
    "socialaccount_connections": SIGNED_UP,
    **{f"socialaccount_{name}": ANYONE for name in ("login_error", "login_cancelled", "signup")},
    "web:end_session": SIGNED_UP,
    **dict.fromkeys(SIGNED, ANYONE),
    **{f"apply:{name}": SIGNED_UP for name in _APPLY},
    **{f"{PERSON}:{name}": SIGNED_UP for name in _OWN_FEEDBACK},
    **{f"{role}:{name}": frozenset({role}) for role in ROLES for name in (*_EVERY_PORTAL, *_OWN[role])},
}
"""URL name → who may open it: roles, PERSON, or anyone."""

FILES = frozenset({"web:picture"})
"""URLs of files that are the same for everybody: nobody's session is looked at."""


def may_open(view_name: str, role: str | None) -> bool:
    """Whether a workspace of this role (PERSON: somebody without one; None: nobody signed in) may open a URL."""
    allowed = ACCESS.get(view_name, frozenset())
    return allowed is ANYONE or role in allowed
