"""Keeping amounts back, until they are captured or released: exactly one of the two, once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from trivium.core import sql
from trivium.core.acts import act
from trivium.core.ids import new_ref
from trivium.ledger.commands.writing import OPEN, Changes, apply, changes_of, declared, opening, write
from trivium.ledger.errors import HoldDiffers, HoldResolved, Overdrawn
from trivium.ledger.rules import NewEntry, NewHold, Posting

_HOLD = f"""
WITH opened AS ({OPEN})
INSERT INTO ledger_hold (ref, account, unit, amount, subject, status, at)
SELECT h.ref, h.account, h.unit, h.amount, h.subject, 'held', %(at)s
FROM unnest(%(refs)s::text[], %(accounts)s::text[], %(units)s::text[], %(amounts)s::bigint[],
            %(subjects)s::text[]) AS h(ref, account, unit, amount, subject)
ORDER BY h.account COLLATE "C", h.unit COLLATE "C", h.subject COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING ref
"""


@act
def hold(account: str, unit: str, amount: int, *, subject: str, at: dt.datetime) -> str:
    """Keep an amount back on an account with a floor; returns the hold's reference. See `hold_many`."""
    return hold_many([NewHold(account, unit, amount, subject)], at=at)[0]


@act
def hold_many(holds: Sequence[NewHold], *, at: dt.datetime) -> list[str]:
    """Keep amounts back on accounts with floors, all or none; returns the holds' references in order.

    A subject holds once per account: the same again changes nothing.

    Refuses: Overdrawn (also for an account without a floor, on which nothing can be kept back), HoldDiffers,
    HoldResolved.
    """
    refs = [new_ref("hld") for _ in holds]
    table = [(ref, h.account, h.unit, h.amount, h.subject) for ref, h in zip(refs, holds, strict=True)]
    names = ("refs", "accounts", "units", "amounts", "subjects")
    params = dict(zip(names, sql.columns(table, 5), strict=True))
    params |= opening(declared((h.account, h.unit) for h in holds)) | {"at": at}
    written = {row[0] for row in sql.rows(_HOLD, params)}
    changes: Changes = defaultdict(lambda: [0, 0])
    for number, (ref, new) in enumerate(zip(refs, holds, strict=True)):
        if ref in written:
            changes[new.account, new.unit][1] += new.amount
        else:
            refs[number] = _same_hold(new)
    applied = apply(changes)
    applied.accept()
    for account, unit in changes:
        if f"{account} {unit}" not in applied.locked:
            raise Overdrawn(account=account)
    return refs


@act
def capture(
    subject: str,
    postings: Sequence[Posting | None],
    *,
    key: str,
    purpose: str,
    at: dt.datetime,
    actor_ref: str,
    account: str | None = None,
) -> str:
    """Turn what is held for a subject into an entry about it; returns the entry's reference.

    The whole hold ends, whatever the postings move: less gives the rest back, more needs room above the
    floor. `account` captures only what is held there. The same key again changes nothing.

    Refuses: HoldResolved, if nothing is held for the subject; Overdrawn.
    """
    entry = NewEntry(key, subject, purpose, postings)
    return capture_many([subject], [entry], at=at, actor_ref=actor_ref, account=account)[0]


@act
def capture_many(
    subjects: Sequence[str],
    entries: Sequence[NewEntry],
    *,
    at: dt.datetime,
    actor_ref: str,
    account: str | None = None,
) -> list[str]:
    """Turn what is held for subjects into entries, as one set; returns the entries' references in order.

    When all the entries were posted before, nothing changes.

    Refuses: HoldResolved, if nothing is held for one of the subjects; Overdrawn.
    """
    refs, new = write(entries, at=at, actor_ref=actor_ref)
    if entries and not new:
        return refs
    applied = apply(changes_of(new), resolve=subjects, status="captured", at=at, account=account)
    for subject in subjects:
        if subject not in applied.subjects:
            raise HoldResolved(subject=subject)
    applied.accept()
    return refs


@act
def release(subject: str, *, at: dt.datetime, account: str | None = None) -> int:
    """Give back what is held for a subject; returns how many holds that were.

    Nothing held is no refusal: 0. `account` releases only what is held there.
    """
    return release_many([subject], at=at, account=account)


@act
def release_many(subjects: Sequence[str], *, at: dt.datetime, account: str | None = None) -> int:
    """Give back what is held for subjects, in one statement; returns how many holds that were."""
    return apply({}, resolve=subjects, status="released", at=at, account=account).holds


def _same_hold(new: NewHold) -> str:
    """The reference of the hold that is there already, if it is the same one and still held."""
    ref, amount, status = sql.rows(
        "SELECT ref, amount, status FROM ledger_hold WHERE account = %s AND unit = %s AND subject = %s",
        [new.account, new.unit, new.subject],
    )[0]
    if status != "held":
        raise HoldResolved(subject=new.subject)
    if amount != new.amount:
        raise HoldDiffers(account=new.account, subject=new.subject)
    return str(ref)
