"""Signing up and in by mail address, and a forgotten password."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail

from trivium.core import sql
from trivium.core.tests.agreeing import AGREES
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db

MAIL, PASSWORD, OTHER = "lin@example.test", "correct horse 9", "battery staple 7"


@pytest.fixture
def lin():
    return parties.register_person(SYSTEM, email=MAIL, name="Lin Yue", password=PASSWORD, locale="zh-hans")


def sign_up(who, **more):
    who.open("/sign-up/")
    written = {"name": "Gu Yun", "email": "gu@example.test", "password1": PASSWORD}
    return who.send("sign-up", **{**written, **AGREES, **more})


def plain(page):
    """A page without what is new on every page."""
    return re.sub(r'name="(key|csrfmiddlewaretoken)" value="[^"]*"', "", page)


def later():
    """What is counted is forgotten: as if a day had gone by."""
    sql.execute("DELETE FROM core_cache")


def test_somebody_signs_up_confirms_their_mail_and_has_no_workspace_yet(stranger):
    text = sign_up(stranger)
    assert stranger.path == "/mail/confirm/" and not stranger.is_in and "gu@example.test" in text
    assert stranger.mailed().to == ["gu@example.test"] and "Welcome to Trivium" in stranger.mailed().body
    stranger.send("code", code=stranger.code())
    assert stranger.path == "/welcome/" and stranger.is_in
    person = get_user_model().objects.get(email="gu@example.test")
    assert (person.name, person.locale) == ("Gu Yun", "en") and person.password.startswith("md5")


def test_nothing_opens_before_the_mail_is_confirmed(stranger, other):
    sign_up(stranger)
    assert stranger.client.get("/welcome/").status_code == 302
    other.open("/sign-in/")
    later()
    other.send("sign-in", login="gu@example.test", password=PASSWORD)
    assert other.path == "/mail/confirm/" and not other.is_in
    other.send("code", code=other.code())
    assert other.is_in


def test_a_wrong_code_is_refused_three_times_and_then_the_code_is_gone(stranger):
    sign_up(stranger)
    right = stranger.code()
    wrong = "000000" if right != "000000" else "000001"
    for _each in range(2):
        assert "That is not the code" in stranger.send("code", 422, code=wrong)
    stranger.send("code", code=wrong)
    assert stranger.path == "/sign-in/" and "tried too often" in stranger.text
    assert stranger.client.post("/mail/confirm/", {"code": right}).url == "/sign-in/"
    assert not stranger.is_in


def test_an_expired_code_opens_nothing(stranger):
    sign_up(stranger)
    session = stranger.client.session
    session["account_email_verification_code"] = {**session["account_email_verification_code"], "at": 1.0}
    session.save()
    assert stranger.client.post("/mail/confirm/", {"code": stranger.code()}).url == "/sign-in/"
    assert not stranger.is_in


def test_another_code_makes_the_first_one_useless(stranger):
    sign_up(stranger)
    first = stranger.code()
    later()
    stranger.send("again")
    assert stranger.code() != first or len(mail.outbox) == 2
    if stranger.code() != first:
        assert "That is not the code" in stranger.send("code", 422, code=first)
    stranger.send("code", code=stranger.code())
    assert stranger.is_in


def test_signing_up_does_not_tell_who_is_here_already(stranger, other, lin):
    fresh, known = sign_up(stranger), sign_up(other, email=MAIL)
    assert fresh.replace("gu@example.test", MAIL).count("mail address") == known.count("mail address")
    assert (stranger.path, stranger.page.status_code) == (other.path, other.page.status_code)
    assert mail.outbox[-1].to == [MAIL] and "has a sign-in already" in mail.outbox[-1].body
    assert "http://localhost:8000/password/forgotten/" in mail.outbox[-1].body
    assert get_user_model().objects.filter(email=MAIL).count() == 1
    assert "That is not the code" in other.send("code", 422, code="123456")


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "at least 10"), ("password123", "too common"), ("gu@example.test", "too similar"), ("", "required")],
)
def test_a_weak_password_is_refused_with_the_reason(stranger, password, why):
    stranger.open("/sign-up/")
    text = stranger.send("sign-up", 422, name="Gu Yun", email="gu@example.test", password1=password, **AGREES)
    assert why in text and not get_user_model().objects.exists() and mail.outbox == []


def test_a_forgotten_password_is_set_anew_once(stranger, other, lin):
    other.open("/sign-in/")
    other.send("sign-in", login=MAIL, password=PASSWORD)
    stranger.open("/password/forgotten/")
    stranger.send("forgotten", email=MAIL)
    link = re.search(r"http://localhost:8000(/password/new/\S+)", stranger.mailed().body)[1]
    assert stranger.mailed().subject == "设置新的三汇密码", "in the language of its reader"
    stranger.open(link)
    assert link not in stranger.path, "the address bar does not keep the secret"
    stranger.send("new-password", password1=OTHER)
    assert stranger.path == "/password/new/kept/" and not stranger.is_in
    assert other.client.get("/welcome/").status_code == 302, "signed out everywhere else"
    assert "too old" in stranger.open(link)
    stranger.open("/sign-in/")
    stranger.send("sign-in", login=MAIL, password=OTHER)
    assert stranger.is_in


def test_asking_for_a_new_password_does_not_tell_who_is_here(stranger, other, lin):
    pages = []
    for who, address in ((stranger, MAIL), (other, "nobody@example.test")):
        who.open("/password/forgotten/")
        pages.append(who.send("forgotten", email=address))
        assert mail.outbox[-1].to == [address]
    assert plain(pages[0]) == plain(pages[1])
    assert "There is no sign-in under it" in mail.outbox[-1].body


def test_links_in_mails_lead_to_the_site_whatever_the_request_calls_it(stranger, lin, settings):
    settings.ALLOWED_HOSTS = ["*"]
    stranger.client.post("/password/forgotten/", {"email": MAIL}, HTTP_HOST="evil.example")
    assert "evil.example" not in stranger.mailed().body and "http://localhost:8000/" in stranger.mailed().body


def test_signing_in_by_a_code_instead_of_a_password(stranger, lin):
    stranger.open("/sign-in/code/?next=/me/")
    stranger.send("ask-code", login=MAIL.upper())
    stranger.send("code", code=stranger.code())
    assert stranger.is_in and stranger.path == "/me/"


def test_one_box_takes_the_address_a_code_goes_to_and_says_what_is_wrong_with_it(stranger, lin):
    text = stranger.open("/sign-in/code/")
    assert text.count('class="form-control') == 1 and 'name="login"' in text
    text = stranger.send("ask-code", 422, login="lin@nowhere")
    assert text.count('class="form-control') == 1 and 'id="ask-code-login-error"' in text
    stranger.send("ask-code", login=MAIL)
    assert stranger.path == "/sign-in/code/enter/"


def test_a_code_is_not_sent_to_nobody_but_the_page_is_the_same(stranger, other, lin):
    pages = []
    for who, address in ((stranger, MAIL), (other, "nobody@example.test")):
        who.open("/sign-in/code/")
        pages.append(who.send("ask-code", login=address).replace(address, "…"))
    assert plain(pages[0]) == plain(pages[1])
    assert "There is no sign-in under it" in other.mailed().body


def test_the_session_gets_a_new_key_at_the_sign_in(stranger, lin):
    stranger.open("/sign-in/code/")
    stranger.send("ask-code", login=MAIL)
    before = stranger.client.session.session_key
    stranger.send("code", code=stranger.code())
    assert stranger.client.session.session_key != before


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
                                    "http://testserver.evil.example/", "https:///evil.example"])  # fmt: skip
def test_nobody_is_led_off_the_site(stranger, lin, onward):
    answer = stranger.client.post(f"/sign-in/?next={onward}", {"login": MAIL, "password": PASSWORD, "next": onward})
    assert answer.status_code == 302 and answer.url == "/"
    answer = stranger.client.post(f"/sign-out/?next={onward}", {"next": onward})
    assert answer.url == "/sign-in/"


def test_a_mail_address_is_changed_after_the_new_one_is_confirmed(stranger, lin):
    stranger.client.force_login(lin)
    stranger.open("/me/mail/")
    stranger.send("mail", email="yue@example.test")
    assert stranger.path == "/me/again/", "a password first"
    stranger.send("again", password=PASSWORD)
    assert stranger.path == "/mail/confirm/"
    lin.refresh_from_db()
    assert lin.email == MAIL
    stranger.send("code", code=stranger.code())
    lin.refresh_from_db()
    assert lin.email == "yue@example.test"
    assert [letter.to for letter in mail.outbox] == [["yue@example.test"], [MAIL]], "the old address hears of it"


def test_a_password_is_changed_and_every_other_session_ends(stranger, other, lin):
    for who in (stranger, other):
        who.client.force_login(lin)
    stranger.open("/me/password/")
    assert "not your password now" in stranger.send("password", 422, oldpassword="wrong", password1=OTHER)
    stranger.send("password", oldpassword=PASSWORD, password1=OTHER)
    assert stranger.is_in and other.client.get("/me/").status_code == 302
    assert mail.outbox[-1].to == [MAIL]


def test_a_closed_sign_in_says_so_only_to_whoever_knows_the_password(stranger, lin):
    lin.is_active = False
    lin.save()
    stranger.open("/sign-in/")
    assert "do not belong together" in stranger.send("sign-in", 422, login=MAIL, password="wrong")
    stranger.send("sign-in", login=MAIL, password=PASSWORD)
    assert stranger.path == "/sign-in/closed/" and not stranger.is_in


def test_mails_that_cannot_be_sent_are_said(stranger, monkeypatch):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _refuse)
    stranger.open("/password/forgotten/")
    assert "cannot be sent at the moment" in stranger.send("forgotten", 503, email=MAIL)


def _refuse(self, *_args, **_named):
    raise ConnectionRefusedError
