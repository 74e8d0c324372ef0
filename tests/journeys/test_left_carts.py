"""Where a leaver's cart lands when their heir leaves in turn, or when nobody is left who buys."""

import pytest

from tests.kept import market_of
from trivium.core.jobs import drain
from trivium.core.time import SettableClock
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.jobs import hand_over_left_carts
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


def lines(actor):
    return {wish.sku_ref: int(wish.quantity) for wish in orders.cart_of(actor)}


def staff(trade):
    return trade.market.person(trade.buyer.ref, "buyer", "staff")


def test_an_heir_who_leaves_in_turn_passes_on_what_came_to_them(trade):
    boss, heir, leaver = trade.buyer.actor, staff(trade), staff(trade)
    ordering.add_to_cart(leaver, trade.lamp, 4)
    for gone, to in ((leaver, heir), (heir, boss)):
        parties.remove_person(boss, gone.user_ref, to_ref=to.user_ref)
        drain()
    assert lines(boss) == {trade.lamp: 4} and lines(heir) == {}


def test_a_cart_goes_on_to_who_stays_if_the_heir_left_before_it_came(trade):
    boss, heir, leaver = trade.buyer.actor, staff(trade), staff(trade)
    ordering.add_to_cart(leaver, trade.lamp, 4)
    ordering.add_to_cart(heir, trade.rail, 2)
    parties.remove_person(boss, leaver.user_ref, to_ref=heir.user_ref)
    parties.remove_person(boss, heir.user_ref, to_ref=trade.buyer.colleague.user_ref)
    drain()
    assert lines(heir) == lines(leaver) == {}
    assert lines(boss) == {trade.lamp: 4} and lines(trade.buyer.colleague) == {trade.rail: 2}


def test_whoever_is_back_before_it_went_keeps_their_cart(trade):
    boss, leaver = trade.buyer.actor, staff(trade)
    ordering.add_to_cart(leaver, trade.lamp, 4)
    parties.remove_person(boss, leaver.user_ref)
    again(trade, leaver)
    drain()
    assert lines(leaver) == {trade.lamp: 4} and lines(boss) == {}


def again(trade, actor):
    from trivium.parties import queries as people

    mail = str(people.person(actor.user_id).email)
    parties.grant_role(SYSTEM, email=mail, organization_ref=trade.buyer.ref, role="buyer", job="admin")


def test_where_nobody_buys_the_cart_is_kept_for_the_next_who_does(trade, clock: SettableClock):
    alone, colleague = trade.buyer.actor, trade.buyer.colleague
    ordering.add_to_cart(alone, trade.lamp, 4)
    parties.remove_person(alone, colleague.user_ref)
    parties.erase_person(SYSTEM, alone.user_ref, reason="asked for it")
    drain()
    assert lines(alone) == {trade.lamp: 4} and hand_over_left_carts() == 0
    clock.move(hours=1)
    assert hand_over_left_carts() == 0
    newcomer = staff(trade)
    assert hand_over_left_carts() == 1
    assert lines(newcomer) == {trade.lamp: 4} and lines(alone) == {}
    assert hand_over_left_carts() == 0


def test_an_heir_named_a_moment_ago_is_not_overtaken_by_the_schedule(trade, clock: SettableClock):
    boss, heir, leaver = trade.buyer.actor, staff(trade), staff(trade)
    ordering.add_to_cart(leaver, trade.lamp, 4)
    parties.remove_person(boss, leaver.user_ref, to_ref=heir.user_ref)
    clock.move(minutes=5)
    assert hand_over_left_carts() == 0
    drain()
    assert lines(heir) == {trade.lamp: 4}
