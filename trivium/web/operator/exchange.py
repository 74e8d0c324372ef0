"""What the operator does for polls and meetings: asking, calling, moving, and writing the minutes."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.service import commands, queries
from trivium.service.queries import MinutesPage
from trivium.service.rules import (
    AGENDA,
    DECISION,
    LANGUAGES,
    LETTER,
    QUESTION,
    SUBJECT,
    WHO,
    ResultsShown,
    Voters,
)
from trivium.web.operator.announcements import addressed, group_fields
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, Kind, Row
from trivium.web.shared.meetings import when_fields, when_of
from trivium.web.shared.workspace import WorkspaceRequest

TASK_ROWS, SPARE = 4, 2


def _both(
    name: str, label: str, kind: Kind = "text", *, limit: int, help: str, values: Mapping[str, str] | None = None,
    required: bool = True,
) -> list[Field]:  # fmt: skip
    """The same field once for each language; `label` names %(language)s."""
    return [
        Field(f"{name}.{language}", label % {"language": words.language(language)}, kind, limit=limit, help=help,
              value=(values or {}).get(language, ""), required=required)
        for language in words.readers_first(LANGUAGES)
    ]  # fmt: skip


def _given(request: WorkspaceRequest, name: str) -> dict[str, str]:
    return {language: request.POST.get(f"{name}.{language}", "") for language in LANGUAGES}


def _lines(request: WorkspaceRequest, name: str) -> dict[str, list[str]]:
    return {language: text[:20_000].splitlines() for language, text in _given(request, name).items()}


@page
def new_poll(request: WorkspaceRequest) -> Shown:
    """The form of a new poll."""
    fields = (
        *_both("question", gettext("Question, %(language)s"), limit=QUESTION, help=gettext("One sentence.")),
        *_both("options", gettext("Options, %(language)s"), "textarea", limit=0,
               help=gettext("One on a line, two to twelve; in each language in the same order.")),
        Field("is_multiple", gettext("Several can be chosen"), "checkbox", required=False,
              help=gettext("Otherwise each vote is for one option.")),
        Field("voters", gettext("One vote for"), "select", Voters.COMPANY, is_narrow=True,
              choices=[(each, words.word("voters", each)) for each in Voters],
              help=gettext("Where a company has the vote, any of its people can give and change it.")),
        Field("results_shown", gettext("Results are shown"), "select", ResultsShown.CLOSED, is_narrow=True,
              choices=[(each, words.word("results_shown", each)) for each in ResultsShown],
              help=gettext("To those who are asked; you see them at any time.")),
        Field("closes_at", gettext("Closes on"), "date", is_narrow=True,
              help=gettext("The last day on which votes are given.")),
        Field("closes_at.time", gettext("Closes at"), "time", "18:00", is_narrow=True,
              help=gettext("In the time of this site.")),
        *group_fields(()),
    )  # fmt: skip
    note = gettext("What is asked is not changed any more; it can be closed early, or taken back.")
    form = Form("ask-poll", reverse("operator:ask_poll"), gettext("Ask"), fields, note=note)
    return Shown("operator/new_exchange.html", {"form": form, "title": gettext("Ask a question"), "back": [
        (gettext("Polls"), reverse("operator:polls"))]})  # fmt: skip


@act
def ask_poll(request: WorkspaceRequest) -> str:
    """Ask a group something."""
    values = request.POST
    ref = commands.ask_poll(
        request.actor,
        question=_given(request, "question"),
        options=_lines(request, "options"),
        voters=values.get("voters", ""),
        results_shown=values.get("results_shown", ""),
        closes_at=forms.moment(values, "closes_at", settings.TRIVIUM["LOCAL_TIME_ZONE"]),
        is_multiple=bool(values.get("is_multiple")),
        **addressed(request),
    )
    return reverse("operator:poll", args=[ref])


@act
def close_poll(request: WorkspaceRequest, ref: str) -> None:
    """Close a poll before its time."""
    commands.close_poll(request.actor, ref)


@act
def withdraw_poll(request: WorkspaceRequest, ref: str) -> None:
    """Take a poll back."""
    commands.withdraw_poll(request.actor, ref)


@page
def new_meeting(request: WorkspaceRequest) -> Shown:
    """The form of a new meeting."""
    fields = (
        *_both("subject", gettext("Subject, %(language)s"), limit=SUBJECT,
               help=gettext("One line; it stands on homes.")),
        *_both("agenda", gettext("Agenda, %(language)s"), "textarea", limit=AGENDA,
               help=gettext("What it is about, point by point.")),
        *when_fields(),
        *group_fields(()),
    )  # fmt: skip
    form = Form("call-meeting", reverse("operator:call_meeting"), gettext("Invite"), fields,
                note=gettext("Those invited are told at once, and reminded a day before."))  # fmt: skip
    return Shown("operator/new_exchange.html", {"form": form, "title": gettext("Call a meeting"), "back": [
        (gettext("Meetings"), reverse("operator:meetings"))]})  # fmt: skip


@act
def call_meeting(request: WorkspaceRequest) -> str:
    """Invite a group to a meeting."""
    subject, agenda = _given(request, "subject"), _given(request, "agenda")
    ref = commands.call_meeting(request.actor, subject=subject, agenda=agenda, when=when_of(request),
                                **addressed(request))  # fmt: skip
    return reverse("operator:meeting", args=[ref])


@act
def move_meeting(request: WorkspaceRequest, ref: str) -> None:
    """Give a meeting another time or place."""
    commands.move_meeting(request.actor, ref, when_of(request))


@act
def call_off_meeting(request: WorkspaceRequest, ref: str) -> None:
    """Call a meeting off."""
    commands.call_off_meeting(request.actor, ref)


@page
def new_minutes(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """The form of a meeting's minutes; a correction begins with what the version before says."""
    found = queries.get_meeting(request.actor, ref)
    last = found.minutes[0] if found.minutes else None
    decisions = {
        language: "\n".join(point.words.get(language, "") for point in (last.decisions if last else ()))
        for language in LANGUAGES
    }
    fields = (
        *_both("text", gettext("What was said, %(language)s"), "textarea", limit=LETTER // 2,
               values=last.text if last else None, help=gettext("Plain text; an empty line begins a new paragraph.")),
        *_both("decisions", gettext("Decisions, %(language)s"), "textarea", limit=0, values=decisions, required=False,
               help=gettext("One on a line; in each language in the same order.")),
    )  # fmt: skip
    title = gettext("Correct the minutes") if last else gettext("Write the minutes")
    note = gettext("They go to all who were invited, and each reader acknowledges them. A correction is a new version "
                   "that replaces the one before and is acknowledged anew.")  # fmt: skip
    form = Form("minutes", reverse("operator:publish_minutes", args=[ref]), gettext("Publish the minutes"), fields,
                rows=_task_rows(last), rows_last=True, note=note)  # fmt: skip
    return Shown("operator/new_exchange.html", {"form": form, "title": title, "back": [
        (gettext("Meetings"), reverse("operator:meetings")),
        (found.row.subject, reverse("operator:meeting", args=[ref])),
    ]})  # fmt: skip


def _task_rows(last: MinutesPage | None) -> tuple[Row, ...]:
    kept = list(last.tasks) if last else []
    rows = []
    for n in range(max(TASK_ROWS, len(kept) + SPARE)):
        task = kept[n] if n < len(kept) else None
        rows.append(Row(gettext("Task %(number)s") % {"number": n + 1}, "", (
            *_both(f"tasks.{n}.words", gettext("What, %(language)s"), limit=DECISION, required=False,
                   values=task.words if task else None, help=gettext("Rows that are empty are left out.")),
            Field(f"tasks.{n}.who", gettext("Who"), value=task.who if task else "", limit=WHO, required=False,
                  help=gettext("A company, or a person of it.")),
            Field(f"tasks.{n}.until", gettext("By when"), "date", required=False, is_narrow=True,
                  value=f"{task.until:%Y-%m-%d}" if task and task.until else "",
                  help=gettext("The last day it is done by.")),
        )))  # fmt: skip
    return tuple(rows)


@act
def publish_minutes(request: WorkspaceRequest, ref: str) -> str:
    """Publish a meeting's minutes, or their next version."""
    tasks = []
    for n in range(len([name for name in request.POST if name.startswith("tasks.") and name.endswith(".who")])):
        what, who = _given(request, f"tasks.{n}.words"), request.POST.get(f"tasks.{n}.who", "")
        if any(text.strip() for text in (*what.values(), who)):
            until: dt.date = forms.date(request.POST, f"tasks.{n}.until")
            tasks.append(commands.Point(what, who, until))
    written = commands.Written(_given(request, "text"), _lines(request, "decisions"), tasks)
    commands.publish_minutes(request.actor, ref, written)
    return reverse("operator:meeting", args=[ref])
