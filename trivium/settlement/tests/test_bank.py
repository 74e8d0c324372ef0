"""The bank's own lines: gateways paying out, money that came too much, and one line booked once."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from trivium.core.errors import Denied, Empty, NotFound, Refusal
from trivium.core.jobs import drain
from trivium.core.money import BadAmount
from trivium.ordering import commands as ordering
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import BadCurrency
from trivium.settlement import commands, queries
from trivium.settlement.errors import (
    AmountDiffers,
    BothSides,
    GatewayHoldsLess,
    NoDeclinedPayout,
    NothingDue,
    ReferenceUsed,
)
from trivium.settlement.models import BankLine, GatewayPayout, Payment, Payout
from trivium.settlement.tests.factories import CNY, Deal
from trivium.settlement.tests.test_commands import GATEWAY, Till, arrives, till

__all__ = ["till"]
pytestmark = pytest.mark.django_db


def taken(deal: Deal) -> Payment:
    """A payment that went through the gateway."""
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    commands.record_payment(arrives(payment), gateway=GATEWAY)
    drain()
    return Payment.objects.get(pk=payment.pk)


def is_clean() -> bool:
    """Whether the books keep every promise of settlement."""
    return not list(queries.faults())


# -- gateways pay out --------------------------------------------------------------------------------------------------


def test_a_gateway_pays_out_and_keeps_its_fee(deal: Deal, till: Till) -> None:
    total = taken(deal).amount
    assert queries.money_at_gateways(deal.boss) == [{"gateway": GATEWAY, "currency": CNY, "held": total}]
    made = commands.record_gateway_payout(
        deal.boss, GATEWAY, amount=total - 612, fee=612, currency=CNY, reference="BOC-7"
    )
    assert deal.books("psp/till", "bank", "operator/psp_fees") == [0, 612 - total, -612]
    assert (made.amount, made.fee, BankLine.objects.get().subject) == (total - 612, 612, made.ref)
    assert is_clean()


def test_a_gateway_cannot_pay_out_what_it_does_not_hold(deal: Deal, till: Till) -> None:
    total = taken(deal).amount
    for amount, fee in ((total, 1), (total + 1, 0)):
        with pytest.raises(GatewayHoldsLess), transaction.atomic():
            commands.record_gateway_payout(deal.boss, GATEWAY, amount=amount, fee=fee, currency=CNY, reference="BOC-7")
    assert not GatewayPayout.objects.exists()
    assert not BankLine.objects.exists()
    assert deal.books("psp/till", "bank") == [-total, 0]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"amount": 0}, BadAmount),
        ({"amount": -5}, BadAmount),
        ({"fee": -1}, BadAmount),
        ({"amount": 10**20}, BadAmount),
        ({"currency": "yuan"}, BadCurrency),
        ({"currency": "USD"}, GatewayHoldsLess),
        ({"reference": "  "}, Empty),
    ],
)
def test_what_no_gateway_pays_out(
    deal: Deal, till: Till, change: dict[str, object], refusal: type[Refusal]
) -> None:
    taken(deal)
    given = {"amount": 100, "fee": 1, "currency": CNY, "reference": "BOC-7"} | change
    with pytest.raises(refusal), transaction.atomic():
        commands.record_gateway_payout(deal.boss, GATEWAY, **given)  # type: ignore[arg-type]
    assert not BankLine.objects.exists()


def test_only_the_operator_books_what_gateways_pay_out(deal: Deal, till: Till) -> None:
    for stranger in (deal.buyer.actor, deal.first.actor, deal.partner.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.record_gateway_payout(stranger, GATEWAY, amount=1, fee=0, currency=CNY, reference="x")
        with pytest.raises(Denied):
            queries.money_at_gateways(stranger)
    with pytest.raises(NotFound), transaction.atomic():
        commands.record_gateway_payout(deal.boss, "nowhere", amount=1, fee=0, currency=CNY, reference="x")


def test_a_refund_after_the_gateway_paid_out_is_its_advance(deal: Deal, till: Till) -> None:
    payment = taken(deal)
    commands.record_gateway_payout(deal.boss, GATEWAY, amount=payment.amount, fee=0, currency=CNY, reference="BOC-7")
    ordering.cancel_order(deal.buyer.actor, payment.order.ref, reason="no more need")
    drain()
    assert deal.books("psp/till") == [payment.amount]
    assert queries.money_at_gateways(deal.boss)[0]["held"] == -payment.amount
    assert is_clean()


# -- money that came too much ------------------------------------------------------------------------------------------


def test_a_gateway_that_charges_twice_sends_the_second_back(deal: Deal, till: Till) -> None:
    payment = taken(deal)
    for _again in range(2):
        commands.record_payment(arrives(payment, gateway_ref="ch_2"), gateway=GATEWAY)
        drain()
    assert till.returned == [("ch_2", payment.amount)]
    assert deal.books("psp/till", "buyer/{b}/surplus") == [-payment.amount, 0]
    assert [p.surplus for p in Payment.objects.order_by("id")] == [0, payment.amount]
    assert is_clean()


def test_a_transfer_for_a_cancelled_order_is_kept_until_it_is_sent_back(deal: Deal) -> None:
    placed = deal.order(method="bank_transfer")
    ordering.cancel_order(deal.buyer.actor, placed.ref, reason="no more need")
    with pytest.raises(NothingDue), transaction.atomic():
        commands.record_bank_transfer(deal.boss, placed.ref, amount=placed.total, reference="BOC-1")
    payment = commands.record_bank_transfer(
        deal.boss, placed.ref, amount=placed.total, reference="BOC-1", to_send_back=True
    )
    drain()
    assert deal.books("bank", "buyer/{b}/surplus") == [-placed.total, placed.total]
    waiting = queries.transfers_to_return(deal.boss)
    assert [(row["ref"], row["amount"]) for row in waiting] == [(payment.ref, placed.total)]
    with pytest.raises(ReferenceUsed), transaction.atomic():
        commands.return_transfer(deal.boss, payment.ref, reference="BOC-1")
    commands.return_transfer(deal.boss, payment.ref, reference="BOC-2")
    assert deal.books("bank", "buyer/{b}/surplus") == [0, 0]
    assert queries.transfers_to_return(deal.boss) == []
    with pytest.raises(NotFound), transaction.atomic():
        commands.return_transfer(deal.boss, payment.ref, reference="BOC-3")
    assert is_clean()


def test_what_is_due_is_never_set_aside(deal: Deal) -> None:
    placed = deal.order(method="bank_transfer")
    with pytest.raises(AmountDiffers), transaction.atomic():
        commands.record_bank_transfer(
            deal.boss, placed.ref, amount=placed.total - 1, reference="BOC-1", to_send_back=True
        )
    commands.record_bank_transfer(deal.boss, placed.ref, amount=placed.total, reference="BOC-1", to_send_back=True)
    assert deal.books("buyer/{b}/surplus") == [0]
    for amount in (0, -1):
        with pytest.raises(BadAmount), transaction.atomic():
            commands.record_bank_transfer(
                deal.boss, placed.ref, amount=amount, reference="BOC-2", to_send_back=True
            )
    for stranger in (deal.buyer.actor, deal.first.actor, deal.partner.actor):
        with pytest.raises(Denied):
            queries.transfers_to_return(stranger)


# -- one line, one document --------------------------------------------------------------------------------------------


def test_a_line_of_the_bank_is_booked_once_whatever_for(deal: Deal, till: Till) -> None:
    total = taken(deal).amount
    placed = deal.order(method="bank_transfer")
    commands.record_gateway_payout(deal.boss, GATEWAY, amount=total, fee=0, currency=CNY, reference="BOC-1")
    with pytest.raises(ReferenceUsed), transaction.atomic():
        commands.record_bank_transfer(deal.boss, placed.ref, amount=placed.total, reference="BOC-1")
    commands.record_bank_transfer(deal.boss, placed.ref, amount=placed.total, reference="BOC-2")
    assert BankLine.objects.count() == 2


# -- payouts, again ----------------------------------------------------------------------------------------------------


def test_a_declined_payout_is_proposed_again_and_approved_by_another(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    with pytest.raises(NoDeclinedPayout), transaction.atomic():
        commands.propose_payout(deal.boss, ref)
    parties.decide(deal.clerk, str(people.approvals_waiting(deal.clerk)[0]["ref"]), yes=False)
    drain()
    with pytest.raises(Denied), transaction.atomic():
        commands.propose_payout(deal.first.actor, ref)
    again = commands.propose_payout(deal.boss, ref)
    with pytest.raises(NoDeclinedPayout), transaction.atomic():
        commands.propose_payout(deal.boss, ref)
    approval = str(people.approvals_waiting(deal.clerk)[0]["ref"])
    with pytest.raises(Refusal), transaction.atomic():
        parties.decide(deal.boss, approval, yes=True)  # the one who proposed it
    assert deal.books("supplier/{s1}/payable") == [91000]
    parties.decide(deal.clerk, approval, yes=True)
    drain()
    assert deal.books("supplier/{s1}/payable") == [0]
    assert [p.status for p in Payout.objects.order_by("id")] == ["declined", "sent"]
    assert queries.get_statement(deal.boss, ref)["payout"]["ref"] == again
    assert is_clean()


@pytest.mark.parametrize("proposes", ["boss", "clerk"])
def test_in_an_operator_of_two_people_either_proposes_again_and_the_other_approves(deal: Deal, proposes: str) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    commands.decide(deal.clerk, str(people.approvals_waiting(deal.clerk)[0]["ref"]), yes=False)
    drain()
    proposer, other = (deal.boss, deal.clerk) if proposes == "boss" else (deal.clerk, deal.boss)
    again = commands.propose_payout(proposer, ref)
    approval = str(people.approvals_waiting(other)[0]["ref"])
    with pytest.raises(Refusal), transaction.atomic():
        commands.decide(proposer, approval, yes=True)
    drain()
    assert Payout.objects.get(ref=again).status == "proposed"
    commands.decide(other, approval, yes=True)
    drain()
    assert Payout.objects.get(ref=again).status == "sent" and Payout.objects.get(ref=again).proposed_by_id
    assert deal.books("supplier/{s1}/payable") == [0] and is_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(ref=again).update(proposed_by_id=other.user_id)


def test_who_has_confirmed_for_the_party_has_no_word_on_its_payout_however_often_it_is_proposed(deal: Deal) -> None:
    mail = "both@example.test"
    parties.register_person(deal.boss, email=mail, name="Both", password="correct horse 9")
    for company, role in ((deal.first.ref, "supplier"), (deal.market.operator.ref, "operator")):
        parties.grant_role(deal.boss, email=mail, organization_ref=company, role=role, job="admin")
    user_id = get_user_model().objects.get(email=mail).pk
    of_party, of_operator = (people.actor_of(user_id, company, role) for company, role in (
        (deal.first.ref, "supplier"), (deal.market.operator.ref, "operator")))  # fmt: skip
    assert of_party is not None and of_operator is not None
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(of_party, ref)
    commands.confirm_statement(deal.boss, ref)
    commands.decide(deal.clerk, str(people.approvals_waiting(deal.clerk)[0]["ref"]), yes=False)
    drain()
    with pytest.raises(BothSides), transaction.atomic():
        commands.propose_payout(of_operator, ref)
    commands.propose_payout(deal.boss, ref)
    approval = str(people.approvals_waiting(deal.clerk)[0]["ref"])
    for yes in (True, False):
        with pytest.raises(BothSides), transaction.atomic():
            commands.decide(of_operator, approval, yes=yes)
    drain()
    assert deal.books("supplier/{s1}/payable") == [91000]
