"""Whom an approver has named to decide in their stead: on which days, and what is refused."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, business_day, now, use_clock
from trivium.parties import commands, queries
from trivium.parties.errors import BadApprover, DeputyInThePast, DeputyThere, NotYourTurn
from trivium.parties.models import Deputy
from trivium.parties.tests.office import Office, turns


def day(n: int) -> dt.date:
    return dt.date(2026, 3, 2) + dt.timedelta(days=n)


def test_a_deputy_has_a_say_on_their_days_and_outside_of_them_none(office: Office) -> None:
    office.rule((office.li, None))
    clock = SettableClock(dt.datetime(2026, 3, 2, 15, 59, tzinfo=dt.UTC))  # a minute to midnight in Shanghai
    with use_clock(clock):
        commands.name_deputy(office.li, deputy_ref=office.wang.user_ref, starts_on=day(1), ends_on=day(2))
        approval = office.ask()
        assert approval and turns(office) == ["li"]
        with pytest.raises(NotYourTurn), transaction.atomic():
            commands.decide(office.wang, approval.ref, yes=True)
        clock.move(minutes=1)
        assert turns(office) == ["li", "wang"]
        way = queries.approval_way(office.boss, "ord_1")
        assert way and len(way.words[0].able) == 2
        clock.move(days=2)
        assert turns(office) == ["li"]
        with pytest.raises(NotYourTurn), transaction.atomic():
            commands.decide(office.wang, approval.ref, yes=True)
        ref = commands.name_deputy(office.li, deputy_ref=office.wang.user_ref, starts_on=day(3))
        clock.move(days=400)
        assert turns(office) == ["li", "wang"]
        commands.take_deputy_back(office.li, ref)
        assert turns(office) == ["li"]
        commands.name_deputy(office.li, deputy_ref=office.wang.user_ref, starts_on=business_day(clock.at))
        assert commands.decide(office.wang, approval.ref, yes=True) == "approved"


def test_deputies_in_the_past_at_the_same_time_or_of_no_use_are_refused(office: Office) -> None:
    def name(who: Actor, deputy: Actor, first: int, last: int | None = None, **more: str) -> str:
        ends_on = day(last) if last is not None else None
        return commands.name_deputy(who, deputy_ref=deputy.user_ref, starts_on=day(first), ends_on=ends_on, **more)

    ref = name(office.li, office.wang, 5, 9)
    name(office.li, office.boss, 10)
    name(office.wang, office.li, 5, 9)
    events = EventRecord.objects.count()
    for refusal, args in (
        (DeputyInThePast, (office.li, office.wang, -1)),
        (DeputyInThePast, (office.li, office.wang, 4, 3)),
        (DeputyThere, (office.li, office.boss, 9, 9)),
        (DeputyThere, (office.li, office.boss, 2)),
        (DeputyThere, (office.li, office.boss, 300)),
        (BadApprover, (office.li, office.li, 0)),
        (BadApprover, (office.li, office.chen, 0)),
        (Denied, (office.chen, office.li, 0)),
    ):
        with pytest.raises(refusal), transaction.atomic():
            name(*args)
    with pytest.raises(Denied), transaction.atomic():
        name(office.li, office.boss, 0, approver_ref=office.wang.user_ref)
    with pytest.raises(NotFound), transaction.atomic():
        commands.take_deputy_back(office.wang, ref)
    assert EventRecord.objects.count() == events
    with pytest.raises(IntegrityError, match="parties_one_deputy_at_a_time"), transaction.atomic():
        Deputy.objects.filter(ref=ref).update(ends_on=None)
    assert name(office.boss, office.boss, 0, 4, approver_ref=office.wang.user_ref)
    assert len(queries.deputies(office.boss)) == 4 and len(queries.deputies(office.li)) == 3
    commands.take_deputy_back(office.boss, ref)
    assert name(office.li, office.boss, 5, 9)
    told = queries.company_history(office.boss, office.company.ref).rows
    assert {"starts_on", "ends_on", "ended_at"} <= {row.change.field for row in told if row.change.kind == "deputy"}


def test_nobody_is_stuck_where_the_deputy_is_gone_and_nobody_chooses_who_decides_on_their_own(office: Office) -> None:
    office.rule((office.li, None))
    commands.name_deputy(office.li, deputy_ref=office.wang.user_ref, starts_on=day(0))
    office.ask(who=office.li, subject="ord_own")
    assert turns(office) == ["boss"]
    commands.withdraw_approval("ord_own", at=now())
    approval = office.ask()
    assert approval and turns(office) == ["li", "wang"]
    commands.remove_person(office.boss, office.wang.user_ref)
    assert turns(office) == ["li"] and not queries.deputies(office.boss)
    commands.remove_person(office.boss, office.li.user_ref)
    assert turns(office) == ["boss"]
    assert commands.decide(office.boss, approval.ref, yes=True) == "approved"
