"""The operator's entries into companies' workspaces: read by both; begun in the portal alone, never by a key."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from trivium.api.answers import answer, reads
from trivium.api.auth import Asked
from trivium.api.paging import Window, page
from trivium.api.v1.shapes import Instant, Page, Shown
from trivium.core.time import now
from trivium.parties import queries

router = Router()


class EntryItem(Shown):
    """That a person of the operator worked in a company's workspace, why, and how many acts were done."""

    ref: str
    person: str
    organization_ref: str
    role: str
    acts: bool
    reason: str
    starts_at: Instant
    until: Instant
    ended_at: Instant | None
    state: str
    done: int


class EntryStepView(Shown):
    """One act done in an entry, by context and name."""

    act: str
    at: Instant


class EntryView(EntryItem):
    """An entry with everything done in it."""

    steps: list[EntryStepView]


def _item(row: queries.EntryRow) -> dict[str, Any]:
    names = [name for name in EntryItem.model_fields if name != "state"]
    return {**{name: getattr(row, name) for name in names}, "state": row.state(now())}


def _id(row: queries.EntryRow) -> int:
    return row.id


@router.get("/entries", **reads(Page[EntryItem]))
def entries(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The operator's entries into this workspace, for the operator into all, the latest first."""
    found = queries.entries(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_item))


@router.get("/entries/{ref}", **reads(EntryView))
def entry(request: Asked, ref: str) -> HttpResponse:
    """One entry with every act done in it."""
    row, steps = queries.get_entry(request.auth, ref)
    return answer({**_item(row), "steps": [{"act": name, "at": at} for at, name in steps]})
