"""What must hold after every single step, in one statement, and a print of the tables to see that nothing changed.

It is written from the promises of the domain, independently of the audit, so that the two check each other.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from trivium.core import sql

_FLOW = """
flow AS MATERIALIZED (
    SELECT account, unit, sum(amount) AS amount FROM (
        SELECT destination AS account, unit, amount FROM ledger_posting
        UNION ALL SELECT source, unit, -amount FROM ledger_posting) AS side
    GROUP BY account, unit
), held AS MATERIALIZED (
    SELECT subject, sum(quantity) AS quantity FROM inventory_reservation WHERE status = 'held' GROUP BY subject
), part AS MATERIALIZED (
    SELECT p.*, o.ref AS order_ref, o.payment_method, o.budget_code, o.total AS order_total, o.closed_at,
           (SELECT coalesce(sum(f.amount - f.refunded), 0) FROM settlement_funding f
            WHERE f.supplier_order_id = p.id)
           - (SELECT coalesce(sum(l.amount), 0) FROM settlement_refundloss l
              JOIN settlement_refund r ON r.id = l.refund_id WHERE r.supplier_order_id = p.id) AS funded,
           EXISTS (SELECT FROM settlement_release r WHERE r.supplier_order_id = p.id) AS is_paid_out
    FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
), one AS MATERIALIZED (
    SELECT order_id, order_ref, min(payment_method) AS payment_method, min(budget_code) AS budget_code,
           min(order_total) AS total, min(closed_at) AS closed_at,
           bool_or(status IN ('submitted', 'confirmed')) AS waits,
           bool_and(status IN ('completed', 'cancelled')) AS is_over,
           bool_and(status = 'cancelled') AS is_gone
    FROM part GROUP BY order_id, order_ref
)
"""

_FAULTS = """
SELECT 'balance of ' || b.account || ': ' || b.amount || ', postings ' || coalesce(f.amount, 0)
FROM ledger_balance b LEFT JOIN flow f USING (account, unit) WHERE b.amount <> coalesce(f.amount, 0)
UNION ALL
SELECT 'below floor: ' || account FROM ledger_balance WHERE amount - held < floor OR held < 0
UNION ALL
SELECT 'negative: ' || account || ' ' || amount FROM flow
WHERE amount < 0 AND (account LIKE 'escrow/%%' OR account LIKE '%%/payable' OR account LIKE '%%/surplus')
UNION ALL
SELECT 'positive: ' || account || ' ' || amount FROM flow
WHERE amount > 0 AND account LIKE '%%/receivable'
UNION ALL
SELECT 'positive: ' || f.account || ' ' || f.amount FROM flow f WHERE f.amount > 0 AND f.account LIKE 'psp/%%'
  AND f.amount > (SELECT coalesce(sum(p.amount), 0) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
                  WHERE p.destination = f.account AND e.purpose = 'gateway_payout')
UNION ALL
SELECT 'held on ' || b.account || ': ' || b.held FROM ledger_balance b
WHERE b.held <> (SELECT coalesce(sum(h.amount), 0) FROM ledger_hold h
                 WHERE h.account = b.account AND h.unit = b.unit AND h.status = 'held')
UNION ALL
SELECT 'stock ' || s.id || ': on hand ' || s.on_hand || ', reserved ' || s.reserved FROM inventory_stocklevel s
WHERE s.reserved > s.on_hand OR s.reserved < 0
   OR s.reserved <> (SELECT coalesce(sum(r.quantity), 0) FROM inventory_reservation r
                     WHERE r.stock_id = s.id AND r.status = 'held')
   OR s.on_hand <> (SELECT coalesce(sum(m.quantity * CASE WHEN m.destination_id = s.location_id THEN 1 ELSE -1 END), 0)
                    FROM inventory_movement m
                    WHERE m.sku_id = s.sku_id AND s.location_id IN (m.source_id, m.destination_id))
UNION ALL
SELECT 'line ' || l.ref || ' of a part ' || p.status || ' holds ' || coalesce(h.quantity, 0)
FROM part p JOIN ordering_orderline l ON l.supplier_order_id = p.id LEFT JOIN held h ON h.subject = l.ref
WHERE coalesce(h.quantity, 0) <> CASE WHEN p.status IN ('submitted', 'confirmed', 'released')
                                      THEN l.quantity - l.unshipped_back - l.shipped ELSE 0 END
UNION ALL
SELECT 'escrow of ' || p.ref || ' ' || p.status || ': ' || coalesce(f.amount, 0) || ', funded ' || p.funded
FROM part p LEFT JOIN flow f ON f.account = 'escrow/' || p.ref
WHERE coalesce(f.amount, 0) <> CASE WHEN p.is_paid_out THEN 0 ELSE p.funded END
   OR (p.status IN ('submitted', 'confirmed') AND p.funded <> 0)
UNION ALL
SELECT 'released without its causes: ' || ref FROM part
WHERE status IN ('released', 'signed', 'completed')
  AND (supply_confirmed_at IS NULL OR margin_confirmed_at IS NULL OR funded_at IS NULL OR due IS NULL
       OR (due > 0 AND NOT EXISTS (SELECT FROM settlement_funding f WHERE f.supplier_order_id = part.id)))
UNION ALL
SELECT 'paid out while ' || status || ': ' || ref FROM part WHERE is_paid_out AND status <> 'completed'
UNION ALL
SELECT 'credit of ' || o.order_ref FROM one o
WHERE (o.payment_method = 'on_account' AND o.waits AND o.total > 0)
      <> EXISTS (SELECT FROM ledger_hold h WHERE h.subject = o.order_ref AND h.status = 'held')
UNION ALL
SELECT 'budget of ' || o.order_ref FROM one o
WHERE (o.budget_code <> '' AND o.waits AND o.total > 0)
      <> EXISTS (SELECT FROM ledger_hold h WHERE h.subject = o.order_ref || ':budget' AND h.status = 'held')
UNION ALL
SELECT 'coupon of ' || o.order_ref || ' is ' || u.status FROM one o JOIN pricing_couponuse u ON u.subject = o.order_ref
WHERE CASE WHEN o.is_gone THEN u.status NOT IN ('returned', 'lapsed')
           WHEN o.is_over THEN u.status = 'held' ELSE u.status = 'redeemed' END
UNION ALL
SELECT 'uses of coupon ' || c.code FROM pricing_coupon c JOIN kept.pricing_coupon k USING (id)
WHERE c.uses_left < 0
   OR k.uses_left <> c.uses_left + (SELECT count(*) FROM pricing_couponuse u
                                    WHERE u.coupon_id = c.id AND u.status <> 'returned')
UNION ALL
SELECT 'uses of coupon ' || a.coupon_id || ' by ' || a.buyer_id FROM pricing_couponallowance a
WHERE a.used <> (SELECT count(*) FROM pricing_couponuse u
                 WHERE u.coupon_id = a.coupon_id AND u.buyer_id = a.buyer_id AND u.status <> 'returned')
UNION ALL
SELECT 'closed or not: ' || order_ref FROM one WHERE is_over <> (closed_at IS NOT NULL)
UNION ALL
SELECT 'receivable of ' || o.ref || ': ' || coalesce(f.amount, 0) FROM parties_organization o
JOIN (SELECT buyer_id, sum(amount - credited - paid) AS owed FROM settlement_receivable GROUP BY 1) r
     ON r.buyer_id = o.id
LEFT JOIN flow f ON f.account = 'buyer/' || o.ref || '/receivable'
WHERE coalesce(f.amount, 0) <> -r.owed
UNION ALL
SELECT 'money in ' || unit FROM flow GROUP BY unit HAVING sum(amount) <> 0
"""

_CHANGING = (
    "ordering_order",
    "ordering_supplierorder",
    "ordering_orderline",
    "ordering_cartline",
    "inventory_stocklevel",
    "inventory_reservation",
    "ledger_balance",
    "ledger_hold",
    "settlement_payment",
    "settlement_funding",
    "settlement_receivable",
    "settlement_payout",
    "settlement_series",
    "pricing_coupon",
    "pricing_couponuse",
    "pricing_couponallowance",
    "pricing_partnerstanding",
    "parties_approval",
    "fulfilment_shipment",
)
_GROWING = (
    "core_event",
    "ledger_entry",
    "ledger_posting",
    "inventory_movement",
    "procrastinate_jobs",
    "settlement_refund",
    "settlement_refundloss",
    "settlement_release",
    "settlement_accountreceipt",
    "settlement_statement",
    "settlement_statementconfirmation",
    "parties_approvalvote",
    "fulfilment_parcel",
    "fulfilment_trackingevent",
)

_PRINT = " || '.' || ".join(
    [f"(SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {name} t)" for name in _CHANGING]
    + [f"(SELECT count(*) || '-' || coalesce(max(id), 0) FROM {name})" for name in _GROWING]
)

_PARTS = """
SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.id), '[]') FROM (
    SELECT p.id, p.ref, p.order_ref, p.status, p.buyer_id, p.partner_id, p.supplier_id, p.payment_method, p.due,
           p.freight, p.holds, p.shipped_at IS NOT NULL AS is_shipped, p.submitted_at IS NOT NULL AS is_submitted,
           p.supply_confirmed_at IS NOT NULL AS has_supply, p.margin_confirmed_at IS NOT NULL AS has_margin,
           p.objected_at IS NOT NULL AS is_objected, p.is_paid_out,
           (SELECT json_agg(json_build_object(
                'ref', l.ref, 'sku_id', l.sku_id, 'quantity', l.quantity,
                'to_ship', l.quantity - l.unshipped_back - l.shipped,
                'shipped', l.shipped, 'out', l.shipped - (l.back_quantity - l.unshipped_back), 'paid', l.paid)
                ORDER BY l.position)
            FROM ordering_orderline l WHERE l.supplier_order_id = p.id) AS lines,
           (SELECT coalesce(json_agg(s.ref ORDER BY s.id), '[]') FROM fulfilment_shipment s
            WHERE s.supplier_order_id = p.id AND s.signed_at IS NULL) AS unsigned
    FROM part p) AS x
"""

_LOOK = f"WITH {_FLOW} SELECT ARRAY({_FAULTS}), md5({_PRINT}), ({_PARTS})".replace("%%", "%")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw: what is wrong, a print of all that can change, and every part with its lines."""

    faults: list[str]
    print: str
    parts: list[dict[str, Any]]


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION kept.look() RETURNS TABLE (faults text[], print text, parts json) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN RETURN QUERY {_LOOK}; END $$
"""


class Watch:
    """Looks at everything with a statement the server plans once. Needs the copies of a Ground."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_FUNCTION)

    def look(self) -> Seen:
        """Everything as it is now."""
        return Seen(*sql.rows("SELECT * FROM kept.look()")[0])
