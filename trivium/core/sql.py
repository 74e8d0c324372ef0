"""Statements over sets, through Django's own connection and transaction."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
    """Run a statement and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[Row] = cursor.fetchall()
        return found


def dicts(statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
    """Run a statement and return its rows as dicts by column name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        touched: int = cursor.rowcount
        return touched


def columns(table: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns, for `unnest(%s::bigint[], %s::text[])`; `width` keeps the shape when empty."""
    if not table:
        return [[] for _ in range(width)]
    return [list(column) for column in zip(*table, strict=True)]


def stream(statement: str, params: Sequence[Any] | dict[str, Any] = (), *, at_once: int = 1000) -> Iterator[Row]:
    """Run a statement and yield its rows, read in pieces through a cursor on the server: in bounded memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        while page := cursor.fetchmany(at_once):
            yield from page
