"""The only writers of the ledger. What is promised, and in which order rows are locked: docs/algorithms/ledger.md.

Whoever posts takes the entry's key first, then its holds, then its balances by (account, unit), each kind in one
statement and sorted. Post once, at the end of a transaction, with everything in one set: then no two can deadlock.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trivium.core import sql
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.ids import new_ref
from trivium.ledger import rules
from trivium.ledger.errors import AlreadyReversed, HoldDiffers, HoldResolved, Overdrawn
from trivium.ledger.rules import Account, NewEntry, NewHold, Posting

# Opens balances that are not there yet, in account order, before anybody locks them: a first posting that would
# look for a row to lock and find none could not see the other first posting beside it. ON CONFLICT waits for that one.
_OPEN = """
INSERT INTO ledger_balance (account, unit, amount, held, floor)
SELECT a.account, a.unit,
       COALESCE((SELECT sum(p.amount) FROM ledger_posting p WHERE p.destination = a.account AND p.unit = a.unit), 0)
       - COALESCE((SELECT sum(p.amount) FROM ledger_posting p WHERE p.source = a.account AND p.unit = a.unit), 0),
       0, a.floor
FROM unnest(%(open_accounts)s::text[], %(open_units)s::text[], %(open_floors)s::bigint[]) AS a(account, unit, floor)
WHERE NOT EXISTS (SELECT 1 FROM ledger_balance b WHERE b.account = a.account AND b.unit = a.unit)
ORDER BY a.account COLLATE "C", a.unit COLLATE "C"
ON CONFLICT DO NOTHING
"""

_WRITE = f"""
WITH opened AS ({_OPEN}),
written AS (
    INSERT INTO ledger_entry (ref, key, subject, purpose, at, actor, reverses_id)
    SELECT e.ref, e.key, e.subject, e.purpose, %(at)s, %(actor)s, %(reverses)s::bigint
    FROM unnest(%(refs)s::text[], %(keys)s::text[], %(subjects)s::text[], %(purposes)s::text[])
         AS e(ref, key, subject, purpose)
    ORDER BY e.key COLLATE "C"
    ON CONFLICT DO NOTHING
    RETURNING id, ref
),
moved AS (
    INSERT INTO ledger_posting (entry_id, source, destination, amount, unit, at)
    SELECT w.id, p.source, p.destination, p.amount, p.unit, %(at)s
    FROM unnest(%(of)s::text[], %(sources)s::text[], %(destinations)s::text[], %(amounts)s::bigint[], %(units)s::text[])
         WITH ORDINALITY AS p(entry_ref, source, destination, amount, unit, n)
    JOIN written w ON w.ref = p.entry_ref
    ORDER BY p.n
)
SELECT ref FROM written
"""

# Resolves the holds of some subjects, locks the balances in account order, changes them, and tells which would have
# fallen below their floor (those are left alone; the caller refuses, and everything is undone). A statement of its
# own, after _WRITE: its snapshot must see every balance opened before our postings were written.
_APPLY = """
WITH due AS MATERIALIZED (
    SELECT id, account, unit, amount, subject FROM ledger_hold
    WHERE subject = ANY(%(subjects)s::text[]) AND status = 'held'
      AND (%(account)s::text IS NULL OR account = %(account)s::text)
    ORDER BY id FOR UPDATE
),
resolved AS (
    UPDATE ledger_hold h SET status = %(status)s::text, resolved_at = %(at)s::timestamptz FROM due WHERE h.id = due.id
),
change AS (
    SELECT account, unit, sum(amount)::bigint AS amount, sum(held)::bigint AS held
    FROM (SELECT account, unit, amount, held
          FROM unnest(%(accounts)s::text[], %(units)s::text[], %(amounts)s::bigint[], %(held)s::bigint[])
               AS given(account, unit, amount, held)
          UNION ALL SELECT account, unit, 0, -amount FROM due) AS parts
    GROUP BY account, unit
),
locked AS MATERIALIZED (
    SELECT b.id, b.account, b.unit, c.amount, c.held
    FROM change c JOIN ledger_balance b ON b.account = c.account AND b.unit = c.unit
    ORDER BY b.account COLLATE "C", b.unit COLLATE "C" FOR UPDATE OF b
),
changed AS (
    UPDATE ledger_balance b SET amount = b.amount + l.amount, held = b.held + l.held
    FROM locked l
    WHERE b.id = l.id
      AND (l.amount >= l.held OR b.amount + l.amount - b.held - l.held >= b.floor)
    RETURNING b.id
)
SELECT ARRAY(SELECT DISTINCT subject FROM due),
       (SELECT count(*) FROM due),
       ARRAY(SELECT account || ' ' || unit FROM locked),
       ARRAY(SELECT account FROM locked WHERE id NOT IN (SELECT id FROM changed) ORDER BY account)
"""

_HOLD = f"""
WITH opened AS ({_OPEN})
INSERT INTO ledger_hold (ref, account, unit, amount, subject, status, at)
SELECT h.ref, h.account, h.unit, h.amount, h.subject, 'held', %(at)s
FROM unnest(%(refs)s::text[], %(accounts)s::text[], %(units)s::text[], %(amounts)s::bigint[], %(subjects)s::text[])
     AS h(ref, account, unit, amount, subject)
ORDER BY h.account COLLATE "C", h.unit COLLATE "C", h.subject COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING ref
"""

_SNAPSHOT = """
WITH flow AS (
    SELECT source AS account, unit, -amount AS amount FROM ledger_posting
    WHERE id <= %(upto)s AND id > (SELECT COALESCE(max(upto_posting_id), 0) FROM ledger_snapshot)
    UNION ALL
    SELECT destination, unit, amount FROM ledger_posting
    WHERE id <= %(upto)s AND id > (SELECT COALESCE(max(upto_posting_id), 0) FROM ledger_snapshot)
),
step AS (SELECT account, unit, sum(amount)::bigint AS amount FROM flow GROUP BY account, unit)
INSERT INTO ledger_snapshot (account, unit, upto_posting_id, amount, at)
SELECT step.account, step.unit, %(upto)s, step.amount + COALESCE(last.amount, 0), %(at)s
FROM step LEFT JOIN LATERAL (
    SELECT s.amount FROM ledger_snapshot s WHERE s.account = step.account AND s.unit = step.unit
    ORDER BY s.upto_posting_id DESC LIMIT 1) AS last ON true
ON CONFLICT DO NOTHING
"""


@act
def open_account(path: str, unit: str, *, floor: int) -> None:
    """Give an account a floor, if it has none yet; one that has keeps what it has.

    Accounts of a declared shape (`rules.declare_floor`) need not be opened: their first posting does it.
    """
    open_accounts([(path, unit, floor)])


@act
def open_accounts(accounts: Sequence[tuple[str, str, int]]) -> None:
    """Give accounts (path, unit, floor) their floors, all at once; those that have one keep it.

    An account whose shape declares no floor may have postings, and somebody may be writing another: then all posting
    waits until this transaction ends. That is for administration, not for the way an order goes.
    """
    undeclared = [account for account in accounts if rules.floor_of(account[0]) is None]
    if undeclared and len(_existing(undeclared)) < len({account[:2] for account in undeclared}):
        sql.execute("LOCK TABLE ledger_posting IN SHARE ROW EXCLUSIVE MODE")
    sql.execute(_OPEN, _opening(accounts))


@act
def set_floor(path: str, unit: str, floor: int) -> None:
    """Change an account's floor (a credit limit is a negative one); opens the account if it is not.

    A floor above what is there is allowed: what was taken stays taken, and nothing more can be until enough came in.
    """
    open_account(path, unit, floor=floor)
    sql.execute(
        "UPDATE ledger_balance SET floor = %s WHERE account = %s AND unit = %s AND floor <> %s",
        [floor, path, unit, floor],
    )


@act
def post(
    *, key: str, subject: str, purpose: str, postings: Sequence[Posting | None], at: dt.datetime, actor_ref: str
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
    refs, new = _write(entries, at=at, actor_ref=actor_ref)
    _take(_apply(_moved(entry for entry, is_new in zip(entries, new, strict=True) if is_new)))
    return refs


@act
def reverse(key_of_entry: str, *, key: str, at: dt.datetime, actor_ref: str) -> str:
    """Undo an entry by posting it backwards; returns the new entry's reference. Nothing is ever deleted.

    Reversing it again under the same key changes nothing.

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
    refs, new = _write([entry], at=at, actor_ref=actor_ref, reverses=entry_id)
    if not refs[0]:
        raise AlreadyReversed(key=key_of_entry)
    _take(_apply(_moved([entry] if new[0] else [])))
    return refs[0]


@act
def hold(account: str, unit: str, amount: int, *, subject: str, at: dt.datetime) -> str:
    """Keep an amount back on an account with a floor; returns the hold's reference. See `hold_many`."""
    return hold_many([NewHold(account, unit, amount, subject)], at=at)[0]


@act
def hold_many(holds: Sequence[NewHold], *, at: dt.datetime) -> list[str]:
    """Keep amounts back on accounts with floors, all or none; returns the holds' references in order.

    A subject holds once per account: the same again changes nothing.

    Refuses: Overdrawn (also for an account that has no floor, on which nothing can be kept back), HoldDiffers,
    HoldResolved.
    """
    refs = [new_ref("hld") for _ in holds]
    table = [(ref, h.account, h.unit, h.amount, h.subject) for ref, h in zip(refs, holds, strict=True)]
    names = ("refs", "accounts", "units", "amounts", "subjects")
    params = dict(zip(names, sql.columns(table, 5), strict=True))
    params |= _opening(_declared((h.account, h.unit) for h in holds)) | {"at": at}
    written = {row[0] for row in sql.rows(_HOLD, params)}
    changes: dict[Account, list[int]] = defaultdict(lambda: [0, 0])
    for number, (ref, new) in enumerate(zip(refs, holds, strict=True)):
        if ref in written:
            changes[new.account, new.unit][1] += new.amount
        else:
            refs[number] = _same_hold(new)
    applied = _apply(changes)
    _take(applied, *[account for account, unit in changes if f"{account} {unit}" not in applied.locked])
    return refs


@act
def capture(
    subject: str, postings: Sequence[Posting | None], *, key: str, purpose: str, at: dt.datetime, actor_ref: str,
    account: str | None = None,
) -> str:
    """Turn what is held for a subject into an entry about it; returns the entry's reference.

    The whole hold ends, whatever the postings move: less gives the rest back, more needs room above the floor.
    `account` captures only what is held there. The same key again changes nothing.

    Refuses: HoldResolved, if nothing is held for the subject; Overdrawn.
    """
    entry = NewEntry(key, subject, purpose, postings)
    return capture_many([subject], [entry], at=at, actor_ref=actor_ref, account=account)[0]


@act
def capture_many(
    subjects: Sequence[str], entries: Sequence[NewEntry], *, at: dt.datetime, actor_ref: str, account: str | None = None
) -> list[str]:
    """Turn what is held for subjects into entries, as one set; returns the entries' references in order.

    When all the entries were posted before, nothing changes.

    Refuses: HoldResolved, if nothing is held for one of the subjects; Overdrawn.
    """
    refs, new = _write(entries, at=at, actor_ref=actor_ref)
    if entries and not any(new):
        return refs
    moved = _moved(entry for entry, is_new in zip(entries, new, strict=True) if is_new)
    applied = _apply(moved, subjects=subjects, status="captured", at=at, account=account)
    for subject in subjects:
        if subject not in applied.subjects:
            raise HoldResolved(subject=subject)
    _take(applied)
    return refs


@act
def release(subject: str, *, at: dt.datetime, account: str | None = None) -> int:
    """Give back what is held for a subject; returns how many holds that were. Nothing held is no refusal: 0."""
    return release_many([subject], at=at, account=account)


@act
def release_many(subjects: Sequence[str], *, at: dt.datetime, account: str | None = None) -> int:
    """Give back what is held for subjects, in one statement; returns how many holds that were."""
    return _apply({}, subjects=subjects, status="released", at=at, account=account).holds


def take_snapshot(at: dt.datetime) -> int:
    """Write down what the accounts came to, for those that moved since the last time; returns how many.

    Two transactions: the first waits for all postings being written and notes the last id, so that no smaller one can
    commit later; posting waits for it only that long. Run again, it takes what is new. It holds no balance's lock.
    """
    return _write_snapshot(_horizon(), at)


@act
def _horizon() -> int:
    sql.execute("SET LOCAL lock_timeout = '5s'")  # behind a long import everybody's posting would queue: try tomorrow
    sql.execute("LOCK TABLE ledger_posting IN SHARE MODE")
    return int(sql.rows("SELECT COALESCE(max(id), 0) FROM ledger_posting")[0][0])


@act
def _write_snapshot(upto: int, at: dt.datetime) -> int:
    return sql.execute(_SNAPSHOT, {"upto": upto, "at": at})


class _Applied(NamedTuple):
    subjects: list[str]
    holds: int
    locked: list[str]
    refused: list[str]


def _take(applied: _Applied, *others: str) -> None:
    for account in (*others, *applied.refused):
        raise Overdrawn(account=account)


def _write(
    entries: Sequence[NewEntry], *, at: dt.datetime, actor_ref: str, reverses: int | None = None
) -> tuple[list[str], list[bool]]:
    """Insert entries and postings; returns, for each, its reference and whether it is new. "" where it is neither."""
    refs = [new_ref("ent") for _ in entries]
    heads = [(ref, e.key, e.subject, e.purpose) for ref, e in zip(refs, entries, strict=True)]
    lines = [
        (ref, p.source, p.destination, p.amount, p.unit)
        for ref, e in zip(refs, entries, strict=True) for p in e.postings if p is not None
    ]  # fmt: skip
    params = dict(zip(("refs", "keys", "subjects", "purposes"), sql.columns(heads, 4), strict=True))
    params |= dict(zip(("of", "sources", "destinations", "amounts", "units"), sql.columns(lines, 5), strict=True))
    touched = {(path, line[4]) for line in lines for path in line[1:3]}
    params |= _opening(_declared(touched)) | {"at": at, "actor": actor_ref, "reverses": reverses}
    written = {row[0] for row in sql.rows(_WRITE, params)}
    new = [ref in written for ref in refs]
    if not all(new):
        keys = [e.key for e in entries]
        known = dict(sql.rows("SELECT key, ref FROM ledger_entry WHERE key = ANY(%s)", [keys]))
        refs = [known.get(key, "") for key in keys]
    return refs, new


def _apply(
    changes: dict[Account, list[int]], *, subjects: Sequence[str] = (), status: str = "released",
    at: dt.datetime | None = None, account: str | None = None,
) -> _Applied:
    """Change balances by (amount, held) and resolve the subjects' holds, under the balances' locks."""
    if not changes and not subjects:
        return _Applied([], 0, [], [])
    table = [(path, unit, amount, held) for (path, unit), (amount, held) in changes.items()]
    params = dict(zip(("accounts", "units", "amounts", "held"), sql.columns(table, 4), strict=True))
    params |= {"subjects": list(subjects), "status": status, "at": at, "account": account}
    return _Applied(*sql.rows(_APPLY, params)[0])


def _moved(entries: Iterable[NewEntry]) -> dict[Account, list[int]]:
    changes = rules.net(posting for entry in entries for posting in entry.postings)
    return {account: [amount, 0] for account, amount in changes.items()}


def _declared(accounts: Iterable[Account]) -> list[tuple[str, str, int]]:
    floors = ((path, unit, rules.floor_of(path)) for path, unit in accounts)
    return [(path, unit, floor) for path, unit, floor in floors if floor is not None]


def _opening(accounts: Sequence[tuple[str, str, int]]) -> dict[str, list[object]]:
    return dict(zip(("open_accounts", "open_units", "open_floors"), sql.columns(accounts, 3), strict=True))


def _existing(accounts: Sequence[tuple[str, str, int]]) -> list[sql.Row]:
    paths, units, _ = sql.columns(accounts, 3)
    return sql.rows(
        "SELECT b.id FROM ledger_balance b JOIN (SELECT DISTINCT * FROM unnest(%s::text[], %s::text[])) AS a(account, unit)"
        " ON b.account = a.account AND b.unit = a.unit",
        [paths, units],
    )


def _same_hold(new: NewHold) -> str:
    """The reference of the hold that is there already, if it is the same one still held."""
    ref, amount, status = sql.rows(
        "SELECT ref, amount, status FROM ledger_hold WHERE account = %s AND unit = %s AND subject = %s",
        [new.account, new.unit, new.subject],
    )[0]
    if status != "held":
        raise HoldResolved(subject=new.subject)
    if amount != new.amount:
        raise HoldDiffers(account=new.account, subject=new.subject)
    return str(ref)
