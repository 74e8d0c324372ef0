"""Feedback of whoever is not signed in: what the database holds to, whom it tells, and when it is forgotten."""

import pytest
from django.db import IntegrityError, transaction

from trivium.core import sql
from trivium.core.errors import Denied, Empty, NotFound
from trivium.core.models import EventRecord
from trivium.parties import queries as people
from trivium.parties.errors import BadMail
from trivium.parties.tests.applying import stranger
from trivium.service import commands, queries
from trivium.service.errors import TooLateToReopen
from trivium.service.models import Ticket, TicketWord
from trivium.service.rules import REOPENS_FOR

MAIL = "wang@example.test"


def given(email: str = MAIL) -> str:
    return commands.give_feedback_unknown(email=email, text="No code comes.", page="/sign-in/", locale="zh-hans")


def told() -> list[tuple[str, list[str], str]]:
    found = EventRecord.objects.filter(name__in=["VisitorTold", "TicketAnswered", "TicketClosed", "TicketOpened"])
    return [(e.name, e.audience, e.data.get("what", "")) for e in found.order_by("id")]


def test_the_operator_is_told_and_answers_and_each_answer_is_a_mail(desk):
    ref = given()
    commands.answer(desk.operator.actor, ref, text="Which address?")
    commands.close_ticket(desk.operator.actor, ref, outcome="solved")
    assert told() == [
        ("TicketOpened", ["operator"], ""),
        ("VisitorTold", [], "opened"),
        ("TicketAnswered", [], ""),
        ("VisitorTold", [], "answered"),
        ("TicketClosed", [], ""),
        ("VisitorTold", [], "closed"),
    ]
    letter = queries.visitor_letter(ref, "closed")
    assert letter is not None and (letter.email, letter.locale) == (MAIL, "zh-hans")
    assert queries.get_visited(letter.token).row.ref == ref


def test_only_the_link_opens_it(desk):
    ref = given()
    for actor in (desk.buyer.actor, desk.supplier.actor, desk.partner.actor, stranger()):
        assert queries.tickets(actor) == []
        with pytest.raises(NotFound):
            queries.get_ticket(actor, ref)
        with pytest.raises(NotFound), transaction.atomic():
            commands.reply(actor, ref, text="mine")
    for token in ("", ref, "x" * 32):
        with pytest.raises(NotFound):
            queries.get_visited(token)
        with pytest.raises(NotFound), transaction.atomic():
            commands.reply_unknown(token, text="mine")
    with pytest.raises(Denied):
        commands.reply(desk.operator.actor, ref, text="in their name")


def test_a_company_s_ticket_is_opened_by_no_link(desk):
    with pytest.raises(NotFound):
        queries.get_visited(queries.visitor_token(desk.ticket()))
    assert queries.visitor_letter(desk.ticket(), "opened") is None


def test_what_is_no_mail_address_or_says_nothing_is_refused(desk):
    with pytest.raises(BadMail):
        given("nowhere")
    with pytest.raises(Empty):
        commands.give_feedback_unknown(email=MAIL, text=" ")


def test_closed_it_is_opened_again_by_a_reply_within_a_fortnight(desk, clock):
    ref = given()
    token = queries.visitor_token(ref)
    commands.close_ticket(desk.operator.actor, ref, outcome="solved")
    commands.reply_unknown(token, text="Not quite.")
    assert queries.get_visited(token).row.state == "open"
    commands.close_ticket(desk.operator.actor, ref, outcome="solved")
    clock.move(days=REOPENS_FOR.days)
    with pytest.raises(TooLateToReopen):
        commands.reply_unknown(token, text="Still not.")


@pytest.mark.parametrize("broken", [
    "address = NULL", "link_hash = NULL", "address = NULL, link_hash = NULL", "role = 'buyer'", "role = 'person'",
    "opened_by_id = (SELECT min(id) FROM parties_user)", "organization_id = (SELECT min(id) FROM parties_organization)",
    "address = 'wang@example.test'",
])  # fmt: skip
def test_the_database_knows_whose_it_is(desk, broken):
    given()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute(f"UPDATE service_ticket SET {broken} WHERE role = 'visitor'")


def test_no_company_s_ticket_has_a_visitor_s_address_and_no_answer_is_nobody_s(desk):
    ref = desk.ticket()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(ref=ref).update(address=MAIL, link_hash=b"x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(ref=ref).update(opened_by=None)
    ticket = Ticket.objects.get(ref=ref)
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketWord(ticket=ticket, act="answer", side="operator", state="open", at=ticket.opened_at).save()


def test_the_address_goes_once_it_is_closed_long_enough_and_an_open_one_stays(desk, clock):
    old, waiting = given(), given("other@example.test")
    commands.close_ticket(desk.operator.actor, old, outcome="solved")
    days = min(rule.days for rule in people.retention_rules() if rule.kept == "visitors")
    clock.move(days=days)
    assert commands.forget_visitors() == 0
    clock.move(seconds=1)
    assert commands.forget_visitors() == 1
    rows = {row.ref: row.address for row in queries.tickets(desk.operator.actor)}
    assert (rows[old], rows[waiting]) == ("", "other@example.test")
    assert queries.visitor_letter(old, "closed") is None
    with pytest.raises(NotFound):
        queries.get_visited(queries.visitor_token(old))
