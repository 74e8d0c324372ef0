"""Reads of the ledger.

Account paths carry no rights: the context that asks knows whose they are and has checked.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from trivium.core import sql
from trivium.ledger import rules
from trivium.ledger.rules import Posting

# Accounts with a floor have their sum; of the others, the last snapshot and what came after it.
_BALANCES = """
SELECT a.account,
       COALESCE(b.amount, COALESCE(s.amount, 0) + COALESCE(i.amount, 0) - COALESCE(o.amount, 0))::bigint,
       b.held, b.floor
FROM unnest(%(paths)s::text[]) AS a(account)
LEFT JOIN ledger_balance b ON b.account = a.account AND b.unit = %(unit)s
LEFT JOIN LATERAL (
    SELECT amount, upto_posting_id FROM ledger_snapshot
    WHERE account = a.account AND unit = %(unit)s ORDER BY upto_posting_id DESC LIMIT 1) AS s ON b.id IS NULL
LEFT JOIN LATERAL (
    SELECT sum(p.amount) AS amount FROM ledger_posting p
    WHERE p.destination = a.account AND p.unit = %(unit)s
      AND p.id > COALESCE(s.upto_posting_id, 0)) AS i ON b.id IS NULL
LEFT JOIN LATERAL (
    SELECT sum(p.amount) AS amount FROM ledger_posting p
    WHERE p.source = a.account AND p.unit = %(unit)s
      AND p.id > COALESCE(s.upto_posting_id, 0)) AS o ON b.id IS NULL
"""


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as it was written, with its postings in order."""

    ref: str
    key: str
    subject: str
    purpose: str
    at: dt.datetime
    actor: str
    reverses_key: str | None
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting seen from one account: `amount` is positive when it came in, `other` the other account."""

    id: int
    entry_ref: str
    key: str
    subject: str
    purpose: str
    at: dt.datetime
    other: str
    amount: int
    unit: str


def balance(path: str, unit: str) -> int:
    """What an account's postings come to."""
    return balances([path], unit)[path]


def balances(paths: Iterable[str], unit: str) -> dict[str, int]:
    """What the postings of accounts come to, in one statement; an account nobody posted to has 0."""
    return {
        path: amount
        for path, amount, _, _ in sql.rows(_BALANCES, {"paths": sorted(set(paths)), "unit": unit})
    }


def available(path: str, unit: str) -> int | None:
    """What can still be taken from an account or held on it: balance - held - floor. None: no floor."""
    _, amount, held, floor = sql.rows(_BALANCES, {"paths": [path], "unit": unit})[0]
    if floor is not None:
        return int(amount - held - floor)
    declared = rules.floor_of(path)
    return None if declared is None else int(amount - declared)


def balances_below(prefix: str, unit: str) -> dict[str, tuple[int, int]]:
    """Of the accounts with a floor whose path begins so: (what can still be taken, what is held), by their path. One
    statement.
    """
    found = sql.rows(
        "SELECT account, (amount - held - floor)::bigint, held FROM ledger_balance"
        " WHERE starts_with(account, %s) AND unit = %s ORDER BY account",
        [prefix, unit],
    )
    return {path: (int(left), int(held_now)) for path, left, held_now in found}


def held(subject: str) -> dict[rules.Account, int]:
    """What is held for a subject now, by (account, unit)."""
    found = sql.rows(
        "SELECT account, unit, amount FROM ledger_hold WHERE subject = %s AND status = 'held'", [subject]
    )
    return {(account, unit): amount for account, unit, amount in found}


def open_hold_subjects(after: str = "", limit: int = 1000) -> list[str]:
    """Subjects that hold something, in order, a page at a time: each must belong to what still waits."""
    found = sql.rows(
        "SELECT DISTINCT subject FROM ledger_hold WHERE status = 'held' AND subject > %s"
        " ORDER BY subject LIMIT %s",
        [after, limit],
    )
    return [row[0] for row in found]


def entries_of(subject: str) -> list[EntryView]:
    """All entries about a subject, in the order they were written."""
    return _entries("e.subject = %s", subject)


def entry(key: str) -> EntryView | None:
    """The entry of this key, or None."""
    return next(iter(_entries("e.key = %s", key)), None)


def _entries(condition: str, value: str) -> list[EntryView]:
    found = sql.rows(
        "SELECT e.ref, e.key, e.subject, e.purpose, e.at, e.actor, r.key,"
        " p.source, p.destination, p.amount, p.unit FROM ledger_entry e"
        " LEFT JOIN ledger_entry r ON r.id = e.reverses_id LEFT JOIN ledger_posting p ON p.entry_id = e.id"
        f" WHERE {condition} ORDER BY e.id, p.id",
        [value],
    )
    heads: dict[str, sql.Row] = {}
    postings: dict[str, list[Posting]] = defaultdict(list)
    for row in found:
        heads[row[0]] = row[:7]
        if row[7] is not None:
            postings[row[0]].append(Posting(*row[7:]))
    return [EntryView(*(*head, tuple(postings[ref]))) for ref, head in heads.items()]


def postings_of(account: str, since_id: int = 0, limit: int = 100) -> list[Movement]:
    """An account's postings after a certain one, in the order they were written; page on with the last id."""
    found = sql.rows(
        """
        SELECT p.id, e.ref, e.key, e.subject, e.purpose, p.at,
               CASE WHEN p.source = %(account)s THEN p.destination ELSE p.source END,
               CASE WHEN p.source = %(account)s THEN -p.amount ELSE p.amount END, p.unit
        FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
        WHERE (p.source = %(account)s OR p.destination = %(account)s) AND p.id > %(since)s
        ORDER BY p.id LIMIT %(limit)s
        """,
        {"account": account, "since": since_id, "limit": limit},
    )
    return [Movement(*row) for row in found]
