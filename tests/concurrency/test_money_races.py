"""Money that goes out while something else happens to it."""

from functools import partial

import pytest

from tests.concurrency.sessions import one_after_the_other
from tests.concurrency.shop import CNY, Shop
from trivium.core import sql
from trivium.core.errors import Conflict, Denied
from trivium.core.jobs import drain
from trivium.core.time import now
from trivium.ledger import queries as ledger
from trivium.ordering.errors import OverReturned
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import AlreadyDecided
from trivium.settlement import commands as settlement
from trivium.settlement.errors import ReferenceUsed

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_refund_just_before_the_escrow_is_paid_out(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    one_after_the_other(partial(shop.refund, 1), partial(settlement.release_escrow, shop.part))
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 0
    assert ledger.balance("bank", CNY) == -31000


def test_a_refund_just_after_the_escrow_was_paid_out(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    one_after_the_other(partial(settlement.release_escrow, shop.part), partial(shop.refund, 1))
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 0
    assert ledger.balance("bank", CNY) == -31000


def test_an_escrow_is_paid_out_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    release = partial(settlement.release_escrow, shop.part)
    one_after_the_other(release, release)
    assert shop.count("EscrowReleased") == 1


def test_two_refunds_of_the_last_pieces(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    _done, second = one_after_the_other(partial(shop.refund, 3), partial(shop.refund, 2))
    assert isinstance(second, OverReturned)
    assert ledger.balance("bank", CNY) == -11000


def test_a_refund_and_a_settled_account_at_once(shop: Shop) -> None:
    shop.place(payment_method="on_account")
    shop.confirm()
    shop.sign()
    pay = partial(settlement.settle_account, shop.boss, shop.buyer.ref, amount=41000, currency=CNY, reference="BOC-1")
    _done, second = one_after_the_other(partial(shop.refund, 1), pay)
    assert isinstance(second, Conflict), "after the refund less is owed"
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == -31000
    one_after_the_other(
        partial(settlement.settle_account, shop.boss, shop.buyer.ref, amount=31000, currency=CNY, reference="BOC-2"),
        partial(shop.refund, 1),
    )
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == 0
    assert ledger.balance("bank", CNY) == -21000


def proposed_payout(shop: Shop) -> str:
    """A statement both sides have confirmed: its payout's approval."""
    shop.place()
    shop.fund()
    shop.sign()
    shop.complete()
    drain()
    for ref in settlement.issue_statements(shop.boss, until=now()):
        if books_of(ref) == shop.suppliers[0].ref:
            one_after_the_other(
                partial(settlement.confirm_statement, shop.suppliers[0].actor, ref),
                partial(settlement.confirm_statement, shop.boss, ref),
            )
    drain()
    return str(people.approvals_waiting(shop.boss)[0]["ref"])


def books_of(statement: str) -> str:
    """Whose a statement is."""
    found = sql.rows(
        "SELECT o.ref FROM settlement_statement s JOIN parties_organization o ON o.id = s.party_id WHERE s.ref = %s",
        [statement],
    )
    return str(found[0][0])


def test_both_sides_confirm_a_statement_at_once(shop: Shop) -> None:
    proposed_payout(shop)
    assert (shop.count("StatementClosed"), shop.count("PayoutProposed")) == (1, 1)


def test_two_people_approve_a_payout_at_once(shop: Shop) -> None:
    approval = proposed_payout(shop)
    yes = [partial(parties.decide, person, approval, yes=True) for person in (shop.boss, shop.other_boss)]
    one_after_the_other(*yes)
    assert shop.count("ApprovalDecided") == 1
    ref = sql.rows("SELECT ref FROM settlement_payout")[0][0]
    finish = partial(settlement.finish_payout, ref)
    one_after_the_other(finish, finish)
    assert ledger.balance(f"supplier/{shop.suppliers[0].ref}/payable", CNY) == 0
    assert shop.count("PayoutSent") == 1


def test_one_person_does_not_count_twice(shop: Shop) -> None:
    approval = proposed_payout(shop)
    yes = partial(parties.decide, shop.boss, approval, yes=True)
    _done, second = one_after_the_other(yes, yes)
    assert isinstance(second, AlreadyDecided | Denied)
    assert shop.count("ApprovalDecided") == 0


def test_one_line_of_the_bank_booked_for_two_orders_at_once(shop: Shop) -> None:
    orders = []
    for _each in range(2):
        shop.place()
        shop.confirm()
        orders.append(shop.order)
    book = [
        partial(settlement.record_bank_transfer, shop.boss, order, amount=41000, reference="BOC-9") for order in orders
    ]
    _done, second = one_after_the_other(*book)
    assert isinstance(second, ReferenceUsed)
    assert ledger.balance("bank", CNY) == -41000


def test_one_mail_address_registered_twice_at_once(shop: Shop) -> None:
    register = partial(parties.register_person, shop.boss, email="li@example.com", name="Li", password="long and odd")
    _done, second = one_after_the_other(register, register)
    assert isinstance(second, Conflict)
    assert sql.rows("SELECT count(*) FROM parties_user WHERE email = 'li@example.com'")[0][0] == 1
