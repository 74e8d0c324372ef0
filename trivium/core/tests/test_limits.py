"""The meter: exact alone, exact with many processes, and quick to say no."""

import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from trivium.core import limits, sql
from trivium.core.limits import Limit, TooOften, address_of, check, fill, take

FEW = Limit(3, 60)
TAKER = """
import sys, time, psycopg
address, statement, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
with psycopg.connect(address, autocommit=True) as connection:
    connection.execute("SET synchronous_commit = off")
    print("ready", flush=True)
    sys.stdin.readline()
    allowed, asked, until = 0, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        asked += 1
        allowed += connection.execute(statement.encode()).fetchone() is not None
print(allowed, asked)
"""


@pytest.mark.django_db
def test_what_is_taken_comes_back_with_time():
    assert [take("a", FEW).left for _ in range(3)] == [2, 1, 0]
    refused = take("a", FEW)
    assert (refused.is_allowed, refused.left, refused.wait_s) == (False, 0, 20)
    assert take("b", FEW).is_allowed
    sql.execute("UPDATE core_bucket SET full_at = full_at - interval '20 seconds' WHERE name = 'a'")
    assert [take("a", FEW).is_allowed for _ in range(2)] == [True, False]


@pytest.mark.django_db
def test_a_refused_taking_writes_nothing():
    for _ in range(3):
        take("a", FEW)
    before = sql.rows("SELECT b::text, xmin::text, ctid::text FROM core_bucket b")
    with pytest.raises(TooOften) as refused:
        check("a", FEW)
    assert refused.value.params == {"seconds": 20}
    assert sql.rows("SELECT b::text, xmin::text, ctid::text FROM core_bucket b") == before


@pytest.mark.django_db
def test_who_succeeds_starts_afresh_and_full_buckets_are_forgotten():
    check("a", Limit(1, 60))
    fill("a")
    check("a", Limit(1, 60))
    assert limits.forget_full() == 0
    sql.execute("UPDATE core_bucket SET full_at = full_at - interval '2 days'")
    assert limits.forget_full() == 1


@pytest.mark.django_db
def test_no_limit_asks_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert all(take("a", limits.NONE).is_allowed for _ in range(9))


@pytest.mark.django_db
def test_the_meter_is_not_logged():
    """Its writes cost no log and no wait for the disk."""
    assert sql.rows("SELECT relpersistence FROM pg_class WHERE relname = 'core_bucket'") == [("u",)]


def test_addresses(settings):
    settings.TRIVIUM = {**settings.TRIVIUM, "BEHIND_PROXY": False}
    forwarded = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 5.6.7.8"}
    assert address_of(forwarded) == "10.0.0.1"
    assert address_of({"REMOTE_ADDR": "2001:db8:1:2:3::4"}) == address_of({"REMOTE_ADDR": "2001:db8:1:2::9"})
    assert address_of({"REMOTE_ADDR": "::ffff:10.0.0.1"}) == "10.0.0.1"
    assert address_of({}) == address_of({"REMOTE_ADDR": "unix:"}) == "unknown"
    settings.TRIVIUM["BEHIND_PROXY"] = True
    assert address_of(forwarded) == "5.6.7.8"


@pytest.mark.django_db(transaction=True)
def test_many_processes_never_take_more_than_the_limit():
    """Six processes as quick as they can: no more than a full bucket and what came back meanwhile."""
    limit, seconds = Limit(30, 3), 2.0
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    program = [sys.executable, "-c", TAKER, address, limits.taking(limit, "'crowd'"), str(seconds)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    crowd = [subprocess.Popen(program, **pipes) for _ in range(6)]
    for each in crowd:
        assert each.stdout.readline() == "ready\n"
    begun = time.monotonic()
    for each in crowd:
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [[int(n) for n in each.communicate()[0].split()] for each in crowd]
    passed = time.monotonic() - begun
    allowed, asked = (sum(column) for column in zip(*said, strict=True))
    assert all(each.returncode == 0 for each in crowd)
    assert asked > 3 * allowed, "they did not even try"
    assert limit.times <= allowed <= limit.times + passed / limit.seconds * limit.times


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_race_is_real():
    """Reading first and writing afterwards lets two take the last piece: what the one statement prevents."""
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    take("last", Limit(2, 60))
    look = "SELECT full_at <= now() + interval '30 seconds' FROM core_bucket WHERE name = 'last'"
    with psycopg.connect(address, autocommit=True) as one, psycopg.connect(address, autocommit=True) as other:
        assert [each.execute(look).fetchone()[0] for each in (one, other)] == [True, True]
        statement = limits.taking(Limit(2, 60), "'last'")
        assert [each.execute(statement.encode()).fetchone() is not None for each in (one, other)] == [True, False]
