"""Calling, moving, answering, reminding, and the minutes of meetings."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from trivium.core import sql
from trivium.core.errors import Denied, NotFound
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.service import commands, jobs, queries
from trivium.service.commands import Point, When, Written
from trivium.service.errors import (
    BadAnswer,
    BadLink,
    BadSpan,
    BadZone,
    LinesDiffer,
    MeetingNotBegun,
    MeetingOver,
    NoPlace,
    NotAsked,
    TooManyPoints,
)
from trivium.service.models import Announcement, Meeting, MeetingAnswer, Minutes
from trivium.service.rules import calendar_file, remind_at

SUBJECT = {"en": "Spring goods", "zh-hans": "春季商品"}
AGENDA = {"en": "1. Prices\n2. Dates", "zh-hans": "1. 价格\n2. 交期"}


def when(clock, days=3.0, **given):
    begins = clock.at + dt.timedelta(days=days)
    return When(**{"begins_at": begins, "ends_at": begins + dt.timedelta(hours=1), "place": "Room 3", **given})


def call(desk, clock, at=None, **given):
    asked = {"subject": SUBJECT, "agenda": AGENDA, "when": at or when(clock), "roles": ["buyer"], **given}
    return commands.call_meeting(desk.operator.actor, **asked)


def written(**given):
    said = {"en": "We met.", "zh-hans": "会议如期召开。"}
    decided = {"en": ["Prices hold"], "zh-hans": ["价格不变"]}
    task = Point({"en": "Send samples", "zh-hans": "寄样"}, "Yuelai Hotel", dt.date(2027, 1, 31))
    return Written(**{"text": said, "decisions": decided, "tasks": [task], **given})


def events(name):
    return list(EventRecord.objects.filter(name=name).order_by("id"))


def test_a_group_is_invited_and_nobody_else_finds_it(desk, clock):
    ref = call(desk, clock)
    assert [row.ref for row in queries.meetings(desk.stranger.actor)] == [ref]
    assert [(date.kind, date.ref, date.answer) for date in queries.calendar(desk.buyer.actor)] == [("meeting", ref, "")]
    for other in (desk.supplier.actor, desk.partner.actor):
        assert queries.meetings(other) == [] == queries.calendar(other)
        with pytest.raises(NotFound):
            queries.get_meeting(other, ref)
        with pytest.raises(NotFound), transaction.atomic():
            commands.answer_meeting(other, ref, answer="yes")
    assert set(events("MeetingCalled")[0].audience) == {desk.buyer.ref, desk.stranger.ref}


def test_a_company_answers_once_and_may_change_it_until_it_begins(desk, clock):
    ref = call(desk, clock)
    commands.answer_meeting(desk.buyer.actor, ref, answer="yes", guests="Li, Wang")
    commands.answer_meeting(desk.buyer.colleague, ref, answer="yes", guests="Li, Wang")
    assert len(events("MeetingAnswered")) == 1
    commands.answer_meeting(desk.buyer.colleague, ref, answer="no", guests="Li")
    (kept,) = MeetingAnswer.objects.all()
    assert (kept.answer, kept.guests, kept.by_id) == ("no", "", desk.buyer.colleague.user_id)
    assert queries.get_meeting(desk.buyer.actor, ref).row.answer == "no"
    assert queries.get_meeting(desk.stranger.actor, ref).row.answer == ""
    rows = queries.answers_of(desk.operator.actor, ref, Wanted()).rows
    assert [(row.company, row.answer) for row in rows] == [("Yuelai Hotel", "no"), ("Yunqi Events", "")]
    assert queries.answers_of(desk.operator.actor, ref, Wanted({"state": "none"})).count == 1
    clock.move(days=3)
    with pytest.raises(MeetingOver), transaction.atomic():
        commands.answer_meeting(desk.buyer.actor, ref, answer="yes")
    with pytest.raises(Denied):
        queries.answers_of(desk.buyer.actor, ref, Wanted())


def test_what_cannot_be_answered(desk, clock):
    ref = call(desk, clock)
    with pytest.raises(BadAnswer), transaction.atomic():
        commands.answer_meeting(desk.buyer.actor, ref, answer="perhaps")
    with pytest.raises(NotAsked), transaction.atomic():
        commands.answer_meeting(desk.operator.actor, ref, answer="yes")
    assert MeetingAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"begins_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, BadSpan, "begins_at"),
        ({"ends_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, BadSpan, "ends_at"),
        ({"ends_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, BadSpan, "ends_at"),
        ({"zone": "Mars/Olympus"}, BadZone, "zone"),
        ({"place": " "}, NoPlace, "place"),
        ({"link": "javascript:alert(1)"}, BadLink, "link"),
        ({"link": "http://example.test/room"}, BadLink, "link"),
    ],
)
def test_what_a_meeting_cannot_be(desk, clock, given, refusal, field):
    with pytest.raises(refusal) as raised, transaction.atomic():
        call(desk, clock, when(clock, **given))
    assert raised.value.field == field and Meeting.objects.count() == len(events("MeetingCalled")) == 0


def test_those_invited_are_reminded_a_day_before_but_for_who_declined(desk, clock):
    ref = call(desk, clock)
    soon = call(desk, clock, when(clock, days=0.5))
    commands.answer_meeting(desk.stranger.actor, ref, answer="no")
    clock.move(days=1, hours=23)
    assert jobs.sweep() == 0
    clock.move(hours=1)
    assert jobs.sweep() == 1 and jobs.sweep() == 0
    (event,) = events("MeetingIsNear")
    assert event.subject == ref != soon and set(event.audience) == {desk.buyer.ref, "operator"}
    commands.remind_of_meeting(ref)
    assert len(events("MeetingIsNear")) == 1


def test_a_moved_meeting_is_told_and_reminded_anew(desk, clock):
    ref = call(desk, clock)
    clock.move(days=2)
    assert jobs.sweep() == 1
    later = when(clock, days=5, link="https://example.test/room")
    for _again in range(2):
        commands.move_meeting(desk.operator.actor, ref, later)
    (moved,) = events("MeetingMoved")
    assert moved.data == {"sequence": 1} and set(moved.audience) == {desk.buyer.ref, desk.stranger.ref}
    found = queries.get_meeting(desk.buyer.actor, ref).row
    assert (found.begins_at, found.link, found.sequence) == (later.begins_at, later.link, 1)
    clock.move(days=4)
    assert jobs.sweep() == 1
    with pytest.raises(Denied), transaction.atomic():
        commands.move_meeting(desk.buyer.actor, ref, later)


def test_a_meeting_called_off_stays_on_the_list_and_reminds_nobody(desk, clock):
    ref = call(desk, clock)
    for _again in range(2):
        commands.call_off_meeting(desk.operator.actor, ref)
    assert len(events("MeetingCalledOff")) == 1 and queries.calendar(desk.buyer.actor) == []
    assert queries.meeting_list(desk.buyer.actor, Wanted({"state": "called_off"})).count == 1
    assert queries.meeting_list(desk.buyer.actor, Wanted({"state": "ahead"})).count == 0
    for act in (
        lambda: commands.answer_meeting(desk.buyer.actor, ref, answer="yes"),
        lambda: commands.move_meeting(desk.operator.actor, ref, when(clock)),
    ):
        with pytest.raises(MeetingOver), transaction.atomic():
            act()
    clock.move(days=2, hours=1)
    assert jobs.sweep() == 0
    clock.move(days=2)
    with pytest.raises(MeetingNotBegun), transaction.atomic():
        commands.publish_minutes(desk.operator.actor, ref, written())


def test_minutes_go_to_those_invited_and_are_acknowledged(desk, clock):
    ref = call(desk, clock, roles=[], companies=[desk.buyer.ref, "Chenguang Lighting"])
    clock.move(days=3, seconds=-1)
    with pytest.raises(MeetingNotBegun), transaction.atomic():
        commands.publish_minutes(desk.operator.actor, ref, written())
    clock.move(seconds=1)
    told = commands.publish_minutes(desk.operator.actor, ref, written())
    for reader in (desk.buyer.actor, desk.supplier.actor):
        assert [row.ref for row in queries.announcements_waiting(reader)] == [told]
        assert "1. Send samples (Yuelai Hotel, until 2027-01-31)" in queries.get_announcement(reader, told).text["en"]
    assert queries.announcements_waiting(desk.stranger.actor) == []
    commands.acknowledge(desk.buyer.actor, told)
    (minutes,) = queries.get_meeting(desk.buyer.actor, ref).minutes
    assert [point.words["zh-hans"] for point in minutes.decisions] == ["价格不变"]
    assert [(point.who, point.until) for point in minutes.tasks] == [("Yuelai Hotel", dt.date(2027, 1, 31))]
    assert "会议决议\n1. 价格不变" in queries.get_announcement(desk.buyer.actor, told).text["zh-hans"]


def test_minutes_are_corrected_only_by_a_new_version_acknowledged_anew(desk, clock):
    ref = call(desk, clock)
    clock.move(days=4)
    first = commands.publish_minutes(desk.operator.actor, ref, written())
    commands.acknowledge(desk.buyer.actor, first)
    with pytest.raises(DatabaseError), transaction.atomic():
        Minutes.objects.update(version=2)
    second = commands.publish_minutes(desk.operator.actor, ref, written(decisions={}))
    assert [row.ref for row in queries.announcements_waiting(desk.buyer.actor)] == [second]
    with pytest.raises(NotFound):
        queries.get_announcement(desk.buyer.actor, first)
    assert [each.version for each in queries.get_meeting(desk.buyer.actor, ref).minutes] == [2]
    assert [each.version for each in queries.get_meeting(desk.operator.actor, ref).minutes] == [2, 1]
    assert queries.get_announcement(desk.buyer.actor, second).text["en"].startswith("Version 2;")
    assert [event.data["version"] for event in events("MinutesPublished")] == [1, 2]
    assert list(queries.minutes_replace_one_another()) == []


def test_what_minutes_cannot_be(desk, clock):
    ref = call(desk, clock)
    clock.move(days=4)
    task = written().tasks[0]
    for wrong, refusal in (
        (written(decisions={"en": ["a", "b"], "zh-hans": ["甲"]}), LinesDiffer),
        (written(decisions={"en": ["a"] * 21, "zh-hans": ["甲"] * 21}), TooManyPoints),
        (written(tasks=[task] * 21), TooManyPoints),
    ):
        with pytest.raises(refusal), transaction.atomic():
            commands.publish_minutes(desk.operator.actor, ref, wrong)
    with pytest.raises(Denied), transaction.atomic():
        commands.publish_minutes(desk.buyer.actor, ref, written())
    assert Minutes.objects.count() == Announcement.objects.count() == 0


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE service_meeting SET called_off_at = called_at, remind_at = NULL", "called off"),
        ("UPDATE service_minutes SET version = version + 1", "follow on none"),
        ("UPDATE service_minutes SET at = at - interval '9 days'", "before it was over"),
        ("UPDATE service_announcement SET withdrawn_at = NULL", "a later version"),
    ],
)
def test_the_audit_finds_minutes_that_cannot_be(desk, clock, statement, fault):
    ref = call(desk, clock)
    clock.move(days=4)
    for _twice in range(2):
        commands.publish_minutes(desk.operator.actor, ref, written())
    if "version = version" in statement:
        sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
        sql.execute("ALTER TABLE service_minutes DROP CONSTRAINT service_minutes_version_once")
    sql.execute("SET LOCAL session_replication_role = replica")
    sql.execute(statement)
    sql.execute("SET LOCAL session_replication_role = origin")
    assert any(fault in each.text for each in queries.minutes_replace_one_another())


def test_guests_are_forgotten_half_a_year_after(desk, clock):
    ref = call(desk, clock)
    commands.answer_meeting(desk.buyer.actor, ref, answer="yes", guests="Li")
    clock.move(days=100)
    assert jobs.forget_guests() == 0
    clock.move(days=90)
    assert jobs.forget_guests() == 1 and jobs.forget_guests() == 0
    assert list(MeetingAnswer.objects.values_list("answer", "guests")) == [("yes", "")]


def test_a_calendar_file_is_folded_and_escaped():
    at = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)
    text = calendar_file(
        uid="mtg_1@example.test", sequence=2, made_at=at, begins_at=at, ends_at=at + dt.timedelta(hours=1),
        subject="春季商品会议；" * 20, text="1. Prices, dates; more\nBEGIN:VEVENT", place="Room 3", url="https://x.test/",
        is_cancelled=False,
    )  # fmt: skip
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines) and lines[-1] == ""
    plain = text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART:20261201T060000Z" in plain and "SEQUENCE:2" in plain and plain.count("BEGIN:VEVENT") == 1
    assert f"SUMMARY:{'春季商品会议；' * 20}" in plain
    assert "DESCRIPTION:1. Prices\\, dates\\; more\\nBEGIN:VEVENT" in plain


def test_short_notice_needs_no_reminder():
    at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert remind_at(at + dt.timedelta(hours=20), at) is None
    assert remind_at(at + dt.timedelta(hours=25), at) == at + dt.timedelta(hours=1)
