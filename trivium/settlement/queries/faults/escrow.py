"""Promise 2: what comes into a supplier order's escrow goes out of it by the split of its lines, or back.

Sums are worked out here again, from the tables, and not by what the commands use.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from trivium.core import sql
from trivium.core.faults import NO_JOB_WAITS, Check, Fault, faults_in
from trivium.ledger.rules import Account, net
from trivium.ordering import queries as orders
from trivium.ordering.queries import PartMoney
from trivium.pricing.rules import LineSplit
from trivium.settlement.rules import Shares, completion_postings

PAGE = 500


def fundings_are_postings() -> Iterator[Fault]:
    """What funded a supplier order, account by account, is what the books moved into its escrow."""
    return faults_in(
        2,
        """
        WITH noted AS (
            SELECT p.ref, f.account, f.currency::text AS unit, sum(f.amount) AS amount FROM settlement_funding f
            JOIN ordering_supplierorder p ON p.id = f.supplier_order_id GROUP BY p.ref, f.account, f.currency
        ), booked AS (
            SELECT e.subject AS ref, b.source AS account, b.unit, sum(b.amount) AS amount
            FROM ledger_entry e JOIN ledger_posting b ON b.entry_id = e.id
            WHERE e.purpose = 'funded' AND b.destination = 'escrow/' || e.subject
            GROUP BY e.subject, b.source, b.unit
        )
        SELECT 'supplier order ' || ref, 'was funded with ' || COALESCE(n.amount, 0) || ' ' || unit || ' from '
               || account || ', the books say ' || COALESCE(b.amount, 0)
        FROM noted n FULL JOIN booked b USING (ref, account, unit)
        WHERE n.amount IS DISTINCT FROM b.amount ORDER BY ref, account
        """,
    )


def funded_with_what_was_due() -> Iterator[Fault]:
    """A supplier order is funded with exactly what is due for it when it is released, and with nothing before."""
    return faults_in(
        4,
        """
        SELECT 'supplier order ' || p.ref, 'is ' || p.status || CASE WHEN p.funded_at IS NULL THEN ', not yet funded'
               ELSE ', funded, and due ' || COALESCE(p.due, 0) END || ', but ' || COALESCE(f.amount, 0) || ' was paid'
        FROM ordering_supplierorder p
        LEFT JOIN (SELECT supplier_order_id, sum(amount) AS amount FROM settlement_funding
                   GROUP BY supplier_order_id) AS f ON f.supplier_order_id = p.id
        WHERE COALESCE(f.amount, 0) <> CASE WHEN p.funded_at IS NULL THEN 0 ELSE COALESCE(p.due, 0) END
        ORDER BY p.id
        """,
    )


def escrows_hold_what_they_should() -> Iterator[Fault]:
    """Escrow holds what funded it less what went back, until it is paid out; then, and once cancelled, nothing.

    What a return lost its buyer of a discount has left escrow for who had funded that.
    """
    return faults_in(
        2,
        f"""
        SELECT 'supplier order ' || p.ref, CASE
                   WHEN r.id IS NULL AND COALESCE(b.amount, 0) = f.rest
                   THEN 'is ' || p.status || ', but its escrow still holds ' || b.amount
                   ELSE 'has ' || COALESCE(b.amount, 0) || ' in escrow, there should be '
                        || CASE WHEN r.id IS NULL THEN f.rest ELSE 0 END END
        FROM ordering_supplierorder p
        CROSS JOIN LATERAL (
            SELECT COALESCE((SELECT sum(amount - refunded) FROM settlement_funding WHERE supplier_order_id = p.id), 0)
                   - COALESCE((SELECT sum(x.amount) FROM settlement_refund d JOIN settlement_refundloss x
                               ON x.refund_id = d.id WHERE d.supplier_order_id = p.id), 0) AS rest) AS f
        LEFT JOIN ledger_balance b ON b.account = 'escrow/' || p.ref AND b.unit = p.currency
        LEFT JOIN settlement_release r ON r.supplier_order_id = p.id
        WHERE COALESCE(b.amount, 0) <> CASE WHEN r.id IS NULL THEN f.rest ELSE 0 END
           OR (p.status IN ('completed', 'cancelled') AND COALESCE(b.amount, 0) <> 0
               AND {NO_JOB_WAITS.format(lock="'settlement:' || p.ref")})
        ORDER BY p.id
        """,
    )


def releases_follow_completion() -> Iterator[Fault]:
    """A supplier order pays out once, when it is completed: no other does, and no completed one is forgotten."""
    return faults_in(
        2,
        f"""
        SELECT 'supplier order ' || p.ref, CASE
                   WHEN r.id IS NULL THEN 'is completed, but has not been paid out'
                   WHEN e.id IS NULL THEN 'is paid out, but the books do not say so'
                   ELSE 'is ' || p.status || ', and yet paid out' END
        FROM ordering_supplierorder p LEFT JOIN settlement_release r ON r.supplier_order_id = p.id
        LEFT JOIN ledger_entry e ON e.key = 'completed:' || p.ref
        WHERE (p.status <> 'completed' AND (r.id IS NOT NULL OR e.id IS NOT NULL)) OR (r.id IS NULL) <> (e.id IS NULL)
           OR (p.status = 'completed' AND r.id IS NULL AND {NO_JOB_WAITS.format(lock="'settlement:' || p.ref")})
        ORDER BY p.id
        """,
    )


def refunds_are_postings() -> Iterator[Fault]:
    """Every refund is the sum of where it went and of its lines and freight, and the books moved just that."""
    return faults_in(
        2,
        """
        WITH booked AS (
            SELECT e.key, b.destination AS account, sum(b.amount) AS amount
            FROM ledger_entry e JOIN ledger_posting b ON b.entry_id = e.id
            WHERE e.purpose = 'refund' AND b.source = 'escrow/' || e.subject
              AND b.destination ~ '^(bank|psp/.*|buyer/.*)$' GROUP BY e.key, b.destination
        ), noted AS (
            SELECT 'refund:' || r.ref AS key, s.account, sum(s.amount) AS amount
            FROM settlement_refundsource s JOIN settlement_refund r ON r.id = s.refund_id GROUP BY r.ref, s.account
        )
        SELECT 'refund ' || substr(key, 8), 'went with ' || COALESCE(n.amount, 0) || ' to ' || account
               || ', the books say ' || COALESCE(b.amount, 0)
        FROM noted n FULL JOIN booked b USING (key, account) WHERE n.amount IS DISTINCT FROM b.amount
        UNION ALL
        SELECT 'refund ' || r.ref, 'is ' || r.amount || ', went with ' || COALESCE(s.amount, 0)
               || ', and its lines and freight less what was lost by it come to '
               || COALESCE(l.amount, 0) + r.freight - COALESCE(x.amount, 0)
        FROM settlement_refund r
        LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM settlement_refundloss GROUP BY refund_id) AS x
               ON x.refund_id = r.id
        LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM settlement_refundsource GROUP BY refund_id) AS s
               ON s.refund_id = r.id
        LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM settlement_refundline GROUP BY refund_id) AS l
               ON l.refund_id = r.id
        WHERE r.amount <> COALESCE(s.amount, 0)
           OR (r.kind = 'refund' AND r.amount <> COALESCE(l.amount, 0) + r.freight - COALESCE(x.amount, 0))
        ORDER BY 1
        """,
    )


def refunds_never_exceed_payment() -> Iterator[Fault]:
    """What went back to each funding is what refunds took from it, and no more than had come from there."""
    return faults_in(
        2,
        """
        SELECT 'supplier order ' || p.ref, 'was funded with ' || f.amount || ', of which ' || f.refunded
               || ' went back; its refunds come to ' || COALESCE(r.amount, 0)
        FROM (SELECT supplier_order_id, sum(amount) AS amount, sum(refunded) AS refunded,
                     bool_or(refunded < 0 OR refunded > amount) AS too_much
              FROM settlement_funding GROUP BY supplier_order_id) AS f
        JOIN ordering_supplierorder p ON p.id = f.supplier_order_id
        LEFT JOIN (SELECT supplier_order_id, sum(amount) AS amount FROM settlement_refund
                   GROUP BY supplier_order_id) AS r ON r.supplier_order_id = p.id
        WHERE f.refunded <> COALESCE(r.amount, 0) OR f.too_much
        UNION ALL
        SELECT 'supplier order ' || p.ref, 'was never funded, and yet refunded ' || sum(r.amount)
        FROM settlement_refund r JOIN ordering_supplierorder p ON p.id = r.supplier_order_id
        WHERE NOT EXISTS (SELECT FROM settlement_funding f WHERE f.supplier_order_id = p.id)
        GROUP BY p.ref HAVING sum(r.amount) > 0 ORDER BY 1
        """,
    )


def given_back_quantities_are_refunds() -> Iterator[Fault]:
    """What of a line the buyer got back, beyond its shortfall, is what refunds say, in goods and in money."""
    return faults_in(
        2,
        """
        SELECT 'order line ' || l.ref,
               'has ' || trim_scale(l.back_quantity - l.shortfall) || ' given back, '
               || trim_scale(l.unshipped_back - l.shortfall) || ' of it unshipped, its refunds say '
               || trim_scale(COALESCE(r.back, 0)) || ' and ' || trim_scale(COALESCE(r.unshipped, 0))
        FROM ordering_orderline l LEFT JOIN (
            SELECT order_line_id, sum(quantity) AS back, sum(quantity) FILTER (WHERE unshipped) AS unshipped
            FROM settlement_refundline GROUP BY order_line_id) AS r ON r.order_line_id = l.id
        WHERE (l.back_quantity - l.shortfall, l.unshipped_back - l.shortfall)
              <> (COALESCE(r.back, 0), COALESCE(r.unshipped, 0))
        ORDER BY l.id
        """,
    )


_MONEY = """
SELECT p.ref, COALESCE(f.amount, 0), COALESCE(f.refunded, 0), COALESCE(r.freight, 0), COALESCE(x.amount, 0),
       l.id IS NOT NULL, p.funded_at IS NOT NULL
FROM ordering_supplierorder p
LEFT JOIN LATERAL (SELECT sum(amount) AS amount, sum(refunded) AS refunded FROM settlement_funding
                   WHERE supplier_order_id = p.id) AS f ON true
LEFT JOIN LATERAL (SELECT sum(freight) AS freight FROM settlement_refund
                   WHERE supplier_order_id = p.id AND kind = 'refund') AS r ON true
LEFT JOIN LATERAL (SELECT sum(x.amount) AS amount FROM settlement_refundloss x
                   JOIN settlement_refund d ON d.id = x.refund_id WHERE d.supplier_order_id = p.id) AS x ON true
LEFT JOIN settlement_release l ON l.supplier_order_id = p.id
WHERE p.ref = ANY (%s::text[])
"""
_PAID_OUT = """
SELECT e.subject, account, unit, sum(amount)::bigint FROM ledger_entry e CROSS JOIN LATERAL (
    SELECT source AS account, unit, -amount AS amount FROM ledger_posting WHERE entry_id = e.id
    UNION ALL SELECT destination, unit, amount FROM ledger_posting WHERE entry_id = e.id) AS side
WHERE e.subject = ANY (%s::text[]) AND e.purpose IN ('completed', 'refund')
  AND account ~ '^(operator/.*|tax/.*|(supplier|partner)/[^/]+/pending)$'
GROUP BY e.subject, account, unit HAVING sum(amount) <> 0
"""
_LOST = """
SELECT p.ref, x.account, p.currency, sum(x.amount)::bigint
FROM settlement_refundloss x JOIN settlement_refund d ON d.id = x.refund_id
JOIN ordering_supplierorder p ON p.id = d.supplier_order_id
WHERE p.ref = ANY (%s::text[]) GROUP BY p.ref, x.account, p.currency
"""


def _pages() -> Iterator[list[tuple[PartMoney, Shares]]]:
    parts = ((part, _shares(part, stands)) for part, stands in orders.standing_parts())
    while page := list(islice(parts, PAGE)):
        yield page


def _shares(part: PartMoney, stands: LineSplit) -> Shares:
    """What everybody gets of a part by its lines as they stand now."""
    return Shares(
        operator_part=stands.operator_part,
        partner_part=stands.partner_part,
        supplier=stands.supplier,
        partner=stands.commission + stands.service_fee,
        fee=stands.fee,
        freight=part.freight,
    )


def refunds_follow_the_rule() -> Iterator[Fault]:
    """What a buyer has paid and not got back is the price of what stands, with the freight that was not refunded."""
    for page in _pages():
        money = {row[0]: row[1:] for row in sql.rows(_MONEY, [[part.ref for part, _shares in page]])}
        for part, shares in page:
            paid, refunded, freight, lost, _released, funded = money[part.ref]
            stands = shares.from_buyer - freight + lost
            if funded and part.status != "cancelled" and paid - refunded != stands:
                text = f"has cost its buyer {paid - refunded}, what stands of its lines and freight makes it {stands}"
                yield Fault(2, f"supplier order {part.ref}", text)


def payouts_follow_the_split() -> Iterator[Fault]:
    """What a completed supplier order gave to its parties, returns since taken off, is what its lines say they get."""
    for page in _pages():
        refs = [part.ref for part, _shares in page]
        money = {row[0]: row[1:] for row in sql.rows(_MONEY, [refs])}
        given: dict[str, Counter[Account]] = defaultdict(Counter)
        for ref, account, unit, amount in sql.rows(_PAID_OUT, [refs]):
            given[ref][account, unit] = amount
        lost: dict[str, Counter[Account]] = defaultdict(Counter)
        for ref, account, unit, amount in sql.rows(_LOST, [refs]):
            lost[ref][account, unit] = amount
        for part, shares in page:
            _paid, _refunded, freight, _lost, released, _funded = money[part.ref]
            owed = lost[part.ref]
            if released:
                owed.update(_expected(part, replace(shares, freight=part.freight - freight)))
            for account, unit in sorted(owed.keys() | given[part.ref].keys()):
                got, due = given[part.ref][account, unit], owed[account, unit]
                if got != due:
                    yield Fault(
                        2, f"supplier order {part.ref}", f"has given {got} {unit} to {account}, its lines say {due}"
                    )


def _expected(part: PartMoney, shares: Shares) -> dict[Account, int]:
    postings = completion_postings(part.ref, part.supplier_ref, part.partner_ref, part.currency, shares)
    return {account: amount for account, amount in net(postings).items() if not account[0].startswith("escrow/")}


CHECKS: Sequence[Check] = (
    fundings_are_postings,
    funded_with_what_was_due,
    escrows_hold_what_they_should,
    releases_follow_completion,
    refunds_are_postings,
    refunds_never_exceed_payment,
    given_back_quantities_are_refunds,
    refunds_follow_the_rule,
    payouts_follow_the_split,
)
