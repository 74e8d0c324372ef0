"""The worker: runs the jobs that acts have queued, and the schedules."""

from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def run_worker(*, concurrency: int, wait: bool) -> None:
    """Run jobs until told to stop (SIGINT, SIGTERM), or until none is due if not told to wait.

    A stopped worker finishes the jobs it has begun, for at most 30 seconds; what it could not finish is
    taken up again by another one. Jobs that succeeded are deleted: the event log is the record.
    """
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        working.run_worker(
            concurrency=concurrency if wait else 1,  # at 4 it left jobs of one lock behind when not waiting
            wait=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=30,
            update_heartbeat_interval=10,
            stalled_worker_timeout=60,
        )
