"""What goods there are, the catalog tells; applications and rules of approval name nothing else."""

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule
from trivium.parties.errors import UnknownScope
from trivium.parties.models import Scope
from trivium.parties.tests.applying import stranger
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def lin() -> Actor:
    actor = stranger()
    Scope.objects.all().delete()
    return actor


def said(actor: Actor, *categories: str) -> tuple[str, ...]:
    ref = commands.start_application(actor, "supplier")
    version = queries.get_application(actor, ref).version
    commands.save_application(actor, ref, version=version, facts={"categories": list(categories)})
    return queries.get_application(actor, ref).facts.categories


def test_an_application_names_only_categories_there_are(lin: Actor) -> None:
    commands.register_scope("food")
    commands.register_scope("food/fresh")
    commands.register_scope("food")
    assert said(lin, "food", "food/fresh") == ("food", "food/fresh")
    for unknown in ("toys", "foo", "food/", "all"):
        with pytest.raises(UnknownScope) as refused, transaction.atomic():
            said(lin, "food", unknown)
        assert (refused.value.field, refused.value.params["path"]) == ("categories", unknown)
    assert said(lin) == ()


def test_while_the_market_is_new_all_goods_can_be_named(lin: Actor) -> None:
    assert said(lin, queries.MARKET_IS_NEW) == ("all",)
    with pytest.raises(UnknownScope), transaction.atomic():
        said(lin, "food")


def test_a_rule_names_only_categories_there_are() -> None:
    boss = make_actor(make_organization("Yuelai", "buyer"), "buyer")
    commands.register_scope("food")
    with pytest.raises(UnknownScope) as refused, transaction.atomic():
        commands.keep_order_rule(boss, NewOrderRule("Food", 0, scope="food/fresh"))
    assert refused.value.field == "scope" and queries.order_rules(boss) == []
    commands.keep_order_rule(boss, NewOrderRule("Food", 0, scope="food"))
    assert queries.order_rules(boss)[0].scope == "food"
