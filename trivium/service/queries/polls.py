"""Reads of polls: what one is asked, how it was answered, and what came of it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Found, Wanted, among, counted, cut, like
from trivium.core.time import now
from trivium.service.errors import ResultsHidden
from trivium.service.models import Meeting, Poll, PollVote
from trivium.service.rules import may_see_results


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll as lists show it; `has_voted` says whether the reader's one vote is given."""

    id: int
    ref: str
    question: Mapping[str, str]
    is_multiple: bool
    voters: str
    results_shown: str
    roles: Sequence[str]
    opened_at: dt.datetime
    closes_at: dt.datetime
    closed_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    has_voted: bool

    def is_over(self, at: dt.datetime) -> bool:
        """Whether nobody can vote any more."""
        return self.closed_at is not None or self.withdrawn_at is not None or self.closes_at <= at


@dataclass(frozen=True, slots=True)
class Option:
    """What can be voted for, and whether the reader's vote is for it."""

    position: int
    words: Mapping[str, str]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How many votes an option has, and of how many percent of those who have voted."""

    position: int
    words: Mapping[str, str]
    votes: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a poll so far: `voted` of `asked` companies or people have voted."""

    options: Sequence[Result]
    voted: int
    asked: int


@dataclass(frozen=True, slots=True)
class PollPage:
    """A poll as it is read. `companies` are those asked by name, for the operator alone; so is who asked."""

    row: PollRow
    options: Sequence[Option]
    voted_by: str
    voted_at: dt.datetime | None
    is_asked: bool
    is_open: bool
    results: Results | None
    companies: Sequence[str]
    asked_by: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as it was given; `counts` says whether it is its voter's last."""

    id: int
    company: str
    role: str
    person: str
    choices: Sequence[Mapping[str, str]]
    number: int
    at: dt.datetime
    counts: bool


_COLUMNS = ("id", "ref", "question", "is_multiple", "voters", "results_shown", "roles", "opened_at", "closes_at",
            "closed_at", "withdrawn_at", "has_voted")  # fmt: skip
_SORTS = {"closes": "closes_at", "opened": "opened_at"}


def _mine(actor: Actor) -> Any:
    """The votes of whoever this actor votes as."""
    return PollVote.objects.filter(voter__in=[actor.organization_ref or "", actor.user_ref or ""])


def _seen(actor: Actor) -> Any:
    mine = _mine(actor).filter(poll_id=OuterRef("pk"))
    return Poll.objects.visible_to(actor).annotate(has_voted=Exists(mine))


def polls(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[PollRow]:
    """The polls this workspace may see, newest first. One statement."""
    found = _seen(actor).order_by("-id")
    found = found.filter(pk__lt=before_id) if before_id is not None else found
    return [PollRow(*row) for row in found.values_list(*_COLUMNS)[:limit]]


def poll_list(actor: Actor, wanted: Wanted) -> Found:
    """The same as a list. Filter: state (open, waiting: open and not voted in, closed). Two statements."""
    found, state, at = _seen(actor), wanted.filters.get("state"), now()
    is_open = Q(closed_at=None, withdrawn_at=None, closes_at__gt=at)
    if state in ("open", "waiting"):
        found = found.filter(is_open)
    if state == "waiting":
        found = found.filter(has_voted=False)
    if state == "closed":
        found = found.exclude(is_open)
    if wanted.text:
        text = wanted.text
        found = found.filter(Q(question__en__icontains=text) | Q(**{"question__zh-hans__icontains": text}))
    rows, count, is_more = cut(found, wanted, _SORTS)
    return Found([PollRow(*row) for row in rows.values_list(*_COLUMNS)], count, is_more)


def is_asked(actor: Actor, found: Poll | Meeting) -> bool:
    """Whether a poll or a meeting is this workspace's own, and not only seen by it. One statement at most."""
    return actor.role in found.roles or found.companies.filter(organization_id=actor.organization_id or 0).exists()


def get_poll(actor: Actor, ref: str) -> PollPage:
    """A poll with its options, the reader's vote, and the results as far as they may be seen. Six statements at most.

    Who asks a poll sees how it goes; who was asked, when it says so.
    Refuses: NotFound.
    """
    found = _seen(actor).filter(ref=ref).select_related("asked_by").first()
    if found is None:
        raise NotFound(what="poll", ref=ref)
    row = PollRow(*(getattr(found, name) for name in _COLUMNS))
    asks, at = actor.may("poll.ask"), now()
    mine = _mine(actor).filter(poll=found).order_by("-number").select_related("user").first()
    chosen = set(mine.choices) if mine else set()
    options = [Option(n, words, n in chosen) for n, words in _options(found.pk)]
    shown = asks or may_see_results(
        results_shown=row.results_shown, is_closed=row.is_over(at), has_voted=mine is not None
    )
    return PollPage(
        row,
        options,
        mine.user.name if mine else "",
        mine.at if mine else None,
        is_asked(actor, found),
        not row.is_over(at),
        _results(found.pk, row.voters, options) if shown else None,
        list(found.companies.order_by("organization__name").values_list("organization__name", flat=True))
        if asks else (),
        found.asked_by.name if asks else "",
    )  # fmt: skip


def poll_results(actor: Actor, ref: str) -> Results:
    """What came of a poll so far.

    Refuses: NotFound, ResultsHidden.
    """
    found = get_poll(actor, ref).results
    if found is None:
        raise ResultsHidden()
    return found


def words_of(value: Any) -> Mapping[str, str]:
    """Words by language as a statement of ours brings them."""
    found: Mapping[str, str] = json.loads(value) if isinstance(value, str) else value
    return found


def results_list(results: Results, wanted: Wanted) -> Found:
    """The results as a list, in the order of the options."""
    return among(results.options, wanted)


def _options(poll_id: int) -> list[tuple[int, Mapping[str, str]]]:
    statement = "SELECT position, words FROM service_polloption WHERE poll_id = %s ORDER BY position"
    return [(position, words_of(words)) for position, words in sql.rows(statement, [poll_id])]


# Each voter's last vote counts, once for each option it is for.
_RESULTS = """
WITH last AS (
    SELECT DISTINCT ON (voter) voter, choices FROM service_pollvote WHERE poll_id = %(poll)s
    ORDER BY voter, number DESC
), asked AS (
    SELECT DISTINCT CASE WHEN %(voters)s = 'company' THEN o.ref ELSE u.ref END AS voter
    FROM service_poll p
    JOIN parties_organizationrole r ON true JOIN parties_organization o ON o.id = r.organization_id
    LEFT JOIN parties_membership m ON m.organization_id = o.id AND m.role = r.role AND m.ends_at IS NULL
    LEFT JOIN parties_user u ON u.id = m.user_id AND u.is_active
    WHERE p.id = %(poll)s AND (r.role = ANY(p.roles) OR EXISTS (
        SELECT FROM service_pollcompany c WHERE c.poll_id = p.id AND c.organization_id = o.id))
)
SELECT c.position, count(*)::int, (SELECT count(*)::int FROM last),
       (SELECT count(*)::int FROM (SELECT voter FROM asked WHERE voter IS NOT NULL UNION SELECT voter FROM last) AS e)
FROM last CROSS JOIN LATERAL unnest(last.choices) AS c(position) GROUP BY c.position
UNION ALL
SELECT -1, 0, 0, (SELECT count(*)::int FROM (SELECT voter FROM asked WHERE voter IS NOT NULL
                                             UNION SELECT voter FROM last) AS e)
WHERE NOT EXISTS (SELECT FROM last)
"""


def _results(poll_id: int, voters: str, options: Sequence[Option]) -> Results:
    rows = sql.rows(_RESULTS, {"poll": poll_id, "voters": voters})
    votes = {row[0]: row[1] for row in rows}
    voted, asked = rows[0][2], rows[0][3]
    return Results(
        [Result(each.position, each.words, votes.get(each.position, 0), _percent(votes.get(each.position, 0), voted))
         for each in options],
        voted,
        asked,
    )  # fmt: skip


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else Decimal("0.0")


_VOTES = """
SELECT v.id, o.name, v.role, u.name, v.choices, v.number, v.at, v.number = max(v.number) OVER (PARTITION BY v.voter)
FROM service_pollvote v JOIN parties_organization o ON o.id = v.organization_id JOIN parties_user u ON u.id = v.user_id
WHERE v.poll_id = %(poll)s
"""
_VOTE_LIST = f"""
SELECT *, count(*) OVER () FROM ({_VOTES}) AS v(id, company, role, person, choices, number, at, counts)
WHERE (%(every)s OR counts) AND (%(text)s = '' OR company ILIKE %(like)s::text OR person ILIKE %(like)s::text)
ORDER BY company, person, number LIMIT %(limit)s OFFSET %(offset)s
"""


def votes_of(actor: Actor, ref: str, wanted: Wanted) -> Found:
    """Who has voted for what, for whoever asks polls. Filter: which ("every" also shows the votes that were changed).

    Refuses: Denied("poll.ask"), NotFound.
    """
    actor.require("poll.ask")
    found = Poll.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(what="poll", ref=ref)
    words = dict(_options(found.pk))
    params = {"poll": found.pk, "every": wanted.filters.get("which") == "every", "text": wanted.text.strip(),
              "like": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}  # fmt: skip
    rows = sql.rows(_VOTE_LIST, params)
    votes = [
        Vote(row[0], row[1], row[2], row[3], [words[n] for n in row[4]], row[5], row[6], row[7]) for row in rows
    ]
    return Found(votes, *counted(rows[0][8] if rows else 0))


def lock_poll(actor: Actor, ref: str) -> Poll:
    """A poll of this workspace, locked for an act on it.

    Refuses: NotFound.
    """
    locked: list[Poll] = list(Poll.objects.visible_to(actor).filter(ref=ref).locked())
    if not locked:
        raise NotFound(what="poll", ref=ref)
    return locked[0]
