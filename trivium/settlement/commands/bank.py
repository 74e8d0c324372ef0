"""The bank's own statement: each of its lines is booked once, for what it brought or took."""

import datetime as dt

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.ids import new_ref
from trivium.core.money import BadAmount, check_limit, to_text
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger import queries as books
from trivium.ledger.rules import Posting
from trivium.parties import queries as parties
from trivium.parties.rules import check_currency
from trivium.settlement.errors import GatewayHoldsLess, PaysTooMuch, ReferenceUsed
from trivium.settlement.models import AccountReceipt, GatewayPayout, Receivable
from trivium.settlement.rules import gateway_by_name, oldest_first

BANK = "bank"

_BOOK_LINE = """
INSERT INTO settlement_bankline (reference, subject, at) VALUES (%s, %s, %s) ON CONFLICT (reference) DO NOTHING
"""


def book_line(reference: str, subject: str, at: dt.datetime) -> str:
    """Take a line of the bank's statement for the document it stands for; returns its cleaned reference.

    Two that book one line at once: the second waits for the first, and is refused if that commits.
    Refuses: Empty, TooLong, ReferenceUsed.
    """
    reference = clean_text(reference, limit=80, field="reference")
    if not sql.execute(_BOOK_LINE, [reference, subject, at]):
        raise ReferenceUsed(reference=reference, field="reference")
    return reference


@act
def settle_account(actor: Actor, buyer_ref: str, *, amount: int, currency: str, reference: str) -> AccountReceipt:
    """A buyer has paid (part of) what it owes on account: the oldest orders are settled first.

    Refuses: Denied("payment.record"), NotFound, ReferenceUsed, PaysTooMuch.
    """
    actor.require("payment.record")
    buyer = parties.get_organization(actor, buyer_ref)
    open_ones = list(Receivable.objects.filter(buyer_id=buyer.id, currency=currency).open().locked())
    at = now()
    owed = [r.amount - r.credited - r.paid for r in open_ones]
    if amount <= 0 or amount > sum(owed):
        raise PaysTooMuch(open=to_text(sum(owed), currency), currency=currency, field="amount")
    receipt_ref = new_ref("rcp")
    reference = book_line(reference, receipt_ref, at)
    for receivable, part in zip(open_ones, oldest_first(owed, amount), strict=True):
        receivable.paid += part
    Receivable.objects.bulk_update(open_ones, ["paid"])
    receipt = AccountReceipt(
        ref=receipt_ref, buyer_id=buyer.id, reference=reference, amount=amount, currency=currency, at=at
    )
    receipt.save(force_insert=True)
    ledger.post(
        key=f"receipt:{receipt.ref}",
        subject=buyer.ref,
        purpose="account_settled",
        at=at,
        actor_ref=actor.ref,
        postings=[Posting(BANK, f"buyer/{buyer.ref}/receivable", amount, currency)],
    )
    return receipt


@act
def record_gateway_payout(
    actor: Actor, gateway: str, *, amount: int, fee: int, currency: str, reference: str
) -> GatewayPayout:
    """A gateway has paid out: `amount` arrived at the bank, `fee` it kept (minor units). Together they leave it.

    What it holds is what it took in, less what it sent back and paid out; it cannot have paid out more.
    Refuses: Denied("payment.record"), NotFound, BadCurrency, BadAmount, ReferenceUsed, GatewayHoldsLess.
    """
    actor.require("payment.record")
    if gateway_by_name(gateway) is None:
        raise NotFound(what="gateway", ref=gateway)
    check_limit(amount, check_currency(currency), field="amount")
    check_limit(fee, currency, field="fee")
    if not amount:
        raise BadAmount(value=amount, currency=currency, field="amount")
    sql.rows("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"settlement payout of {gateway}"])
    at = now()
    held = -books.balance(f"psp/{gateway}", currency)
    if amount + fee > held:
        raise GatewayHoldsLess(held=to_text(max(held, 0), currency), currency=currency, field="amount")
    payout = GatewayPayout(
        ref=new_ref("gpo"), gateway=gateway, amount=amount, fee=fee, currency=currency, by=actor.ref, at=at
    )
    payout.reference = book_line(reference, payout.ref, at)
    payout.save(force_insert=True)
    kept = [Posting("operator/psp_fees", f"psp/{gateway}", fee, currency)] if fee else []
    ledger.post(
        key=f"gateway-payout:{payout.ref}",
        subject=payout.ref,
        purpose="gateway_payout",
        at=at,
        actor_ref=actor.ref,
        postings=[Posting(BANK, f"psp/{gateway}", amount, currency), *kept],
    )
    return payout
