"""The desk of these tests."""

import pytest

from trivium.core.time import SettableClock
from trivium.service.tests.factories import Desk


@pytest.fixture
def desk(db: None, clock: SettableClock) -> Desk:
    return Desk()
