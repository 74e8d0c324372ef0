"""What workers run for parties."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_SOON
from trivium.parties import commands


@app.periodic(cron="*/10 * * * *")
@app.task(name="parties.note_uses", queue="schedules", retry=AGAIN_SOON)
def note_uses(timestamp: int = 0) -> int:
    """Every ten minutes: keep the moments keys were last used, which the meter would lose in a crash."""
    return commands.note_uses()
