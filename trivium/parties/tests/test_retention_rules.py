"""How long what is held on persons is kept: rows with versions, within what a law asks for, by which the nights go."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, Refusal
from trivium.core.models import EventRecord, IdempotencyRecord
from trivium.core.time import SettableClock, use_clock
from trivium.parties import commands, queries
from trivium.parties.errors import ChangedMeanwhile, NothingToChange, TermOutOfBounds
from trivium.parties.jobs import forget
from trivium.parties.models import RetentionRule, User
from trivium.parties.rules import RETENTION, Rule
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)


@pytest.fixture
def operator() -> Actor:
    return make_actor(make_organization("Platform", "operator"), "operator")


def held(code: str) -> Rule:
    return next(rule for rule in queries.retention_rules() if rule.code == code)


def change(actor: Actor, code: str, days: int, **values: Any) -> int:
    given: dict[str, Any] = {"seen": held(code).version, "law": "", "reason": "As our lawyers say", **values}
    return commands.change_retention(actor, code, days=days, **given)


def refused(kind: type[Refusal], act: Any) -> Refusal:
    before = RetentionRule.objects.count(), EventRecord.objects.count()
    with pytest.raises(kind) as caught, transaction.atomic():
        act()
    assert (RetentionRule.objects.count(), EventRecord.objects.count()) == before
    return caught.value


def test_the_rows_begin_with_what_trivium_brings() -> None:
    rows = RetentionRule.objects.values_list("code", "version", "days", "law")
    assert sorted(rows) == sorted((rule.code, 1, rule.days, rule.law) for rule in RETENTION)
    assert queries.retention_rules() == list(RETENTION)
    assert all(rule.least <= rule.days <= rule.most for rule in RETENTION)
    assert {rule.kept for rule in RETENTION if rule.least == 0} == {"sessions"}


def test_a_change_is_a_new_version_with_its_reason_and_holds_from_then_on(operator: Actor) -> None:
    assert change(operator, "left-gdpr", 180, law="GDPR 5(1)(e)") == 2
    assert (held("left-gdpr").days, held("left-gdpr").law, held("left-pipl").days) == (180, "GDPR 5(1)(e)", 1095)
    newest, first = queries.retention_versions(operator, "left-gdpr")
    assert (newest.version, newest.days, newest.reason, newest.person) == (2, 180, "As our lawyers say", "Lin Yue")
    assert (first.version, first.days, first.person) == (1, 365, "")
    (event,) = EventRecord.objects.filter(name="RetentionChanged")
    assert (event.subject, event.data["version"], event.audience) == ("left-gdpr", 2, ["operator"])


@pytest.mark.parametrize(
    ("code", "days"),
    [("books-pipl", 10_949), ("books-gdpr", 3_649), ("books-other", 365), ("contracts-pipl", 1_094),
     ("consents-pipl", 30), ("addresses-pipl", 1_094), ("left-other", 0), ("left-other", -1), ("left-pipl", 36_501),
     ("answers-gdpr", 31), ("sessions-pipl", 1)],
)  # fmt: skip
def test_nothing_is_kept_shorter_than_its_law_asks_for_and_nothing_for_ever(
    operator: Actor, code: str, days: int
) -> None:
    assert refused(TermOutOfBounds, lambda: change(operator, code, days)).field == "days"
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by any other way
        RetentionRule.objects.create(code=code, version=9, days=max(days, 0) if days != -1 else 99_999, reason="x",
                                     at=START)  # fmt: skip


def test_who_may_not_what_is_not_there_and_what_is_so_already_are_refused(operator: Actor) -> None:
    staff = make_actor(queries.get_organization(operator, operator.organization_ref), "operator", "staff")
    supplier = make_actor(make_organization("Chenguang", "supplier"), "supplier")
    for actor in (staff, supplier):
        refused(Denied, lambda actor=actor: change(actor, "left-pipl", 400))
        with pytest.raises(Denied):
            queries.retention_versions(actor, "left-pipl")
        with pytest.raises(NotFound):
            queries.retention_history(actor, "left-pipl")
    refused(NotFound, lambda: commands.change_retention(operator, "x", seen=1, days=9, law="", reason="y"))
    refused(Empty, lambda: change(operator, "left-pipl", 400, reason=" "))
    refused(NothingToChange, lambda: change(operator, "left-pipl", 1095, law="PIPL 19, 47"))
    change(operator, "left-pipl", 400)
    refused(ChangedMeanwhile, lambda: change(operator, "left-pipl", 500, seen=1))


def test_versions_are_never_changed_and_their_fields_stand_in_the_history(operator: Actor) -> None:
    change(operator, "left-pipl", 400, law="PIPL 47")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE parties_retentionrule SET days = 9000 WHERE code = 'left-pipl'")
    rows = queries.retention_history(operator, "left-pipl").rows
    told = {(row.change.field, row.change.new) for row in rows}
    assert told == {("days", 400), ("law", "PIPL 47"), ("reason", "As our lawyers say")}
    assert {row.by.way for row in rows} == {"web"}


def test_the_nights_go_by_the_rows(operator: Actor) -> None:
    clock = SettableClock(START)
    with use_clock(clock):
        mail = "left@example.test"
        commands.register_person(SYSTEM, email=mail, name="Lin Yue", password="correct horse 9")
        IdempotencyRecord.objects.create(scope="s", key="k", fingerprint=b"", status=200, body="{}", at=START)
        clock.move(days=61)
        forget()
        assert User.objects.filter(email=mail).exists()
        assert not IdempotencyRecord.objects.exists()  # after thirty days
        IdempotencyRecord.objects.create(scope="s", key="k", fingerprint=b"", status=200, body="{}", at=clock())
        change(operator, "left-other", 60)
        change(operator, "answers-gdpr", 2)
        clock.move(days=3)
        forget()
        assert not User.objects.filter(email=mail).exists() and not IdempotencyRecord.objects.exists()


def test_the_consents_that_prove_nothing_any_more_are_found_by_the_rows(operator: Actor) -> None:
    clock = SettableClock(START)
    with use_clock(clock):
        person = make_actor(make_organization("Hengtai GmbH", "buyer", country="DE"), "buyer")
        commands.give_consent(person, "news", version=1)
        commands.withdraw_consent(person, "news")
        clock.move(days=400)
        assert queries.consents_to_forget(clock()) == []
        change(operator, "consents-gdpr", 365)
        assert len(queries.consents_to_forget(clock())) == 1
