"""A partner follows its own buyers' orders to the end, and a change of partner cuts lists and totals at its day."""

import datetime as dt
import re

import pytest

from tests.journeys.market import SYSTEM
from tests.kept import market_of
from trivium.core.lists import Wanted
from trivium.fulfilment import commands as shipping
from trivium.fulfilment import queries as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as money
from trivium.settlement import queries as settlement
from trivium.settlement.rules import RefundItem
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 5)


def part_of(trade, order_ref):
    return orders.get_order(trade.market.operator.actor, order_ref)["supplier_orders"][0]


def to_the_end(trade, clock, order_ref):
    """Confirmed, paid, shipped, signed for, and partly given back."""
    part = part_of(trade, order_ref)["ref"]
    partner = next(p for p in (trade.partner, trade.rival)
                   if p.ref == orders.get_order(trade.buyer.actor, order_ref)["partner"]["ref"])
    ordering.confirm_supply(trade.s1.actor, part, ship_date=DAY)
    ordering.confirm_margin(partner.actor, part)
    due = part_of(trade, order_ref)["due"]
    money.record_bank_transfer(trade.market.operator.actor, order_ref, amount=due, reference=f"B-{order_ref[-8:]}")
    shipment = shipping.dispatch(trade.s1.actor, part, carrier="SF Express", tracking_numbers=[f"SF{order_ref[-9:]}"])
    clock.move(days=1)
    shipping.confirm_delivery(trade.buyer.actor, shipment.ref)
    line = part_of(trade, order_ref)["lines"][0]["ref"]
    money.refund(trade.s1.actor, part, [RefundItem(line, quantity=2)], reason="two were broken", freight=0)


@pytest.fixture
def moved(db, clock):
    return market_of(_moved, clock)


def _moved(clock):
    """An order under each partner; what happens to the first happens after the buyer has gone over to the second."""
    trade = Trade()
    trade.rival = trade.market.partner("Huitong Sourcing")
    trade.old = trade.order((trade.lamp, 10), payment_method="bank_transfer")
    clock.move(days=2)
    parties.assign_buyer(SYSTEM, buyer_ref=trade.buyer.ref, partner_ref=trade.rival.ref)
    clock.move(hours=1)
    trade.new = trade.order((trade.lamp, 20), payment_method="bank_transfer")
    for ref in (trade.old, trade.new):
        to_the_end(trade, clock, ref)
    return trade


def number(trade, ref):
    return orders.get_order(trade.market.operator.actor, ref)["number"]


@pytest.mark.parametrize("place", ["orders/", "shipments/", "refunds/"])
def test_each_partner_sees_what_was_ordered_under_it_and_nothing_else(moved, place):
    for partner, own, other in ((moved.partner, moved.old, moved.new), (moved.rival, moved.new, moved.old)):
        hands = moved.at(partner.actor)
        table = hands.open(place).partition("<tbody>")[2].partition("</tbody>")[0]
        assert number(moved, own) in table and number(moved, other) not in table, place
        assert number(moved, other) not in hands.open(f"{place}?q={number(moved, other)}").partition("<tbody>")[2]
        assert number(moved, other) not in hands.client.get(f"/partner/{place}?format=csv").content.decode("utf-8-sig")


def test_the_order_page_shows_its_shipment_and_what_was_given_back(moved):
    old = moved.at(moved.partner.actor)
    text = old.open(f"orders/{moved.old}/")
    assert f"SF{moved.old[-9:]}" in text and "two were broken" in text
    old.open(f"orders/{moved.new}/", 404)
    moved.at(moved.rival.actor).open(f"orders/{moved.old}/", 404)


def test_totals_are_cut_at_the_change_as_the_lists_are(moved, clock):
    since, until = clock.at - dt.timedelta(days=30), clock.at + dt.timedelta(days=1)
    for partner, own in ((moved.partner, moved.old), (moved.rival, moved.new)):
        days = orders.trade_by_day(partner.actor, since, until, "CNY")
        earned = sum(line["figures"]["commission"] for line in part_of(moved, own)["lines"])
        assert [(day.orders, day.amount) for day in days] == [(1, earned)]
        text = moved.at(partner.actor).open("")
        assert re.search(rf"¥{earned / 100:.2f}", text)


def test_figures_in_the_lists_obey_what_each_may_see(moved):
    refunded = settlement.refund_list(moved.partner.actor, Wanted()).rows
    assert [(row.order_number, row.kind, row.amount > 0) for row in refunded] == [
        (number(moved, moved.old), "refund", True)]
    own = settlement.refund_list(moved.s1.actor, Wanted()).rows
    assert len(own) == 2 and {row.amount for row in own} == {None}
    assert "¥" not in moved.at(moved.s1.actor).open("refunds/").partition("<tbody>")[2].partition("</tbody>")[0]
    assert settlement.refund_list(moved.stranger.actor, Wanted()).rows == []
    assert settlement.refund_list(moved.s2.actor, Wanted()).count == 0


def test_shipments_are_filtered_sorted_and_found(moved):
    actor = moved.market.operator.actor
    rows = fulfilment.shipment_list(actor, Wanted(sort="dispatched", descending=True)).rows
    assert [row.order_ref for row in rows] == [moved.new, moved.old]
    assert fulfilment.shipment_list(actor, Wanted({"state": "under_way"})).count == 0
    for text in (f"SF{moved.old[-9:]}", number(moved, moved.old), rows[1].number):
        assert [row.order_ref for row in fulfilment.shipment_list(actor, Wanted(text=text)).rows] == [moved.old], text
    assert fulfilment.shipment_list(actor, Wanted(text="Yuelai")).count == 2


def test_the_operator_moves_a_buyer_at_its_page_and_takes_it_back(trade, clock):
    rival = trade.market.partner("Huitong Sourcing")
    boss, day = trade.at(trade.market.operator.actor), (clock.at + dt.timedelta(days=4)).date().isoformat()
    place = f"companies/{trade.buyer.ref}/"
    boss.open(place)
    boss.send("assign", partner_ref=rival.ref, from_day=day, reason="territory")
    text = boss.open(place)
    assert "Huitong Sourcing" in text and "territory" in text and "Coming" in text
    left, right = trade.at(trade.partner.actor), trade.at(rival.actor)
    assert "territory" not in left.open("buyers/") and "Huitong" not in left.open("buyers/")
    assert "Coming" in right.open("buyers/")
    assert "territory" not in trade.at(trade.buyer.actor).open("notices/")
    boss.open(place)
    boss.send("withdraw-cut")
    assert "Coming" not in boss.open(place)
    right.open("buyers/")
    assert trade.buyer.ref not in right.open("buyers/")


def test_many_buyers_are_moved_at_once_and_one_refusal_stops_no_other(trade, clock):
    rival = trade.market.partner("Huitong Sourcing")
    own = trade.market.buyer("Own already", rival)
    clock.move(hours=1)
    boss = trade.at(trade.market.operator.actor)
    boss.open("organizations/?role=buyer")
    chosen = {"partner_ref": rival.ref, "reason": "territory", "item": [trade.buyer.ref, own.ref]}
    boss.send("bulk", status=422, from_day="", **chosen)
    boss.open("organizations/?role=buyer")
    boss.send("bulk", status=200, **chosen)
    rows = {row.buyer_ref for row in people.buyer_list(rival.actor, Wanted({"state": "in_force"})).rows}
    assert rows == {trade.buyer.ref, own.ref}
