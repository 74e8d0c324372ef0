"""Whoever works in two roles of a company and leaves it: what they had begun as a buyer stays with those who buy."""

import pytest
from django.db import transaction

from trivium.core.actor import Actor
from trivium.core.models import EventRecord
from trivium.parties import commands, queries
from trivium.parties.commands import Place
from trivium.parties.errors import LastAdmin
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization
from trivium.parties.tests.test_people import colleague

pytestmark = pytest.mark.django_db


def two_roles() -> tuple[Actor, Actor, Actor]:
    """A company that buys and supplies: who directs its purchase, who its sales, and somebody who works in both."""
    company = make_organization("Both", "buyer", "supplier")
    buys, sells = make_actor(company, "buyer"), make_actor(company, "supplier")
    leaver = colleague(buys)
    mail = str(queries.person(leaver.user_id or 0).email)
    commands.grant_role(SYSTEM, email=mail, organization_ref=company.ref, role="supplier", job="staff")
    return buys, sells, leaver


@pytest.mark.parametrize("way", ["seller", "named", "buyer", "self"])
def test_what_a_buyer_had_begun_goes_to_a_buyer_whichever_workspace_they_are_removed_from(way: str) -> None:
    buys, sells, leaver = two_roles()
    heir = buys
    if way == "seller":
        commands.remove_person(sells, leaver.user_ref)
    elif way == "named":  # whoever was named sells only: the purchase stays with those who buy
        commands.remove_person(sells, leaver.user_ref, to_ref=colleague(buys, role="supplier").user_ref)
    elif way == "buyer":  # whoever was named works in both, and is no administrator of the purchase
        heir = colleague(buys)
        mail = str(queries.person(heir.user_id or 0).email)
        commands.grant_role(SYSTEM, email=mail, organization_ref=buys.organization_ref, role="supplier", job="staff")
        commands.remove_person(sells, leaver.user_ref, to_ref=heir.user_ref)
    else:
        place = queries.actor_of(leaver.user_id or 0, buys.organization_ref, "supplier")
        assert place
        commands.remove_person(place, leaver.user_ref)
    assert EventRecord.objects.get(name="PersonLeft").data["to_ref"] == heir.user_ref


def test_the_last_who_buys_takes_over_and_cannot_be_removed_from_the_sales() -> None:
    buys, sells, leaver = two_roles()
    commands.change_place(buys, leaver.user_ref, Place("admin"))
    commands.remove_person(sells, buys.user_ref)
    assert EventRecord.objects.get(name="PersonLeft").data["to_ref"] == leaver.user_ref
    with pytest.raises(LastAdmin), transaction.atomic():
        commands.remove_person(sells, leaver.user_ref)
