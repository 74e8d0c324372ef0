"""A page elsewhere that sends our forms: every POST without our token is refused, and a session opens no API."""

import pytest
from django.test import Client

from tests.redteam.ground import ROLES, People
from trivium.api.tests.caller import routes, world
from trivium.api.tests.scene import Scene, path_of
from trivium.web.shared.access import ACCESS, SIGNED
from trivium.web.tests.test_access import ALL, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
def test_every_post_without_the_token_is_refused(scene: Scene, people: People, role: str) -> None:
    strict, hands = Client(enforce_csrf_checks=True), people.at(role)
    strict.cookies = hands.client.cookies
    before = world()
    names = [name for name in ALL if role in ACCESS[name] or "anyone" in ACCESS[name]]
    assert len(names) > 25
    for name in names:
        if name in ("web:picture", *SIGNED):
            continue
        address = url(name)
        for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Referer": "https://elsewhere.example/"}):
            answer = strict.post(address, {"on": f"/{role}/", "key": "k", "form": "x"}, headers=headers)
            assert answer.status_code == 403, (name, headers, answer.status_code)
    assert world() == before


def test_a_token_of_another_session_is_no_token(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = people.buyer.client.cookies
    other = people.supplier
    other.open("tickets/new/")
    sent = {**other.form("open-ticket").values, "subject": "x", "text": "y", "on": "/buyer/tickets/new/"}
    assert strict.post("/buyer/tickets/open/", sent).status_code == 403


def test_a_session_opens_no_route_of_the_api(scene: Scene, people: People, settings) -> None:
    settings.TRIVIUM = {**settings.TRIVIUM, "API_FAILURES_PER_MINUTE": 0}
    refs, before = scene.mine.refs | {"statement": "stm_" + "0" * 20}, world()
    for method, path in routes():
        address = "/api/v1" + (path_of(path, refs) if "{" in path else path)
        answer = people.operator.client.generic(method, address, b"{}", "application/json")
        assert answer.status_code == 401, (method, path)
    assert world() == before


def test_cookies_are_kept_from_other_sites_and_scripts(people: People) -> None:
    people.buyer.open("")
    token = people.buyer.client.cookies["csrftoken"]
    assert token["samesite"] == "Lax"
    fresh = Client()
    fresh.get("/sign-in/")
    assert fresh.cookies["csrftoken"]["samesite"] == "Lax"
