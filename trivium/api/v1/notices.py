"""What a workspace is told."""

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Query, Router
from pydantic import BaseModel, Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Done, Given, Instant, Items, Shown, Whole
from trivium.core.time import now
from trivium.notices import commands, queries

router = Router()


class NoticeView(Shown):
    """One sentence, in the language of Accept-Language."""

    event_id: int
    at: Instant
    message: str
    order_ref: str
    about_ref: str
    is_read: bool


class Recent(BaseModel):
    """How many."""

    limit: int = Field(30, ge=1, le=100)


class ReadUpTo(Given):
    """The last notice that was read."""

    event_id: Whole = Field(ge=0, lt=2**62)


@router.get("/notices", **reads(Items[NoticeView]))
def notices(request: Asked, wanted: Query[Recent]) -> HttpResponse:
    """What this workspace was told lately, newest first."""
    found = queries.inbox(request.auth, now(), limit=wanted.limit)
    items = [
        {
            "event_id": notice.event_id,
            "at": notice.at,
            "message": gettext(notice.message) % {"number": notice.number},
            "order_ref": notice.link_ref if notice.link_ref.startswith("ord_") else "",
            "about_ref": notice.link_ref,
            "is_read": notice.is_read,
        }
        for notice in found
    ]
    return answer({"items": items})


@router.post("/notices/read", **writes(Done))
@once
def mark_read(request: Asked, given: ReadUpTo) -> HttpResponse:
    """The key's person has read the notices up to one."""
    commands.mark_read(request.auth, given.event_id)
    return answer({"changed": 1})
