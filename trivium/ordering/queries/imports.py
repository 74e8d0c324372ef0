"""Orders by the number another system knows them by: for whoever imports orders and must not do so twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from trivium.core import sql
from trivium.core.actor import Actor


@dataclass(frozen=True, slots=True)
class NumberedOrder:
    """An order with a purchase order number, and one supplier's part of it.

    `sold` is how much of which (code, unit price) stands on it; what was given back since is not taken off.
    """

    po_number: str
    buyer_ref: str
    order_ref: str
    supplier_order_ref: str
    status: str
    is_shipped: bool
    sold: dict[tuple[str, Decimal], Decimal] = field(default_factory=dict)


_BY_PO_NUMBER = """
SELECT o.po_number, b.ref, o.ref, p.ref, p.status, p.shipped_at IS NOT NULL, l.code, l.unit_price, sum(l.quantity)
FROM ordering_order o
JOIN ordering_supplierorder p ON p.order_id = o.id
JOIN ordering_orderline l ON l.supplier_order_id = p.id
JOIN parties_organization b ON b.id = o.buyer_id
WHERE o.po_number = ANY (%(numbers)s::text[]) AND o.po_number <> '' AND p.supplier_id = %(supplier)s
  AND p.status <> 'cancelled' AND o.mode <> 'markup'
GROUP BY o.id, b.ref, p.id, l.code, l.unit_price
ORDER BY o.id
"""


def orders_by_po_number(actor: Actor, po_numbers: Sequence[str]) -> list[NumberedOrder]:
    """A supplier's orders under these numbers, oldest first, the cancelled ones left out. One statement.

    Orders under markup are left out too: the price the buyer pays there is not the supplier's to see.
    """
    if not actor.is_role("supplier"):
        return []
    found: dict[str, NumberedOrder] = {}
    params = {"numbers": list(po_numbers), "supplier": actor.organization_id}
    for number, buyer, order, part, status, shipped, code, unit_price, quantity in sql.rows(
        _BY_PO_NUMBER, params
    ):
        if part not in found:
            found[part] = NumberedOrder(number, buyer, order, part, status, shipped)
        found[part].sold[code, unit_price] = quantity
    return list(found.values())
