"""What a supplier or a partner has earned."""

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.ledger import queries as ledger
from trivium.parties import queries as parties
from trivium.web.shared.home import Figure


def earned(actor: Actor) -> list[Figure]:
    """What is not stated yet, and what is stated but not paid out."""
    base = f"{actor.role}/{actor.organization_ref}"
    currency = parties.get_organization(actor, actor.organization_ref).currency
    found = ledger.balances([f"{base}/pending", f"{base}/payable"], currency)
    return [
        Figure(gettext("Earned, not stated yet"), found[f"{base}/pending"], currency,
               gettext("From completed orders; stands on the next statement.")),
        Figure(gettext("Stated, to be paid out"), found[f"{base}/payable"], currency,
               gettext("Paid out after two approvals.")),
    ]  # fmt: skip
