"""Schedules of the catalog."""

from procrastinate.contrib.django import app

from trivium.catalog import commands
from trivium.core.events import AGAIN_LATER


@app.periodic(cron="29 3 * * *")
@app.task(name="catalog.clear_pictures", queue="schedules", retry=AGAIN_LATER, pass_context=False)
def clear_pictures(timestamp: int) -> None:
    """Each night: delete the files of pictures that were taken down, or that no act has kept."""
    commands.clear_pictures()
