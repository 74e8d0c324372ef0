"""What workers run for parties."""

from procrastinate.contrib.django import app

from trivium.parties import commands


@app.periodic(cron="*/10 * * * *")
@app.task(name="parties.note_uses", queue="schedules")
def note_uses(timestamp: int = 0) -> int:
    """Every ten minutes: keep the moments keys were last used, which the meter would lose in a crash."""
    return commands.note_uses()
