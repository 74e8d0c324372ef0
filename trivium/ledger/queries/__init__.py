"""Reads of the ledger, and what its audit checks."""

from trivium.ledger.queries.books import (
    EntryView,
    Movement,
    available,
    balance,
    balances,
    balances_below,
    entries_of,
    entry,
    held,
    open_hold_subjects,
    postings_of,
)
from trivium.ledger.queries.faults import CHECKS, faults

__all__ = [
    "CHECKS",
    "EntryView",
    "Movement",
    "available",
    "balance",
    "balances",
    "balances_below",
    "entries_of",
    "entry",
    "faults",
    "held",
    "open_hold_subjects",
    "postings_of",
]
