"""What a person has set for themselves: columns, rows, views, what the home shows, light or dark."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.parties.models import User
from trivium.parties.rules import VIEWS


@dataclass(frozen=True, slots=True)
class View:
    """A list as a person wants to find it again: filters, order and columns under a name."""

    ref: str
    name: str
    query: str
    columns: tuple[str, ...]


_OWN = """
SELECT name, value::text FROM parties_preference
WHERE user_id = %s AND (workspace = '' OR workspace = %s)
"""


def preferences_of(actor: Actor, person: object = None) -> Mapping[str, Any]:
    """All that a person has set here and everywhere, by name. One statement, or none if it was read along with them."""
    if isinstance(person, User) and person.pk == actor.user_id and person.preferences is not None:
        return {name: value for place, name, value in person.preferences if place in ("", workspace_of(actor))}
    found = sql.rows(_OWN, [actor.user_id or 0, workspace_of(actor)])
    return {name: json.loads(value) for name, value in found}


def workspace_of(actor: Actor) -> str:
    """The name of a workspace among a person's preferences."""
    return f"{actor.organization_ref}:{actor.role}"


def views_in(preferences: Mapping[str, Any], list_name: str) -> Sequence[View]:
    """The views of one list, in the order they were saved."""
    rows = preferences.get(f"{VIEWS}{list_name}", ())
    return [View(row["ref"], row["name"], row["query"], tuple(row["columns"])) for row in rows]
