"""Carts, placing and a company's own approval, on a real database."""

from decimal import Decimal

import pytest
from django.db import transaction

from tests.journeys.market import ADDRESS
from trivium.core.errors import BadText, Denied, NotFound, Refusal, TooLong
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.inventory.errors import OutOfStock
from trivium.ledger import commands as ledger
from trivium.ledger import queries as books
from trivium.ledger.rules import Posting
from trivium.ordering import commands, queries
from trivium.ordering.errors import (
    BadPaymentMethod,
    BelowMinimum,
    DoubleSku,
    EmptyOrder,
    NoCredit,
    NoSuchBudget,
    NotOrderable,
    PriceChanged,
    TooManyLines,
)
from trivium.ordering.models import CartLine
from trivium.ordering.rules import MAX_LINES, Wish
from trivium.ordering.tests.factories import Trade, on_hand, written
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import Suspended

pytestmark = pytest.mark.django_db

CNY = "CNY"


# -- the cart ----------------------------------------------------------------------------------------------------------


def test_a_cart_adds_sets_and_takes_out(trade: Trade) -> None:
    me = trade.buyer.actor
    ref = commands.add_to_cart(me, trade.a, Decimal(2))
    assert commands.add_to_cart(me, trade.a, Decimal(3)) == ref
    commands.set_cart_line(me, trade.c, Decimal(4))
    assert queries.cart_of(me) == [Wish(trade.a, Decimal(5)), Wish(trade.c, Decimal(4))]
    assert queries.cart_of(trade.buyer.colleague) == []
    assert commands.set_cart_line(me, trade.a, Decimal(0)) == ""
    assert [wish.sku_ref for wish in queries.cart_of(me)] == [trade.c]


@pytest.mark.parametrize("quantity", ["-1", "NaN", "1e12", "0.0001", "Infinity"])
def test_no_cart_holds_what_is_no_quantity(trade: Trade, quantity: str) -> None:
    for put in (commands.add_to_cart, commands.set_cart_line):
        with pytest.raises(BadQuantity), transaction.atomic():
            put(trade.buyer.actor, trade.a, Decimal(quantity))
    assert not CartLine.objects.exists()


def test_a_placed_cart_is_empty_and_another_one_is_not(trade: Trade) -> None:
    for person in (trade.buyer.actor, trade.buyer.colleague):
        commands.add_to_cart(person, trade.a, Decimal(2))
    placed = trade.market.order(trade.buyer, [], from_cart=True)
    assert placed.total == 20000
    with pytest.raises(EmptyOrder), transaction.atomic():
        trade.market.order(trade.buyer, [], from_cart=True)
    assert len(queries.cart_of(trade.buyer.colleague)) == 1


# -- placing -----------------------------------------------------------------------------------------------------------


def test_placing_takes_stock_and_credit_and_moves_no_money(trade: Trade) -> None:
    before = on_hand(trade.a, trade.c)
    placed = trade.order()
    assert on_hand(trade.a, trade.c) == [before[0] - 10, before[1] - 3]
    receivable = f"buyer/{trade.buyer.ref}/receivable"
    assert books.held(placed.ref) == {(receivable, CNY): placed.total}
    assert books.balance(receivable, CNY) == 0


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"payment_method": "barter"}, BadPaymentMethod),
        ({"expected_total": 1}, PriceChanged),
        ({"po_number": "9" * 61}, TooLong),
        ({"po_number": "a\x00b"}, BadText),
        ({"budget_code": "9" * 41}, TooLong),
        ({"budget_code": "none"}, NoSuchBudget),
        ({"delivery_method": "balloon"}, Refusal),
        ({"coupon_codes": ["NOSUCH"]}, Refusal),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_takes_nothing(
    trade: Trade, values: dict, refusal: type[Refusal]
) -> None:
    before, free = written(), on_hand(trade.a)
    with pytest.raises(refusal), transaction.atomic():
        trade.order((trade.a, 1), **values)
    assert (written(), on_hand(trade.a)) == (before, free)


def test_lines_that_cannot_be_are_refused(trade: Trade) -> None:
    foreign = "sku_" + "0" * 20
    cases: list[tuple[list, type[Refusal]]] = [
        ([], EmptyOrder),
        ([(trade.a, 1)] * (MAX_LINES + 1), TooManyLines),
        ([(trade.a, 1), (trade.a, 2)], DoubleSku),
        ([(foreign, 1)], NotFound),
        ([("'; DROP TABLE ordering_order; --", 1)], NotFound),
        ([(trade.a, "0.5")], BelowMinimum),
        ([(trade.a, 101)], OutOfStock),
    ]
    before = written()
    for wishes, refusal in cases:
        with pytest.raises(refusal), transaction.atomic():
            trade.market.order(trade.buyer, wishes)
    with pytest.raises(PriceChanged), transaction.atomic():
        wish = Wish(trade.a, Decimal(1), unit_price=Decimal("99.99"))
        commands.place_order(
            trade.buyer.actor, [wish], ship_to=ADDRESS, delivery_method="standard", payment_method="prepaid"
        )
    assert written() == before


def test_credit_is_a_limit(trade: Trade) -> None:
    ledger.set_floor(f"buyer/{trade.buyer.ref}/receivable", CNY, -150000)
    trade.order((trade.a, 10))
    with pytest.raises(NoCredit), transaction.atomic():
        trade.order((trade.a, 6))
    assert trade.order((trade.a, 5)).total == 50000


def test_a_suspended_company_orders_nothing_more_and_nothing_is_ordered_from_it(trade: Trade) -> None:
    parties.suspend(trade.boss, trade.second.ref, reason="Fraud")
    with pytest.raises(NotOrderable), transaction.atomic():
        trade.order((trade.c, 1))
    parties.suspend(trade.boss, trade.buyer.ref, reason="Fraud")
    with pytest.raises(Suspended), transaction.atomic():
        trade.order((trade.a, 1))
    for actor in (trade.partner.actor, trade.first.actor, trade.boss):
        with pytest.raises(Denied), transaction.atomic():
            commands.place_order(actor, [], ship_to=ADDRESS, delivery_method="standard", payment_method="prepaid")


def test_a_budget_with_a_slash_is_the_one_that_was_set(trade: Trade) -> None:
    account = queries.budget_account(trade.buyer.ref, "2026-Q1")
    grant = Posting(f"buyer/{trade.buyer.ref}/budget_granted/2026-Q1", account, 50000, CNY)
    ledger.post(key="b1", subject="b", purpose="budget", postings=[grant], at=trade.clock.at, actor_ref="tests")
    placed = trade.order((trade.a, 5), budget_code="2026/Q1")
    assert books.held(f"{placed.ref}:budget") == {(account, CNY): 50000}
    with pytest.raises(NoSuchBudget), transaction.atomic():
        trade.order((trade.a, 1), budget_code="2026/Q1")


# -- a company's own approval ------------------------------------------------------------------------------------------


def test_an_order_waits_for_its_own_company_before_anybody_hears_of_it(trade: Trade) -> None:
    parties.set_approval_rule(
        trade.buyer.actor, organization_ref=trade.buyer.ref, threshold=90000, currency=CNY, needed=2
    )
    small = trade.order((trade.a, 8))
    assert small.approval == "not_needed"
    placed = trade.order((trade.a, 9))
    assert placed.approval == "waiting"
    assert len(queries.orders_of(trade.first.actor)) == len(queries.orders_of(trade.partner.actor)) == 1
    with pytest.raises(NotFound), transaction.atomic():
        trade.supply(trade.part(placed))
    approval = str(people.approvals_waiting(trade.buyer.colleague)[0]["ref"])
    people_of = [trade.buyer.colleague, trade.market.person(trade.buyer.ref, "buyer")]
    for person in people_of:
        assert len(queries.orders_of(trade.first.actor)) == 1
        parties.decide(person, approval, yes=True)
        drain()
    assert len(queries.orders_of(trade.first.actor)) == 2
    commands.refresh_order(placed.ref)
    submitted = EventRecord.objects.filter(name="SupplierOrderSubmitted", subject=trade.part(placed))
    assert submitted.count() == 1


def test_nobody_hears_of_the_end_of_what_they_never_heard_of(trade: Trade) -> None:
    parties.set_approval_rule(trade.buyer.actor, organization_ref=trade.buyer.ref, threshold=1, currency=CNY)
    placed = trade.order()
    commands.cancel_order(trade.buyer.actor, placed.ref, reason="no more need")
    assert people.approvals_waiting(trade.buyer.colleague) == []
    told = EventRecord.objects.filter(name="SupplierOrderCancelled", subject__in=placed.supplier_order_refs)
    assert [event.audience for event in told] == [[trade.buyer.ref]] * 2
