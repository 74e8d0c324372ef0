"""Several connections at once, one waiting for the other when the test says so."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from trivium.core import sql
from trivium.core.errors import Refusal

PATIENCE = 60
Act = Callable[[], Any]


class Session:
    """A thread with a connection of its own, whose transactions begin and end when the test says so."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._open: transaction.Atomic | None = None

    def start(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin an act without waiting for it."""
        return self._thread.submit(act, *args, **kwargs)

    def do(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Carry out an act."""
        return self.start(act, *args, **kwargs).result(PATIENCE)

    def begin(self) -> None:
        """Open a transaction."""
        self._open = transaction.atomic()
        self.do(self._open.__enter__)

    def end(self, *, undo: bool = False) -> None:
        """Commit it, or undo it."""
        if self._open is not None:
            if undo:
                self.do(transaction.set_rollback, True)
            self.do(self._open.__exit__, None, None, None)
        self._open = None

    def close(self) -> None:
        """Give the connection back."""
        self.end(undo=True)
        self.do(connections.close_all)
        self._thread.shutdown()


def wait_for_a_waiter() -> None:
    """Return once somebody in this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + PATIENCE
    while not sql.rows(waiting)[0][0]:
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.005)


@contextmanager
def two_sessions() -> Iterator[tuple[Session, Session]]:
    """Two sessions; what they leave open is undone."""
    sessions = Session(), Session()
    try:
        yield sessions
    finally:
        for session in sessions:
            session.close()


def cross(two: tuple[Session, Session], act: Act, other: Act, *, undo: bool = False) -> tuple[Any, Future[Any]]:
    """Let one act, the other begin and wait for it, and the first end: the first's result, and the other's to come."""
    first, second = two
    first.begin()
    done = first.do(act)
    waiting = second.start(other)
    wait_for_a_waiter()
    first.end(undo=undo)
    return done, waiting


def one_after_the_other(first: Act, second: Act) -> tuple[Any, Any]:
    """Two acts at once: the second has begun, and waits, before the first commits. Their results or refusals."""
    with two_sessions() as two:
        done, waiting = cross(two, first, second)
        try:
            return done, waiting.result(PATIENCE)
        except Refusal as refusal:
            return done, refusal


def all_at_once(acts: Sequence[Act]) -> list[Any]:
    """Run acts at once, each in a thread with a connection; their results in order, refusals among them."""
    ready = threading.Barrier(len(acts))

    def run(act: Act) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(PATIENCE)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(PATIENCE * 3) for future in [threads.submit(run, act) for act in acts]]
