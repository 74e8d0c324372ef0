"""Schedules of the ledger."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_LATER
from trivium.core.time import now
from trivium.ledger import commands


@app.periodic(cron="41 2 * * *")
@app.task(name="ledger.snapshot", queue="schedules", retry=AGAIN_LATER, pass_context=False)
def snapshot(timestamp: int) -> None:
    """Each night: write down what the accounts came to, so that sums stay short."""
    commands.take_snapshot(now())
