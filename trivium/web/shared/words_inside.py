"""The words for the codes of what companies are inside: rights of grades, and rules of approval."""

from collections.abc import Mapping

from trivium.core.i18n import gettext_noop as _

INSIDE: Mapping[str, Mapping[str, str]] = {
    "if_nobody": {
        "wait": _("It waits until somebody can"),
        "refuse": _("It is not placed, and that is said"),
        "pass": _("It goes out, and that is said"),
    },
    "right": {
        "product.view": _("See products"),
        "order.confirm_margin": _("Confirm margins"),
        "promotion.launch": _("Launch promotions"),
        "coupon.create": _("Give coupons"),
        "price.view": _("See own price lists"),
        "price.edit": _("Set own prices"),
    },
    "right_help": {
        "product.view": _("Read the products of the platform."),
        "order.confirm_margin": _("Confirm or object to what its buyers’ orders earn; otherwise silence has its rule."),
        "promotion.launch": _("Launch and end promotions it funds itself."),
        "coupon.create": _("Give and end coupons it funds itself."),
        "price.view": _("Read its own price lists."),
        "price.edit": _("Publish prices and contract prices under markup."),
    },
}
