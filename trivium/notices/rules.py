"""In which words each role hears of each event: pure."""

from collections.abc import Mapping

from trivium.core.i18n import gettext_noop as _

# (event, role) → the sentence; what is not here is not told. %(number)s is the order's number where there is one.
WORDS: Mapping[tuple[str, str], str] = {
    ("OrderPlaced", "buyer"): _("Order %(number)s was placed."),
    ("OrderPlaced", "partner"): _("A buyer of yours placed order %(number)s."),
    ("SupplierOrderSubmitted", "partner"): _("A buyer of yours placed order %(number)s."),
    ("SupplierOrderSubmitted", "supplier"): _("New order %(number)s waits for your confirmation."),
    ("SupplyConfirmed", "buyer"): _("The supplier confirmed order %(number)s."),
    ("SupplyConfirmed", "partner"): _("The supplier confirmed order %(number)s."),
    ("MarginConfirmed", "supplier"): _("The partner confirmed order %(number)s."),
    ("MarginObjected", "supplier"): _("The partner objected to order %(number)s; the operator decides."),
    ("OrderDecided", "buyer"): _("Order %(number)s is confirmed."),
    ("SupplierOrderReleased", "supplier"): _("Order %(number)s is funded and can be shipped."),
    ("SupplierOrderShipped", "buyer"): _("Goods of order %(number)s are on their way."),
    ("SupplierOrderShipped", "partner"): _("Goods of order %(number)s are on their way."),
    ("SupplierOrderSigned", "supplier"): _("Order %(number)s was signed for."),
    ("SupplierOrderSigned", "partner"): _("Order %(number)s was signed for."),
    ("SupplierOrderCompleted", "supplier"): _("Order %(number)s is completed."),
    ("SupplierOrderCompleted", "partner"): _("Order %(number)s is completed."),
    ("SupplierOrderCompleted", "buyer"): _("Order %(number)s is completed."),
    ("SupplierOrderCancelled", "buyer"): _("A part of order %(number)s was cancelled."),
    ("SupplierOrderCancelled", "partner"): _("A part of order %(number)s was cancelled."),
    ("SupplierOrderCancelled", "supplier"): _("Order %(number)s was cancelled."),
    ("RefundGranted", "buyer"): _("You get money back for order %(number)s."),
    ("RefundGranted", "partner"): _("A refund was granted for order %(number)s."),
    ("PaymentReceived", "buyer"): _("Your payment for order %(number)s has arrived."),
    ("PaymentFailed", "buyer"): _("Your payment for order %(number)s did not go through. Try again."),
    ("ApprovalAsked", "buyer"): _("An order of your company waits for approval."),
    ("StatementIssued", "supplier"): _("A new statement is ready to be checked."),
    ("StatementIssued", "partner"): _("A new statement is ready to be checked."),
    ("PayoutSent", "supplier"): _("A payout has been sent to you."),
    ("PayoutSent", "partner"): _("A payout has been sent to you."),
}


def told(role: str) -> list[str]:
    """The names of the events a role is told of."""
    return [event for event, its_role in WORDS if its_role == role]
