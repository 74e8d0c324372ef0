"""Whoever signs up has the privacy notice before them, and what they agree to is kept with them from that moment."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from trivium.core import sql
from trivium.core.models import EventRecord
from trivium.core.tests.agreeing import AGREES, agree
from trivium.parties import commands as parties
from trivium.parties.errors import NotAgreed, OtherWords
from trivium.parties.rules import BY_CODE, NOTICE, PURPOSES, check_agreed
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization
from trivium.web.account.tests.test_services import OIDC, begin, company  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

MAIL = {"name": "Gu Yun", "email": "gu@example.test", "password1": "correct horse 9"}
PHONE = {"name": "Gu Yun", "phone": "138 0013-8000"}
WAYS = [("/sign-up/", MAIL, "sign-up:mail"), ("/sign-up/phone/", PHONE, "sign-up:phone")]


def kept():
    """What everybody has agreed to: purpose, version, way."""
    return sql.rows("SELECT purpose, version, via FROM parties_consent WHERE withdrawn_at IS NULL ORDER BY purpose")


@pytest.mark.parametrize(("path", "written", "way"), WAYS)
def test_what_is_agreed_to_is_kept_by_purpose_version_and_way(stranger, path, written, way):
    text = stranger.open(path)
    assert "Privacy notice" in text and all(each.law in text for each in PURPOSES) and "checked" not in text
    stranger.send("sign-up", **written, **AGREES, agrees_news="1")
    assert kept() == [(code, BY_CODE[code].version, way) for code in ("news", "processing")]
    person = get_user_model().objects.get()
    assert sql.rows("SELECT DISTINCT user_id FROM parties_consent") == [(person.pk,)]
    assert EventRecord.objects.filter(name="ConsentGiven", subject=person.ref).count() == 2
    stranger.send("code", code=stranger.code() if path == "/sign-up/" else stranger.text_code())
    text = stranger.open("/you/")
    assert text.count("Take back") == 2 and text.count("I agree") == 1


@pytest.mark.parametrize(("path", "written", "way"), WAYS)
def test_without_agreeing_there_is_no_sign_in(stranger, path, written, way):
    stranger.open(path)
    text = stranger.send("sign-up", 422, **written, agrees_news="1")
    assert "Without this there is no sign-in" in text
    stranger.open(path)
    assert "have been changed" in stranger.send("sign-up", 422, **written, **AGREES, notice="processing:0")
    assert f'name="notice" value="{NOTICE}"' in stranger.text
    assert not get_user_model().objects.exists() and kept() == []
    stranger.send("sign-up", **written, **AGREES)
    assert kept() == [("processing", 1, way)]


def test_the_notice_is_read_in_chinese(stranger):
    stranger.client.cookies["django_language"] = "zh-hans"
    text = stranger.open("/sign-up/")
    assert "隐私声明" in text and "Privacy" not in text


def test_somebody_who_comes_by_another_service_agrees_first(company):  # noqa: F811
    client = Client()
    told = begin(client, OIDC)
    company.codes["c-1"] = told["code_challenge"]
    answer = client.get(f"{OIDC}callback/", {"code": "c-1", "state": told["state"]})
    assert answer.url.startswith("/sign-up/with/") and not get_user_model().objects.exists()
    assert "Privacy notice" in client.get(answer.url).content.decode()
    refused = agree(client, answer, agrees_processing="")
    assert refused.status_code == 422 and not get_user_model().objects.exists()
    assert agree(client, answer, agrees_cross_border="1").url == "/"
    assert kept() == [("cross_border", 1, "sign-up:company"), ("processing", 1, "sign-up:company")]
    assert get_user_model().objects.get().name == "Wei Chen"
    again = Client()
    told = begin(again, OIDC)
    company.codes["c-2"] = told["code_challenge"]
    assert again.get(f"{OIDC}callback/", {"code": "c-2", "state": told["state"]}).url == "/"


def test_a_mail_address_that_has_a_sign_in_agrees_to_nothing(stranger):
    parties.register_person(SYSTEM, email="gu@example.test", name="Gu", password="correct horse 9")
    stranger.open("/sign-up/")
    stranger.send("sign-up", **MAIL, **AGREES)
    assert kept() == []


def test_words_and_what_is_needed_are_checked_by_rule():
    check_agreed(["processing"], notice=NOTICE)
    with pytest.raises(OtherWords):
        check_agreed(["processing"], notice="processing:2")
    with pytest.raises(NotAgreed):
        check_agreed(["news"], notice=NOTICE)


# -- whom somebody else has entered ------------------------------------------------------------------------------------


@pytest.fixture
def entered():
    """Somebody the operator has given a sign-in and a place."""
    boss = make_actor(make_organization("Platform", "operator"), "operator")
    buyer = make_organization("Yuelai", "buyer")
    person = parties.register_person(boss, email="gu@example.test", name="Gu", password="correct horse 9", locale="en")
    parties.grant_role(boss, email="gu@example.test", organization_ref=buyer.ref, role="buyer")
    return person


def test_whom_the_operator_has_entered_reads_the_notice_first_and_agrees(stranger, entered):
    assert kept() == []
    stranger.open("/sign-in/")
    text = stranger.send("sign-in", login="gu@example.test", password="correct horse 9")
    assert stranger.path == "/agree/" and "Privacy notice" in text and all(each.law in text for each in PURPOSES)
    for path in ("/buyer/", "/you/", "/buyer/orders/", "/apply/", "/me/password/"):
        stranger.open(path)
        assert stranger.path == "/agree/", path
    refused = stranger.client.post("/you/agree/", {"purpose": "news", "version": "1", "key": "k", "on": "/you/"})
    assert refused.url == "/agree/" and kept() == []
    stranger.open("/agree/")
    assert "Without this there is no sign-in" in stranger.send("agree", 422, agrees_news="1")
    assert kept() == [] and get_user_model().objects.get(pk=entered.pk).is_to_agree
    stranger.open("/agree/")
    stranger.send("agree", **AGREES, agrees_news="1")
    assert stranger.path == "/buyer/"
    assert kept() == [(code, BY_CODE[code].version, "sign-in:first") for code in ("news", "processing")]
    stranger.open("/agree/")
    assert stranger.path == "/buyer/"  # once is enough


def test_who_does_not_agree_can_leave_and_is_asked_again(stranger, entered):
    stranger.open("/sign-in/")
    stranger.send("sign-in", login="gu@example.test", password="correct horse 9")
    stranger.client.post("/sign-out/")
    assert not stranger.is_in and kept() == []
    stranger.open("/sign-in/")
    stranger.send("sign-in", login="gu@example.test", password="correct horse 9")
    assert stranger.path == "/agree/"


def test_words_that_have_been_changed_meanwhile_are_shown_anew(stranger, entered):
    stranger.open("/sign-in/")
    stranger.send("sign-in", login="gu@example.test", password="correct horse 9")
    assert "have been changed" in stranger.send("agree", 409, **AGREES, notice="processing:0")
    assert kept() == []


def test_who_signs_up_by_themselves_is_asked_once(stranger):
    stranger.open("/sign-up/")
    stranger.send("sign-up", **MAIL, **AGREES)
    stranger.send("code", code=stranger.code())
    assert stranger.path != "/agree/" and not get_user_model().objects.get().is_to_agree
