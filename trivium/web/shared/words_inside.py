"""The words for the codes of what companies are inside: rights of grades, rules of approval, data held on persons."""

from collections.abc import Mapping

from trivium.core.i18n import gettext_noop as _

INSIDE: Mapping[str, Mapping[str, str]] = {
    "if_nobody": {
        "wait": _("It waits until somebody can"),
        "refuse": _("The order is refused, with the reason"),
        "pass": _("It goes out without approval, with a note"),
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
    "statute": {
        "PIPL": _("PIPL"),
        "《电子商务法》": _("E-Commerce Law of China"),
        "《会计档案管理办法》": _("Accounting Archives Rules of China"),
    },
    "law": {
        "pipl": _("Personal Information Protection Law of China (PIPL)"),
        "gdpr": _("General Data Protection Regulation (GDPR)"),
        "other": _("The law of your country; this site keeps to the rules below"),
    },
    "law_in_short": {"pipl": _("PIPL (China)"), "gdpr": _("GDPR (Europe)"), "other": _("Elsewhere")},
    "kept_data": {
        "left": _("Name, mail address, phone and sign-in, after your last place in a company has ended"),
        "sessions": _("Sessions, after they have run out"),
        "answers": _("Answers kept for repeated requests"),
        "addresses": _("Who took delivery, phone and street, after the order has ended"),
        "consents": _("Consents you took back"),
        "visitors": _("The mail address of feedback given without signing in, after it was closed"),
        "contracts": _("Orders, confirmations and messages of trade"),
        "books": _("Invoices, payments and the ledger"),
    },
}
