"""Feedback of whoever is not signed in: from every public page, by mail and link to the answer, and nobody else's."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trivium.core import sql
from trivium.core.models import EventRecord
from trivium.notices import commands as notices
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands.colleagues import Place
from trivium.service import commands, queries
from trivium.service.events import VisitorTold
from trivium.web.tests.hands import Reader
from trivium.web.tests.test_own_feedback import foot

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
PUBLIC = ("/sign-in/", "/sign-in/code/", "/sign-up/", "/password/forgotten/", "/password/forgotten/sent/",
          "/sign-in/closed/", "/say/", "/say/sent/", "/nothing/")  # fmt: skip
MAIL = "wang@example.test"


class Visitor:
    """Somebody at the door."""

    def __init__(self, language: str = "en") -> None:
        self.client, self.text = Client(), ""
        self.client.cookies["django_language"] = language

    def open(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        self.text = answer.content.decode()
        assert answer.status_code == status, (path, answer.status_code)
        return self.text

    def send(self, form_id: str, status: int = 302, **written: str) -> str:
        form = Reader(self.text).forms[form_id]
        answer = self.client.post(form.url, {**form.values, **written})
        assert answer.status_code == status, answer.status_code
        self.text = answer.content.decode()
        return self.open(answer["Location"]) if status == 302 else self.text

    def say(self, email: str = MAIL, text: str = "The code does not come.", status: int = 302) -> str:
        self.open(foot(self.open("/sign-in/")))
        return self.send("say", status, email=email, text=text)


def tell_all() -> None:
    """What the workers do with what has happened."""
    for each in EventRecord.objects.filter(name=VisitorTold.name).order_by("id"):
        notices.tell_visitor(each.subject, each.data["what"], each.data["word"])


def link_in(body: str) -> str:
    found = re.search(r"https?://[^/\s]+(/said/\S+)", body)
    assert found
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_sign_in_to_the_answer_and_back(trade, language):
    wang = Visitor(language)
    wang.say()
    title = {"en": "Sign in", "zh-hans": "登录"}[language]
    row = queries.tickets(trade.market.operator.actor)[0]
    assert (row.page, row.page_title, row.role, row.address) == ("/sign-in/", title, "visitor", MAIL)

    tell_all()
    (letter,) = mail.outbox
    assert letter.to == [MAIL] and row.number in letter.subject and "code does not come" not in letter.body
    assert {"en": "has arrived", "zh-hans": "已收到"}[language] in letter.subject
    link = link_in(letter.body)

    boss = trade.at(trade.market.operator.actor, language)
    named = {"en": "Visitor", "zh-hans": "访客"}[language]
    text = boss.open("tickets/?state=waiting")
    assert named in text and MAIL not in text
    assert MAIL in boss.open(f"tickets/{row.ref}/") and "None" not in boss.text
    boss.send("answer-ticket", text="Which address?", asks_back="1")
    mail.outbox.clear()
    tell_all()
    assert link_in(mail.outbox[-1].body) == link and "Which address?" not in mail.outbox[-1].body
    assert len({each.extra_headers["Message-ID"] for each in mail.outbox}) == len(mail.outbox) == 2

    text, read = wang.open(link), Reader(wang.text)
    assert "Which address?" in text and "None" not in text and text.count("<h1") == 1
    assert read.styles == 0 and read.inputs - {""} <= read.labels
    assert people.person(trade.market.operator.actor.user_id).name not in text
    assert foot(text).startswith("/say/?page=%2Fsaid%2F&")
    wang.send("reply", text="The one above.")
    assert queries.get_ticket(boss.actor, row.ref).row.state == "taken"
    boss.open(f"tickets/{row.ref}/")
    boss.send("close-ticket", outcome="solved", text="Done.")
    wang.open(link)
    wang.send("reply", text="Not quite.")
    assert queries.get_ticket(boss.actor, row.ref).row.state == "open"


def test_every_public_page_has_the_way(trade):
    ref = parties.invite_person(trade.buyer.actor, email="new@example.test", place=Place(job="staff"), locale="en")
    token = people.invitation_token(ref)
    wang = Visitor()
    for path in (*PUBLIC, f"/invitation/{token}/"):
        way = foot(wang.client.get(path).content.decode())
        assert way.startswith("/say/?page=%2F") and token not in way, path
        assert wang.client.get(way).status_code == 200, path


def test_the_answer_is_the_same_whoever_has_the_address(trade):
    known = people.person(trade.buyer.actor.user_id).email

    def said(email: str) -> tuple[str, int]:
        wang = Visitor()
        with CaptureQueriesContext(connection) as asked:
            text = wang.say(email)
        return re.sub(r'value="[^"]*"', "", text), len(asked)

    said("first@example.test")  # what is only looked up once
    assert said(known) == said(MAIL)


def test_it_is_held_back_by_mail_address_and_by_network_address(trade):
    for _time in range(3):
        Visitor().say()
    text = Visitor().say("  WANG@example.test ", status=429)
    assert "too often" in text and "The code does not come." in text
    for number in range(6):
        Visitor().say(f"w{number}@example.test")
    Visitor().say("other@example.test", status=429)
    assert len(queries.tickets(trade.market.operator.actor)) == 9


def test_a_wrong_link_opens_what_is_not_there(trade):
    wang = Visitor()
    wang.say()
    ref = queries.tickets(trade.market.operator.actor)[0].ref
    for wrong in ("nothing", ref, queries.visitor_token("tkt_00000000000000000000")):
        wang.open(f"/said/{wrong}/", 404)
        assert wang.client.post(f"/said/{wrong}/", {"text": "mine", "key": "k"}).status_code == 404
    for company in (trade.buyer, trade.s1, trade.partner):
        hands = trade.at(company.actor)
        assert hands.client.get(f"/{company.actor.role}/tickets/{ref}/").status_code == 404
        assert hands.client.get(f"/feedback/{ref}/").status_code == 404


def test_neither_address_nor_secret_stands_in_clear(trade):
    Visitor().say()
    (ticket,) = queries.tickets(trade.market.operator.actor)
    token = queries.visitor_token(ticket.ref)
    ((stored,),) = sql.rows("SELECT to_jsonb(t)::text FROM service_ticket t WHERE id = %s", [ticket.id])
    ((encrypted,),) = sql.rows("SELECT address FROM service_ticket WHERE id = %s", [ticket.id])
    assert MAIL not in stored and token not in stored and MAIL.encode() not in bytes(encrypted)
    (log,) = sql.rows("SELECT string_agg(e::text, '') FROM core_event e WHERE subject = %s", [ticket.ref])
    assert MAIL not in log[0] and token not in log[0]


def test_refusals_stand_at_their_field_and_what_was_written_stays(trade):
    wang = Visitor()
    text = wang.say("nowhere", "Hello there", 422)
    assert 'id="say-email-error"' in text and "Hello there" in text and "Sign in" in text
    assert 'id="say-text-error"' in wang.say(text=" ", status=422)
    wang.open("/say/?page=https://elsewhere.example/&title=<b>x</b>")
    assert Reader(wang.text).forms["say"].values["page"] == "" and "<b>x</b>" not in wang.text
    assert "180 days" in wang.text


def test_sent_twice_it_is_said_once(trade):
    wang = Visitor()
    wang.open("/say/")
    form = Reader(wang.text).forms["say"]
    for _time in range(2):
        wang.client.post(form.url, {**form.values, "email": MAIL, "text": "Once."})
    assert len(queries.tickets(trade.market.operator.actor)) == 1


def test_who_is_signed_in_says_it_as_themselves(trade):
    buyer = trade.at(trade.buyer.actor)
    assert buyer.client.get("/say/?page=/x/&title=X")["Location"] == "/buyer/feedback/?page=%2Fx%2F&title=X"


def test_a_forgotten_address_takes_the_link_along(trade, clock):
    wang = Visitor()
    wang.say()
    ref, boss = queries.tickets(trade.market.operator.actor)[0].ref, trade.at(trade.market.operator.actor)
    commands.close_ticket(boss.actor, ref, outcome="solved")
    clock.move(days=181)
    assert commands.forget_visitors() == 1 and commands.forget_visitors() == 0
    wang.open(f"/said/{queries.visitor_token(ref)}/", 404)
    boss = trade.at(trade.market.operator.actor)
    assert MAIL not in boss.open(f"tickets/{ref}/") and "Visitor" in boss.text
