"""Bases of all tables, and the two tables every context shares: the event log and the answers to retried requests."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, Self

import msgspec
from django.db import models
from django.db.models.options import Options

from trivium.core import sql
from trivium.core.actor import Actor


@cache
def _columns_of(table: "Options[Any]") -> tuple[str, ...]:
    """The columns a new row names: all but its own key."""
    return tuple(field.attname for field in table.concrete_fields if not field.primary_key)


class QuerySet(models.QuerySet[Any]):
    """Reads that lock in one order."""

    def locked(self) -> Self:
        """The rows, locked in key order until the transaction ends. Evaluate at once: list(….locked())."""
        return self.order_by("pk").select_for_update()

    def insert(self, rows: Sequence[models.Model]) -> None:
        """Write new rows and set their keys: one statement with one parameter, however many rows and columns.

        For hot paths. The rows travel as JSON, which costs a third of the CPU of an array per column.
        """
        if not rows:
            return
        names = _columns_of(self.model._meta)
        listed = ", ".join(f'"{name}"' for name in names)
        table = self.model._meta.db_table
        values = msgspec.json.encode([{name: getattr(row, name) for name in names} for row in rows])
        statement = (
            f'INSERT INTO "{table}" ({listed}) SELECT {listed} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json) RETURNING "{self.model._meta.pk.column}"'
        )
        for row, (key,) in zip(rows, sql.rows(statement, [values.decode()]), strict=True):
            row.pk = key
            row._state.adding = False

    def change(self, rows: Iterable[models.Model], names: Sequence[str]) -> None:
        """Write these columns of rows that are there: one statement with one parameter, like `insert`.

        A thousand rows cost a hundredth of `bulk_update`, whose statement tries every row for every row.
        """
        key, table = self.model._meta.pk.column, self.model._meta.db_table
        values = [{key: row.pk, **{name: getattr(row, name) for name in names}} for row in rows]
        if not values:
            return
        statement = (
            f'UPDATE "{table}" AS t SET {", ".join(f"{name} = v.{name}" for name in names)} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json) AS v WHERE t."{key}" = v."{key}"'
        )
        sql.execute(statement, [msgspec.json.encode(values).decode()])

    def visible_to(self, actor: Actor) -> Self:
        """The rows this workspace may see; each context says which. By default the platform's own only."""
        return self if actor.is_system else self.none()


class Model(models.Model):
    """Base of every table."""

    objects: ClassVar[Any] = QuerySet.as_manager()

    class Meta:
        abstract = True


class Sealed(Model):
    """Base of every append-only table: written once, never changed, so that it can be sealed.

    A trigger refuses UPDATE and DELETE (`core.migrations_sql.append_only`); `row_hash` is what a seal covers.
    """

    class Meta:
        abstract = True

    def row_hash(self) -> bytes:
        """SHA-256 of the row's columns in canonical JSON: the leaf a Merkle tree is built from."""
        values = {field.column: field.value_from_object(self) for field in self._meta.concrete_fields}
        text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()


class EventRecord(Sealed):
    """What happened, in the order it was written: one row per event, one partition per month.

    The log stands beside the tables it speaks of, although they could tell most of it, because four readers need
    the past and not only its result: audit screens, reactions, notices with webhooks, and seals. It costs one
    INSERT per act. `data` holds ids, codes and counts; never names, addresses or amounts.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    name = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    actor = models.CharField(max_length=120)
    audience = models.JSONField(default=list)
    data = models.JSONField()

    class Meta:
        managed = False
        db_table = "core_event"


class IdempotencyRecord(Model):
    """The answer once given to a write, so that its repetition gets the same one."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="core_idempotency_once")]


class Bucket(Model):
    """A meter's reading: when it will be full again, and when it was last taken from. Unlogged; see core.limits."""

    name = models.CharField(max_length=120, primary_key=True)
    full_at = models.DateTimeField()
    used_at = models.DateTimeField()
