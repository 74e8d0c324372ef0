"""What workers run for service: polls that close, meetings that are near, guests and visitors that are forgotten."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_LATER, AGAIN_SOON
from trivium.core.jobs import carry_out
from trivium.core.time import now
from trivium.service import commands, queries

SWEEP_BATCH = 500


@app.periodic(cron="* * * * *")
@app.task(name="service.sweep", queue="schedules", retry=AGAIN_SOON)
def sweep(timestamp: int = 0) -> int:
    """Each minute: close the polls whose time is over, remind of the meetings that are near; returns how many."""
    return carry_out(queries.due(now(), SWEEP_BATCH), _carry_out)


def _carry_out(due: tuple[str, str]) -> None:
    kind, ref = due
    act = commands.close_due_poll if kind == "close" else commands.remind_of_meeting
    act(ref)


@app.periodic(cron="41 3 * * *")
@app.task(name="service.forget_guests", queue="schedules", retry=AGAIN_LATER)
def forget_guests(timestamp: int = 0) -> int:
    """Each night: forget who came to meetings long past; returns of how many answers."""
    done = 0
    while batch := commands.forget_guests():
        done += batch
    return done


@app.periodic(cron="43 3 * * *")
@app.task(name="service.forget_visitors", queue="schedules", retry=AGAIN_LATER)
def forget_visitors(timestamp: int = 0) -> int:
    """Each night: forget the mail addresses of feedback closed long ago; returns of how much."""
    done = 0
    while batch := commands.forget_visitors():
        done += batch
    return done
