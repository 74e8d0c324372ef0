"""Jobs whose worker was killed are taken up again; those of a living one are left alone."""

import pytest
from procrastinate.contrib.django import app

from trivium.core import jobs, sql

pytestmark = pytest.mark.django_db

_BEGIN = "SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)"
_WORKER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id"


def begin(*, seconds_ago: int, worker_id: int | None = None) -> int:
    """A job that a worker has begun and not finished."""
    app.configure_task("core.housekeeping", lock="x").defer(timestamp=0)
    job_id = int(sql.rows(_BEGIN, [worker_id])[0][0])
    sql.execute(
        "UPDATE procrastinate_events SET at = now() - %s * interval '1 second' WHERE job_id = %s AND type = 'started'",
        [seconds_ago, job_id],
    )
    return job_id


def status(job_id: int) -> list[str]:
    return [row[0] for row in sql.rows("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job_id])]


def test_a_job_whose_worker_is_gone_is_begun_anew() -> None:
    job_id = begin(seconds_ago=jobs.STALLED_AFTER_S + 1)
    assert jobs.retry_stalled() == 1
    assert status(job_id) == ["todo"]


def test_a_job_whose_worker_has_fallen_silent_is_begun_anew() -> None:
    worker_id = sql.rows(_WORKER, [jobs.STALLED_AFTER_S + 1])[0][0]
    job_id = begin(seconds_ago=jobs.STALLED_AFTER_S + 1, worker_id=worker_id)
    assert jobs.retry_stalled() == 1
    assert status(job_id) == ["todo"]


def test_a_job_of_a_living_worker_is_left_alone() -> None:
    worker_id = sql.rows(_WORKER, [1])[0][0]
    job_id = begin(seconds_ago=3600, worker_id=worker_id)
    assert jobs.retry_stalled() == 0
    assert status(job_id) == ["doing"]


def test_a_job_just_begun_is_left_alone() -> None:
    job_id = begin(seconds_ago=1)
    assert jobs.retry_stalled() == 0
    assert status(job_id) == ["doing"]


def test_a_drain_takes_up_what_a_killed_one_has_begun() -> None:
    job_id = begin(seconds_ago=jobs.STALLED_AFTER_S + 1)
    assert jobs.drain() == 1
    assert status(job_id) == []


def test_no_job_has_a_lock_on_its_queueing():
    """A job begun anew goes back into the queue; another one waiting there under the same lock would forbid it."""
    ours = [task for name, task in app.tasks.items() if not name.startswith("builtin")]
    assert ours and [task.name for task in ours if task.queueing_lock] == []
