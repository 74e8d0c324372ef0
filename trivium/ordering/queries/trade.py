"""How a workspace's trade goes, in figures it may see: by day, and what is late."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.ordering.models import Order, SupplierOrder
from trivium.ordering.rules import Status

ZONE = "Asia/Shanghai"

# What a role reads of a supplier order as the one figure of its trade: the buyer and the operator what is paid, the
# supplier what it gets for the goods, the partner its margin. Cancelled parts count for nobody.
_PAID = "x.goods + x.freight + x.service_fee"
_OF_LINES = "(SELECT coalesce(sum({what}), 0) FROM ordering_orderline l WHERE l.supplier_order_id = x.id)"
_AMOUNT = {
    "operator": _PAID,
    "buyer": _PAID,
    "supplier": _OF_LINES.format(what="l.supplier_net"),
    "partner": _OF_LINES.format(what="l.commission + l.service_fee"),
}
_MINE = {"operator": "true", "buyer": "x.buyer_id = %(own)s", "supplier": "x.supplier_id = %(own)s",
         "partner": "x.partner_id = %(own)s"}  # fmt: skip
_BY_DAY = """
SELECT (x.submitted_at AT TIME ZONE %(zone)s)::date, count(DISTINCT x.order_id), sum({amount})::bigint
FROM ordering_supplierorder x
WHERE {mine} AND x.submitted_at >= %(since)s AND x.submitted_at < %(until)s AND x.status <> 'cancelled'
  AND x.currency = %(currency)s
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's trade: how many orders, and the reader's figure of them in minor units."""

    day: dt.date
    orders: int
    amount: int


def trade_by_day(actor: Actor, since: dt.datetime, until: dt.datetime, currency: str) -> list[Day]:
    """Days on which orders were submitted, in order, without those that were cancelled since. One statement."""
    role = actor.role if actor.role in _MINE else "operator" if actor.is_system else "buyer"
    statement = _BY_DAY.format(amount=_AMOUNT[role], mine=_MINE[role])
    params = {"own": actor.organization_id, "zone": ZONE, "since": since, "until": until, "currency": currency}
    return [Day(*row) for row in sql.rows(statement, params)]


@dataclass(frozen=True, slots=True)
class Late:
    """A supplier order whose promised day of shipping has passed."""

    order_ref: str
    order_number: str
    supplier: str
    buyer: str
    ship_date: dt.date


def late_shipping(actor: Actor, today: dt.date, *, limit: int = 5) -> tuple[list[Late], int]:
    """What should have been shipped before today and was not: the longest late ones, and how many (up to 99)."""
    found = SupplierOrder.objects.visible_to(actor).filter(
        status=Status.RELEASED, shipped_at=None, ship_date__lt=today
    )
    names = ("order__ref", "order_id", "supplier__name", "buyer__name", "ship_date")
    rows = list(found.order_by("ship_date", "id").values_list(*names)[:99])
    return [Late(ref, Order(pk=key).number, *rest) for ref, key, *rest in rows[:limit]], len(rows)
