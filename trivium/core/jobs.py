"""What workers run for the mechanisms themselves, and `drain` for runs that are their own worker."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from procrastinate.contrib.django import app

from trivium.core import private_files, sql
from trivium.core.events import AGAIN_LATER, AGAIN_SOON, ensure_partition
from trivium.core.limits import forget_full
from trivium.core.models import IdempotencyRecord
from trivium.core.time import now

KEEP_ANSWERS = dt.timedelta(days=30)
STALLED_AFTER_S = 60
T = TypeVar("T")


@app.periodic(cron="17 3 * * *")
@app.task(name="core.housekeeping", queue="schedules", retry=AGAIN_LATER, pass_context=False)
def housekeeping(timestamp: int) -> None:
    """Each night: make next month's partition of the event log; forget kept answers, full buckets, papers unnamed."""
    for days in (0, 31, 62):
        ensure_partition(now() + dt.timedelta(days=days))
    IdempotencyRecord.objects.filter(at__lt=now() - KEEP_ANSWERS).delete()
    forget_full()
    private_files.forget_unnamed()


@app.periodic(cron="* * * * *")
@app.task(name="core.retry_stalled", queue="schedules", retry=AGAIN_SOON, pass_context=False)
def take_up_stalled(timestamp: int) -> None:
    """Each minute: begin anew what killed workers have begun, before it holds back all later jobs of its line."""
    retry_stalled()


# The queue keeps its own time, the database's: heartbeats and starts are not moments of the trade.
_STALLED = """
SELECT procrastinate_retry_job_v2(j.id, now(), NULL, NULL, NULL) FROM (
    SELECT j.id FROM procrastinate_jobs j
    WHERE j.status = 'doing'
      AND NOT EXISTS (SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id
                      AND w.last_heartbeat > now() - %(seconds)s * interval '1 second')
      AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
                      AND e.at > now() - %(seconds)s * interval '1 second')
    ORDER BY j.id FOR UPDATE OF j SKIP LOCKED) AS j
"""


def retry_stalled() -> int:
    """Begin anew the jobs whose worker was killed (no heartbeat for a minute); returns how many.

    A job of a process that is its own worker (`drain`) has no heartbeat: it counts as living for its first minute.
    """
    return len(sql.rows(_STALLED, {"seconds": STALLED_AFTER_S}))


def carry_out(todo: Iterable[T], act: Callable[[T], object]) -> int:
    """Run an act for each of what a sweep has found; returns how many.

    One that fails does not hold back the others: its failure is raised when all have had their turn.
    """
    done, failures = 0, []
    for one in todo:
        try:
            act(one)
        except Exception as failure:  # noqa: BLE001 - raised below
            failures.append(failure)
        else:
            done += 1
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {done + len(failures)} failed", failures)
    return done


def drain(limit: int | None = None) -> int:
    """Run every job that is due, one after the other, in this process; returns how many ran.

    For a replay, which is its own worker on its own clock, and for tests. A job that fails is marked failed and its
    exception propagates: nothing is swallowed. What a killed run had begun is begun anew.
    """
    retry_stalled()
    ran = 0
    while limit is None or ran < limit:
        job = _fetch()
        if job is None:
            return ran
        ran += 1
        try:
            app.tasks[job["task_name"]].func(**job["args"])
        except Exception:
            _finish(job["id"], "failed")
            raise
        _finish(job["id"], "succeeded")
    return ran


def _fetch() -> dict[str, Any] | None:
    found = sql.dicts("SELECT id, task_name, args FROM procrastinate_fetch_job_v2(NULL, NULL)")
    if not found or found[0]["id"] is None:
        return None
    job = found[0]
    job["args"] = json.loads(job["args"]) if isinstance(job["args"], str) else job["args"]
    return job


def _finish(job_id: int, status: str) -> None:
    delete = status == "succeeded"
    sql.execute("SELECT procrastinate_finish_job_v1(%s, %s::procrastinate_job_status, %s)", [job_id, status, delete])
