"""How often something may be done: one meter for all processes, kept in the database.

Each name has a bucket that says when it will be full again. Taking from it moves that moment on by the time one piece
takes to come back; if it then lay further ahead than the limit's own time, nothing is taken. One statement does it all
under the row's lock, so any number of processes and machines together never take more than the limit allows. The table
is not logged: after a crash of the database all buckets are full again, and that is all that is lost (ADR 0005).

The meter keeps the database's time, as the job queue does: it is no moment of the trade, and all machines share it.
"""

import datetime as dt
import ipaddress
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.conf import settings

from trivium.core import sql
from trivium.core.errors import Refusal
from trivium.core.i18n import gettext_noop as _

NAME_LIMIT, POCKETED = 120, 10_000
AHEAD = "(extract(epoch FROM b.full_at - statement_timestamp()) * 1000)::bigint"


class TooOften(Refusal):
    """Somebody did this too often; `seconds` says after how many it may be done again."""

    code = "too_often"
    message = _("This was tried too often. Wait %(seconds)s seconds, then try again.")
    kind = "too_often"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so many seconds; after a rest, as many at once. 0 times means without limit."""

    times: int
    seconds: int

    @property
    def window(self) -> dt.timedelta:
        """The time in which an empty bucket fills."""
        return dt.timedelta(seconds=self.seconds)

    @property
    def step(self) -> dt.timedelta:
        """How long one piece takes to come back."""
        return self.window / max(self.times, 1)

    @property
    def handful(self) -> int:
        """How many pieces a process takes at once where a meter is asked often: one, unless there are hundreds."""
        return max(1, self.times // 200)

    @property
    def in_handfuls(self) -> "Limit":
        """The limit counted in handfuls."""
        return Limit(self.times // self.handful, self.seconds)


NONE = Limit(0, 60)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a taking came to: whether it was allowed, how many are left, and in how many seconds there is one more."""

    times: int
    is_allowed: bool
    left: int
    wait_s: int


UNMETERED = Allowance(0, True, 0, 0)


@lru_cache(maxsize=64)
def taking(limit: Limit, name: str, source: str = "") -> str:
    """A statement that takes one piece for the bucket `name` (an expression) of each row of `source`.

    It returns `ahead` where it was allowed: in how many milliseconds the bucket will be full. A row that is refused
    is not written, so that a storm of refusals leaves nothing to clean up.
    """
    step = f"interval '{limit.step / dt.timedelta(microseconds=1):.0f} microseconds'"
    window = f"interval '{limit.seconds} seconds'"
    return f"""
INSERT INTO core_bucket AS b (name, full_at, used_at)
SELECT {name}, statement_timestamp() + {step}, statement_timestamp() {source}
ON CONFLICT (name) DO UPDATE
SET full_at = greatest(b.full_at, statement_timestamp()) + {step}, used_at = statement_timestamp()
WHERE b.full_at + {step} <= statement_timestamp() + {window}
RETURNING {AHEAD} AS ahead"""


def allowance(limit: Limit, taken: int | None, before: int | None) -> Allowance:
    """What was taken, from the milliseconds until the bucket is full: after a taking, or before a refused one."""
    if limit.times <= 0:
        return UNMETERED
    window = limit.seconds * 1000
    if taken is not None:
        left = (window - taken) * limit.times // window
        return Allowance(limit.times, True, left, -(-taken // 1000))
    missing = (window if before is None else before) + window // limit.times - window
    return Allowance(limit.times, False, 0, max(1, -(-missing // 1000)))


def before(name: str) -> str:
    """An expression: in how many milliseconds a bucket would have been full before this statement."""
    return f"(SELECT {AHEAD} FROM core_bucket b WHERE b.name = {name})"


def take(name: str, limit: Limit) -> Allowance:
    """Take one piece out of a bucket, if there is one. One statement."""
    if limit.times <= 0:
        return UNMETERED
    statement = f"""
    WITH taken AS ({taking(limit, "%(name)s::text")})
    SELECT t.ahead, CASE WHEN t.ahead IS NULL THEN {before("%(name)s::text")} END
    FROM (SELECT 1) AS one LEFT JOIN taken t ON true"""
    ((taken, was),) = sql.rows(statement, {"name": name[:NAME_LIMIT]})
    return allowance(limit, taken, was)


def check(name: str, limit: Limit) -> None:
    """Take one piece out of a bucket.

    Refuses: TooOften.
    """
    found = take(name, limit)
    if not found.is_allowed:
        raise TooOften(seconds=found.wait_s)


def fill(*names: str) -> None:
    """Forget what was taken: whoever succeeded is no guesser."""
    sql.execute("DELETE FROM core_bucket WHERE name = ANY(%s)", [[name[:NAME_LIMIT] for name in names]])


def forget_full() -> int:
    """Remove the buckets that have been full for a day; returns how many."""
    return sql.execute("DELETE FROM core_bucket WHERE full_at < statement_timestamp() - interval '1 day'")


class Pocket:
    """Pieces that this process has taken by the handful and not used yet, by whose they are.

    They were counted when they were taken, so that all processes together never let more through than the limit; a
    piece that is not used in the limit's time is given up.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[bytes, tuple[Allowance, int, float]] = {}

    def take(self, whose: bytes, limit: Limit) -> Allowance | None:
        """One piece, if there is one left."""
        with self._guard:
            found, pieces, until = self._kept.get(whose, (UNMETERED, 0, 0.0))
            if pieces < 1 or found.times != limit.times or time.monotonic() > until:
                return None
            found = replace(found, left=found.left - 1)
            self._kept[whose] = (found, pieces - 1, until)
            return found

    def fill(self, whose: bytes, taken: Allowance, limit: Limit) -> Allowance:
        """Keep what a handful holds beyond the piece that is used now; returns what may still be asked."""
        if not taken.is_allowed or not taken.times:
            return replace(taken, times=limit.times)
        found = replace(taken, times=limit.times, left=taken.left * limit.handful + limit.handful - 1)
        if limit.handful > 1:
            with self._guard:
                if len(self._kept) >= POCKETED:
                    self._kept.clear()
                self._kept[whose] = (found, limit.handful - 1, time.monotonic() + limit.seconds)
        return found


def address_of(meta: Mapping[str, object]) -> str:
    """Whose request this is, as far as the network says: an IPv4 address, or the /64 an IPv6 address lies in.

    Behind a proxy (TRIVIUM_BEHIND_PROXY) it is the last address of X-Forwarded-For, the one our own proxy has seen.
    """
    given = str(meta.get("REMOTE_ADDR") or "")
    if settings.TRIVIUM["BEHIND_PROXY"]:
        given = str(meta.get("HTTP_X_FORWARDED_FOR") or given).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(given.strip("[]"))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
