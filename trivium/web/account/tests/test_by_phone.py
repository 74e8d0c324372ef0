"""Signing up and in by phone."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from trivium.core import sql
from trivium.core.tests.agreeing import AGREES
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.rules import phones
from trivium.parties.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db

PHONE, WRITTEN = "+8613800138000", "138 0013-8000"


def sign_up(who, phone=WRITTEN):
    who.open("/sign-up/phone/")
    return who.send("sign-up", name="顾云", phone=phone, **AGREES)


def signed_up(who, phone=WRITTEN):
    sign_up(who, phone)
    who.send("code", code=who.text_code())
    assert who.is_in
    sql.execute("DELETE FROM core_cache")
    return get_user_model().objects.get(pk=who.client.session["_auth_user_id"])


def make_old(client):
    """As if the code had been sent long ago."""
    session = client.session
    kept, waiting = session["account_login"], [session["account_login"]]
    while waiting:
        found = waiting.pop()
        found.update({"at": 1.0} if "at" in found else {})
        waiting += [value for value in found.values() if isinstance(value, dict)]
    session["account_login"] = kept
    session.save()


def test_somebody_signs_up_by_phone_alone(stranger):
    sign_up(stranger)
    assert stranger.path == "/phone/confirm/" and not stranger.is_in and stranger.texted()[0] == PHONE
    stranger.send("code", code=stranger.text_code())
    assert stranger.path == "/welcome/" and stranger.is_in
    person = queries.person_by_phone(PHONE)
    assert (person.name, person.email, person.has_usable_password()) == ("顾云", None, False)


def test_and_signs_in_again_by_a_code(stranger, other):
    person = signed_up(stranger)
    other.open("/sign-in/code/")
    other.send("ask-code", login="+86 138 0013 8000")
    other.send("code", code=other.text_code())
    assert other.is_in and int(other.client.session["_auth_user_id"]) == person.pk


def test_a_wrong_an_old_and_a_used_code_open_nothing(stranger, other):
    sign_up(stranger)
    code = stranger.text_code()
    wrong = "000000" if code != "000000" else "111111"
    assert "That is not the code" in stranger.send("code", 422, code=wrong)
    stranger.send("code", code=code)
    assert stranger.is_in
    sql.execute("DELETE FROM core_cache")
    other.open("/sign-in/code/")
    other.send("ask-code", login=WRITTEN)
    if other.text_code() != code:
        assert "That is not the code" in other.send("code", 422, code=code), "used"
    make_old(other.client)
    other.client.post("/sign-in/code/enter/", {"code": other.text_code()})
    assert not other.is_in, "too old"


def test_a_phone_that_is_known_is_told_by_text_and_not_on_the_page(stranger, other):
    signed_up(stranger)
    fresh = sign_up(other)
    assert other.path == "/phone/confirm/" and "sign-in already" in other.texted()[1] and PHONE in fresh
    assert "That is not the code" in other.send("code", 422, code="123456")
    assert get_user_model().objects.count() == 1


def test_a_code_for_a_phone_nobody_has(stranger):
    stranger.open("/sign-in/code/")
    stranger.send("ask-code", login=WRITTEN)
    assert stranger.path == "/sign-in/code/enter/" and "no sign-in under this phone" in stranger.texted()[1]


@pytest.mark.parametrize("phone", ["12", "not a phone", "+99912345678", "1" * 39, "\x00"])
def test_what_is_no_phone_is_refused(stranger, phone):
    stranger.open("/sign-up/phone/")
    stranger.send("sign-up", 422, name="顾云", phone=phone, **AGREES)
    assert stranger.texts == [] and not get_user_model().objects.exists()


def test_texts_are_not_sent_without_end(stranger, other):
    sign_up(stranger)
    other.open("/sign-up/phone/")
    other.client.post("/sign-up/phone/", {"name": "顾云", "phone": WRITTEN})
    assert len(stranger.texts) == 1, "one in half a minute"
    sql.execute("DELETE FROM core_cache")
    said = []
    for _each in range(4):
        said.append(Client().post("/sign-in/code/", {"login": WRITTEN}).status_code)
    assert said == [302, 302, 302, 429]


def test_somebody_who_has_mistyped_begins_again(stranger):
    stranger.open("/sign-in/code/")
    stranger.send("ask-code", login=WRITTEN)
    assert stranger.path == "/sign-in/code/enter/"
    stranger.send("cancel")
    assert stranger.path == "/sign-in/"
    stranger.open("/sign-in/code/")
    assert stranger.path == "/sign-in/code/"


def test_a_phone_is_added_to_a_sign_in_and_a_password_too(stranger, other):
    person = parties.register_person(SYSTEM, email="lin@example.test", name="Lin", password="correct horse 9")
    stranger.client.force_login(person)
    stranger.open("/me/phone/")
    stranger.send("phone", phone=WRITTEN)
    assert stranger.path == "/me/again/"
    stranger.send("again", password="correct horse 9")
    assert queries.phone_of(person.pk) is None, "not before its code is back"
    stranger.send("code", code=stranger.text_code())
    assert queries.phone_of(person.pk) == (PHONE, True)
    other.open("/sign-in/")
    other.send("sign-in", login=WRITTEN, password="correct horse 9")
    assert other.is_in and PHONE in other.open("/me/")


def test_whoever_names_a_phone_without_confirming_it_holds_nobody_up(stranger, other):
    sign_up(stranger)
    sql.execute("DELETE FROM core_cache")
    person = signed_up(other)
    assert queries.person_by_phone(PHONE) == person
    stranger.client.post("/phone/confirm/", {"code": stranger.texts[0][1][-6:]})
    assert not stranger.is_in and queries.person_by_phone(PHONE) == person


def test_no_phone_stands_in_the_table_in_clear(stranger):
    signed_up(stranger)
    ((row,),) = sql.rows("SELECT t::text FROM parties_phone t")
    assert "38001380" not in row


def test_without_a_sender_phones_are_no_way_to_sign_in(stranger, monkeypatch):
    monkeypatch.setattr(phones, "_senders", {})
    stranger.open("/sign-up/phone/", 404)
    assert "/sign-up/phone/" not in stranger.open("/sign-up/")
