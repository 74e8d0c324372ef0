"""What must hold of the money: the books of statements, payouts and debts (promise 1), and of escrows (promise 2)."""

from collections.abc import Iterator

from trivium.core.faults import Check, Fault, all_of
from trivium.settlement.queries.faults import accounts, escrow, statements

CHECKS: tuple[Check, ...] = (*accounts.CHECKS, *escrow.CHECKS, *statements.CHECKS)


def faults() -> Iterator[Fault]:
    """Every account, funding, refund, statement and payout that breaks a promise."""
    return all_of(CHECKS)
