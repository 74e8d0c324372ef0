"""What was read stays read."""

import pytest

from trivium.core.actor import Actor
from trivium.notices import commands, queries
from trivium.notices.models import ReadMark
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db


def test_the_mark_moves_forward_only() -> None:
    actor = make_actor(make_organization("Haiwen", "buyer"), "buyer")
    assert queries.read_mark(actor) == 0
    for event_id, mark in [(5, 5), (9, 9), (7, 9), (9, 9)]:
        commands.mark_read(actor, event_id)
        assert queries.read_mark(actor) == mark
    assert ReadMark.objects.count() == 1


@pytest.mark.parametrize("event_id", [-1, 2**63, 10**30])
def test_what_is_no_event_marks_nothing(event_id: int) -> None:
    actor = make_actor(make_organization("Haiwen", "buyer"), "buyer")
    commands.mark_read(actor, event_id)
    assert not ReadMark.objects.exists()


def test_each_person_and_each_workspace_has_its_own_mark() -> None:
    company = make_organization("Dealer", "buyer", "partner")
    first, second = make_actor(company, "buyer"), make_actor(company, "buyer")
    commands.mark_read(first, 5)
    assert queries.read_mark(second) == 0
    commands.mark_read(Actor.system("tests"), 5)
    assert ReadMark.objects.count() == 1
