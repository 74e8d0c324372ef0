"""Budgets at the doors: for whom, from when to when, how much; chosen in the checkout, refused to others."""

import datetime as dt

import pytest

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.time import business_day, now
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import BudgetTerms, Place
from trivium.settlement import commands as settlement
from trivium.settlement import queries as settlement_queries
from trivium.web.tests.trade import CHECKOUT, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.fixture
def places(trade):
    """Sales with Inland below it, and a cost centre."""
    boss = trade.buyer.actor
    sales = parties.keep_department(boss, name="Sales")
    inland = parties.keep_department(boss, name="Inland", parent_ref=sales)
    return {"sales": sales, "inland": inland, "centre": parties.keep_cost_centre(boss, code="10", name="Food")}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_budget_is_arranged_on_the_page_and_chosen_in_the_checkout(trade, places, language):
    boss = trade.at(trade.buyer.actor, language)
    boss.open("people/")
    assert 'href="/buyer/budgets/"' in boss.text
    boss.open("budgets/")
    day = business_day(now())
    period = {"starts_on": str(day), "ends_on": str(day + dt.timedelta(days=30))}
    boss.send("add-budget", 422, code="Q4", amount="x")
    boss.open("budgets/")
    assert "500.00" in boss.send("add-budget", code="Q4", amount="500", department_ref=places["sales"], **period)
    chen = trade.market.person(trade.buyer.ref, "buyer", "requester")
    hands = trade.at(chen, language)
    hands.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.rail, "quantity": "2"})
    assert 'value="Q4"' not in hands.open("checkout/")
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("requester", department_ref=places["inland"]))
    assert 'value="Q4"' in hands.open("checkout/")
    hands.send("checkout", budget_code="Q4", **CHECKOUT)
    (order,) = orders.orders_of(chen, limit=1)
    total = orders.get_order(chen, order["ref"])["total"]
    (budget,) = people.budget_rows(trade.buyer.id, None)
    boss.open(f"budgets/{budget.ref}/")
    assert f"{total / 100:.2f}" in boss.text
    boss.send("budget", 409, amount="0.01")
    boss.open(f"budgets/{budget.ref}/")
    assert f"{(400_00 - total) / 100:.2f}" in boss.send("budget", amount="400")
    boss.open("budgets/bud_nothing/", 404)
    trade.at(trade.stranger.actor).open(f"budgets/{budget.ref}/", 404)
    hands.open("budgets/", 404)


def test_a_budget_of_others_or_of_another_time_is_refused(trade, places, clock):
    boss, ref = Caller.of(trade.buyer.actor), trade.buyer.ref
    day = business_day(now())
    path, body = f"/accounts/{ref}/budgets/Q4", {"amount": "500.00", "currency": "CNY"}
    ordered = order_body(trade.rail, budget_code="Q4")
    assert boss.put(path, {**body, "cost_centre_ref": places["centre"]}).status == 200
    refused = boss.post("/orders", ordered)
    assert (refused.status, refused.code) == (403, "parties.budget_of_others")
    assert refused.data["error"]["field"] == "budget_code"
    place = Place("admin", cost_centre_ref=places["centre"])
    parties.change_place(trade.buyer.actor, trade.buyer.actor.user_ref, place)
    assert boss.post("/orders", ordered).status == 201
    tomorrow = str(day + dt.timedelta(days=1))
    assert boss.put(path, {**body, "starts_on": tomorrow, "ends_on": tomorrow}).status == 200
    assert boss.post("/orders", ordered).code == "parties.budget_not_now"
    clock.move(days=1)
    assert boss.post("/orders", ordered).status == 201
    clock.move(days=1)
    assert boss.post("/orders", ordered).code == "parties.budget_not_now"
    (row,) = boss.get(f"/accounts/{ref}/budgets").data["items"]
    assert (row["code"], row["starts_on"], row["ends_on"], row["cost_centre_ref"]) == ("Q4", tomorrow, tomorrow, None)
    assert float(row["left"]) + float(row["held"]) == 500
    short = boss.put(path, {**body, "starts_on": tomorrow, "ends_on": str(day)})
    assert (short.status, short.code) == (422, "parties.budget_too_short")
    assert boss.put(path, {**body, "department_ref": "dep_nothing"}).status == 404
    assert Caller.of(trade.partner.actor).get(f"/accounts/{ref}/budgets").status == 403


def test_a_budget_nobody_arranged_goes_on_as_it_was_and_one_that_is_named_keeps_its_department(trade, places):
    boss = Caller.of(trade.buyer.actor)
    settlement.set_budget(trade.buyer.actor, trade.buyer.ref, "OLD", 500_00, "CNY")
    assert boss.post("/orders", order_body(trade.rail, budget_code="OLD")).status == 201
    assert boss.post("/orders", order_body(trade.rail, budget_code="NONE")).code == "order.no_such_budget"
    boss.put(f"/accounts/{trade.buyer.ref}/budgets/Q4", {"amount": "1.00", "currency": "CNY",
                                                        "department_ref": places["inland"]})  # fmt: skip
    assert boss.post(f"/departments/{places['inland']}/end").code == "parties.still_used"
    assert [row.code for row in people.budget_rows(trade.buyer.id, None)] == ["OLD", "Q4"]


def test_who_changes_for_whom_a_budget_is_leaves_what_was_spent_meanwhile(trade, places):
    actor = trade.buyer.actor
    settlement.set_budget(actor, trade.buyer.ref, "Q4", 500_00, "CNY")
    hands = trade.at(actor, "en")
    (row,) = settlement_queries.budgets_of(actor, trade.buyer.ref)
    hands.open(f"budgets/{row.terms.ref}/")
    settlement.set_budget(actor, trade.buyer.ref, "Q4", 300_00, "CNY")
    hands.send("budget", department_ref=places["sales"])
    (row,) = settlement_queries.budgets_of(actor, trade.buyer.ref)
    assert (row.left, row.terms.department_ref) == (300_00, places["sales"])
    hands.open(f"budgets/{row.terms.ref}/")
    hands.send("budget", amount="500")
    assert settlement_queries.budgets_of(actor, trade.buyer.ref)[0].left == 500_00


def test_who_does_not_keep_the_budgets_reads_those_they_can_order_on(trade, places):
    boss, ref = trade.buyer.actor, trade.buyer.ref
    for code, department in (("ALL", ""), ("INLAND", places["inland"]), ("SALES", places["sales"])):
        terms = BudgetTerms(department_ref=department)
        settlement.keep_budget(boss, ref, code, terms, amount=500_00, currency="CNY")
    chen = trade.market.person(ref, "buyer")
    program = Caller.of(chen)
    parties.change_place(boss, chen.user_ref, Place("requester", department_ref=places["sales"]))

    def read(caller):
        return [row["code"] for row in caller.get(f"/accounts/{ref}/budgets").data["items"]]

    assert read(program) == ["ALL", "SALES"]
    assert read(Caller.of(boss)) == read(Caller.of(trade.market.operator.actor)) == ["ALL", "INLAND", "SALES"]
