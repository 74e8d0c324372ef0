"""What a program's key may be used for."""

from collections.abc import Sequence

from trivium.core.i18n import gettext_noop as _
from trivium.parties.errors import BadScope, NoScope, ScopeBeyondOwn

# What a key may be used for, area by area; each can be read and written. The reference page lists them.
SCOPE_AREAS = {
    "company": _("Own company, people, roles and approval rules"),
    "person": _("The person behind the key: their data and consents"),
    "applications": _("Applications, their papers and screening"),
    "approvals": _("Inner approvals"),
    "keys": _("API keys"),
    "catalog": _("Categories, products and the shelf"),
    "stock": _("Stock, its movements and locations"),
    "prices": _("Price lists, contract prices and freight"),
    "discounts": _("Promotions and coupons"),
    "contracts": _("Share contracts"),
    "agreements": _("Agreements with the operator, and signatures on them"),
    "orders": _("Cart, orders and their confirmations"),
    "shipments": _("Shipments and their tracking"),
    "money": _("Payments, refunds, statements, payouts, accounts and budgets"),
    "notices": _("Notices"),
    "imports": _("Imports of invoice files"),
    "service": _("Tickets, feedback, announcements, polls and meetings"),
}
SCOPES = tuple(f"{area}:{how}" for area in SCOPE_AREAS for how in ("read", "write"))
DEFAULT_SCOPES = ("company:read", "catalog:read", "orders:read")
"""What a key can do if nobody says otherwise: know whose it is, and read the shelf and its own orders."""


def check_scopes(wanted: Sequence[str], own: frozenset[str] | None) -> list[str]:
    """The scopes of a new key, in the order of the list; `own` are those of the key it is made with, if it is.

    Refuses: NoScope (none), BadScope (unknown), ScopeBeyondOwn (what the maker's own key does not have).
    """
    if not wanted:
        raise NoScope(field="scopes")
    for scope in wanted:
        if scope not in SCOPES:
            raise BadScope(scope=scope[:40], field="scopes")
        if own is not None and scope not in own:
            raise ScopeBeyondOwn(scope=scope, field="scopes")
    return [scope for scope in SCOPES if scope in wanted]
