"""Money outside the bank at the operator's desk: gateways that pay out, transfers to send back, declined payouts."""

import pytest

from trivium.core.jobs import drain
from trivium.core.waiting import count_waiting
from trivium.fulfilment import commands as fulfilment
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.settlement import commands as settlement
from trivium.settlement import queries as money
from trivium.web.shared.filters import money as to_money
from trivium.web.tests.test_acts import confirmed

pytestmark = pytest.mark.django_db


def test_a_gateways_payout_is_booked(trade):
    ref = confirmed(trade, (trade.lamp, 10), payment_method="prepaid")
    settlement.start_payment(trade.buyer.actor, ref, gateway="sandbox")
    drain()
    operator = trade.at(trade.market.operator.actor)
    operator.open("accounts/gateways/")
    operator.send("payout-sandbox", 409, amount="970.00", fee="0.01", reference="B-1")
    assert "The gateway holds only ¥970.00 for you" in operator.text
    operator.send("payout-sandbox", 422, amount="-1", fee="0", reference="B-1")
    operator.send("payout-sandbox", amount="965.00", fee="5.00", reference="B-1")
    assert balance("psp/sandbox", "CNY") == 0 and balance("operator/psp_fees", "CNY") == -500


def test_money_that_came_too_late_is_kept_and_sent_back(trade):
    ref = confirmed(trade, (trade.lamp, 10))
    ordering.cancel_order(trade.buyer.actor, ref, reason="no more need")
    operator = trade.at(trade.market.operator.actor)
    operator.open(f"orders/{ref}/")
    operator.send("late-", amount="970.00", reference="B-2")
    assert "Yuelai Hotel" in operator.open("accounts/transfers/")
    operator.send("return-", 409, reference="B-2")
    assert "booked already" in operator.text
    operator.send("return-", reference="B-3")
    assert "Nothing has to be sent back." in operator.text
    assert money.transfers_to_return(trade.market.operator.actor) == []


def proposed(trade, clock):
    """A payout to the first supplier waits; its statement."""
    ref = confirmed(trade, (trade.lamp, 10))
    boss = trade.market.operator.actor
    settlement.record_bank_transfer(boss, ref, amount=97000, reference="B-4")
    drain()
    part = orders.get_order(boss, ref)["supplier_orders"][0]["ref"]
    shipment = fulfilment.dispatch(trade.s1.actor, part, carrier="SF Express")
    fulfilment.confirm_delivery(trade.buyer.actor, shipment.ref)
    clock.move(days=8)
    ordering.complete(trade.s1.actor, part)
    drain()
    clock.move(hours=1)
    settlement.issue_statements(boss, until=clock.at)
    (statement,) = (s for s in money.statements_of(boss) if s["party"]["ref"] == trade.s1.ref)
    number, path = statement["number"], f'href="/supplier/statements/{statement["ref"]}/"'
    said = trade.at(trade.s1.actor).open("notices/")
    assert f"Statement {number} is ready to be checked." in said and path in said
    settlement.confirm_statement(trade.s1.actor, statement["ref"])
    settlement.confirm_statement(boss, statement["ref"])
    said = trade.at(boss).open("notices/")
    assert f"The payout of statement {number} waits for approval." in said and 'href="/operator/payouts/"' in said
    return statement


def test_a_declined_payout_is_proposed_again(trade, clock):
    statement = proposed(trade, clock)
    boss = trade.market.operator.actor
    operator = trade.at(trade.market.operator.colleague)
    operator.open("payouts/")
    operator.send("decline-")
    drain()
    boss_hands = trade.at(boss)
    boss_hands.open(f"statements/{statement['ref']}/")
    boss_hands.send("propose-payout")
    assert [row["status"] for row in money.payouts_of(boss)] == ["proposed", "declined"]
    assert "Propose the payout again" not in boss_hands.open(f"statements/{statement['ref']}/")
    assert "approve-" not in boss_hands.open("payouts/")  # who proposed it has said so
    operator.open("payouts/")
    operator.send("approve-")
    drain()
    assert [row["status"] for row in money.payouts_of(boss)] == ["sent", "declined"]


def test_an_order_of_two_suppliers_waits_for_one_transfer(trade):
    ref = confirmed(trade, (trade.lamp, 10), (trade.rail, 3))
    order = orders.get_order(trade.market.operator.actor, ref)
    text = trade.at(trade.market.operator.actor).open("")
    assert text.count("Book a transfer") == 1 and to_money(order["total"], "CNY") in text
    assert count_waiting(trade.market.operator.actor, {"work": orders.WORK_WAITING})["work"] == 1


def test_a_supplier_reads_how_its_share_comes_together(trade):
    ref = confirmed(trade, (trade.lamp, 10))
    supplier = trade.at(trade.s1.actor)
    (part,) = orders.get_order(trade.s1.actor, ref)["supplier_orders"]
    net, deduction = part["totals"]["supplier_net"], part["totals"]["deduction"]
    sums = supplier.open(f"orders/{ref}/").split('<dl class="sums">')[1].split("</dl>")[0]
    said = [to_money(amount, "CNY") for amount in (net + deduction, -deduction, net, part["freight"])]
    assert [sums.index(each) for each in said] == sorted(sums.index(each) for each in said)
    assert to_money(net, "CNY") in supplier.open("orders/")
