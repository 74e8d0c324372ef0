"""Who took the goods of an old order, and where: personal data, gone when its time has come."""

import datetime as dt

from trivium.core import sql
from trivium.core.acts import act
from trivium.core.history import say_who
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.rules import Kept

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
    them be kept (`parties.queries.retention_rules`); returns of how many.

    One statement, besides asking for countries and terms.
    """
    say_who()
    at = now()
    kept = parties.days_of_countries(Kept.ADDRESSES)
    befores = [at - dt.timedelta(days=days) for days in kept.values()]
    return sql.execute(_FORGET, {"countries": list(kept), "befores": befores, "batch": BATCH})
