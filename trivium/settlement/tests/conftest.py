"""A clock that stands still, and a deal under it."""

from collections.abc import Iterator

import pytest

from tests.kept import market_of
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.fulfilment import queries as fulfilment
from trivium.ledger import queries as ledger
from trivium.ordering import queries as ordering
from trivium.settlement import queries as settlement
from trivium.settlement.tests.factories import START, Deal


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def deal(clock: SettableClock) -> Iterator[Deal]:
    yield market_of(Deal, clock)
    drain()
    assert [f for faults in (ledger, ordering, fulfilment, settlement) for f in faults.faults()] == []
