"""A browser of this machine, and a site to open in it: the test's own database, a server, a worker, one clock."""

import datetime as dt
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.ground import months_ahead, sweep_the_floor
from tools.browsers import FLAGS, find_browser
from trivium.core import sql
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.ordering.jobs import sweep_deadlines

START = dt.datetime(2026, 3, 2, 2, 5, tzinfo=dt.UTC)  # a Monday morning in Shanghai
MISSING = "There is no Chromium here, so no page was opened in a browser (on Debian: apt-get install chromium)."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as long as a file's tests run: while it lives, this thread has an event loop."""
    path = find_browser()
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the loop is the browser's, not Django's
        with sync_playwright() as playwright:
            made = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            yield made
            made.close()


class Worker(threading.Thread):
    """Does what a worker does, on the clock of the test: jobs and deadlines."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.enough.wait(0.1):
                sweep_deadlines()
                drain()
        except BaseException as failure:
            self.failure = failure
        finally:
            connections.close_all()

    def stop(self) -> None:
        """End it, and fail with what made it fail."""
        self.enough.set()
        self.join()
        if self.failure is not None:
            raise self.failure


def all_done() -> None:
    """Run every job that is due, and wait for those the worker is at."""
    end = time.monotonic() + 60
    drain()
    while sql.rows("SELECT FROM procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND scheduled_at IS NULL"):
        assert time.monotonic() < end, "the worker does not come to an end"
        time.sleep(0.02)
        drain()


@dataclass
class Site:
    """Where it is, and what time it is there."""

    url: str
    clock: SettableClock = field(default_factory=lambda: SettableClock(START))


@pytest.fixture
def site(browser: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Site]:
    """A site without anybody in it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    made = Site(live_server.url)
    with use_clock(made.clock):
        sweep_the_floor()
        months_ahead(3)
        worker = Worker()
        worker.start()
        try:
            yield made
        finally:
            for context in browser.contexts:
                context.close()
            worker.stop()
            sweep_the_floor()
