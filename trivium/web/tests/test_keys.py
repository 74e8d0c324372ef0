"""The page of keys: made with chosen scopes, shown once to whoever made it, revoked; for administrators only."""

import html
import re

import pytest
from django.db import connection

from tests.journeys.market import SYSTEM
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db
ROLES = ("operator", "supplier", "partner", "buyer")


def company(trade, role: str):
    its = {"operator": trade.market.operator, "supplier": trade.s1, "partner": trade.partner, "buyer": trade.buyer}
    return its[role]


def secret_on(text: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', text)
    assert found, "no secret on the page"
    return html.unescape(found[1])


@pytest.mark.parametrize("role", ROLES)
def test_an_administrator_makes_a_key_and_its_program_gets_in(trade, role):
    hands = Hands(company(trade, role).actor)
    hands.open("keys/")
    form = hands.form("make-key")
    assert {name for name in form.values if name.startswith("scope.")} == {
        "scope.company:read", "scope.catalog:read", "scope.orders:read",
    }  # fmt: skip
    text = hands.post(form, label="ERP", days="30", job="staff", **{"scope.orders:write": "1"})
    secret = secret_on(text)
    answer = hands.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["role"]) == (200, role)
    (row,) = [r for r in queries.api_keys_of(hands.actor) if r.label == "ERP"]
    assert "orders:write" in row.scopes and "money:read" not in row.scopes and row.expires_at is not None
    assert "class=\"secret\"" not in hands.open("keys/")
    hands.send(f"revoke-{row.ref}")
    assert hands.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_double_click_makes_one_key_and_shows_its_secret_both_times(trade):
    hands = Hands(trade.buyer.actor)
    hands.open("keys/")
    form = hands.form("make-key")
    first, second = (secret_on(hands.post(form, label="ERP")) for _ in range(2))
    assert first == second
    assert [row.label for row in queries.api_keys_of(hands.actor)].count("ERP") == 1


def test_the_secret_is_kept_nowhere_and_opens_in_its_session_alone(trade):
    hands = Hands(trade.buyer.actor)
    hands.open("keys/")
    secret = secret_on(hands.send("make-key", label="ERP"))
    address = hands.page.request["PATH_INFO"] + "?" + hands.page.request["QUERY_STRING"]
    assert secret not in address
    with connection.cursor() as cursor:
        for table in ("core_idempotencyrecord", "django_session", "parties_apikey"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
            kept = cursor.fetchone()[0]
            assert secret not in kept and secret.encode().hex() not in kept, table
    again = Hands(trade.buyer.actor)
    assert "class=\"secret\"" not in again.open(address)


def test_without_a_scope_the_form_comes_back(trade):
    hands = Hands(trade.s1.actor)
    hands.open("keys/")
    form = hands.form("make-key")
    form.values = {name: value for name, value in form.values.items() if not name.startswith("scope.")}
    text = hands.post(form, 422, label="ERP")
    assert "Choose at least one scope" in text


def test_whoever_may_not_manage_keys_finds_no_page_and_no_way_to_it(trade):
    place = {"email": "clerk@example.test", "organization_ref": trade.buyer.ref, "role": "buyer", "job": "staff"}
    person = parties.register_person(SYSTEM, email=place["email"], name="Lin Yue", password="correct horse 9")
    parties.grant_role(SYSTEM, **place)
    clerk = Hands(queries.actor_of(person.pk))
    assert "/buyer/keys/" not in clerk.open("")
    clerk.open("keys/", 404)
    assert "/buyer/keys/" in Hands(trade.buyer.actor).open("")
