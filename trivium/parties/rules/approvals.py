"""Approvals inside a company, and the terms under which a buyer trades."""

from dataclasses import dataclass
from enum import StrEnum


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TradingTerms:
    """Under which terms a buyer trades now: who its partner is, in which currency and at which level.

    `approval_over` is the order total in minor units from which its own company asks for `approvals_needed`
    approvals; None asks for none.
    """

    buyer_id: int
    buyer_ref: str
    buyer_level: str
    partner_id: int
    partner_ref: str
    partner_confirms_by_rule: bool
    partner_is_house: bool
    currency: str
    country: str
    region: str
    approval_over: int | None
    approvals_needed: int
    may_order: bool


def verdict(needed: int, votes: list[bool]) -> ApprovalStatus:
    """How an approval stands: one no declines it, `needed` yeses approve it."""
    if not all(votes):
        return ApprovalStatus.DECLINED
    return ApprovalStatus.APPROVED if len(votes) >= needed else ApprovalStatus.WAITING
