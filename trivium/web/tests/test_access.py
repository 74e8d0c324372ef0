"""Who may open what: a table over every URL, and one answer for what is not there and what is not yours."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.journeys.market import SYSTEM
from trivium.parties import commands as parties
from trivium.web.shared.access import ACCESS, ANYONE, PERSON, ROLES, SIGNED_UP, may_open
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db

MESSAGES = {"trivium.connectors.wecom.messages", "trivium.connectors.dingtalk.messages"}
SAMPLES = {"pk": 1, "ref": "ord_00000000000000000000", "uidb36": "1", "key": "x-1"}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> dict[str, list[str]]:
    """Every URL name of the portals, and what it takes."""
    found: dict[str, list[str]] = {}
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = ":".join(part for part in (space, each.namespace) if part)
            found |= names(each.url_patterns, inner)
        elif each.callback.__module__.startswith("trivium.web.") or each.callback.__module__ in MESSAGES:
            found[f"{space}:{each.name}" if space else each.name] = list(each.pattern.regex.groupindex)
    return found


ALL = names(get_resolver().url_patterns)


def url(name: str) -> str:
    return reverse(name, kwargs={taken: SAMPLES[taken] for taken in ALL[name]})


def test_every_url_stands_in_the_table_and_nothing_else():
    assert set(ALL) == set(ACCESS)


def test_what_is_not_in_the_table_opens_for_nobody():
    assert not any(may_open("web:forgotten", role) for role in (*ROLES, PERSON, None))


@pytest.mark.parametrize("name", sorted(ALL))
def test_somebody_not_signed_in_is_asked_to(name):
    response = Client().get(url(name))
    if ACCESS[name] is ANYONE:
        assert response.status_code in ((200, 302, 401, 405) if "ref" not in ALL[name] else (404,))
    else:
        assert response.status_code == 302 and response["Location"].startswith("/sign-in/")


def test_somebody_without_a_workspace_opens_what_is_for_everybody_signed_in(client):
    person = parties.register_person(SYSTEM, email="new@example.test", name="New", password="correct horse 9")
    client.force_login(person)
    for name in ALL:
        if PERSON in ACCESS[name]:
            assert ACCESS[name] is SIGNED_UP
            answer = client.get(url(name))
            assert answer.status_code in (200, 302, 404, 405) and answer.get("Location") != "/welcome/", name
        elif ACCESS[name] is not ANYONE:
            assert client.get(url(name)).url == client.post(url(name)).url == "/welcome/", name


def test_another_roles_url_is_not_found(trade):
    people = (trade.market.operator, trade.s1, trade.partner, trade.buyer)
    for company in people:
        hands = Hands(company.actor)
        for name in ALL:
            if ACCESS[name] is not ANYONE and company.actor.role not in ACCESS[name]:
                assert hands.client.get(url(name)).status_code == 404, name
                assert hands.client.post(url(name)).status_code == 404, name


def test_an_act_is_never_carried_out_by_opening_its_url(people):
    for hands in people("en"):
        for name in ALL:
            if hands.actor.role in ACCESS[name]:
                expected = (200, 302, 404, 405) if PERSON in ACCESS[name] else (200, 404, 405)
                assert hands.client.get(url(name)).status_code in expected, name


def test_a_strangers_order_line_and_statement_are_not_found(trade):
    ref = trade.order()
    number = trade.at(trade.buyer.actor).open(f"orders/{ref}/").split('class="number">')[1].split("<")[0]
    for company in (trade.stranger, trade.s2):
        hands = trade.at(company.actor)
        for wrong in (ref, number, "ord_nothing", "O-000000"):
            text = hands.open(f"orders/{wrong}/", 404)
            assert "Yuelai" not in text
    trade.at(trade.partner.actor).open("statements/stm_nothing/", 404)


def test_acts_on_a_strangers_order_are_not_found_and_change_nothing(trade):
    ref = trade.order()
    stranger = trade.at(trade.stranger.actor)
    values = {"on": "/buyer/", "form": "x", "key": "k1", "reason": "mine"}
    assert stranger.client.post(f"/buyer/orders/{ref}/cancel/", values).status_code == 404
    assert "Cancel order" in trade.at(trade.buyer.actor).open(f"orders/{ref}/")


def test_an_act_must_say_which_page_it_stands_on(trade):
    ref = trade.order()
    buyer = trade.at(trade.buyer.actor)
    for on in ("", "https://elsewhere.example/", "//elsewhere.example", "/supplier/", "/sign-out/", "/buyer/cart/add/"):
        values = {"on": on, "form": "x", "key": "k2", "reason": "mine"}
        assert buyer.client.post(f"/buyer/orders/{ref}/cancel/", values).status_code == 404
    assert "Cancel order" in buyer.open(f"orders/{ref}/")
