"""Posting entries, and undoing them."""

import datetime as dt
from collections.abc import Sequence

from trivium.core import sql
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.ledger.commands.writing import apply, changes_of, write
from trivium.ledger.errors import AlreadyReversed
from trivium.ledger.rules import NewEntry, Posting


@act
def post(
    *,
    key: str,
    subject: str,
    purpose: str,
    postings: Sequence[Posting | None],
    at: dt.datetime,
    actor_ref: str,
) -> str:
    """Write one entry and move what it moves; returns its reference.

    The key says which fact this is: posting it again changes nothing and returns the first entry's reference.

    Refuses: Overdrawn, if an account with a floor would fall below it.
    """
    return post_many([NewEntry(key, subject, purpose, postings)], at=at, actor_ref=actor_ref)[0]


@act
def post_many(entries: Sequence[NewEntry], *, at: dt.datetime, actor_ref: str) -> list[str]:
    """Write entries as one set, in two statements however many they are; returns their references in order.

    Keys posted before change nothing. Floors are held for the set as a whole, not for each entry in it.

    Refuses: Overdrawn, and then writes none of them.
    """
    refs, new = write(entries, at=at, actor_ref=actor_ref)
    apply(changes_of(new)).accept()
    return refs


@act
def reverse(key_of_entry: str, *, key: str, at: dt.datetime, actor_ref: str) -> str:
    """Undo an entry by posting it backwards; returns the new entry's reference. Nothing is ever deleted.

    Reversing it again under the same key changes nothing. A reversal can itself be reversed.

    Refuses: NotFound, AlreadyReversed (under another key), Overdrawn.
    """
    found = sql.rows(
        "SELECT e.id, e.subject, p.source, p.destination, p.amount, p.unit FROM ledger_entry e"
        " LEFT JOIN ledger_posting p ON p.entry_id = e.id WHERE e.key = %s ORDER BY p.id",
        [key_of_entry],
    )
    if not found:
        raise NotFound(what="entry", ref=key_of_entry)
    entry_id, subject = found[0][:2]
    back = [Posting(*row[2:]).reversed() for row in found if row[2] is not None]
    entry = NewEntry(key, subject, "reversal", back)
    refs, new = write([entry], at=at, actor_ref=actor_ref, reverses=entry_id)
    if not refs[0]:
        raise AlreadyReversed(key=key_of_entry)
    apply(changes_of(new)).accept()
    return refs[0]
