"""What must hold of the books: promise 1, and the holds' part of promise 3. Signs of accounts are their owners' word.

Each entry balances by construction: a posting takes from one account what it gives to another.
"""

from collections.abc import Iterator, Sequence

from trivium.core import sql
from trivium.core.faults import Check, Fault, all_of, faults_in, missing_triggers
from trivium.ledger import rules

PAGE = 1000


def postings_move_something() -> Iterator[Fault]:
    """Every posting moves a positive amount between two accounts."""
    return faults_in(
        1,
        """
        SELECT 'posting ' || p.id, 'does not move a positive amount between two accounts'
        FROM ledger_posting p WHERE p.amount <= 0 OR p.source = p.destination ORDER BY p.id
        """,
    )


def postings_belong_to_entries() -> Iterator[Fault]:
    """Every posting is part of an entry, and was written at its moment."""
    return faults_in(
        1,
        """
        SELECT 'posting ' || p.id, CASE WHEN e.id IS NULL THEN 'belongs to no entry'
                                        ELSE 'is of another time than its entry ' || e.ref END
        FROM ledger_posting p LEFT JOIN ledger_entry e ON e.id = p.entry_id
        WHERE e.id IS NULL OR e.at <> p.at ORDER BY p.id
        """,
    )


_TOTALS = """
WITH flow AS (
    SELECT source AS account, unit, -amount AS amount FROM ledger_posting
    UNION ALL SELECT destination, unit, amount FROM ledger_posting
), total AS (SELECT account, unit, sum(amount)::bigint AS amount FROM flow GROUP BY account, unit)
"""


def balances_are_sums() -> Iterator[Fault]:
    """Every stored balance equals the sum of its account's postings."""
    return faults_in(
        1,
        _TOTALS
        + """
        SELECT 'balance ' || b.account || ' ' || b.unit,
               'is ' || b.amount || ', its postings come to ' || COALESCE(t.amount, 0)
        FROM ledger_balance b LEFT JOIN total t USING (account, unit)
        WHERE b.amount <> COALESCE(t.amount, 0) ORDER BY b.id
        """,
    )


def floors_have_balances() -> Iterator[Fault]:
    """Every account that was posted to and whose shape declares a floor has a balance to hold it."""
    after: Sequence[str] = ("", "")
    while True:
        page = sql.rows(
            "SELECT account, unit FROM (SELECT source AS account, unit FROM ledger_posting"
            " UNION SELECT destination, unit FROM ledger_posting) AS p WHERE (account, unit) > (%s, %s)"
            " AND NOT EXISTS (SELECT 1 FROM ledger_balance b WHERE b.account = p.account AND b.unit = p.unit)"
            f" ORDER BY account, unit LIMIT {PAGE}",
            after,
        )
        for account, unit in page:
            if rules.floor_of(account) is not None:
                yield Fault(1, f"account {account} {unit}", "has a floor and postings but no balance")
        if len(page) < PAGE:
            return
        after = page[-1]


def held_is_open_holds() -> Iterator[Fault]:
    """What a balance says is held equals its open holds."""
    return faults_in(
        3,
        """
        SELECT 'balance ' || b.account || ' ' || b.unit,
               'holds ' || b.held || ', its open holds come to ' || COALESCE(h.amount, 0)
        FROM ledger_balance b
        LEFT JOIN (SELECT account, unit, sum(amount) AS amount FROM ledger_hold
                   WHERE status = 'held' GROUP BY account, unit) AS h USING (account, unit)
        WHERE b.held <> COALESCE(h.amount, 0) ORDER BY b.id
        """,
    )


def holds_have_balances() -> Iterator[Fault]:
    """Every open hold keeps back a positive amount of an account that has a balance."""
    return faults_in(
        3,
        """
        SELECT 'hold ' || h.ref, 'is held on ' || h.account || ', which has no balance' FROM ledger_hold h
        WHERE h.status = 'held'
          AND NOT EXISTS (SELECT FROM ledger_balance b WHERE b.account = h.account AND b.unit = h.unit)
        UNION ALL
        SELECT 'hold ' || h.ref, 'holds ' || h.amount FROM ledger_hold h WHERE h.amount <= 0 ORDER BY 1
        """,
    )


def snapshots_are_sums() -> Iterator[Fault]:
    """Every snapshot equals the postings up to its last one."""
    return faults_in(
        1,
        """
        WITH step AS (
            SELECT s.*, lag(s.upto_posting_id, 1, 0::bigint) OVER (PARTITION BY account, unit ORDER BY upto_posting_id)
                        AS since
            FROM ledger_snapshot s
        ), counted AS (
            SELECT s.account, s.unit, s.upto_posting_id, s.amount,
                   sum(COALESCE(i.amount, 0) - COALESCE(o.amount, 0))
                   OVER (PARTITION BY s.account, s.unit ORDER BY s.upto_posting_id) AS total
            FROM step s
            CROSS JOIN LATERAL (SELECT sum(p.amount) AS amount FROM ledger_posting p
                WHERE p.destination = s.account AND p.unit = s.unit AND p.id > s.since AND p.id <= s.upto_posting_id) i
            CROSS JOIN LATERAL (SELECT sum(p.amount) AS amount FROM ledger_posting p
                WHERE p.source = s.account AND p.unit = s.unit AND p.id > s.since AND p.id <= s.upto_posting_id) o
        )
        SELECT 'snapshot ' || account || ' ' || unit || ' upto ' || upto_posting_id,
               'is ' || amount || ', its postings come to ' || total
        FROM counted WHERE amount <> total ORDER BY account, unit, upto_posting_id
        """,
    )


def reversals_undo() -> Iterator[Fault]:
    """Every entry that reverses another undoes it, posting by posting."""
    return faults_in(
        1,
        """
        SELECT 'entry ' || e.ref, 'does not undo ' || o.ref || ', which it reverses'
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        WHERE EXISTS (
            SELECT FROM (
                SELECT source, destination, unit, amount FROM ledger_posting WHERE entry_id = o.id
                UNION ALL
                SELECT destination, source, unit, -amount FROM ledger_posting WHERE entry_id = e.id) AS both_ways
            GROUP BY source, destination, unit HAVING sum(amount) <> 0)
        ORDER BY e.id
        """,
    )


def guards_stand() -> Iterator[Fault]:
    """The triggers that hold floors and let a hold end once are on their tables."""
    return missing_triggers(
        1,
        {
            "ledger_balance_floor": "ledger_balance",
            "ledger_balance_identity": "ledger_balance",
            "ledger_hold_once": "ledger_hold",
        },
    )


CHECKS: tuple[Check, ...] = (
    postings_move_something,
    postings_belong_to_entries,
    balances_are_sums,
    floors_have_balances,
    held_is_open_holds,
    holds_have_balances,
    snapshots_are_sums,
    reversals_undo,
    guards_stand,
)


def faults() -> Iterator[Fault]:
    """Every row that breaks a promise of the ledger, read in pieces, so in bounded memory."""
    return all_of(CHECKS)
