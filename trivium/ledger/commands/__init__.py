"""The only writers of the ledger. What is promised and why: docs/algorithms/ledger.md.

Lock order: an entry's key, then holds, then balances by (account, unit); each kind in one statement, sorted.
Two commands that post once, at the end of their transaction and with everything in one set, cannot deadlock.
"""

from trivium.ledger.commands.accounts import open_account, open_accounts, set_floor
from trivium.ledger.commands.entries import post, post_many, reverse
from trivium.ledger.commands.holds import capture, capture_many, hold, hold_many, release, release_many
from trivium.ledger.commands.snapshots import take_snapshot

__all__ = [
    "capture",
    "capture_many",
    "hold",
    "hold_many",
    "open_account",
    "open_accounts",
    "post",
    "post_many",
    "release",
    "release_many",
    "reverse",
    "set_floor",
    "take_snapshot",
]
