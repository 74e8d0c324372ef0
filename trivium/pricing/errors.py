"""What pricing refuses."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class NotPriced(Conflict):
    """Nobody offers this sku to this buyer, at this time, in this currency and quantity."""

    code = "pricing.not_priced"
    message = _("%(sku)s has no price for you in %(currency)s and this quantity. Ask its supplier, or leave it out.")


class NoContract(Conflict):
    """A supplier or partner without a signed share contract in force: nothing could be divided."""

    code = "pricing.no_contract"
    message = _(
        "%(party)s has no share contract in force with the operator as %(side)s. Orders wait until it is signed."
    )


class DeliveryUnavailable(Conflict):
    code = "pricing.delivery_unavailable"
    message = _(
        "%(supplier)s does not deliver by “%(method)s” to %(country)s %(region)s in %(currency)s. "
        "Choose another way or place of delivery."
    )


class CouponRefused(Conflict):
    """A coupon that cannot be used on this order; `reason` says why in one word for programs."""

    code = "pricing.coupon_refused"
    message = _("The coupon “%(coupon)s” cannot be used here (%(reason)s).")
    reasons = {
        "unknown": _("There is no coupon “%(coupon)s”. Check the code."),
        "not_yet": _("The coupon “%(coupon)s” is not valid yet."),
        "expired": _("The coupon “%(coupon)s” has expired."),
        "used_up": _("The coupon “%(coupon)s” has been used as often as it may be."),
        "min_spend": _("The coupon “%(coupon)s” asks for a higher order amount."),
        "wrong_scope": _("The coupon “%(coupon)s” is not valid for you or for these goods."),
        "other_currency": _("The coupon “%(coupon)s” is in another currency than this order."),
        "no_effect": _("The coupon “%(coupon)s” would change nothing: there is nothing left to pay. Keep it."),
        "twice": _("The coupon “%(coupon)s” is given twice."),
    }

    def __init__(self, *, coupon: str, reason: str, field: str | None = "coupon_codes") -> None:
        super().__init__(field=field, coupon=coupon[:60], reason=reason)
        self.message = self.reasons[reason]


class BadCouponCode(Invalid):
    code = "pricing.bad_coupon_code"
    message = _("A coupon's code is one word of at most 40 visible characters, without spaces.")


class BadKind(Invalid):
    code = "pricing.bad_kind"
    message = _("“%(value)s” is not a kind of promotion. Choose line or order.")


class BadNumber(Invalid):
    code = "pricing.bad_number"
    message = _("Write a whole number from %(min)s to %(max)s.")


class TooManyCoupons(Invalid):
    code = "pricing.too_many_coupons"
    message = _("At most %(limit)s coupons fit on one order.")


class AmountTooLarge(Invalid):
    code = "pricing.amount_too_large"
    message = _("%(sku)s in this quantity costs more than the platform can carry. Order less.")


class MarkupOutsideBand(Conflict):
    """A partner's own price lies outside what the supplier allows. Never says the supply price."""

    code = "pricing.markup_outside_band"
    message = _("The partner's price of %(sku)s from %(quantity)s on is outside the band its supplier allows.")


class BadPrice(Invalid):
    code = "pricing.bad_price"
    message = _("“%(value)s” is not a price of %(sku)s. Write a number above 0 and below %(max)s, at most 6 decimals.")


class BadPercent(Invalid):
    code = "pricing.bad_percent"
    message = _("“%(value)s” is not a percentage. Write a number from 0 to %(max)s with at most 4 decimals.")


class BadAmountOff(Invalid):
    code = "pricing.bad_amount"
    message = _("“%(value)s” is not an amount in minor units. Write a whole number from %(min)s to %(max)s.")


class BadCurrency(Invalid):
    code = "pricing.bad_currency"
    message = _("“%(value)s” is not a currency. Write its three capital letters, such as CNY.")


class DuplicateStep(Invalid):
    code = "pricing.duplicate_step"
    message = _("%(sku)s has two prices from %(quantity)s on. Each step stands once.")


class BadWindow(Invalid):
    code = "pricing.bad_window"
    message = _("The end must be after the start.")


class BadCountry(Invalid):
    code = "pricing.bad_country"
    message = _("“%(value)s” is not a country. Write its two capital letters, such as CN, or nothing for any.")


class DuplicateRate(Invalid):
    code = "pricing.duplicate_rate"
    message = _("Two freight rates are for the same way, place and currency. Each stands once.")


class NoPrices(Invalid):
    code = "pricing.no_prices"
    message = _("There is nothing to publish: give at least one price.")


class TooManyPrices(Invalid):
    code = "pricing.too_many_prices"
    message = _("%(count)s prices at once are too many; send at most %(limit)s and the rest after that.")


class BadDiscount(Invalid):
    code = "pricing.bad_discount"
    message = _("Give either a percentage or an amount off, not both and not neither.")


class BadFunders(Invalid):
    code = "pricing.bad_funders"
    message = _("Say who pays for the discount: operator, supplier or partner, each once, with a whole weight above 0.")


class FundedByOthers(Denied):
    code = "pricing.funded_by_others"
    message = _("You can only give away what you pay for yourself. Make your company the only funder.")


class CouponCodeTaken(Conflict):
    code = "pricing.coupon_code_taken"
    message = _("There is already a coupon “%(coupon)s”. Choose another code.")


class BadTerms(Invalid):
    """A share contract whose terms cannot be read; the field says where."""

    code = "pricing.bad_terms"
    message = _("The contract's “%(term)s” cannot be read: %(expected)s is expected.")


class OverlappingClauses(Invalid):
    """Two clauses of one contract that claim the same line with equal right; the example is such a line."""

    code = "pricing.overlapping_clauses"
    message = _(
        "Clauses %(first)s and %(second)s both apply to a line of supplier %(supplier)s in category %(category)s, "
        "and neither is more specific. Remove one."
    )


class ContractChanged(Conflict):
    code = "pricing.contract_changed"
    message = _("Somebody proposed another version at the same moment. Read it, then propose again.")


class TermsDiffer(Conflict):
    code = "pricing.terms_differ"
    message = _("What you read is not what stands there. Read the contract again before signing.")


class AlreadySigned(Conflict):
    code = "pricing.already_signed"
    message = _("This side has already signed this version.")


class SignedByYou(Denied):
    code = "pricing.signed_by_you"
    message = _("Nobody signs for both sides. Another person has to sign for this one.")


class PersonNeeded(Denied):
    code = "pricing.person_needed"
    message = _("A contract is signed by a person, not by a program or a rule.")


class Outdated(Conflict):
    code = "pricing.outdated"
    message = _("A newer version has been signed. Sign that one, or propose again.")
