"""The event log and its reactions: `publish` what happened, react to it with `@on`.

A row in the log and one job per reacting context are written in the caller's transaction: they appear together with
what happened, or not at all. A job runs at least once, and in order per context and subject.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.tasks import Task

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.models import EventRecord
from trivium.core.time import month_after, month_start

__all__ = [
    "AGAIN_LATER", "AGAIN_SOON", "OPERATOR", "Event", "ensure_partition", "known_events", "on", "publish",
    "reacting_contexts",
]  # fmt: skip

# A job that fails, because the database restarts or a neighbour is away, is tried again.
AGAIN_LATER = RetryStrategy(max_attempts=8, exponential_wait=10)  # after 10 s, 100 s, …
AGAIN_SOON = RetryStrategy(max_attempts=10, wait=5)  # what comes round every few minutes anyhow: through an outage


OPERATOR = "operator"
"""In an event's audience: whoever runs the platform has something to do."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to `subject`; `audience` are the references of the organizations it may be told to.

    The operator may know of everything, and is told of what names it (OPERATOR).

    Subclasses add ids, codes and counts. Names, addresses and amounts do not belong in an event: bodies of notices
    and webhooks are built from queries with the receiver's rights.
    """

    subject: str
    audience: tuple[str, ...] = ()
    name: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = cls.__name__
        _types[cls.__name__] = cls

    def data(self) -> dict[str, Any]:
        """What the log keeps beside subject and audience."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("subject", "audience")}


_types: dict[str, type[Event]] = {}
E_co = TypeVar("E_co", bound=Event)
Reaction = Callable[[Any], None]
_reactions: dict[str, dict[str, list[Reaction]]] = defaultdict(lambda: defaultdict(list))
_tasks: "dict[str, Task[..., Any, Any]]" = {}
_known_partitions: set[dt.date] = set()


def known_events() -> dict[str, type[Event]]:
    """Every event type by name, for the reference page and the architecture tests."""
    return dict(_types)


def reacting_contexts(event_name: str) -> list[str]:
    """The contexts that react to an event, for the reference page."""
    return sorted(_reactions.get(event_name, ()))


def on(event_type: type[E_co]) -> Callable[[Callable[[E_co], None]], Callable[[E_co], None]]:
    """React to an event: the function, in a context's jobs.py, is run by a worker after the act has committed.

    It runs at least once, in order per context and subject, and must therefore be idempotent: look again and do
    what is left. A failing one is tried again after 10 s, 100 s, … and holds back only its own line.
    """

    def register(reaction: Callable[[E_co], None]) -> Callable[[E_co], None]:
        context = reaction.__module__.split(".")[1]
        _reactions[event_type.name][context].append(reaction)
        if context not in _tasks:
            _tasks[context] = _make_task(context)
        return reaction

    return register


def _make_task(context: str) -> "Task[..., Any, Any]":
    def react(event_id: int, at: str) -> None:
        event = _load(event_id, at)
        for reaction in _reactions[event.name][context]:
            reaction(event)

    return app.task(name=f"{context}.react", queue="events", retry=AGAIN_LATER)(react)


def _load(event_id: int, at: str) -> Event:
    (record,) = EventRecord.objects.read("WHERE t.id = %(id)s AND t.at = %(at)s", {"id": event_id, "at": at})
    return _types[record.name](subject=record.subject, audience=tuple(record.audience), **record.data)


_INSERT = """
INSERT INTO core_event (at, name, subject, actor, audience, data)
SELECT %s, name, subject, %s, audience::jsonb, data::jsonb
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS e(name, subject, audience, data)
RETURNING id
"""


def publish(*events: Event, actor: Actor, at: dt.datetime) -> None:
    """Record what happened and queue every reaction to it, inside the caller's transaction.

    One INSERT for all events and one for all jobs, one job per event and reacting context.
    """
    if not events:
        return
    if month_start(at) not in _known_partitions:
        ensure_partition(at)
    found = sql.rows(
        _INSERT,
        [
            at,
            actor.ref,
            [e.name for e in events],
            [e.subject for e in events],
            [json.dumps(e.audience) for e in events],
            [json.dumps(e.data()) for e in events],
        ],
    )
    _queue(events, [row[0] for row in found], at)


def _queue(events: Sequence[Event], ids: Sequence[int], at: dt.datetime) -> None:
    jobs: list[Job] = []
    for event, event_id in zip(events, ids, strict=True):
        for context in _reactions.get(event.name, ()):
            task = _tasks[context].configure(lock=f"{context}:{event.subject}")
            jobs.append(task.job.evolve(task_kwargs={"event_id": event_id, "at": at.isoformat()}))
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)


def ensure_partition(at: dt.datetime) -> None:
    """Make sure the month's partition of the event log exists; a schedule and `migrate` make them ahead of time."""
    month = month_start(at)
    name = f"core_event_{month:%Y_%m}"
    if not sql.rows("SELECT to_regclass(%s::text)", [name])[0][0]:
        sql.rows("SELECT pg_advisory_xact_lock(hashtext('core_event partitions'))")
        sql.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF core_event "
            f"FOR VALUES FROM ('{month}T00:00:00Z') TO ('{month_after(month)}T00:00:00Z')"
        )
    transaction.on_commit(lambda: _known_partitions.add(month))
