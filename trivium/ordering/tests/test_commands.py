"""Placing, confirming, cancelling, shipping and giving back, on a real database."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import BadText, Denied, NotFound, Refusal, TooLong, WrongState
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.core.time import SettableClock, use_clock
from trivium.inventory import queries as stock
from trivium.inventory.errors import OutOfStock
from trivium.ledger import commands as ledger
from trivium.ledger import queries as books
from trivium.ledger.rules import Posting
from trivium.ordering import commands, queries
from trivium.ordering.errors import (
    AlreadyConfirmed,
    AlreadyShipped,
    BadPaymentMethod,
    BadShipDate,
    BadSubstitute,
    BelowMinimum,
    BothSides,
    DoubleSku,
    EmptyOrder,
    NoCredit,
    NoObjection,
    NoSuchBudget,
    NotDue,
    NotOrderable,
    NotReleased,
    OverConfirmed,
    OverRefunded,
    OverReturned,
    OverShipped,
    PriceChanged,
    SubstitutesRefused,
    TooManyLines,
    UnknownLine,
    UseCancel,
)
from trivium.ordering.models import CartLine, Order, OrderLine
from trivium.ordering.rules import MAX_LINES, GiveBack, SupplyAnswer, Wish
from trivium.ordering.tests.factories import Trade
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import Suspended

pytestmark = pytest.mark.django_db

CNY = "CNY"


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture
def trade(clock: SettableClock) -> Trade:
    return Trade(clock)


def written() -> tuple[int, int]:
    """How many orders and events there are: a refusal adds none."""
    return Order.objects.count(), EventRecord.objects.count()


def on_hand(trade: Trade, *refs: str) -> list[Decimal]:
    """What can still be ordered of skus."""
    ids = {ref: queries_of_sku(ref) for ref in refs}
    free = stock.available(list(ids.values()))
    return [free[ids[ref]] for ref in refs]


def queries_of_sku(ref: str) -> int:
    from trivium.catalog.queries import tradable

    return tradable([ref])[ref].id


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
    before = on_hand(trade, trade.a, trade.c)
    placed = trade.order()
    assert on_hand(trade, trade.a, trade.c) == [before[0] - 10, before[1] - 3]
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
    before, free = written(), on_hand(trade, trade.a)
    with pytest.raises(refusal), transaction.atomic():
        trade.order((trade.a, 1), **values)
    assert (written(), on_hand(trade, trade.a)) == (before, free)


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
            trade.buyer.actor, [wish], ship_to=address(), delivery_method="standard", payment_method="prepaid"
        )
    assert written() == before


def address():  # type: ignore[no-untyped-def]
    from tests.journeys.market import ADDRESS

    return ADDRESS


def test_credit_is_a_limit(trade: Trade) -> None:
    ledger.set_floor(f"buyer/{trade.buyer.ref}/receivable", CNY, -150000)
    trade.order((trade.a, 10))
    with pytest.raises(NoCredit), transaction.atomic():
        trade.order((trade.a, 6))
    assert trade.order((trade.a, 5)).total == 50000


def test_a_suspended_company_orders_nothing_more_and_nothing_is_ordered_from_it(trade: Trade) -> None:
    parties.suspend(trade.boss, trade.second.ref)
    with pytest.raises(NotOrderable), transaction.atomic():
        trade.order((trade.c, 1))
    parties.suspend(trade.boss, trade.buyer.ref)
    with pytest.raises(Suspended), transaction.atomic():
        trade.order((trade.a, 1))
    for actor in (trade.partner.actor, trade.first.actor, trade.boss):
        with pytest.raises(Denied), transaction.atomic():
            commands.place_order(actor, [], ship_to=address(), delivery_method="standard", payment_method="prepaid")


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
    told = EventRecord.objects.filter(name="SupplierOrderCancelled", subject__in=placed.supplier_order_refs)
    assert [event.audience for event in told] == [[trade.buyer.ref]] * 2


# -- confirming --------------------------------------------------------------------------------------------------------


def test_both_confirmations_release_whichever_comes_first(trade: Trade) -> None:
    for supply_first in (True, False):
        placed = trade.order((trade.a, 1))
        part = trade.part(placed)
        steps = [lambda p=part: trade.supply(p), lambda p=part: commands.confirm_margin(trade.partner.actor, p)]
        for step in steps if supply_first else reversed(steps):
            assert trade.status(placed) == ["submitted"]
            step()
        drain()
        assert trade.status(placed) == ["released"]


def test_a_side_answers_once(trade: Trade) -> None:
    part = trade.part(trade.order((trade.a, 1)))
    trade.supply(part)
    for again in (
        lambda: trade.supply(part),
        lambda: commands.reject_supply(trade.first.actor, part, reason="after all not"),
    ):
        with pytest.raises(AlreadyConfirmed), transaction.atomic():
            again()
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    for late in (
        lambda: commands.confirm_margin(trade.partner.actor, part),
        lambda: commands.object_to_margin(trade.partner.actor, part, reason="too little"),
    ):
        with pytest.raises(WrongState), transaction.atomic():
            late()


def test_strangers_confirm_nothing(trade: Trade) -> None:
    placed = trade.order()
    part = trade.part(placed)
    rival_partner, before = trade.market.partner("Rival"), written()
    with pytest.raises(NotFound), transaction.atomic():
        trade.supply(part, actor=trade.second.actor)
    with pytest.raises(NotFound), transaction.atomic():
        commands.confirm_margin(rival_partner.actor, part)
    for actor in (trade.buyer.actor, trade.partner.actor, trade.boss):
        with pytest.raises(Denied), transaction.atomic():
            trade.supply(part, actor=actor)
    for actor in (trade.buyer.actor, trade.first.actor, trade.boss):
        with pytest.raises(Denied), transaction.atomic():
            commands.confirm_margin(actor, part)
    assert written() == before
    assert trade.status(placed) == ["submitted", "submitted"]


def test_less_than_ordered_lowers_what_is_owed_and_frees_the_rest(trade: Trade) -> None:
    placed = trade.order((trade.a, 10), (trade.b, 5))
    part, free = trade.part(placed), on_hand(trade, trade.a, trade.b)
    a, b = trade.lines(part)
    trade.supply(part, [SupplyAnswer(a, Decimal(7)), SupplyAnswer(b, Decimal(0))])
    assert on_hand(trade, trade.a, trade.b) == [free[0] + 3, free[1] + 5]
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    assert queries.part_money(part).due == 70000
    assert books.balance(f"buyer/{trade.buyer.ref}/receivable", CNY) == -70000
    assert books.held(placed.ref) == {}
    told = EventRecord.objects.get(name="SupplyConfirmed", subject=part)
    assert told.data["short_lines"] == 2


def test_nothing_of_anything_is_a_rejection(trade: Trade) -> None:
    placed = trade.order((trade.a, 10), (trade.b, 5))
    part = trade.part(placed)
    trade.supply(part, [SupplyAnswer(line, Decimal(0)) for line in trade.lines(part)])
    assert trade.status(placed) == ["cancelled"]
    assert on_hand(trade, trade.a, trade.b) == [100, 100]
    assert books.held(placed.ref) == {}


def test_answers_that_cannot_be_are_refused(trade: Trade) -> None:
    placed = trade.order()
    part, other = placed.supplier_order_refs
    line = trade.lines(part)[0]
    cases: list[tuple[list[SupplyAnswer], type[Refusal]]] = [
        ([SupplyAnswer(line, Decimal(11))], OverConfirmed),
        ([SupplyAnswer(trade.lines(other)[0], Decimal(1))], UnknownLine),
        ([SupplyAnswer(line, Decimal(1)), SupplyAnswer(line, Decimal(2))], UnknownLine),
        ([SupplyAnswer("", Decimal(1))], UnknownLine),
    ]
    before, free = written(), on_hand(trade, trade.a)
    for answers, refusal in cases:
        with pytest.raises(refusal), transaction.atomic():
            trade.supply(part, answers)
    with pytest.raises(BadShipDate), transaction.atomic():
        commands.confirm_supply(trade.first.actor, part, ship_date=dt.date(2026, 3, 1))
    assert (written(), on_hand(trade, trade.a)) == (before, free)


def test_a_substitute_comes_at_the_lines_price_and_holds_its_own_stock(trade: Trade) -> None:
    placed = trade.order((trade.a, 10), accepts_substitutes=True)
    part = trade.part(placed)
    line = trade.lines(part)[0]
    trade.supply(part, [SupplyAnswer(line, Decimal(8), substitute_sku_ref=trade.b)])
    assert on_hand(trade, trade.a, trade.b) == [100, 92]
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    assert queries.part_money(part).due == 80000
    trade.ship(part, 8)
    trade.give_back(part, GiveBack(line, Decimal(2)))
    assert on_hand(trade, trade.a, trade.b) == [100, 94]
    assert trade.line(part)["substitute_sku_ref"] == trade.b


def test_substitutes_are_the_suppliers_own_other_goods_in_the_same_unit(trade: Trade) -> None:
    kilos = trade.market.sku(trade.first, "K", [(1, "5.00")], unit="kg")
    strict = trade.part(trade.order((trade.a, 1)))
    with pytest.raises(SubstitutesRefused), transaction.atomic():
        trade.supply(strict, [SupplyAnswer(trade.lines(strict)[0], Decimal(1), trade.b)])
    part = trade.part(trade.order((trade.a, 1), accepts_substitutes=True))
    for ref in (trade.a, trade.c, kilos, "sku_none"):
        with pytest.raises(BadSubstitute), transaction.atomic():
            trade.supply(part, [SupplyAnswer(trade.lines(part)[0], Decimal(1), ref)])
    few = trade.market.sku(trade.first, "F", [(1, "5.00")], stock=1)
    big = trade.part(trade.order((trade.a, 5), accepts_substitutes=True))
    with pytest.raises(OutOfStock), transaction.atomic():
        trade.supply(big, [SupplyAnswer(trade.lines(big)[0], Decimal(5), few)])
    assert trade.line(big)["substitute_sku_ref"] is None


def test_answering_many_lines_takes_as_many_statements_as_answering_few(trade: Trade) -> None:
    counts = []
    for size in (2, 12):
        wishes = [(trade.market.sku(trade.first, f"N{size}-{n}", [(1, "1.00")], stock=9), 4) for n in range(size)]
        part = trade.part(trade.order(*wishes, accepts_substitutes=True))
        refs = trade.lines(part)
        answers = [SupplyAnswer(ref, Decimal(3)) for ref in refs[: size // 2]]
        answers += [SupplyAnswer(ref, Decimal(1), trade.b) for ref in refs[size // 2 :]]
        with CaptureQueriesContext(connection) as statements:
            trade.supply(part, answers)
        counts.append(len(statements))
    assert counts[0] == counts[1]


# -- nobody answers for two sides --------------------------------------------------------------------------------------


def test_nobody_confirms_margin_and_goods(trade: Trade) -> None:
    twin = trade.also(trade.first.actor, trade.partner, "partner")
    part = trade.part(trade.order((trade.a, 1)))
    trade.supply(part)
    for answer in (commands.confirm_margin, lambda a, p: commands.object_to_margin(a, p, reason="too little")):
        with pytest.raises(BothSides), transaction.atomic():
            answer(twin, part)
    second = trade.part(trade.order((trade.a, 1)))
    commands.confirm_margin(twin, second)
    with pytest.raises(BothSides), transaction.atomic():
        trade.supply(second)
    with pytest.raises(BothSides), transaction.atomic():
        commands.reject_supply(trade.first.actor, second, reason="no")
    trade.supply(second, actor=trade.first.colleague)


def test_nobody_judges_their_own_objection(trade: Trade) -> None:
    twin = trade.also(trade.partner.actor, trade.market.operator, "operator")
    part = trade.part(trade.order((trade.a, 1)))
    commands.object_to_margin(trade.partner.actor, part, reason="too little")
    for judge in (commands.overrule_objection, commands.uphold_objection):
        with pytest.raises(BothSides), transaction.atomic():
            judge(twin, part)
    commands.overrule_objection(trade.boss, part)


# -- objections --------------------------------------------------------------------------------------------------------


def test_an_overruled_objection_counts_as_confirmed(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    part = trade.part(placed)
    with pytest.raises(NoObjection), transaction.atomic():
        commands.overrule_objection(trade.boss, part)
    trade.supply(part)
    commands.object_to_margin(trade.partner.actor, part, reason="too little")
    with pytest.raises(AlreadyConfirmed), transaction.atomic():
        commands.object_to_margin(trade.partner.actor, part, reason="still too little")
    commands.overrule_objection(trade.boss, part)
    drain()
    assert trade.status(placed) == ["released"]


def test_an_upheld_objection_cancels_the_part_and_decides_the_rest(trade: Trade) -> None:
    placed = trade.order()
    first, second = placed.supplier_order_refs
    trade.supply(second)
    commands.confirm_margin(trade.partner.actor, second)
    commands.object_to_margin(trade.partner.actor, first, reason="too little")
    commands.uphold_objection(trade.boss, first)
    drain()
    assert trade.status(placed) == ["cancelled", "released"]
    assert on_hand(trade, trade.a) == [100]


def test_a_partner_may_think_again(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    part = trade.part(placed)
    commands.object_to_margin(trade.partner.actor, part, reason="too little")
    commands.confirm_margin(trade.partner.actor, part)
    trade.supply(part)
    drain()
    assert trade.status(placed) == ["released"]


# -- cancelling --------------------------------------------------------------------------------------------------------


def test_a_cancelled_order_holds_nothing(trade: Trade) -> None:
    placed = trade.order()
    commands.cancel_order(trade.buyer.actor, placed.ref, reason="no more need")
    drain()
    assert on_hand(trade, trade.a, trade.c) == [100, 100]
    assert books.held(placed.ref) == {}
    assert Order.objects.get(ref=placed.ref).closed_at == trade.clock.at
    with pytest.raises(WrongState), transaction.atomic():
        commands.cancel_order(trade.buyer.actor, placed.ref, reason="again")


def test_nothing_is_cancelled_once_goods_are_on_their_way(trade: Trade) -> None:
    placed = trade.released()
    trade.ship(trade.part(placed), 1, sign=False)
    with pytest.raises(AlreadyShipped), transaction.atomic():
        commands.cancel_order(trade.buyer.actor, placed.ref, reason="too late")
    with pytest.raises(AlreadyShipped), transaction.atomic():
        commands.cancel_supplier_order(trade.buyer.actor, trade.part(placed), reason="too late")
    commands.cancel_supplier_order(trade.second.actor, trade.part(placed, 1), reason="machine broke")
    assert trade.status(placed) == ["released", "cancelled"]


def test_a_suppliers_words_stay_on_the_order_and_out_of_the_event_log(trade: Trade) -> None:
    placed = trade.order()
    words = "Mr Chen called from +86 138 0013 8000"
    commands.reject_supply(trade.first.actor, trade.part(placed), reason=words)
    assert queries.get_order(trade.buyer.actor, placed.ref)["supplier_orders"][0]["cancel_reason"] == words
    event = EventRecord.objects.get(name="SupplierOrderCancelled")
    assert event.data == {"order_ref": placed.ref, "reason": "stated"}


# -- shipping and giving back ------------------------------------------------------------------------------------------


def test_no_more_leaves_than_is_there_to_leave(trade: Trade) -> None:
    waiting = trade.part(trade.order((trade.a, 1)))
    with pytest.raises(NotReleased), transaction.atomic():
        trade.ship(waiting, 1)
    placed = trade.released((trade.a, 10))
    part = trade.part(placed)
    trade.ship(part, 6, key="k1")
    for quantity, refusal in [("5", OverShipped), ("0", BadQuantity), ("-1", BadQuantity)]:
        with pytest.raises(refusal), transaction.atomic():
            trade.ship(part, quantity, key="k2")
    trade.ship(part, 4, key="k3")
    assert trade.status(placed) == ["signed"]


def test_what_never_leaves_is_not_waited_for(trade: Trade) -> None:
    placed = trade.released((trade.a, 10))
    part = trade.part(placed)
    line = trade.lines(part)[0]
    with pytest.raises(UseCancel), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(10), unshipped=True))
    trade.ship(part, 6)
    assert trade.status(placed) == ["released"]
    trade.give_back(part, GiveBack(line, Decimal(4), unshipped=True))
    assert trade.status(placed) == ["signed"]
    assert on_hand(trade, trade.a) == [94]


def test_no_more_comes_back_than_left(trade: Trade) -> None:
    part = trade.part(trade.released((trade.a, 10)))
    line = trade.lines(part)[0]
    trade.ship(part, 6, sign=False)
    cases: list[tuple[list[GiveBack], type[Refusal]]] = [
        ([GiveBack(line, Decimal(7))], OverReturned),
        ([GiveBack(line, Decimal(5), unshipped=True)], OverReturned),
        ([GiveBack(line, Decimal(1)), GiveBack(line, Decimal(1))], UnknownLine),
        ([GiveBack("oln_none", Decimal(1))], UnknownLine),
        ([GiveBack(line, amount=100001)], OverRefunded),
        ([GiveBack(line, amount=10**30)], OverRefunded),
    ]
    before = OrderLine.objects.values_list("back_quantity", "back_amount").get(ref=line), written()
    for items, refusal in cases:
        with pytest.raises(refusal), transaction.atomic():
            trade.give_back(part, *items)
    with pytest.raises(NotFound), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(1)), actor=trade.second.actor)
    with pytest.raises(Denied), transaction.atomic():
        trade.give_back(part, GiveBack(line, Decimal(1)), actor=trade.buyer.actor)
    assert (OrderLine.objects.values_list("back_quantity", "back_amount").get(ref=line), written()) == before


def test_completion_waits_for_the_window_and_for_every_hold(trade: Trade) -> None:
    placed = trade.released((trade.a, 1))
    part = trade.part(placed)
    trade.ship(part, 1)
    window = trade.clock.at + dt.timedelta(days=7)
    for _twice in range(2):
        commands.hold_completion(trade.boss, part)
    trade.clock.at = window
    for _hold in range(2):
        with pytest.raises(NotDue), transaction.atomic():
            commands.complete(trade.boss, part)
        commands.lift_hold(trade.boss, part)
    with pytest.raises(WrongState), transaction.atomic():
        commands.lift_hold(trade.boss, part)
    trade.clock.at = window - dt.timedelta(microseconds=1)
    with pytest.raises(NotDue), transaction.atomic():
        commands.complete(trade.boss, part)
    trade.clock.at = window
    commands.complete(trade.boss, part)
    assert trade.status(placed) == ["completed"]
    with pytest.raises(WrongState), transaction.atomic():
        commands.hold_completion(trade.boss, part)
    for actor in (trade.buyer.actor, trade.first.actor, trade.partner.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.hold_completion(actor, part)
