"""A budget that renews: each period begins with its amount, by no job, and earlier ones can still be read."""

import datetime as dt

import pytest
from django.db import transaction

from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, business_day, now, use_clock
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import queries as people
from trivium.parties.commands import BudgetTerms
from trivium.parties.rules import budget_period
from trivium.settlement import commands as settlement
from trivium.settlement import queries as money
from trivium.settlement.errors import BudgetHeld
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db
FIRST = dt.datetime(2026, 1, 31, 15, 59, tzinfo=dt.UTC)  # a minute to February in Shanghai
AMOUNT = 50_00


@pytest.fixture
def trade(db):
    clock = SettableClock(FIRST)
    with use_clock(clock):
        found = Trade()
        found.clock = clock
        yield found


def keep(trade, renews, amount=AMOUNT):
    terms = BudgetTerms(renews=renews)
    settlement.keep_budget(trade.buyer.actor, trade.buyer.ref, "IT", terms, amount=amount, currency="CNY")


def now_of(trade):
    (row,) = money.budgets_of(trade.buyer.actor, trade.buyer.ref)
    return row


@pytest.mark.parametrize(
    ("renews", "day", "period"),
    [("once", (2026, 3, 31), ""), ("month", (2026, 3, 31), "2026-03"), ("quarter", (2026, 3, 31), "2026-Q1"),
     ("quarter", (2026, 4, 1), "2026-Q2"), ("quarter", (2026, 12, 31), "2026-Q4"), ("year", (2027, 1, 1), "2027")],
)  # fmt: skip
def test_a_day_lies_in_one_period(renews, day, period):
    assert budget_period(renews, dt.date(*day)) == period


def test_a_new_month_begins_with_the_whole_amount_and_the_old_one_stays_to_be_read(trade):
    keep(trade, "month")
    first = trade.order((trade.rail, 1), budget_code="IT")
    assert (now_of(trade).period, now_of(trade).left, now_of(trade).held) == ("2026-01", AMOUNT - 4133, 4133)
    caller = Caller.of(trade.buyer.actor)
    body = order_body(trade.rail, budget_code="IT")
    assert caller.post("/orders", body).code == "order.no_such_budget"
    trade.clock.move(minutes=1)
    row = now_of(trade)
    assert (row.period, row.left, row.held, row.past[0].period, row.past[0].held) == ("2026-02", AMOUNT, 0, "2026-01",
                                                                                     4133)  # fmt: skip
    assert caller.post("/orders", body).status == 201
    assert caller.post("/orders", body).code == "order.no_such_budget"
    assert (now_of(trade).left, now_of(trade).past[0].left) == (AMOUNT - 4133, AMOUNT - 4133)
    ordering.cancel_order(trade.buyer.actor, first, reason="not needed")
    assert (now_of(trade).left, now_of(trade).past[0].left) == (AMOUNT - 4133, AMOUNT), "it came back into its month"
    (shown,) = caller.get(f"/accounts/{trade.buyer.ref}/budgets").data["items"]
    assert (shown["renews"], shown["amount"], shown["period"], shown["left"]) == ("month", "50.00", "2026-02", "8.67")
    assert [(each["period"], each["left"]) for each in shown["past"]] == [("2026-01", "50.00")]
    assert not list(orders.faults())


def test_what_is_paid_in_the_next_month_is_spent_of_the_month_it_was_ordered_in(trade):
    keep(trade, "month")
    ref = trade.order((trade.rail, 1), budget_code="IT")
    order = orders.get_order(trade.buyer.actor, ref)
    (part,) = (each["ref"] for each in order["supplier_orders"])
    trade.clock.move(hours=1)
    ordering.confirm_supply(trade.s2.actor, part, ship_date=business_day(now()))
    ordering.confirm_margin(trade.partner.actor, part)
    drain()
    settlement.record_bank_transfer(trade.market.operator.actor, ref, amount=order["total"], reference="BOC-1")
    drain()
    assert (now_of(trade).spent, now_of(trade).past[0].spent) == (0, order["total"])
    ordering.cancel_order(trade.buyer.actor, ref, reason="not needed")
    drain()
    assert (now_of(trade).left, now_of(trade).past[0].spent, now_of(trade).past[0].left) == (AMOUNT, 0, AMOUNT)
    assert not list(orders.faults())


def test_another_amount_holds_for_this_period_and_those_to_come(trade):
    keep(trade, "quarter")
    trade.order((trade.rail, 1), budget_code="IT")
    keep(trade, "quarter", 100_00)
    assert now_of(trade).left == 100_00 - 4133
    with pytest.raises(BudgetHeld), transaction.atomic():
        keep(trade, "quarter", 41_00)
    trade.clock.move(days=90)
    assert (now_of(trade).period, now_of(trade).left) == ("2026-Q2", 100_00)
    keep(trade, "once", 7_00)
    assert (now_of(trade).period, now_of(trade).left, [each.period for each in now_of(trade).past]) == (
        "", 7_00, ["2026-Q1"])  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_says_how_often_it_renews_and_what_was_before(trade, language):
    boss = trade.at(trade.buyer.actor, language)
    boss.open("budgets/")
    assert "2026-01" in boss.send("add-budget", code="IT", amount="50", renews="month")
    trade.order((trade.rail, 1), budget_code="IT")
    trade.clock.move(minutes=1)
    boss.open("budgets/")
    boss.send("add-budget", 422, code="IT", amount="50", renews="weekly")
    (row,) = people.budget_rows(trade.buyer.id, None)
    shown = boss.open(f"budgets/{row.ref}/")
    assert "2026-02" in shown and "2026-01" in shown and "8.67" in shown
    assert boss.read.forms["budget"].values["amount"] == "50.00"
