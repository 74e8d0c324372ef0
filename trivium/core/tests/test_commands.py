"""Acts, answers kept, events and their jobs, on a real database."""

import datetime as dt
import threading
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from trivium.core import events, sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Refusal
from trivium.core.events import Event, publish
from trivium.core.idempotency import MAX_KEY, Answer, BadKey, InFlight, KeyReused, run_once
from trivium.core.jobs import KEEP_ANSWERS, carry_out, drain, housekeeping
from trivium.core.models import EventRecord, IdempotencyRecord
from trivium.core.time import now

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")


@dataclass(frozen=True, kw_only=True)
class LampLit(Event):
    """For these tests: somebody has lit a lamp."""

    watts: int


def records() -> int:
    return EventRecord.objects.count()


# -- acts --------------------------------------------------------------------------------------------------------------


@act
def light(watts: int, *, then: Exception | None = None) -> None:
    publish(LampLit(subject="lamp_1", watts=watts), actor=SYSTEM, at=now())
    if then is not None:
        raise then


@act
def light_two() -> None:
    light(40)
    light(60, then=Refusal())


def test_an_act_that_refuses_leaves_nothing_of_what_it_called() -> None:
    with pytest.raises(Refusal), transaction.atomic():
        light_two()
    assert records() == 0


# -- answers that are kept ---------------------------------------------------------------------------------------------


class Counted:
    """An act that counts how often it was carried out."""

    def __init__(self, status: int = 201) -> None:
        self.times, self.status = 0, status

    def __call__(self) -> Answer:
        self.times += 1
        light(self.times)
        return Answer(self.status, f"done {self.times}".encode())


@pytest.mark.parametrize("status", [201, 422])
def test_a_repetition_gets_the_first_answer_and_does_nothing(status: int) -> None:
    act = Counted(status)
    answers = [run_once("org_1:buyer", "key-1", b"{}", act) for _again in range(3)]
    assert answers == [Answer(status, b"done 1")] * 3
    assert (act.times, records()) == (1, 1)


def test_another_request_under_the_same_key_is_refused() -> None:
    act = Counted()
    run_once("org_1:buyer", "key-1", b"{}", act)
    with pytest.raises(KeyReused), transaction.atomic():
        run_once("org_1:buyer", "key-1", b'{"a": 1}', act)
    run_once("org_2:buyer", "key-1", b'{"a": 1}', act)
    assert act.times == 2


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY + 1), "schlüssel", "a\nb", "a\x00b"])
def test_a_key_is_short_and_printable(key: str) -> None:
    act = Counted()
    with pytest.raises(BadKey), transaction.atomic():
        run_once("org_1:buyer", key, b"{}", act)
    assert act.times == 0


def test_an_act_that_breaks_keeps_no_answer() -> None:
    def breaks() -> Answer:
        light(1)
        raise RuntimeError("as if the machine had stopped")

    with pytest.raises(RuntimeError), transaction.atomic():
        run_once("org_1:buyer", "key-1", b"{}", breaks)
    assert (records(), IdempotencyRecord.objects.count()) == (0, 0)
    assert run_once("org_1:buyer", "key-1", b"{}", Counted()).body == b"done 1"


def test_what_another_request_finished_meanwhile_is_not_done_twice() -> None:
    act = Counted()

    def overtaken() -> Answer:
        run_once("org_1:buyer", "key-1", b"{}", act)
        return act()

    with pytest.raises(InFlight), transaction.atomic():
        run_once("org_1:buyer", "key-1", b"{}", overtaken)
    assert records() == 0


@pytest.mark.django_db(transaction=True)
def test_a_request_still_under_way_is_not_carried_out_beside_itself() -> None:
    inside, over = threading.Event(), threading.Event()

    def slow() -> Answer:
        inside.set()
        over.wait(10)
        return Answer(201, b"slow")

    def elsewhere() -> None:
        try:
            run_once("org_1:buyer", "key-1", b"{}", slow)
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    try:
        assert inside.wait(10)
        act = Counted()
        with pytest.raises(InFlight):
            run_once("org_1:buyer", "key-1", b"{}", act)
    finally:
        over.set()
        thread.join(10)
    assert run_once("org_1:buyer", "key-1", b"{}", act).body == b"slow"
    assert act.times == 0


def test_answers_are_forgotten_when_nobody_will_ask_any_more() -> None:
    run_once("org_1:buyer", "old", b"{}", Counted())
    IdempotencyRecord.objects.update(at=now() - KEEP_ANSWERS - dt.timedelta(seconds=1))
    run_once("org_1:buyer", "new", b"{}", Counted())
    housekeeping.func(0)
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


# -- events and jobs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What a reaction of a context made for the test has heard; the reaction fails at 13 watts."""
    found: list[tuple[str, int]] = []

    def react(event: LampLit) -> None:
        if event.watts == 13:
            raise RuntimeError("the lamp is broken")
        found.append((event.subject, event.watts))

    react.__module__ = "trivium.lamps.jobs"
    events.on(LampLit)(react)
    yield found  # type: ignore[misc]
    events._reactions.pop("LampLit")
    events._tasks.pop("lamps")
    app.tasks.pop("lamps.react")


def test_events_and_their_jobs_go_in_two_statements_and_run_in_order(heard: list) -> None:
    events.ensure_partition(now())
    with CaptureQueriesContext(connection) as statements:
        publish(*(LampLit(subject=f"lamp_{n % 2}", watts=n) for n in range(6)), actor=SYSTEM, at=now())
    assert len([s for s in statements if "to_regclass" not in s["sql"]]) == 2
    assert heard == []
    assert drain() == 6
    assert heard == [(f"lamp_{n % 2}", n) for n in range(6)]
    assert drain() == 0


def test_an_act_undone_leaves_no_job(heard: list) -> None:
    with pytest.raises(Refusal), transaction.atomic():
        light(40, then=Refusal())
    assert drain() == 0
    assert heard == []


def test_a_failing_reaction_is_marked_and_propagates(heard: list) -> None:
    light(13)
    light(40)
    with pytest.raises(RuntimeError, match="broken"):
        drain()
    assert sql.rows("SELECT status::text FROM procrastinate_jobs ORDER BY id")[0] == ("failed",)


def test_events_of_any_month_find_their_place() -> None:
    for month in (1, 2):
        publish(LampLit(subject="lamp_1", watts=month), actor=SYSTEM, at=dt.datetime(2031, month, 28, tzinfo=dt.UTC))
    assert [record.data["watts"] for record in EventRecord.objects.filter(at__year=2031).order_by("at")] == [1, 2]


def test_the_log_is_never_rewritten() -> None:
    light(40)
    for change in ("UPDATE core_event SET subject = 'x'", "DELETE FROM core_event"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql.execute(change)
    assert EventRecord.objects.get().row_hash() == EventRecord.objects.get().row_hash()


def test_one_that_fails_does_not_hold_back_the_others() -> None:
    done: list[int] = []

    def divide(by: int) -> None:
        done.append(12 // by)

    with pytest.raises(ExceptionGroup) as failed:
        carry_out([1, 0, 4, 0], divide)
    assert done == [12, 3]
    assert len(failed.value.exceptions) == 2
    assert carry_out([2, 3], divide) == 2
    assert carry_out([], divide) == 0


def test_rows_are_changed_in_one_statement_and_no_other_is_touched() -> None:
    for key in ("a", "b", "c"):
        run_once("org_1:buyer", key, b"{}", Counted())
    first, second, third = IdempotencyRecord.objects.order_by("key")
    first.status, second.status, third.status, second.scope = 1, 2, 3, "not named"
    with CaptureQueriesContext(connection) as statements:
        IdempotencyRecord.objects.change([first, second], ["status"])
        IdempotencyRecord.objects.change([], ["status"])
    assert len(statements) == 1
    found = IdempotencyRecord.objects.order_by("key").values_list("status", "scope")
    assert list(found) == [(1, "org_1:buyer"), (2, "org_1:buyer"), (201, "org_1:buyer")]
