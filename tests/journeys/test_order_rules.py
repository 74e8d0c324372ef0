"""Rules about orders at the doors: set on the page, asked for when placing, decided one after the other."""

import pytest
from django.db import transaction

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.jobs import drain
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import NewOrderRule, Place
from trivium.parties.errors import NobodyDecides
from trivium.web.tests.trade import CHECKOUT, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.fixture
def li(trade):
    return trade.market.person(trade.buyer.ref, "buyer", "approver")


@pytest.fixture
def chen(trade):
    return trade.market.person(trade.buyer.ref, "buyer", "requester")


@pytest.fixture
def program(trade, chen):
    """A program of somebody who only orders: made while they could, it may now do no more than they."""
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("admin"))
    made = Caller.of(people.actor_of(chen.user_id, trade.buyer.ref, "buyer"))
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("requester"))
    return made


def submitted(trade, ref):
    drain()
    return orders.get_order(trade.buyer.actor, ref)["approval"], bool(
        orders.orders_of(trade.s1.actor) and ref in [row["ref"] for row in orders.orders_of(trade.s1.actor)]
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_rule_set_on_the_page_sends_an_order_through_its_approvers(trade, li, program, language):
    boss = trade.at(trade.buyer.actor, language)
    boss.open("people/")
    assert 'href="/buyer/rules/"' in boss.text
    boss.open("rules/")
    boss.send("add-rule", 422, name="")
    boss.open("rules/")
    pair = {"approvers__0__person_ref": li.user_ref, "approvers__0__deputy_ref": trade.buyer.colleague.user_ref}
    second = {"approvers__1__person_ref": trade.buyer.actor.user_ref}
    assert "Large" in boss.send("add-rule", name="Large", threshold="500", **pair, **second)
    placed = program.post("/orders", order_body(trade.lamp, lines=[{"sku_ref": trade.lamp, "quantity": 10}]))
    assert (placed.status, placed.data["approval"]) == (201, "waiting")
    ref = placed.data["ref"]
    assert submitted(trade, ref) == ("waiting", False)
    boss.open("")
    assert "approve-" not in "".join(boss.read.forms)
    hands = trade.at(li, language)
    assert "Large" in hands.open(f"orders/{ref}/")
    hands.send("approve-")
    assert submitted(trade, ref) == ("waiting", False)
    boss.open(f"orders/{ref}/")
    boss.send("approve-")
    assert submitted(trade, ref) == ("approved", True)
    rule = people.order_rules(trade.buyer.actor)[0].ref
    boss.open(f"rules/{rule}/")
    boss.send("rule", threshold="9000000")
    assert program.post("/orders", order_body(trade.rail)).data["approval"] == "not_needed"
    boss.open(f"rules/{rule}/")
    boss.send("end-rule")
    boss.open("rules/")
    boss.send("plain-rule", threshold="1", needed="1")
    assert program.post("/orders", order_body(trade.rail)).data["approval"] == "waiting"


def test_a_category_and_a_limit_ask_where_the_total_does_not(trade, li, chen, program):
    path = people_path(trade)
    rule = NewOrderRule("Tools", 10_000, scope=path, approvers=((li.user_ref, ""),))
    parties.keep_order_rule(trade.buyer.actor, rule)
    caller = program
    assert caller.post("/orders", order_body(trade.rail)).data["approval"] == "not_needed"
    large = order_body(lines=[{"sku_ref": trade.rail, "quantity": 4}])
    assert caller.post("/orders", large).data["approval"] == "waiting"
    parties.change_place(trade.buyer.actor, chen.user_ref, Place("requester", spending_limit=4000))
    assert caller.post("/orders", order_body(trade.rail)).data["approval"] == "waiting"


def people_path(trade):
    (path,) = {row["path"] for row in Caller.of(trade.buyer.actor).get("/categories").data["items"]}
    return path


def test_where_nobody_else_can_decide_it_is_told_when_placing(trade):
    boss = trade.buyer.actor
    parties.remove_person(boss, trade.buyer.colleague.user_ref)
    ref = parties.keep_order_rule(boss, NewOrderRule("All", 0, if_nobody="refuse"))
    with pytest.raises(NobodyDecides), transaction.atomic():
        trade.order((trade.lamp, 2))
    said = Caller.of(boss).post("/orders", order_body(trade.rail))
    assert (said.status, said.code) == (409, "parties.nobody_decides")
    parties.keep_order_rule(boss, NewOrderRule("All", 0, if_nobody="pass"), ref)
    assert Caller.of(boss).post("/orders", order_body(trade.rail)).data["approval"] == "passed"
    hands = trade.at(boss)
    hands.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.rail, "quantity": "2"})
    hands.open("checkout/")
    assert "Nobody else could approve this order" in hands.send("checkout", **CHECKOUT)
