"""A limit of a month and a tree of departments at the doors: set, shown, and asked for when placing."""

import pytest

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.jobs import drain
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import NewOrderRule, Place
from trivium.parties.errors import UnknownScope
from trivium.web.tests.trade import CHECKOUT, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.fixture
def chen(trade):
    return trade.market.person(trade.buyer.ref, "buyer", "requester")


def put_into_the_cart(hands, sku, quantity):
    hands.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": f"c{quantity}", "sku_ref": sku,
                                           "quantity": str(quantity)})  # fmt: skip


@pytest.mark.parametrize(("language", "left", "waits"), [
    ("en", "Left this month", "This order waits for an approval"),
    ("zh-hans", "本月剩余", "需要审批"),
])  # fmt: skip
def test_a_month_is_limited_on_the_page_and_asks_in_the_checkout(trade, chen, language, left, waits):
    boss, hands = trade.at(trade.buyer.actor, language), trade.at(chen, language)
    boss.open(f"people/{chen.user_ref}/")
    shown = boss.send("place", job="requester", monthly_limit="150")
    assert left in shown and "150.00" in shown
    put_into_the_cart(hands, trade.rail, 2)
    page = hands.open("checkout/")
    assert left in page and waits not in page
    hands.send("checkout", **CHECKOUT)
    (order,) = orders.orders_of(chen, limit=1)
    assert order["approval"] == "not_needed"
    boss.open(f"people/{chen.user_ref}/")
    put_into_the_cart(hands, trade.rail, 9)
    page = hands.open("checkout/")
    assert waits in page
    hands.send("checkout", **CHECKOUT)
    (order, _first) = orders.orders_of(chen, limit=2)
    assert order["approval"] == "waiting"
    (mine,) = [row for row in people.colleagues(chen) if row.ref == chen.user_ref]
    assert mine.monthly_limit == 150_00
    assert left in hands.open("people/")
    assert trade.buyer.actor.user_ref not in page


def test_a_program_sets_the_month_and_reads_what_is_left(trade, chen):
    boss = Caller.of(trade.buyer.actor)
    place = {"job": "requester", "spending_limit": None, "monthly_limit": "200.00"}
    assert boss.put(f"/people/{chen.user_ref}", place).status == 200
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("admin", monthly_limit=200_00))
    program = Caller.of(people.actor_of(chen.user_id, trade.buyer.ref, "buyer"))
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("requester", monthly_limit=200_00))
    total = program.post("/orders", order_body(trade.rail)).data["total"]
    row = next(each for each in program.get("/people").data["items"] if each["ref"] == chen.user_ref)
    assert (row["monthly_limit"], row["month_left"]) == ("200.00", f"{200 - float(total):.2f}")
    others = [each for each in program.get("/people").data["items"] if each["ref"] != chen.user_ref]
    assert {each["monthly_limit"] for each in others} == {None}
    large = order_body(lines=[{"sku_ref": trade.rail, "quantity": 9}])
    assert program.post("/orders", large).data["approval"] == "waiting"
    (asked,) = boss.get("/approvals").data["items"]
    assert (asked["why"], asked["is_turn"]) == ("month", True)
    assert boss.put(f"/people/{chen.user_ref}", {**place, "monthly_limit": "-1"}).status == 422


def test_departments_are_a_tree_on_the_page_and_a_rule_names_one(trade, chen):
    boss, li = trade.at(trade.buyer.actor, "en"), trade.market.person(trade.buyer.ref, "buyer", "approver")
    boss.open("inside/")
    boss.send("add-department", name="Sales")
    boss.open("inside/")
    (sales,) = [row.ref for row in people.departments(trade.buyer.actor)]
    assert "– Inland" in boss.send("add-department", name="Inland", parent_ref=sales)
    inland = people.departments(trade.buyer.actor)[1].ref
    assert inland not in boss.open(f"inside/{sales}/")
    boss.open("rules/")
    shown = boss.send("add-rule", name="Sales buys", threshold="0", department_ref=sales,
                      approvers__0__person_ref=li.user_ref)  # fmt: skip
    assert "Sales" in shown
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("requester", department_ref=inland))
    hands = trade.at(chen, "en")
    put_into_the_cart(hands, trade.rail, 2)
    assert "Sales buys" in hands.open("checkout/")
    hands.send("checkout", **CHECKOUT)
    (order,) = orders.orders_of(chen, limit=1)
    page = hands.open(f"orders/{order['ref']}/")
    assert "Approval by your company" in page and "is asked now" in page and "Sales buys" in page
    assert "Approval by your company" not in trade.at(trade.market.operator.actor, "en").open(f"orders/{order['ref']}/")
    approver = trade.at(li, "en")
    assert order["number"] in approver.open("")
    approver.send("approve-")
    drain()
    assert "has decided" in hands.open(f"orders/{order['ref']}/")


def test_programs_arrange_the_tree(trade):
    program = Caller.of(trade.buyer.actor)
    sales = program.post("/departments", {"name": "Sales"}).data["ref"]
    inland = program.post("/departments", {"name": "Inland", "parent_ref": sales}).data["ref"]
    rows = [(row["name"], row["parent_ref"], row["depth"]) for row in program.get("/departments").data["items"]]
    assert rows == [("Sales", None, 0), ("Inland", sales, 1)]
    circle = program.put(f"/departments/{sales}", {"name": "Sales", "parent_ref": inland})
    assert (circle.status, circle.code, circle.data["error"]["field"]) == (422, "parties.below_itself", "parent_ref")
    rule = {"name": "All", "threshold": "0", "department_ref": sales}
    made = program.post("/order-rules", rule)
    assert made.status == 201
    assert program.get("/order-rules").data["items"][0]["department_ref"] == sales
    assert program.post(f"/departments/{sales}/end").code == "parties.still_used"


def test_a_category_that_does_not_exist_is_refused(trade):
    program = Caller.of(trade.buyer.actor)
    said = program.post("/order-rules", {"name": "N", "threshold": "0", "category_ref": "cat_nothing"})
    assert (said.status, said.data["error"]["field"]) == (404, "category_ref")
    with pytest.raises(UnknownScope):
        parties.keep_order_rule(trade.buyer.actor, NewOrderRule("N", 0, scope="toys"))
