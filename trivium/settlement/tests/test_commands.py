"""Money in, on a real database: prepaid, by bank, on account; limits and budgets."""

import pytest
from django.db import transaction

from trivium.core.errors import Denied, NotFound, Refusal
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties.errors import BadCurrency
from trivium.settlement import commands, queries
from trivium.settlement.errors import (
    AmountDiffers,
    BudgetHeld,
    NothingDue,
    OtherMethod,
    PaysTooMuch,
    ReferenceUsed,
    UnknownGateway,
)
from trivium.settlement.models import Payment, Receivable
from trivium.settlement.rules import Charge, register_gateway
from trivium.settlement.tests.factories import CNY, Deal, written

pytestmark = pytest.mark.django_db

GATEWAY = "till"


class Till:
    """A gateway that answers only by message and remembers what it was to send back."""

    name = GATEWAY

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.returned: list[tuple[str, int]] = []

    def charge(self, payment_ref: str, amount: int, currency: str) -> None:
        self.asked.append(payment_ref)

    def refund(self, gateway_ref: str, refund_ref: str, amount: int, currency: str) -> None:
        self.returned.append((gateway_ref, amount))

    def read_message(self, body: bytes, signature: str) -> Charge:
        raise NotImplementedError


@pytest.fixture
def till() -> Till:
    made = Till()
    register_gateway(made)
    return made


def arrives(payment: Payment, **values: object) -> Charge:
    """A message that a payment went through."""
    usual = {"gateway_ref": "ch_1", "succeeded": True, "amount": payment.amount, "currency": CNY}
    return Charge(payment_ref=payment.ref, **{**usual, **values})  # type: ignore[arg-type]


# -- prepaid -----------------------------------------------------------------------------------------------------------


def test_a_payment_under_way_is_not_started_twice(deal: Deal, till: Till) -> None:
    placed = deal.order(method="prepaid")
    first = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    assert commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY).pk == first.pk
    drain()
    assert till.asked == [first.ref]


def test_a_message_that_comes_twice_funds_once(deal: Deal, till: Till) -> None:
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    for _again in range(2):
        commands.record_payment(arrives(payment), gateway=GATEWAY)
        drain()
    assert deal.escrow(placed.supplier_order_refs[0]) == placed.total
    assert deal.books("psp/till", "buyer/{b}/surplus") == [-placed.total, 0]
    with pytest.raises(NothingDue), transaction.atomic():
        commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)


def test_a_success_after_a_failure_still_funds_and_the_buyer_hears_of_both(deal: Deal, till: Till) -> None:
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    commands.record_payment(arrives(payment, succeeded=False), gateway=GATEWAY)
    assert Payment.objects.get().status == "failed"
    commands.record_payment(arrives(payment), gateway=GATEWAY)
    commands.record_payment(arrives(payment, succeeded=False), gateway=GATEWAY)
    assert Payment.objects.get().status == "received"
    assert deal.escrow(placed.supplier_order_refs[0]) == placed.total
    told = EventRecord.objects.filter(subject=payment.ref, name__in=["PaymentFailed", "PaymentReceived"])
    assert [event.audience for event in told] == [[deal.buyer.ref]] * 2


def test_money_that_comes_for_a_cancelled_order_goes_back(deal: Deal, till: Till) -> None:
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    ordering.cancel_order(deal.buyer.actor, placed.ref, reason="no more need")
    commands.record_payment(arrives(payment), gateway=GATEWAY)
    assert deal.books("psp/till", "buyer/{b}/surplus") == [-placed.total, placed.total]
    drain()
    assert till.returned == [("ch_1", placed.total)]
    assert deal.books("psp/till", "buyer/{b}/surplus") == [0, 0]
    assert commands.return_surplus(payment.ref) is None


@pytest.mark.parametrize(("difference", "funds"), [(-1, False), (0, True), (250, True)])
def test_too_little_funds_nothing_and_too_much_goes_back(deal: Deal, till: Till, difference: int, funds: bool) -> None:
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    commands.record_payment(arrives(payment, amount=placed.total + difference), gateway=GATEWAY)
    part = placed.supplier_order_refs[0]
    assert deal.escrow(part) == (placed.total if funds else 0)
    assert orders.get_part(deal.boss, part).status == ("released" if funds else "confirmed")
    drain()
    assert sum(amount for _ref, amount in till.returned) == (difference if funds else placed.total + difference)
    assert deal.books("buyer/{b}/surplus") == [0]


def test_a_second_payment_of_the_same_order_goes_back(deal: Deal, till: Till) -> None:
    placed = deal.order(a=10, c=3, method="prepaid")
    first = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    ordering.cancel_supplier_order(deal.buyer.actor, placed.supplier_order_refs[1], reason="found it elsewhere")
    rest = deal.due(placed)
    second = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    assert (second.amount, first.amount) == (rest, placed.total)
    commands.record_payment(arrives(second, gateway_ref="ch_2"), gateway=GATEWAY)
    commands.record_payment(arrives(first), gateway=GATEWAY)
    drain()
    assert till.returned == [("ch_1", first.amount)]
    assert deal.books("psp/till") == [-rest]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"currency": "USD"}, AmountDiffers), ({"amount": 0}, BadAmount), ({"amount": -5}, BadAmount)],
)
def test_what_is_no_money_for_the_order_is_refused(
    deal: Deal, till: Till, values: dict, refusal: type[Refusal]
) -> None:
    placed = deal.order(method="prepaid")
    payment = commands.start_payment(deal.buyer.actor, placed.ref, gateway=GATEWAY)
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        commands.record_payment(arrives(payment, **values), gateway=GATEWAY)
    assert written() == before
    assert Payment.objects.get().status == "pending"


def test_payments_start_only_where_something_is_due_and_that_way(deal: Deal) -> None:
    by_bank = deal.order()
    with pytest.raises(OtherMethod), transaction.atomic():
        commands.start_payment(deal.buyer.actor, by_bank.ref)
    waiting = deal.market.order(deal.buyer, [(deal.a, 1)], payment_method="prepaid")
    with pytest.raises(NothingDue), transaction.atomic():
        commands.start_payment(deal.buyer.actor, waiting.ref)
    prepaid = deal.order(method="prepaid")
    with pytest.raises(UnknownGateway), transaction.atomic():
        commands.start_payment(deal.buyer.actor, prepaid.ref, gateway="nobody")
    with pytest.raises(Denied), transaction.atomic():
        commands.start_payment(deal.partner.actor, prepaid.ref)
    stranger = deal.market.buyer("Rival", deal.partner)
    with pytest.raises(NotFound), transaction.atomic():
        commands.start_payment(stranger.actor, prepaid.ref)
    assert not Payment.objects.exists()


# -- bank transfer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off_by", [-1, 1, 10**20, None])
def test_a_bank_transfer_is_exactly_what_is_due(deal: Deal, off_by: int | None) -> None:
    placed = deal.order()
    amount = -deal.due(placed) if off_by is None else deal.due(placed) + off_by
    before = written()
    with pytest.raises(AmountDiffers), transaction.atomic():
        commands.record_bank_transfer(deal.boss, placed.ref, amount=amount, reference="BOC-1")
    assert written() == before


def test_a_line_of_the_bank_statement_is_booked_once(deal: Deal) -> None:
    commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
    on_account, first, second = deal.order(method="on_account"), deal.order(), deal.order()
    commands.record_bank_transfer(deal.boss, first.ref, amount=deal.due(first), reference="BOC-1")
    with pytest.raises(ReferenceUsed), transaction.atomic():
        commands.record_bank_transfer(deal.boss, second.ref, amount=deal.due(second), reference=" BOC-1 ")
    with pytest.raises(ReferenceUsed), transaction.atomic():
        commands.settle_account(deal.boss, deal.buyer.ref, amount=100, currency=CNY, reference="BOC-1")
    commands.settle_account(deal.boss, deal.buyer.ref, amount=100, currency=CNY, reference="BOC-2")
    with pytest.raises(ReferenceUsed), transaction.atomic():
        commands.record_bank_transfer(deal.boss, second.ref, amount=deal.due(second), reference="BOC-2")
    assert deal.books("bank", "buyer/{b}/receivable") == [-first.total - 100, -on_account.total + 100]


def test_transfers_are_recorded_by_the_operator_alone(deal: Deal) -> None:
    placed = deal.order()
    for who in (deal.buyer, deal.first, deal.partner):
        with pytest.raises(Denied), transaction.atomic():
            commands.record_bank_transfer(who.actor, placed.ref, amount=deal.due(placed), reference="BOC-1")
    assert not Payment.objects.exists()


# -- on account --------------------------------------------------------------------------------------------------------


def test_money_on_account_settles_the_oldest_orders_first(deal: Deal) -> None:
    commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
    totals = [deal.order(a, method="on_account").total for a in (1, 2, 3)]
    commands.settle_account(deal.boss, deal.buyer.ref, amount=totals[0] + 700, currency=CNY, reference="BOC-1")
    assert list(Receivable.objects.order_by("pk").values_list("paid", flat=True)) == [totals[0], 700, 0]
    left = sum(totals) - totals[0] - 700
    assert queries.open_accounts(deal.buyer.actor)[0]["amount"] == left
    for amount in (0, -1, left + 1, 10**20):
        with pytest.raises(PaysTooMuch), transaction.atomic():
            commands.settle_account(deal.boss, deal.buyer.ref, amount=amount, currency=CNY, reference="BOC-2")
    with pytest.raises(PaysTooMuch), transaction.atomic():
        commands.settle_account(deal.boss, deal.buyer.ref, amount=1, currency="USD", reference="BOC-2")
    assert deal.books("buyer/{b}/receivable", "bank") == [-left, -totals[0] - 700]


def test_a_refund_on_account_lowers_the_debt_and_then_goes_to_the_bank(deal: Deal) -> None:
    commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
    part = deal.settled(method="on_account")
    total = 100000 + 2000
    commands.settle_account(deal.boss, deal.buyer.ref, amount=total - 15000, currency=CNY, reference="BOC-1")
    deal.refund(part, 1)
    assert deal.books("buyer/{b}/receivable", "bank") == [-5000, -total + 15000]
    deal.refund(part, 1)
    assert deal.books("buyer/{b}/receivable", "bank") == [0, -total + 15000 + 5000]


@pytest.mark.parametrize(("limit", "currency", "refusal"), [
    (-1, CNY, BadAmount), (10**16, CNY, BadAmount), (100, "YUAN", BadCurrency),
])  # fmt: skip
def test_limits_and_budgets_that_make_no_sense_are_refused(
    deal: Deal, limit: int, currency: str, refusal: type[Refusal]
) -> None:
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        commands.set_credit_limit(deal.boss, deal.buyer.ref, limit, currency)
    with pytest.raises(refusal), transaction.atomic():
        commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", limit, currency)
    assert written() == before


def test_nobody_lends_to_themselves(deal: Deal) -> None:
    for who in (deal.buyer, deal.partner, deal.first):
        with pytest.raises(Denied), transaction.atomic():
            commands.set_credit_limit(who.actor, who.ref, 100, CNY)
    rival = deal.market.buyer("Rival", deal.partner)
    with pytest.raises(NotFound), transaction.atomic():
        commands.set_budget(rival.actor, deal.buyer.ref, "main", 100, CNY)


def test_a_budget_holds_spends_and_gets_back(deal: Deal) -> None:
    left = "buyer/{b}/budget/main"
    commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", 300000, CNY)
    placed = deal.order(budget_code="main")
    with pytest.raises(BudgetHeld), transaction.atomic():
        commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", placed.total - 1, CNY)
    assert deal.books(left) == [300000]
    deal.transfer(placed)
    assert deal.books(left) == [300000 - placed.total]
    deal.deliver(placed.supplier_order_refs[0])
    back = deal.refund(placed.supplier_order_refs[0], 2)
    assert deal.books(left) == [300000 - placed.total + back.amount]
    commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", 50, CNY)
    assert deal.books(left) == [50]
