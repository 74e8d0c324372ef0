"""What ordering refuses."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.errors import WrongState as WrongState
from trivium.core.i18n import gettext_noop as _


class EmptyOrder(Invalid):
    code = "order.empty"
    message = _("There is nothing to order. Put at least one product into the cart.")


class TooManyLines(Invalid):
    code = "order.too_many_lines"
    message = _("An order has at most %(limit)s lines; this one has %(count)s. Divide it.")


class DoubleSku(Invalid):
    code = "order.double_sku"
    message = _("“%(sku)s” stands on more than one line. Put the whole quantity on one line.")


class NotOrderable(Conflict):
    code = "order.not_orderable"
    message = _("“%(sku)s” is not sold any more. Take it out of the order.")


class BelowMinimum(Invalid):
    code = "order.below_minimum"
    message = _("“%(sku)s” is sold from %(moq)s %(unit)s. Order at least that many.")


class WrongMultiple(Invalid):
    code = "order.wrong_multiple"
    message = _("“%(sku)s” is sold in multiples of %(step)s. Order %(lower)s or %(upper)s.")


class PriceChanged(Conflict):
    code = "order.price_changed"
    message = _("The price has changed: it was %(before)s and is now %(now)s. Look at it and order again.")
    amounts = frozenset({"before", "now"})


class BadAddress(Invalid):
    code = "order.bad_address"
    message = _("The delivery address needs a %(missing)s.")


class BadPaymentMethod(Invalid):
    code = "order.bad_payment_method"
    message = _("“%(method)s” is no way to pay here. Choose one of: %(known)s.")


class NoSuchBudget(Invalid):
    code = "order.no_such_budget"
    message = _("There is no budget “%(code)s” in %(currency)s, or too little is left in it.")


class NoCredit(Conflict):
    code = "order.no_credit"
    message = _("The credit left on account does not cover this order. Pay another way, or settle open invoices first.")


class OverConfirmed(Invalid):
    code = "order.over_confirmed"
    message = _("Line “%(sku)s” was ordered with %(ordered)s; no more than that can be confirmed.")


class BadShipDate(Invalid):
    code = "order.bad_ship_date"
    message = _("The ship date %(date)s lies in the past or more than a year ahead.")


class SubstitutesRefused(Conflict):
    code = "order.substitutes_refused"
    message = _("The buyer takes no substitutes on this order. Confirm what you have, or reject the rest.")


class BadSubstitute(Invalid):
    code = "order.bad_substitute"
    message = _("“%(sku)s” cannot stand in: it has to be another listed product of your own, in the same unit.")


class AlreadyConfirmed(Conflict):
    code = "order.already_confirmed"
    message = _("This was confirmed before and cannot be answered a second time.")


class BothSides(Denied):
    code = "order.both_sides"
    message = _("The same person cannot confirm for both sides. A colleague has to do it.")


class NotSubmitted(Conflict):
    code = "order.not_submitted"
    message = _("The buyer's own company has not approved this order yet.")


class NoObjection(Conflict):
    code = "order.no_objection"
    message = _("The partner has not objected to this order.")


class AlreadyShipped(Conflict):
    code = "order.already_shipped"
    message = _("Goods of this order are on their way, so it cannot be cancelled. Ask for a refund instead.")


class OverShipped(Invalid):
    code = "order.over_shipped"
    message = _("Line “%(sku)s” has %(open)s left to ship, not %(asked)s.")


class NotReleased(Conflict):
    code = "order.not_released"
    message = _("Nothing may be shipped before both sides have confirmed and the order is funded.")


class OverReturned(Invalid):
    code = "order.over_returned"
    message = _("Line “%(sku)s” has %(open)s left to give back, not %(asked)s.")


class OverRefunded(Invalid):
    """Says no figure: what a buyer has paid for a line is not everybody's to see."""

    code = "order.over_refunded"
    message = _("Line “%(sku)s” has less than %(asked)s left to give back.")


class UseCancel(Conflict):
    code = "order.use_cancel"
    message = _("That would give back everything before anything was shipped. Cancel the order instead.")


class UnknownLine(Invalid):
    code = "order.unknown_line"
    message = _("Line “%(line)s” does not belong to this order, or is named twice.")


class NotDue(Conflict):
    code = "order.not_due"
    message = _("The time for this has not come yet, or the order is held.")
