"""Two confirmations, objections, substitutes: and nobody answers for two sides."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import Denied, NotFound, Refusal, WrongState
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.inventory.errors import OutOfStock
from trivium.ledger import queries as books
from trivium.ordering import commands, queries
from trivium.ordering.errors import (
    AlreadyConfirmed,
    BadShipDate,
    BadSubstitute,
    BothSides,
    NoObjection,
    OverConfirmed,
    SubstitutesRefused,
    UnknownLine,
)
from trivium.ordering.rules import GiveBack, SupplyAnswer
from trivium.ordering.tests.factories import Trade, on_hand, written
from trivium.pricing import commands as pricing

pytestmark = pytest.mark.django_db


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
    part, free = trade.part(placed), on_hand(trade.a, trade.b)
    a, b = trade.lines(part)
    trade.supply(part, [SupplyAnswer(a, Decimal(7)), SupplyAnswer(b, Decimal(0))])
    assert on_hand(trade.a, trade.b) == [free[0] + 3, free[1] + 5]
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    assert queries.part_money(part).due == 70000
    assert books.balance(f"buyer/{trade.buyer.ref}/receivable", "CNY") == -70000
    assert books.held(placed.ref) == {}
    told = EventRecord.objects.get(name="SupplyConfirmed", subject=part)
    assert told.data["short_lines"] == 2


def test_nothing_of_anything_is_a_rejection(trade: Trade) -> None:
    placed = trade.order((trade.a, 10), (trade.b, 5))
    part = trade.part(placed)
    trade.supply(part, [SupplyAnswer(line, Decimal(0)) for line in trade.lines(part)])
    assert trade.status(placed) == ["cancelled"]
    assert on_hand(trade.a, trade.b) == [100, 100]
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
    before, free = written(), on_hand(trade.a)
    for answers, refusal in cases:
        with pytest.raises(refusal), transaction.atomic():
            trade.supply(part, answers)
    with pytest.raises(BadShipDate), transaction.atomic():
        commands.confirm_supply(trade.first.actor, part, ship_date=dt.date(2026, 3, 1))
    assert (written(), on_hand(trade.a)) == (before, free)


def test_a_substitute_comes_at_the_lines_price_and_holds_its_own_stock(trade: Trade) -> None:
    placed = trade.order((trade.a, 10), accepts_substitutes=True)
    part = trade.part(placed)
    line = trade.lines(part)[0]
    trade.supply(part, [SupplyAnswer(line, Decimal(8), substitute_sku_ref=trade.b)])
    assert on_hand(trade.a, trade.b) == [100, 92]
    commands.confirm_margin(trade.partner.actor, part)
    drain()
    assert queries.part_money(part).due == 80000
    trade.ship(part, 8)
    trade.give_back(part, GiveBack(line, Decimal(2)))
    assert on_hand(trade.a, trade.b) == [100, 94]
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
    assert on_hand(trade.a) == [100]


def test_a_partner_may_think_again(trade: Trade) -> None:
    placed = trade.order((trade.a, 1))
    part = trade.part(placed)
    commands.object_to_margin(trade.partner.actor, part, reason="too little")
    commands.confirm_margin(trade.partner.actor, part)
    trade.supply(part)
    drain()
    assert trade.status(placed) == ["released"]


# -- coupons -----------------------------------------------------------------------------------------------------------


def test_a_coupon_comes_back_when_every_line_it_touched_comes_short(trade: Trade) -> None:
    pricing.create_coupon(trade.partner.actor, code="CENT", amount_off=1, currency="CNY", uses=1)
    placed = trade.order((trade.a, 10), (trade.b, 1), coupon_codes=["CENT"])  # a cent falls on the larger line alone
    part = trade.part(placed)
    large, small = trade.lines(part)
    trade.supply(part, [SupplyAnswer(large, Decimal(0)), SupplyAnswer(small, Decimal(1))])
    drain()
    assert trade.order((trade.a, 1), coupon_codes=["CENT"]).ref


def test_a_coupon_stays_used_while_one_line_it_touched_is_supplied(trade: Trade) -> None:
    pricing.create_coupon(trade.partner.actor, code="TEN", amount_off=1000, currency="CNY", uses=1)
    placed = trade.order((trade.a, 10), (trade.b, 10), coupon_codes=["TEN"])
    part = trade.part(placed)
    large, small = trade.lines(part)
    trade.supply(part, [SupplyAnswer(large, Decimal(0)), SupplyAnswer(small, Decimal(1))])
    drain()
    with pytest.raises(Refusal), transaction.atomic():
        trade.order((trade.a, 1), coupon_codes=["TEN"])
