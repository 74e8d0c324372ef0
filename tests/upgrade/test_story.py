"""The story a dump is made of still runs, and the audit finds nothing wrong with it."""

import pytest
from rich.console import Console

from tests.upgrade.story import live
from trivium.project.audit import run


@pytest.mark.django_db
def test_the_story_leaves_clean_books() -> None:
    live()
    assert run(Console(quiet=True)) == 0
