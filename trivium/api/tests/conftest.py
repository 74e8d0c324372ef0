"""What the API's tests share."""

from collections.abc import Iterator
from typing import Any

import pytest

from trivium.api.tests.scene import Scene, standing


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One market for all tests of a file; what a test does in it is undone with the test."""
    with django_db_blocker.unblock(), standing(tmp_path_factory) as made:
        yield made
