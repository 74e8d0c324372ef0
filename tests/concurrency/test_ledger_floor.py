"""The ledger under several connections: each race is shown without the lock first, then the lock stops it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from tests.concurrency.sessions import PATIENCE, Session, all_at_once, wait_for_a_waiter
from trivium.core import sql
from trivium.ledger import commands, queries
from trivium.ledger.commands import snapshots, writing
from trivium.ledger.errors import HoldResolved, Overdrawn
from trivium.ledger.rules import NewEntry, Posting
from trivium.ledger.tests.factories import AT, WHO, pay

pytestmark = pytest.mark.django_db(transaction=True)

ESCROW = "escrow/so_1"
OTHER = "escrow/so_2"
CREDIT = "buyer/org_b/receivable"


@contextmanager
def without_floor_trigger() -> Iterator[None]:
    sql.execute("ALTER TABLE ledger_balance DISABLE TRIGGER ledger_balance_floor")
    try:
        yield
    finally:
        sql.execute("ALTER TABLE ledger_balance ENABLE TRIGGER ledger_balance_floor")


def amount(account: str) -> int:
    return int(sql.rows("SELECT amount FROM ledger_balance WHERE account = %s", [account])[0][0])


def add(account: str, change: int) -> None:
    sql.execute("UPDATE ledger_balance SET amount = amount + %s WHERE account = %s", [change, account])


def test_reading_and_then_writing_overdraws(two: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    with without_floor_trigger():
        for session in two:
            session.begin()
            assert session.do(amount, ESCROW) >= 100
        first, second = two
        first.do(add, ESCROW, -100)
        taken = second.start(add, ESCROW, -100)
        first.end()
        taken.result(PATIENCE)
        second.end()
    assert amount(ESCROW) == -100


def test_even_then_the_database_refuses(two: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two
    for session in two:
        session.begin()
        assert session.do(amount, ESCROW) >= 100
    first.do(add, ESCROW, -100)
    taken = second.start(add, ESCROW, -100)
    first.end()
    with pytest.raises(IntegrityError):
        taken.result(PATIENCE)


def test_the_command_waits_and_then_refuses(two: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two
    first.begin()
    first.do(pay, ESCROW, "bank", 100, key="out 1")
    taken = second.start(pay, ESCROW, "bank", 100, key="out 2")
    wait_for_a_waiter()
    first.end()
    with pytest.raises(Overdrawn):
        taken.result(PATIENCE)
    assert (amount(ESCROW), queries.entry("out 2")) == (0, None)


def test_the_command_waits_and_takes_when_the_other_gave_up(two: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two
    first.begin()
    first.do(pay, ESCROW, "bank", 100, key="out 1")
    taken = second.start(pay, ESCROW, "bank", 70, key="out 2")
    wait_for_a_waiter()
    first.end(undo=True)
    taken.result(PATIENCE)
    assert (amount(ESCROW), queries.entry("out 1")) == (30, None)


def test_exactly_what_is_there_is_taken_by_many() -> None:
    there, takers, each = 50, 8, 10
    pay("bank", ESCROW, there, key="in")

    def take(taker: int) -> int:
        taken = 0
        for number in range(each):
            try:
                pay(ESCROW, "operator/fees", 1, key=f"{taker}.{number}")
            except Overdrawn:
                continue
            taken += 1
        return taken

    taken = all_at_once([partial(take, taker) for taker in range(takers)])
    assert sum(taken) == there
    assert (amount(ESCROW), queries.balance("operator/fees", "CNY")) == (0, there)
    assert not list(queries.faults())


def test_locking_a_row_that_is_not_there_loses_a_first_posting(two: tuple[Session, Session]) -> None:
    def look_then_insert() -> None:
        assert not sql.rows("SELECT id FROM ledger_balance WHERE account = %s FOR UPDATE", [ESCROW])
        insert = "INSERT INTO ledger_balance (account, unit, amount, held, floor) VALUES (%s, 'CNY', 5, 0, 0)"
        sql.execute(f"{insert} ON CONFLICT DO NOTHING", [ESCROW])

    first, second = two
    first.begin()
    first.do(look_then_insert)
    other = second.start(look_then_insert)
    wait_for_a_waiter()
    first.end()
    other.result(PATIENCE)
    assert amount(ESCROW) == 5


def test_two_first_postings_both_count(two: tuple[Session, Session]) -> None:
    first, second = two
    first.begin()
    first.do(pay, "bank", ESCROW, 5, key="in 1")
    other = second.start(pay, "bank", ESCROW, 7, key="in 2")
    wait_for_a_waiter()
    first.end()
    other.result(PATIENCE)
    assert amount(ESCROW) == 12


def test_a_first_posting_counts_after_another_was_undone(two: tuple[Session, Session]) -> None:
    first, second = two
    first.begin()
    first.do(pay, "bank", ESCROW, 5, key="in 1")
    other = second.start(pay, "bank", ESCROW, 7, key="in 2")
    wait_for_a_waiter()
    first.end(undo=True)
    other.result(PATIENCE)
    assert amount(ESCROW) == 7


def test_balances_locked_in_any_order_deadlock(two: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in 1")
    pay("bank", OTHER, 100, key="in 2")
    ways = ((ESCROW, OTHER), (OTHER, ESCROW))
    for session, (source, _) in zip(two, ways, strict=True):
        session.begin()
        session.do(sql.execute, "SET LOCAL deadlock_timeout = '50ms'")
        session.do(add, source, -1)
    waiting = [session.start(add, way[1], 1) for session, way in zip(two, ways, strict=True)]
    failed = [future.exception(PATIENCE) for future in waiting]
    assert [type(error) for error in failed if error] == [OperationalError]


def test_crossing_entries_do_not_deadlock() -> None:
    rounds, workers = 25, 6
    names = [f"escrow/so_{n}" for n in range(4)]
    commands.post_many(
        [NewEntry(f"in {a}", a, "t", [Posting("bank", a, 10**6, "CNY")]) for a in names], **WHO
    )

    def cross(worker: int) -> None:
        for number in range(rounds):
            ring = names[worker % 4 :] + names[: worker % 4]
            ring = ring[::-1] if worker % 2 else ring
            postings = [Posting(a, b, worker + 1, "CNY") for a, b in zip(ring, ring[1:], strict=False)]
            new = [f"escrow/new_{number}_{n}" for n in (range(3) if worker % 2 else range(2, -1, -1))]
            postings += [Posting(ring[0], account, 1, "CNY") for account in new]
            key = f"{worker}.{number}"
            commands.post_many(
                [NewEntry(key, key, "t", postings), NewEntry(f"{number}", "t", "t", [])], **WHO
            )
            commands.hold(ring[1], "CNY", 1, subject=key, at=AT)
            commands.release_many([key, f"{worker + 1}.{number}", f"{worker - 1}.{number}"], at=AT)

    assert all_at_once([partial(cross, worker) for worker in range(workers)]) == [None] * workers
    everything = names + [f"escrow/new_{number}_{n}" for number in range(rounds) for n in range(3)]
    assert sum(queries.balances(everything, "CNY").values()) == 4 * 10**6
    assert not list(queries.faults())


def test_a_key_posted_twice_at_once_is_one_entry(two: tuple[Session, Session]) -> None:
    first, second = two
    first.begin()
    ref = first.do(pay, "bank", ESCROW, 5, key="in")
    again = second.start(pay, "bank", ESCROW, 5, key="in")
    wait_for_a_waiter()
    first.end()
    assert again.result(PATIENCE) == ref
    assert amount(ESCROW) == 5


def capture(key: str) -> str:
    return commands.capture("ord_1", [Posting(CREDIT, ESCROW, 80, "CNY")], key=key, purpose="funded", **WHO)


def test_a_hold_released_while_it_is_captured_is_captured_only(two: tuple[Session, Session]) -> None:
    commands.set_floor(CREDIT, "CNY", -100)
    commands.hold(CREDIT, "CNY", 80, subject="ord_1", at=AT)
    first, second = two
    first.begin()
    first.do(capture, "k")
    released = second.start(commands.release, "ord_1", at=AT)
    captured = Session()
    again = captured.start(capture, "k 2")
    wait_for_a_waiter()
    first.end()
    assert released.result(PATIENCE) == 0
    with pytest.raises(HoldResolved):
        again.result(PATIENCE)
    captured.close()
    assert (amount(CREDIT), queries.available(CREDIT, "CNY")) == (-80, 20)
    assert not list(queries.faults())


def test_a_hold_captured_while_it_is_released_is_released_only(two: tuple[Session, Session]) -> None:
    commands.set_floor(CREDIT, "CNY", -100)
    commands.hold(CREDIT, "CNY", 80, subject="ord_1", at=AT)
    first, second = two
    first.begin()
    assert first.do(commands.release, "ord_1", at=AT) == 1
    captured = second.start(capture, "k")
    wait_for_a_waiter()
    first.end()
    with pytest.raises(HoldResolved):
        captured.result(PATIENCE)
    assert (amount(CREDIT), queries.available(CREDIT, "CNY")) == (0, 100)
    assert not list(queries.faults())


def test_a_snapshot_up_to_the_last_id_misses_a_late_commit(two: tuple[Session, Session]) -> None:
    late, early = two
    late.begin()
    late.do(pay, "bank", "operator/fees", 5, key="late")
    early.do(pay, "bank", "operator/fees", 7, key="early")
    snapshots._write(sql.rows("SELECT max(id) FROM ledger_posting")[0][0], AT)
    late.end()
    assert queries.balance("operator/fees", "CNY") == 7
    assert [fault.subject.split(" upto")[0] for fault in queries.faults()] == [
        "snapshot bank CNY",
        "snapshot operator/fees CNY",
    ]


def test_the_snapshot_waits_for_late_commits(two: tuple[Session, Session]) -> None:
    late, taker = two
    late.begin()
    late.do(pay, "bank", "operator/fees", 5, key="late")
    pay("bank", "operator/fees", 7, key="early")
    taken = taker.start(commands.take_snapshot, AT)
    wait_for_a_waiter()
    late.end()
    assert taken.result(PATIENCE) == 2
    assert queries.balance("operator/fees", "CNY") == 12
    assert not list(queries.faults())


def test_snapshots_taken_while_others_post_are_exact() -> None:
    posts, workers = 40, 4

    def work(worker: int) -> None:
        for number in range(posts):
            pay("bank", f"supplier/{number % 3}/pending", worker + 1, key=f"{worker}.{number}")

    def snap() -> None:
        for _ in range(10):
            commands.take_snapshot(AT)

    acts: list[Callable[[], Any]] = [partial(work, worker) for worker in range(workers)]
    assert all_at_once([*acts, snap, snap]) == [None] * (workers + 2)
    assert queries.balance("bank", "CNY") == -posts * sum(range(1, workers + 1))
    assert not list(queries.faults())


@pytest.mark.parametrize("locked", [False, True])
def test_opening_an_account_waits_for_whoever_posts_to_it(
    two: tuple[Session, Session], locked: bool
) -> None:
    poster, opener = two
    poster.begin()
    poster.do(pay, "bank", "wallet", 5, key="in")
    if locked:
        opened = opener.start(commands.open_account, "wallet", "CNY", floor=0)
        wait_for_a_waiter()
        poster.end()
        opened.result(PATIENCE)
    else:
        opener.do(sql.execute, writing.OPEN, writing.opening([("wallet", "CNY", 0)]))
        poster.end()
    assert amount("wallet") == (5 if locked else 0)
    assert bool(list(queries.faults())) is not locked
