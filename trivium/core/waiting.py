"""How much waits for a workspace: sets of rows, counted together in one statement.

The ORM takes a millisecond to find a statement's words. They are the same for everybody in a role, so they are found
once, for a stand-in whose own keys are then exchanged for the reader's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from trivium.core import sql
from trivium.core.actor import Actor

COUNTED = 99
"""More of a kind than this are not counted."""

_ORGANIZATION, _PERSON = -(10**15), -(10**15) - 1  # stand for the reader's own keys

_Words = tuple[str, list[Any]]


@dataclass(frozen=True, eq=False)
class Waiting:
    """Rows that wait, each of the sets up to `COUNTED`. What they are may depend on the reader's role and keys alone.

    `needs` is the right without which nothing waits.
    """

    rows: Callable[[Actor], Sequence["QuerySet[Any, Any]"]]
    needs: str = ""


_found: dict[tuple[Waiting, str], _Words] = {}


def count_waiting(actor: Actor, kinds: Mapping[str, Waiting]) -> dict[str, int]:
    """How much of each kind waits for this workspace. One statement, or none where nothing can wait."""
    asked = {name: _words(kind, actor) for name, kind in kinds.items() if not kind.needs or actor.may(kind.needs)}
    texts = {name: text for name, (text, _values) in asked.items() if text}
    if not texts:
        return dict.fromkeys(kinds, 0)
    own = {_ORGANIZATION: actor.organization_id, _PERSON: actor.user_id}
    values = [own.get(value, value) if isinstance(value, int) else value for name in texts for value in asked[name][1]]
    row = sql.rows(f"SELECT {', '.join(texts.values())}", values)[0]
    return {**dict.fromkeys(kinds, 0), **dict(zip(texts, row, strict=True))}


def _words(kind: Waiting, actor: Actor) -> _Words:
    if (kind, actor.role) not in _found:
        reader = replace(actor, organization_id=_ORGANIZATION, user_id=_PERSON)
        cut = [rows.order_by().values("pk")[:COUNTED] for rows in kind.rows(reader)]
        parts = [rows.query.sql_with_params() for rows in cut]
        text = " UNION ALL ".join(f"({text})" for text, _values in parts)
        counted = f"(SELECT count(*) FROM ({text}) AS w)" if parts else ""
        _found[kind, actor.role] = (counted, [value for _text, values in parts for value in values])
    return _found[kind, actor.role]
