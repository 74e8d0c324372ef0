"""Who sees what of an order: the table of domain.md section 3, looked at from each side."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.jobs import drain
from trivium.core.time import SettableClock
from trivium.ordering import commands, queries
from trivium.ordering.models import Order, SupplierOrder
from trivium.ordering.tests.factories import Trade
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(clock: SettableClock) -> Trade:
    made = market_of(Trade, clock)
    pricing.launch_promotion(
        made.boss, name="Opening", amount_off=4321, threshold=1, currency="CNY",
        funders=[{"party": "operator", "weight": 60}, {"party": "supplier", "weight": 40}],
    )  # fmt: skip
    pricing.create_coupon(made.partner.actor, code="TEN", amount_off=1000, currency="CNY")
    return made


def numbers(value: object) -> set[int]:
    """Every whole number that stands anywhere in an answer."""
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*map(numbers, value)) if value else set()
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def test_no_role_finds_another_ones_figures_anywhere_in_an_order(trade: Trade) -> None:
    placed = trade.order(coupon_codes=["TEN"])
    whole = queries.get_order(trade.boss, placed.ref)
    line = whole["supplier_orders"][0]["lines"][0]["figures"]
    secret = {
        trade.buyer: ("commission", "fee", "supplier_net", "deduction", "operator_part", "supplier_part", "base"),
        trade.partner: ("fee", "supplier_net", "deduction", "operator_part", "supplier_part", "base"),
        trade.first: ("commission", "fee", "paid", "discount", "operator_part", "partner_part"),
    }
    for company, names in secret.items():
        seen = numbers(queries.get_order(company.actor, placed.ref))
        assert not seen & {line[name] for name in names}, company
    assert whole["total"] not in numbers(queries.get_order(trade.first.actor, placed.ref))


def test_a_supplier_sees_its_own_part_alone(trade: Trade) -> None:
    placed = trade.order()
    view = queries.get_order(trade.second.actor, placed.ref)
    assert [part["ref"] for part in view["supplier_orders"]] == [trade.part(placed, 1)]
    assert queries.worklist(trade.second.actor)[0].amount is None
    with pytest.raises(NotFound):
        queries.get_part(trade.second.actor, trade.part(placed))
    with pytest.raises(NotFound):
        queries.line_place(trade.second.actor, trade.lines(trade.part(placed))[0])


def test_an_order_is_nobody_elses(trade: Trade) -> None:
    placed = trade.order()
    rival_partner = trade.market.partner("Rival")
    rivals = [trade.market.buyer("Other", rival_partner), rival_partner, trade.market.supplier("Third")]
    for company in rivals:
        for ref in (placed.ref, placed.number, placed.number.lower()):
            with pytest.raises(NotFound):
                queries.get_order(company.actor, ref)
        assert queries.orders_of(company.actor) == []
        assert queries.worklist(company.actor) == []
        assert queries.numbers_of(company.actor, [placed.ref]) == {}


def test_an_objection_is_between_partner_and_operator(trade: Trade) -> None:
    placed = trade.order()
    commands.object_to_margin(trade.partner.actor, trade.part(placed), reason="too little")
    for company, seen in [(trade.buyer, False), (trade.first, False), (trade.partner, True)]:
        part = queries.get_order(company.actor, placed.ref)["supplier_orders"][0]
        assert ("objection" in part) == seen


def test_contracts_are_shown_to_those_who_signed_them(trade: Trade) -> None:
    part = trade.part(trade.order())
    line = trade.lines(part)[0]
    kinds = {
        company: [contract["kind"] for contract in queries.contracts_of(company.actor, line)]
        for company in (trade.buyer, trade.partner, trade.first)
    }
    assert kinds == {trade.buyer: [], trade.partner: ["operator_partner"], trade.first: ["operator_supplier"]}
    assert len(queries.contracts_of(trade.boss, line)) == 2


def test_each_worklist_says_what_waits(trade: Trade) -> None:
    def acts(company: object) -> list[str]:
        return [work.act for work in queries.worklist(company.actor)]  # type: ignore[attr-defined]

    placed = trade.order((trade.a, 2), payment_method="bank_transfer")
    part = trade.part(placed)
    assert (acts(trade.first), acts(trade.partner)) == (["confirm_supply"], ["confirm_margin"])
    commands.object_to_margin(trade.partner.actor, part, reason="too little")
    assert (acts(trade.partner), acts(trade.market.operator)) == ([], ["judge_objection"])
    commands.overrule_objection(trade.boss, part)
    trade.supply(part)
    assert (acts(trade.buyer), acts(trade.market.operator)) == (["pay"], ["record_transfer"])
    commands.record_funded(trade.boss, placed.ref, at=trade.clock.at)
    assert (acts(trade.first), acts(trade.buyer)) == (["ship"], [])
    trade.ship(part, 1, sign=False)
    assert (acts(trade.first), acts(trade.buyer)) == (["ship_rest"], ["sign"])


def test_lists_and_orders_take_a_constant_number_of_statements(trade: Trade) -> None:
    counts = []
    for _more in range(2):
        placed = trade.order((trade.a, 1), (trade.b, 1), (trade.c, 1))
        with CaptureQueriesContext(connection) as statements:
            queries.orders_of(trade.buyer.actor)
            queries.get_order(trade.buyer.actor, placed.ref)
            queries.worklist(trade.first.actor)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_orders_are_found_by_what_the_buyer_calls_them_but_not_for_how_much(trade: Trade) -> None:
    placed = trade.order((trade.a, 2), (trade.c, 1), po_number="PO-7")
    found = queries.orders_by_po_number(trade.first.actor, ["PO-7", ""])
    assert [(order.order_ref, order.sold) for order in found] == [(placed.ref, {("A", Decimal("100.000000")): 2})]
    assert placed.total not in numbers(vars(found[0]) if hasattr(found[0], "__dict__") else list(found[0].__slots__))
    assert queries.orders_by_po_number(trade.buyer.actor, ["PO-7"]) == []


def test_a_part_withdrawn_before_it_was_submitted_is_no_fault(trade: Trade) -> None:
    parties.set_approval_rule(trade.buyer.actor, organization_ref=trade.buyer.ref, threshold=1, currency="CNY")
    placed = trade.order()
    commands.cancel_supplier_order(trade.buyer.actor, trade.part(placed), reason="not this one")
    parties.decide(trade.buyer.colleague, str(people.approvals_waiting(trade.buyer.colleague)[0]["ref"]), yes=True)
    drain()
    assert trade.status(placed) == ["cancelled", "submitted"]
    assert list(queries.faults()) == []


def test_what_one_may_lock_is_what_one_may_see(trade: Trade) -> None:
    """The conditions of the locks say what `visible_to` says: before an order is submitted, and after."""
    open_ = trade.order()
    parties.set_approval_rule(trade.buyer.actor, organization_ref=trade.buyer.ref, threshold=1, currency="CNY")
    waits = trade.order()
    rivals = [trade.market.buyer("Other", trade.partner), trade.market.partner("Rival"), trade.market.supplier("Third")]
    readers = [trade.boss, Actor.system("test")]
    readers += [company.actor for company in (trade.buyer, trade.partner, trade.first, trade.second, *rivals)]
    seen: dict[tuple[str, str], int] = {}
    for reader in readers:
        for placed in (waits, open_):
            for part in SupplierOrder.objects.filter(order__ref=placed.ref):
                may = SupplierOrder.objects.visible_to(reader).filter(pk=part.pk).exists()
                assert _may(lambda ref=part.ref, who=reader: queries.lock_part(who, ref)) is may
                assert bool(queries.part_refs(reader, [part.pk])) is may
            may = Order.objects.visible_to(reader).filter(ref=placed.ref).exists()
            assert _may(lambda ref=placed.ref, who=reader: queries.lock_order(who, ref)) is may
            seen[reader.ref, placed.ref] = may
    assert sum(seen.values()) == 3 + 6  # who waits for approval is seen by its buyer, the operator and the system alone


def _may(look: Callable[[], object]) -> bool:
    try:
        look()
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("odd", ["", "ord_\x00", "ord_\ud800", "ord_é", "'; --"])
def test_an_odd_reference_is_not_found(trade: Trade, odd: str) -> None:
    for look in (queries.lock_order, queries.lock_part):
        with pytest.raises(NotFound):
            look(trade.boss, odd)
