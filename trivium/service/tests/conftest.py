"""The desk and the clock of these tests."""

import datetime as dt
from collections.abc import Iterator

import pytest

from trivium.core.time import SettableClock, use_clock
from trivium.service.tests.factories import Desk


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 6, 5, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture
def desk(db: None, clock: SettableClock) -> Desk:
    return Desk()
