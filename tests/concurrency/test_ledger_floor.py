"""The ledger under several connections: each race is shown without the lock first, then the lock stops it."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

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
PATIENCE = 20


class Session:
    """A thread with a connection of its own, whose transactions begin and end when the test says so."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._open: transaction.Atomic | None = None

    def start(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        return self._thread.submit(act, *args, **kwargs)

    def do(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.start(act, *args, **kwargs).result(PATIENCE)

    def begin(self) -> None:
        self._open = transaction.atomic()
        self.do(self._open.__enter__)

    def commit(self) -> None:
        if self._open is not None:
            self.do(self._open.__exit__, None, None, None)
        self._open = None

    def close(self) -> None:
        if self._open is not None:
            self.do(self._open.__exit__, RuntimeError, RuntimeError(), None)
        self.do(connections.close_all)
        self._thread.shutdown()


@pytest.fixture
def two_sessions() -> Iterator[tuple[Session, Session]]:
    sessions = Session(), Session()
    yield sessions
    for session in sessions:
        session.close()


def wait_for_a_waiter() -> None:
    """Return once somebody in this database waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + PATIENCE
    while not sql.rows(waiting)[0][0]:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.005)


def run_together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run acts at once, each in a thread; returns their results, exceptions included, in order."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait(PATIENCE)
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(PATIENCE * 3) for future in [threads.submit(run, act) for act in acts]]


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


def test_reading_and_then_writing_overdraws(two_sessions: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    with without_floor_trigger():
        for session in two_sessions:
            session.begin()
            assert session.do(amount, ESCROW) >= 100
        first, second = two_sessions
        first.do(add, ESCROW, -100)
        taken = second.start(add, ESCROW, -100)
        first.commit()
        taken.result(PATIENCE)
        second.commit()
    assert amount(ESCROW) == -100


def test_even_then_the_database_refuses(two_sessions: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two_sessions
    for session in two_sessions:
        session.begin()
        assert session.do(amount, ESCROW) >= 100
    first.do(add, ESCROW, -100)
    taken = second.start(add, ESCROW, -100)
    first.commit()
    with pytest.raises(IntegrityError):
        taken.result(PATIENCE)


def test_the_command_waits_and_then_refuses(two_sessions: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two_sessions
    first.begin()
    first.do(pay, ESCROW, "bank", 100, key="out 1")
    taken = second.start(pay, ESCROW, "bank", 100, key="out 2")
    wait_for_a_waiter()
    first.commit()
    with pytest.raises(Overdrawn):
        taken.result(PATIENCE)
    assert (amount(ESCROW), queries.entry("out 2")) == (0, None)


def test_the_command_waits_and_takes_when_the_other_gave_up(two_sessions: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in")
    first, second = two_sessions
    first.begin()
    first.do(pay, ESCROW, "bank", 100, key="out 1")
    taken = second.start(pay, ESCROW, "bank", 70, key="out 2")
    wait_for_a_waiter()
    first.do(transaction.set_rollback, True)
    first.commit()
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

    taken = run_together([partial(take, taker) for taker in range(takers)])
    assert sum(taken) == there
    assert (amount(ESCROW), queries.balance("operator/fees", "CNY")) == (0, there)
    assert not list(queries.faults())


def test_locking_a_row_that_is_not_there_loses_a_first_posting(two_sessions: tuple[Session, Session]) -> None:
    def look_then_insert() -> None:
        assert not sql.rows("SELECT id FROM ledger_balance WHERE account = %s FOR UPDATE", [ESCROW])
        insert = "INSERT INTO ledger_balance (account, unit, amount, held, floor) VALUES (%s, 'CNY', 5, 0, 0)"
        sql.execute(f"{insert} ON CONFLICT DO NOTHING", [ESCROW])

    first, second = two_sessions
    first.begin()
    first.do(look_then_insert)
    other = second.start(look_then_insert)
    wait_for_a_waiter()
    first.commit()
    other.result(PATIENCE)
    assert amount(ESCROW) == 5


def test_two_first_postings_both_count(two_sessions: tuple[Session, Session]) -> None:
    first, second = two_sessions
    first.begin()
    first.do(pay, "bank", ESCROW, 5, key="in 1")
    other = second.start(pay, "bank", ESCROW, 7, key="in 2")
    wait_for_a_waiter()
    first.commit()
    other.result(PATIENCE)
    assert amount(ESCROW) == 12


def test_a_first_posting_counts_after_another_was_undone(two_sessions: tuple[Session, Session]) -> None:
    first, second = two_sessions
    first.begin()
    first.do(pay, "bank", ESCROW, 5, key="in 1")
    other = second.start(pay, "bank", ESCROW, 7, key="in 2")
    wait_for_a_waiter()
    first.do(transaction.set_rollback, True)
    first.commit()
    other.result(PATIENCE)
    assert amount(ESCROW) == 7


def test_balances_locked_in_any_order_deadlock(two_sessions: tuple[Session, Session]) -> None:
    pay("bank", ESCROW, 100, key="in 1")
    pay("bank", OTHER, 100, key="in 2")
    ways = ((ESCROW, OTHER), (OTHER, ESCROW))
    for session, (source, _) in zip(two_sessions, ways, strict=True):
        session.begin()
        session.do(sql.execute, "SET LOCAL deadlock_timeout = '50ms'")
        session.do(add, source, -1)
    waiting = [session.start(add, way[1], 1) for session, way in zip(two_sessions, ways, strict=True)]
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

    assert run_together([partial(cross, worker) for worker in range(workers)]) == [None] * workers
    everything = names + [f"escrow/new_{number}_{n}" for number in range(rounds) for n in range(3)]
    assert sum(queries.balances(everything, "CNY").values()) == 4 * 10**6
    assert not list(queries.faults())


def test_a_key_posted_twice_at_once_is_one_entry(two_sessions: tuple[Session, Session]) -> None:
    first, second = two_sessions
    first.begin()
    ref = first.do(pay, "bank", ESCROW, 5, key="in")
    again = second.start(pay, "bank", ESCROW, 5, key="in")
    wait_for_a_waiter()
    first.commit()
    assert again.result(PATIENCE) == ref
    assert amount(ESCROW) == 5


def capture(key: str) -> str:
    return commands.capture("ord_1", [Posting(CREDIT, ESCROW, 80, "CNY")], key=key, purpose="funded", **WHO)


def test_a_hold_released_while_it_is_captured_is_captured_only(two_sessions: tuple[Session, Session]) -> None:
    commands.set_floor(CREDIT, "CNY", -100)
    commands.hold(CREDIT, "CNY", 80, subject="ord_1", at=AT)
    first, second = two_sessions
    first.begin()
    first.do(capture, "k")
    released = second.start(commands.release, "ord_1", at=AT)
    captured = Session()
    again = captured.start(capture, "k 2")
    wait_for_a_waiter()
    first.commit()
    assert released.result(PATIENCE) == 0
    with pytest.raises(HoldResolved):
        again.result(PATIENCE)
    captured.close()
    assert (amount(CREDIT), queries.available(CREDIT, "CNY")) == (-80, 20)
    assert not list(queries.faults())


def test_a_hold_captured_while_it_is_released_is_released_only(two_sessions: tuple[Session, Session]) -> None:
    commands.set_floor(CREDIT, "CNY", -100)
    commands.hold(CREDIT, "CNY", 80, subject="ord_1", at=AT)
    first, second = two_sessions
    first.begin()
    assert first.do(commands.release, "ord_1", at=AT) == 1
    captured = second.start(capture, "k")
    wait_for_a_waiter()
    first.commit()
    with pytest.raises(HoldResolved):
        captured.result(PATIENCE)
    assert (amount(CREDIT), queries.available(CREDIT, "CNY")) == (0, 100)
    assert not list(queries.faults())


def test_a_snapshot_up_to_the_last_id_misses_a_late_commit(two_sessions: tuple[Session, Session]) -> None:
    late, early = two_sessions
    late.begin()
    late.do(pay, "bank", "operator/fees", 5, key="late")
    early.do(pay, "bank", "operator/fees", 7, key="early")
    snapshots._write(sql.rows("SELECT max(id) FROM ledger_posting")[0][0], AT)
    late.commit()
    assert queries.balance("operator/fees", "CNY") == 7
    assert [fault.subject.split(" upto")[0] for fault in queries.faults()] == [
        "snapshot bank CNY",
        "snapshot operator/fees CNY",
    ]


def test_the_snapshot_waits_for_late_commits(two_sessions: tuple[Session, Session]) -> None:
    late, taker = two_sessions
    late.begin()
    late.do(pay, "bank", "operator/fees", 5, key="late")
    pay("bank", "operator/fees", 7, key="early")
    taken = taker.start(commands.take_snapshot, AT)
    wait_for_a_waiter()
    late.commit()
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
    assert run_together([*acts, snap, snap]) == [None] * (workers + 2)
    assert queries.balance("bank", "CNY") == -posts * sum(range(1, workers + 1))
    assert not list(queries.faults())


@pytest.mark.parametrize("locked", [False, True])
def test_opening_an_account_waits_for_whoever_posts_to_it(
    two_sessions: tuple[Session, Session], locked: bool
) -> None:
    poster, opener = two_sessions
    poster.begin()
    poster.do(pay, "bank", "wallet", 5, key="in")
    if locked:
        opened = opener.start(commands.open_account, "wallet", "CNY", floor=0)
        wait_for_a_waiter()
        poster.commit()
        opened.result(PATIENCE)
    else:
        opener.do(sql.execute, writing.OPEN, writing.opening([("wallet", "CNY", 0)]))
        poster.commit()
    assert amount("wallet") == (5 if locked else 0)
    assert bool(list(queries.faults())) is not locked
