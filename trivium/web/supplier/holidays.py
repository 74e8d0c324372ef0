"""A supplier's holidays: when it does not work, and what buyers read meanwhile."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.core.time import business_day, now
from trivium.inventory import commands, queries
from trivium.inventory.queries import HolidayRow
from trivium.inventory.rules import HOLIDAY_WORDS
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

STATES = ("coming", "closed_now", "over", "withdrawn")


@page
def holidays(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Holidays, the last set first."""
    actor = request.actor
    rows = queries.holidays_of(actor)

    def fetch(wanted: Wanted) -> Found:
        state = wanted.filters.get("state")
        return among([row for row in rows if not state or _state(row) == state], wanted, SORTS)

    listing = Listing(
        "holidays",
        gettext("Holidays"),
        _columns(),
        fetch,
        Empty(gettext("No holiday set."),
              gettext("Set one above when you close: orders then wait for you, and buyers see when you work again.")),
        (Filter("state", gettext("State"), [(state, words.word("status", state)) for state in STATES]),),
        help=gettext("On these days the time to confirm an order stands still, and your goods say when you work again. "
                     "Orders placed before keep their deadlines."),
        icon="calendar",
        context={"acts": [_set_form()] if actor.may("holiday.set") else []},
    )  # fmt: skip
    return show_list(request, listing)


SORTS = {"begins": lambda row: row.begins, "set": lambda row: row.set_at}


def _state(row: HolidayRow) -> str:
    today = business_day(now())
    if row.removed_at:
        return "withdrawn"
    return "coming" if row.begins > today else "closed_now" if row.ends >= today else "over"


def _columns() -> list[Column]:
    def do(row: HolidayRow) -> Cell:
        url = reverse("supplier:remove_holiday", args=[row.ref])
        back = Form(f"remove-{row.ref}", url, gettext("Take it back"), tone="danger", is_inline=True)
        return Cell(forms=[back] if _state(row) in ("coming", "closed_now") else [])

    return [
        Column("begins", gettext("First day"), lambda row: Cell(row.begins), "day", "begins", is_kept=True),
        Column("ends", gettext("Last day"), lambda row: Cell(row.ends), "day", is_kept=True),
        Column("state", gettext("State"), lambda row: Cell(chips=[(_state(row), "")]), "chips", is_kept=True),
        Column("words", gettext("What buyers read"), lambda row: Cell(translate(row.words, get_language() or "en"))),
        Column("set", gettext("Set on"), lambda row: Cell(row.set_at), "when", "set"),
        Column("do", "", do, "do", is_kept=True),
    ]


def _set_form() -> Form:
    fields = [
        Field("begins", gettext("First day"), "date", is_narrow=True, help=gettext("Today at the earliest.")),
        Field("ends", gettext("Last day"), "date", is_narrow=True, help=gettext("You work again the day after.")),
    ]
    for language in words.readers_first(code for code, _own in settings.LANGUAGES):
        label = gettext("What buyers read, %(language)s") % {"language": words.language(language)}
        fields.append(Field(f"words.{language}", label, limit=HOLIDAY_WORDS, required=False,
                            help=gettext("Such as: Spring Festival. The day you work again is added.")))  # fmt: skip
    said = gettext("Set a holiday")
    return Form("set-holiday", reverse("supplier:set_holiday"), said, tuple(fields), summary=said)


@act
def set_holiday(request: WorkspaceRequest) -> None:
    """Close for some days."""
    values = request.POST
    said = {language: values.get(f"words.{language}", "") for language, _own in settings.LANGUAGES}
    begins, ends = forms.date(values, "begins"), forms.date(values, "ends")
    commands.set_holiday(request.actor, begins=begins, ends=ends, words=said)


@act
def remove_holiday(request: WorkspaceRequest, ref: str) -> None:
    """Work on those days after all."""
    commands.remove_holiday(request.actor, ref)
