"""Tables: foreign keys go down, append-only is the database's word, and no migration is missing."""

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from tests.architecture import house
from trivium.core.models import Sealed


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("trivium.")]


def context_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


@dataclass(frozen=True)
class Link:
    """A foreign key that leaves its context for another of ours."""

    name: str
    field: models.Field
    above: str
    below: str


def links_between_contexts() -> list[Link]:
    found = []
    for model in own_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                name = f"{model.__module__}.{model.__name__}.{field.name}"
                found.append(Link(name, field, context_of(model), context_of(field.related_model)))
    return [link for link in found if link.above != link.below and link.below in house.floors()]


def test_foreign_keys_go_down():
    floors = house.floors()
    climbing = [link.name for link in links_between_contexts() if floors[link.above] >= floors[link.below]]
    assert climbing == []


def test_nothing_climbs_back_up_a_foreign_key():
    links = links_between_contexts()
    assert [link.name for link in links if link.field.remote_field.related_name != "+"] == []
    assert [link.name for link in links if link.field.remote_field.on_delete is not models.PROTECT] == []


@pytest.mark.django_db
def test_append_only_tables_refuse_changes():
    """Each has an enabled row trigger, before update and delete, on the function that refuses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE proname = 'core_refuse_change' AND tgenabled <> 'D' AND tgtype & 31 = 27"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    sealed = {model._meta.db_table for model in own_models() if issubclass(model, Sealed)}
    assert sealed - guarded == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
