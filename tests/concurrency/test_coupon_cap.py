"""A coupon's last use under several connections: given twice without the guard, then never again."""

from functools import partial
from typing import Any

import pytest

from tests.concurrency.sessions import PATIENCE, Session, all_at_once
from trivium.core import sql
from trivium.core.time import now
from trivium.parties.tests.factories import make_organization
from trivium.pricing import commands
from trivium.pricing.errors import CouponRefused
from trivium.pricing.tests.factories import make_actor

pytestmark = pytest.mark.django_db(transaction=True)


def make_coupon(**caps: Any) -> int:
    partner = make_actor(make_organization("Partner", "partner"), "partner")
    ref = commands.create_coupon(partner, code="LAST", amount_off=1000, currency="CNY", **caps)
    return int(sql.rows("SELECT id FROM pricing_coupon WHERE ref = %s", [ref])[0][0])


def make_buyers(how_many: int) -> list[int]:
    return [make_organization(f"Buyer {n}", "buyer").pk for n in range(how_many)]


def state(coupon_id: int) -> tuple[int | None, int]:
    """(uses left, uses given)."""
    left = sql.rows("SELECT uses_left FROM pricing_coupon WHERE id = %s", [coupon_id])[0][0]
    given = "SELECT count(*) FROM pricing_couponuse WHERE coupon_id = %s AND status = 'held'"
    return left, int(sql.rows(given, [coupon_id])[0][0])


def redeem(coupon_id: int, buyer_id: int, subject: str) -> str:
    commands.redeem_coupon([coupon_id], buyer_id=buyer_id, subject=subject, at=now())
    return "used"


def naive_redeem(coupon_id: int, buyer_id: int, subject: str, left: int) -> None:
    """What a shop does that reads the cap, decides, and then writes what it has read."""
    sql.execute("UPDATE pricing_coupon SET uses_left = %s WHERE id = %s", [left - 1, coupon_id])
    sql.execute(
        "INSERT INTO pricing_couponuse (coupon_id, buyer_id, subject, status, at) VALUES (%s, %s, %s, 'held', %s)",
        [coupon_id, buyer_id, subject, now()],
    )


def test_reading_the_cap_and_then_writing_it_gives_the_last_use_twice(two: tuple[Session, Session]) -> None:
    coupon_id, buyers = make_coupon(uses=1), make_buyers(2)
    lefts = []
    for session in two:
        session.begin()
        lefts.append(session.do(state, coupon_id)[0])
    assert lefts == [1, 1]
    two[0].do(naive_redeem, coupon_id, buyers[0], "ord_1", 1)
    second = two[1].start(naive_redeem, coupon_id, buyers[1], "ord_2", 1)
    two[0].end()
    second.result(PATIENCE)
    two[1].end()
    assert state(coupon_id) == (0, 2)


def test_counting_a_buyers_uses_and_then_adding_one_passes_its_cap(two: tuple[Session, Session]) -> None:
    coupon_id, (buyer,) = make_coupon(per_buyer=1), make_buyers(1)
    for n, session in enumerate(two):
        session.begin()
        assert session.do(state, coupon_id)[1] == 0
        session.do(
            sql.execute,
            "INSERT INTO pricing_couponuse (coupon_id, buyer_id, subject, status, at) VALUES (%s, %s, %s, 'held', %s)",
            [coupon_id, buyer, f"ord_{n}", now()],
        )
    for session in two:
        session.end()
    assert state(coupon_id) == (None, 2)


def test_the_last_use_is_given_once(two: tuple[Session, Session]) -> None:
    coupon_id, buyers = make_coupon(uses=1), make_buyers(2)
    two[0].begin()
    two[1].begin()
    two[0].do(redeem, coupon_id, buyers[0], "ord_1")
    second = two[1].start(redeem, coupon_id, buyers[1], "ord_2")
    two[0].end()
    with pytest.raises(CouponRefused):
        second.result(PATIENCE)
    two[1].end(undo=True)
    assert state(coupon_id) == (0, 1)


def test_a_use_that_was_undone_goes_to_who_waits(two: tuple[Session, Session]) -> None:
    coupon_id, buyers = make_coupon(uses=1), make_buyers(2)
    two[0].begin()
    two[0].do(redeem, coupon_id, buyers[0], "ord_1")
    second = two[1].start(redeem, coupon_id, buyers[1], "ord_2")
    two[0].end(undo=True)
    assert second.result(PATIENCE) == "used"
    assert state(coupon_id) == (0, 1)


def test_sixteen_buyers_at_once_get_five_uses() -> None:
    coupon_id, buyers = make_coupon(uses=5), make_buyers(16)
    results = all_at_once([partial(redeem, coupon_id, buyer, f"ord_{n}") for n, buyer in enumerate(buyers)])
    assert [type(r).__name__ for r in results if r != "used"] == ["CouponRefused"] * 11
    assert state(coupon_id) == (0, 5)


def test_one_buyer_at_once_from_eight_windows_stays_in_its_cap() -> None:
    coupon_id, (buyer,) = make_coupon(per_buyer=2), make_buyers(1)
    results = all_at_once([partial(redeem, coupon_id, buyer, f"ord_{n}") for n in range(8)])
    assert results.count("used") == 2
    assert state(coupon_id) == (None, 2)


def test_two_buyers_of_an_unlimited_coupon_do_not_wait_for_each_other(two: tuple[Session, Session]) -> None:
    coupon_id, buyers = make_coupon(per_buyer=1), make_buyers(2)
    for n, session in enumerate(two):
        session.begin()
        assert session.start(redeem, coupon_id, buyers[n], f"ord_{n}").result(10) == "used"
    for session in two:
        session.end()
    assert state(coupon_id) == (None, 2)


def test_using_and_giving_back_at_once_keeps_the_sum() -> None:
    coupon_id, buyers = make_coupon(uses=8), make_buyers(8)
    for n, buyer in enumerate(buyers[:4]):
        redeem(coupon_id, buyer, f"ord_{n}")
    backs = [partial(commands.release_coupon, f"ord_{n % 4}", at=now()) for n in range(8)]
    takes = [partial(redeem, coupon_id, buyer, f"new_{n}") for n, buyer in enumerate(buyers[4:])]
    results = all_at_once([*backs, *takes])
    assert sum(result for result in results[:8]) == 4
    assert results[8:] == ["used"] * 4
    assert state(coupon_id) == (4, 4)
