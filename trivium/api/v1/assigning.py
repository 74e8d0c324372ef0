"""Whose buyer this is: assigning, changes of partner, and a partner's own buyers."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import Day, Done, Given, Instant, Items, Page, Ref, Shown
from trivium.core.lists import Wanted
from trivium.parties import commands, queries

router = Router()


class NewAssignment(Given):
    """Whose buyer this is, at once or from a later business day on; a reason unless it had no partner."""

    buyer_ref: Ref
    partner_ref: Ref
    from_day: Day | None = None
    reason: str = Field("", max_length=500)


class CutoverView(Shown):
    """A change of a buyer's partner. Of a partner's own, `way` is "comes" or "goes" and the other one is null.

    `reason` is the operator's.
    """

    ref: str
    buyer_ref: str
    way: str
    before_ref: str | None
    partner_ref: str | None
    starts_at: Instant
    state: str
    reason: str


class PeriodView(Shown):
    """A time in which a buyer belongs to a partner."""

    partner_ref: str
    partner_name: str
    starts_at: Instant
    ends_at: Instant | None
    state: str
    cutover_ref: str | None
    reason: str


class BuyerView(Shown):
    """A time in which a buyer belongs to the key's partner."""

    buyer_ref: str
    buyer_name: str
    starts_at: Instant
    ends_at: Instant | None
    state: str


class BuyersWanted(BaseModel):
    """Which buyers, and from which place of the list on."""

    state: Literal["", "coming", "in_force", "over"] = ""
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=100)


@router.post("/assignments", **writes(Done))
@once
def assign_buyer(request: Asked, given: NewAssignment) -> HttpResponse:
    """Let a buyer belong to a partner from now on, or from a later day on."""
    commands.assign_buyer(request.auth, **given.model_dump())
    return answer({"changed": 1})


def _cutover(row: queries.CutoverRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in CutoverView.model_fields}
    return {**found, "before_ref": row.before_ref or None, "partner_ref": row.partner_ref or None}


def _cutover_id(row: queries.CutoverRow) -> int:
    return row.id


@router.get("/cutovers", **reads(Page[CutoverView]))
def cutovers(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The changes of partner this workspace has to do with, the last planned first."""
    found = queries.cutovers(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_cutover_id, show=_cutover))


@router.post("/cutovers/{ref}/withdraw", **writes(Done))
@once
def withdraw_cutover(request: Asked, ref: str) -> HttpResponse:
    """Take a planned change of partner back."""
    commands.withdraw_cutover(request.auth, ref)
    return answer({"changed": 1})


@router.get("/organizations/{ref}/partners", **reads(Items[PeriodView]))
def partners_of(request: Asked, ref: str) -> HttpResponse:
    """To whom a buyer belonged, belongs and will belong, the latest first."""
    rows = queries.partners_of(request.auth, queries.get_organization(request.auth, ref).ref)
    names = PeriodView.model_fields
    shown = [{name: getattr(row, name) for name in names} for row in rows]
    return answer({"items": [{**each, "cutover_ref": each["cutover_ref"] or None} for each in shown]})


@router.get("/buyers", **reads(Items[BuyerView]))
def buyers(request: Asked, wanted: Query[BuyersWanted]) -> HttpResponse:
    """The buyers this partner has, had and will have, each with its days."""
    asked = Wanted({"state": wanted.state}, offset=wanted.offset, limit=wanted.limit)
    found = queries.buyer_list(request.auth, asked)
    return answer({"items": [{name: getattr(row, name) for name in BuyerView.model_fields} for row in found.rows]})
