"""An order and a cut-over at one instant: without the hold the order lands under the wrong partner, with it never."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from tests.concurrency.sessions import PATIENCE, one_after_the_other, two_sessions, wait_for_a_waiter
from tests.concurrency.shop import Shop
from trivium.core import sql
from trivium.core.errors import JustDone
from trivium.core.jobs import drain
from trivium.core.time import business_day, now
from trivium.ordering.models import Order
from trivium.ordering.queries.faults.states import placed_under_the_partner_of_the_day
from trivium.parties import commands as parties
from trivium.parties.commands import assigning
from trivium.parties.errors import AlreadyAssigned, CutoverPlanned
from trivium.parties.models import Assignment, Cutover
from trivium.parties.queries import workspaces
from trivium.parties.queries.approvals import buyers_have_one_partner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rival(shop: Shop) -> Any:
    made = shop.market.partner("Huitong")
    drain()
    return made


@contextmanager
def without_the_hold() -> Iterator[None]:
    """Orders are placed as if nobody could be re-assigned meanwhile."""
    kept, workspaces._HELD = workspaces._HELD, ""
    try:
        yield
    finally:
        workspaces._HELD = kept


def move(shop: Shop, to: Any) -> Any:
    """The operator re-assigns the buyer, as of now."""
    return parties.assign_buyer(shop.boss, buyer_ref=shop.buyer.ref, partner_ref=to.ref, reason="territory")


def partner_of_order(shop: Shop) -> int:
    return int(Order.objects.get(ref=shop.order).partner_id)


def test_without_the_hold_an_order_lands_under_the_partner_that_lost_the_buyer(shop: Shop, rival: Any) -> None:
    with without_the_hold(), two_sessions() as (first, second):
        first.begin()
        first.do(move, shop, rival)
        second.do(shop.place)
        first.end()
    assert partner_of_order(shop) == shop.partner.id
    assert len(list(placed_under_the_partner_of_the_day())) == 1
    # The books are put right, so that the audit of this shop finds what it is there to find.
    Cutover.objects.all().delete()
    Assignment.objects.filter(buyer_id=shop.buyer.id, partner_id=rival.id).delete()
    Assignment.objects.filter(buyer_id=shop.buyer.id).update(ends_at=None)
    assert list(placed_under_the_partner_of_the_day()) == []


def test_an_order_that_waited_for_the_cut_over_is_the_new_partners(shop: Shop, rival: Any) -> None:
    with two_sessions() as (first, second):
        first.begin()
        first.do(move, shop, rival)
        waiting = second.start(shop.place)
        wait_for_a_waiter()
        first.end()
        waiting.result(PATIENCE)
    assert partner_of_order(shop) == rival.id
    assert list(placed_under_the_partner_of_the_day()) == []


def test_a_cut_over_that_waited_for_an_order_is_dated_after_it(shop: Shop, rival: Any) -> None:
    one_after_the_other(shop.place, partial(move, shop, rival))
    assert partner_of_order(shop) == shop.partner.id
    assert list(placed_under_the_partner_of_the_day()) == []


def test_an_undone_cut_over_leaves_the_order_where_it_was(shop: Shop, rival: Any) -> None:
    with two_sessions() as (first, second):
        first.begin()
        first.do(move, shop, rival)
        waiting = second.start(shop.place)
        wait_for_a_waiter()
        first.end(undo=True)
        waiting.result(PATIENCE)
    assert partner_of_order(shop) == shop.partner.id


@contextmanager
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Operators look whose buyer it is, and hold nothing."""

    def look(buyer_id: int) -> list[Assignment]:
        return list(Assignment.objects.filter(buyer_id=buyer_id).order_by("starts_at"))

    with monkeypatch.context() as patched:
        patched.setattr(assigning, "_lock_assignments", look)
        yield


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """Nothing in the database keeps a buyer to one partner at a time."""
    name = "parties_one_partner_at_a_time"
    ((definition,),) = sql.rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
    sql.execute(f"ALTER TABLE parties_assignment DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        sql.execute(f"ALTER TABLE parties_assignment ADD CONSTRAINT {name} {definition}")


def test_without_lock_and_constraint_two_operators_leave_a_buyer_with_two_partners(
    shop: Shop, rival: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = shop.market.partner("Third")
    with without_the_constraint(), without_the_lock(monkeypatch):
        one_after_the_other(partial(move, shop, rival), partial(move, shop, third))
        lasting = Assignment.objects.filter(buyer_id=shop.buyer.id, ends_at=None)
        partners, faults = {each.partner_id for each in lasting}, list(buyers_have_one_partner())
        # The books are put right, so that the audit of this shop finds what it is there to find.
        Cutover.objects.all().delete()
        Assignment.objects.filter(buyer_id=shop.buyer.id).exclude(partner_id=shop.partner.id).delete()
        Assignment.objects.filter(buyer_id=shop.buyer.id).update(ends_at=None)
    assert partners == {rival.id, third.id} and faults


def test_without_the_lock_only_the_constraint_stops_the_second_and_it_cannot_say_why(
    shop: Shop, rival: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = shop.market.partner("Third")
    with without_the_lock(monkeypatch):
        _done, second = one_after_the_other(partial(move, shop, rival), partial(move, shop, third))
    assert isinstance(second, JustDone)
    (lasting,) = Assignment.objects.filter(buyer_id=shop.buyer.id, ends_at=None)
    assert lasting.partner_id == rival.id and Cutover.objects.count() == 1


def test_two_operators_re_assign_one_buyer_to_one_partner_once(shop: Shop, rival: Any) -> None:
    _done, second = one_after_the_other(partial(move, shop, rival), partial(move, shop, rival))
    assert isinstance(second, AlreadyAssigned)
    assert Cutover.objects.count() == 1


def test_two_operators_re_assign_one_buyer_one_after_the_other(shop: Shop, rival: Any) -> None:
    third = shop.market.partner("Third")
    one_after_the_other(partial(move, shop, rival), partial(move, shop, third))
    held = Assignment.objects.filter(buyer_id=shop.buyer.id).order_by("starts_at")
    assert [each.partner_id for each in held] == [shop.partner.id, rival.id, third.id]
    assert [each.ends_at for each in held][:2] == [each.starts_at for each in held][1:]


def test_two_operators_plan_one_change(shop: Shop, rival: Any) -> None:
    third, day = shop.market.partner("Third"), business_day(now()) + dt.timedelta(days=3)
    plan = partial(parties.assign_buyer, shop.boss, buyer_ref=shop.buyer.ref, from_day=day, reason="territory")
    _done, second = one_after_the_other(partial(plan, partner_ref=rival.ref), partial(plan, partner_ref=third.ref))
    assert isinstance(second, CutoverPlanned)
