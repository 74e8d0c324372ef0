"""A big market out of a few real orders: every row a template order left behind is copied by SQL, so and so often.

What is copied is found, not listed: all rows that were not there before. Keys are counted on, references end in the
copy's number wherever they stand, moments move on by a step, and what the template changed in rows that stood before
it (stock, balances, volumes) is changed once more for each copy. Constraints and triggers are all in force.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction

Rows = dict[int, dict[str, str | None]]


@dataclass
class Template:
    """The rows one act, or a series of acts, has left behind, by table; and what it changed in older rows."""

    rows: dict[str, Rows] = field(default_factory=dict)
    deltas: list[tuple[str, int, str, str]] = field(default_factory=list)


def _tables() -> dict[str, Any]:
    """The tables of the trade by name, those with a running key."""
    found = {model._meta.db_table: model for model in apps.get_models() if model.__module__.startswith("trivium.")}
    return {name: model for name, model in found.items() if model._meta.pk.column == "id"}


def _types(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", [table],
        )  # fmt: skip
        return dict(cursor.fetchall())


def _all_rows(after: dict[str, int]) -> dict[str, Rows]:
    """Every row as text, but of the big logs only what is new."""
    found: dict[str, Rows] = {}
    with connection.cursor() as cursor:
        for table in _tables():
            names = list(_types(table))
            listed = ", ".join(f'"{name}"::text' for name in names)
            cursor.execute(f'SELECT "id"::bigint, {listed} FROM "{table}" WHERE id > %s', [after.get(table, -1)])
            found[table] = {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}
    return found


NUMBERS = re.compile(r"^(bigint|integer|smallint|numeric)")
LOGS = ("core_event",)


@contextmanager
def template() -> Iterator[Template]:
    """What the block leaves behind. The market must be small still: all of it is read before and after."""
    before, made = _all_rows({}), Template()
    yield made
    for table, rows in _all_rows({}).items():
        fresh = {key: row for key, row in rows.items() if key not in before[table]}
        if fresh:
            made.rows[table] = fresh
        types = _types(table)
        for key, row in before[table].items():
            for name, old in row.items():
                new = rows[key][name]
                if new != old and NUMBERS.match(types[name]) and old is not None and new is not None:
                    made.deltas.append((table, key, name, f"({new} - ({old}))"))


def copy(made: Template, times: int, step_seconds: float) -> int:
    """Copy a template so often, each copy so much later than the one before; returns how many rows were written."""
    if not times:
        return 0
    refs = {str(row["ref"]) for rows in made.rows.values() for row in rows.values() if row.get("ref")}
    split = re.compile("(" + "|".join(map(re.escape, sorted(refs))) + ")")
    with transaction.atomic(), connection.cursor() as cursor:
        first: dict[str, int] = {}
        places = {table: {key: place for place, key in enumerate(sorted(rows))} for table, rows in made.rows.items()}
        for table in made.rows:
            cursor.execute(f'SELECT max(id) + 1 FROM "{table}"')
            first[table] = cursor.fetchone()[0]

        def key(table: str, value: int) -> str:
            return f"{first[table]} + (k - 1) * {len(places[table])} + {places[table][value]}"

        written = 0
        for table, rows in made.rows.items():
            points = _points(_tables()[table], made)
            types = _types(table)
            for row_key, row in rows.items():
                values = [
                    key(table, row_key) if name == "id" else _value(name, text, types[name], points, key, split)
                    for name, text in row.items()
                ]
                listed = ", ".join(f'"{name}"' for name in row)
                chosen = f"SELECT {', '.join(values)} FROM generate_series(1, {times}) k"
                statement = f'INSERT INTO "{table}" ({listed}) {chosen}'
                cursor.execute(statement.replace("STEP", f"k * interval '{step_seconds} seconds'"))
                written += times
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))")
        for table, row_id, name, delta in made.deltas:
            cursor.execute(f'UPDATE "{table}" SET "{name}" = "{name}" + {times}::bigint * {delta} WHERE id = {row_id}')
    return written


def _points(model: Any, made: Template) -> dict[str, str]:
    """The columns that point at rows of the template, with the table they point at."""
    fields = [f for f in model._meta.concrete_fields if f.remote_field is not None]
    return {f.column: f.related_model._meta.db_table for f in fields if f.related_model._meta.db_table in made.rows}


def _value(
    name: str, text: str | None, kind: str, points: dict[str, str], key: Callable[[str, int], str],
    split: re.Pattern[str],
) -> str:  # fmt: skip
    if text is None:
        return "NULL"
    target = points.get(name)
    if target is not None:
        try:
            return key(target, int(text))
        except KeyError:
            return text
    if kind.startswith("timestamp"):
        return f"{_quoted(text)}::timestamptz + STEP"
    if kind == "date":
        return f"({_quoted(text)}::timestamp + STEP)::date"
    pieces = split.split(text)
    if len(pieces) > 1:
        ends = "|| lpad(to_hex(k), 8, '0')"
        said = [f"{_quoted(p[:-8])} {ends}" if split.fullmatch(p) else _quoted(p) for p in pieces if p]
        return f"({' || '.join(said)})::{kind}"
    return f"{_quoted(text)}::{kind}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
