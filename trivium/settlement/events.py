"""What happens to money; amounts are never in here."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentStarted(Event):
    """The buyer wants to pay; a job asks the gateway. Subject: the payment."""

    order_ref: str
    gateway: str


@dataclass(frozen=True, kw_only=True)
class PaymentReceived(Event):
    """Money for an order has arrived. Subject: the payment."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """The gateway refused a payment. Subject: the payment."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class SurplusReceived(Event):
    """Money came that no part of the order waits for any more; it goes back. Subject: the payment."""

    order_ref: str


@dataclass(frozen=True, kw_only=True)
class RefundGranted(Event):
    """The buyer gets money back. Subject: the refund."""

    order_ref: str
    supplier_order_ref: str


@dataclass(frozen=True, kw_only=True)
class EscrowReleased(Event):
    """A completed supplier order's money has gone to its parties. Subject: the supplier order."""


@dataclass(frozen=True, kw_only=True)
class StatementIssued(Event):
    """A party's statement is ready to be checked. Subject: the statement."""

    lines: int


@dataclass(frozen=True, kw_only=True)
class StatementClosed(Event):
    """Both sides have confirmed a statement, or its deadline has passed. Subject: the statement."""

    by_deadline: bool


@dataclass(frozen=True, kw_only=True)
class PayoutProposed(Event):
    """A payout waits for two approvals. Subject: the payout."""


@dataclass(frozen=True, kw_only=True)
class PayoutSent(Event):
    """A payout has left the bank. Subject: the payout."""
