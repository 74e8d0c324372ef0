"""Signing in, the language, the workspace."""

import pytest
from django.test import Client

from tests.journeys.market import SYSTEM
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.web.tests.hands import Reader

pytestmark = pytest.mark.django_db

MAIL, PASSWORD = "lin@example.test", "correct horse 9"


@pytest.fixture
def lin(trade):
    """Somebody with two workspaces, who reads Chinese."""
    parties.register_person(SYSTEM, email=MAIL, name="Lin Yue", password=PASSWORD)
    parties.grant_role(SYSTEM, email=MAIL, organization_ref=trade.buyer.ref, role="buyer", job="admin")
    parties.grant_role(SYSTEM, email=MAIL, organization_ref=trade.s1.ref, role="supplier", job="admin")
    return trade


def signed_in(**more: str) -> Client:
    client = Client()
    values = {"login": MAIL, "password": PASSWORD, **more}
    assert client.post("/sign-in/", values).status_code == 302
    return client


def test_a_person_signs_in_and_lands_at_their_work(lin):
    client = signed_in()
    assert client.get("/").url == "/buyer/"
    page = client.get("/buyer/")
    assert "Yuelai Hotel" in page.content.decode()
    assert 'lang="zh-hans"' in page.content.decode()


def test_every_wrong_pair_gets_the_same_answer(lin):
    pages = []
    for mail, password in ((MAIL, "wrong"), ("nobody@example.test", PASSWORD), (MAIL.upper(), PASSWORD.upper())):
        response = Client().post("/sign-in/", {"login": mail, "password": password})
        assert response.status_code == 422
        pages.append("Mail address and password do not belong together" in response.content.decode())
    assert pages == [True] * 3
    for mail, password in (("", ""), ("\x00", "\x00"), ("x" * 9_000, "y" * 9_000)):
        assert Client().post("/sign-in/", {"login": mail, "password": password}).status_code == 422


def test_after_signing_in_one_goes_where_one_wanted_but_never_off_the_site(lin):
    values = {"login": MAIL, "password": PASSWORD}
    assert Client().post("/sign-in/", {**values, "next": "/buyer/orders/"}).url == "/buyer/orders/"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        assert Client().post("/sign-in/", {**values, "next": elsewhere}).url == "/"


def test_a_person_switches_the_workspace_and_only_to_their_own(lin):
    client = signed_in()
    assert client.post("/workspace/", {"workspace": f"{lin.s1.ref}:supplier"}).url == "/supplier/"
    assert "Chenguang Lighting" in client.get("/supplier/").content.decode()
    assert client.get("/buyer/").status_code == 404
    for foreign in (f"{lin.s2.ref}:supplier", f"{lin.s1.ref}:operator", "nonsense", ""):
        assert client.post("/workspace/", {"workspace": foreign}).status_code == 404


def test_a_workspace_that_ends_is_gone_at_once(lin):
    client = signed_in()
    client.post("/workspace/", {"workspace": f"{lin.s1.ref}:supplier"})
    actor = queries.actor_of(int(client.session["_auth_user_id"]), lin.s1.ref, "supplier")
    assert actor is not None
    session = client.session
    session["workspace"] = ["org_gone", "supplier"]
    session.save()
    assert client.get("/").url == "/buyer/"


def test_the_language_can_be_changed_without_signing_in():
    client = Client()
    client.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    text = client.get("/sign-in/").content.decode()
    assert "登录" in text and "Sign in" not in text


def test_signing_out_ends_the_session(lin):
    client = signed_in()
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/buyer/").status_code == 302


def test_forms_are_sent_with_a_token_only(lin):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in/")
    form = Reader(page.content.decode()).forms["sign-in"]
    values = {"login": MAIL, "password": PASSWORD}
    assert client.post("/sign-in/", values).status_code == 403
    assert client.post("/sign-in/", {**form.values, **values}).status_code == 302
