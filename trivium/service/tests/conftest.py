"""The desk of these tests."""

import pytest

from tests.kept import market_of
from trivium.core.time import SettableClock
from trivium.service.tests.factories import Desk


@pytest.fixture
def desk(db: None, clock: SettableClock) -> Desk:
    return market_of(Desk)
