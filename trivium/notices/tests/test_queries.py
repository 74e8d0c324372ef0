"""Who is told what, in which workspace."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import Company
from tests.kept import market_of
from trivium.core.jobs import drain
from trivium.core.lists import Wanted
from trivium.core.time import now
from trivium.notices import commands, queries
from trivium.notices.tests.factories import Trade
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

pytestmark = pytest.mark.django_db


def told(company: Company) -> list[str]:
    """The sentences a company reads, oldest first."""
    return [n.message % {"number": n.number} for n in reversed(queries.inbox(company.actor, now()))]


def test_each_side_hears_of_an_order_by_its_number() -> None:
    trade = market_of(Trade)
    placed = trade.order()
    trade.deliver(placed)
    number = placed.number
    assert told(trade.supplier) == [
        f"New order {number} waits for your confirmation.",
        f"The partner confirmed order {number}.",
        f"Order {number} is funded and can be shipped.",
        f"Order {number} was signed for.",
    ]
    assert told(trade.buyer)[0] == f"Order {number} was placed."
    assert told(trade.partner)[0] == f"A buyer of yours placed order {number}."
    assert {n.link_ref for n in queries.inbox(trade.buyer.actor, now())} == {placed.ref}
    assert told(trade.market.supplier("Hengtai")) == []


def test_a_refund_is_told_with_the_number_of_its_order() -> None:
    trade = market_of(Trade)
    placed = trade.order()
    trade.deliver(placed)
    (part,) = placed.supplier_order_refs
    line = orders.get_order(trade.buyer.actor, placed.ref)["supplier_orders"][0]["lines"][0]["ref"]
    settlement.refund(trade.market.operator.actor, part, [RefundItem(line, amount=100)], reason="a scratch")
    assert told(trade.buyer)[-1] == f"You get money back for order {placed.number}."
    assert told(trade.partner)[-1] == f"A refund was granted for order {placed.number}."


def test_a_dealer_hears_of_an_order_in_the_workspace_that_may_see_it() -> None:
    trade = market_of(Trade)
    dealer = trade.partner
    as_buyer = replace(dealer.actor, role="buyer")
    placed = trade.order()
    assert told(dealer) == [f"A buyer of yours placed order {placed.number}."]
    assert queries.inbox(as_buyer, now()) == []


def test_a_partner_hears_of_an_order_when_its_buyers_own_company_has_approved_it() -> None:
    trade = market_of(Trade)
    parties.set_approval_rule(trade.buyer.actor, organization_ref=trade.buyer.ref, threshold=1, currency="CNY")
    placed = trade.order()
    assert (told(trade.partner), told(trade.supplier)) == ([], [])
    assert f"Order {placed.number} waits for approval in your company." in told(trade.buyer)
    approval = str(people.approvals_waiting(trade.buyer.colleague)[0]["ref"])
    parties.decide(trade.buyer.colleague, approval, yes=True)
    drain()
    assert told(trade.partner) == [f"A buyer of yours placed order {placed.number}."]
    assert told(trade.supplier) == [f"New order {placed.number} waits for your confirmation."]


def test_what_was_read_is_marked_and_the_rest_counted() -> None:
    trade = market_of(Trade)
    for _order in range(3):
        trade.order()
    actor = trade.supplier.actor
    assert queries.unread(actor, now()) == 3
    newest, *_rest = queries.inbox(actor, now())
    commands.mark_read(actor, newest.event_id)
    trade.order()
    assert [n.is_read for n in queries.inbox(actor, now())] == [False, True, True, True]
    assert queries.unread(actor, now()) == 1
    assert queries.inbox(actor, now() + dt.timedelta(days=queries.KEPT_DAYS + 1)) == []


def test_any_number_of_notices_takes_three_statements() -> None:
    trade = market_of(Trade)
    for size in (1, 4):
        for _order in range(size):
            trade.order()
        with CaptureQueriesContext(connection) as statements:
            queries.inbox(trade.partner.actor, now())
        assert len(statements) == 3


def test_the_list_of_notices_is_cut_by_state_and_kind_and_counts_them() -> None:
    trade = market_of(Trade)
    for _order in range(3):
        trade.order()
    actor = trade.partner.actor
    marked = queries.inbox(actor, now())[1].event_id
    commands.mark_read(actor, marked)

    def listed(**filters: str) -> tuple[int, list[bool]]:
        found = queries.notice_list(actor, now(), Wanted(filters))
        return found.count, [n.is_read for n in found.rows]

    assert listed() == (3, [False, True, True])
    assert listed(state="unread") == (1, [False])
    assert listed(state="read") == (2, [True, True])
    assert listed(kind="asks") == (3, [False, True, True])
    assert listed(kind="money") == (0, [])
    page = queries.notice_list(actor, now(), Wanted(offset=2, limit=2))
    assert (page.count, len(page.rows)) == (3, 1)


def test_the_operator_is_told_what_it_has_to_decide_and_not_what_others_do() -> None:
    trade = market_of(Trade)
    placed = trade.order()
    operator = trade.market.operator
    assert told(operator) == []
    (part,) = placed.supplier_order_refs
    ordering.object_to_margin(trade.partner.actor, part, reason="too little is left")
    assert told(operator) == [f"A partner objected to order {placed.number}; you decide."]
    assert queries.unread(operator.actor, now()) == 1
    assert told(trade.supplier) == [f"New order {placed.number} waits for your confirmation."]
