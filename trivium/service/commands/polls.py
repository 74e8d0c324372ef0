"""The acts on polls: the operator asks, closes and takes back; whoever is asked votes, and may change their mind."""

import datetime as dt
from collections.abc import Mapping, Sequence

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.events import publish
from trivium.core.time import now
from trivium.service import queries
from trivium.service.commands.addressing import both, both_lines, group_of, person_of, told
from trivium.service.errors import BadEnd, NotAsked, PollOver
from trivium.service.events import PollClosed, PollOpened, PollWithdrawn, VoteGiven
from trivium.service.models import Poll, PollCompany, PollOption, PollVote
from trivium.service.rules import MOST, OPTION, QUESTION, Voters, check_choices, check_poll

LONGEST_OPEN = dt.timedelta(days=366)


@act
def ask_poll(
    actor: Actor,
    *,
    question: Mapping[str, str],
    options: Mapping[str, Sequence[str]],
    voters: str,
    results_shown: str,
    closes_at: dt.datetime,
    is_multiple: bool = False,
    roles: Sequence[str] = (),
    companies: Sequence[str] = (),
) -> str:
    """Ask everybody in some roles, or in the named companies, something; returns the poll's reference.

    `options` are the same lines in each language. `voters` says whether each company or each person has a vote.
    Refuses: Denied("poll.ask"), BadPoll, TooFewOptions, LinesDiffer, LacksLanguage, TooLong, BadText, BadEnd,
    BadGroup, NobodyAddressed, UnknownCompany, TooManyCompanies.
    """
    actor.require("poll.ask")
    asked_by, _own = person_of(actor, "poll.ask")
    words, lines = both(question, QUESTION, "question"), both_lines(options, OPTION, MOST, "options")
    check_poll(voters, results_shown, len(lines))
    group, at = group_of(roles, companies), now()
    if not at < closes_at <= at + LONGEST_OPEN:
        raise BadEnd(days=LONGEST_OPEN.days, field="closes_at")
    made = Poll(
        question=words, is_multiple=is_multiple, voters=voters, results_shown=results_shown, roles=list(group.roles),
        asked_by_id=asked_by, opened_at=at, closes_at=closes_at,
    )  # fmt: skip
    made.save(force_insert=True)
    PollCompany.objects.bulk_create(PollCompany(poll=made, organization_id=each.id) for each in group.companies)
    PollOption.objects.bulk_create(PollOption(poll=made, position=n, words=line) for n, line in enumerate(lines))
    publish(PollOpened(subject=made.ref, audience=group.told, voters=voters), actor=actor, at=at)
    return made.ref


@act
def vote(actor: Actor, poll_ref: str, *, choices: Sequence[int]) -> int:
    """Vote, or change one's vote while the poll is open; returns how many times this voter has voted.

    Each vote is kept; the last one counts. Where a company has the vote, any of its people gives and changes it.
    Refuses: NotFound, NotAsked, PollOver, BadVote, Denied (nobody is behind the actor).
    """
    actor.require("poll.vote")
    found = queries.lock_poll(actor, poll_ref)
    user_id, own = person_of(actor, "poll.vote")
    if not queries.is_asked(actor, found):
        raise NotAsked()
    at = now()
    if found.withdrawn_at or found.closed_at or found.closes_at <= at:
        raise PollOver()
    chosen = check_choices(choices, options=found.options.count(), is_multiple=found.is_multiple)
    voter = actor.organization_ref if found.voters == Voters.COMPANY else actor.user_ref
    last = PollVote.objects.filter(poll=found, voter=voter).order_by("-number").first()
    if last is not None and last.choices == chosen:
        return int(last.number)
    number = last.number + 1 if last else 1
    given = PollVote(poll=found, voter=voter, number=number, choices=chosen, role=actor.role, at=at)
    given.organization_id, given.user_id = own, user_id
    given.save(force_insert=True)
    publish(VoteGiven(subject=found.ref, number=number), actor=actor, at=at)
    return int(number)


@act
def close_poll(actor: Actor, poll_ref: str) -> None:
    """Close a poll before its time: nobody votes any more, and those who were asked see what came of it. Twice is once.

    Refuses: Denied("poll.ask"), NotFound, PollOver (it was taken back).
    """
    actor.require("poll.ask")
    found = queries.lock_poll(actor, poll_ref)
    if found.withdrawn_at:
        raise PollOver()
    at = now()
    if found.closed_at is None:
        _close(actor, found, at, early=found.closes_at > at)


@act
def withdraw_poll(actor: Actor, poll_ref: str) -> None:
    """Take a poll back: nobody it was for sees it any more. Votes stay. Twice is once.

    Refuses: Denied("poll.ask"), NotFound.
    """
    actor.require("poll.ask")
    found = queries.lock_poll(actor, poll_ref)
    if found.withdrawn_at is None:
        found.withdrawn_at = now()
        found.save(update_fields=["withdrawn_at"])
        publish(PollWithdrawn(subject=found.ref), actor=actor, at=found.withdrawn_at)


@act
def close_due_poll(poll_ref: str) -> None:
    """Close a poll whose time is over; does nothing if it is not, or was closed meanwhile."""
    system = Actor.system("service.sweep")
    found, at = queries.lock_poll(system, poll_ref), now()
    if found.closed_at is None and found.withdrawn_at is None and found.closes_at <= at:
        _close(system, found, at, early=False)


def _close(actor: Actor, found: Poll, at: dt.datetime, *, early: bool) -> None:
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    everybody = told(found.roles, list(found.companies.values_list("organization__ref", flat=True)))
    publish(PollClosed(subject=found.ref, audience=everybody, early=early), actor=actor, at=at)
