"""A market for tests, built by its commands once in a process and afterwards put back as rows.

`market_of(Trade)` is `Trade()`. The first time it is built; then its rows are kept in memory beside the object itself,
and the next test that asks gets both again. That is several times as fast, and tests nothing less: the rows are those
the commands wrote, with their identifiers. What is put back never meets what it was built from: every test ends by
undoing or deleting all it has written.

A clock that stands is set to when it had been built; by the real one the market is a little older. Only for a database
that is empty: in any other it is built as if this were not here.
"""

import datetime as dt
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

from tests.emptied import STAY
from trivium.core import sql, time
from trivium.core.events import ensure_partition
from trivium.core.time import Clock, SettableClock, now

T = TypeVar("T")

_TABLES = """
SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition
  AND c.relname <> ALL(%s::text[]) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.oid ORDER BY 1
"""


@dataclass(frozen=True)
class Kept:
    """An object, the rows that belong to it by their table, the months of its events, and when it had been built."""

    made: bytes
    rows: dict[str, bytes]
    months: list[dt.datetime]
    at: dt.datetime


_kept: dict[tuple[object, ...], Kept] = {}
_tables: dict[str, str] = {}


def market_of(build: Callable[..., T], *args: Any) -> T:
    """What `build` makes; of its arguments only the clock may be more than a word.

    What building does outside the database, as registering a gateway, is its caller's to do again.
    """
    if _any("parties_organization") or _any("parties_user"):
        return build(*args)
    clock = time._clock
    stands_at = clock.at if isinstance(clock, SettableClock) else None
    key = (build, stands_at, *(arg for arg in args if arg is not clock))
    if key not in _kept:
        if _filled():
            return build(*args)
        made = build(*args)
        rows = {name: _copied(name) for name in _filled()}
        months = [row[0] for row in sql.rows("SELECT min(at) FROM core_event GROUP BY date_trunc('month', at, 'UTC')")]
        _kept[key] = Kept(_packed(made, clock), rows, months, now())
        return made
    kept = _kept[key]
    for month in kept.months:
        ensure_partition(month)
    _put_back(kept.rows)
    if isinstance(clock, SettableClock):
        clock.at = kept.at
    found: T = _Unpacker(io.BytesIO(kept.made), clock).load()
    return found


def _any(table: str) -> bool:
    return bool(sql.rows(f"SELECT EXISTS (SELECT FROM {table})")[0][0])


def _filled() -> list[str]:
    """The tables that have rows."""
    if not _tables:
        _tables.update(dict(sql.rows(_TABLES, [list(STAY)])))
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in _tables)
    return [row[0] for row in sql.rows(asked)]


def _copied(name: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT {_tables[name]} FROM {name}) TO STDOUT") as rows:
        return b"".join(bytes(piece) for piece in rows)


def _put_back(rows: dict[str, bytes]) -> None:
    """As TRUNCATE would leave them and commands have filled them: no trigger writes a history of it once more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, its in rows.items():
            with cursor.copy(f"COPY {name} ({_tables[name]}) FROM STDIN") as copy:
                copy.write(its)
        cursor.execute("SET LOCAL session_replication_role = origin")


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, clock: Clock) -> None:
        super().__init__(file)
        self.clock = clock

    def persistent_id(self, obj: object) -> str | None:
        return "the clock" if obj is self.clock else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, clock: Clock) -> None:
        super().__init__(file)
        self.clock = clock

    def persistent_load(self, pid: object) -> object:
        return self.clock


def _packed(made: object, clock: Clock) -> bytes:
    file = io.BytesIO()
    _Packer(file, clock).dump(made)
    return file.getvalue()
