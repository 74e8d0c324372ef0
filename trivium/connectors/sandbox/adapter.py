"""The sandbox as settlement knows gateways."""

from django.conf import settings

from trivium.connectors.sandbox import client
from trivium.connectors.sandbox.client import BadMessage, Outcome
from trivium.core.time import now
from trivium.settlement.errors import BadSignature
from trivium.settlement.rules import Charge

NAME = "sandbox"


class SandboxGateway:
    """Implements settlement.rules.PaymentGateway."""

    name = NAME

    def charge(self, payment_ref: str, amount: int, currency: str) -> Charge | None:
        """Taken at once, declined at once, or None: a message will say."""
        outcome = client.charge(payment_ref, amount, currency)
        return None if outcome.status == "pending" else as_charge(outcome)

    def refund(self, gateway_ref: str, refund_ref: str, amount: int, currency: str) -> None:
        """The sandbox keeps no money, so nothing has to move back."""

    def read_message(self, body: bytes, signature: str) -> Charge:
        """What a message says of a charge.

        Refuses: BadSignature.
        """
        try:
            event_id, outcome = client.read(body, signature, int(now().timestamp()), settings.SANDBOX_SECRET)
        except BadMessage as error:
            raise BadSignature() from error
        return as_charge(outcome, event_id)


def as_charge(outcome: Outcome, event_id: str = "") -> Charge:
    """The gateway's words in ours."""
    return Charge(
        gateway_ref=outcome.id,
        payment_ref=outcome.reference,
        succeeded=outcome.status == "succeeded",
        amount=outcome.amount,
        currency=outcome.currency,
        event_id=event_id,
    )


def signed_message(payment_ref: str, amount: int, currency: str, *, succeeded: bool) -> tuple[bytes, str]:
    """(body, signature) of the message the sandbox would send about a charge now."""
    status = "succeeded" if succeeded else "declined"
    outcome = Outcome(client.charge_id(payment_ref), payment_ref, status, amount, currency)
    body = client.message(outcome)
    return body, client.sign(body, int(now().timestamp()), settings.SANDBOX_SECRET)
