"""A clock that stands still, and a trade under it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.kept import market_of
from trivium.core.time import SettableClock, use_clock
from trivium.ordering.tests.factories import Trade


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


@pytest.fixture
def trade(clock: SettableClock) -> Trade:
    return market_of(Trade, clock)
