"""Tickets and feedback in the portals."""

import pytest

from trivium.service import queries

pytestmark = pytest.mark.django_db


def opened(trade, subject="Lamps"):
    buyer = trade.at(trade.buyer.actor)
    buyer.open("tickets/new/")
    buyer.send("open-ticket", subject=subject, text="Are they in?\n\nThe tall ones.", kind="question")
    return buyer, queries.tickets(trade.buyer.actor)[0].ref


def test_a_ticket_from_question_to_answer_and_back(trade):
    buyer, ref = opened(trade)
    assert "Waits for the operator" in buyer.text and "<p>The tall ones.</p>" in buyer.text
    operator = trade.at(trade.market.operator.actor)
    assert "Lamps" in operator.open("tickets/?state=waiting") and "Yuelai Hotel" in operator.text
    operator.open(f"tickets/{ref}/")
    operator.send("take-ticket")
    operator.send("answer-ticket", text="Which?", asks_back="1")
    assert "Waits for the company" in buyer.open("tickets/")
    assert "A question about your ticket" in buyer.open("notices/") and f"/buyer/tickets/{ref}/" in buyer.text
    buyer.open(f"tickets/{ref}/")
    buyer.send("reply-ticket", text="The tall ones.")
    buyer.send("close-ticket", outcome="solved")
    assert "Solved" in buyer.text and "reply-ticket" not in buyer.text
    buyer.send("reopen-ticket", text="Not quite.")
    assert "Waits for the operator" in buyer.text


def test_refusals_stand_at_their_fields(trade):
    buyer = trade.at(trade.buyer.actor)
    buyer.open("tickets/new/?about=O-000000")
    text = buyer.send("open-ticket", 404, subject="x", text="y")
    assert 'id="open-ticket-about-error"' in text and "There is no order" in text
    text = buyer.send("open-ticket", 422, subject="", text="y", about="")
    assert 'id="open-ticket-subject-error"' in text
    text = buyer.send("open-ticket", 422, subject="x", text="y", kind="praise", about="")
    assert "Something does not work" in text


def test_another_companys_ticket_is_not_found(trade):
    _buyer, ref = opened(trade)
    for company in (trade.stranger, trade.s1, trade.partner):
        trade.at(company.actor).open(f"tickets/{ref}/", 404)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_feedback_carries_the_page_and_its_title(trade, people, language):
    for hands in people(language):
        text = hands.open("orders/?status=released")
        link = text.partition('class="foot"><a href="')[2].partition('"')[0].replace("&amp;", "&")
        title = {"en": "Orders", "zh-hans": "订单"}[language]
        assert link.startswith(f"/{hands.actor.role}/feedback/?page=%2F{hands.actor.role}%2Forders%2F&title=")
        assert title in hands.open(link)
        hands.send("give-feedback", text="The list is long.")
        row = queries.tickets(hands.actor)[0]
        assert (row.page, row.page_title, row.kind) == (f"/{hands.actor.role}/orders/", title, "feedback")
        assert "The list is long." in hands.text


def test_a_page_elsewhere_is_no_context(trade):
    buyer = trade.at(trade.buyer.actor)
    text = buyer.open("feedback/?page=https://elsewhere.example/&title=<b>x</b>")
    assert buyer.form("give-feedback").values["page"] == "" and "<b>x</b>" not in text
