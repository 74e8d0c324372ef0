"""A buyer goes over to another partner between two orders: each earns its own, to the cent, whatever comes later."""

import datetime as dt

import pytest

from tests.concurrency.shop import CNY, Shop
from tests.journeys.books import audit_faults, misplaced_money
from trivium.core.errors import NotFound
from trivium.core.jobs import drain
from trivium.core.lists import Wanted
from trivium.core.time import SettableClock, business_day, day_starts
from trivium.ledger import queries as ledger
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import queries as settlement

pytestmark = pytest.mark.django_db


def pending(company) -> int:
    return ledger.balance(f"partner/{company.ref}/pending", CNY)


@pytest.fixture
def shop(db: None, clock: SettableClock) -> Shop:
    made = Shop()
    made.rival = made.market.partner("Huitong", percent="5")
    drain()
    return made


def test_both_partners_earn_what_was_ordered_under_them(shop: Shop, clock: SettableClock) -> None:
    old = shop.place()
    shop.fund()
    begins = business_day(clock.at) + dt.timedelta(days=2)
    parties.assign_buyer(
        shop.boss, buyer_ref=shop.buyer.ref, partner_ref=shop.rival.ref, from_day=begins, reason="territory"
    )
    clock.at = day_starts(begins)
    new = shop.place()
    drain()
    assert [orders.get_order(shop.boss, each.ref)["partner"]["ref"] for each in (old, new)] == [
        shop.partner.ref, shop.rival.ref]  # fmt: skip
    before, shop.partner = shop.partner, shop.rival
    shop.fund()
    shop.sign()
    shop.complete()
    drain()
    assert (pending(before), pending(shop.rival)) == (0, 2000)
    # The old order goes on to its end in the old partner's hands, after the buyer has left it.
    shop.placed = old
    shop.sign()
    shop.complete()
    drain()
    assert (pending(before), pending(shop.rival)) == (3200, 2000)
    shop.refund(1)
    drain()
    assert (pending(before), pending(shop.rival)) == (2400, 2000)
    for actor, own, other in ((before.actor, old, new), (shop.rival.actor, new, old)):
        assert [row["ref"] for row in orders.orders_of(actor)] == [own.ref]
        with pytest.raises(NotFound):
            orders.get_order(actor, other.ref)
    (refunded,) = settlement.refund_list(before.actor, Wanted()).rows
    assert refunded.order_number == old.number
    assert settlement.refund_list(shop.rival.actor, Wanted()).rows == []
    assert misplaced_money() == [] and audit_faults() == []


def test_an_order_that_waits_for_its_own_company_over_the_cut_over_stays_where_it_was_placed(
    shop: Shop, clock: SettableClock
) -> None:
    parties.set_approval_rule(
        shop.buyer.actor, organization_ref=shop.buyer.ref, threshold=1, currency=CNY, needed=1
    )
    waiting = shop.place()
    assert waiting.approval == "waiting"
    clock.move(minutes=5)
    parties.assign_buyer(shop.boss, buyer_ref=shop.buyer.ref, partner_ref=shop.rival.ref, reason="territory")
    clock.move(minutes=5)
    (approval,) = people.approvals_waiting(shop.buyer.colleague, limit=5)
    parties.decide(shop.buyer.colleague, approval["ref"], yes=True)
    drain()
    assert [row["ref"] for row in orders.orders_of(shop.partner.actor)] == [waiting.ref]
    assert list(orders.orders_of(shop.rival.actor)) == []
    shop.fund()
    shop.sign()
    shop.complete()
    drain()
    assert (pending(shop.partner), pending(shop.rival)) == (3200, 0)
