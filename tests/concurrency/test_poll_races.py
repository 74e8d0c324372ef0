"""Two people who vote for one company at once, and a vote at the moment a poll closes: each vote has its number."""

import datetime as dt
from functools import partial

import pytest
from django.db import IntegrityError

from tests.concurrency.sessions import Session, all_at_once, one_after_the_other
from tests.journeys.market import Market
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.service import commands, queries
from trivium.service.errors import PollOver
from trivium.service.models import Poll, PollVote

pytestmark = pytest.mark.django_db(transaction=True)


def asked(market: Market) -> str:
    return commands.ask_poll(
        market.operator.actor, question={"en": "Day?", "zh-hans": "哪天？"},
        options={"en": ["Monday", "Friday"], "zh-hans": ["周一", "周五"]}, voters="company", results_shown="closed",
        closes_at=now() + dt.timedelta(days=1), roles=["buyer"],
    )  # fmt: skip


def test_counting_votes_and_then_writing_one_gives_two_the_same_number(two: tuple[Session, Session]) -> None:
    """What a program does that counts and then writes; only the unique key would stop it."""
    market = Market()
    buyer = market.buyer("Yuelai Hotel", market.partner("Lianca Trading"))
    poll = Poll.objects.get(ref=asked(market))
    first, second = two
    for session in two:
        session.begin()
        assert session.do(PollVote.objects.filter(poll=poll, voter=buyer.ref).count) == 0

    def write(who: Actor) -> None:
        given = PollVote(poll=poll, voter=buyer.ref, number=1, choices=[0], role="buyer", at=now())
        given.organization_id, given.user_id = who.organization_id or 0, who.user_id or 0
        given.save(force_insert=True)

    first.do(write, buyer.actor)
    first.end()
    with pytest.raises(IntegrityError):
        second.do(write, buyer.colleague)


def test_colleagues_who_vote_at_once_change_one_vote() -> None:
    market = Market()
    buyer = market.buyer("Yuelai Hotel", market.partner("Lianca Trading"))
    ref = asked(market)
    people = (buyer.actor, buyer.colleague)
    results = all_at_once([partial(commands.vote, who, ref, choices=[n]) for n, who in enumerate(people)])
    assert sorted(results) == [1, 2]
    assert queries.poll_results(market.operator.actor, ref).voted == 1
    assert list(queries.votes_are_in_order()) == []


def test_a_vote_that_waited_for_the_close_comes_too_late() -> None:
    market = Market()
    buyer = market.buyer("Yuelai Hotel", market.partner("Lianca Trading"))
    ref = asked(market)
    close = partial(commands.close_poll, market.operator.actor, ref)
    _closed, voted = one_after_the_other(close, partial(commands.vote, buyer.actor, ref, choices=[0]))
    assert isinstance(voted, PollOver)
    assert sql.rows("SELECT count(*) FROM service_pollvote")[0][0] == 0
