"""What a person may order in a calendar month: beyond it an order asks for a word; and what counts."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.journeys.market import Company
from trivium.core.jobs import drain
from trivium.core.time import SettableClock
from trivium.ordering import commands, queries
from trivium.ordering.commands import Placed
from trivium.ordering.rules import SupplyAnswer
from trivium.ordering.tests.factories import Trade
from trivium.parties import commands as parties
from trivium.parties import queries as people

pytestmark = pytest.mark.django_db
LIMIT = 250_00


@pytest.fixture
def chen(trade: Trade) -> Company:
    """The buyer as somebody who may order for 250.00 a month without a word."""
    return trade.market.requester(trade.buyer, LIMIT)


def order(trade: Trade, who: Company, units: int) -> Placed:
    """An order of so many units of 10.00."""
    return trade.market.order(who, [(trade.b, units)])


def so_far(trade: Trade, who: Company) -> int:
    found = queries.ordered_by_people(who.actor, "CNY", trade.clock.at)
    alone = queries.ordered_in_month(who.id, who.actor.user_id or 0, "CNY", trade.clock.at)
    assert found.get(who.actor.user_ref, 0) == alone
    return alone


def why(placed: Placed) -> list[object]:
    return list(people.Approval.objects.filter(subject=placed.ref).values_list("why", flat=True))


def test_up_to_the_limit_nothing_asks_and_beyond_it_does(trade: Trade, chen: Company) -> None:
    assert [order(trade, chen, units).approval for units in (10, 15, 1)] == ["not_needed", "not_needed", "waiting"]
    assert so_far(trade, chen) == 260_00
    assert order(trade, trade.buyer, 26).approval == "not_needed"


def test_an_order_beyond_it_says_that_the_month_asks(trade: Trade, chen: Company) -> None:
    order(trade, chen, 25)
    order(trade, chen, 1)
    (waiting,) = people.approvals_waiting(trade.buyer.actor)
    assert (waiting["why"], waiting["is_turn"]) == ("month", True)
    mine = replace(trade.buyer.actor, user_id=chen.actor.user_id, user_ref=chen.actor.user_ref)
    assert not people.votes_waiting(mine)


def test_what_is_cancelled_or_declined_does_not_count(trade: Trade, chen: Company) -> None:
    commands.cancel_order(chen.actor, order(trade, chen, 20).ref, reason="too much")
    assert so_far(trade, chen) == 0
    waiting = order(trade, chen, 26)
    assert (waiting.approval, so_far(trade, chen)) == ("waiting", 260_00)
    (asked,) = people.approvals_waiting(trade.buyer.actor)
    parties.decide(trade.buyer.actor, str(asked["ref"]), yes=False)
    drain()
    assert so_far(trade, chen) == 0
    assert order(trade, chen, 25).approval == "not_needed"


def test_an_approved_order_counts_and_of_one_that_comes_in_part_only_that(trade: Trade, chen: Company) -> None:
    placed = order(trade, chen, 25)
    part = trade.part(placed)
    trade.supply(part, [SupplyAnswer(trade.lines(part)[0], 5)])
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    assert so_far(trade, chen) == 50_00
    assert order(trade, chen, 20).approval == "not_needed"


def test_a_month_begins_where_the_business_is(trade: Trade, chen: Company, clock: SettableClock) -> None:
    clock.at = dt.datetime(2026, 3, 31, 15, 59, tzinfo=dt.UTC)  # in Shanghai a minute before midnight
    assert order(trade, chen, 25).approval == "not_needed"
    assert people.colleagues(chen.actor)[-1].monthly_limit == LIMIT
    clock.at += dt.timedelta(minutes=1)
    assert so_far(trade, chen) == 0
    assert order(trade, chen, 25).approval == "not_needed"
    assert order(trade, chen, 1).approval == "waiting"


def test_other_companies_and_currencies_do_not_count(trade: Trade, chen: Company) -> None:
    other = trade.market.buyer("Other", trade.partner)
    there = replace(other, actor=trade.also(chen.actor, other, "buyer"))
    order(trade, there, 20)
    assert so_far(trade, chen) == 0
    order(trade, chen, 10)
    assert queries.ordered_in_month(chen.id, chen.actor.user_id or 0, "EUR", trade.clock.at) == 0


def test_only_administrators_and_the_person_read_the_limits(trade: Trade, chen: Company) -> None:
    by_ref = {row.ref: row for row in people.colleagues(chen.actor)}
    assert by_ref[chen.actor.user_ref].monthly_limit == LIMIT
    li = trade.market.person(trade.buyer.ref, "buyer", "approver")
    assert {row.monthly_limit for row in people.colleagues(li)} == {None}
    assert {row.monthly_limit for row in people.colleagues(trade.buyer.actor)} == {None, LIMIT}
    assert queries.ordered_by_people(trade.first.actor, "CNY", trade.clock.at) == {}
