"""What an audit finds, and what it finds wrong with the ground: triggers, constraints, keys and jobs.

Every context checks its own promises (domain.md section 5) in its `queries`: `CHECKS`, one short function each, and
`faults()`, all of them. Most are statements that return offending rows only. `trivium audit` walks the contexts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models

from trivium.core import sql
from trivium.core.models import Model, Sealed

__all__ = ["CHECKS", "NO_JOB_WAITS", "Check", "Fault", "all_of", "faults", "faults_in", "missing_triggers"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that breaks a promise: the promise's number, the row by table and reference, and what is wrong with it."""

    promise: int
    subject: str
    text: str


Check = Callable[[], Iterator[Fault]]

# For statements of checks: what a job would still do to this subject is no fault yet. A failed job does nothing more.
NO_JOB_WAITS = "NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.lock = {lock} AND j.status IN ('todo', 'doing'))"


def faults_in(promise: int, statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Fault]:
    """What a statement names, one row (subject, text) for each fault."""
    for subject, text in sql.stream(statement, params):
        yield Fault(promise, subject, text)


def all_of(checks: Iterable[Check]) -> Iterator[Fault]:
    """What all of these checks find, one after the other."""
    for check in checks:
        yield from check()


_TRIGGERS = """
SELECT want.name, want.place FROM unnest(%s::text[], %s::text[]) AS want(name, place)
WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = want.name AND t.tgrelid = to_regclass(want.place))
ORDER BY 1
"""


def missing_triggers(promise: int, triggers: Mapping[str, str]) -> Iterator[Fault]:
    """Triggers that are not on their tables any more, of those named {trigger: table}."""
    for name, table in sql.rows(_TRIGGERS, [list(triggers), list(triggers.values())]):
        yield Fault(promise, f"table {table}", f"has lost its trigger {name}")


def _own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Model) and model._meta.managed]


# A row trigger, before UPDATE and DELETE (bits 1, 2, 8, 16), on the function that refuses; partitions carry their own.
_GUARDED = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE (c.oid = to_regclass(%(table)s)
       OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(%(table)s)))
  AND NOT EXISTS (
    SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = c.oid AND t.tgtype & 27 = 27 AND t.tgenabled IN ('O', 'A')
      AND p.proname = 'core_refuse_change' AND p.prosrc LIKE '%%RAISE EXCEPTION%%')
ORDER BY 1
"""


def sealed_tables_are_guarded() -> Iterator[Fault]:
    """Every append-only table, and every month of the event log, refuses UPDATE and DELETE by an enabled trigger."""
    for model in apps.get_models():
        if issubclass(model, Sealed):
            for (table,) in sql.rows(_GUARDED, {"table": model._meta.db_table}):
                yield Fault(5, f"table {table}", "is append-only, but no enabled trigger refuses its change")


def triggers_are_on() -> Iterator[Fault]:
    """No trigger of any table is switched off; foreign keys are triggers too."""
    return faults_in(
        5,
        """
        SELECT 'table ' || t.tgrelid::regclass, 'has its trigger ' || t.tgname || ' switched off'
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgenabled NOT IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
        """,
    )


def history_is_kept() -> Iterator[Fault]:
    """Every table of master data has the trigger that writes down its changes."""
    kept = [model._meta.db_table for model in apps.get_models() if getattr(model, "keeps_history", False)]
    return missing_triggers(5, {f"{table}_keeps_history": table for table in sorted(kept)})


_INDEXES = """
SELECT c.relname, i.relname, x.indpred IS NULL,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey))
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE x.indisunique AND c.relnamespace = current_schema()::regnamespace
"""


def unique_keys_exist() -> Iterator[Fault]:
    """Every key a model declares unique is unique in the database: that is what makes a repetition change nothing."""
    named, plain = set(), set()
    for table, name, whole, columns in sql.rows(_INDEXES):
        named.add((table, name))
        if whole and len(columns) == 1:
            plain.add((table, columns[0]))
    for model in _own_models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and (table, constraint.name) not in named:
                yield Fault(6, f"table {table}", f"has lost its unique key {constraint.name}")
        for field in model._meta.local_concrete_fields:
            if field.unique and (table, field.column) not in plain:
                yield Fault(6, f"table {table}", f"has lost its unique key on {field.column}")


_CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype::text, a.attname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum]
WHERE c.relnamespace = current_schema()::regnamespace
"""


def constraints_exist() -> Iterator[Fault]:
    """Every check, exclusion and foreign key a model declares stands in the database."""
    named, links = set(), set()
    for table, name, kind, column in sql.rows(_CONSTRAINTS):
        named.add((table, name))
        if kind == "f":
            links.add((table, column))
    for model in _own_models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            checked = isinstance(constraint, models.CheckConstraint | ExclusionConstraint)
            if checked and (table, constraint.name) not in named:
                yield Fault(4, f"table {table}", f"has lost its constraint {constraint.name}")
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and (table, field.column) not in links:
                yield Fault(4, f"table {table}", f"has lost its foreign key on {field.column}")


def constraints_are_valid() -> Iterator[Fault]:
    """Every constraint was checked against all rows, and every index is usable."""
    return faults_in(
        4,
        """
        SELECT 'table ' || k.conrelid::regclass, 'has never been checked against its constraint ' || k.conname
        FROM pg_constraint k
        WHERE NOT k.convalidated AND k.connamespace = current_schema()::regnamespace
        UNION ALL
        SELECT 'table ' || x.indrelid::regclass, 'has an index that is not valid: ' || x.indexrelid::regclass
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
        WHERE NOT x.indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
        """,
    )


def no_job_has_failed() -> Iterator[Fault]:
    """What was committed has had its consequences: no job has given up."""
    return faults_in(
        8,
        """
        SELECT 'job ' || id, task_name || COALESCE(' on ' || lock, '') || ' has failed, attempts: ' || attempts
        FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id
        """,
    )


def no_job_is_left_half_done() -> Iterator[Fault]:
    """No job was begun by a worker that is gone and left for ten minutes: workers take such jobs up after one."""
    return faults_in(
        8,
        """
        SELECT 'job ' || j.id,
               j.task_name || COALESCE(' on ' || j.lock, '') || ' was begun and is carried on by nobody'
        FROM procrastinate_jobs j
        WHERE j.status = 'doing'
          AND NOT EXISTS (SELECT FROM procrastinate_workers w
                          WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '10 minutes')
          AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
                          AND e.at > now() - interval '10 minutes')
        ORDER BY j.id
        """,
    )


CHECKS: tuple[Check, ...] = (
    sealed_tables_are_guarded,
    triggers_are_on,
    history_is_kept,
    unique_keys_exist,
    constraints_exist,
    constraints_are_valid,
    no_job_has_failed,
    no_job_is_left_half_done,
)


def faults() -> Iterator[Fault]:
    """Everything that is wrong with the ground the promises stand on."""
    return all_of(CHECKS)
