"""Agreements at the doors: what is not signed stops an act, which says where to sign; once signed it goes on."""

import datetime as dt
import hashlib
import re

import pytest
from django.db import connection

from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import order_body
from trivium.core.jobs import drain
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.core.time import business_day, now
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import jobs
from trivium.parties import queries as parties
from trivium.parties.tests.signing import published, signed
from trivium.web.tests.trade import ADDRESS, Trade

pytestmark = pytest.mark.django_db



@pytest.fixture
def trade(db, clock):
    return Trade()


def order_by_program(trade):
    """Place an order through the API, as it stands."""
    body = order_body(trade.lamp)
    body["lines"][0]["quantity"] = 2
    return Caller.of(trade.buyer.actor).post("/orders", body)


def order_at_the_portal(trade, hands, status=303):
    """Put a lamp into the cart and check out."""
    ordering.add_to_cart(trade.buyer.actor, trade.lamp, 2)
    hands.open("checkout/")
    return hands.send("checkout", status, payment_method="bank_transfer", **ADDRESS)


def test_from_the_draft_to_a_lapse_and_back(trade, clock):
    """The operator publishes; the buyer's order is refused with a link, it signs; version 2, grace, lapse."""
    desk, buyer = trade.at(trade.market.operator.actor), trade.at(trade.buyer.actor)
    desk.open("new-agreement/?starter=buyer")
    desk.send("draft")
    (row,) = parties.agreements(trade.market.operator.actor)
    ref, page = row.ref, f"agreements/{row.ref}/"
    assert ref not in buyer.open("agreements/")
    desk.open(page)
    desk.send("publish", binds_on=str(business_day(now()) + dt.timedelta(days=2)), valid_days="365")
    assert order_by_program(trade).status == 201

    clock.move(days=2)
    refused = order_by_program(trade)
    assert (refused.status, refused.code) == (409, "parties.agreement_wanted")
    assert (refused.data["error"]["field"], refused.data["error"]["remedy_ref"]) == ("agreement", ref)
    assert f"/buyer/{page}" in order_at_the_portal(trade, buyer, 409)
    assert "Read and sign" in buyer.open("")
    shown = buyer.open(page)
    mark = re.search(r'name="text_hash" value="([0-9a-f]{64})"', shown).group(1)
    file = buyer.client.get(f"/buyer/{page}text/?version=1&language=en").content
    assert hashlib.sha256(file).hexdigest() == mark
    buyer.send("sign-agreement")
    assert "Read and sign" not in buyer.open("")
    assert order_by_program(trade).status == 201
    order_at_the_portal(trade, buyer)
    (given,) = parties.signatures(trade.buyer.actor, ref)
    assert mark in buyer.open(f"agreement-signatures/{given.ref}/")
    signed_by = parties.standings_of(trade.market.operator.actor, ref, Wanted({"state": "signed"})).rows
    assert [row.company_ref for row in signed_by] == [trade.buyer.ref]

    desk.open(page)
    changed = {"text.en": "Orders are paid in time.", "text.zh-hans": "订单应按时付款。"}
    desk.send("change", **changed)
    desk.open(page)
    binds, grace = (business_day(now()) + dt.timedelta(days=days) for days in (7, 21))
    desk.send("publish", binds_on=str(binds), old_until=str(grace))
    clock.move(days=14)
    assert order_by_program(trade).status == 201
    jobs.remind_of_agreements()
    assert EventRecord.objects.get(name="AgreementLapses").data["days"] == 7
    assert "has to be signed soon" in buyer.open("notices/")
    clock.move(days=7)
    assert order_by_program(trade).code == "parties.agreement_wanted"
    buyer.open(page)
    buyer.send("sign-agreement")
    assert order_by_program(trade).status == 201
    drain()
    assert list(parties.faults()) == list(orders.faults()) == []



def test_a_supplier_lists_nothing_and_takes_it_off_as_it_likes(trade, clock):
    """What needs the supplier's agreement is every way of putting goods on sale, and no way of taking them off."""
    ref = published(trade.market.operator.actor, "supplier")
    clock.move(days=3)
    caller = Caller.of(trade.s1.actor)
    product = caller.get("/products").data["items"][0]["product_ref"]
    sku = {"code": "NEW-1"}
    new = {"name": "Lamp", "category_ref": trade.market.category_ref, "skus": [sku]}
    for path in (f"/skus/{trade.lamp}/delist", f"/products/{product}/delist"):
        assert caller.post(path).status == 200
    listing = ((f"/skus/{trade.lamp}/list", None), (f"/products/{product}/list", None),
               (f"/products/{product}/skus", {"code": "NEW-2"}), ("/products", new))  # fmt: skip
    for path, body in listing:
        said = caller.post(path, body)
        assert (said.status, said.code) == (409, "parties.agreement_wanted"), path
        assert said.data["error"]["remedy_ref"] == ref
    assert Caller.of(trade.s2.actor).post(f"/skus/{trade.rail}/list").code == "parties.agreement_wanted"
    signed(trade.s1.actor, ref)
    for path, body in listing:
        assert caller.post(path, body).status in (200, 201), path


def test_an_order_behind_the_back_of_an_agreement_is_a_fault(trade, clock):
    ref = published(trade.market.operator.actor, "buyer")
    trade.order()
    clock.move(days=3)
    signed(trade.buyer.actor, ref)
    order = trade.order()
    assert list(orders.faults()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM parties_agreementsignature")
        cursor.execute("SET session_replication_role = origin")
    (fault,) = orders.faults()
    assert (fault.subject, ref in fault.text) == (f"order {order}", True)
