"""What workers run for integration: imports, a piece at a time."""

from trivium.core.events import on
from trivium.integration import commands
from trivium.integration.events import ImportAdvanced

SECONDS = 20.0


@on(ImportAdvanced)
def go_on(event: ImportAdvanced) -> None:
    """Work off the next piece; short ones, so that a worker that is told to stop can."""
    commands.work_piece(event.subject, event.piece, seconds=SECONDS)
