"""The history of master data: which field of what was changed, by whom, from what to what.

The database writes it, in the act's own transaction: tables that keep a history carry a trigger
(`core.migrations_sql.keep_history`), so no way of writing is left out. An act says whose it is by `@act`; before such a
table is written, `say_who` tells the database. A change nobody stands for was made behind the program's back.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.money import to_text
from trivium.core.time import now

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
LONGEST = 200


_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Whose act it is that runs now; an act called by an act stays the outer one's."""
    token = _acting.set(actor) if _acting.get() is None else None
    deeper = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(deeper)
        if token is not None:
            _acting.reset(token)


def begins_here() -> bool:
    """Whether the act that runs now was called by no other act."""
    return _depth.get() == 1


def say_who() -> None:
    """Tell the database, until the transaction ends, who changes what keeps a history, and what time it is."""
    actor = _acting.get()
    if actor is not None:
        sql.rows(
            "SELECT set_config('trivium.actor', %s, true), set_config('trivium.at', %s, true)",
            [actor.ref, now().isoformat()],
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one thing, before and after. `row` tells apart several things of one kind under one subject.

    Where `is_masked`, that it was changed is all that is kept. `actor` is empty for what was done behind the program's
    back.
    """

    id: int
    at: dt.datetime
    actor: str
    kind: str
    subject: str
    row: int
    field: str
    old: Any
    new: Any
    is_masked: bool
    beside: str = ""


_CHANGES = """
SELECT id, at, actor, kind, subject, row, field, old::text, new::text, is_masked, beside FROM core_fieldchange
WHERE (subject = ANY(%(refs)s::text[]) OR beside = ANY(%(refs)s::text[]))
  AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s::text[]))
  AND (%(before)s::bigint IS NULL OR id < %(before)s::bigint) AND id > %(after)s
ORDER BY id DESC LIMIT %(limit)s
"""


def changes_of(
    refs: Sequence[str],
    *,
    kinds: Sequence[str] | None = None,
    before_id: int | None = None,
    after_id: int = 0,
    limit: int = LONGEST,
) -> list[Change]:
    """What was changed about these things, newest first. One statement. Whoever asks has seen that the reader may."""
    params = {"refs": list(refs), "kinds": list(kinds) if kinds is not None else None, "before": before_id,
              "after": after_id, "limit": limit}  # fmt: skip
    return [Change(*(*row[:7], _value(row[7]), _value(row[8]), *row[9:])) for row in sql.rows(_CHANGES, params)]


_CHANGED = """
SELECT DISTINCT field FROM core_fieldchange
WHERE (subject = %(ref)s OR beside = %(ref)s) AND kind = %(kind)s AND id > %(after)s
  AND (%(row)s::bigint IS NULL OR row = %(row)s::bigint)
"""


def fields_changed(ref: str, kind: str, *, since: int, row: int | None = None) -> set[str]:
    """Which fields of a thing, or of one of its rows, were changed after a version. One statement."""
    params = {"ref": ref, "kind": kind, "after": since, "row": row}
    return {str(field) for (field,) in sql.rows(_CHANGED, params)}


def version_of(ref: str) -> int:
    """The number of the last change about a thing; 0 if there was none. What is newer was changed since."""
    return int(sql.rows("SELECT COALESCE(max(id), 0) FROM core_fieldchange WHERE subject = %s", [ref])[0][0])


def _value(text: str | None) -> Any:
    """What was written; a number with a fraction as its digits, never as a float."""
    return None if text is None else json.loads(text, parse_float=_digits)


def _digits(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


_CURRENCIES = """
SELECT row, COALESCE(new, old) #>> '{}' FROM core_fieldchange
WHERE kind = %(kind)s AND field = 'currency' AND subject = ANY(%(subjects)s::text[]) AND row = ANY(%(rows)s::bigint[])
"""


def amounts_in_words(changes: Sequence[Change], amounts: Mapping[str, tuple[str, Set[str]]]) -> list[Change]:
    """The changes, with amounts as they are read: "20.00 CNY". `amounts` names {kind: (table, its fields of amounts)}.

    The table, or a select in brackets, has id and currency; of a row that is gone, the currency is the one the history
    knows.
    """
    currencies: dict[tuple[str, int], str] = {}
    for kind, (table, _fields) in amounts.items():
        its = [change for change in changes if change.kind == kind]
        if its:
            rows = sorted({change.row for change in its})
            params = {"kind": kind, "subjects": sorted({change.subject for change in its}), "rows": rows}
            told = sql.rows(f"SELECT id, currency FROM {table} AS t WHERE id = ANY(%s)", [rows])
            currencies |= {(kind, row): str(currency) for row, currency in [*sql.rows(_CURRENCIES, params), *told]}
    return [_in_words(change, amounts, currencies.get((change.kind, change.row), "")) for change in changes]


def _in_words(change: Change, amounts: Mapping[str, tuple[str, Set[str]]], currency: str) -> Change:
    if not currency or change.kind not in amounts or change.field not in amounts[change.kind][1]:
        return change
    old, new = (f"{to_text(each, currency)} {currency}" if isinstance(each, int) else each
                for each in (change.old, change.new))  # fmt: skip
    return replace(change, old=old, new=new)
