"""Reads of notices."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.notices.models import ReadMark
from trivium.notices.rules import WORDS, told
from trivium.ordering import queries as orders

KEPT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for one workspace: `message` is a msgid with %(number)s, `link_ref` what it is about."""

    event_id: int
    at: dt.datetime
    message: str
    number: str
    link_ref: str
    is_read: bool


_INBOX = """
SELECT id, at, name, subject, data FROM core_event
WHERE audience @> %s::jsonb AND name = ANY(%s::text[]) AND at > %s AND id > %s
ORDER BY id DESC LIMIT %s
"""


def inbox(actor: Actor, at: dt.datetime, *, limit: int = 30, unread_only: bool = False) -> list[Notice]:
    """What this workspace was told lately, newest first: one event, one notice. Three statements for any number.

    A company in several roles is told of an order only in the workspace that may see it.
    """
    since = at - dt.timedelta(days=KEPT_DAYS)
    mark = read_mark(actor)
    after = mark if unread_only else 0
    found = sql.dicts(_INBOX, [f'["{actor.organization_ref}"]', told(actor.role), since, after, limit])
    about = {row["id"]: _order_of(row) for row in found}
    refs = [ref for ref in about.values() if ref]
    numbers = orders.numbers_of(actor, refs) if refs else {}
    return [
        Notice(
            row["id"],
            row["at"],
            WORDS[row["name"], actor.role],
            numbers.get(about[row["id"]], ""),
            about[row["id"]],
            row["id"] <= mark,
        )
        for row in found
        if not about[row["id"]] or about[row["id"]] in numbers
    ]


def unread(actor: Actor, at: dt.datetime) -> int:
    """How many notices are unread, at most 99. Three statements at most, two when all is read."""
    return len(inbox(actor, at, limit=99, unread_only=True))


def read_mark(actor: Actor) -> int:
    """The last event this person has read in this workspace."""
    own = actor.organization_id or 0
    mine = ReadMark.objects.filter(user_id=actor.user_id or 0, organization_id=own, role=actor.role)
    return mine.values_list("event_id", flat=True).first() or 0


def _order_of(row: dict[str, Any]) -> str:
    data = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return str(row["subject"]) if row["subject"].startswith("ord_") else str(data.get("order_ref", ""))
