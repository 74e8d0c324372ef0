"""Builds the market in an empty database, with a bar that tells how far it is: `python -m demo.build`.

A process of its own: what it needs of memory is given back before the site starts.
"""

import contextlib
import datetime as dt
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from demo import database, purchases
from demo.plan import Plan, Size, make

if TYPE_CHECKING:
    from demo.ground import Ground

DAYS = 90
SEED = 2026
DAY = dt.timedelta(days=1)
PREPARING, GROUND = 0.08, 0.2  # what migrating and the ground take of the whole

Tell = Callable[[str, float], None]


def build(plan: Plan, *, seed: int, tell: Tell) -> "Ground":
    """Let the plan happen in a migrated database, ending now.

    `tell` hears what is being done, and which part of the whole is done.
    """
    from django.db import transaction

    from demo import ground, story
    from trivium.core.events import ensure_partition
    from trivium.core.time import SettableClock, now, use_clock

    end = now()
    start = end - DAYS * DAY
    with transaction.atomic():
        for days in range(0, DAYS + 32, 28):
            ensure_partition(end - days * DAY)
    clock = SettableClock(start - DAY)

    def tell_day(at: dt.datetime, part: float) -> None:
        tell(f"trade of {at.astimezone(story.ZONE):%Y-%m-%d}", GROUND + (1 - GROUND) * part)

    with use_clock(clock):
        laid = ground.lay(plan, partial(_tell_step, tell, iter((0.3, 0.6, 0.9))))
        clock.at = start
        story.Story(laid, clock, end, Random(seed)).run(tell_day)
    return laid


def _tell_step(tell: Tell, steps: Iterator[float], what: str) -> None:
    tell(what, PREPARING + (GROUND - PREPARING) * next(steps, 1.0))


def main() -> None:
    """Build the market in the database that DATABASE_URL names, from the installed purchases."""
    address = os.environ["DATABASE_URL"]
    database.empty(address)
    os.environ["DATABASE_URL"] = database.unhurried(address)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task("database", total=1.0)
        _migrate()
        bar.update(task, completed=PREPARING, description="market on paper")
        plan = make(purchases.read(), SEED, Size())
        _cheap_passwords()
        gc.freeze()
        gc.set_threshold(100_000)

        def tell(what: str, part: float) -> None:
            bar.update(task, completed=part, description=what)

        build(plan, seed=SEED, tell=tell)
        bar.update(task, completed=1.0, description="market")
    database.mark(address, database.Mark.COMPLETE)


def _migrate() -> None:
    from trivium.project import cli

    with contextlib.redirect_stdout(io.StringIO()):
        cli.migrate()


def _cheap_passwords() -> None:
    """A hash that is slow on purpose would be a tenth of the time, for passwords that are printed on the screen."""
    from django.conf import settings
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


if __name__ == "__main__":
    main()
