"""The scene, built once for a file of tests, in a transaction that is rolled back at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.redteam.ground import People
from trivium.api.tests.scene import Scene, standing


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two sides under one operator, each with all there is."""
    with django_db_blocker.unblock(), standing(tmp_path_factory) as made:
        yield made


@pytest.fixture
def scene(built: Scene) -> Iterator[Scene]:
    """The scene; whatever a test does to it is undone."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def people(scene: Scene) -> People:
    """Our side's people."""
    return People.of(scene, scene.mine)
