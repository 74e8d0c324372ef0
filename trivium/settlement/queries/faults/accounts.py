"""Promise 1, on which side of 0 accounts stand, and that payments, receipts and debts are what the ledger says."""

from collections.abc import Iterator, Sequence

from trivium.core.faults import Check, Fault, faults_in

_ACCOUNTS = """
WITH flow AS (
    SELECT source AS account, unit, -amount AS amount FROM ledger_posting
    UNION ALL SELECT destination, unit, amount FROM ledger_posting
), account AS (SELECT account, unit, sum(amount)::bigint AS amount FROM flow GROUP BY account, unit)
"""


def accounts_are_on_their_side() -> Iterator[Fault]:
    """What others hold for us or owe us is never above 0, what we keep for others or owe them never below."""
    return faults_in(
        1,
        _ACCOUNTS
        + """
        SELECT 'account ' || account || ' ' || unit,
               'is at ' || amount || CASE WHEN amount > 0 THEN ', above 0' ELSE ', below 0' END
        FROM account
        WHERE (account ~ '^(buyer/[^/]+/receivable|buyer/[^/]+/budget_granted/.+)$' AND amount > 0)
           OR (account ~ '^(escrow/[^/]+|(supplier|partner)/[^/]+/payable|tax/.+|carrier/.+|buyer/[^/]+/surplus'
                         '|buyer/[^/]+/budget(_spent)?/.+)$' AND amount < 0)
        ORDER BY account, unit
        """,
    )


def gateways_pay_out_what_they_took() -> Iterator[Fault]:
    """No gateway has paid out, its fees included, more than it took in. Only refunds may make it advance us money."""
    return faults_in(
        1,
        """
        WITH flow AS (
            SELECT p.source AS account, p.unit, p.amount AS taken, 0 AS paid, -p.amount AS change
            FROM ledger_posting p WHERE p.source LIKE 'psp/%%'
            UNION ALL
            SELECT p.destination, p.unit, 0, CASE WHEN e.purpose = 'gateway_payout' THEN p.amount ELSE 0 END, p.amount
            FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id WHERE p.destination LIKE 'psp/%%'
        )
        SELECT 'account ' || account || ' ' || unit,
               'took in ' || sum(taken) || ', paid out ' || sum(paid) || ' and is at ' || sum(change)
        FROM flow GROUP BY account, unit
        HAVING sum(paid) > sum(taken) OR (sum(paid) = 0 AND sum(change) > 0)
        ORDER BY account, unit
        """,
    )


def gateway_payouts_are_booked() -> Iterator[Fault]:
    """Every payout of a gateway is what came to the bank from it and what it kept, in one entry."""
    return faults_in(
        1,
        """
        SELECT 'gateway payout ' || g.ref,
               'of ' || g.amount || ' with a fee of ' || g.fee || ' is not what the books moved'
        FROM settlement_gatewaypayout g
        LEFT JOIN ledger_entry e ON e.key = 'gateway-payout:' || g.ref
        LEFT JOIN ledger_posting p ON p.entry_id = e.id AND p.destination = 'psp/' || g.gateway AND p.unit = g.currency
        GROUP BY g.id
        HAVING COALESCE(sum(p.amount) FILTER (WHERE p.source = 'bank'), 0) <> g.amount
            OR COALESCE(sum(p.amount) FILTER (WHERE p.source = 'operator/psp_fees'), 0) <> g.fee
        ORDER BY g.id
        """,
    )


def bank_lines_are_booked_once() -> Iterator[Fault]:
    """Whatever came to the bank stands for one line of its statement, under the reference the document names."""
    return faults_in(
        6,
        """
        WITH document AS (
            SELECT 'payment ' AS kind, ref, gateway_ref AS reference FROM settlement_payment
            WHERE gateway = 'bank' AND status = 'received'
            UNION ALL SELECT 'account receipt ', ref, reference FROM settlement_accountreceipt
            UNION ALL SELECT 'gateway payout ', ref, reference FROM settlement_gatewaypayout
        )
        SELECT d.kind || d.ref, 'is booked under the bank''s line ' || d.reference || ', which stands for '
               || COALESCE(l.subject, 'nothing')
        FROM document d LEFT JOIN settlement_bankline l ON l.reference = d.reference
        WHERE l.subject IS DISTINCT FROM d.ref ORDER BY 1
        """,
    )


def bank_pays_only_what_there_is() -> Iterator[Fault]:
    """The bank may have paid out more than it took in only as far as money lies at gateways or the operator stands in:
    for buyers on account, for parties' clawbacks, for its own promotions and fees."""
    return faults_in(
        1,
        _ACCOUNTS
        + """
        SELECT 'account bank ' || unit, 'has paid out ' || bank || ' more than it took in, ' || outside
               || ' lie elsewhere or were stood in for'
        FROM (
            SELECT unit, COALESCE(sum(amount) FILTER (WHERE account = 'bank'), 0) AS bank,
                   COALESCE(-sum(amount) FILTER (WHERE amount < 0 AND account ~
                       '^(psp/|buyer/[^/]+/receivable$|(supplier|partner)/[^/]+/pending$|operator/)'), 0) AS outside
            FROM account GROUP BY unit) AS total
        WHERE bank > outside ORDER BY unit
        """,
    )


def payments_are_booked() -> Iterator[Fault]:
    """A received payment is what it funded and what was too much; one that was not received funded nothing."""
    return faults_in(
        1,
        """
        SELECT 'payment ' || p.ref, 'is ' || p.status || ' with ' || p.amount || ', of which ' || COALESCE(f.amount, 0)
               || ' funded something and ' || p.surplus || ' was too much'
        FROM settlement_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM settlement_funding GROUP BY payment_id) AS f
               ON f.payment_id = p.id
        WHERE COALESCE(f.amount, 0) + p.surplus <> CASE WHEN p.status = 'received' THEN p.amount ELSE 0 END
        UNION ALL
        SELECT 'payment ' || p.ref, 'has a surplus of ' || p.surplus || ', the books say ' || COALESCE(b.amount, 0)
        FROM settlement_payment p LEFT JOIN (
            SELECT e.subject, sum(b.amount) AS amount FROM ledger_entry e JOIN ledger_posting b ON b.entry_id = e.id
            WHERE e.purpose = 'surplus' GROUP BY e.subject) AS b ON b.subject = p.ref
        WHERE p.surplus <> COALESCE(b.amount, 0) ORDER BY 1
        """,
    )


def receipts_are_booked() -> Iterator[Fault]:
    """Every receipt of a buyer's money on account is one posting from the bank to what the buyer owes."""
    return faults_in(
        1,
        """
        SELECT 'account receipt ' || r.ref, 'of ' || r.amount || ' ' || r.currency || ' is not what the books moved'
        FROM settlement_accountreceipt r JOIN parties_organization o ON o.id = r.buyer_id
        LEFT JOIN ledger_entry e ON e.key = 'receipt:' || r.ref
        LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY r.id, o.ref
        HAVING count(p.id) <> 1
            OR (min(p.source), min(p.destination), min(p.amount), min(p.unit))
               IS DISTINCT FROM ('bank', 'buyer/' || o.ref || '/receivable', r.amount, r.currency::text)
        ORDER BY r.id
        """,
    )


def debts_are_the_receivable() -> Iterator[Fault]:
    """What a buyer still owes for its orders is what its account says; what it has paid of them is what came in."""
    return faults_in(
        1,
        _ACCOUNTS
        + """
        , owed AS (
            SELECT o.ref, r.currency::text AS unit, sum(r.amount - r.credited - r.paid)::bigint AS amount,
                   sum(r.paid) AS paid
            FROM settlement_receivable r JOIN parties_organization o ON o.id = r.buyer_id GROUP BY o.ref, r.currency
        ), receipts AS (
            SELECT o.ref, c.currency::text AS unit, sum(c.amount) AS amount FROM settlement_accountreceipt c
            JOIN parties_organization o ON o.id = c.buyer_id GROUP BY o.ref, c.currency
        ), side AS (
            SELECT split_part(account, '/', 2) AS ref, unit, amount FROM account
            WHERE account ~ '^buyer/[^/]+/receivable$'
        )
        SELECT 'receivables of buyer ' || ref || ' ' || unit,
               'come to ' || COALESCE(w.amount, 0) || ' with ' || COALESCE(w.paid, 0) || ' paid, the account is at '
               || COALESCE(s.amount, 0) || ' with ' || COALESCE(c.amount, 0) || ' received'
        FROM owed w FULL JOIN side s USING (ref, unit) FULL JOIN receipts c USING (ref, unit)
        WHERE COALESCE(w.amount, 0) + COALESCE(s.amount, 0) <> 0 OR COALESCE(w.paid, 0) <> COALESCE(c.amount, 0)
        ORDER BY ref, unit
        """,
    )


def debts_follow_from_orders() -> Iterator[Fault]:
    """Each debt is what funded its order on account, less the refunds that lowered it, and never more than repaid."""
    return faults_in(
        1,
        """
        SELECT 'receivable of order ' || o.ref,
               'is ' || r.amount || ' less ' || r.credited || ' and ' || r.paid || ', its order was funded with '
               || COALESCE(f.amount, 0) || ' and credited ' || COALESCE(c.amount, 0)
        FROM settlement_receivable r JOIN ordering_order o ON o.id = r.order_id
        LEFT JOIN (
            SELECT p.order_id, sum(f.amount) AS amount FROM settlement_funding f
            JOIN ordering_supplierorder p ON p.id = f.supplier_order_id
            WHERE f.account LIKE '%%/receivable' GROUP BY p.order_id) AS f ON f.order_id = r.order_id
        LEFT JOIN (
            SELECT p.order_id, sum(s.amount) AS amount FROM settlement_refundsource s
            JOIN settlement_refund d ON d.id = s.refund_id JOIN ordering_supplierorder p ON p.id = d.supplier_order_id
            WHERE s.account LIKE '%%/receivable' GROUP BY p.order_id) AS c ON c.order_id = r.order_id
        WHERE r.amount <> COALESCE(f.amount, 0) OR r.credited <> COALESCE(c.amount, 0)
           OR r.credited < 0 OR r.paid < 0 OR r.credited + r.paid > r.amount
        ORDER BY r.id
        """,
    )


CHECKS: Sequence[Check] = (
    accounts_are_on_their_side,
    gateways_pay_out_what_they_took,
    gateway_payouts_are_booked,
    bank_lines_are_booked_once,
    bank_pays_only_what_there_is,
    payments_are_booked,
    receipts_are_booked,
    debts_are_the_receivable,
    debts_follow_from_orders,
)
