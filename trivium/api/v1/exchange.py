"""What the operator asks groups in polls, and the meetings it calls them to."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import (
    Day,
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
from trivium.core.time import now
from trivium.parties.rules import Role
from trivium.service import commands, queries
from trivium.service.rules import (
    COMPANIES,
    DECISIONS,
    GUESTS,
    LINK,
    MOST,
    PLACE,
    TASKS,
    WHO,
    Coming,
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


class ResultView(Shown):
    """How many votes an option has, and of how many percent of those who have voted."""

    position: int
    words: dict[str, str]
    votes: int
    percent: Digits


class ResultsView(Shown):
    """What came of a poll so far: `voted` of `asked` companies or people have voted."""

    voted: int
    asked: int
    options: list[ResultView]


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


def _key(row: Any) -> int:
    return int(row.id)


@router.get("/polls", **reads(Page[PollItem]))
def polls(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The polls this workspace may see, newest first."""
    found = queries.polls(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_key, show=_poll))


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


# -- meetings --------------------------------------------------------------------------------------------------------


class MeetingTime(Given):
    """When a meeting is and where: a place, a link, or both; `zone` is the clock its time is shown by."""

    begins_at: Moment
    ends_at: Moment
    zone: Annotated[str, StringConstraints(strict=True, max_length=40)] = "Asia/Shanghai"
    place: Annotated[str, StringConstraints(strict=True, max_length=PLACE)] = ""
    link: Annotated[str, StringConstraints(strict=True, max_length=LINK)] = ""

    def when(self) -> commands.When:
        """What the command takes of it."""
        return commands.When(self.begins_at, self.ends_at, self.zone, self.place, self.link)


class NewMeeting(MeetingTime, Addressed):
    """An invitation to a meeting."""

    subject: Words
    agenda: Words


class NewAnswer(Given):
    """Whether the company comes, and who."""

    answer: Coming
    guests: Annotated[str, StringConstraints(strict=True, max_length=GUESTS)] = ""


class NewTask(Given):
    """What somebody took on, and until when."""

    words: Words
    who: Annotated[str, StringConstraints(strict=True, max_length=WHO)]
    until: Day


class NewMinutes(Given):
    """What was said and decided in a meeting, and who does what; sent again, it is the next version."""

    text: Words
    decisions: Lines = Field({})
    tasks: list[NewTask] = Field([], max_length=TASKS + 1)


class MeetingItem(Shown):
    """A meeting; `answer` is what the key's company has said, or empty."""

    ref: str
    subject: dict[str, str]
    begins_at: Instant
    ends_at: Instant
    zone: str
    place: str
    link: str
    roles: list[str]
    sequence: int
    called_at: Instant
    changed_at: Instant
    called_off_at: Instant | None
    answer: Literal["", "yes", "no"]


class TaskView(Shown):
    """What somebody took on, and until when."""

    words: dict[str, str]
    who: str
    until: str


class MinutesView(Shown):
    """A version of the minutes; they are acknowledged as the announcement it names."""

    version: int
    announcement_ref: str
    text: dict[str, str]
    decisions: list[dict[str, str]]
    tasks: list[TaskView]
    at: Instant


class MeetingView(MeetingItem):
    """A meeting with its agenda and minutes, the last version first."""

    agenda: dict[str, str]
    guests: str
    state: Literal["ahead", "running", "held", "called_off"]
    is_asked: bool
    minutes: list[MinutesView]


class AnswerView(Shown):
    """An invited company, and what it has answered."""

    company: str
    answer: Literal["", "yes", "no"]
    guests: str
    by: str
    at: Instant | None


class AnswersWanted(BaseModel):
    """Which companies, and from which place of the list on."""

    state: Literal["", "yes", "no", "none"] = ""
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=100)


_MEETING = tuple(MeetingItem.model_fields)


def _meeting(row: queries.MeetingRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _MEETING}


def _minutes(found: queries.MinutesPage) -> dict[str, Any]:
    tasks = [
        {"words": each.words, "who": each.who, "until": each.until.isoformat() if each.until else ""}
        for each in found.tasks
    ]
    return {
        "version": found.version,
        "announcement_ref": found.announcement_ref,
        "text": found.text,
        "decisions": [each.words for each in found.decisions],
        "tasks": tasks,
        "at": found.at,
    }


@router.get("/meetings", **reads(Page[MeetingItem]))
def meetings(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The meetings this workspace may see, those called last first."""
    found = queries.meetings(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_key, show=_meeting))


@router.get("/meetings/{ref}", **reads(MeetingView))
def meeting(request: Asked, ref: str) -> HttpResponse:
    """A meeting with its agenda and minutes."""
    found = queries.get_meeting(request.auth, ref)
    more = {"agenda": found.agenda, "guests": found.guests, "state": found.row.state(now()),
            "is_asked": found.is_asked, "minutes": [_minutes(each) for each in found.minutes]}  # fmt: skip
    return answer({**_meeting(found.row), **more})


@router.get("/meetings/{ref}/answers", **reads(Items[AnswerView]))
def answers(request: Asked, ref: str, wanted: Query[AnswersWanted]) -> HttpResponse:
    """Every invited company, and what it has answered."""
    asked = Wanted({"state": wanted.state}, offset=wanted.offset, limit=wanted.limit)
    rows = queries.answers_of(request.auth, ref, asked).rows
    return answer({"items": [{name: getattr(row, name) for name in AnswerView.model_fields} for row in rows]})


@router.post("/meetings", **writes(Made, 201))
@once
def call_meeting(request: Asked, given: NewMeeting) -> HttpResponse:
    """Invite everybody in some roles, or the named companies, to a meeting."""
    ref = commands.call_meeting(
        request.auth, subject=given.subject, agenda=given.agenda, when=given.when(), **given.values()
    )
    return answer({"ref": ref}, 201)


@router.post("/meetings/{ref}/move", **writes(Done))
@once
def move_meeting(request: Asked, ref: str, given: MeetingTime) -> HttpResponse:
    """Give a meeting another time or place."""
    commands.move_meeting(request.auth, ref, given.when())
    return answer({"changed": 1})


@router.post("/meetings/{ref}/call-off", **writes(Done))
@once
def call_off_meeting(request: Asked, ref: str) -> HttpResponse:
    """Call a meeting off."""
    commands.call_off_meeting(request.auth, ref)
    return answer({"changed": 1})


@router.post("/meetings/{ref}/answer", **writes(Done))
@once
def answer_meeting(request: Asked, ref: str, given: NewAnswer) -> HttpResponse:
    """Say whether the company comes, and who."""
    commands.answer_meeting(request.auth, ref, answer=given.answer, guests=given.guests)
    return answer({"changed": 1})


@router.post("/meetings/{ref}/minutes", **writes(Made, 201))
@once
def publish_minutes(request: Asked, ref: str, given: NewMinutes) -> HttpResponse:
    """Publish the minutes of a meeting, or their next version; the answer names the announcement they went out as."""
    tasks = [commands.Point(each.words, each.who, each.until) for each in given.tasks]
    written = commands.Written(given.text, given.decisions, tasks)
    return answer({"ref": commands.publish_minutes(request.auth, ref, written)}, 201)
