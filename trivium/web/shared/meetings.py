"""Meetings: who is invited when and where, who comes, and the minutes; also as a file for a calendar."""

import datetime as dt

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.time import now
from trivium.service import commands, queries
from trivium.service.queries import AnswerRow, Date, MeetingPage, MeetingRow
from trivium.service.rules import GUESTS, LINK, PLACE, ZONES, Coming, local
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest

ANSWERED = {"yes": "attends", "no": "stays_away", "": "unanswered"}


def _words(words: object) -> str:
    return translate(words, get_language() or "en")  # type: ignore[arg-type]


def clock_time(begins_at: dt.datetime, ends_at: dt.datetime | None, zone: str) -> str:
    """A time as the meeting's own clock shows it, with its zone."""
    begins = local(begins_at, zone)
    text = f"{begins:%Y-%m-%d %H:%M}"
    if ends_at is not None:
        ends = local(ends_at, zone)
        text += f"–{ends:%H:%M}" if ends.date() == begins.date() else f" – {ends:%Y-%m-%d %H:%M}"
    offset = f"{begins:%z}"
    named = {"time": text, "zone": word("zone", zone), "offset": f"{offset[:3]}:{offset[3:5]}"}
    return gettext("%(time)s (%(zone)s, UTC%(offset)s)") % named


@page
def meetings(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Meetings, those called last first."""
    actor, at = request.actor, now()

    def subject(row: MeetingRow) -> Cell:
        return Cell(_words(row.subject), url=reverse(f"{actor.role}:meeting", args=[row.ref]), note=row.place)

    def begins(row: MeetingRow) -> Cell:
        return Cell(clock_time(row.begins_at, row.ends_at, row.zone))

    states = [("ahead", gettext("Coming up")), ("waiting", gettext("Coming up, not answered")),
              ("held", gettext("Took place")), ("called_off", gettext("Called off"))]  # fmt: skip
    links = [(gettext("Call a meeting"), reverse("operator:new_meeting"))] if actor.may("meeting.call") else []
    columns = [
        Column("subject", gettext("Subject"), subject, is_kept=True),
        Column("begins", gettext("Time"), begins, "text", "begins", is_kept=True),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row.state(at), "")]), "chips", is_kept=True),
        Column("answer", gettext("Your answer"), lambda row: Cell(chips=[(ANSWERED[row.answer], "")]), "chips"),
        Column("called", gettext("Called on"), lambda row: Cell(row.called_at), "when", "called", is_shown=False),
    ]
    listing = Listing(
        "meetings",
        gettext("Meetings"),
        [column for column in columns if actor.role != "operator" or column.key != "answer"],
        lambda wanted: queries.meeting_list(actor, wanted),
        Empty(gettext("No meetings yet."), gettext("Meetings the operator invites you to stand here and in the "
                                                   "calendar of your home, later with their minutes.")),
        (Filter("state", gettext("State"), states),),
        gettext("Subject or place"),
        icon="calendar",
        context={"links": links},
    )  # fmt: skip
    return show_list(request, listing)


@page
def meeting(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """A meeting; for the operator with every invited company and its answer."""
    actor = request.actor
    found = queries.get_meeting(actor, ref)
    row, site = found.row, settings.TRIVIUM["LOCAL_TIME_ZONE"]
    is_here = local(row.begins_at, row.zone).utcoffset() == local(row.begins_at, site).utcoffset()
    context = {
        "found": found, "row": row, "state": row.state(now()), "forms": _forms(actor, found),
        "time": clock_time(row.begins_at, row.ends_at, row.zone),
        "time_here": "" if is_here else clock_time(row.begins_at, row.ends_at, site),
        "file": "" if row.state(now()) == "held" else reverse(f"{actor.role}:meeting_file", args=[ref]),
        "answered": ANSWERED[row.answer],
    }  # fmt: skip
    if not actor.may("meeting.call"):
        return Shown("shared/meeting.html", context)
    if row.state(now()) in ("running", "held"):
        words = gettext("Correct the minutes") if found.minutes else gettext("Write the minutes")
        context["write"] = (words, reverse("operator:new_minutes", args=[ref]))
    states = [("yes", gettext("Come")), ("no", gettext("Do not come")), ("none", gettext("Have not answered"))]
    listing = Listing(
        "answers",
        gettext("Who comes"),
        [
            Column("company", gettext("Company"), lambda each: Cell(each.company), is_kept=True),
            Column("answer", gettext("Answer"), _answer_cell, "chips", is_kept=True),
            Column("guests", gettext("Who will come"), lambda each: Cell(each.guests)),
            Column("by", gettext("Answered by"), lambda each: Cell(each.by)),
            Column("at", gettext("When"), lambda each: Cell(each.at), "when"),
        ],
        lambda wanted: queries.answers_of(actor, ref, wanted),
        Empty(gettext("No company is invited."), gettext("Who joins one of the groups later finds it on their home.")),
        (Filter("state", gettext("Answer"), states),),
        gettext("Company"),
        icon="users",
        context=context,
    )
    return show_list(request, listing, "shared/meeting.html")


def _answer_cell(row: AnswerRow) -> Cell:
    return Cell(chips=[(ANSWERED[row.answer], "")])


def _forms(actor: Actor, found: MeetingPage) -> list[Form]:
    row, made = found.row, []
    is_ahead = row.state(now()) == "ahead"
    if found.is_asked and is_ahead:
        fields = (
            Field("answer", gettext("Will you come?"), "radio", row.answer,
                  choices=[(Coming.YES, gettext("We come")), (Coming.NO, gettext("We do not come"))],
                  help=gettext("For your whole company; you can change it until the meeting begins.")),
            Field("guests", gettext("Who will come"), value=found.guests, required=False, limit=GUESTS,
                  help=gettext("The names of those who come; forgotten half a year after the meeting.")),
        )  # fmt: skip
        words = gettext("Change the answer") if row.answer else gettext("Answer")
        made.append(Form("answer", reverse(f"{actor.role}:answer_meeting", args=[row.ref]), words, fields))
    if actor.may("meeting.call") and is_ahead:
        said, url = gettext("Move it"), reverse("operator:move_meeting", args=[row.ref])
        made.append(Form("move", url, said, when_fields(row), tone="quiet", summary=said,
                         note=gettext("All who are invited are told; their answers stay.")))  # fmt: skip
        said, url = gettext("Call it off"), reverse("operator:call_off_meeting", args=[row.ref])
        made.append(Form("call-off", url, said, tone="danger", summary=said,
                         note=gettext("All who are invited are told; it stays on their list.")))  # fmt: skip
    return made


def when_fields(row: MeetingRow | None = None) -> tuple[Field, ...]:
    """What is asked of a meeting's time and place."""
    zone = row.zone if row else settings.TRIVIUM["LOCAL_TIME_ZONE"]
    begins, ends = (local(row.begins_at, zone), local(row.ends_at, zone)) if row else (None, None)
    zones = list(dict.fromkeys([zone, *ZONES]))
    return (
        Field("begins_at", gettext("Begins on"), "date", f"{begins:%Y-%m-%d}" if begins else "", is_narrow=True,
              help=gettext("Today or a later day.")),
        Field("begins_at.time", gettext("Begins at"), "time", f"{begins:%H:%M}" if begins else "", is_narrow=True,
              help=gettext("By the clock of the time zone below.")),
        Field("ends_at", gettext("Ends on"), "date", f"{ends:%Y-%m-%d}" if ends else "", required=False,
              is_narrow=True, help=gettext("Empty: on the day it begins.")),
        Field("ends_at.time", gettext("Ends at"), "time", f"{ends:%H:%M}" if ends else "", is_narrow=True,
              help=gettext("By the clock of the time zone below.")),
        Field("zone", gettext("Time zone"), "select", zone, is_narrow=True,
              choices=[(each, word("zone", each)) for each in zones],
              help=gettext("Everybody sees the time with this zone beside it.")),
        Field("place", gettext("Meeting place"), value=row.place if row else "", required=False, limit=PLACE,
              help=gettext("Address and room; or leave it empty and give a link.")),
        Field("link", gettext("Link"), value=row.link if row else "", required=False, limit=LINK,
              help=gettext("Where the meeting is held online; begins with https://.")),
    )  # fmt: skip


def when_of(request: WorkspaceRequest) -> commands.When:
    """The time and place that were written.

    Refuses: BadDate, BadTime, BadZone.
    """
    values = request.POST
    zone = values.get("zone", "")[:40]
    last = values.get("ends_at", "").strip() or values.get("begins_at", "")
    return commands.When(
        forms.moment(values, "begins_at", zone),
        forms.moment({**values.dict(), "ends_at": last}, "ends_at", zone),
        zone,
        values.get("place", ""),
        values.get("link", ""),
    )


@act
def answer_meeting(request: WorkspaceRequest, ref: str) -> None:
    """Say whether one's company comes, and who."""
    values = request.POST
    commands.answer_meeting(request.actor, ref, answer=values.get("answer", ""), guests=values.get("guests", ""))


@page
def meeting_file(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """A meeting as a file that calendars take in."""
    site, language = settings.TRIVIUM["SITE_URL"], get_language() or "en"
    url = site + reverse(f"{request.actor.role}:meeting", args=[ref])
    text = queries.meeting_file(request.actor, ref, site=site, language=language, url=url)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{ref}.ics"'
    return response


def home_dates(actor: Actor) -> list[tuple[Date, str, str]]:
    """What stands in the calendar of a home: what it is, when by its own clock, and how it stands with the reader."""
    found = []
    for date in queries.calendar(actor):
        zone = date.zone or settings.TRIVIUM["LOCAL_TIME_ZONE"]
        state = ANSWERED[date.answer] if date.kind == "meeting" else date.answer or "voting"
        found.append((date, clock_time(date.at, None, zone), "" if actor.role == "operator" else state))
    return found
