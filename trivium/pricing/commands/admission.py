"""Admitting a supplier or partner together with the share contract it is to sign."""

from collections.abc import Mapping
from typing import Any

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.pricing.commands.contracts import propose_share_contract


@act
def approve_with_contract(
    actor: Actor, application_ref: str, *, words: str, terms: Mapping[str, Any]
) -> tuple[str, str]:
    """Approve an application and propose the share contract in the same act; returns both references.

    Until both sides have signed it, a partner gets no buyers.
    Refuses: whatever `approve_application` and `propose_share_contract` refuse; then neither is done.
    """
    role = parties.get_application(actor, application_ref).row.role
    company = parties_commands.approve_application(actor, application_ref, words=words)
    contract = propose_share_contract(actor, kind=f"operator_{role}", terms=terms, party_ref=company)
    return company, contract
