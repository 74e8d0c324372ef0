"""An order is booked on a cost centre of its own: chosen in the checkout, kept, and its buyer's own affair."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.kept import market_of
from tests.redteam.ground import text_of
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.ordering import queries as orders
from trivium.ordering.models import Order
from trivium.parties import commands as parties
from trivium.parties.commands import NewOrderRule, Place
from trivium.web.tests.trade import CHECKOUT, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.fixture
def centres(trade):
    """Two cost centres; the boss belongs to the first."""
    boss = trade.buyer.actor
    first = parties.keep_cost_centre(boss, code="KX-10", name="Kitchen")
    second = parties.keep_cost_centre(boss, code="KX-20", name="Rooms")
    parties.change_place(boss, boss.user_ref, Place("admin", cost_centre_ref=first))
    return {"KX-10": first, "KX-20": second}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_chosen_in_the_checkout_and_stands_on_the_order_and_in_the_list(trade, centres, language):
    boss = trade.at(trade.buyer.actor, language)
    boss.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.rail, "quantity": "2"})
    boss.open("checkout/")
    assert boss.read.forms["checkout"].values["cost_centre"] == "KX-10"
    assert "KX-99" in boss.send("checkout", 422, cost_centre="KX-99", **CHECKOUT)
    boss.open("checkout/")
    boss.send("checkout", cost_centre="KX-20", **CHECKOUT)
    (order,) = orders.orders_of(trade.buyer.actor, limit=1)
    own = trade.order((trade.rail, 1))
    assert "KX-20" in boss.open(f"orders/{order['ref']}/")
    assert order["number"] in boss.open("orders/?cost_centre=KX-20")
    other = orders.get_order(trade.buyer.actor, own)
    assert other["cost_centre"] == "KX-10" and other["number"] not in boss.text
    assert "KX-20" in boss.client.get("/buyer/orders/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "KX-20" in text_of(boss.client.get(f"/buyer/orders/{order['ref']}/document.pdf"))


def test_what_the_order_is_booked_on_stays_when_the_cost_centre_is_renamed_and_closed(trade, centres):
    boss = trade.buyer.actor
    ref = trade.order((trade.rail, 1), cost_centre="KX-20")
    parties.keep_cost_centre(boss, code="KX-21", name="Rooms", ref=centres["KX-20"])
    assert orders.get_order(boss, ref)["cost_centre"] == "KX-20"
    parties.end_cost_centre(boss, centres["KX-20"])
    refused = Caller.of(boss).post("/orders", order_body(trade.rail, cost_centre="KX-21"))
    assert (refused.status, refused.code) == (422, "parties.no_such_cost_centre")
    assert refused.data["error"]["field"] == "cost_centre"
    assert orders.get_order(boss, ref)["cost_centre"] == "KX-20"


def test_the_api_books_it_and_only_the_buyer_reads_it(trade, centres):
    boss = Caller.of(trade.buyer.actor)
    parties.keep_cost_centre(trade.stranger.actor, code="ZZ", name="Theirs")
    assert boss.post("/orders", order_body(trade.rail, cost_centre="ZZ")).code == "parties.no_such_cost_centre"
    placed = boss.post("/orders", order_body(trade.rail, cost_centre="KX-20"))
    assert placed.status == 201
    ref = placed.data["ref"]
    assert boss.get(f"/orders/{ref}").data["cost_centre"] == "KX-20"
    assert [row["cost_centre"] for row in boss.get("/orders").data["items"]] == ["KX-20"]
    for company in (trade.s2, trade.partner, trade.market.operator):
        caller = Caller.of(company.actor)
        assert "KX-20" not in caller.get(f"/orders/{ref}").body.decode()
        assert "KX-20" not in caller.get("/orders").body.decode()
    for company in (trade.s2, trade.partner):
        hands = trade.at(company.actor)
        assert "KX-20" not in hands.open(f"orders/{ref}/")
        number = orders.get_order(company.actor, ref)["number"]
        assert number in hands.open("orders/?cost_centre=KX-10"), "the filter tells others where it is booked"


def test_rules_and_budgets_look_at_the_order_and_no_longer_at_the_person(trade, centres):
    boss, caller = trade.buyer.actor, Caller.of(trade.buyer.actor)
    parties.keep_order_rule(boss, NewOrderRule("Rooms", 0, cost_centre_ref=centres["KX-20"]))
    assert caller.post("/orders", order_body(trade.rail)).data["approval"] == "not_needed"
    waits = caller.post("/orders", order_body(trade.rail, cost_centre="KX-20"))
    assert waits.data["approval"] == "waiting"
    path, body = f"/accounts/{trade.buyer.ref}/budgets/Q4", {"amount": "500.00", "currency": "CNY"}
    assert caller.put(path, {**body, "cost_centre_ref": centres["KX-20"]}).status == 200
    assert caller.post("/orders", order_body(trade.rail, budget_code="Q4")).code == "parties.budget_of_others"
    assert caller.post("/orders", order_body(trade.rail, budget_code="Q4", cost_centre="KX-20")).status == 201


def test_without_cost_centres_nothing_is_asked_for_and_the_page_is_as_it_was(trade):
    hands = trade.at(trade.buyer.actor)
    hands.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.rail, "quantity": "2"})
    assert "Cost centre" not in hands.open("checkout/")
    hands.send("checkout", **CHECKOUT)
    (order,) = orders.orders_of(trade.buyer.actor, limit=1)
    assert orders.get_order(trade.buyer.actor, order["ref"])["cost_centre"] == ""
    assert "Cost centre" not in hands.open(f"orders/{order['ref']}/")


def test_the_database_keeps_it_inside_the_company(trade, centres):
    parties.keep_cost_centre(trade.stranger.actor, code="ZZ", name="Theirs")
    ref = trade.order((trade.rail, 1))
    theirs = "(SELECT id FROM parties_costcentre WHERE code = %s)"
    move = f"UPDATE ordering_order SET cost_centre_id = {theirs} WHERE ref = %s"
    with pytest.raises(IntegrityError, match="ordering_order_cost_centre_own"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(move, ["ZZ", ref])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="ordering_cost_centre_has_code"), transaction.atomic():
        Order.objects.filter(ref=ref).update(cost_centre_code="")
