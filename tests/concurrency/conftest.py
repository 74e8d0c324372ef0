"""What the races share."""

from collections.abc import Iterator

import pytest

from tests.concurrency.sessions import Session, two_sessions
from tests.concurrency.shop import Shop
from tests.journeys.books import audit_faults, misplaced_money
from tests.journeys.gateway import install
from tests.journeys.ground import sweep_the_floor
from tests.kept import market_of
from trivium.core.jobs import drain


@pytest.fixture
def two() -> Iterator[tuple[Session, Session]]:
    """Two connections whose transactions the test begins and ends."""
    with two_sessions() as sessions:
        yield sessions


def _shop() -> Shop:
    made = Shop()
    drain()
    return made


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    sweep_the_floor()
    made = market_of(_shop)
    made.gateway = install()
    yield made
    drain()
    assert misplaced_money() == []
    assert audit_faults() == []
