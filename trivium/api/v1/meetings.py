"""The meetings the operator calls groups to, and their minutes."""

from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from trivium.api.answers import CALENDAR, answer, calendar, draws, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.polls import Addressed, Lines, key_of
from trivium.api.v1.shapes import (
    Day,
    Done,
    Given,
    Instant,
    Items,
    Made,
    Moment,
    Page,
    Shown,
    Words,
)
from trivium.core.lists import Wanted
from trivium.core.time import now
from trivium.service import commands, queries
from trivium.service.rules import (
    GUESTS,
    LINK,
    PLACE,
    TASKS,
    WHO,
    Coming,
)

router = Router()


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
    return answer(page(found, wanted, id_of=key_of, show=_meeting))


@router.get("/meetings/{ref}", **reads(MeetingView))
def meeting(request: Asked, ref: str) -> HttpResponse:
    """A meeting with its agenda and minutes."""
    found = queries.get_meeting(request.auth, ref)
    more = {"agenda": found.agenda, "guests": found.guests, "state": found.row.state(now()),
            "is_asked": found.is_asked, "minutes": [_minutes(each) for each in found.minutes]}  # fmt: skip
    return answer({**_meeting(found.row), **more})


@router.get("/meetings/{ref}/meeting.ics", **draws("The meeting for a calendar", CALENDAR))
def meeting_file(request: Asked, ref: str) -> HttpResponse:
    """A meeting as an iCalendar file; one that was moved or called off replaces what the calendar has."""
    language = get_language() or "en"
    text = queries.meeting_file(request.auth, ref, site=settings.TRIVIUM["SITE_URL"], language=language)
    return calendar(text, ref)


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
