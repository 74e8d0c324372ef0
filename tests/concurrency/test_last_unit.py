"""The last unit under several connections: oversold without the lock, then never again.

The statement of `reserve` is run on a copy of the tables without constraints, once with its lock taken out and once
whole, so that the lock alone makes the difference. Then the command itself, on the real tables.
"""

import random
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.db import OperationalError, transaction

from tests.concurrency.sessions import PATIENCE, Session, all_at_once, cross
from trivium.catalog.tests.factories import make_skus, make_supplier
from trivium.core import sql
from trivium.core.errors import Refusal
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.inventory import commands, queries
from trivium.inventory.commands import holds
from trivium.inventory.errors import AlreadyMoved, NotHeld, OutOfStock
from trivium.inventory.rules import Item, Share, Take, Want
from trivium.inventory.tests.factories import make_stock, stock_up, want

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "FOR NO KEY UPDATE OF s"


def reserve(*wants: Want) -> list[Share]:
    return commands.reserve(wants, at=now())


def capture(subject: str, quantity: int, *, key: str) -> list[Share]:
    return commands.capture([Take(subject, Decimal(quantity))], at=now(), key=key, actor_ref="tests")


def level(sku: int, table: str = "inventory_stocklevel") -> tuple[int, int]:
    """What is on hand and what is reserved of a sku, over all locations."""
    found = sql.rows(f"SELECT sum(on_hand), sum(reserved) FROM {table} WHERE sku_id = %s", [sku])[0]
    return int(found[0]), int(found[1])


# -- without the lock -----------------------------------------------------------------------------------


@pytest.fixture
def scratch() -> Iterator[int]:
    """A sku with one unit left, in copies of the tables that refuse nothing; returns the sku's key."""
    (sku,) = make_stock(make_supplier(), 1)
    sql.execute("CREATE TABLE scratch_level AS SELECT * FROM inventory_stocklevel")
    sql.execute("CREATE TABLE scratch_hold AS SELECT * FROM inventory_reservation")
    yield sku
    sql.execute("DROP TABLE scratch_level, scratch_hold")


def reserve_in_scratch(sku: int, *, lock: str) -> bool:
    """One unit through the command's own statement, on the copies; whether it was there."""
    statement = holds._RESERVE.replace("inventory_stocklevel", "scratch_level").replace(
        "inventory_reservation", "scratch_hold"
    )
    assert LOCK in statement and "scratch_level" in statement and "scratch_hold" in statement
    params = {"skus": [sku], "quantities": [Decimal(1)], "subjects": [new_ref("oln")], "at": now()}
    with transaction.atomic():
        return bool(sql.rows(statement.replace(LOCK, lock), params)[0][0])


def test_reading_first_and_writing_then_oversells(scratch: int) -> None:
    buyers = 16
    all_have_read = threading.Barrier(buyers)

    def buy() -> bool:
        with transaction.atomic():
            on_hand, reserved = level(scratch, "scratch_level")
            all_have_read.wait(PATIENCE)
            if on_hand > reserved:
                sql.execute("UPDATE scratch_level SET reserved = reserved + 1 WHERE sku_id = %s", [scratch])
            return on_hand > reserved

    assert all_at_once([buy] * buyers) == [True] * buyers
    assert level(scratch, "scratch_level") == (1, buyers)


@pytest.mark.parametrize(("lock", "sold"), [("", 2), (LOCK, 1)])
def test_the_lock_alone_makes_the_statement_safe(
    scratch: int, two: tuple[Session, Session], lock: str, sold: int
) -> None:
    buy = partial(reserve_in_scratch, scratch, lock=lock)
    done, other = cross(two, buy, buy)
    assert done
    assert other.result(PATIENCE) is (sold == 2)
    assert sql.rows("SELECT count(*) FROM scratch_hold") == [(sold,)]


def test_lines_taken_one_by_one_in_any_order_deadlock(two: tuple[Session, Session]) -> None:
    pair = make_stock(make_supplier(), 10, 10)
    take = "UPDATE inventory_stocklevel SET reserved = reserved + 1 WHERE sku_id = %s"
    for session, sku in zip(two, pair, strict=True):
        session.begin()
        session.do(sql.execute, "SET LOCAL deadlock_timeout = '50ms'")
        session.do(sql.execute, take, [sku])
    waiting = [
        session.start(sql.execute, take, [sku]) for session, sku in zip(two, reversed(pair), strict=True)
    ]
    failed = [future.exception(PATIENCE) for future in waiting]
    assert [type(error) for error in failed if error] == [OperationalError]


# -- with it: two at a time -----------------------------------------------------------------------------


def test_the_second_waits_and_is_told_what_is_left(two: tuple[Session, Session]) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    _done, other = cross(two, partial(reserve, want(sku, 7)), partial(reserve, want(sku, 4)))
    with pytest.raises(OutOfStock) as refused:
        other.result(PATIENCE)
    assert [(short.asked, short.available) for short in refused.value.short] == [(4, 3)]
    assert level(sku) == (10, 7)


def test_the_second_takes_what_the_first_gave_up(two: tuple[Session, Session]) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    _done, other = cross(two, partial(reserve, want(sku, 7)), partial(reserve, want(sku, 10)), undo=True)
    assert [share.quantity for share in other.result(PATIENCE)] == [10]
    assert level(sku) == (10, 10)


def test_neither_of_two_is_lost_or_counted_twice(two: tuple[Session, Session]) -> None:
    """The snapshot of the second statement is older than the first's commit; the row it locks is not."""
    sku, other_sku = make_stock(make_supplier(), 10, 10)
    _done, other = cross(
        two,
        partial(reserve, want(sku, 3, "oln_a"), want(other_sku, 1, "oln_b")),
        partial(reserve, want(sku, 4, "oln_c"), want(other_sku, 2, "oln_d"), want(sku, 2, "oln_e")),
    )
    assert sum(share.quantity for share in other.result(PATIENCE)) == 8
    assert (level(sku), level(other_sku)) == ((10, 9), (10, 3))
    assert not list(queries.faults())


def test_the_second_goes_on_to_the_next_location(two: tuple[Session, Session]) -> None:
    supplier = make_supplier()
    ref = make_skus(supplier)[0]
    near, far = (commands.open_location(supplier, name=name, priority=p) for p, name in enumerate("NF"))
    for place in (near, far):
        sku = stock_up(supplier, ref, 5, location_ref=place)
    _done, other = cross(two, partial(reserve, want(sku, 4)), partial(reserve, want(sku, 4)))
    assert sorted(share.quantity for share in other.result(PATIENCE)) == [1, 3]
    assert not list(queries.faults())


def test_goods_that_arrive_while_one_waits_are_counted(two: tuple[Session, Session]) -> None:
    """Constraints must not be checked on the row as it was before the goods came."""
    supplier = make_supplier()
    ref = make_skus(supplier)[0]
    sku = stock_up(supplier, ref, 1)
    _done, other = cross(
        two, partial(commands.receive, supplier, [Item(ref, 9)], key="more"), partial(reserve, want(sku, 10))
    )
    assert [share.quantity for share in other.result(PATIENCE)] == [10]
    assert level(sku) == (10, 10)


def test_what_was_received_or_freed_while_others_wait_can_be_shipped(two: tuple[Session, Session]) -> None:
    supplier = make_supplier()
    ref = make_skus(supplier)[0]
    sku = stock_up(supplier, ref, 1)
    commands.set_backorder(supplier, [ref], is_allowed=True)
    reserve(want(sku, 8, "oln_a"))
    _done, other = cross(
        two,
        partial(commands.receive, supplier, [Item(ref, 9)], key="more"),
        partial(capture, "oln_a", 8, key="ship:1"),
    )
    assert len(other.result(PATIENCE)) == 1
    assert level(sku) == (2, 0)
    place = queries.locations_of(supplier)[0].ref
    _done, other = cross(
        two,
        partial(commands.count_stock, supplier, [Item(ref, 20)]),
        partial(commands.write_off, supplier, [Item(ref, 15)], location_ref=place, key="w"),
    )
    assert other.result(PATIENCE)
    assert level(sku) == (5, 0)
    assert not list(queries.faults())


def test_a_hold_released_twice_at_once_is_released_once(two: tuple[Session, Session]) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    reserve(want(sku, 4, "oln_a"), want(sku, 5, "oln_b"))
    done, other = cross(
        two,
        partial(commands.release, ["oln_a"], at=now()),
        partial(commands.release, ["oln_a", "oln_b"], at=now()),
    )
    assert len(done) == 1
    assert [share.subject for share in other.result(PATIENCE)] == ["oln_b"]
    assert level(sku) == (10, 0)
    assert not list(queries.faults())


def test_part_releases_at_once_both_count(two: tuple[Session, Session]) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    reserve(want(sku, 9, "oln_a"))
    _done, other = cross(
        two,
        partial(commands.release, ["oln_a"], quantities={"oln_a": Decimal(2)}, at=now()),
        partial(commands.release, ["oln_a"], quantities={"oln_a": Decimal(3)}, at=now()),
    )
    other.result(PATIENCE)
    assert level(sku) == (10, 4) and queries.held(["oln_a"]) == {"oln_a": 4}
    assert not list(queries.faults())


def test_what_is_released_while_it_is_shipped_is_not_shipped(two: tuple[Session, Session]) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    reserve(want(sku, 5, "oln_a"))
    _done, other = cross(
        two,
        partial(commands.release, ["oln_a"], quantities={"oln_a": Decimal(2)}, at=now()),
        partial(capture, "oln_a", 5, key="ship:1"),
    )
    with pytest.raises(NotHeld):
        other.result(PATIENCE)
    assert level(sku) == (10, 3)
    assert not list(queries.faults())


@pytest.mark.parametrize(("shipped", "refusal"), [(5, NotHeld), (2, AlreadyMoved)])
def test_one_shipment_recorded_twice_at_once_leaves_once(
    two: tuple[Session, Session], shipped: int, refusal: type[Exception]
) -> None:
    (sku,) = make_stock(make_supplier(), 10)
    reserve(want(sku, 5, "oln_a"))
    ship = partial(capture, "oln_a", shipped, key="ship:1")
    _done, other = cross(two, ship, ship)
    with pytest.raises(refusal):
        other.result(PATIENCE)
    assert ship() == []
    assert level(sku) == (10 - shipped, 5 - shipped)
    assert not list(queries.faults())


# -- with it: crowds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("buyers", [16, 64])
def test_a_crowd_gets_exactly_what_is_there(buyers: int) -> None:
    supplier = make_supplier()
    ref = make_skus(supplier)[0]
    places = [commands.open_location(supplier, name=f"Place {p}", priority=p) for p in range(2)]
    for place in places:
        sku = stock_up(supplier, ref, 25, location_ref=place)
    tries = 128 // buyers

    def buy() -> int:
        got = 0
        for _ in range(tries):
            try:
                got += int(sum(share.quantity for share in reserve(want(sku, 1))))
            except OutOfStock:
                continue
        return got

    assert sum(all_at_once([buy] * buyers)) == 50
    assert level(sku) == (50, 50)
    assert not list(queries.faults())


def test_crossing_orders_do_not_deadlock() -> None:
    skus = make_stock(make_supplier(), *[100_000] * 4)
    buyers, rounds = 12, 20

    def buy(buyer: int) -> int:
        order = skus if buyer % 2 else list(reversed(skus))
        for _ in range(rounds):
            subjects = [new_ref("oln") for _sku in order]
            reserve(*(want(sku, 1, s) for sku, s in zip(order, subjects, strict=True)))
            commands.release(list(reversed(subjects))[:2], at=now())
            takes = [Take(s, Decimal(1)) for s in subjects[:2]]
            commands.capture(takes, at=now(), key=new_ref("ship"), actor_ref="tests")
        return rounds

    assert all_at_once([partial(buy, buyer) for buyer in range(buyers)]) == [rounds] * buyers
    assert not list(queries.faults())
    assert sum(level(sku)[0] for sku in skus) == 400_000 - 2 * buyers * rounds
    assert [level(sku)[1] for sku in skus] == [0] * 4


def test_everything_at_once_keeps_the_books() -> None:
    supplier = make_supplier()
    refs = make_skus(supplier, 3)
    skus = [stock_up(supplier, ref, 20) for ref in refs]
    subjects = [f"oln_{n}" for n in range(12)]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for step in range(25):
            try:
                subject, some = dice.choice(subjects), dice.sample(range(3), 2)
                match dice.randrange(5):
                    case 0 | 1:
                        reserve(*(want(skus[n], dice.randint(1, 5), subject) for n in some))
                    case 2:
                        commands.release([subject, dice.choice(subjects)], at=now())
                    case 3:
                        capture(subject, dice.randint(1, 3), key=f"ship:{seed}.{step}")
                    case _:
                        items = [Item(refs[n], dice.randint(1, 3)) for n in some]
                        commands.receive(supplier, items, key=f"{seed}.{step}")
            except Refusal:
                continue

    assert all_at_once([partial(work, seed) for seed in range(10)]) == [None] * 10
    assert not list(queries.faults())
