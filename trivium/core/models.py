"""Bases of all tables, and those every context shares: the event log, the history, the answers to retried requests."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Self

import msgspec
from django.db import DatabaseError, connection, models
from django.db.models.options import Options

from trivium.core import history, sql
from trivium.core.actor import Actor
from trivium.core.fields import EncryptedTextField, plain_or_empty


@cache
def _columns_of(table: "Options[Any]") -> tuple[str, ...]:
    """The columns a new row names: all but its own key."""
    return tuple(field.attname for field in table.concrete_fields if not field.primary_key)


@cache
def _reading(table: "Options[Any]", without: tuple[str, ...]) -> "_Reading":
    fields = [field for field in table.concrete_fields if field.attname not in without]
    listed = ", ".join(f't."{field.column}"' for field in fields)
    turned = [(place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return listed, f'"{table.db_table}" AS t', [field.attname for field in fields], turned


_Reading = tuple[str, str, list[str], list[tuple[int, Callable[..., Any]]]]
"""How rows are read: columns, table, the columns' names, and what turns some stored values into ours."""
_NOTHING: Mapping[str, str] = {}


@cache
def _not_plain(table: "Options[Any]") -> frozenset[str]:
    """The columns that do not travel as JSON: bytes, but for those the vault writes without a fingerprint."""
    bytes_of = [field for field in table.concrete_fields if isinstance(field, models.BinaryField)]
    return frozenset(field.attname for field in bytes_of if field.attname not in _sealing(table))


@cache
def _sealing(table: "Options[Any]") -> dict[str, Callable[[Any], str | None]]:
    """How the vault's columns travel: encrypted on their way, as PostgreSQL writes bytes."""
    return {
        field.attname: field.as_json
        for field in table.concrete_fields
        if isinstance(field, EncryptedTextField) and field.found_by is None
    }


def _values(table: "Options[Any]", row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The named columns of a row as they travel."""
    sealing = _sealing(table)
    if not sealing:
        return {name: getattr(row, name) for name in names}
    return {name: sealing[name](getattr(row, name)) if name in sealing else getattr(row, name) for name in names}


def _tell_history(model: Any) -> None:
    if getattr(model, "keeps_history", False):
        history.say_who()


def _check_travels(table: "Options[Any]", names: Iterable[str]) -> None:
    """The short statements write a value as it is: what has to be encrypted on its way must not go by them."""
    if not _not_plain(table).isdisjoint(names):
        raise TypeError(f"{table.label} has columns of bytes: write it with create, save or update")


class QuerySet(models.QuerySet[Any]):
    """Reads that lock in one order, and the short statements of hot paths."""

    def read(
        self,
        rest: str,
        params: Mapping[str, Any],
        *,
        without: tuple[str, ...] = (),
        along: Mapping[str, str] = _NOTHING,
    ) -> list[Any]:
        """Rows by a statement of ours: `rest` follows SELECT … FROM the table AS t; the set's own filters do not count.

        For hot paths: the ORM takes a millisecond of CPU to find the words. `without` are columns that are not read
        before somebody asks for them; `along` are expressions read with each row and left on it by their names. A text
        nobody could have stored finds what the empty one does: nothing.
        """
        columns, table, names, turned = _reading(self.model._meta, without)
        values = {name: plain_or_empty(value) for name, value in params.items()}
        found = []
        for row in sql.rows(f"SELECT {', '.join((columns, *along.values()))} FROM {table} {rest}", values):
            ours = list(row[: len(names)])
            for place, turn in turned:
                ours[place] = turn(ours[place], None, connection)
            its = self.model.from_db("default", names, ours)
            for name, value in zip(along, row[len(names) :], strict=True):
                setattr(its, name, value)
            found.append(its)
        return found

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
        _check_travels(self.model._meta, names)
        _tell_history(self.model)
        listed = ", ".join(f'"{name}"' for name in names)
        table = self.model._meta.db_table
        values = msgspec.json.encode([_values(self.model._meta, row, names) for row in rows])
        statement = (
            f'INSERT INTO "{table}" ({listed}) SELECT {listed} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json) RETURNING "{self.model._meta.pk.column}"'
        )
        for row, (key,) in zip(rows, sql.rows(statement, [values.decode()]), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, self.db

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Write new rows: by `insert`, unless more is asked for."""
        rows = list(objs)
        if args or options or _not_plain(self.model._meta) or any(row.pk is not None for row in rows):
            return super().bulk_create(rows, *args, **options)
        self.insert(rows)
        return rows

    def change(self, rows: Iterable[models.Model], names: Sequence[str]) -> int:
        """Write these columns of rows that are there: one statement with one parameter, like `insert`.

        Returns how many there were. A thousand rows cost a hundredth of `bulk_update`, whose statement tries every row
        for every row.
        """
        _check_travels(self.model._meta, names)
        key, table = self.model._meta.pk.column, self.model._meta.db_table
        values = [{key: row.pk, **_values(self.model._meta, row, names)} for row in rows]
        if not values:
            return 0
        _tell_history(self.model)
        statement = (
            f'UPDATE "{table}" AS t SET {", ".join(f"{name} = v.{name}" for name in names)} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json) AS v WHERE t."{key}" = v."{key}"'
        )
        return sql.execute(statement, [msgspec.json.encode(values).decode()])

    def update(self, **values: Any) -> int:
        """Django's own; what keeps a history is told first whose act it is."""
        _tell_history(self.model)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Likewise."""
        _tell_history(self.model)
        return super().delete()

    def visible_to(self, actor: Actor) -> Self:
        """The rows this workspace may see; each context says which. By default the platform's own only."""
        return self if actor.is_system else self.none()


class Model(models.Model):
    """Base of every table."""

    objects: ClassVar[Any] = QuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Write a new row, or the named columns of one that is there, by the short statements of `insert` and `change`.

        Anything else is left to the ORM.
        """
        rows: QuerySet = type(self)._default_manager.all()
        asked = {name: value for name, value in options.items() if name != "using" and value}
        if _not_plain(self._meta):
            _tell_history(type(self))
            super().save(**options)
        elif asked == {"force_insert": True} and self.pk is None:
            rows.insert([self])
        elif set(asked) == {"update_fields"} and not self._state.adding:
            names = [str(getattr(self._meta.get_field(name), "attname", name)) for name in asked["update_fields"]]
            if not rows.change([self], names):
                raise DatabaseError(f"there is no {self._meta.label} {self.pk}")
        else:
            _tell_history(type(self))
            super().save(**options)


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


class FieldChange(Sealed):
    """One field of master data before and after, with who and when. The database writes it; see `core.history`.

    `subject` and `beside` are the references it is found under, a membership under its company and its person.
    Of what is masked neither value is kept.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=60)
    beside = models.CharField(max_length=60, blank=True)
    row = models.BigIntegerField()
    field = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    is_masked = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="core_changes_of_subject"),
            models.Index(fields=["beside", "id"], condition=~models.Q(beside=""), name="core_changes_beside"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_masked=False) | models.Q(old__isnull=True, new__isnull=True),
                name="core_masked_keeps_no_value",
            )
        ]


class IdempotencyRecord(Model):
    """The answer once given to a write, so that its repetition gets the same one; it may hold a phone or an account."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = EncryptedTextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="core_idempotency_once")]


class Bucket(Model):
    """A meter's reading: when it will be full again, and when it was last taken from. Unlogged; see core.limits."""

    name = models.CharField(max_length=120, primary_key=True)
    full_at = models.DateTimeField()
    used_at = models.DateTimeField()
