"""The acts of settlement."""

from trivium.settlement.commands.bank import record_gateway_payout, settle_account
from trivium.settlement.commands.budgets import keep_budget, set_budget
from trivium.settlement.commands.escrow import refund, refund_cancelled, release_escrow
from trivium.settlement.commands.funding import (
    fund_decided,
    record_bank_transfer,
    record_payment,
    return_surplus,
    return_transfer,
    set_credit_limit,
    start_payment,
)
from trivium.settlement.commands.statements import (
    close_overdue,
    confirm_statement,
    decide,
    finish_payout,
    issue_statements,
    propose_payout,
)

__all__ = [
    "close_overdue",
    "confirm_statement",
    "decide",
    "finish_payout",
    "fund_decided",
    "issue_statements",
    "propose_payout",
    "record_bank_transfer",
    "record_gateway_payout",
    "record_payment",
    "refund",
    "refund_cancelled",
    "release_escrow",
    "return_surplus",
    "return_transfer",
    "keep_budget",
    "set_budget",
    "set_credit_limit",
    "settle_account",
    "start_payment",
]
