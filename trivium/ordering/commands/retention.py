"""Who took the goods of an old order, and where: personal data, gone when its time has come."""

import datetime as dt

from trivium.core import sql
from trivium.core.acts import act
from trivium.core.history import say_who
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.rules import Kept, days_kept

BATCH = 1000

# Country, region and city stay: freight and tax were reckoned by them.
_FORGET = """
WITH kept AS (
    SELECT * FROM unnest(%(countries)s::text[], %(befores)s::timestamptz[]) AS k (country, before)
),
over AS (
    SELECT o.id FROM ordering_order o
    JOIN parties_organization b ON b.id = o.buyer_id JOIN kept k ON k.country = b.country
    WHERE o.placed_at < k.before AND o.receiver <> ''
      AND NOT EXISTS (
        SELECT FROM ordering_supplierorder p WHERE p.order_id = o.id
          AND COALESCE(p.completed_at, p.cancelled_at, 'infinity') >= k.before)
    ORDER BY o.id LIMIT %(batch)s FOR UPDATE OF o SKIP LOCKED
)
UPDATE ordering_order o SET receiver = '' FROM over WHERE o.id = over.id
"""


@act
def forget_addresses() -> int:
    """Take name, phone and street off a batch of orders that ended longer ago than the law of the buyer's country lets
    them be kept (`parties.rules.RETENTION`); returns of how many. One statement, besides asking for the countries.
    """
    say_who()
    at = now()
    laws = parties.law_of_countries()
    befores = [at - dt.timedelta(days=days_kept(Kept.ADDRESSES, law)) for law in laws.values()]
    return sql.execute(_FORGET, {"countries": list(laws), "befores": befores, "batch": BATCH})
