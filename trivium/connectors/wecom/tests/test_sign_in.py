"""Signing in through WeCom, against a service that speaks its published protocol."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from trivium.connectors.wecom.tests.service import AGENT, CORP, SECRET, Service
from trivium.connectors.wecom.views import WecomAdapter
from trivium.core.tests.agreeing import agree
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db

BACK, PASSWORD = "/sign-in/with/wecom/login/callback/", "correct horse 9"


@pytest.fixture
def wecom(monkeypatch, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "wecom": {"APP": {"client_id": CORP, "secret": SECRET}, "AUTH_PARAMS": {"agentid": AGENT}}
    }
    settings.SIGN_IN_ORIGINS = ["https://login.work.weixin.qq.com"]
    service = Service()
    monkeypatch.setattr(WecomAdapter, "service", service.url)
    service.hires("lin", "林悦")
    yield service
    service.stop()


def begin(client, process="login", **more):
    """Press the button; returns what WeCom's page is told."""
    answer = client.post("/sign-in/with/wecom/login/", {"process": process, **more})
    assert answer.status_code == 302
    return answer.url, {name: values[0] for name, values in parse_qs(urlsplit(answer.url).query).items()}


def come_back(client, code, process="login", **more):
    _url, told = begin(client, process, **more)
    return agree(client, client.get(BACK, {"code": code, "state": told["state"]}))


def test_the_button_leads_to_wecoms_page(wecom):
    client = Client()
    page = client.get("/sign-in/")
    assert "WeCom" in page.content.decode()
    assert "form-action 'self' https://login.work.weixin.qq.com" in page["Content-Security-Policy"]
    url, told = begin(client)
    assert url.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
    assert (told["login_type"], told["appid"], told["agentid"]) == ("CorpApp", CORP, AGENT)
    assert told["redirect_uri"].endswith(BACK) and len(told["state"]) >= 16


def test_a_member_signs_up_and_in_again(wecom):
    clients = [Client(), Client()]
    for client in clients:
        answer = come_back(client, wecom.code_for(userid="lin"))
        assert answer.status_code == 302 and answer.url == "/"
    people = {client.session["_auth_user_id"] for client in clients}
    assert len(people) == 1
    person = get_user_model().objects.get()
    assert (person.name, person.email, person.has_usable_password()) == ("林悦", None, False)
    assert [(each.provider, each.name) for each in queries.links_of(person.pk)] == [("wecom", "林悦")]


@pytest.mark.parametrize("status", [2, 4, 5])
def test_members_who_are_not_active_stay_out(wecom, status):
    wecom.hires("gone", "走", status)
    client = Client()
    assert come_back(client, wecom.code_for(userid="gone")).status_code == 401
    assert "_auth_user_id" not in client.session and not get_user_model().objects.exists()


def test_whoever_is_no_member_stays_out(wecom):
    for code in (wecom.code_for(openid="o-outside"), "made-up", ""):
        client = Client()
        answer = come_back(client, code)
        assert answer.status_code == 401 and "did not say who you are" in answer.content.decode()
        assert "_auth_user_id" not in client.session


def test_a_code_is_good_once_and_only_where_it_was_begun(wecom):
    code = wecom.code_for(userid="lin")
    assert come_back(Client(), code).status_code == 302
    assert come_back(Client(), code).status_code == 401
    _url, told = begin(Client())
    other = Client()
    assert other.get(BACK, {"code": wecom.code_for(userid="lin"), "state": told["state"]}).status_code == 401
    assert other.get(BACK, {"code": wecom.code_for(userid="lin")}).status_code == 401


def test_a_wrong_secret_and_a_service_that_is_away(wecom, settings, monkeypatch):
    app = {"client_id": CORP, "secret": "wrong"}
    settings.SOCIALACCOUNT_PROVIDERS = {"wecom": {"APP": app}}
    assert come_back(Client(), wecom.code_for(userid="lin")).status_code == 401
    monkeypatch.setattr(WecomAdapter, "service", "http://127.0.0.1:9/cgi-bin")
    assert come_back(Client(), "x").status_code == 401


def test_it_is_linked_to_a_sign_in_and_unlinked_but_never_the_last_way(wecom):
    lin = parties.register_person(SYSTEM, email="lin@example.test", name="Lin", password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"login": "lin@example.test", "password": PASSWORD})
    come_back(client, wecom.code_for(userid="lin"), "connect")
    client.post("/me/again/", {"password": PASSWORD})
    assert [each.provider for each in queries.links_of(lin.pk)] == ["wecom"]
    other = Client()
    come_back(other, wecom.code_for(userid="lin"))
    assert int(other.session["_auth_user_id"]) == lin.pk, "the same person by both ways"
    ((link),) = queries.links_of(lin.pk)
    client.post("/me/services/", {"account": str(link.id)})
    assert queries.links_of(lin.pk) == []


def test_the_only_way_stays(wecom):
    client = Client()
    come_back(client, wecom.code_for(userid="lin"))
    person = get_user_model().objects.get()
    ((link),) = queries.links_of(person.pk)
    answer = client.post("/me/services/", {"account": str(link.id)})
    assert answer.status_code == 422 and "only way" in answer.content.decode()
    assert len(queries.links_of(person.pk)) == 1


def test_what_belongs_to_another_sign_in_is_not_taken_over(wecom):
    come_back(Client(), wecom.code_for(userid="lin"))
    gu = parties.register_person(SYSTEM, email="gu@example.test", name="Gu", password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"login": "gu@example.test", "password": PASSWORD})
    come_back(client, wecom.code_for(userid="lin"), "connect")
    client.post("/me/again/", {"password": PASSWORD})
    assert queries.links_of(gu.pk) == []


def test_nobody_is_led_off_the_site_afterwards(wecom):
    answer = come_back(Client(), wecom.code_for(userid="lin"), next="https://evil.example/")
    assert answer.url == "/"


def test_without_configuration_it_is_not_there(db):
    assert Client().post("/sign-in/with/wecom/login/").status_code == 404
    assert "WeCom" not in Client().get("/sign-in/").content.decode()
