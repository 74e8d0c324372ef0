"""Two acts on one order at once: whoever comes second sees what the first has done, and nothing is twice."""

from functools import partial
from typing import Any

import pytest

from tests.concurrency.sessions import Act, one_after_the_other
from tests.concurrency.shop import CNY, Shop
from tests.journeys.gateway import NAME
from trivium.core import sql
from trivium.core.errors import Conflict, Refusal, WrongState
from trivium.core.jobs import drain
from trivium.core.time import now
from trivium.fulfilment import commands as fulfilment
from trivium.ledger import queries as ledger
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.errors import AlreadyConfirmed
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement.rules import Charge

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_order_confirmed_twice_at_once(shop: Shop) -> None:
    shop.place()
    _done, second = one_after_the_other(shop.supply, shop.supply)
    assert isinstance(second, AlreadyConfirmed)
    assert shop.count("SupplyConfirmed") == 1


def test_both_sides_confirm_at_once(shop: Shop) -> None:
    shop.place()
    one_after_the_other(shop.supply, shop.margin)
    assert (shop.status(), shop.count("OrderDecided")) == ("confirmed", 1)


def test_the_last_two_parts_are_decided_once(shop: Shop) -> None:
    shop.place(lines=2)
    shop.supply(0)
    shop.supply(1)
    one_after_the_other(partial(shop.margin, 0), partial(shop.margin, 1))
    assert shop.count("OrderDecided") == 1
    assert sum(p.due or 0 for p in orders.parts_of_order(shop.order)) == 81000


def test_cancelled_after_it_was_confirmed(shop: Shop) -> None:
    shop.place()
    shop.margin()
    one_after_the_other(shop.supply, shop.cancel)
    assert (shop.status(), shop.count("SupplierOrderConfirmed")) == ("cancelled", 1)


def test_confirmed_after_it_was_cancelled(shop: Shop) -> None:
    shop.place()
    _done, second = one_after_the_other(shop.cancel, shop.supply)
    assert isinstance(second, WrongState)
    assert (shop.status(), shop.count("SupplyConfirmed")) == ("cancelled", 0)


def missed(shop: Shop) -> Act:
    """The sweep finds the order unpaid after its deadline."""
    sql.execute("UPDATE ordering_order SET pay_by = %s WHERE ref = %s", [now(), shop.order])
    return partial(ordering.pass_deadline, "pay", shop.order)


def test_paid_just_before_the_deadline(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    one_after_the_other(shop.transfer, missed(shop))
    assert (shop.status(), shop.count("SupplierOrderCancelled")) == ("released", 0)


def test_paid_just_after_the_deadline(shop: Shop) -> None:
    shop.place()
    shop.confirm()
    _done, second = one_after_the_other(missed(shop), shop.transfer)
    assert isinstance(second, Conflict)
    assert (shop.status(), ledger.balance("bank", CNY)) == ("cancelled", 0)


def charge(shop: Shop) -> Charge:
    """A payment under way, and what the gateway will say of it."""
    payment = settlement.start_payment(shop.buyer.actor, shop.order, gateway=NAME)
    return shop.gateway.charge(payment.ref, payment.amount, CNY)


def test_a_payment_that_comes_after_the_deadline_goes_back(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    message = partial(settlement.record_payment, charge(shop), gateway=NAME)
    one_after_the_other(missed(shop), message)
    assert shop.status() == "cancelled"
    drain()
    assert ledger.balance(f"psp/{NAME}", CNY) == 0
    assert [amount for _ref, amount in shop.gateway.refunds.values()] == [41000]


def test_the_same_message_twice_at_once(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    message = partial(settlement.record_payment, charge(shop), gateway=NAME)
    one_after_the_other(message, message)
    assert (shop.status(), shop.count("PaymentReceived")) == ("released", 1)
    assert ledger.balance(f"psp/{NAME}", CNY) == -41000


def test_two_payments_at_once_fund_it_once(shop: Shop) -> None:
    shop.place(payment_method="prepaid")
    shop.confirm()
    charges = [charge(shop)]
    sql.execute("UPDATE settlement_payment SET status = 'failed'")
    charges.append(charge(shop))
    first, second = (partial(settlement.record_payment, c, gateway=NAME) for c in charges)
    one_after_the_other(first, second)
    assert ledger.balance(f"escrow/{shop.part}", CNY) == 41000
    drain()
    assert ledger.balance(f"psp/{NAME}", CNY) == -41000
    assert len(shop.gateway.refunds) == 1


def test_on_account_funded_twice_at_once(shop: Shop) -> None:
    shop.place(payment_method="on_account")
    shop.supply()
    shop.margin()
    again = partial(settlement.fund_decided, shop.order)
    one_after_the_other(again, again)
    assert ledger.balance(f"buyer/{shop.buyer.ref}/receivable", CNY) == -41000


def test_sent_twice_at_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.ship, shop.ship)
    assert isinstance(second, Refusal)
    assert shop.count("ShipmentDispatched") == 1


def test_sent_just_before_it_is_cancelled(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.ship, shop.cancel)
    assert isinstance(second, Conflict)
    assert shop.status() == "released"


def test_cancelled_just_before_it_is_sent(shop: Shop) -> None:
    shop.place()
    shop.fund()
    _done, second = one_after_the_other(shop.cancel, shop.ship)
    assert isinstance(second, Refusal)
    drain()
    assert (shop.status(), ledger.balance("bank", CNY)) == ("cancelled", 0)


def test_signed_twice_at_once(shop: Shop) -> None:
    shop.place()
    shop.fund()
    signed = partial(fulfilment.confirm_delivery, shop.buyer.actor, shop.ship())
    _done, second = one_after_the_other(signed, signed)
    assert isinstance(second, Refusal)
    assert (shop.status(), shop.count("SupplierOrderSigned")) == ("signed", 1)


def test_held_just_before_it_completes(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    hold = partial(ordering.hold_completion, shop.boss, shop.part)
    _done, second = one_after_the_other(hold, shop.complete)
    assert isinstance(second, Conflict)
    assert shop.status() == "signed"


def test_completed_just_before_it_is_held(shop: Shop) -> None:
    shop.place()
    shop.fund()
    shop.sign()
    _done, second = one_after_the_other(shop.complete, partial(ordering.hold_completion, shop.boss, shop.part))
    assert isinstance(second, WrongState)
    assert shop.status() == "completed"


def wait_for_approval(shop: Shop) -> partial[Any]:
    """An order that waits for the buyer's own people: what one of them would say."""
    parties.set_approval_rule(shop.buyer.actor, organization_ref=shop.buyer.ref, threshold=1, currency=CNY)
    shop.place()
    approval = str(people.approvals_waiting(shop.buyer.colleague)[0]["ref"])
    return partial(parties.decide, shop.buyer.colleague, approval, yes=True)


def test_approved_while_the_buyer_withdraws_it(shop: Shop) -> None:
    approve = wait_for_approval(shop)
    approve()
    one_after_the_other(shop.cancel, partial(ordering.refresh_order, shop.order))
    assert (shop.status(), shop.count("SupplierOrderSubmitted")) == ("cancelled", 0)


def test_approved_just_before_the_deadline(shop: Shop) -> None:
    approve = wait_for_approval(shop)
    approve()
    sql.execute("UPDATE ordering_order SET approve_by = %s WHERE ref = %s", [now(), shop.order])
    passes = partial(ordering.pass_deadline, "approve", shop.order)
    one_after_the_other(passes, partial(ordering.refresh_order, shop.order))
    assert (shop.status(), shop.count("SupplierOrderSubmitted")) == ("submitted", 1)


def test_withdrawn_while_it_is_submitted(shop: Shop) -> None:
    approve = wait_for_approval(shop)
    approve()
    one_after_the_other(partial(ordering.refresh_order, shop.order), shop.cancel)
    assert (shop.status(), shop.count("SupplierOrderSubmitted")) == ("cancelled", 1)


def test_approved_just_after_the_deadline(shop: Shop) -> None:
    approve = wait_for_approval(shop)
    sql.execute("UPDATE ordering_order SET approve_by = %s WHERE ref = %s", [now(), shop.order])
    approve()
    passes = partial(ordering.pass_deadline, "approve", shop.order)
    one_after_the_other(passes, partial(ordering.refresh_order, shop.order))
    assert (shop.status(), shop.count("SupplierOrderSubmitted")) == ("cancelled", 0)
