"""What settlement refuses."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class NothingDue(Conflict):
    code = "payment.nothing_due"
    message = _("Nothing is to be paid for this order now.")


class AmountDiffers(Conflict):
    code = "payment.amount_differs"
    message = _("%(due)s is due for this order, not %(given)s. Book exactly what is due.")
    amounts = frozenset({"due", "given"})


class OtherMethod(Conflict):
    code = "payment.other_method"
    message = _("This order is paid by %(method)s; use that way.")


class UnknownGateway(Invalid):
    code = "payment.unknown_gateway"
    message = _("There is no payment gateway “%(gateway)s” here.")


class ReferenceUsed(Conflict):
    code = "payment.reference_used"
    message = _("The bank reference “%(reference)s” is booked already.")


class GatewayHoldsLess(Conflict):
    code = "gateway.holds_less"
    message = _("The gateway holds only %(held)s for you. Check amount and fee against its statement.")
    amounts = frozenset({"held"})


class PaysTooMuch(Conflict):
    code = "account.pays_too_much"
    message = _("Only %(open)s is open on this account.")
    amounts = frozenset({"open"})


class BadSignature(Invalid):
    code = "payment.bad_signature"
    message = _("The message is not signed by the gateway.")


class NothingToRefund(Invalid):
    code = "refund.nothing"
    message = _("This refund gives nothing back. Name a quantity, an amount, or freight.")


class TooMuchFreight(Conflict):
    code = "refund.too_much_freight"
    message = _("Only %(open)s of freight is left to refund.")
    amounts = frozenset({"open"})


class BothSides(Denied):
    code = "statement.both_sides"
    message = _("The same person cannot confirm for both sides. A colleague has to do it.")


class AlreadyConfirmed(Conflict):
    code = "statement.already_confirmed"
    message = _("Your side has confirmed this statement already, or it is closed.")


class NoOperator(Conflict):
    code = "settlement.no_operator"
    message = _("No operator has been set up, so nobody could approve a payout.")


class NoDeclinedPayout(Conflict):
    code = "payout.none_declined"
    message = _("No payout of this statement was declined, so none has to be proposed again.")


class AccountMoved(Conflict):
    code = "payout.account_moved"
    message = _(
        "The bank account of %(party)s has changed since this payout was proposed. Decline it and propose it anew: "
        "then it names the account that is in force now."
    )


class BadPeriod(Invalid):
    code = "statement.bad_period"
    message = _("A statement can only cover days that have ended.")


class BudgetHeld(Conflict):
    code = "settlement.budget_held"
    message = _("Waiting orders hold more of the budget “%(code)s”. Set a higher amount, or cancel one of them first.")
