"""Cancelling, shipping, giving back and completing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from trivium.core.errors import Denied, NotFound, Refusal, WrongState
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.ledger import queries as books
from trivium.ordering import commands, queries
from trivium.ordering.errors import (
    AlreadyShipped,
    NotDue,
    NotReleased,
    OverRefunded,
    OverReturned,
    OverShipped,
    UnknownLine,
    UseCancel,
)
from trivium.ordering.models import Order, OrderLine
from trivium.ordering.rules import GiveBack
from trivium.ordering.tests.factories import Trade, on_hand, written

pytestmark = pytest.mark.django_db


def test_a_cancelled_order_holds_nothing(trade: Trade) -> None:
    placed = trade.order()
    commands.cancel_order(trade.buyer.actor, placed.ref, reason="no more need")
    drain()
    assert on_hand(trade.a, trade.c) == [100, 100]
    assert books.held(placed.ref) == {}
    assert Order.objects.get(ref=placed.ref).closed_at == trade.clock.at
    with pytest.raises(WrongState), transaction.atomic():
        commands.cancel_order(trade.buyer.actor, placed.ref, reason="again")


def test_nothing_is_cancelled_once_goods_are_on_their_way(trade: Trade) -> None:
    placed = trade.released()
    trade.ship(trade.part(placed), 1, sign=False)
    with pytest.raises(AlreadyShipped), transaction.atomic():
        commands.cancel_order(trade.buyer.actor, placed.ref, reason="too late")
    with pytest.raises(AlreadyShipped), transaction.atomic():
        commands.cancel_supplier_order(trade.buyer.actor, trade.part(placed), reason="too late")
    commands.cancel_supplier_order(trade.second.actor, trade.part(placed, 1), reason="machine broke")
    assert trade.status(placed) == ["released", "cancelled"]


def test_a_suppliers_words_stay_on_the_order_and_out_of_the_event_log(trade: Trade) -> None:
    placed = trade.order()
    words = "Mr Chen called from +86 138 0013 8000"
    commands.reject_supply(trade.first.actor, trade.part(placed), reason=words)
    assert queries.get_order(trade.buyer.actor, placed.ref)["supplier_orders"][0]["cancel_reason"] == words
    event = EventRecord.objects.get(name="SupplierOrderCancelled")
    assert event.data == {"order_ref": placed.ref, "reason": "stated"}


# -- shipping and giving back ------------------------------------------------------------------------------------------


def test_no_more_leaves_than_is_there_to_leave(trade: Trade) -> None:
    waiting = trade.part(trade.order((trade.a, 1)))
    with pytest.raises(NotReleased), transaction.atomic():
        trade.ship(waiting, 1)
    placed = trade.released((trade.a, 10))
    part = trade.part(placed)
    trade.ship(part, 6, key="k1")
    for quantity, refusal in [("5", OverShipped), ("0", BadQuantity), ("-1", BadQuantity)]:
        with pytest.raises(refusal), transaction.atomic():
            trade.ship(part, quantity, key="k2")
    trade.ship(part, 4, key="k3")
    assert trade.status(placed) == ["signed"]


def test_what_never_leaves_is_not_waited_for(trade: Trade) -> None:
    placed = trade.released((trade.a, 10))
    part = trade.part(placed)
    line = trade.lines(part)[0]
    with pytest.raises(UseCancel), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(10), unshipped=True))
    trade.ship(part, 6)
    assert trade.status(placed) == ["released"]
    trade.give_back(part, GiveBack(line, Decimal(4), unshipped=True))
    assert trade.status(placed) == ["signed"]
    assert on_hand(trade.a) == [94]


def test_no_more_comes_back_than_left(trade: Trade) -> None:
    part = trade.part(trade.released((trade.a, 10)))
    line = trade.lines(part)[0]
    trade.ship(part, 6, sign=False)
    cases: list[tuple[list[GiveBack], type[Refusal]]] = [
        ([GiveBack(line, Decimal(7))], OverReturned),
        ([GiveBack(line, Decimal(5), unshipped=True)], OverReturned),
        ([GiveBack(line, Decimal(1)), GiveBack(line, Decimal(1))], UnknownLine),
        ([GiveBack("oln_none", Decimal(1))], UnknownLine),
        ([GiveBack(line, amount=100001)], OverRefunded),
        ([GiveBack(line, amount=10**30)], OverRefunded),
    ]
    before = OrderLine.objects.values_list("back_quantity", "back_amount").get(ref=line), written()
    for items, refusal in cases:
        with pytest.raises(refusal), transaction.atomic():
            trade.give_back(part, *items)
    with pytest.raises(NotFound), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(1)), actor=trade.second.actor)
    with pytest.raises(Denied), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(1)), actor=trade.buyer.actor)
    assert (OrderLine.objects.values_list("back_quantity", "back_amount").get(ref=line), written()) == before


def test_completion_waits_for_the_window_and_for_every_hold(trade: Trade) -> None:
    placed = trade.released((trade.a, 1))
    part = trade.part(placed)
    trade.ship(part, 1)
    window = trade.clock.at + dt.timedelta(days=7)
    for _twice in range(2):
        commands.hold_completion(trade.boss, part)
    trade.clock.at = window
    for _hold in range(2):
        with pytest.raises(NotDue), transaction.atomic():
            commands.complete(trade.boss, part)
        commands.lift_hold(trade.boss, part)
    with pytest.raises(WrongState), transaction.atomic():
        commands.lift_hold(trade.boss, part)
    trade.clock.at = window - dt.timedelta(microseconds=1)
    with pytest.raises(NotDue), transaction.atomic():
        commands.complete(trade.boss, part)
    trade.clock.at = window
    commands.complete(trade.boss, part)
    assert trade.status(placed) == ["completed"]
    with pytest.raises(WrongState), transaction.atomic():
        commands.hold_completion(trade.boss, part)
    for actor in (trade.buyer.actor, trade.first.actor, trade.partner.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.hold_completion(actor, part)
