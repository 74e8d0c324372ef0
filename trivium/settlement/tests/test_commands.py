"""Money in, money back, statements and payouts, on a real database."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound, Refusal
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.core.time import SettableClock, use_clock
from trivium.ledger.errors import Overdrawn
from trivium.ledger.models import Entry
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import BadCurrency, OwnRequest
from trivium.parties.models import User
from trivium.settlement import commands, queries
from trivium.settlement.errors import (
    AlreadyConfirmed,
    AmountDiffers,
    BadPeriod,
    BothSides,
    NothingDue,
    NothingToRefund,
    OtherMethod,
    PaysTooMuch,
    ReferenceUsed,
    TooMuchFreight,
    UnknownGateway,
)
from trivium.settlement.models import Funding, Payment, Payout, Receivable, Statement
from trivium.settlement.rules import Charge, RefundItem, register_gateway
from trivium.settlement.tests.factories import CNY, START, Deal

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
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def deal(clock: SettableClock) -> Deal:
    return Deal(clock)


@pytest.fixture
def till() -> Till:
    made = Till()
    register_gateway(made)
    return made


def written() -> tuple[int, int]:
    """How many entries and events there are: a refusal adds none."""
    return Entry.objects.count(), EventRecord.objects.count()


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
    with pytest.raises(Overdrawn), transaction.atomic():
        commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", placed.total - 1, CNY)
    assert deal.books(left) == [300000]
    deal.transfer(placed)
    assert deal.books(left) == [300000 - placed.total]
    deal.deliver(placed.supplier_order_refs[0])
    back = deal.refund(placed.supplier_order_refs[0], 2)
    assert deal.books(left) == [300000 - placed.total + back.amount]
    commands.set_budget(deal.buyer.actor, deal.buyer.ref, "main", 50, CNY)
    assert deal.books(left) == [50]


# -- refunds -----------------------------------------------------------------------------------------------------------


def test_refunds_never_exceed_what_was_paid(deal: Deal) -> None:
    part = deal.settled()
    paid = 100000
    deal.refund(part, amount=40000)
    with pytest.raises(Refusal), transaction.atomic():
        deal.refund(part, amount=paid - 40000 + 1)
    with pytest.raises(TooMuchFreight), transaction.atomic():
        deal.refund(part, 1, freight=2001)
    deal.refund(part, 10, freight=2000)
    with pytest.raises(Refusal), transaction.atomic():
        deal.refund(part, 1)
    with pytest.raises(TooMuchFreight), transaction.atomic():
        commands.refund(deal.boss, part, [], freight=1, reason="again")
    assert deal.books("bank", "supplier/{s1}/pending", "partner/{p}/pending", "operator/fees") == [0, 0, 0, 0]
    assert deal.escrow(part) == 0


@pytest.mark.parametrize(("freight", "refusal"), [(0, NothingToRefund), (-1, TooMuchFreight), (10**20, TooMuchFreight)])
def test_a_refund_of_nothing_is_none(deal: Deal, freight: int, refusal: type[Refusal]) -> None:
    part = deal.settled()
    before = written()
    with pytest.raises(refusal), transaction.atomic():
        commands.refund(deal.boss, part, [], freight=freight, reason="nothing")
    with pytest.raises(NothingToRefund), transaction.atomic():
        commands.refund(deal.boss, part, [RefundItem(deal.line(part))], freight=100, reason="nothing")
    assert written() == before


def test_a_supplier_learns_nothing_of_the_buyers_price_from_a_refused_refund(deal: Deal) -> None:
    deal.promote(5000, 50000)
    part = deal.settled()
    item = RefundItem(deal.line(part), amount=98000)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        commands.refund(deal.first.actor, part, [item], reason="probing")
    assert "950" not in str(refused.value)


def test_what_a_return_lost_is_given_back_where_it_was_taken(deal: Deal) -> None:
    """A's return loses the discount of the whole order; C then turns out broken and costs no discount any more."""
    deal.promote(50000, 103000)
    placed = deal.order(a=10, c=3)
    deal.transfer(placed)
    first, second = placed.supplier_order_refs
    deal.deliver(first)
    deal.deliver(second)
    paid_a, paid_c = (orders.part_money(part).lines[0].paid for part in (first, second))
    assert (paid_a, paid_c) == (100000 - 45455, 9999 - 4545)
    # 545.45 × 7/10, less what is left of the discount on 3 A (454.55 × 3/10) and on C (45.45)
    assert deal.refund(first, 7, by_choice=True).amount == 38182 - 13636 - 4545
    assert deal.refund(second, 3, freight=800).amount == paid_c + 800
    assert deal.escrow(second) == 0
    assert deal.books("operator/promotions") == [13636]
    assert deal.refund(first, 3, by_choice=True, freight=2000).amount == paid_a - 38182 + 13636 + 2000
    assert deal.books("bank", "operator/promotions") == [0, 0]
    assert deal.escrow(first) == 0
    assert sum(f.amount - f.refunded for f in Funding.objects.all()) == 0


def test_a_cancelled_part_gives_back_only_what_is_left_in_its_escrow(deal: Deal) -> None:
    """The loss of another part's return has taken from its escrow before it was cancelled."""
    deal.promote(50000, 100000)
    placed = deal.order(a=10, c=3)
    deal.transfer(placed)
    first, second = placed.supplier_order_refs
    deal.deliver(first)
    assert deal.refund(first, 1, by_choice=True).amount == 0
    assert deal.refund(second, 1, unshipped=True).amount == 0
    left = deal.escrow(second)
    ordering.cancel_supplier_order(deal.second.actor, second, reason="sold out")
    drain()
    assert left > 0
    assert deal.escrow(second) == 0


def test_a_cancelled_funded_order_gives_everything_back_once(deal: Deal) -> None:
    placed = deal.order(a=10, c=3)
    deal.transfer(placed)
    ordering.cancel_order(deal.buyer.actor, placed.ref, reason="no more need")
    for _again in range(2):
        for part in placed.supplier_order_refs:
            commands.refund_cancelled(part)
        drain()
    assert deal.books("bank") == [0]
    assert [deal.escrow(part) for part in placed.supplier_order_refs] == [0, 0]


def test_releasing_escrow_twice_pays_once(deal: Deal) -> None:
    part = deal.settled()
    before = written()
    commands.release_escrow(part)
    assert written() == before
    assert deal.books("supplier/{s1}/pending", "partner/{p}/pending", "operator/fees") == [
        100000 - 3000 - 8000 + 2000,
        8000,
        3000,
    ]


# -- statements and payouts --------------------------------------------------------------------------------------------


def test_a_statement_takes_each_posting_once_and_numbers_have_no_gap(deal: Deal) -> None:
    deal.settled()
    first = deal.state()
    assert len(first) == 2
    assert deal.state() == []
    deal.settled(2)
    with pytest.raises(BadPeriod), transaction.atomic():
        commands.issue_statements(deal.boss, until=deal.clock.at + dt.timedelta(seconds=1))
    second = deal.state()
    numbers = list(Statement.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"ST-2026-{n:06d}" for n in range(1, 5)]
    refs = (deal.statement_of(deal.partner, first), deal.statement_of(deal.partner, second))
    assert [queries.get_statement(deal.partner.actor, ref)["total"] for ref in refs] == [8000, 1600]


def test_a_statement_ends_before_its_end(deal: Deal) -> None:
    part = deal.settled()
    released = Entry.objects.get(key=f"completed:{part}").at
    assert commands.issue_statements(deal.boss, until=released) == []
    assert len(commands.issue_statements(deal.boss, until=released + dt.timedelta(microseconds=1))) == 2


def test_what_is_not_paid_on_account_is_not_stated_unless_the_operator_pays_at_completion(
    clock: SettableClock,
) -> None:
    for payable, stated in (("when_paid", 0), ("at_completion", 1)):
        with transaction.atomic():
            deal = Deal(clock, payable=payable)
            commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
            deal.settled(method="on_account")
            assert len(deal.state()) == stated
            commands.settle_account(deal.boss, deal.buyer.ref, amount=102000, currency=CNY, reference=payable)
            assert len(deal.state()) == 2 - stated
            transaction.set_rollback(True)


def test_a_statement_needs_both_sides_and_two_people(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    assert not commands.confirm_statement(deal.first.actor, ref)
    for again in (deal.first.actor, deal.first.colleague):
        with pytest.raises(AlreadyConfirmed), transaction.atomic():
            commands.confirm_statement(again, ref)
    with pytest.raises(NotFound), transaction.atomic():
        commands.confirm_statement(deal.second.actor, ref)
    assert not Payout.objects.exists()
    assert commands.confirm_statement(deal.boss, ref)
    with pytest.raises(AlreadyConfirmed), transaction.atomic():
        commands.confirm_statement(deal.clerk, ref)
    assert deal.books("supplier/{s1}/pending", "supplier/{s1}/payable") == [0, 91000]


def double_agent(deal: Deal) -> tuple[Actor, Actor]:
    """One person with a place at the supplier and one at the operator."""
    mail = User.objects.get(pk=deal.first.actor.user_id).email
    parties.grant_role(deal.boss, email=mail, organization_ref=deal.market.operator.ref, role="operator", job="admin")
    as_operator = people.actor_of(deal.first.actor.user_id or 0, deal.market.operator.ref, "operator")
    assert as_operator is not None
    return deal.first.actor, as_operator


def test_nobody_confirms_a_statement_for_both_sides(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    as_supplier, as_operator = double_agent(deal)
    commands.confirm_statement(as_supplier, ref)
    with pytest.raises(BothSides), transaction.atomic():
        commands.confirm_statement(as_operator, ref)
    assert queries.get_statement(deal.boss, ref)["status"] == "issued"


def test_nobody_approves_the_payout_they_confirmed_for_the_one_it_pays(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    as_supplier, as_operator = double_agent(deal)
    commands.confirm_statement(as_supplier, ref)
    commands.confirm_statement(deal.boss, ref)
    approval = str(people.approvals_waiting(deal.boss)[0]["ref"])
    with pytest.raises(OwnRequest), transaction.atomic():
        parties.decide(as_operator, approval, yes=True)
    for person in (deal.boss, deal.clerk):
        parties.decide(person, approval, yes=True)
    drain()
    assert deal.books("supplier/{s1}/payable") == [0]


def test_a_deadline_confirms_for_both(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    due = Statement.objects.get(ref=ref).confirm_by
    deal.clock.at = due - dt.timedelta(microseconds=1)
    commands.close_overdue(ref)
    assert queries.overdue_statements(deal.clock.at, 10) == []
    deal.clock.at = due
    for _again in range(2):
        commands.close_overdue(ref)
    assert Payout.objects.filter(statement__ref=ref).count() == 1
    with pytest.raises(AlreadyConfirmed), transaction.atomic():
        commands.confirm_statement(deal.first.actor, ref)


def test_a_payout_needs_two_people_and_is_sent_once(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    payout, before = Payout.objects.get(), deal.books("bank")[0]
    approval = str(people.approvals_waiting(deal.boss)[0]["ref"])
    parties.decide(deal.boss, approval, yes=True)
    drain()
    commands.finish_payout(payout.ref)
    assert deal.books("supplier/{s1}/payable") == [91000]
    parties.decide(deal.clerk, approval, yes=True)
    for _again in range(2):
        drain()
        commands.finish_payout(payout.ref)
    assert deal.books("supplier/{s1}/payable", "bank") == [0, before + 91000]


def test_a_declined_payout_stays_payable(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    parties.decide(deal.clerk, str(people.approvals_waiting(deal.boss)[0]["ref"]), yes=False)
    drain()
    assert Payout.objects.get().status == "declined"
    assert deal.books("supplier/{s1}/payable") == [91000]


def test_a_minus_is_carried_over_and_netted(deal: Deal) -> None:
    part = deal.settled()
    earned = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, earned)
    commands.confirm_statement(deal.boss, earned)
    deal.refund(part, 5)
    deal.clock.move(hours=1)
    minus = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, minus)
    assert commands.confirm_statement(deal.boss, minus)
    assert Payout.objects.count() == 1
    deal.settled(6)
    plus = queries.get_statement(deal.boss, deal.statement_of(deal.first, deal.state()))
    assert (plus["opening"], plus["total"]) == (-44500, -44500 + 6 * 8900 + 2000)
    commands.confirm_statement(deal.first.actor, plus["ref"])
    commands.confirm_statement(deal.boss, plus["ref"])
    assert deal.books("supplier/{s1}/pending", "supplier/{s1}/payable") == [0, 91000 + plus["total"]]
