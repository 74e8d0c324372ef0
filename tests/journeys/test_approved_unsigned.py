"""An agreement lapses while an order waits for its company's approval: the last word needs it, and nobody is stuck."""

import pytest

from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.jobs import drain
from trivium.ordering import queries as orders
from trivium.ordering.jobs import submit_held
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import NewOrderRule, Place
from trivium.parties.tests.signing import published, signed
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return Trade()


@pytest.fixture
def program(trade):
    """A program of an approver: made while they could, it may now do no more than they."""
    actor = trade.market.person(trade.buyer.ref, "buyer")
    made = Caller.of(actor)
    parties.change_place(trade.buyer.actor, actor.user_ref, Place("approver"))
    made.person = people.actor_of(actor.user_id, trade.buyer.ref, "buyer")
    return made


@pytest.fixture
def li(program):
    return program.person


def waiting(trade, *approvers):
    """An order that asks these, one after the other, and the approval it waits for."""
    rule = NewOrderRule("Large", 0, approvers=tuple((each.user_ref, "") for each in approvers))
    parties.keep_order_rule(trade.buyer.actor, rule)
    chen = trade.market.person(trade.buyer.ref, "buyer")
    ref = Caller.of(chen).post("/orders", order_body(trade.rail)).data["ref"]
    return ref, str(people.approval_of(ref)["ref"])


def stands(trade, ref):
    drain()
    order = orders.get_order(trade.buyer.actor, ref)
    return order["approval"], ref in [row["ref"] for row in orders.orders_of(trade.s2.actor)]


def test_the_last_word_is_refused_with_a_link_until_an_administrator_has_signed(trade, li, program, clock):
    boss = trade.buyer.actor
    ref, approval = waiting(trade, boss, li)
    agreement = published(trade.market.operator.actor, "buyer")
    clock.move(days=2)
    hands = trade.at(li)
    assert Caller.of(boss).post(f"/approvals/{approval}/decide", {"yes": True}).data["status"] == "waiting"
    refused = program.post(f"/approvals/{approval}/decide", {"yes": True})
    assert (refused.status, refused.code) == (409, "parties.agreement_wanted")
    assert refused.data["error"]["remedy_ref"] == agreement
    hands.open(f"orders/{ref}/")
    assert f"/buyer/agreements/{agreement}/" in hands.send("approve-", 409)
    assert "Buyer agreement" in hands.open(f"agreements/{agreement}/")
    assert stands(trade, ref) == ("waiting", False) and people.votes_waiting(li) == 1
    signed(boss, agreement)
    hands.open(f"orders/{ref}/")
    hands.send("approve-")
    assert stands(trade, ref) == ("approved", True)
    assert list(people.faults()) == list(orders.faults()) == []


def test_a_no_needs_no_signature(trade, li, program, clock):
    ref, approval = waiting(trade, li)
    published(trade.market.operator.actor, "buyer")
    clock.move(days=2)
    assert program.post(f"/approvals/{approval}/decide", {"yes": False}).data["status"] == "declined"
    assert stands(trade, ref) == ("declined", False)


@pytest.mark.parametrize("way", ["signed", "ended"])
def test_an_approver_leaves_meanwhile_and_the_order_waits_for_the_signature_alone(trade, li, clock, way):
    boss = trade.buyer.actor
    ref, approval = waiting(trade, boss, li)
    parties.decide(boss, approval, yes=True)
    agreement = published(trade.market.operator.actor, "buyer")
    clock.move(days=2)
    parties.remove_person(boss, li.user_ref, to_ref=boss.user_ref)
    parties.remove_person(boss, trade.buyer.colleague.user_ref)
    assert str(people.approval_of(ref)["status"]) == "approved"
    assert stands(trade, ref) == ("waiting", False)
    assert list(people.faults()) == list(orders.faults()) == []
    said = trade.at(boss, "en").open(f"orders/{ref}/")
    assert f"/buyer/agreements/{agreement}/" in said and "approved, and goes out" in said
    if way == "signed":
        signed(boss, agreement)
    else:
        parties.end_agreement(trade.market.operator.actor, agreement)
        assert submit_held() == 1
    assert stands(trade, ref) == ("approved", True)
    assert list(people.faults()) == list(orders.faults()) == []
