"""The acts of settlement."""

from trivium.settlement.commands.budgets import set_budget
from trivium.settlement.commands.escrow import refund, refund_cancelled, release_escrow
from trivium.settlement.commands.funding import (
    fund_decided,
    record_bank_transfer,
    record_payment,
    return_surplus,
    set_credit_limit,
    settle_account,
    start_payment,
)
from trivium.settlement.commands.statements import (
    close_overdue,
    confirm_statement,
    finish_payout,
    issue_statements,
)

__all__ = [
    "close_overdue",
    "confirm_statement",
    "finish_payout",
    "fund_decided",
    "issue_statements",
    "record_bank_transfer",
    "record_payment",
    "refund",
    "refund_cancelled",
    "release_escrow",
    "return_surplus",
    "set_budget",
    "set_credit_limit",
    "settle_account",
    "start_payment",
]
