"""An approver who goes away names a deputy for some days, at the doors."""

import datetime as dt

import pytest

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.core.time import business_day, now
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import NewOrderRule
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_deputy_is_named_on_the_page_decides_and_is_taken_back(trade, clock, language):
    boss, away = trade.buyer.actor, trade.market.person(trade.buyer.ref, "buyer", "approver")
    stand_in = trade.market.person(trade.buyer.ref, "buyer", "finance")
    parties.keep_order_rule(boss, NewOrderRule("All", 0, approvers=((away.user_ref, ""),)))
    hands, today = trade.at(away, language), business_day(now())
    hands.open("people/")
    assert 'href="/buyer/deputies/"' in hands.text
    hands.open("deputies/")
    days = {"starts_on": str(today + dt.timedelta(days=1)), "ends_on": str(today + dt.timedelta(days=3))}
    hands.send("name-deputy", 422, deputy_ref=stand_in.user_ref, starts_on=str(today - dt.timedelta(days=1)))
    hands.open("deputies/")
    hands.send("name-deputy", deputy_ref=stand_in.user_ref, **days)
    hands.open("deputies/")
    hands.send("name-deputy", 409, deputy_ref=stand_in.user_ref, starts_on=days["ends_on"])
    ref = trade.order((trade.rail, 1))
    theirs = trade.at(stand_in, language)
    theirs.open(f"orders/{ref}/")
    assert "approve-" not in "".join(theirs.read.forms)
    clock.move(days=1)
    theirs.open(f"orders/{ref}/")
    theirs.send("approve-")
    assert people.approval_of(ref)["status"] == "approved"
    hands.open("deputies/")
    hands.send("back-")
    assert not people.deputies(boss)
    trade.at(trade.market.person(trade.buyer.ref, "buyer", "requester")).open("deputies/", 404)


def test_the_api_names_deputies_for_oneself_and_for_an_administrator_for_others(trade):
    boss, away = trade.buyer.actor, trade.market.person(trade.buyer.ref, "buyer", "approver")
    caller, today = Caller.of(boss), business_day(now())
    given = {"deputy_ref": boss.user_ref, "starts_on": str(today), "approver_ref": away.user_ref}
    assert caller.post("/deputies", given).status == 201
    (row,) = caller.get("/deputies").data["items"]
    assert (row["approver_ref"], row["deputy_ref"], row["ends_on"]) == (away.user_ref, boss.user_ref, None)
    again = caller.post("/deputies", {**given, "starts_on": str(today + dt.timedelta(days=9))})
    assert (again.status, again.code, again.data["error"]["field"]) == (409, "parties.deputy_there", "starts_on")
    past = caller.post("/deputies", {**given, "starts_on": "2020-01-01"})
    assert (past.status, past.code) == (422, "parties.deputy_in_the_past")
    assert Caller.of(trade.stranger.actor).post(f"/deputies/{row['ref']}/end", {}).status == 404
    assert caller.post(f"/deputies/{row['ref']}/end", {}).status == 200
    assert caller.get("/deputies").data["items"] == []
