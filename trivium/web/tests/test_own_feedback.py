"""Feedback of who works in no company: given from every page they reach, followed, triaged, and nobody else's."""

import json
import re

import pytest
from django.core import mail

from trivium.core import sql
from trivium.core.time import now
from trivium.notices import commands as notices
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands.colleagues import Place
from trivium.parties.tests.applying import apply, stranger
from trivium.service import queries
from trivium.web.tests.hands import Hands, Reader

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
REACHED = ("/welcome/", "/apply/", "/apply/{application}/", "/you/", "/me/", "/me/services/",
           "/feedback/", "/feedback/tkt_00000000000000000000/")  # fmt: skip


def foot(text: str) -> str:
    """Where the link at the foot of a page leads."""
    return text.partition('class="foot"><a href="')[2].partition('"')[0].replace("&amp;", "&")


def given(lin: Hands, text: str = "Where do I see it?") -> str:
    """Feedback on the page where one applies; its reference."""
    lin.open(foot(lin.open("/apply/")))
    lin.send("give-feedback", text=text)
    return queries.tickets(lin.actor)[0].ref


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_every_page_with_its_path_and_title_to_the_answer_and_back(trade, language):
    lin = Hands(stranger(), language)
    lin.open(foot(lin.open("/apply/")))
    title = {"en": "Applications", "zh-hans": "入驻申请"}[language]
    assert title in lin.text and "/feedback/" in lin.text
    lin.send("give-feedback", text="Where do I see it?")
    (row,) = queries.tickets(lin.actor)
    assert (row.page, row.page_title, row.kind) == ("/apply/", title, "feedback")

    boss = trade.at(trade.market.operator.actor, language)
    assert "Where do I see it?" in boss.open("tickets/?state=waiting") and "Lin Yue" in boss.text
    boss.open(f"tickets/{row.ref}/")
    assert "/apply/" in boss.text
    boss.send("take-ticket")
    boss.send("answer-ticket", text="What do you look for?", asks_back="1")

    text = lin.open("/feedback/")
    assert {"en": "Waits for whoever asked", "zh-hans": "等待提出人回复"}[language] in text
    text = lin.open(f"/feedback/{row.ref}/")
    read = Reader(text)
    assert "What do you look for?" in text and read.styles == 0 and read.inputs - {""} <= read.labels
    assert "None" not in text and text.count("<h1") == 1
    lin.send("reply-ticket", text="My application.")
    lin.send("close-ticket", outcome="solved")
    lin.send("reopen-ticket", text="Not quite.")
    assert queries.get_ticket(lin.actor, row.ref).row.state == "open"


def test_every_page_they_reach_has_the_way(trade):
    actor = stranger()
    ref = apply(actor, "buyer", submit=False)
    lin = Hands(actor)
    for path in REACHED:
        path = path.format(application=ref)
        answer = lin.client.get(path)
        assert answer.status_code in (200, 404), path
        way = foot(answer.content.decode())
        assert way.startswith(f"/feedback/new/?page={path.replace('/', '%2F')}&title="), path
        assert lin.client.get(way).status_code == 200, path


def test_a_key_in_an_address_is_no_part_of_what_is_kept(trade):
    """The link of an invitation opens a company; whoever reads feedback is not given it."""
    admin = trade.buyer.actor
    place = Place(job="staff")
    ref = parties.invite_person(admin, email="new@example.test", place=place, locale="en")
    token = people.invitation_token(ref)
    lin = Hands(stranger())
    assert foot(lin.open(f"/invitation/{token}/")).startswith("/feedback/new/?page=%2Finvitation%2F&")
    assert token not in foot(lin.text)


def test_who_has_left_gives_feedback_too(trade, clock):
    left = trade.at(trade.s2.actor)
    sql.execute("UPDATE parties_membership SET ends_at = %s WHERE user_id = %s", [clock(), trade.s2.actor.user_id])
    left.open(foot(left.open("/welcome/")))
    left.send("give-feedback", text="I have left.")
    assert "I have left." in left.open("/feedback/")


def test_nobody_else_finds_it(trade):
    lin = Hands(stranger())
    ref = given(lin, "Only mine")
    others = (Hands(stranger("Zhao Min")), trade.at(trade.buyer.actor), trade.at(trade.partner.actor))
    for other in others:
        for path in (f"/feedback/{ref}/", *(f"/{role}/tickets/{ref}/" for role in ("buyer", "partner", "operator"))):
            answer = other.client.get(path)
            assert answer.status_code == 404 or answer["Location"] == "/welcome/", path
            assert b"Only mine" not in answer.content
        for act in ("reply", "close", "reopen"):
            sent = {"on": "/feedback/", "form": "x", "key": f"k{act}", "text": "mine", "outcome": "solved"}
            assert other.client.post(f"/feedback/{ref}/{act}/", sent).status_code == 404
        assert "Only mine" not in other.open("/feedback/")
    unknown = others[0].open("/feedback/tkt_00000000000000000000/", 404)
    theirs = others[0].open(f"/feedback/{ref}/", 404)
    assert main_of(theirs, ref) == main_of(unknown, "tkt_00000000000000000000")
    assert len(queries.get_ticket(lin.actor, ref).words) == 1


def main_of(text: str, ref: str) -> str:
    return re.sub(r'value="[^"]*"', "", text.partition("<main")[2].partition("</main>")[0]).replace(ref, "…")


def test_the_answer_comes_by_mail_with_the_way_to_it(trade, settings):
    lin = Hands(stranger())
    notices.address_mail(now())  # the log is followed from here on
    ref = given(lin)
    boss = trade.at(trade.market.operator.actor)
    boss.open(f"tickets/{ref}/")
    boss.send("answer-ticket", text="A secret answer")
    mail.outbox.clear()
    notices.address_mail(now())
    notices.send_mail()
    address = people.person(lin.actor.user_id).email
    (letter,) = [each for each in mail.outbox if each.to == [address]]
    assert ("was answered" in letter.subject or "已有答复" in letter.subject) and f"/feedback/{ref}/" in letter.body
    assert "secret" not in letter.body


def test_somebody_at_work_by_now_still_finds_what_they_said_before(trade):
    lin = Hands(stranger())
    ref = given(lin)
    address = people.person(lin.actor.user_id).email
    parties.grant_role(trade.market.operator.actor, email=address, organization_ref=trade.buyer.ref, role="buyer")
    assert f"/feedback/{ref}/" in lin.open("/feedback/")
    assert "/feedback/" in lin.open("/you/").partition("<main")[2]
    lin.open(f"/feedback/{ref}/")
    lin.send("reply-ticket", text="Found it.")
    assert foot(lin.open("/you/")).startswith("/buyer/feedback/") and ref not in lin.open("/buyer/tickets/")


def test_refusals_stand_at_their_field_and_what_was_written_stays(trade):
    lin = Hands(stranger())
    lin.open("/feedback/new/?page=/apply/&title=Apply")
    text = lin.send("give-feedback", 422, text=" ")
    assert 'id="give-feedback-text-error"' in text and "Apply" in text
    lin.open("/feedback/new/?page=https://elsewhere.example/&title=<b>x</b>")
    assert lin.form("give-feedback").values["page"] == "" and "<b>x</b>" not in lin.text


def test_sent_twice_it_is_said_once(trade):
    lin = Hands(stranger())
    lin.open("/feedback/new/")
    form = lin.form("give-feedback")
    lin.post(form, text="Once.")
    lin.post(form, text="Once.")
    assert len(queries.tickets(lin.actor)) == 1


def test_the_file_of_ones_data_holds_it(trade):
    lin = Hands(stranger())
    ref = given(lin)
    (own,) = json.loads(lin.client.get("/you/data/").content)["feedback"]
    assert own["ref"] == ref and own["said"][0]["text"] == "Where do I see it?"
