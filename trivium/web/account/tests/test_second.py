"""Second steps, passkeys and sessions."""

import hmac
import html
import json
import re
import struct
import time
from base64 import b32decode

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from trivium.core import sql
from trivium.core.time import now
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.tests.factories import SYSTEM
from trivium.web.account.tests.authenticator import Passkey

pytestmark = pytest.mark.django_db

MAIL, PASSWORD = "lin@example.test", "correct horse 9"
HOST = {"HTTP_HOST": "localhost"}


@pytest.fixture
def lin():
    return parties.register_person(SYSTEM, email=MAIL, name="Lin Yue", password=PASSWORD, locale="en")


@pytest.fixture
def inside(stranger, lin):
    """Lin, signed in."""
    stranger.client.defaults.update(HOST)
    stranger.open("/sign-in/")
    stranger.send("sign-in", login=MAIL, password=PASSWORD)
    assert stranger.is_in
    return stranger


def code_of(secret, steps=0):
    """RFC 6238."""
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + steps), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def switched_on(who):
    """Switch codes from an app on; returns the secret and the recovery codes."""
    who.open("/me/codes/add/")
    if who.path == "/me/again/":
        who.send("again", password=PASSWORD)
    secret = re.search(r'class="fingerprint">([A-Z2-7 ]+)<', who.text)[1].replace(" ", "")
    who.send("totp", code=code_of(secret))
    return secret, re.findall(r"<li>(\d{8})</li>", who.text)


def signing_in(client, **host):
    client.post("/sign-in/", {"login": MAIL, "password": PASSWORD}, **host)
    return client


def test_a_code_from_an_app_is_asked_for_after_the_password(inside, other, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        secret, recovery = switched_on(inside)
    assert inside.path == "/me/recovery/" and len(recovery) == 10
    assert [letter.subject for letter in mail.outbox] == ["Codes from an app are asked for now"]
    other.open("/sign-in/")
    other.send("sign-in", login=MAIL, password=PASSWORD)
    assert other.path == "/sign-in/second/" and not other.is_in
    assert other.client.get("/me/").status_code == 302
    assert "did not fit" in other.send("second", 422, code="000000")
    other.send("second", code=code_of(secret, 1))
    assert other.is_in


def test_a_code_signs_in_once(inside):
    secret, _codes = switched_on(inside)
    code = code_of(secret, 1)
    first, second = signing_in(Client()), signing_in(Client())
    assert first.post("/sign-in/second/", {"code": code}).status_code == 302
    assert second.post("/sign-in/second/", {"code": code}).status_code == 422


def test_each_recovery_code_stands_for_one_code(inside):
    _secret, recovery = switched_on(inside)
    first, second = signing_in(Client()), signing_in(Client())
    assert first.post("/sign-in/second/", {"code": recovery[0]}).status_code == 302
    assert second.post("/sign-in/second/", {"code": recovery[0]}).status_code == 422
    assert second.post("/sign-in/second/", {"code": recovery[1]}).status_code == 302


def test_recovery_codes_are_shown_once(inside, other):
    _secret, recovery = switched_on(inside)
    signing_in(other.client).post("/sign-in/second/", {"code": recovery[0]})
    other.open("/me/recovery/")
    text = other.send("again", password=PASSWORD) if other.path == "/me/again/" else other.text
    assert "You have 9 left" in text and recovery[1] not in text


def test_secrets_are_encrypted_and_outlive_a_change_of_keys(inside, settings):
    secret, recovery = switched_on(inside)
    ((kept,),) = sql.rows("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
    assert secret not in kept and parties.renew_second_factors() == 0
    old = settings.VAULT_KEYS if isinstance(settings.VAULT_KEYS, str) else settings.VAULT_KEYS.read_text()
    settings.VAULT_KEYS = f"{'k' * 40} {old}"
    assert (parties.renew_second_factors(), parties.renew_second_factors()) == (2, 0)
    settings.VAULT_KEYS = "k" * 40
    assert signing_in(other := Client()).post("/sign-in/second/", {"code": recovery[0]}).status_code == 302
    assert "_auth_user_id" in other.session


def test_guessing_the_second_step_is_held_back(inside, settings):
    switched_on(inside)
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "3/900s/key"}
    sql.execute("DELETE FROM core_cache")
    said = [signing_in(Client()).post("/sign-in/second/", {"code": "000000"}).status_code for _each in range(4)]
    assert said == [422, 422, 422, 429]


def test_switching_off_asks_who_it_is(inside, lin):
    _secret, recovery = switched_on(inside)
    other = signing_in(Client())
    other.post("/sign-in/second/", {"code": recovery[0]})
    answer = other.get("/me/codes/remove/")
    assert answer.status_code == 302 and answer.url.startswith("/me/again/")
    inside.open("/me/codes/remove/")
    inside.send("totp")
    assert queries.factors_of(lin.pk) == [] and inside.path == "/me/"


def options_of(text):
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', text)[1]))


def with_passkey(who, key):
    who.open("/me/passkeys/add/")
    if who.path == "/me/again/":
        who.send("again", password=PASSWORD)
    credential = key.create(options_of(who.text))
    who.page = who.client.post(
        "/me/passkeys/add/", {"credential": credential, "name": "Phone", "passwordless": "on"}, follow=True
    )
    return who


def by_passkey(key, client=None):
    client = client or Client(**HOST)
    options = client.get("/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    return client, client.post("/sign-in/passkey/", {"credential": key.get(options)})


def test_a_passkey_signs_in_without_a_password(inside, lin):
    key = Passkey()
    with_passkey(inside, key)
    assert [(each.kind, each.name) for each in queries.factors_of(lin.pk)][0] == ("webauthn", "Phone")
    assert "Phone" in inside.open("/me/")
    client, answer = by_passkey(key)
    assert answer.url == "/" and int(client.session["_auth_user_id"]) == lin.pk


def test_a_passkey_of_nobody_of_another_site_or_unlocked_by_nobody_opens_nothing(inside):
    key = Passkey()
    with_passkey(inside, key)
    wrong = Passkey()
    wrong.user = key.user
    elsewhere = Passkey(origin="https://evil.example")
    elsewhere.key, elsewhere.id, elsewhere.user = key.key, key.id, key.user
    unlocked = Passkey(verified=False)
    unlocked.key, unlocked.id, unlocked.user = key.key, key.id, key.user
    for each in (wrong, elsewhere, unlocked):
        client, answer = by_passkey(each)
        assert answer.url == "/sign-in/" and "_auth_user_id" not in client.session
        assert "did not fit" in client.get("/sign-in/").content.decode()


def test_a_signed_challenge_is_good_once(inside):
    key, client = Passkey(), Client(**HOST)
    with_passkey(inside, key)
    options = client.get("/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
    credential = key.get(options)
    assert client.post("/sign-in/passkey/", {"credential": credential}).url == "/"
    again = Client(**HOST)
    again.get("/sign-in/passkey/", headers={"accept": "application/json"})
    assert again.post("/sign-in/passkey/", {"credential": credential}).url == "/sign-in/"


def test_nonsense_for_a_passkey_is_refused_kindly(inside):
    for nonsense in ("", "{}", "[]", "null", '{"id": 1}', "x" * 5000):
        assert Client(**HOST).post("/sign-in/passkey/", {"credential": nonsense}).status_code == 302


def test_a_passkey_is_removed(inside, lin):
    key = Passkey()
    with_passkey(inside, key)
    ((number),) = [each.id for each in queries.factors_of(lin.pk) if each.kind == "webauthn"]
    inside.open(f"/me/passkeys/{number}/remove/")
    inside.send("remove")
    assert queries.factors_of(lin.pk) == []
    assert by_passkey(key)[1].url == "/sign-in/"


def test_somebody_elses_passkey_is_not_there(inside, lin):
    stranger = parties.register_person(SYSTEM, email="gu@example.test", name="Gu", password=PASSWORD)
    theirs = Authenticator.objects.create(user=stranger, type="webauthn", data={"name": "x", "credential": {}})
    inside.open("/me/codes/add/")
    inside.send("again", password=PASSWORD)
    assert inside.client.post(f"/me/passkeys/{theirs.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_session_is_seen_and_ended_from_another_one(inside, lin):
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Tablet)")
    signing_in(other)
    text = inside.open("/me/")
    assert "Mozilla/5.0 (Tablet)" in text and "This browser" in text
    ours = {each.session_key: each.id for each in queries.sessions_of(lin.pk, now())}
    inside.send(f"end-{ours[other.session.session_key]}")
    assert other.get("/me/").status_code == 302 and inside.client.get("/me/").status_code == 200


def test_nobody_ends_a_strangers_session(inside, lin):
    parties.register_person(SYSTEM, email="gu@example.test", name="Gu", password=PASSWORD)
    other = Client()
    other.post("/sign-in/", {"login": "gu@example.test", "password": PASSWORD})
    key = other.session.session_key
    ((number,),) = sql.rows("SELECT id FROM usersessions_usersession WHERE session_key = %s", [key])
    answer = inside.client.post(f"/me/sessions/{number}/end/", {"on": "/me/", "key": "k", "form": "x"})
    assert answer.status_code == 404 and other.get("/me/").status_code == 200


def test_all_other_sessions_end_at_once(inside):
    others = [signing_in(Client()) for _each in range(2)]
    assert inside.client.post("/me/sessions/").status_code == 302
    assert [each.get("/me/").status_code for each in others] == [302, 302]
    assert inside.client.get("/me/").status_code == 200


def test_sessions_that_are_over_are_forgotten(inside):
    sql.execute("UPDATE django_session SET expire_date = expire_date - interval '1 year'")
    parties.forget_sessions()
    assert sql.rows("SELECT 1 FROM django_session") == sql.rows("SELECT 1 FROM usersessions_usersession") == []
