"""Opening, answering, closing and opening tickets again."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.journeys.market import SYSTEM
from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, TooLong, WrongState
from trivium.core.models import EventRecord
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.rules import pseudonym
from trivium.parties.tests.applying import stranger
from trivium.service import commands, queries
from trivium.service.errors import BadKind, BadOutcome, BadPage, NotAnAbout, TooLateToReopen
from trivium.service.models import Ticket, TicketWord
from trivium.service.rules import PERSON, SUBJECT, TEXT


def told() -> list[tuple[str, list[str]]]:
    return [(e.name, e.audience) for e in EventRecord.objects.filter(name__startswith="Ticket").order_by("id")]


def test_a_ticket_goes_its_way_and_each_side_is_told_of_the_other(desk, clock):
    ref = desk.ticket()
    operator, buyer = desk.operator.actor, desk.buyer.actor
    clock.move(minutes=5)
    commands.take_ticket(operator, ref)
    commands.answer(operator, ref, text="Which ones?", asks_back=True)
    assert queries.get_ticket(buyer, ref).row.state == "asked"
    commands.reply(desk.buyer.colleague, ref, text="The tall ones.")
    commands.answer(operator, ref, text="They are in.")
    commands.close_ticket(buyer, ref, outcome="solved", text="Thank you.")
    page = queries.get_ticket(buyer, ref)
    assert [(w.act, w.side, w.state) for w in page.words] == [
        ("open", "company", "open"),
        ("take", "operator", "taken"),
        ("ask_back", "operator", "asked"),
        ("reply", "company", "taken"),
        ("answer", "operator", "taken"),
        ("close", "company", "ended"),
    ]
    assert (page.row.outcome, page.row.closed_at, page.may_reopen) == ("solved", clock.at, True)
    to_operator, to_buyer = ["operator"], [desk.buyer.ref]
    assert told() == [
        ("TicketOpened", to_operator),
        ("TicketTaken", to_buyer),
        ("TicketAskedBack", to_buyer),
        ("TicketReplied", to_operator),
        ("TicketAnswered", to_buyer),
        ("TicketClosed", to_operator),
    ]


def test_events_carry_nothing_that_was_written(desk):
    ref = desk.ticket(subject="A secret subject", text="A secret text")
    commands.answer(desk.operator.actor, ref, text="A secret answer")
    assert not [e for e in EventRecord.objects.all() if "secret" in str(e.data)]


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"kind": "praise"}, BadKind, "kind"),
        ({"subject": "  "}, Empty, "subject"),
        ({"subject": "x" * (SUBJECT + 1)}, TooLong, "subject"),
        ({"text": ""}, Empty, "text"),
        ({"text": "x" * (TEXT + 1)}, TooLong, "text"),
        ({"about": "the lamps"}, NotAnAbout, "about"),
        ({"about": "O-000000"}, NotFound, "about"),
        ({"about": "ord_" + "0" * 20}, NotFound, "about"),
        ({"about": "prd_" + "0" * 20}, NotFound, "about"),
    ],
)
def test_what_a_ticket_cannot_be(desk, given, refusal, field):
    with pytest.raises(refusal) as raised, transaction.atomic():
        desk.ticket(**given)
    assert raised.value.field == field
    assert (Ticket.objects.count(), told()) == (0, [])


def test_a_ticket_is_about_an_order_of_ones_own(desk):
    sku = desk.market.sku(desk.supplier, "DL", [(1, "10.00")])
    placed = desk.market.order(desk.buyer, [(sku, Decimal(1))])
    about = queries.get_ticket(desk.operator.actor, desk.ticket(about=placed.number.lower())).about
    assert about == queries.About("order", placed.ref, placed.number)
    with pytest.raises(NotFound) as raised, transaction.atomic():
        commands.open_ticket(desk.stranger.actor, subject="x", text="y", kind="question", about=placed.ref)
    assert raised.value.params["ref"] == placed.ref
    assert Ticket.objects.count() == 1


def test_nobody_acts_on_anothers_ticket(desk):
    ref = desk.ticket()
    before = told()
    for actor in (desk.stranger.actor, desk.supplier.actor, desk.partner.actor):
        for act in (
            lambda actor=actor: commands.reply(actor, ref, text="x"),
            lambda actor=actor: commands.close_ticket(actor, ref, outcome="solved"),
            lambda actor=actor: commands.reopen_ticket(actor, ref, text="x"),
            lambda actor=actor: queries.get_ticket(actor, ref),
        ):
            with pytest.raises(NotFound), transaction.atomic():
                act()
        for act in (
            lambda actor=actor: commands.take_ticket(actor, ref),
            lambda actor=actor: commands.answer(actor, ref, text="x"),
        ):
            with pytest.raises(Denied), transaction.atomic():
                act()
    assert told() == before


def test_the_operator_does_not_reply_in_a_companys_name(desk):
    ref = desk.ticket()
    with pytest.raises(Denied), transaction.atomic():
        commands.reply(desk.operator.actor, ref, text="x")


def test_a_closed_ticket_takes_no_word_until_it_is_opened_again(desk, clock):
    ref = desk.ticket()
    commands.close_ticket(desk.operator.actor, ref, outcome="answered")
    for act in (
        lambda: commands.reply(desk.buyer.actor, ref, text="x"),
        lambda: commands.answer(desk.operator.actor, ref, text="x"),
        lambda: commands.take_ticket(desk.operator.actor, ref),
        lambda: commands.close_ticket(desk.buyer.actor, ref, outcome="solved"),
    ):
        with pytest.raises(WrongState), transaction.atomic():
            act()
    clock.move(days=14, seconds=-1)
    commands.reopen_ticket(desk.buyer.actor, ref, text="Not yet.")
    row = queries.get_ticket(desk.buyer.actor, ref).row
    assert (row.state, row.taken_by, row.outcome, row.closed_at) == ("open", "", "", None)


def test_after_a_fortnight_a_ticket_stays_closed(desk, clock):
    ref = desk.ticket()
    commands.close_ticket(desk.buyer.actor, ref, outcome="withdrawn")
    clock.move(days=14)
    with pytest.raises(TooLateToReopen), transaction.atomic():
        commands.reopen_ticket(desk.buyer.actor, ref, text="Still.")
    assert not queries.get_ticket(desk.buyer.actor, ref).may_reopen


def test_an_open_ticket_is_not_opened_again_and_outcomes_belong_to_sides(desk):
    ref = desk.ticket()
    with pytest.raises(WrongState), transaction.atomic():
        commands.reopen_ticket(desk.buyer.actor, ref, text="x")
    with pytest.raises(BadOutcome), transaction.atomic():
        commands.close_ticket(desk.buyer.actor, ref, outcome="planned")
    with pytest.raises(BadOutcome), transaction.atomic():
        commands.close_ticket(desk.operator.actor, ref, outcome="withdrawn")


def test_feedback_is_a_ticket_with_its_page_and_the_first_line_as_subject(desk):
    text = "x" * 200 + "\nmore"
    page = "/buyer/orders/?q=Wang"
    ref = commands.give_feedback(desk.buyer.actor, text=text, page=page, page_title="Orders" * 40)
    row = queries.get_ticket(desk.buyer.actor, ref).row
    assert (row.kind, row.page, len(row.page_title)) == ("feedback", "/buyer/orders/", 120)
    assert row.subject == "x" * (SUBJECT - 1) + "…"
    with pytest.raises(BadPage), transaction.atomic():
        commands.give_feedback(desk.buyer.actor, text="x", page="https://elsewhere.example/")
    with pytest.raises(Empty), transaction.atomic():
        commands.give_feedback(desk.buyer.actor, text=" ")


def test_nobody_is_behind_the_system_and_so_it_opens_nothing(desk):
    with pytest.raises(Denied), transaction.atomic():
        commands.open_ticket(Actor.system("tests"), subject="x", text="y", kind="question")


def test_what_was_said_stays_said(desk):
    desk.ticket()
    with pytest.raises(DatabaseError), transaction.atomic():
        TicketWord.objects.update(text="something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        TicketWord.objects.all().delete()


# -- of people who work in no company ----------------------------------------------------------------------------------


def feedback_of(person: Actor) -> str:
    return commands.give_feedback(person, text="Where do I\nsee it?", page="/apply/", page_title="Applications")


def test_who_works_in_no_company_gives_feedback_and_is_told_of_what_becomes_of_it(desk, clock):
    lin, operator = stranger(), desk.operator.actor
    ref = feedback_of(lin)
    commands.answer(operator, ref, text="What?", asks_back=True)
    commands.reply(lin, ref, text="My application.")
    commands.close_ticket(operator, ref, outcome="answered", text="Under the menu of your name.")
    commands.reopen_ticket(lin, ref, text="There is none.")
    commands.close_ticket(lin, ref, outcome="withdrawn")
    page = queries.get_ticket(lin, ref)
    row = page.row
    assert (row.kind, row.subject, row.page, row.page_title) == ("feedback", "Where do I", "/apply/", "Applications")
    assert (row.company, row.role, row.opened_by, row.outcome) == ("", PERSON, "Lin Yue", "withdrawn")
    assert [(w.side, w.by) for w in page.words][:2] == [("company", "Lin Yue"), ("operator", page.words[1].by)]
    to_operator, to_lin = ["operator"], [lin.user_ref]
    assert told() == [
        ("TicketOpened", to_operator),
        ("TicketAskedBack", to_lin),
        ("TicketReplied", to_operator),
        ("TicketClosed", to_lin),
        ("TicketReopened", to_operator),
        ("TicketClosed", to_operator),
    ]


def test_only_the_person_and_the_operator_see_what_was_said_for_oneself(desk):
    lin = stranger()
    ref, before = feedback_of(lin), told()
    own_way = Actor(
        desk.buyer.actor.user_id, desk.buyer.actor.user_ref, None, "", PERSON
    )  # a company's, for themselves
    for actor in (stranger("Somebody"), own_way, desk.buyer.actor, desk.stranger.actor, desk.supplier.actor):
        for act in (
            lambda actor=actor: queries.get_ticket(actor, ref),
            lambda actor=actor: commands.reply(actor, ref, text="x"),
            lambda actor=actor: commands.close_ticket(actor, ref, outcome="solved"),
            lambda actor=actor: commands.reopen_ticket(actor, ref, text="x"),
        ):
            with pytest.raises(NotFound), transaction.atomic():
                act()
        assert ref not in [row.ref for row in queries.tickets(actor)]
        assert queries.ticket_numbers(actor, [ref]) == {} and queries.said_for_themselves(actor) == []
    for act in (
        lambda: commands.take_ticket(lin, ref),
        lambda: commands.answer(lin, ref, text="x"),
        lambda: commands.reply(desk.operator.actor, ref, text="x"),
        lambda: commands.open_ticket(lin, subject="x", text="y", kind="question"),
        lambda: commands.give_feedback(Actor.system("tests"), text="x"),
    ):
        with pytest.raises(Denied), transaction.atomic():
            act()
    assert told() == before and [row.ref for row in queries.tickets(desk.operator.actor)] == [ref]


def test_what_was_said_for_oneself_stays_ones_own_when_one_works_somewhere(desk):
    lin = stranger()
    ref = feedback_of(lin)
    mail = people.person(lin.user_id).email
    parties.grant_role(SYSTEM, email=mail, organization_ref=desk.buyer.ref, role="buyer")
    at_work = people.actor_of(lin.user_id, desk.buyer.ref, "buyer")
    assert queries.tickets(at_work) == [] and queries.get_ticket(lin, ref).row.ref == ref


def test_what_was_said_in_a_company_stays_there_when_its_writer_has_left(desk):
    ref = commands.give_feedback(desk.buyer.actor, text="x")
    left = Actor(desk.buyer.actor.user_id, desk.buyer.actor.user_ref, None, "", PERSON)
    assert queries.tickets(left) == [] and queries.tickets(desk.buyer.colleague)[0].ref == ref


def test_a_ticket_is_a_companys_or_a_persons_and_the_database_says_so(desk):
    mine, theirs = desk.ticket(), feedback_of(stranger())
    for ref, changed in ((mine, {"organization": None}), (mine, {"role": PERSON}), (theirs, {"role": "buyer"}),
                         (theirs, {"organization_id": desk.buyer.actor.organization_id})):  # fmt: skip
        with pytest.raises(IntegrityError, match="of_somebody"), transaction.atomic():
            Ticket.objects.filter(ref=ref).update(**changed)


def test_a_person_takes_along_what_they_said_and_erased_keeps_the_reference_under_a_number(desk):
    lin = stranger("Zhao Min")
    ref = feedback_of(lin)
    commands.answer(desk.operator.actor, ref, text="Here.")
    (own,) = queries.said_for_themselves(lin)
    assert (own["ref"], own["page"], [word["text"] for word in own["said"]]) == (
        ref, "/apply/", ["Where do I\nsee it?", "Here."])  # fmt: skip
    assert {"what": "service.ticket", "ref": ref, "as": "opened_by"} in people.held_on(lin)["named_in"]
    parties.erase_myself(lin, email=people.person(lin.user_id).email)
    page = queries.get_ticket(desk.operator.actor, ref)
    assert "Zhao Min" not in {page.row.opened_by, *(word.by for word in page.words)}
    assert page.row.opened_by == pseudonym(lin.user_ref)
