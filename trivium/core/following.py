"""Following the event log: to hear of every event once, soon after it was committed.

Whoever writes an event pays nothing for those who follow, and nobody has to be told: a follower asks for what is new,
in one statement, as often as it wants to know.
"""

from dataclasses import dataclass

from trivium.core import sql

PATIENCE_S = 600.0
MOST_MISSING = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """How far a follower has come: the highest number read, and those below it that were not there, by when missed.

    Numbers are given out before the commit, so a slow act appears below a quick one. A number that does not appear
    within ten minutes belongs to an act that was undone.
    """

    last: int
    missing: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a follower hears of it."""

    id: int
    name: str
    audience: str
    """A JSON list of the references of organizations."""


_NEWEST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_event_id_seq"
_NEW = """
(SELECT id, name, audience::text FROM core_event WHERE id > %(last)s ORDER BY id LIMIT %(limit)s)
UNION ALL
SELECT id, name, audience::text FROM core_event WHERE id = ANY(%(missing)s::bigint[])
"""


def newest(back: int = 0) -> Place:
    """Where a follower begins: at the end of the log, or so many events before it."""
    return Place(max(0, int(sql.rows(_NEWEST)[0][0]) - back))


def read_on(place: Place, seconds: float, limit: int = 2_000) -> tuple[list[Heard], Place]:
    """What has been committed since, and the new place. One statement. `seconds`: a clock that only goes forward."""
    missing = {number: since for number, since in place.missing if seconds - since < PATIENCE_S}
    found = sql.rows(_NEW, {"last": place.last, "missing": list(missing), "limit": limit})
    heard = [Heard(*row) for row in found]
    numbers = {each.id for each in heard}
    last = max([place.last, *numbers])
    missing |= {number: seconds for number in range(max(place.last, last - MOST_MISSING) + 1, last)}
    left = tuple((number, since) for number, since in missing.items() if number not in numbers)
    return heard, Place(last, left[-MOST_MISSING:])
