"""Two orders of one person at once: without the lock both slip under the month's limit, with it the second asks."""

from functools import partial

import pytest

from tests.concurrency.sessions import Session, all_at_once, one_after_the_other
from tests.concurrency.shop import Shop
from tests.journeys.market import Company
from trivium.core.time import now
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties.commands import Place
from trivium.parties.queries import approvals

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 500_00


@pytest.fixture
def chen(shop: Shop) -> Company:
    """The buyer as somebody who may order for 500.00 a month without a word; each order here is 400.00."""
    return shop.market.requester(shop.buyer, LIMIT)


def order(shop: Shop, who: Company, sku: int) -> str:
    """How an order of one of two skus stands; they share no stock, no supplier and no credit."""
    return shop.market.order(who, [(shop.skus[sku], 4)]).approval


def test_without_the_lock_both_slip_under(
    shop: Shop, chen: Company, two: tuple[Session, Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "_MONTH_HELD", "")
    for session in two:
        session.begin()
    said = [session.do(order, shop, chen, sku) for sku, session in enumerate(two)]
    for session in two:
        session.end()
    assert said == ["not_needed", "not_needed"]
    assert orders.ordered_in_month(chen.id, chen.actor.user_id or 0, "CNY", now()) > LIMIT


def test_the_second_of_two_orders_at_once_counts_the_first(shop: Shop, chen: Company) -> None:
    said = one_after_the_other(partial(order, shop, chen, 0), partial(order, shop, chen, 1))
    assert said == ("not_needed", "waiting")


def test_of_eight_orders_at_once_one_slips_under(shop: Shop, chen: Company) -> None:
    said = all_at_once([partial(order, shop, chen, n % 2) for n in range(8)])
    assert sorted(said) == ["not_needed"] + ["waiting"] * 7


def test_a_limit_that_is_lowered_meanwhile_holds(shop: Shop, chen: Company) -> None:
    lower = partial(parties.change_place, shop.buyer.actor, chen.actor.user_ref, Place("requester", monthly_limit=1))
    assert one_after_the_other(lower, partial(order, shop, chen, 0))[1] == "waiting"
