"""A clock that stands still, and a deal under it."""

from collections.abc import Iterator

import pytest

from trivium.core.time import SettableClock, use_clock
from trivium.settlement.tests.factories import START, Deal


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def deal(clock: SettableClock) -> Deal:
    return Deal(clock)
