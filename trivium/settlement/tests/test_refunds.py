"""Money goes back by the rule, never more than was paid, and once."""

import pytest
from django.db import transaction

from trivium.core.errors import Refusal
from trivium.core.jobs import drain
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.settlement import commands
from trivium.settlement.errors import (
    NothingToRefund,
    TooMuchFreight,
)
from trivium.settlement.models import Funding
from trivium.settlement.rules import RefundItem
from trivium.settlement.tests.factories import Deal, written

pytestmark = pytest.mark.django_db


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
