"""A kept connection whose server has gone is noticed before it is used, and replaced."""

import time

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection

from trivium.core import sql

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    """The server process of this thread's connection."""
    return int(sql.rows("SELECT pg_backend_pid()")[0][0])


def end(pid: int) -> None:
    """End a server process, and see it gone."""
    with psycopg.connect(**{**connection.get_connection_params(), "autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            time.sleep(0.01)


@pytest.fixture(autouse=True)
def kept() -> None:
    """As the site keeps it; the tests' own setting is to close after each request."""
    backend()
    connection.close_at = None


def next_request() -> None:
    """What Django does between two requests."""
    request_finished.send(None)
    request_started.send(None, environ={})


def test_a_connection_is_kept() -> None:
    before = backend()
    next_request()
    assert connection.is_usable()
    assert backend() == before


def test_one_that_was_ended_is_replaced_before_it_is_used() -> None:
    before = backend()
    end(before)
    next_request()
    assert backend() != before


def test_one_that_ends_while_it_is_used_fails_once() -> None:
    before = backend()
    end(before)
    with pytest.raises(OperationalError):
        backend()
    assert not connection.is_usable()
    next_request()
    assert backend() != before


def test_none_is_not_usable() -> None:
    connection.close()
    assert not connection.is_usable()
