"""Each portal's menu, in the order of the day's work, with how much waits at each place."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.core.waiting import count_waiting
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.service import queries as service
from trivium.settlement import queries as settlement
from trivium.web.shared.entering import opens_in_entry
from trivium.web.shared.paths import path_to

# (URL name, words, icon); the first five stand in the bar at the bottom of a phone.
_HOME, _ORDERS = ("home", _("Work"), "home"), ("orders", _("Orders"), "list")
_SHIPMENTS, _REFUNDS = ("shipments", _("Shipments"), "truck"), ("refunds", _("Refunds"), "back")
_IMPORTS = ("imports", _("Imports"), "paper")
_SAID = ("announcements", _("Announcements"), "speaker")
_POLLS, _MEETINGS = ("polls", _("Polls"), "chart"), ("meetings", _("Meetings"), "calendar")
_TICKETS = ("tickets", _("Tickets"), "help")
_AGREEMENTS = ("agreements", _("Agreements"), "pen")
_COMPANY = ("our_company", _("Our company"), "user")
_ENTRIES = ("entries", _("Entries of the operator"), "eye")
_KEYS = ("keys", _("API keys"), "key")
_PEOPLE = ("people", _("People"), "users")
_STATEMENTS, _PAYOUTS = ("statements", _("Statements"), "doc"), ("payouts", _("Payouts"), "wallet")
_CONTRACTS = ("contracts", _("Share contracts"), "pen")
_PRICES = ("prices", _("Prices"), "coin")
_PROMOTIONS, _COUPONS = ("promotions", _("Promotions"), "tag"), ("coupons", _("Coupons"), "ticket")
MENUS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "operator": (
        _HOME,
        _ORDERS,
        ("accounts", _("Accounts"), "bank"),
        _STATEMENTS,
        _PAYOUTS,
        ("organizations", _("Companies"), "building"),
        ("applications", _("Applications"), "paper"),
        ("grades", _("Partner grades"), "tag"),
        _PRICES,
        _PROMOTIONS,
        _COUPONS,
        _SHIPMENTS,
        _REFUNDS,
        _CONTRACTS,
        _AGREEMENTS,
        _IMPORTS,
        _TICKETS,
        _SAID,
        _MEETINGS,
        _POLLS,
        ("changes", _("Company changes"), "pen"),
        ("company_papers", _("Papers"), "paper"),
        ("retention", _("Data retention"), "clock"),
        ("languages", _("Languages"), "language"),
        _PEOPLE,
        _COMPANY,
        _ENTRIES,
        _KEYS,
    ),
    "supplier": (
        _HOME,
        _ORDERS,
        ("products", _("Products"), "box"),
        ("freight", _("Delivery"), "route"),
        _PRICES,
        _PROMOTIONS,
        _COUPONS,
        _SHIPMENTS,
        _STATEMENTS,
        _PAYOUTS,
        _REFUNDS,
        ("holidays", _("Holidays"), "calendar"),
        _CONTRACTS,
        _AGREEMENTS,
        _IMPORTS,
        _PEOPLE,
        _TICKETS,
        _SAID,
        _MEETINGS,
        _POLLS,
        _COMPANY,
        _ENTRIES,
        _KEYS,
    ),
    "partner": (
        _HOME,
        _ORDERS,
        ("buyers", _("Buyers"), "building"),
        ("goods", _("Goods"), "store"),
        _PRICES,
        _PROMOTIONS,
        _COUPONS,
        _SHIPMENTS,
        _REFUNDS,
        _STATEMENTS,
        _PAYOUTS,
        _CONTRACTS,
        _AGREEMENTS,
        _PEOPLE,
        _TICKETS,
        _SAID,
        _MEETINGS,
        _POLLS,
        _COMPANY,
        _ENTRIES,
        _KEYS,
    ),
    "buyer": (
        _HOME,
        ("shelf", _("Shelf"), "store"),
        ("cart", _("Cart"), "cart"),
        _ORDERS,
        _SHIPMENTS,
        _REFUNDS,
        _AGREEMENTS,
        _PEOPLE,
        _TICKETS,
        _SAID,
        _MEETINGS,
        _POLLS,
        _COMPANY,
        _ENTRIES,
        _KEYS,
    ),
}
# Places that need a right not every job has.
NEEDED = {
    "changes": "change.review",
    "company_papers": "change.review",
    "keys": "apikey.manage",
    "languages": "party.admit",
    "applications": "application.review",
    "grades": "grade.edit",
    "goods": "product.view",
    "prices": "price.view",
    "promotions": "promotion.launch",
    "coupons": "coupon.create",
    "retention": "privacy.edit",
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One way into the portal; `count` is what waits there."""

    url: str
    words: str
    icon: str
    is_here: bool
    count: int = 0


def menu_of(actor: Actor, path: str) -> list[MenuItem]:
    """The menu of a workspace's portal, with the place the reader is at."""
    home, counts = path_to(f"{actor.role}:home"), waiting(actor)
    found = []
    for name, words, icon in MENUS[actor.role]:
        if name in NEEDED and not actor.may(NEEDED[name]):
            continue
        if actor.entry and not opens_in_entry(f"{actor.role}:{name}", actor.role, acts=False):
            continue
        url = path_to(f"{actor.role}:{name}")
        is_here = path == url if url == home else path.startswith(url)
        found.append(MenuItem(url, gettext(words), icon, is_here, counts.get(name, 0)))
    return found


_VOTES = "votes"
_COUNTED = {
    "operator": {"home": ordering.WORK_WAITING, "statements": settlement.STATEMENTS_WAITING,
                 "tickets": service.TICKETS_WAITING, "applications": parties.APPLICATIONS_WAITING,
                 "company_papers": parties.PAPERS_WAITING, _VOTES: parties.APPROVALS_WAITING},
    "supplier": {"home": ordering.WORK_WAITING, "statements": settlement.STATEMENTS_WAITING,
                 "tickets": service.TICKETS_WAITING},
    "partner": {"home": ordering.WORK_WAITING, "statements": settlement.STATEMENTS_WAITING,
                "tickets": service.TICKETS_WAITING},
    "buyer": {"home": ordering.WORK_WAITING, "cart": ordering.CART_WAITING, "tickets": service.TICKETS_WAITING,
              _VOTES: parties.APPROVALS_WAITING},
}  # fmt: skip


def waiting(actor: Actor) -> Mapping[str, int]:
    """How much waits, by place in the menu. One statement, and one where an approval waits for somebody's word."""
    counts = count_waiting(actor, _COUNTED[actor.role])
    votes = parties.votes_waiting(actor) if counts.pop(_VOTES, 0) else 0
    return {**counts, "home": counts["home"] + votes + counts.get("statements", 0), "payouts": votes}
