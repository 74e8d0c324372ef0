"""A market for tests, built by its commands once in a process and afterwards put back as rows.

`market_of(Trade)` is `Trade()`. The first time it is built; then its rows are kept in memory beside the object itself, and
the next test that asks gets both again. That is several times as fast, and tests nothing less: the rows are those the
commands wrote, with their identifiers. What is put back never meets what it was built from, because every test ends by
undoing or deleting all it has written.

Only for a database that is empty and a clock that stands: anything else is built as if this were not here.
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
from trivium.core.time import SettableClock, now

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
    """An object, the rows that belong to it by their table and its columns, and when it had been built."""

    made: bytes
    rows: dict[str, bytes]
    at: dt.datetime


_kept: dict[tuple[object, ...], Kept] = {}
_tables: dict[str, str] = {}


def market_of(build: Callable[..., T], *args: Any) -> T:
    """What `build` makes; of its arguments only the clock may be more than a word."""
    clock = time._clock
    if not isinstance(clock, SettableClock) or _any("parties_organization") or _any("parties_user"):
        return build(*args)
    key = (build, clock.at, *(arg for arg in args if arg is not clock))
    if key not in _kept:
        if _filled():
            return build(*args)
        made = build(*args)
        _kept[key] = Kept(_packed(made, clock), {name: _copied(name) for name in _filled()}, clock.at)
        return made
    kept = _kept[key]
    ensure_partition(now())
    _put_back(kept.rows)
    clock.at = kept.at
    made = _Unpacker(io.BytesIO(kept.made), clock).load()
    assert isinstance(made, object)
    return made


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
    def __init__(self, file: io.BytesIO, clock: SettableClock) -> None:
        super().__init__(file)
        self.clock = clock

    def persistent_id(self, obj: object) -> str | None:
        return "the clock" if obj is self.clock else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, clock: SettableClock) -> None:
        super().__init__(file)
        self.clock = clock

    def persistent_load(self, pid: object) -> object:
        return self.clock


def _packed(made: object, clock: SettableClock) -> bytes:
    file = io.BytesIO()
    _Packer(file, clock).dump(made)
    return file.getvalue()
