"""Tickets asked by companies and answered by the operator, and what the operator tells them."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import Day, Done, Flag, Given, Instant, Items, Made, Page, Short, Shown, Words
from trivium.core.lists import Wanted
from trivium.parties.rules import Role
from trivium.service import commands, queries
from trivium.service.rules import COMPANIES, PAGE, PAGE_TITLE, SUBJECT, TEXT, Notice, Outcome, TicketKind

router = Router()
Text = Annotated[str, StringConstraints(strict=True, max_length=TEXT)]
Kinds = Literal["question", "fault", "complaint", "wish"]


class NewTicket(Given):
    """What the operator is asked for; `about` is the number or reference of an order, or a product's reference."""

    subject: Annotated[str, StringConstraints(strict=True, max_length=SUBJECT)]
    text: Text
    kind: Kinds = "question"
    about: Annotated[str, StringConstraints(strict=True, max_length=40)] = ""


class NewFeedback(Given):
    """What somebody thinks of a page, named by its path."""

    text: Text
    page: Annotated[str, StringConstraints(strict=True, max_length=PAGE)] = ""
    page_title: Annotated[str, StringConstraints(strict=True, max_length=PAGE_TITLE)] = ""


class TicketWords(Given):
    """What is written."""

    text: Text


class Answered(TicketWords):
    """The operator's answer, or with `asks_back` its question."""

    asks_back: Flag = False


class Ended(Given):
    """How it ended."""

    outcome: Outcome
    text: Text = ""


class TicketItem(Shown):
    """A ticket; `outcome` is empty until it is closed, `company` if a person in no company asked for themselves.

    Of a visitor, who was not signed in, `opened_by` is empty too.
    """

    ref: str
    number: str
    kind: TicketKind
    subject: str
    state: str
    outcome: str
    company: str
    role: str
    opened_by: str
    opened_at: Instant
    taken_by: str
    changed_at: Instant
    closed_at: Instant | None
    about_ref: str
    page: str
    page_title: str


class WordView(Shown):
    """One thing said or done on a ticket."""

    act: str
    side: str
    by: str
    text: str
    state: str
    at: Instant


class TicketView(TicketItem):
    """A ticket with its conversation, oldest first."""

    words: list[WordView]
    may_reopen: bool


_ITEM = tuple(TicketItem.model_fields)


def _item(row: queries.TicketRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _ITEM}


def _id(row: queries.TicketRow) -> int:
    return row.id


@router.get("/tickets", **reads(Page[TicketItem]))
def tickets(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The tickets this workspace may see, newest first."""
    found = queries.tickets(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_item))


@router.get("/tickets/{ref}", **reads(TicketView))
def ticket(request: Asked, ref: str) -> HttpResponse:
    """A ticket with its conversation."""
    found = queries.get_ticket(request.auth, ref)
    words = [{name: getattr(said, name) for name in WordView.model_fields} for said in found.words]
    return answer({**_item(found.row), "words": words, "may_reopen": found.may_reopen})


@router.post("/tickets", **writes(Made, 201))
@once
def open_ticket(request: Asked, given: NewTicket) -> HttpResponse:
    """Ask the operator for something."""
    return answer({"ref": commands.open_ticket(request.auth, **given.model_dump())}, 201)


@router.post("/feedback", **writes(Made, 201))
@once
def give_feedback(request: Asked, given: NewFeedback) -> HttpResponse:
    """Say what one thinks of a page; it becomes a ticket of the kind feedback."""
    return answer({"ref": commands.give_feedback(request.auth, **given.model_dump())}, 201)


@router.post("/tickets/{ref}/reply", **writes(Done))
@once
def reply(request: Asked, ref: str, given: TicketWords) -> HttpResponse:
    """Write more on one's own ticket."""
    commands.reply(request.auth, ref, text=given.text)
    return answer({"changed": 1})


@router.post("/tickets/{ref}/take", **writes(Done))
@once
def take_ticket(request: Asked, ref: str) -> HttpResponse:
    """Look after a ticket from now on."""
    commands.take_ticket(request.auth, ref)
    return answer({"changed": 1})


@router.post("/tickets/{ref}/answer", **writes(Done))
@once
def answer_ticket(request: Asked, ref: str, given: Answered) -> HttpResponse:
    """Answer the company, or ask it back."""
    commands.answer(request.auth, ref, text=given.text, asks_back=given.asks_back)
    return answer({"changed": 1})


@router.post("/tickets/{ref}/close", **writes(Done))
@once
def close_ticket(request: Asked, ref: str, given: Ended) -> HttpResponse:
    """End a ticket with an outcome."""
    commands.close_ticket(request.auth, ref, outcome=given.outcome, text=given.text)
    return answer({"changed": 1})


@router.post("/tickets/{ref}/reopen", **writes(Done))
@once
def reopen_ticket(request: Asked, ref: str, given: TicketWords) -> HttpResponse:
    """Say that a closed ticket was not over, within a fortnight."""
    commands.reopen_ticket(request.auth, ref, text=given.text)
    return answer({"changed": 1})


class NewAnnouncement(Given):
    """What a group is told, in every language of the portals; `companies` are references or exact names."""

    title: Words
    text: Words
    kind: Notice = Notice.NEWS
    roles: list[Role] = Field([], max_length=4)
    companies: list[Short] = Field([], max_length=COMPANIES)
    until: Day | None = None
    must_acknowledge: Flag = False


class AnnouncementItem(Shown):
    """An announcement; `opened` and `acknowledged` say what the key's person has done with it."""

    ref: str
    kind: Notice
    title: dict[str, str]
    roles: list[str]
    must_acknowledge: bool
    until: str | None
    published_at: Instant
    withdrawn_at: Instant | None
    opened: bool
    acknowledged: bool


class AnnouncementView(AnnouncementItem):
    """An announcement with its text."""

    text: dict[str, str]


class ReaderView(Shown):
    """Somebody an announcement is for."""

    name: str
    company: str
    role: str
    opened_at: Instant | None
    acknowledged_at: Instant | None


class ReadersWanted(BaseModel):
    """Which readers, and from which place of the list on."""

    state: Literal["", "unopened", "unacknowledged", "acknowledged"] = ""
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=100)


def _announcement(row: queries.AnnouncementRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in AnnouncementItem.model_fields}
    return {**found, "until": row.until.isoformat() if row.until else None}


def _announcement_id(row: queries.AnnouncementRow) -> int:
    return row.id


@router.get("/announcements", **reads(Page[AnnouncementItem]))
def announcements(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """What this workspace was told by the operator, newest first."""
    found = queries.announcements(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_announcement_id, show=_announcement))


@router.get("/announcements/{ref}", **reads(AnnouncementView))
def announcement(request: Asked, ref: str) -> HttpResponse:
    """An announcement with its text."""
    found = queries.get_announcement(request.auth, ref)
    return answer({**_announcement(found.row), "text": found.text})


@router.get("/announcements/{ref}/readers", **reads(Items[ReaderView]))
def readers(request: Asked, ref: str, wanted: Query[ReadersWanted]) -> HttpResponse:
    """Everybody an announcement is for, and what they have done with it."""
    asked = Wanted({"state": wanted.state}, offset=wanted.offset, limit=wanted.limit)
    found = queries.readers_of(request.auth, ref, asked)
    names = ReaderView.model_fields
    return answer({"items": [{name: getattr(row, name) for name in names} for row in found.rows]})


@router.post("/announcements", **writes(Made, 201))
@once
def announce(request: Asked, given: NewAnnouncement) -> HttpResponse:
    """Tell everybody in some roles, or in the named companies, something."""
    values = given.model_dump(exclude={"roles"})
    ref = commands.announce(request.auth, **values, roles=[role.value for role in given.roles])
    return answer({"ref": ref}, 201)


@router.post("/announcements/{ref}/withdraw", **writes(Done))
@once
def withdraw_announcement(request: Asked, ref: str) -> HttpResponse:
    """Take an announcement back."""
    commands.withdraw_announcement(request.auth, ref)
    return answer({"changed": 1})


@router.post("/announcements/{ref}/open", **writes(Done))
@once
def open_announcement(request: Asked, ref: str) -> HttpResponse:
    """The key's person has opened an announcement."""
    commands.open_announcement(request.auth, ref)
    return answer({"changed": 1})


@router.post("/announcements/{ref}/acknowledge", **writes(Done))
@once
def acknowledge(request: Asked, ref: str) -> HttpResponse:
    """The key's person has read and understood an announcement."""
    commands.acknowledge(request.auth, ref)
    return answer({"changed": 1})


class StepGiven(Given):
    """One of the first steps, by its code."""

    step: Annotated[str, StringConstraints(strict=True, max_length=20)]


class FirstStepView(Shown):
    """What a new company does first; `by` and `at` say who ticked it off, and when."""

    step: str
    words: str
    why: str
    by: str
    at: Instant | None


@router.get("/first-steps", **reads(Items[FirstStepView]))
def first_steps(request: Asked) -> HttpResponse:
    """What a new company does first in this role, and what of it is done."""
    items = [
        {"step": each.step.code, "words": gettext(each.step.words), "why": gettext(each.step.why), "by": each.by,
         "at": each.at}
        for each in queries.first_steps(request.auth)
    ]  # fmt: skip
    return answer({"items": items})


@router.post("/first-steps", **writes(Done))
@once
def tick_step(request: Asked, given: StepGiven) -> HttpResponse:
    """Tick off one of the first steps, for the whole company."""
    commands.tick_step(request.auth, given.step)
    return answer({"changed": 1})
