"""What accounts came to, written down each night, so that sums stay short."""

import datetime as dt

from trivium.core import sql
from trivium.core.acts import act

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


def take_snapshot(at: dt.datetime) -> int:
    """Write down what the accounts came to, for those that moved since the last time; returns how many.

    Two transactions, so that posting waits only for the first, which waits for all postings being written
    and notes the last id: no smaller one can appear later. Run again, it takes what is new.
    """
    return _write(_horizon(), at)


@act
def _horizon() -> int:
    # Behind a long import everybody's posting would queue with us: rather fail, and try again tomorrow.
    sql.execute("SET LOCAL lock_timeout = '5s'")
    sql.execute("LOCK TABLE ledger_posting IN SHARE MODE")
    return int(sql.rows("SELECT COALESCE(max(id), 0) FROM ledger_posting")[0][0])


@act
def _write(upto: int, at: dt.datetime) -> int:
    return sql.execute(_SNAPSHOT, {"upto": upto, "at": at})
