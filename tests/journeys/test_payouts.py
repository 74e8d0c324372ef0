"""A payout is approved to the account its approvers see, at the page and by the API alike."""

import pytest

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.core.jobs import drain
from trivium.parties import commands as parties
from trivium.web.tests.test_money import proposed
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


def opened_account(trade, account):
    wanted = {"holder": "Chenguang Lighting", "account": account}
    asked = parties.ask_change(trade.s1.actor, "bank", seen=10**9, reason="another bank", **wanted)
    parties.approve_change(trade.market.operator.actor, asked)


def test_a_payout_whose_account_has_changed_can_only_be_declined(trade, clock):
    opened_account(trade, "6222021234567890123")
    statement = proposed(trade, clock)
    boss, colleague = trade.at(trade.market.operator.actor), trade.at(trade.market.operator.colleague)
    boss.open("payouts/")
    boss.send("approve-")
    form = colleague.open("payouts/") and colleague.form("approve-")
    opened_account(trade, "6222021234567890456")
    text = colleague.post(form, 409)
    assert "has changed since this payout was proposed" in text
    text = colleague.open("payouts/")
    assert "Account has changed" in text and "approve-" not in text and "6222021234567890123" in text
    caller = Caller.of(trade.market.operator.colleague)
    (waiting,) = caller.get("/approvals").data["items"]
    said = caller.write("POST", f"/approvals/{waiting['ref']}/decide", {"yes": True})
    assert (said.status, said.code) == (409, "payout.account_moved")
    (row,) = caller.get("/payouts").data["items"]
    assert row["account_moved"] and row["statement"]["ref"] == statement["ref"]
    colleague.send("decline-")
    drain()
    assert f"/operator/statements/{statement['ref']}/" in colleague.open("payouts/")
    colleague.open(f"statements/{statement['ref']}/")
    colleague.send("propose-payout")
    assert "6222021234567890456" in boss.open("payouts/") and "Account has changed" not in boss.text
    assert "approve-" in boss.text
