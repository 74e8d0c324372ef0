"""The two statements all entries are made of: write them down, then change the balances that have a floor."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from trivium.core import sql
from trivium.core.ids import new_ref
from trivium.ledger import rules
from trivium.ledger.errors import Overdrawn
from trivium.ledger.rules import Account, NewEntry

Floor = tuple[str, str, int]
Changes = dict[Account, list[int]]

# Opens balances that are not there yet, in account order, before anybody locks them: a first posting that
# looked for a row to lock, and found none, could not see another first posting beside it. ON CONFLICT waits
# for that one.
OPEN = """
INSERT INTO ledger_balance (account, unit, amount, held, floor)
SELECT a.account, a.unit,
       COALESCE((SELECT sum(p.amount) FROM ledger_posting p
                 WHERE p.destination = a.account AND p.unit = a.unit), 0)
       - COALESCE((SELECT sum(p.amount) FROM ledger_posting p
                   WHERE p.source = a.account AND p.unit = a.unit), 0),
       0, a.floor
FROM unnest(%(open_accounts)s::text[], %(open_units)s::text[], %(open_floors)s::bigint[])
     AS a(account, unit, floor)
WHERE NOT EXISTS (SELECT 1 FROM ledger_balance b WHERE b.account = a.account AND b.unit = a.unit)
ORDER BY a.account COLLATE "C", a.unit COLLATE "C"
ON CONFLICT DO NOTHING
"""

WRITE = f"""
WITH opened AS ({OPEN}),
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
    FROM unnest(%(of)s::text[], %(sources)s::text[], %(destinations)s::text[],
                %(amounts)s::bigint[], %(units)s::text[])
         WITH ORDINALITY AS p(entry_ref, source, destination, amount, unit, n)
    JOIN written w ON w.ref = p.entry_ref
    ORDER BY p.n
)
SELECT ref FROM written
"""

# Resolves the holds of some subjects, locks the balances in account order, changes them, and tells which
# would have fallen below their floor (those are left alone; the caller refuses, and everything is undone).
# It is a statement of its own, after WRITE: its snapshot must see every balance opened before our postings
# were there.
APPLY = """
WITH due AS MATERIALIZED (
    SELECT id, account, unit, amount, subject FROM ledger_hold
    WHERE subject = ANY(%(subjects)s::text[]) AND status = 'held'
      AND (%(account)s::text IS NULL OR account = %(account)s::text)
    ORDER BY id FOR UPDATE
),
resolved AS (
    UPDATE ledger_hold h SET status = %(status)s::text, resolved_at = %(at)s::timestamptz
    FROM due WHERE h.id = due.id
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


class Applied(NamedTuple):
    """What APPLY did: the holds it resolved, the balances it locked, the accounts that refuse."""

    subjects: list[str]
    holds: int
    locked: list[str]
    refused: list[str]

    def accept(self) -> None:
        """Refuse what falls below a floor: Overdrawn, naming the first such account."""
        if self.refused:
            raise Overdrawn(account=self.refused[0])


def write(
    entries: Sequence[NewEntry], *, at: dt.datetime, actor_ref: str, reverses: int | None = None
) -> tuple[list[str], list[NewEntry]]:
    """Insert entries with their postings; returns the reference of each and those that are new.

    A key that is there already keeps its entry, whose reference is returned; "" if there is none because the
    entry to be reversed was reversed under another key.
    """
    refs = [new_ref("ent") for _ in entries]
    pairs = list(zip(refs, entries, strict=True))
    heads = [(ref, e.key, e.subject, e.purpose) for ref, e in pairs]
    lines = [
        (ref, p.source, p.destination, p.amount, p.unit)
        for ref, e in pairs
        for p in e.postings
        if p is not None
    ]
    params = _named(("refs", "keys", "subjects", "purposes"), heads)
    params |= _named(("of", "sources", "destinations", "amounts", "units"), lines)
    params |= opening(declared((path, line[4]) for line in lines for path in line[1:3]))
    params |= {"at": at, "actor": actor_ref, "reverses": reverses}
    written = {row[0] for row in sql.rows(WRITE, params)}
    if len(written) == len(entries):
        return refs, list(entries)
    keys = [e.key for e in entries]
    known: dict[str, str] = dict(sql.rows("SELECT key, ref FROM ledger_entry WHERE key = ANY(%s)", [keys]))
    return [known.get(key, "") for key in keys], [e for ref, e in pairs if ref in written]


def apply(
    changes: Changes,
    *,
    resolve: Sequence[str] = (),
    status: str = "released",
    at: dt.datetime | None = None,
    account: str | None = None,
) -> Applied:
    """Change balances by (amount, held) and resolve the holds of subjects, under the balances' locks."""
    if not changes and not resolve:
        return Applied([], 0, [], [])
    table = [(path, unit, amount, held) for (path, unit), (amount, held) in changes.items()]
    params = _named(("accounts", "units", "amounts", "held"), table)
    params |= {"subjects": list(resolve), "status": status, "at": at, "account": account}
    return Applied(*sql.rows(APPLY, params)[0])


def changes_of(entries: Iterable[NewEntry]) -> Changes:
    """What entries change on each account, as `apply` takes it."""
    changes: Changes = defaultdict(lambda: [0, 0])
    for account, amount in rules.net(posting for entry in entries for posting in entry.postings).items():
        changes[account][0] = amount
    return changes


def declared(accounts: Iterable[Account]) -> list[Floor]:
    """Those of the accounts whose shape declares a floor, with it."""
    floors = ((path, unit, rules.floor_of(path)) for path, unit in set(accounts))
    return [(path, unit, floor) for path, unit, floor in floors if floor is not None]


def opening(accounts: Sequence[Floor]) -> dict[str, Any]:
    """The parameters of OPEN."""
    return _named(("open_accounts", "open_units", "open_floors"), accounts)


def _named(names: Sequence[str], table: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return dict(zip(names, sql.columns(table, len(names)), strict=True))
