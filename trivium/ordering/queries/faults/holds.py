"""Promise 3, the orders' side: what waits holds exactly what it waits for, and nothing else holds anything."""

from collections.abc import Iterator, Sequence

from trivium.core.faults import NO_JOB_WAITS, Check, Fault, faults_in
from trivium.ordering.queries.parts import BUDGET


def lines_hold_their_stock() -> Iterator[Fault]:
    """A line of a part that is not closed holds what is still to ship of it, of the sku that comes; others nothing."""
    return faults_in(
        3,
        """
        WITH wanted AS (
            SELECT l.ref, COALESCE(l.substitute_id, l.sku_id) AS sku_id, p.status,
                   CASE WHEN p.status IN ('completed', 'cancelled') THEN 0
                        ELSE l.quantity - l.unshipped_back - l.shipped END AS quantity
            FROM ordering_orderline l JOIN ordering_supplierorder p ON p.id = l.supplier_order_id
        ), held AS (
            SELECT r.subject AS ref, sum(r.quantity) AS quantity, array_agg(DISTINCT s.sku_id) AS sku_ids
            FROM inventory_reservation r LEFT JOIN inventory_stocklevel s ON s.id = r.stock_id
            WHERE r.status = 'held' GROUP BY r.subject
        )
        SELECT CASE WHEN w.ref IS NULL THEN 'reservation for ' ELSE 'order line ' END || ref,
               CASE WHEN w.ref IS NULL THEN 'holds ' || trim_scale(h.quantity) || ' for no order line'
                    WHEN w.quantity IS DISTINCT FROM COALESCE(h.quantity, 0)
                    THEN 'is ' || w.status || ' and should hold ' || trim_scale(w.quantity) || ' in stock, it holds '
                         || trim_scale(COALESCE(h.quantity, 0))
                    ELSE 'holds stock of another sku' END
        FROM wanted w FULL JOIN held h USING (ref)
        WHERE COALESCE(w.quantity, 0) <> COALESCE(h.quantity, 0) OR h.sku_ids <> ARRAY[w.sku_id] ORDER BY ref
        """,
    )


def shipped_goods_have_left() -> Iterator[Fault]:
    """What a line says was shipped is what moved to the customer for it; no more came back than was given back."""
    return faults_in(
        3,
        """
        WITH moved AS (
            SELECT m.subject AS ref, sum(m.quantity) FILTER (WHERE d.kind = 'customer') AS gone,
                   sum(m.quantity) FILTER (WHERE s.kind = 'customer') AS come
            FROM inventory_movement m JOIN inventory_location s ON s.id = m.source_id
            JOIN inventory_location d ON d.id = m.destination_id
            WHERE starts_with(m.subject, 'oln_') GROUP BY m.subject
        )
        SELECT CASE WHEN l.ref IS NULL THEN 'movements for ' ELSE 'order line ' END || ref,
               CASE WHEN l.ref IS NULL THEN 'belong to no order line'
                    WHEN l.shipped <> COALESCE(m.gone, 0)
                    THEN 'has shipped ' || trim_scale(l.shipped) || ', movements say '
                         || trim_scale(COALESCE(m.gone, 0))
                    ELSE 'got back ' || trim_scale(m.come) || ', of which the buyer was given back only '
                         || trim_scale(l.back_quantity - l.unshipped_back) END
        FROM ordering_orderline l FULL JOIN moved m USING (ref)
        WHERE l.ref IS NULL OR l.shipped <> COALESCE(m.gone, 0)
           OR COALESCE(m.come, 0) > l.back_quantity - l.unshipped_back ORDER BY ref
        """,
    )


# An order waits for money as long as a part of it is neither cancelled nor funded.
_WAITING = """
WITH waiting AS (
    SELECT o.ref, o.payment_method, {budget} AS budget, o.currency, o.total, b.ref AS buyer
    FROM ordering_order o JOIN parties_organization b ON b.id = o.buyer_id
    WHERE o.total > 0
      AND EXISTS (SELECT FROM ordering_supplierorder p
                  WHERE p.order_id = o.id AND p.status IN ('submitted', 'confirmed'))
      AND NOT EXISTS (SELECT FROM ordering_supplierorder p WHERE p.order_id = o.id AND p.funded_at IS NOT NULL)
), wanted AS (
    SELECT ref AS subject, ref, 'buyer/' || buyer || '/receivable' AS account, currency AS unit, total AS amount
    FROM waiting WHERE payment_method = 'on_account'
    UNION ALL
    SELECT ref || ':budget', ref, 'buyer/' || buyer || '/budget/' || budget, currency, total
    FROM waiting WHERE budget <> ''
), held AS (SELECT ref, subject, account, unit, amount FROM ledger_hold WHERE status = 'held')
""".replace("{budget}", BUDGET)


def orders_hold_credit_and_budget() -> Iterator[Fault]:
    """An order that waits on account, or under a budget, holds its total there; nothing else holds anything."""
    return faults_in(
        3,
        _WAITING
        + """
        SELECT CASE WHEN w.ref IS NULL THEN 'hold ' || h.ref ELSE 'order ' || w.ref END,
               CASE WHEN w.ref IS NULL
                    THEN 'keeps ' || h.amount || ' on ' || account || ' for ' || subject || ', which does not wait'
                    ELSE 'waits and should hold ' || w.amount || ' on ' || account || ', it holds '
                         || COALESCE(h.amount, 0) END
        FROM wanted w FULL JOIN held h USING (subject, account, unit)
        WHERE w.amount IS DISTINCT FROM h.amount ORDER BY subject, account
        """,
    )


def orders_count_in_their_period() -> Iterator[Fault]:
    """An order on a budget that renews counts in a period it was placed in."""
    return faults_in(
        3,
        """
        SELECT 'order ' || o.ref, 'counts in ' || o.budget_period || ' of its budget, placed ' || o.placed_at
        FROM ordering_order o, LATERAL (SELECT o.placed_at AT TIME ZONE 'Asia/Shanghai' AS day) AS d
        WHERE o.budget_period <> '' AND o.budget_period NOT IN (
            to_char(d.day, 'YYYY-MM'), to_char(d.day, 'YYYY-"Q"Q'), to_char(d.day, 'YYYY'))
        ORDER BY o.id
        """,
    )


# Lines a coupon has lowered, and whether they stand: not cancelled, and not come back whole. Money back without goods
# counts once half-up of what the buyer paid × the part given back is all of it.
_TOUCHED = f"""
WITH touched AS (
    SELECT o.id, o.ref, s.source AS coupon,
           bool_or(p.status <> 'cancelled' AND l.back_quantity < l.quantity AND NOT (
               l.back_amount > 0 AND 2 * (l.paid * l.back_quantity + l.back_amount * l.quantity)
                                     >= (2 * l.paid - 1) * l.quantity)) AS stands,
           bool_and({NO_JOB_WAITS.format(lock="'ordering:' || p.ref")}) AS is_settled
    FROM ordering_pricestage s JOIN ordering_orderline l ON l.id = s.line_id
    JOIN ordering_supplierorder p ON p.id = l.supplier_order_id JOIN ordering_order o ON o.id = p.order_id
    WHERE s.kind = 'coupon' GROUP BY o.id, o.ref, s.source
)
"""


def orders_hold_their_coupons() -> Iterator[Fault]:
    """A coupon is used up by its order as long as a line it lowered stands, and given back after; no other is held."""
    return faults_in(
        3,
        _TOUCHED
        + """
        , used AS (
            SELECT u.id, u.subject AS ref, u.status, c.ref AS coupon, u.status IN ('held', 'redeemed') AS is_used
            FROM pricing_couponuse u LEFT JOIN pricing_coupon c ON c.id = u.coupon_id
        )
        SELECT 'order ' || t.ref, 'has a discount of coupon ' || t.coupon || ', but does not use it up' FROM touched t
        WHERE t.stands AND NOT EXISTS (SELECT FROM used u WHERE u.ref = t.ref AND u.coupon = t.coupon AND u.is_used)
        UNION ALL
        SELECT 'coupon use ' || u.id, 'is ' || u.status || CASE
                   WHEN o.id IS NULL THEN ' for ' || u.ref || ', which is no order'
                   WHEN u.status = 'held' AND o.closed_at IS NOT NULL THEN ', but order ' || o.ref || ' is closed'
                   ELSE ', but nothing it lowered in order ' || o.ref || ' stands any more' END
        FROM used u LEFT JOIN ordering_order o ON o.ref = u.ref
        LEFT JOIN touched t ON t.ref = u.ref AND t.coupon = u.coupon
        WHERE o.id IS NULL OR (u.status = 'held' AND o.closed_at IS NOT NULL)
           OR (u.is_used AND NOT t.stands AND t.is_settled)
        ORDER BY 1
        """,
    )


CHECKS: Sequence[Check] = (
    lines_hold_their_stock,
    shipped_goods_have_left,
    orders_hold_credit_and_budget,
    orders_count_in_their_period,
    orders_hold_their_coupons,
)
