"""What the races share."""

from collections.abc import Iterator

import pytest

from tests.concurrency.sessions import Session, two_sessions


@pytest.fixture
def two() -> Iterator[tuple[Session, Session]]:
    """Two connections whose transactions the test begins and ends."""
    with two_sessions() as sessions:
        yield sessions
