"""What the operator asks groups in polls."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import (
    Digits,
    Done,
    Flag,
    Given,
    Instant,
    Items,
    Made,
    Moment,
    Page,
    Short,
    Shown,
    Whole,
    Words,
)
from trivium.core.lists import Wanted
from trivium.parties.rules import Role
from trivium.service import commands, queries
from trivium.service.rules import (
    COMPANIES,
    DECISIONS,
    MOST,
    ResultsShown,
    Voters,
)

router = Router()
Line = Annotated[str, StringConstraints(strict=True, max_length=300)]
Lines = Annotated[
    dict[Annotated[str, StringConstraints(max_length=20)], Annotated[list[Line], Field(max_length=DECISIONS + 1)]],
    Field(
        description="The same lines in each language of the portals.",
        examples=[{"en": ["Monday", "Friday"], "zh-hans": ["周一", "周五"]}],
        max_length=12,
    ),
]


class Addressed(Given):
    """To whom it goes: everybody in these roles, and companies by reference or exact name."""

    roles: list[Role] = Field([], max_length=4)
    companies: list[Short] = Field([], max_length=COMPANIES)

    def values(self) -> dict[str, Any]:
        """What the command takes of it."""
        return {"roles": [role.value for role in self.roles], "companies": self.companies}


class NewPoll(Addressed):
    """A question to a group, with its options in each language."""

    question: Words
    options: Lines
    closes_at: Moment
    voters: Voters = Voters.COMPANY
    results_shown: ResultsShown = ResultsShown.CLOSED
    is_multiple: Flag = False


class NewVote(Given):
    """The positions of the options that are voted for, counted from 0."""

    choices: list[Whole] = Field(max_length=MOST)


class PollItem(Shown):
    """A poll; `has_voted` says whether the vote this key has is given."""

    ref: str
    question: dict[str, str]
    is_multiple: bool
    voters: Voters
    results_shown: ResultsShown
    roles: list[str]
    opened_at: Instant
    closes_at: Instant
    closed_at: Instant | None
    withdrawn_at: Instant | None
    has_voted: bool


class OptionView(Shown):
    """What can be voted for; `is_chosen` says whether the vote this key has is for it."""

    position: int
    words: dict[str, str]
    is_chosen: bool


class PollView(PollItem):
    """A poll with its options."""

    options: list[OptionView]
    is_asked: bool
    is_open: bool


class PollResultView(Shown):
    """How many votes an option has, and of how many percent of those who have voted."""

    position: int
    words: dict[str, str]
    votes: int
    percent: Digits


class ResultsView(Shown):
    """What came of a poll so far: `voted` of `asked` companies or people have voted."""

    voted: int
    asked: int
    options: list[PollResultView]


class VoteView(Shown):
    """A vote as it was given; `counts` says whether it is its voter's last."""

    company: str
    role: str
    person: str
    choices: list[dict[str, str]]
    number: int
    at: Instant
    counts: bool


class VoteGiven(Shown):
    """A vote is given; `number` says the how manieth of this voter it is."""

    number: int


class VotesWanted(BaseModel):
    """Which votes, and from which place of the list on."""

    which: Literal["", "every"] = ""
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=100)


_POLL = tuple(PollItem.model_fields)


def _poll(row: queries.PollRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _POLL}


def key_of(row: Any) -> int:
    return int(row.id)


@router.get("/polls", **reads(Page[PollItem]))
def polls(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The polls this workspace may see, newest first."""
    found = queries.polls(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=key_of, show=_poll))


@router.get("/polls/{ref}", **reads(PollView))
def poll(request: Asked, ref: str) -> HttpResponse:
    """A poll with its options."""
    found = queries.get_poll(request.auth, ref)
    options = [{name: getattr(each, name) for name in OptionView.model_fields} for each in found.options]
    more = {"options": options, "is_asked": found.is_asked, "is_open": found.is_open}
    return answer({**_poll(found.row), **more})


@router.get("/polls/{ref}/results", **reads(ResultsView))
def poll_results(request: Asked, ref: str) -> HttpResponse:
    """What came of a poll so far, if the key's workspace may see it yet."""
    found = queries.poll_results(request.auth, ref)
    options = [
        {"position": each.position, "words": each.words, "votes": each.votes, "percent": str(each.percent)}
        for each in found.options
    ]
    return answer({"voted": found.voted, "asked": found.asked, "options": options})


@router.get("/polls/{ref}/votes", **reads(Items[VoteView]))
def votes(request: Asked, ref: str, wanted: Query[VotesWanted]) -> HttpResponse:
    """Who has voted for what; with `which=every` also the votes that were changed."""
    asked = Wanted({"which": wanted.which}, offset=wanted.offset, limit=wanted.limit)
    rows = queries.votes_of(request.auth, ref, asked).rows
    return answer({"items": [{name: getattr(row, name) for name in VoteView.model_fields} for row in rows]})


@router.post("/polls", **writes(Made, 201))
@once
def ask_poll(request: Asked, given: NewPoll) -> HttpResponse:
    """Ask everybody in some roles, or in the named companies, something."""
    values = given.model_dump(exclude={"roles", "companies"})
    return answer({"ref": commands.ask_poll(request.auth, **values, **given.values())}, 201)


@router.post("/polls/{ref}/vote", **writes(VoteGiven))
@once
def vote(request: Asked, ref: str, given: NewVote) -> HttpResponse:
    """Vote, or change the vote while the poll is open."""
    return answer({"number": commands.vote(request.auth, ref, choices=given.choices)})


@router.post("/polls/{ref}/close", **writes(Done))
@once
def close_poll(request: Asked, ref: str) -> HttpResponse:
    """Close a poll before its time."""
    commands.close_poll(request.auth, ref)
    return answer({"changed": 1})


@router.post("/polls/{ref}/withdraw", **writes(Done))
@once
def withdraw_poll(request: Asked, ref: str) -> HttpResponse:
    """Take a poll back."""
    commands.withdraw_poll(request.auth, ref)
    return answer({"changed": 1})
