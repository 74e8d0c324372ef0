"""The history of a company, a product or a person: which field was changed when, from what to what, by whom."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.parties import queries as parties
from trivium.parties.queries import Doer, History, HistoryRow
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.filters import when
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

MOST = 2_000
_CODES = {"role": "role", "job": "job"}


def _company(actor: Actor, ref: str) -> History:
    return parties.company_history(actor, ref, limit=MOST)


def _person(actor: Actor, ref: str) -> History:
    return parties.person_history(actor, ref, limit=MOST)


def _product(actor: Actor, ref: str) -> History:
    return catalog.product_history(actor, ref, language=get_language() or "en", limit=MOST)


OF: Mapping[str, Callable[[Actor, str], History]] = {"org": _company, "usr": _person, "prd": _product}


@page
def history(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """What was changed about one thing, newest first."""
    read = OF.get(ref.partition("_")[0])
    if read is None:
        raise Http404
    found = read(request.actor, ref)
    kinds = sorted({row.change.kind for row in found.rows})

    def fetch(wanted: Wanted) -> Found:
        kind = wanted.filters.get("kind")
        rows = [row for row in found.rows if kind in (None, row.change.kind)]
        return among(rows, wanted, text=lambda row: f"{_field(row)} {_value(row, found, row.change.new)}")

    title = gettext("History")
    help_text = gettext("Who changed what, and when. It is written with the change itself and is never changed again.")
    listing = Listing("history", title, _columns(found), fetch,
                      Empty(gettext("Nothing has been changed yet."), gettext("Each change will stand here.")),
                      (Filter("kind", gettext("What"), [(kind, words.word("thing", kind)) for kind in kinds]),),
                      gettext("Field or value"), help=help_text, icon="clock")  # fmt: skip
    return show_list(request, listing)


def _columns(found: History) -> list[Column]:
    return [
        Column("at", gettext("When"), lambda row: Cell(row.change.at), "when", is_kept=True),
        Column("field", gettext("Field"), lambda row: Cell(_field(row), note=_thing(row, found)), is_kept=True),
        Column("old", gettext("Before"), lambda row: Cell(_value(row, found, row.change.old))),
        Column("new", gettext("After"), lambda row: Cell(_value(row, found, row.change.new))),
        Column("by", gettext("By"), lambda row: Cell(doer(row.by), note=_company_of(row.by))),
    ]


def _field(row: HistoryRow) -> str:
    return words.word("field", row.change.field)


def _thing(row: HistoryRow, found: History) -> str:
    named = found.names.get(row.change.subject, "") if row.change.kind == "sku" else ""
    return " ".join(filter(None, (words.word("thing", row.change.kind), named)))


def _value(row: HistoryRow, found: History, value: Any) -> str:
    change = row.change
    if change.is_masked:
        return gettext("not shown")
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return translate(value, get_language() or "en")
    if isinstance(value, str) and change.field.endswith("_at"):
        return str(when(dt.datetime.fromisoformat(value)))
    if change.field in _CODES:
        return words.word(_CODES[change.field], value)
    return found.names.get(value, value) if isinstance(value, str) else str(value)


def doer(by: Doer) -> str:
    """Who did it, in the reader's words."""
    if by.way == "system":
        return gettext("By rule")
    if not by.way:
        return gettext("Outside the program")
    if by.way == "entry":
        return gettext("The operator, in this workspace")
    return by.person or by.organization or words.word("role", by.role)


def _company_of(by: Doer) -> str:
    return by.organization if by.person else ""
