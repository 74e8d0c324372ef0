"""Reads of notices."""

import datetime as dt
import json
from collections.abc import Sequence
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
WHERE audience @> %s::jsonb AND name = ANY(%s::text[]) AND at > %s
ORDER BY id DESC LIMIT %s
"""


def inbox(actor: Actor, at: dt.datetime, *, limit: int = 30) -> list[Notice]:
    """What this workspace was told lately, newest first: one event, one notice. Four statements for any number."""
    since = at - dt.timedelta(days=KEPT_DAYS)
    found = sql.dicts(_INBOX, [f'["{actor.organization_ref}"]', told(actor.role), since, limit])
    mark = read_mark(actor)
    links = _links(actor, found)
    return [
        Notice(
            row["id"],
            row["at"],
            WORDS[row["name"], actor.role],
            links.get(row["id"], ("", ""))[1],
            links.get(row["id"], ("", ""))[0],
            row["id"] <= mark,
        )
        for row in found
    ]


def unread(actor: Actor, at: dt.datetime) -> int:
    """How many notices are unread, at most 99."""
    return min(99, sum(not notice.is_read for notice in inbox(actor, at, limit=99)))


def read_mark(actor: Actor) -> int:
    """The last event this person has read in this workspace."""
    mine = ReadMark.objects.filter(user_id=actor.user_id, organization_id=actor.organization_id, role=actor.role)
    return mine.values_list("event_id", flat=True).first() or 0


def _links(actor: Actor, rows: Sequence[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    """(order reference, number) of each event that is about an order the reader may see."""
    about = {row["id"]: _order_of(row) for row in rows}
    numbers = orders.numbers_of(actor, [ref for ref in about.values() if ref])
    return {event: (ref, numbers[ref]) for event, ref in about.items() if ref in numbers}


def _order_of(row: dict[str, Any]) -> str:
    data = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return str(row["subject"]) if row["subject"].startswith("ord_") else str(data.get("order_ref", ""))
