"""What was changed about a company or a product: every field, with who, when, before and after."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from trivium.api.answers import answer, reads
from trivium.api.auth import Asked
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import Instant, Page, Shown
from trivium.catalog import queries as catalog
from trivium.inventory import queries as inventory
from trivium.parties import queries as parties
from trivium.parties.queries import History, HistoryRow
from trivium.parties.rules import DELIVERED, RETENTION_CODES
from trivium.pricing import queries as pricing

router = Router()


class ChangeView(Shown):
    """One field before and after. Where `is_masked`, the values themselves are not kept.

    `person` is named to colleagues and to the operator only. `way` is web, api, entry (the operator in this workspace),
    system (by rule), or empty: behind the program's back.
    """

    at: Instant
    kind: str = Field(examples=["organization"])
    subject: str
    field: str = Field(examples=["legal_name"])
    old: Any
    new: Any
    is_masked: bool
    person: str
    organization: str
    way: str


def _shown(row: HistoryRow) -> dict[str, Any]:
    names = ("at", "kind", "subject", "field", "old", "new", "is_masked")
    by = {"person": row.by.person, "organization": row.by.organization, "way": row.by.way}
    return {**{name: getattr(row.change, name) for name in names}, **by}


def _page(found: History, wanted: Window) -> HttpResponse:
    return answer(page(found.rows, wanted, id_of=lambda row: row.change.id, show=_shown))


@router.get("/organizations/{ref}/history", **reads(Page[ChangeView]))
def company_history(request: Asked, ref: str, wanted: Query[Window]) -> HttpResponse:
    """What was changed about a company, newest first: for its own people and the operator."""
    found = parties.company_history(request.auth, ref, before_id=wanted.last_id, limit=wanted.limit + 1)
    return _page(found, wanted)


_OF: Mapping[str, Callable[..., History]] = {
    "hol": inventory.supply_history, "loc": inventory.supply_history, "cat": catalog.category_history,
    "grd": parties.grade_history,
    **dict.fromkeys(DELIVERED, parties.screening_history),
    **dict.fromkeys(RETENTION_CODES, parties.retention_history),
}  # fmt: skip


class OfWhat(Window):
    """Of what the changes are: a price list, contract price, promotion or coupon, a holiday or warehouse, a category, a
    partner grade, a company; or, by its code, a screening or retention rule."""

    ref: Annotated[str, Field(max_length=60, examples=["prl_7k2m9q4x8d0c5v1n3b6h"])]


@router.get("/changes", **reads(Page[ChangeView]))
def terms_history(request: Asked, wanted: Query[OfWhat]) -> HttpResponse:
    """What was changed about prices, discounts, freight, holidays, warehouses, categories, grades and rules, newest
    first, for whoever may read the thing itself; of a company, about all it sells at, for the company as a seller and
    for the operator.
    """
    read = _OF.get(wanted.ref) or _OF.get(wanted.ref.partition("_")[0], pricing.terms_history)
    return _page(read(request.auth, wanted.ref, before_id=wanted.last_id, limit=wanted.limit + 1), wanted)


@router.get("/products/{ref}/history", **reads(Page[ChangeView]))
def product_history(request: Asked, ref: str, wanted: Query[Window]) -> HttpResponse:
    """What was changed about a product and its skus, newest first: for its supplier and the operator."""
    found = catalog.product_history(request.auth, ref, before_id=wanted.last_id, limit=wanted.limit + 1)
    return _page(found, wanted)
