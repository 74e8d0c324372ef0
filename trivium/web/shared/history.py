"""The history of a company, its terms, a product or a person: which field was changed when, by whom, to what."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.inventory import queries as inventory
from trivium.parties import queries as parties
from trivium.parties import rules as parties_rules
from trivium.parties.queries import Doer, History, HistoryRow
from trivium.pricing import queries as pricing
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.filters import when
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

MOST = 2_000
_CODES = {"role": "role", "job": "job", "delivery_method": "delivery", "if_nobody": "if_nobody", "kind": "paper",
          "status": "paper_status"}  # fmt: skip
_OF_DISCOUNTS = {"kind": "promotion_kind"}
_IN_OUR_WORDS = ("price_list", "price", "location")  # an import names its list, the program a first warehouse
_OTHERWISE = {("promotion", "is_active"): "is_given", ("coupon", "is_active"): "is_given",
              ("paper", "number"): "paper_number", ("company_role", "is_active"): "is_admitted",
              ("category", "name"): "category_name", ("location", "name"): "location_name",
              ("category", "parent_id"): "below"}  # fmt: skip
_NAMED = ("price_list", "coupon", "department", "cost_centre", "approval_rule", "approval_step",
          "location", "category")


def _company(actor: Actor, ref: str) -> History:
    """Of a company, what it sells at and when it rests as well, for those who sell and the operator."""
    found = [parties.company_history(actor, ref, language=get_language() or "en", limit=MOST)]
    if not actor.is_role("buyer"):
        found += [pricing.terms_history(actor, ref, limit=MOST), inventory.supply_history(actor, ref, limit=MOST)]
    rows = sorted((row for each in found for row in each.rows), key=lambda row: -row.change.id)
    return History(rows[:MOST], {ref: name for each in found for ref, name in each.names.items()})


def _terms(actor: Actor, ref: str) -> History:
    return pricing.terms_history(actor, ref, limit=MOST)


def _supply(actor: Actor, ref: str) -> History:
    return inventory.supply_history(actor, ref, limit=MOST)


def _category(actor: Actor, ref: str) -> History:
    return catalog.category_history(actor, ref, language=get_language() or "en", limit=MOST)


def _grade(actor: Actor, ref: str) -> History:
    return parties.grade_history(actor, ref, limit=MOST)


def _screening(actor: Actor, code: str) -> History:
    return parties.screening_history(actor, code, limit=MOST)


def _retention(actor: Actor, code: str) -> History:
    return parties.retention_history(actor, code, limit=MOST)


def _person(actor: Actor, ref: str) -> History:
    return parties.person_history(actor, ref, limit=MOST)


def _product(actor: Actor, ref: str) -> History:
    return catalog.product_history(actor, ref, language=get_language() or "en", limit=MOST)


OF: Mapping[str, Callable[[Actor, str], History]] = {
    "org": _company, "usr": _person, "prd": _product, "hol": _supply, "loc": _supply, "cat": _category, "grd": _grade,
    **dict.fromkeys(("prl", "ctp", "prm", "cpn"), _terms),
    **dict.fromkeys(parties_rules.DELIVERED, _screening),
    **dict.fromkeys(parties_rules.RETENTION_CODES, _retention),
}  # fmt: skip


@page
def history(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """What was changed about one thing, newest first."""
    read = OF.get(ref) or OF.get(ref.partition("_")[0])
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
    return words.word("field", _OTHERWISE.get((row.change.kind, row.change.field), row.change.field))


def _thing(row: HistoryRow, found: History) -> str:
    change = row.change
    about = {"sku": change.subject, "price": change.beside, "contract_price": change.subject}.get(change.kind, "")
    named = found.names.get(about, "") or (found.names.get(change.subject, "") if change.kind in _NAMED else "")
    named = gettext(named) if named and change.kind in _IN_OUR_WORDS else named
    return " ".join(filter(None, (words.word("thing", row.change.kind), named)))


def _value(row: HistoryRow, found: History, value: Any) -> str:
    change = row.change
    if change.is_masked:
        return gettext("not shown")
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return gettext(", ").join(_part(each) for each in value) or "–"
    if isinstance(value, dict):
        texts = all(isinstance(each, str) for each in value.values())
        return translate(value, get_language() or "en") if texts else _part(value)
    if isinstance(value, str) and change.field.endswith("_at"):
        return str(when(dt.datetime.fromisoformat(value)))
    if change.field in _CODES:
        codes = _CODES | (_OF_DISCOUNTS if change.kind == "promotion" else {})
        return words.word(codes[change.field], value)
    if change.kind in _IN_OUR_WORDS and change.field == "name":
        return gettext(str(value))
    return found.names.get(value, value) if isinstance(value, str) else str(value)


def _part(value: Any) -> str:
    """One of several values: who pays how much of a discount, a setting, a right."""
    if isinstance(value, dict):
        return " ".join(words.word("role", str(each)) if name == "party" else str(each)
                        for name, each in value.items())  # fmt: skip
    return str(value)


def doer(by: Doer) -> str:
    """Who did it, in the reader's words."""
    if by.way == "system":
        return gettext("By rule")
    if not by.way:
        return gettext("Outside the program")
    if by.way == "entry":
        return gettext("%(person)s of the operator, for %(company)s") % {
            "person": by.person, "company": by.organization}  # fmt: skip
    return by.person or by.organization or words.word("role", by.role)


def _company_of(by: Doer) -> str:
    return by.organization if by.person else ""
