"""Who sees which tickets, and how lists find them."""

import dataclasses

from tests.journeys.market import SYSTEM
from trivium.core.lists import Wanted
from trivium.core.waiting import count_waiting
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.service import commands, queries


def found(actor, text="", **filters):
    return [row.ref for row in queries.ticket_list(actor, Wanted(filters, text)).rows]


def waiting(actor):
    return count_waiting(actor, {"tickets": queries.TICKETS_WAITING})["tickets"]


def test_a_company_sees_its_own_and_the_operator_all(desk):
    mine = desk.ticket()
    theirs = commands.open_ticket(desk.stranger.actor, subject="Rails", text="y", kind="fault")
    assert found(desk.buyer.actor) == found(desk.buyer.colleague) == [mine]
    assert found(desk.stranger.actor) == [theirs]
    assert found(desk.supplier.actor) == found(desk.partner.actor) == []
    assert found(desk.operator.actor) == [theirs, mine]
    assert [row.ref for row in queries.tickets(desk.operator.actor, limit=1)] == [theirs]


def test_a_company_in_two_roles_sees_a_ticket_in_the_one_it_was_opened_in(desk):
    both = parties.admit_organization(SYSTEM, name="Both", roles=("supplier", "buyer"))
    person = desk.market.person(both.ref, "buyer")
    ref = commands.open_ticket(person, subject="x", text="y", kind="question")
    parties.grant_role(SYSTEM, email=people.person(person.user_id).email, organization_ref=both.ref, role="supplier")
    other = people.actor_of(person.user_id, both.ref, "supplier")
    assert found(other) == [] and found(dataclasses.replace(person)) == [ref]


def test_lists_find_by_state_kind_person_number_subject_and_company(desk):
    first, second = desk.ticket(), desk.ticket(subject="Rails", kind="fault")
    commands.take_ticket(desk.operator.actor, second)
    commands.close_ticket(desk.buyer.actor, first, outcome="solved")
    operator = desk.operator.actor
    assert found(operator, state="waiting") == [second] and found(operator, state="ended") == [first]
    assert found(operator, kind="fault") == [second] and found(operator, mine="1") == [second]
    number = queries.get_ticket(operator, first).row.number
    assert found(operator, number.lower()) == found(operator, "lamp") == [first]
    assert found(operator, "yuelai") == [second, first] and found(desk.buyer.actor, "yuelai") == []


def test_what_waits_is_the_operators_while_open_and_the_companys_when_asked_back(desk):
    ref = desk.ticket()
    assert (waiting(desk.operator.actor), waiting(desk.buyer.actor)) == (1, 0)
    commands.answer(desk.operator.actor, ref, text="Which?", asks_back=True)
    assert (waiting(desk.operator.actor), waiting(desk.buyer.actor)) == (0, 1)
    assert waiting(desk.stranger.actor) == 0
