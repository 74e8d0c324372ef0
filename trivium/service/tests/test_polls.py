"""Asking, voting, changing one's mind, closing, and who sees what came of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.service import commands, jobs, queries
from trivium.service.errors import (
    BadEnd,
    BadPoll,
    BadVote,
    LacksLanguage,
    LinesDiffer,
    NobodyAddressed,
    NotAsked,
    PollOver,
    ResultsHidden,
    TooFewOptions,
    UnknownCompany,
)
from trivium.service.models import Poll, PollVote

BOTH = {"en": "Which day suits you?", "zh-hans": "哪天方便？"}
OPTIONS = {"en": ["Monday", "Tuesday", "Friday"], "zh-hans": ["周一", "周二", "周五"]}


def ask(desk, clock, **given):
    asked = {"question": BOTH, "options": OPTIONS, "voters": "company", "results_shown": "closed",
             "closes_at": clock.at + dt.timedelta(days=3), "roles": ["buyer"], **given}  # fmt: skip
    return commands.ask_poll(desk.operator.actor, **asked)


def counts(actor, ref):
    found = queries.get_poll(actor, ref).results
    return found and [each.votes for each in found.options]


def chosen(actor, ref):
    return [each.position for each in queries.get_poll(actor, ref).options if each.is_chosen]


def test_a_role_is_asked_and_nobody_else_finds_it(desk, clock):
    ref = ask(desk, clock)
    assert [row.ref for row in queries.polls(desk.buyer.actor)] == [ref]
    for other in (desk.supplier.actor, desk.partner.actor):
        assert queries.polls(other) == [] and queries.calendar(other) == []
        for act in (queries.get_poll, queries.poll_results):
            with pytest.raises(NotFound):
                act(other, ref)
        with pytest.raises(NotFound), transaction.atomic():
            commands.vote(other, ref, choices=[0])
    (event,) = EventRecord.objects.filter(name="PollOpened")
    assert set(event.audience) == {desk.buyer.ref, desk.stranger.ref} and event.data == {"voters": "company"}


def test_a_company_has_one_vote_and_its_people_share_it(desk, clock):
    ref = ask(desk, clock)
    assert commands.vote(desk.buyer.actor, ref, choices=[0]) == 1
    assert chosen(desk.buyer.colleague, ref) == [0]
    assert commands.vote(desk.buyer.colleague, ref, choices=[1]) == 2
    assert commands.vote(desk.stranger.actor, ref, choices=[1]) == 1
    assert counts(desk.operator.actor, ref) == [0, 2, 0]
    found = queries.get_poll(desk.operator.actor, ref).results
    assert (found.voted, found.asked) == (2, 2) and found.options[1].percent == Decimal("100.0")


def test_each_person_has_a_vote_where_persons_are_asked(desk, clock):
    ref = ask(desk, clock, voters="person")
    commands.vote(desk.buyer.actor, ref, choices=[0])
    commands.vote(desk.buyer.colleague, ref, choices=[2])
    assert counts(desk.operator.actor, ref) == [1, 0, 1]
    assert queries.get_poll(desk.operator.actor, ref).results.asked == 4
    assert chosen(desk.buyer.actor, ref) == [0] and chosen(desk.buyer.colleague, ref) == [2]


def test_every_vote_is_kept_and_the_last_one_counts(desk, clock):
    ref = ask(desk, clock)
    for choice in ([0], [2], [2], [1]):
        commands.vote(desk.buyer.actor, ref, choices=choice)
    kept = list(PollVote.objects.order_by("number").values_list("number", "choices"))
    assert kept == [(1, [0]), (2, [2]), (3, [1])]
    assert counts(desk.operator.actor, ref) == [0, 1, 0]
    every = queries.votes_of(desk.operator.actor, ref, Wanted({"which": "every"})).rows
    assert [(vote.number, vote.choices[0]["en"], vote.counts) for vote in every] == [
        (1, "Monday", False), (2, "Friday", False), (3, "Tuesday", True)]  # fmt: skip
    assert [vote.number for vote in queries.votes_of(desk.operator.actor, ref, Wanted()).rows] == [3]
    assert EventRecord.objects.filter(name="VoteGiven").count() == 3
    for change in ({"number": 9}, {"choices": [0]}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PollVote.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PollVote.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        columns = "poll_id, voter, number, choices, organization_id, role, user_id, at"
        sql.execute(f"INSERT INTO service_pollvote ({columns}) SELECT {columns} FROM service_pollvote LIMIT 1")


def test_several_options_where_several_may_be_chosen(desk, clock):
    one, many = ask(desk, clock), ask(desk, clock, is_multiple=True)
    commands.vote(desk.buyer.actor, many, choices=[2, 0, 2])
    commands.vote(desk.stranger.actor, many, choices=[0])
    assert counts(desk.operator.actor, many) == [2, 0, 1]
    assert [str(each.percent) for each in queries.poll_results(desk.operator.actor, many).options] == [
        "100.0", "0.0", "50.0"]  # fmt: skip
    for wrong in ([0, 1], [], [3], [-1]):
        with pytest.raises(BadVote), transaction.atomic():
            commands.vote(desk.buyer.actor, one, choices=wrong)
    assert PollVote.objects.filter(poll__ref=one).count() == 0


@pytest.mark.parametrize("shown", ["closed", "voted"])
def test_results_are_hidden_as_long_as_was_said(desk, clock, shown):
    ref = ask(desk, clock, results_shown=shown)
    with pytest.raises(ResultsHidden):
        queries.poll_results(desk.buyer.actor, ref)
    commands.vote(desk.buyer.actor, ref, choices=[1])
    assert counts(desk.buyer.actor, ref) == (None if shown == "closed" else [0, 1, 0])
    assert counts(desk.stranger.actor, ref) is None and counts(desk.operator.actor, ref) == [0, 1, 0]
    clock.move(days=3)  # closed by its time, swept or not
    assert counts(desk.stranger.actor, ref) == [0, 1, 0]


def test_the_sweep_closes_what_is_over_once(desk, clock):
    ref, later = ask(desk, clock), ask(desk, clock, closes_at=clock.at + dt.timedelta(days=9))
    assert jobs.sweep() == 0
    clock.move(days=3)
    with pytest.raises(PollOver), transaction.atomic():
        commands.vote(desk.buyer.actor, ref, choices=[0])
    assert jobs.sweep() == 1 and jobs.sweep() == 0
    commands.close_due_poll(ref)
    commands.close_due_poll(later)
    assert dict(Poll.objects.values_list("ref", "closed_at")) == {ref: clock.at, later: None}
    (event,) = EventRecord.objects.filter(name="PollClosed")
    assert set(event.audience) == {desk.buyer.ref, desk.stranger.ref} and event.data == {"early": False}
    with pytest.raises(PollOver), transaction.atomic():
        commands.vote(desk.buyer.actor, ref, choices=[0])


def test_the_operator_closes_early_and_takes_back(desk, clock):
    ref, gone = ask(desk, clock), ask(desk, clock)
    commands.vote(desk.buyer.actor, gone, choices=[0])
    for _again in range(2):
        commands.close_poll(desk.operator.actor, ref)
        commands.withdraw_poll(desk.operator.actor, gone)
    with pytest.raises(PollOver), transaction.atomic():
        commands.vote(desk.buyer.actor, ref, choices=[0])
    with pytest.raises(NotFound), transaction.atomic():
        commands.vote(desk.buyer.actor, gone, choices=[0])
    with pytest.raises(PollOver), transaction.atomic():
        commands.close_poll(desk.operator.actor, gone)
    assert [EventRecord.objects.filter(name=name).count() for name in ("PollClosed", "PollWithdrawn")] == [1, 1]
    assert counts(desk.operator.actor, gone) == [1, 0, 0]
    clock.move(days=4)
    assert jobs.sweep() == 0


def test_only_the_operator_asks_closes_and_reads_votes(desk, clock):
    ref = ask(desk, clock)
    me = desk.buyer.actor
    for act in (commands.close_poll, commands.withdraw_poll):
        with pytest.raises(Denied), transaction.atomic():
            act(me, ref)
    with pytest.raises(Denied):
        queries.votes_of(me, ref, Wanted())
    with pytest.raises(Denied), transaction.atomic():
        commands.ask_poll(me, question=BOTH, options=OPTIONS, voters="company", results_shown="closed",
                          closes_at=clock.at + dt.timedelta(days=1), roles=["buyer"])  # fmt: skip
    with pytest.raises(NotAsked), transaction.atomic():  # it sees the poll, and is none of those asked
        commands.vote(desk.operator.actor, ref, choices=[0])
    with pytest.raises(Denied), transaction.atomic():
        commands.vote(Actor.system("tests"), ref, choices=[0])
    assert PollVote.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"voters": "everybody"}, BadPoll, "voters"),
        ({"results_shown": "never"}, BadPoll, "results_shown"),
        ({"options": {"en": ["Monday"], "zh-hans": ["周一"]}}, TooFewOptions, "options"),
        ({"options": {"en": ["a", "b"], "zh-hans": ["甲"]}}, LinesDiffer, "options.zh-hans"),
        ({"question": {"en": "Which?"}}, LacksLanguage, "question.zh-hans"),
        ({"roles": []}, NobodyAddressed, "roles"),
        ({"companies": ["Nobody & Sons"]}, UnknownCompany, "companies"),
        ({"closes_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, BadEnd, "closes_at"),
        ({"closes_at": dt.datetime(2036, 1, 1, tzinfo=dt.UTC)}, BadEnd, "closes_at"),
    ],
)
def test_what_a_poll_cannot_be(desk, clock, given, refusal, field):
    with pytest.raises(refusal) as raised, transaction.atomic():
        ask(desk, clock, **given)
    assert raised.value.field == field
    assert Poll.objects.count() == EventRecord.objects.filter(name="PollOpened").count() == 0


def test_the_calendar_shows_what_is_seen_and_open(desk, clock):
    ref = ask(desk, clock, roles=[], companies=[desk.buyer.ref, "Chenguang Lighting"])
    everybody = [desk.operator, desk.supplier, desk.partner, desk.buyer, desk.stranger]
    for each in everybody:
        seen = [row.ref for row in queries.polls(each.actor)]
        assert [date.ref for date in queries.calendar(each.actor)] == seen
        assert seen == ([ref] if each in (desk.operator, desk.supplier, desk.buyer) else [])
    commands.vote(desk.buyer.actor, ref, choices=[0])
    assert [date.answer for date in queries.calendar(desk.buyer.colleague)] == ["voted"]
    assert queries.poll_list(desk.buyer.actor, Wanted({"state": "waiting"})).count == 0
    clock.move(days=3)
    assert queries.calendar(desk.buyer.actor) == []
    assert queries.poll_list(desk.buyer.actor, Wanted({"state": "closed"}, "suits")).count == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("at = at + interval '9 days'", "while it was not open"),
        ("voter = 'org_nobody'", "of no voter"),
        ("number = 7", "follows on none"),
        ("choices = '{0,1}'", "several options"),
        ("choices = '{9}'", "for no option"),
        ("choices = '{1,1}'", "counts twice"),
    ],
)
def test_the_audit_finds_a_vote_that_cannot_be(desk, clock, change, fault):
    ref = ask(desk, clock)
    commands.vote(desk.buyer.actor, ref, choices=[0])
    assert list(queries.votes_are_in_order()) == []
    sql.execute("SET LOCAL session_replication_role = replica")
    sql.execute(f"UPDATE service_pollvote SET {change}")
    sql.execute("SET LOCAL session_replication_role = origin")
    found = list(queries.votes_are_in_order())
    assert found and any(fault in each.text for each in found) and found[0].subject == f"poll {ref}"
