"""A person's own data at the portal: seen, taken along, agreed to, taken back, erased; also by who works nowhere."""

import json

import pytest

from trivium.core import sql
from trivium.parties import queries

pytestmark = pytest.mark.django_db


def consents(actor) -> list[tuple[str, bool]]:
    return [(row.purpose, row.withdrawn_at is None) for row in queries.consents_of(actor)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_person_sees_and_takes_along_what_is_held(trade, language):
    hands = trade.at(trade.buyer.actor, language)
    assert "/you/" in hands.open("")
    text = hands.open("/you/")
    person = queries.person(trade.buyer.actor.user_id)
    assert person.email in text and "GDPR" in text
    answer = hands.client.get("/you/data/")
    assert answer["Content-Disposition"].startswith("attachment") and answer["Cache-Control"] == "no-store"
    assert json.loads(answer.content)["person"]["email"] == person.email


def test_consents_are_given_and_taken_back(trade):
    hands = trade.at(trade.s1.actor)
    hands.open("/you/")
    hands.send("give-news")
    assert consents(trade.s1.actor) == [("news", True)]
    hands.open("/you/")
    hands.send("withdraw-news")
    assert consents(trade.s1.actor) == [("news", False)]
    hands.open("/you/")
    form = hands.form("give-cross_border")
    form.values["version"] = "7"
    assert "Read the new ones first" in hands.post(form, 409)


def test_a_person_erases_themselves_and_is_out(trade):
    hands = trade.at(trade.s2.actor)
    person = queries.person(trade.s2.actor.user_id)
    hands.open("/you/")
    assert "not your mail address" in hands.send("erase", 422, email="somebody@example.test")
    hands.open("/you/")
    hands.send("erase", email=person.email)
    assert hands.client.get("/supplier/").status_code == 302
    person = queries.person(trade.s2.actor.user_id)
    assert person.erased_at is not None and not person.is_active


def test_who_works_nowhere_has_the_same_say(trade, clock):
    hands = trade.at(trade.s2.actor)
    sql.execute("UPDATE parties_membership SET ends_at = %s WHERE user_id = %s", [clock(), trade.s2.actor.user_id])
    hands.open("/you/")
    hands.send("give-news")
    assert consents(trade.s2.actor) == [("news", True)]


def test_a_stranger_is_asked_to_sign_in(trade, client):
    for path in ("/you/", "/you/data/"):
        assert client.get(path)["Location"].startswith("/sign-in/")
