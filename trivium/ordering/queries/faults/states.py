"""Promise 4: no state without its cause."""

from collections.abc import Iterator, Sequence

from trivium.core.faults import NO_JOB_WAITS, Check, Fault, faults_in
from trivium.core.time import now
from trivium.ordering.events import (
    SupplierOrderCancelled,
    SupplierOrderCompleted,
    SupplierOrderConfirmed,
    SupplierOrderReleased,
    SupplierOrderSigned,
)
from trivium.ordering.rules import SUPPLIER_ORDER, Status

# Which event tells of which move, and where the part keeps its moment.
MOVES = {
    "confirm": (SupplierOrderConfirmed.name, "confirmed_at"),
    "release": (SupplierOrderReleased.name, "released_at"),
    "deliver": (SupplierOrderSigned.name, "signed_at"),
    "complete": (SupplierOrderCompleted.name, "completed_at"),
    "cancel": (SupplierOrderCancelled.name, "cancelled_at"),
}


def _paths(state: Status = SUPPLIER_ORDER.start, so_far: tuple[str, ...] = ()) -> Iterator[str]:
    """Every way through the state table, as "state: Event > Event"; the table has no circles."""
    yield f"{state}: {' > '.join(so_far)}"
    for (before, act), after in SUPPLIER_ORDER.moves.items():
        if before == state:
            yield from _paths(after, (*so_far, MOVES[act][0]))


def events_lead_to_the_state() -> Iterator[Fault]:
    """The event log of every supplier order is a way through the state table that ends in its status."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || p.ref,
               'is ' || p.status || ', its events say: ' || COALESCE(e.path, 'nothing since it was submitted')
        FROM ordering_supplierorder p LEFT JOIN (
            SELECT subject, string_agg(name, ' > ' ORDER BY id) AS path FROM core_event
            WHERE name = ANY (%s::text[]) GROUP BY subject) AS e ON e.subject = p.ref
        WHERE p.status || ': ' || COALESCE(e.path, '') <> ALL (%s::text[]) ORDER BY p.id
        """,
        [[name for name, _column in MOVES.values()], list(_paths())],
    )


def moments_are_those_of_events() -> Iterator[Fault]:
    """When a part says it was confirmed, released, signed, completed or cancelled is when its event was written."""
    moments = " UNION ALL ".join(
        f"SELECT ref, '{name}' AS name, {column} AS at FROM ordering_supplierorder WHERE {column} IS NOT NULL"
        for name, column in MOVES.values()
    )
    return faults_in(
        4,
        f"""
        SELECT 'supplier order ' || m.ref, 'says ' || m.name || ' happened ' || m.at || ', its event '
               || COALESCE('says ' || e.at, 'is not there')
        FROM ({moments}) AS m LEFT JOIN core_event e ON e.subject = m.ref AND e.name = m.name
        WHERE e.at IS DISTINCT FROM m.at ORDER BY m.ref
        """,
    )


def orders_were_placed() -> Iterator[Fault]:
    """Every order was announced when it was placed."""
    return faults_in(
        4,
        """
        SELECT 'order ' || o.ref, 'was placed ' || o.placed_at || ', the event log does not say so'
        FROM ordering_order o WHERE NOT EXISTS (
            SELECT FROM core_event e WHERE e.subject = o.ref AND e.name = 'OrderPlaced' AND e.at = o.placed_at)
        ORDER BY o.id
        """,
    )


def placed_under_the_agreements_asked_for() -> Iterator[Fault]:
    """No order was placed by a buyer that lacked a signature on an agreement which bound then."""
    return faults_in(
        4,
        """
        SELECT 'order ' || o.ref, 'was placed ' || o.placed_at || ' without a signature that counts on ' || w.wanted
        FROM ordering_order o,
        LATERAL (SELECT parties_wanted_agreement(o.buyer_id, 'buyer', o.placed_at) AS wanted) AS w
        WHERE o.placed_at >= (SELECT min(v.binds_from) FROM parties_agreementversion v
                              JOIN parties_agreement a ON a.id = v.agreement_id
                              WHERE a.role = 'buyer' AND v.is_required)
          AND w.wanted <> ''
        ORDER BY o.id
        """,
    )


def submitted_only_if_approved() -> Iterator[Fault]:
    """An order stands in the worklists only if its own company asks for no approval, or has given it; and it does then,
    unless the company lacks a signature.
    """
    return faults_in(
        4,
        f"""
        SELECT 'order ' || o.ref, 'is ' || o.approval || CASE WHEN o.submitted_at IS NULL THEN ' and not submitted'
               ELSE ' and submitted' END || ', the approval asked for is ' || COALESCE(a.status, 'not there')
        FROM ordering_order o LEFT JOIN parties_approval a ON a.subject = o.ref
        WHERE (o.submitted_at IS NOT NULL) <> (o.approval IN ('not_needed', 'approved'))
           OR (o.approval IN ('approved', 'declined') AND a.status IS DISTINCT FROM o.approval)
           OR (o.approval = 'waiting' AND o.closed_at IS NULL AND a.status IS DISTINCT FROM 'waiting'
               AND {NO_JOB_WAITS.format(lock="'ordering:' || o.ref")}
               AND NOT (a.status = 'approved' AND (parties_wanted_agreement(o.buyer_id, 'buyer', %(at)s) <> ''
                        OR parties_wanted_agreement(o.buyer_id, 'buyer', %(at)s - interval '1 hour') <> '')))
        UNION ALL
        SELECT 'supplier order ' || p.ref, 'was not submitted with its order ' || o.ref
        FROM ordering_supplierorder p JOIN ordering_order o ON o.id = p.order_id
        WHERE p.submitted_at IS DISTINCT FROM o.submitted_at
          AND NOT (p.status = 'cancelled' AND p.submitted_at IS NULL)  -- withdrawn while the order waited
        ORDER BY 1
        """,
        {"at": now()},
    )


def confirmed_by_both() -> Iterator[Fault]:
    """A part past `submitted` was confirmed by supplier and partner, at a time and by somebody, after submission."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, 'is ' || status || concat(
                   CASE WHEN supply_confirmed_at IS NULL OR supply_confirmed_by = ''
                        THEN ', not confirmed by its supplier' END,
                   CASE WHEN margin_confirmed_at IS NULL OR margin_confirmed_by = ''
                        THEN ', not confirmed by its partner' END,
                   CASE WHEN confirmed_at IS NULL OR confirmed_at < GREATEST(supply_confirmed_at, margin_confirmed_at)
                             OR confirmed_at < submitted_at
                        THEN ', counted as confirmed before both had' END)
        FROM ordering_supplierorder
        WHERE (status NOT IN ('submitted', 'cancelled') OR confirmed_at IS NOT NULL)
          AND (supply_confirmed_at IS NULL OR supply_confirmed_by = '' OR margin_confirmed_at IS NULL
               OR margin_confirmed_by = '' OR confirmed_at IS NULL
               OR confirmed_at < GREATEST(supply_confirmed_at, margin_confirmed_at) OR confirmed_at < submitted_at)
        ORDER BY id
        """,
    )


def nobody_confirms_for_both() -> Iterator[Fault]:
    """Goods and margin are confirmed by two people, whatever memberships one has; rules and imports are nobody."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, 'is confirmed for supplier and partner by one person, '
               || split_part(supply_confirmed_by, '@', 1)
        FROM ordering_supplierorder
        WHERE starts_with(supply_confirmed_by, 'usr_')
          AND split_part(supply_confirmed_by, '@', 1) = split_part(margin_confirmed_by, '@', 1) ORDER BY id
        """,
    )


def released_with_funds() -> Iterator[Fault]:
    """A part is released when both have confirmed and it is funded, not before. The money itself is settlement's."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, 'is ' || status || ' without ' || CASE
                   WHEN released_at IS NULL THEN 'having been released'
                   WHEN confirmed_at IS NULL OR confirmed_at > released_at THEN 'having been confirmed before'
                   ELSE 'having been funded before' END
        FROM ordering_supplierorder
        WHERE (status IN ('released', 'signed', 'completed') OR released_at IS NOT NULL OR funded_at IS NOT NULL)
          AND (released_at IS NULL OR funded_at IS NULL OR due IS NULL OR confirmed_at IS NULL
               OR funded_at > released_at OR confirmed_at > released_at)
        ORDER BY id
        """,
    )


def shipped_only_what_was_released() -> Iterator[Fault]:
    """Nothing leaves before release or beyond what is to be sent; nothing is signed or given back that never left."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, 'was shipped before it was released' FROM ordering_supplierorder
        WHERE shipped_at IS NOT NULL AND (released_at IS NULL OR shipped_at < released_at)
        UNION ALL
        SELECT 'order line ' || l.ref,
               concat_ws(', ', 'has ordered ' || trim_scale(l.quantity), 'short ' || trim_scale(l.shortfall),
                         'never leaving ' || trim_scale(l.unshipped_back), 'shipped ' || trim_scale(l.shipped),
                         'signed ' || trim_scale(l.signed), 'given back ' || trim_scale(l.back_quantity)
                         || ' and ' || l.back_amount || ' in money: that cannot be')
        FROM ordering_orderline l JOIN ordering_supplierorder p ON p.id = l.supplier_order_id
        WHERE NOT (l.quantity > 0 AND 0 <= l.shortfall AND l.shortfall <= l.unshipped_back
                   AND l.unshipped_back <= l.back_quantity AND l.back_quantity <= l.unshipped_back + l.shipped
                   AND l.shipped <= l.quantity - l.unshipped_back AND 0 <= l.signed AND l.signed <= l.shipped
                   AND 0 <= l.back_amount AND l.back_amount <= l.paid)
           OR (l.shipped > 0 AND p.shipped_at IS NULL)
        ORDER BY 1
        """,
    )


def signed_when_all_is_here() -> Iterator[Fault]:
    """A part is signed when everything that is to come has come and been signed for."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || p.ref, 'is ' || p.status || ', but ' || trim_scale(sum(
                   l.quantity - l.unshipped_back - l.signed)) || ' of its goods have not been signed for'
        FROM ordering_supplierorder p JOIN ordering_orderline l ON l.supplier_order_id = p.id
        WHERE p.status IN ('signed', 'completed') AND l.signed < l.quantity - l.unshipped_back
        GROUP BY p.id ORDER BY p.id
        """,
    )


def completed_after_the_window() -> Iterator[Fault]:
    """A part completes when its window is over and nothing holds it."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, 'is completed ' || CASE
                   WHEN holds > 0 THEN 'while held'
                   WHEN signed_at IS NULL OR completes_at IS NULL OR completes_at < signed_at THEN 'without a window'
                   ELSE 'before its window was over' END
        FROM ordering_supplierorder
        WHERE (status = 'completed' OR completed_at IS NOT NULL)
          AND (holds > 0 OR signed_at IS NULL OR completes_at IS NULL OR completed_at IS NULL
               OR completes_at < signed_at OR completed_at < completes_at)
        ORDER BY id
        """,
    )


def cancelled_before_shipping() -> Iterator[Fault]:
    """A part is cancelled, by somebody and for a reason, only before anything of it has left."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || ref, CASE WHEN shipped_at IS NOT NULL THEN 'is cancelled, but goods have left'
               ELSE 'is cancelled without a time, a name or a reason' END
        FROM ordering_supplierorder
        WHERE status = 'cancelled'
          AND (shipped_at IS NOT NULL OR cancelled_at IS NULL OR cancelled_by = '' OR cancel_reason = '')
        ORDER BY id
        """,
    )


def closed_when_all_is_final() -> Iterator[Fault]:
    """An order is closed when its last part is completed or cancelled, and not before."""
    return faults_in(
        4,
        """
        SELECT 'order ' || o.ref, CASE WHEN o.closed_at IS NULL THEN 'is open, but all of its parts are done'
               ELSE 'is closed, but a part of it is not done' END
        FROM ordering_order o JOIN (
            SELECT order_id, bool_and(status IN ('completed', 'cancelled')) AS is_done
            FROM ordering_supplierorder GROUP BY order_id) AS p ON p.order_id = o.id
        WHERE p.is_done <> (o.closed_at IS NOT NULL) ORDER BY o.id
        """,
    )


def split_under_signed_contracts() -> Iterator[Fault]:
    """Every line was split under contracts with its own supplier and partner, signed and in force at that time."""
    return faults_in(
        4,
        """
        WITH used AS (
            SELECT l.id, l.ref, l.supplier_contract_id AS contract_id, 'operator_supplier' AS kind,
                   p.supplier_id AS party_id, o.placed_at
            FROM ordering_orderline l JOIN ordering_supplierorder p ON p.id = l.supplier_order_id
            JOIN ordering_order o ON o.id = p.order_id
            UNION ALL
            SELECT l.id, l.ref, l.partner_contract_id, 'operator_partner', p.partner_id, o.placed_at
            FROM ordering_orderline l JOIN ordering_supplierorder p ON p.id = l.supplier_order_id
            JOIN ordering_order o ON o.id = p.order_id JOIN parties_organization h ON h.id = p.partner_id
            WHERE l.partner_contract_id IS NOT NULL OR NOT h.is_house
        ), signed AS (
            SELECT contract_id, max(at) AS at FROM pricing_contractsignature
            GROUP BY contract_id HAVING count(DISTINCT side) = 2
        )
        SELECT 'order line ' || u.ref, CASE
                   WHEN c.id IS NULL THEN 'was split without a contract of kind ' || u.kind
                   WHEN (c.kind, c.party_id) <> (u.kind, u.party_id)
                   THEN 'was split under ' || c.ref || ', a contract of others'
                   ELSE 'was split under ' || c.ref || ', which was not in force when it was placed' END
        FROM used u LEFT JOIN pricing_contractversion c ON c.id = u.contract_id
        LEFT JOIN signed s ON s.contract_id = u.contract_id
        WHERE c.id IS NULL OR (c.kind, c.party_id) <> (u.kind, u.party_id) OR s.at IS NULL OR s.at > u.placed_at
           OR c.starts_at > u.placed_at
        ORDER BY u.id
        """,
    )


def placed_under_the_partner_of_the_day() -> Iterator[Fault]:
    """Every order stands under the partner its buyer belonged to when it was placed."""
    return faults_in(
        4,
        """
        SELECT 'order ' || o.ref, 'was placed ' || o.placed_at || ' under a partner its buyer did not belong to then'
        FROM ordering_order o WHERE NOT EXISTS (
            SELECT FROM parties_assignment a WHERE a.buyer_id = o.buyer_id AND a.partner_id = o.partner_id
            AND a.starts_at <= o.placed_at AND (a.ends_at IS NULL OR a.ends_at > o.placed_at))
        ORDER BY o.id
        """,
    )


def booked_inside_the_company() -> Iterator[Fault]:
    """The cost centre of every order is one of its buyer's."""
    return faults_in(
        7,
        """
        SELECT 'order ' || o.ref, 'is booked on ' || o.cost_centre_code || ', a cost centre of others'
        FROM ordering_order o LEFT JOIN parties_costcentre c ON c.id = o.cost_centre_id
        WHERE o.cost_centre_id IS NOT NULL AND c.organization_id IS DISTINCT FROM o.buyer_id ORDER BY o.id
        """,
    )


CHECKS: Sequence[Check] = (
    events_lead_to_the_state,
    moments_are_those_of_events,
    orders_were_placed,
    placed_under_the_partner_of_the_day,
    booked_inside_the_company,
    placed_under_the_agreements_asked_for,
    submitted_only_if_approved,
    confirmed_by_both,
    nobody_confirms_for_both,
    released_with_funds,
    shipped_only_what_was_released,
    signed_when_all_is_here,
    completed_after_the_window,
    cancelled_before_shipping,
    closed_when_all_is_final,
    split_under_signed_contracts,
)
