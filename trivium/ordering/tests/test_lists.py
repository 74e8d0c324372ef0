"""The order list and the figures of a home: cut to the reader, and the same sums as the orders themselves."""

import datetime as dt

import pytest

from trivium.core.lists import Wanted
from trivium.core.time import business_day, day_starts, now
from trivium.core.waiting import count_waiting
from trivium.ordering import commands, queries
from trivium.ordering.tests.factories import Trade

pytestmark = pytest.mark.django_db


def figure(trade: Trade, ref: str, name: str, supplier: str = "") -> int:
    """A figure of an order's lines as the operator reads them."""
    parts = queries.get_order(trade.boss, ref)["supplier_orders"]
    mine = [part for part in parts if not supplier or part["supplier"]["ref"] == supplier]
    return sum(line["figures"][name] for part in mine for line in part["lines"])


def test_each_role_reads_its_own_figure_of_a_days_trade(trade: Trade) -> None:
    placed = trade.order()
    cancelled = trade.order()
    commands.cancel_order(trade.buyer.actor, cancelled.ref, reason="twice")
    total = queries.get_order(trade.boss, placed.ref)["total"]
    own = {
        trade.boss: total,
        trade.buyer.actor: total,
        trade.partner.actor: figure(trade, placed.ref, "commission"),
        trade.first.actor: figure(trade, placed.ref, "supplier_net", trade.first.ref),
    }
    for actor, amount in own.items():
        days = queries.trade_by_day(actor, now() - dt.timedelta(days=1), now() + dt.timedelta(days=1), "CNY")
        assert [(day.day, day.orders, day.amount) for day in days] == [(business_day(now()), 1, amount)], actor.role
    assert queries.trade_by_day(trade.boss, now() + dt.timedelta(days=1), now() + dt.timedelta(days=2), "CNY") == []
    assert queries.trade_by_day(trade.boss, now() - dt.timedelta(days=1), now() + dt.timedelta(days=1), "EUR") == []


def test_what_was_promised_for_yesterday_and_not_shipped_is_late(trade: Trade) -> None:
    placed = trade.released()
    promised = [part["ship_date"] for part in queries.get_order(trade.boss, placed.ref)["supplier_orders"]]
    assert queries.late_shipping(trade.boss, min(promised)) == ([], 0)
    late, count = queries.late_shipping(trade.boss, max(promised) + dt.timedelta(days=1))
    assert count == len(promised) and {each.order_ref for each in late} == {placed.ref}
    assert queries.late_shipping(trade.first.actor, max(promised) + dt.timedelta(days=1))[1] == 1
    trade.ship(trade.part(placed), 1)
    assert queries.late_shipping(trade.first.actor, max(promised) + dt.timedelta(days=1))[1] == 0


def test_goods_are_to_be_shipped_by_the_end_of_the_promised_day(trade: Trade) -> None:
    placed = trade.released()
    (part,) = queries.get_order(trade.first.actor, placed.ref)["supplier_orders"]
    (work,) = queries.worklist(trade.first.actor)
    (row,) = queries.waiting_list(trade.first.actor, Wanted()).rows
    ends = day_starts(part["ship_date"] + dt.timedelta(days=1))
    assert (work.act, work.due_at, row.due_at) == ("ship", ends, ends)


def test_a_suppliers_list_says_what_it_gets_for_the_goods(trade: Trade) -> None:
    placed = trade.order()
    (part,) = queries.get_order(trade.first.actor, placed.ref)["supplier_orders"]
    (row,) = queries.order_list(trade.first.actor, Wanted()).rows
    assert row["supplier_net"] == part["totals"]["supplier_net"] > 0
    assert "supplier_net" not in queries.order_list(trade.buyer.actor, Wanted()).rows[0]


def test_what_waits_is_counted_as_the_worklist_lists_it(trade: Trade) -> None:
    trade.order()
    trade.released()
    for actor in (trade.boss, trade.first.actor, trade.second.actor, trade.partner.actor, trade.buyer.actor):
        assert count_waiting(actor, {"work": queries.WORK_WAITING})["work"] == len(queries.worklist(actor)), actor.role


def test_the_list_finds_by_number_own_number_and_names_of_what_one_may_see(trade: Trade) -> None:
    placed = trade.order(po_number="PO-77")
    row = queries.order_list(trade.buyer.actor, Wanted(text="po-7")).rows[0]
    assert row["ref"] == placed.ref
    for text in (row["number"], row["number"].lower(), row["supplier_orders"][0]["supplier"]["name"]):
        assert queries.order_list(trade.buyer.actor, Wanted(text=text)).count == 1, text
    # a supplier does not learn who else sells in the order
    other = queries.get_order(trade.boss, placed.ref)["supplier_orders"][1]["supplier"]["name"]
    assert queries.order_list(trade.first.actor, Wanted(text=other)).count == 0
