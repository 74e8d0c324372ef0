"""A follower of the event log hears of every event once, also of those committed late."""

import datetime as dt

import pytest
from django.db import connections, transaction

from tests.journeys.ground import sweep_the_floor
from trivium.core import following, sql
from trivium.core.events import ensure_partition

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def write(number: int | None = None) -> int:
    """An event; returns its number."""
    given = "DEFAULT" if number is None else str(int(number))
    return int(
        sql.rows(
            "INSERT INTO core_event (id, at, name, subject, actor, audience, data) "
            f"VALUES ({given}, %s, 'OrderPlaced', 'ord_1', 'system:tests', '[\"org_1\"]', '{{}}') RETURNING id",
            [AT],
        )[0][0]
    )


@pytest.fixture
def month(db: None) -> None:
    ensure_partition(AT)


def test_a_follower_begins_at_the_end_and_hears_of_each_event_once(month: None) -> None:
    write()
    place = following.newest()
    assert following.read_on(place, 0)[0] == []
    numbers = [write(), write()]
    heard, place = following.read_on(place, 1)
    assert [each.id for each in heard] == numbers
    assert (heard[0].name, heard[0].audience) == ("OrderPlaced", '["org_1"]')
    assert following.read_on(place, 2)[0] == []


def test_what_there_is_more_of_than_is_read_at_once_comes_next(month: None) -> None:
    place = following.newest()
    numbers = [write() for _ in range(5)]
    found = []
    for second in range(3):
        heard, place = following.read_on(place, second, limit=2)
        found += [each.id for each in heard]
    assert found == numbers


def test_a_number_that_never_appears_is_waited_for_ten_minutes_and_no_longer(month: None) -> None:
    place = following.newest()
    sql.rows("SELECT nextval('core_event_id_seq')")
    missing = write() - 1
    _heard, place = following.read_on(place, 0)
    assert [number for number, _ in place.missing] == [missing]
    _heard, place = following.read_on(place, following.PATIENCE_S - 1)
    assert [number for number, _ in place.missing] == [missing]
    _heard, place = following.read_on(place, following.PATIENCE_S)
    assert place.missing == ()
    write(missing)
    assert following.read_on(place, following.PATIENCE_S + 1)[0] == []


def test_restored_numbers_far_ahead_are_not_all_waited_for(month: None) -> None:
    place = following.newest()
    sql.rows("SELECT setval('core_event_id_seq', nextval('core_event_id_seq') + 1000000)")
    number = write()
    heard, place = following.read_on(place, 0)
    assert [each.id for each in heard] == [number]
    assert len(place.missing) <= following.MOST_MISSING


@pytest.mark.django_db(transaction=True)
def test_an_event_committed_after_a_later_one_is_heard_of() -> None:
    import threading

    with transaction.atomic():
        ensure_partition(AT)
    place = following.newest()
    written, commit = threading.Event(), threading.Event()
    slow: list[int] = []

    def act_slowly() -> None:
        try:
            with transaction.atomic():
                slow.append(write())
                written.set()
                assert commit.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=act_slowly)
    thread.start()
    assert written.wait(20)
    quick = write()
    first, place = following.read_on(place, 0)
    commit.set()
    thread.join()
    second, place = following.read_on(place, 1)
    third, _place = following.read_on(place, 2)
    sweep_the_floor()
    assert [[each.id for each in heard] for heard in (first, second, third)] == [[quick], slow, []]
