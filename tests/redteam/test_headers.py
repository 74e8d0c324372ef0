"""What comes in by headers and addresses: no other host, no line of a header, no way out of the site."""

import pytest
from django.core import mail
from django.test import Client

from tests.redteam.ground import ROLES, People
from trivium.api.tests.caller import routes
from trivium.api.tests.scene import Scene
from trivium.notices import jobs
from trivium.service import commands as service
from trivium.web.shared.access import ACCESS
from trivium.web.tests.test_access import ALL, url

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "\\\\elsewhere.example",
    "///elsewhere.example", "https:elsewhere.example", "javascript:alert(1)", "data:text/html,x",
    " //elsewhere.example",    "/%09/elsewhere.example", "\t//elsewhere.example", "http://testserver@elsewhere.example/",
)  # fmt: skip
SPLIT = "/buyer/\r\nSet-Cookie: x9f3=1\r\n\r\n<x9f3>"


def leads_out(answer: object) -> bool:
    """Whether an answer sends the browser to another site."""
    to = answer.headers.get("Location", "")  # type: ignore[attr-defined]
    return bool(to) and not (to.startswith("/") and not to.startswith(("//", "/\\")))


@pytest.mark.parametrize("role", ROLES)
def test_no_parameter_of_any_page_leads_out_of_the_site(people: People, role: str) -> None:
    hands = people.at(role)
    names = [name for name in ALL if role in ACCESS[name] or "anyone" in ACCESS[name]]
    for name in names:
        address = url(name)
        if name in ("web:sign_out", "web:picture"):
            continue
        for word in ELSEWHERE[:3]:
            given = {"next": word, "on": word, "to": word, "url": word, "redirect": word, "back": word}
            for answer in (hands.client.get(address, given), hands.client.post(address, given)):
                assert not leads_out(answer), (name, word, answer.headers.get("Location"))
                assert answer.status_code < 500, (name, word)


@pytest.mark.parametrize("word", ELSEWHERE)
@pytest.mark.parametrize("path", ["/sign-in/", "/language/", "/look/", "/workspace/"])
def test_the_ways_back_lead_back_into_the_site(people: People, path: str, word: str) -> None:
    given = {"next": word, "language": "en", "theme": "dark", "workspace": "x:buyer"}
    for client in (Client(), people.buyer.client):
        for answer in (client.get(path, {"next": word}), client.post(path, given)):
            assert not leads_out(answer), (path, answer.headers.get("Location"))


def test_no_line_break_gets_into_a_header(people: People) -> None:
    for path in ("/sign-in/", "/language/", "/look/"):
        answer = people.buyer.client.post(path, {"next": SPLIT, "language": "en", "theme": "dark"})
        assert "x9f3" not in answer.cookies and not leads_out(answer)
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


@pytest.mark.parametrize("host", ["elsewhere.example", "testserver@elsewhere.example", "testserver:80@x", "a b", ""])
def test_another_host_is_answered_by_nobody(people: People, host: str, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    for path in ("/buyer/", "/sign-in/", "/api/v1/openapi.json"):
        answer = people.buyer.client.get(path, headers={"Host": host or "elsewhere.example:99999"})
        assert answer.status_code in (400, 403), (path, answer.status_code)
        assert b"elsewhere.example" not in answer.content


def test_a_forwarded_host_is_not_believed(people: People, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    headers = {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Server": "elsewhere.example",
               "X-Original-URL": "/operator/", "X-Rewrite-URL": "/operator/", "X-HTTP-Method-Override": "POST",
               "Forwarded": "host=elsewhere.example"}  # fmt: skip
    for path in ("/", "/buyer/", "/buyer/orders/", "/sign-in/"):
        answer = people.buyer.client.get(path, headers=headers)
        assert b"elsewhere.example" not in answer.content and not leads_out(answer)
        assert answer.status_code in (200, 302) and b"role-operator" not in answer.content


def test_a_mail_leads_to_the_site_whatever_host_it_was_caused_by(scene: Scene, settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    operator = scene.market.operator.actor
    jobs.mail()  # from here on it is told
    mail.outbox.clear()
    subject = "Lamps\r\nBcc: everybody@elsewhere.example"
    ref = service.open_ticket(scene.mine.buyer.actor, subject=subject, text="x\r\n.\r\nMAIL FROM:<x>", kind="question")
    service.answer(operator, ref, text="Bcc: everybody@elsewhere.example")
    jobs.mail()
    assert mail.outbox
    for letter in mail.outbox:
        message = letter.message()
        assert message["Bcc"] is None and "\n" not in message["Subject"] and len(letter.recipients()) == 1
        assert "elsewhere.example" not in letter.body and settings.TRIVIUM["SITE_URL"] in letter.body


def test_every_answer_forbids_to_be_framed_sniffed_and_scripted(people: People) -> None:
    for role in ROLES:
        answer = people.at(role).client.get(f"/{role}/")
        assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "base-uri" in policy
    answer = Client().get("/api/v1/me")
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"


def test_no_other_method_gets_through_to_a_route(scene: Scene) -> None:
    known: dict[str, set[str]] = {}
    for method, path in routes():
        known.setdefault(path, set()).add(method)
    caller = scene.callers["operator"]
    for path in sorted(path for path in known if "{" not in path)[:12]:
        for method in ("TRACE", "PATCH", "DELETE", "PROPFIND"):
            if method not in known[path]:
                assert caller.write(method, path, {}).status == 405, (method, path)
