"""What a workspace is told: a query over the event log."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.events import OPERATOR
from trivium.core.lists import COUNTED, Found, Wanted
from trivium.notices.rules import WORDS, Kind, kind_of, told
from trivium.ordering import queries as orders
from trivium.parties import queries as parties
from trivium.service import queries as service
from trivium.settlement import queries as settlement

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
    kind: Kind


_HEARD = """FROM core_event
WHERE (audience @> %s::jsonb OR audience @> %s::jsonb) AND name = ANY(%s::text[]) AND at > %s"""
_TOLD = f"{_HEARD} AND id > %s AND id <= %s ORDER BY id DESC LIMIT %s"
_INBOX = f"SELECT id, at, name, subject, data {_TOLD}"
_OF_EVENTS = f"SELECT id, at, name, subject, data {_HEARD} AND id = ANY(%s::bigint[])"
_KINDS = {"ord_": orders.numbers_of, "tkt_": service.ticket_numbers, "ann_": service.told_titles,
          "pol_": service.told_titles, "mtg_": service.told_titles, "app_": parties.application_names,
          "cut_": parties.cutover_names, "ent_": parties.entry_names, "agr_": parties.agreement_titles,
          "pap_": parties.paper_names, "stm_": settlement.statement_numbers,
          "pyo_": settlement.payout_numbers}  # fmt: skip
_MARK = "SELECT event_id FROM notices_readmark WHERE user_id = %s AND organization_id = %s AND role = %s"
_UNREAD = f"""
SELECT CASE WHEN subject ~ '^({"|".join(_KINDS)})' THEN subject ELSE coalesce(data ->> 'order_ref', '') END
{_TOLD.replace("id > %s AND id <= %s", f"id > coalesce(({_MARK}), 0)")}
"""
_LAST = 2**63 - 1


def inbox(actor: Actor, at: dt.datetime, *, limit: int = 30, unread_only: bool = False) -> list[Notice]:
    """What this workspace was told lately, newest first: one event, one notice. A handful of statements for any number.

    A company in several roles is told of an order or a ticket only in the workspace that may see it.
    """
    mark = read_mark(actor)
    return _notices(actor, at, mark, told(actor.role), after=mark if unread_only else 0, limit=limit)


def notice_list(actor: Actor, at: dt.datetime, wanted: Wanted) -> Found:
    """The same as a list. Filters: state (unread or read), kind. Three statements for any number."""
    mark, state, kind = read_mark(actor), wanted.filters.get("state"), wanted.filters.get("kind")
    names = [name for name in told(actor.role) if kind in (None, "", kind_of(name, actor.role))]
    after, upto = mark if state == "unread" else 0, mark if state == "read" else _LAST
    found = _notices(actor, at, mark, names, after=after, upto=upto, limit=COUNTED + 1)
    rows = found[wanted.offset : wanted.offset + wanted.limit]
    return Found(rows, min(len(found), COUNTED), len(found) > COUNTED)


def notices_of(actor: Actor, event_ids: Sequence[int], at: dt.datetime) -> dict[int, Notice]:
    """The notices of these events as this workspace is told them; what it is not told is missing. A handful of
    statements for any number.
    """
    since = at - dt.timedelta(days=KEPT_DAYS)
    found = sql.dicts(_OF_EVENTS, [*_audience(actor), list(told(actor.role)), since, list(event_ids)])
    return {notice.event_id: notice for notice in _shown(actor, found, 0)}


def _notices(
    actor: Actor, at: dt.datetime, mark: int, names: Sequence[str], *, after: int, upto: int = _LAST, limit: int
) -> list[Notice]:
    since = at - dt.timedelta(days=KEPT_DAYS)
    return _shown(actor, sql.dicts(_INBOX, [*_audience(actor), list(names), since, after, upto, limit]), mark)


def _shown(actor: Actor, found: Sequence[dict[str, Any]], mark: int) -> list[Notice]:
    """Events as this workspace is told of them, without those about what it may not see."""
    about = {row["id"]: _about(row) for row in found}
    numbers = _numbers(actor, about.values())
    return [
        Notice(
            row["id"],
            row["at"],
            WORDS[row["name"], actor.role],
            numbers.get(about[row["id"]], ""),
            about[row["id"]],
            row["id"] <= mark,
            kind_of(row["name"], actor.role),
        )
        for row in found
        if not about[row["id"]] or about[row["id"]] in numbers
    ]


def _audience(actor: Actor) -> tuple[str, str]:
    """What an audience holds if this workspace is told: its company, or the operator whoever that is."""
    own = json.dumps([actor.organization_ref or actor.user_ref])
    return own, json.dumps([OPERATOR]) if actor.role == OPERATOR else own


def unread(actor: Actor, at: dt.datetime) -> int:
    """How many notices are unread, at most 99. One statement, and one for each kind of thing they are about."""
    since = at - dt.timedelta(days=KEPT_DAYS)
    about = [ref for (ref,) in sql.rows(_UNREAD, [*_audience(actor), told(actor.role), since, *_reader(actor), 99])]
    numbers = _numbers(actor, about)
    return sum(not ref or ref in numbers for ref in about)


def read_mark(actor: Actor) -> int:
    """The last event this person has read in this workspace."""
    found = sql.rows(_MARK, _reader(actor))
    return int(found[0][0]) if found else 0


def _reader(actor: Actor) -> tuple[int, int, str]:
    return actor.user_id or 0, actor.organization_id or 0, actor.role


def _numbers(actor: Actor, about: Iterable[str]) -> dict[str, str]:
    """The numbers of what notices are about, as far as the workspace may see it: a statement for each source."""
    wanted: dict[Any, list[str]] = {}
    for ref in about:
        if numbers_of := _KINDS.get(ref[:4]):
            wanted.setdefault(numbers_of, []).append(ref)
    found: dict[str, str] = {}
    for numbers_of, refs in wanted.items():
        found |= numbers_of(actor, refs)
    return found


def _about(row: dict[str, Any]) -> str:
    data = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return str(row["subject"]) if row["subject"].startswith(tuple(_KINDS)) else str(data.get("order_ref", ""))
