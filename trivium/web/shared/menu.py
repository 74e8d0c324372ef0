"""Each portal's menu, in the order of the day's work."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _

# (URL name, words, icon); the first five stand in the bar at the bottom of a phone.
_HOME, _ORDERS = ("home", _("Work"), "home"), ("orders", _("Orders"), "list")
_STATEMENTS, _PAYOUTS = ("statements", _("Statements"), "doc"), ("payouts", _("Payouts"), "wallet")
MENUS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "operator": (
        _HOME,
        _ORDERS,
        ("accounts", _("Accounts"), "bank"),
        _STATEMENTS,
        _PAYOUTS,
        ("organizations", _("Companies"), "users"),
        ("contracts", _("Share contracts"), "pen"),
    ),
    "supplier": (_HOME, _ORDERS, ("products", _("Products"), "box"), _STATEMENTS, _PAYOUTS),
    "partner": (_HOME, _ORDERS, _STATEMENTS, _PAYOUTS),
    "buyer": (_HOME, ("shelf", _("Shelf"), "store"), ("cart", _("Cart"), "cart"), _ORDERS),
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One way into the portal."""

    url: str
    words: str
    icon: str
    is_here: bool


def menu_of(role: str, path: str) -> list[MenuItem]:
    """The menu of a role's portal, with the place the reader is at."""
    home = reverse(f"{role}:home")
    found = []
    for name, words, icon in MENUS[role]:
        url = reverse(f"{role}:{name}")
        is_here = path == url if url == home else path.startswith(url)
        found.append(MenuItem(url, gettext(words), icon, is_here))
    return found
