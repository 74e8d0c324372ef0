"""The damages to the money: promises 1, 2 and 4, in settlement."""

from tests.audit.damages import broken, drop

_ENTRY = (
    "INSERT INTO ledger_entry (ref, key, subject, purpose, at, actor)"
    " VALUES ('ent_forged', 'forged', 'forged', '{purpose}', '2026-03-02', 'forger')"
)


def _forge(source: str, destination: str, amount: int, *, purpose: str = "forged") -> tuple[str, str]:
    """An entry that nobody's act has made."""
    return (
        _ENTRY.format(purpose=purpose),
        "INSERT INTO ledger_posting (entry_id, source, destination, amount, unit, at)"
        f" SELECT id, '{source}', '{destination}', {amount}, 'CNY', at FROM ledger_entry WHERE key = 'forged'",
    )


ACCOUNTS = (
    broken(
        "settlement.accounts_are_on_their_side",
        "account escrow/{paid_out1} CNY",
        *_forge("escrow/{paid_out1}", "operator/fees", 1),
        text="is at -1, below 0",
    ),
    broken(
        "settlement.gateways_pay_out_what_they_took",
        "account psp/forged CNY",
        *_forge("operator/fees", "psp/forged", 1),
        text="is at 1",
    ),
    broken(
        "settlement.gateways_pay_out_what_they_took",
        "account psp/sandbox CNY",
        *_forge("bank", "psp/sandbox", 10**9, purpose="gateway_payout"),
        text="paid out",
    ),
    broken(
        "settlement.gateway_payouts_are_booked",
        "gateway payout {it}",
        "UPDATE settlement_gatewaypayout SET fee = fee + 1 WHERE ref = '{it}'",
        pick="SELECT ref FROM settlement_gatewaypayout",
    ),
    broken(
        "settlement.bank_lines_are_booked_once",
        "gateway payout {it}",
        "UPDATE settlement_gatewaypayout SET reference = 'BOC another' WHERE ref = '{it}'",
        pick="SELECT ref FROM settlement_gatewaypayout",
        text="stands for nothing",
    ),
    broken(
        "settlement.bank_lines_are_booked_once",
        "account receipt {it}",
        "UPDATE settlement_bankline SET subject = 'rcp_another' WHERE subject = '{it}'",
        pick="SELECT ref FROM settlement_accountreceipt",
    ),
    broken(
        "settlement.bank_pays_only_what_there_is",
        "account bank CNY",
        *_forge("escrow/{paid_out1}", "bank", 10**9),
    ),
    broken(
        "settlement.payments_are_booked",
        "payment {it}",
        "UPDATE settlement_payment SET amount = amount + 1 WHERE ref = '{it}'",
        pick="SELECT p.ref FROM settlement_payment p JOIN ordering_order o ON o.id = p.order_id"
        " WHERE o.ref = '{paid_out}'",
    ),
    broken(
        "settlement.payments_are_booked",
        "payment {it}",
        "UPDATE settlement_payment SET amount = amount + 1, surplus = 1 WHERE ref = '{it}'",
        pick="SELECT p.ref FROM settlement_payment p JOIN ordering_order o ON o.id = p.order_id"
        " WHERE o.ref = '{paid_out}'",
        text="a surplus of 1, the books say 0",
    ),
    broken(
        "settlement.receipts_are_booked",
        "account receipt {it}",
        "UPDATE settlement_accountreceipt SET amount = amount + 1 WHERE ref = '{it}'",
        pick="SELECT ref FROM settlement_accountreceipt",
    ),
    broken(
        "settlement.debts_are_the_receivable",
        "receivables of buyer {buyer} CNY",
        "UPDATE settlement_receivable SET paid = paid - 1"
        " WHERE order_id = (SELECT id FROM ordering_order WHERE ref = '{returned}')",
    ),
    broken(
        "settlement.debts_follow_from_orders",
        "receivable of order {returned}",
        "UPDATE settlement_receivable SET credited = credited - 1, paid = paid + 1"
        " WHERE order_id = (SELECT id FROM ordering_order WHERE ref = '{returned}')",
    ),
)

_REFUND = (
    "SELECT r.ref FROM settlement_refund r JOIN ordering_supplierorder p ON p.id = r.supplier_order_id"
    " WHERE p.ref = '{returned1}'"
)
_FUNDING_OF = "WHERE supplier_order_id = (SELECT id FROM ordering_supplierorder WHERE ref = '{%s}')"
ESCROW = (
    broken(
        "settlement.fundings_are_postings",
        "supplier order {paid_out1}",
        f"UPDATE settlement_funding SET amount = amount + 1 {_FUNDING_OF % 'paid_out1'}",
    ),
    broken(
        "settlement.fundings_are_postings",
        "supplier order forged",
        *_forge("bank", "escrow/forged", 5, purpose="funded"),
    ),
    broken(
        "settlement.funded_with_what_was_due",
        "supplier order {signed1}",
        f"DELETE FROM settlement_funding {_FUNDING_OF % 'signed1'}",
        text="but 0 was paid",
    ),
    broken(
        "settlement.escrows_hold_what_they_should",
        "supplier order {signed1}",
        "UPDATE ledger_balance SET amount = amount - 1 WHERE account = 'escrow/{signed1}'",
    ),
    broken(
        "settlement.escrows_hold_what_they_should",
        "supplier order {signed1}",
        drop("ordering_supplierorder.ordering_cancelled_before_shipping"),
        "UPDATE ordering_supplierorder SET status = 'cancelled', cancelled_at = signed_at WHERE ref = '{signed1}'",
        text="is cancelled, but its escrow still holds",
    ),
    broken(
        "settlement.releases_follow_completion",
        "supplier order {paid_out1}",
        f"DELETE FROM settlement_release {_FUNDING_OF % 'paid_out1'}",
        "DELETE FROM ledger_entry WHERE key = 'completed:{paid_out1}'",
        text="has not been paid out",
    ),
    broken(
        "settlement.releases_follow_completion",
        "supplier order {paid_out1}",
        "UPDATE ordering_supplierorder SET status = 'signed' WHERE ref = '{paid_out1}'",
        text="and yet paid out",
    ),
    broken(
        "settlement.refunds_are_postings",
        "refund {it}",
        "UPDATE settlement_refundsource SET account = 'psp/other'"
        " WHERE refund_id = (SELECT id FROM settlement_refund WHERE ref = '{it}')",
        pick=_REFUND,
    ),
    broken(
        "settlement.refunds_are_postings",
        "refund {it}",
        "UPDATE settlement_refundline SET amount = amount - 1"
        " WHERE refund_id = (SELECT id FROM settlement_refund WHERE ref = '{it}')",
        pick=_REFUND,
    ),
    broken(
        "settlement.refunds_never_exceed_payment",
        "supplier order {returned1}",
        drop("settlement_funding.settlement_funding_sane"),
        f"UPDATE settlement_funding SET refunded = amount + 1 {_FUNDING_OF % 'returned1'}",
    ),
    broken(
        "settlement.refunds_never_exceed_payment",
        "supplier order {returned1}",
        f"DELETE FROM settlement_funding {_FUNDING_OF % 'returned1'}",
        text="never funded",
    ),
    broken(
        "settlement.given_back_quantities_are_refunds",
        "order line {returned1_line}",
        "UPDATE ordering_orderline SET back_quantity = back_quantity + 1 WHERE ref = '{returned1_line}'",
    ),
    broken(
        "settlement.refunds_follow_the_rule",
        "supplier order {returned1}",
        f"UPDATE settlement_funding SET refunded = refunded - 1 {_FUNDING_OF % 'returned1'}",
    ),
    broken(
        "settlement.payouts_follow_the_split",
        "supplier order {paid_out1}",
        "UPDATE ledger_posting SET amount = amount + 1 WHERE destination = 'partner/{partner}/pending'"
        " AND entry_id = (SELECT id FROM ledger_entry WHERE key = 'completed:{paid_out1}')",
        text="to partner/",
    ),
)

_STATEMENT = "SELECT ref FROM settlement_statement WHERE opening < 0 ORDER BY id LIMIT 1"
_PAID_OUT = "SELECT ref FROM settlement_payout WHERE status = 'sent' ORDER BY id LIMIT 1"
_CLOSED = (
    "SELECT s.ref FROM settlement_statement s JOIN settlement_payout y ON y.statement_id = s.id ORDER BY s.id LIMIT 1"
)
_OF_STATEMENT = "(SELECT id FROM settlement_statement WHERE ref = '{it}')"
_FIRST_LINE = f"WHERE position = 0 AND statement_id = {_OF_STATEMENT}"
STATEMENTS = (
    broken(
        "settlement.statements_are_their_lines",
        "statement {it}",
        "UPDATE settlement_statement SET total = total + 1 WHERE ref = '{it}'",
        pick=_CLOSED,
    ),
    broken(
        "settlement.minuses_are_carried_over",
        "statement {it}",
        "UPDATE settlement_statement SET opening = 0 WHERE ref = '{it}'",
        pick=_STATEMENT,
        text="carries over 0",
    ),
    broken(
        "settlement.statement_lines_are_postings",
        "line 0 of statement {it}",
        f"UPDATE settlement_statementline SET amount = amount + 1 {_FIRST_LINE}",
        pick=_CLOSED,
    ),
    broken(
        "settlement.statement_lines_are_postings",
        "line 0 of statement {it}",
        f"UPDATE settlement_statementline SET posting_id = 0 {_FIRST_LINE}",
        pick=_CLOSED,
        text="which is not there",
    ),
    broken(
        "settlement.postings_are_stated_once",
        "posting {it}",
        drop("settlement_statementline.settlement_posting_on_one_statement"),
        "INSERT INTO settlement_statementline"
        " (statement_id, position, account, posting_id, subject, purpose, amount, at)"
        " SELECT (SELECT max(id) FROM settlement_statement), 99, account, posting_id, subject, purpose, amount, at"
        " FROM settlement_statementline WHERE posting_id = {it}",
        pick="SELECT min(posting_id) FROM settlement_statementline",
        text="is stated 2 times",
    ),
    broken(
        "settlement.closed_statements_become_payable",
        "statement {it}",
        "DELETE FROM ledger_posting WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'statement:{it}')",
        pick=_CLOSED,
        text="0 payable in 0 postings",
    ),
    broken(
        "settlement.closed_statements_become_payable",
        "statement {it}",
        f"DELETE FROM settlement_statementconfirmation WHERE side = 'operator' AND statement_id = {_OF_STATEMENT}",
        pick=_CLOSED,
        text="owes nothing yet",
    ),
    broken(
        "settlement.closed_statements_are_paid_out",
        "statement {it}",
        f"DELETE FROM settlement_payout WHERE statement_id = {_OF_STATEMENT}",
        pick=_CLOSED,
    ),
    broken(
        "settlement.closed_statements_are_paid_out",
        "payout {it}",
        "UPDATE settlement_payout SET amount = amount + 1 WHERE ref = '{it}'",
        pick=_PAID_OUT,
    ),
    broken(
        "settlement.payouts_are_movements",
        "payout {it}",
        "DELETE FROM ledger_posting WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'payout:{it}')",
        pick=_PAID_OUT,
        text="the books moved 0",
    ),
    broken(
        "settlement.payouts_are_approved_by_two",
        "payout {it}",
        "DELETE FROM parties_approvalvote WHERE id IN (SELECT max(v.id) FROM parties_approvalvote v"
        " JOIN parties_approval a ON a.id = v.approval_id WHERE a.subject = '{it}')",
        pick=_PAID_OUT,
        text="with 1 votes",
    ),
    broken(
        "settlement.payouts_are_decided_by_others",
        "payout {it}",
        "UPDATE settlement_payout y SET proposed_by_id = c.person_id FROM settlement_statementconfirmation c"
        " WHERE y.ref = '{it}' AND c.statement_id = y.statement_id AND c.side = 'party'",
        pick=_PAID_OUT,
    ),
    broken(
        "settlement.payouts_go_to_their_partys_account",
        "payout {it}",
        "INSERT INTO parties_bankaccount (organization_id, holder, bank, account, last_four, starts_at)"
        " SELECT min(id), 'forger', '', '', '', '2026-03-02' FROM parties_organization",
        "UPDATE settlement_payout SET account_id = (SELECT max(id) FROM parties_bankaccount) WHERE ref = '{it}'",
        pick=_PAID_OUT,
        text="of another company",
    ),
    broken(
        "settlement.nobody_confirms_for_both",
        "statement {it}",
        "DROP INDEX settlement_nobody_confirms_both",
        f"UPDATE settlement_statementconfirmation SET person_id = 1 WHERE statement_id = {_OF_STATEMENT}",
        pick=_CLOSED,
    ),
    broken(
        "settlement.numbers_have_no_gaps",
        "series statement:2026",
        "DELETE FROM settlement_statement WHERE number = 'ST-2026-000001'",
    ),
)
