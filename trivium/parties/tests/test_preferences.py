"""What people set for themselves stays theirs, in the workspace they set it in."""

import pytest
from django.db import transaction

from trivium.core.errors import Denied, Empty, NotFound
from trivium.parties import commands, queries
from trivium.parties.errors import BadPreference, TooManyKept, ViewIsThere
from trivium.parties.rules import LONGEST_PREFERENCE, MOST_PREFERENCES, MOST_VIEWS
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_actor(make_organization("Yuelai Hotel", "buyer"), "buyer")


def views(actor, name="orders"):
    return queries.views_in(queries.preferences_of(actor), name)


def test_a_preference_is_kept_changed_and_forgotten(person):
    commands.keep_preference(person, "list/orders", {"rows": 50})
    commands.keep_preference(person, "list/orders", {"rows": 100})
    assert queries.preferences_of(person) == {"list/orders": {"rows": 100}}
    commands.keep_preference(person, "list/orders", None)
    assert queries.preferences_of(person) == {}


def test_it_holds_for_one_workspace_unless_everywhere(person):
    other = make_organization("Lianca Trading", "buyer", "partner")
    for role in ("buyer", "partner"):
        mail = queries.person(person.user_id).email
        commands.grant_role(SYSTEM, email=mail, organization_ref=other.ref, role=role, job="staff")
    elsewhere = [queries.actor_of(person.user_id, other.ref, role) for role in ("buyer", "partner")]
    commands.keep_preference(person, "home", ["tasks"])
    commands.keep_preference(person, "theme", "dark", everywhere=True)
    assert queries.preferences_of(person) == {"home": ["tasks"], "theme": "dark"}
    assert [queries.preferences_of(actor) for actor in elsewhere] == [{"theme": "dark"}] * 2


def test_nobody_reads_or_changes_what_another_has_set(person):
    colleague = make_actor(make_organization("Yunqi Events", "buyer"), "buyer")
    ref = commands.save_view(person, "orders", name="Late", query="status=released", columns=["number"])
    assert views(colleague) == []
    with pytest.raises(NotFound), transaction.atomic():
        commands.delete_view(colleague, "orders", ref)
    assert [view.name for view in views(person)] == ["Late"]


def test_a_view_saved_again_under_its_name_is_the_same_view_anew(person):
    first = commands.save_view(person, "orders", name="Late", query="status=released", columns=["number"])
    assert commands.save_view(person, "orders", name="late ", query="days=7", columns=["total"]) == first
    assert [(v.ref, v.name, v.query, v.columns) for v in views(person)] == [(first, "late", "days=7", ("total",))]


def test_views_are_renamed_and_deleted(person):
    late = commands.save_view(person, "orders", name="Late", query="a=1", columns=[])
    mine = commands.save_view(person, "orders", name="Mine", query="b=1", columns=[])
    with pytest.raises(ViewIsThere), transaction.atomic():
        commands.rename_view(person, "orders", late, name="MINE")
    with pytest.raises(Empty), transaction.atomic():
        commands.rename_view(person, "orders", late, name=" ")
    commands.rename_view(person, "orders", late, name="Overdue")
    commands.delete_view(person, "orders", mine)
    assert [view.name for view in views(person)] == ["Overdue"]
    with pytest.raises(NotFound), transaction.atomic():
        commands.rename_view(person, "orders", mine, name="Back")


def test_not_everything_is_kept(person):
    for name, value in (("Lists", 1), ("list/a/b", 1), ("x" * 61, 1), ("home", "x" * LONGEST_PREFERENCE)):
        with pytest.raises(BadPreference), transaction.atomic():
            commands.keep_preference(person, name, value)
    with pytest.raises(Denied), transaction.atomic():
        commands.keep_preference(SYSTEM, "home", [])
    assert queries.preferences_of(person) == {}


def test_nobody_keeps_without_end(person):
    for i in range(MOST_VIEWS):
        commands.save_view(person, "orders", name=f"View {i}", query="", columns=[])
    with pytest.raises(TooManyKept), transaction.atomic():
        commands.save_view(person, "orders", name="One more", query="", columns=[])
    for i in range(MOST_PREFERENCES - 1):
        commands.keep_preference(person, "list/" + chr(97 + i // 26) + chr(97 + i % 26), i)
    with pytest.raises(TooManyKept), transaction.atomic():
        commands.keep_preference(person, "list/orders", 1)
