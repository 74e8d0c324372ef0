"""Where the money has to be, worked out line by line from what stands on the orders: the books must say the same."""

from collections import Counter

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.faults import all_of
from trivium.ledger import queries as ledger
from trivium.ordering import queries as orders
from trivium.project import audit

ME = Actor.system("tests")


def misplaced_money() -> list[str]:
    """Every account of a supplier order that differs from what its lines say; nothing may wait in a job."""
    found = []
    for ref, is_paid_out in sql.rows(
        "SELECT p.ref, EXISTS (SELECT FROM settlement_release r WHERE r.supplier_order_id = p.id)"
        " FROM ordering_supplierorder p WHERE p.status IN ('released', 'signed', 'completed')"
    ):
        wanted = expected(ref, is_paid_out=is_paid_out)
        there: Counter[str] = Counter()
        for entry in ledger.entries_of(ref):
            for posting in entry.postings:
                there[posting.destination] += posting.amount
                there[posting.source] -= posting.amount
        inside = {name: amount for name, amount in there.items() if amount and not _is_outside(name)}
        if inside != {name: amount for name, amount in wanted.items() if amount}:
            found.append(f"{ref}: booked {inside}, by its lines {dict(wanted)}")
    return found


def _is_outside(account: str) -> bool:
    return account == "bank" or account.startswith("psp/") or account.endswith("/receivable")


def expected(ref: str, *, is_paid_out: bool) -> Counter[str]:
    """What each account inside the house has of a supplier order, by its lines as they stand."""
    part = orders.part_money(ref)
    freight = part.freight - _freight_back(ref)
    wanted = _lost(ref)
    if not is_paid_out:
        wanted[f"escrow/{ref}"] += sum(line.paid + line.service_fee for line in part.lines) + freight
        return wanted
    partner = f"partner/{part.partner_ref}/pending"
    wanted[f"supplier/{part.supplier_ref}/pending"] += sum(line.supplier_net for line in part.lines) + freight
    wanted[partner] += sum(line.commission + line.service_fee - line.partner_part for line in part.lines)
    wanted["operator/fees"] += sum(line.fee for line in part.lines)
    wanted["operator/promotions"] -= sum(line.operator_part for line in part.lines)
    return wanted


def _lost(ref: str) -> Counter[str]:
    """What the buyer's own returns have cost it in discounts, which goes back to who had funded them."""
    rows = sql.rows(
        "SELECT l.account, sum(l.amount)::bigint FROM settlement_refundloss l"
        " JOIN settlement_refund r ON r.id = l.refund_id JOIN ordering_supplierorder p ON p.id = r.supplier_order_id"
        " WHERE p.ref = %s GROUP BY l.account",
        [ref],
    )
    return Counter(dict(rows))


def _freight_back(ref: str) -> int:
    rows = sql.rows(
        "SELECT coalesce(sum(f.freight), 0)::bigint FROM settlement_refund f"
        " JOIN ordering_supplierorder p ON p.id = f.supplier_order_id WHERE p.ref = %s",
        [ref],
    )
    return int(rows[0][0])


def audit_faults() -> list[str]:
    """What the audit finds, in words. No job may wait."""
    checks = [check for its in audit.CONTEXTS.values() for check in its]
    return [f"{fault.promise}, {fault.subject}: {fault.text}" for fault in all_of(checks)]
