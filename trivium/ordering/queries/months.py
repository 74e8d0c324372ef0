"""What people of a company have ordered in the calendar month that is now, where the business is."""

import datetime as dt

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.time import business_month

# What was cancelled or declined does not count; what the supplier confirmed counts with what is then owed.
_ORDERED = """
SELECT o.placed_by_id, sum(COALESCE(p.due, p.goods + p.freight + p.service_fee))::bigint
FROM ordering_order o JOIN ordering_supplierorder p ON p.order_id = o.id AND p.status <> 'cancelled'
WHERE o.buyer_id = %(buyer)s AND o.placed_by_id {whose} AND o.currency = %(currency)s
  AND o.placed_at >= %(starts)s AND o.placed_at < %(ends)s
GROUP BY 1
"""
_OF_ONE = _ORDERED.format(whose="= %(person)s")
_OF_ALL = f"""
SELECT u.ref, x.sum FROM ({_ORDERED.format(whose="IS NOT NULL")}) AS x JOIN parties_user u ON u.id = x.placed_by_id
"""


def ordered_in_month(buyer_id: int, person_id: int, currency: str, at: dt.datetime) -> int:
    """What one person has ordered for a company in the month of `at`, in minor units. One statement."""
    starts, ends = business_month(at)
    whose = {"buyer": buyer_id, "person": person_id, "currency": currency, "starts": starts, "ends": ends}
    found = sql.rows(_OF_ONE, whose)
    return int(found[0][1]) if found else 0


def ordered_by_people(actor: Actor, currency: str, at: dt.datetime) -> dict[str, int]:
    """What each colleague has ordered in the month of `at`, by their reference, in minor units. One statement."""
    starts, ends = business_month(at)
    own = {"buyer": actor.organization_id or 0, "currency": currency, "starts": starts, "ends": ends}
    return {ref: int(amount) for ref, amount in sql.rows(_OF_ALL, own)} if actor.is_role("buyer") else {}
