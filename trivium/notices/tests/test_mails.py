"""Mails: who gets one, in which words, and what happens when it cannot be sent."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import pytest
from django.core import mail as outbox_of
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import SYSTEM, Company
from tests.kept import market_of
from trivium.core import sql
from trivium.core.lists import Wanted
from trivium.core.time import SettableClock, now, use_clock
from trivium.notices import commands, jobs, queries
from trivium.notices.models import Mail
from trivium.notices.queries import Letter
from trivium.notices.rules import GIVEN_UP_AFTER, WAITS, MailStatus, composer
from trivium.notices.tests.factories import Trade
from trivium.ordering import commands as ordering
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.tests.applying import apply, stranger

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 2, 5, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(START)
    with use_clock(clock):
        yield clock


@pytest.fixture
def trade(clock: SettableClock) -> Trade:
    """A trade whose mails begin now: what built it is not told."""
    trade = market_of(Trade)
    commands.address_mail(now())
    return trade


def address(company: Company) -> str:
    return people.person(company.actor.user_id or 0).email


def mails() -> list[tuple[str, str]]:
    """(to whom, subject) of all that were sent."""
    return sorted((each.to[0], each.subject) for each in outbox_of.outbox)


def states() -> list[tuple[str, int, str]]:
    return list(Mail.objects.order_by("id").values_list("status", "tries", "fault"))


def only_one_reader(trade: Trade) -> str:
    """Leave one person who gets a mail of an order; returns their address."""
    for actor in (trade.supplier.colleague, trade.partner.actor, trade.partner.colleague):
        commands.choose_mail(actor, {"asks": False})
    return address(trade.supplier)


def test_everybody_at_work_in_a_company_gets_one_mail_of_an_event_in_their_own_language(trade: Trade) -> None:
    colleague = people.person(trade.supplier.colleague.user_id or 0)
    sql.execute("UPDATE parties_user SET locale = 'en' WHERE id = %s", [colleague.pk])
    placed = trade.order()
    for _twice in range(2):
        jobs.mail()
    partners = [people.person(a.user_id or 0).email for a in (trade.partner.actor, trade.partner.colleague)]
    assert mails() == sorted(
        [(each, f"名下采购商已下单：{placed.number}") for each in partners]
        + [(address(trade.supplier), f"新订单 {placed.number} 待审核确认"),
           (colleague.email, f"New order {placed.number} waits for your confirmation")]
    )  # fmt: skip
    assert {status for status, *_ in states()} == {"sent"}


def test_a_mail_leads_to_the_order_and_to_the_choice_of_mails(trade: Trade, settings) -> None:
    settings.TRIVIUM = settings.TRIVIUM | {"SITE_URL": "https://trade.example"}
    reader = only_one_reader(trade)
    placed = trade.order()
    jobs.mail()
    (sent,) = outbox_of.outbox
    assert sent.to == [reader]
    assert f"https://trade.example/supplier/orders/{placed.ref}/" in sent.body
    assert "https://trade.example/supplier/notices/" in sent.body
    assert "Lvyuan" in sent.body and "Lin Yue" in sent.body


def test_a_person_gets_what_they_have_chosen_and_the_bell_has_it_all(trade: Trade) -> None:
    actor = trade.supplier.actor
    assert queries.mail_choices(actor) == {"asks": True, "trouble": True, "money": True, "progress": False}
    commands.choose_mail(actor, {"asks": False, "progress": True})
    assert queries.mail_choices(actor) == {"asks": False, "trouble": True, "money": True, "progress": True}
    trade.order()
    jobs.mail()
    assert address(trade.supplier) not in dict(mails())
    assert len(queries.inbox(actor, now())) == 1


def test_whoever_runs_the_platform_gets_a_mail_of_what_they_have_to_decide(trade: Trade) -> None:
    placed = trade.order()
    jobs.mail()
    before = dict(mails())
    assert address(trade.market.operator) not in before
    (part,) = placed.supplier_order_refs
    ordering.object_to_margin(trade.partner.actor, part, reason="too little is left")
    jobs.mail()
    assert dict(mails())[address(trade.market.operator)] == f"渠道商对订单 {placed.number} 提出异议，请裁定"


def test_nobody_is_mailed_about_what_they_did_themselves(trade: Trade) -> None:
    for actor in (trade.buyer.actor, trade.buyer.colleague):
        commands.choose_mail(actor, {"progress": True})
    trade.order()
    jobs.mail()
    to = {people.person(a.user_id or 0).email for a in (trade.buyer.actor, trade.buyer.colleague)}
    assert to & set(dict(mails())) == {people.person(trade.buyer.colleague.user_id or 0).email}


def test_old_papers_that_are_entered_again_are_told_to_nobody(trade: Trade) -> None:
    replayed = replace(trade.buyer, actor=replace(trade.buyer.actor, via="replay"))
    trade.order(replayed)
    jobs.mail()
    assert states() == []


def test_what_is_a_day_old_when_it_is_found_is_left_to_the_bell(trade: Trade, clock: SettableClock) -> None:
    trade.order()
    clock.move(days=1)
    jobs.mail()
    assert states() == []


def test_who_has_left_or_may_not_see_it_any_more_gets_nothing(trade: Trade) -> None:
    only_one_reader(trade)
    trade.order()
    commands.address_mail(now())
    sql.execute("UPDATE parties_membership SET ends_at = now() WHERE user_id = %s", [trade.supplier.actor.user_id])
    commands.send_mail()
    assert (states(), outbox_of.outbox) == ([("dropped", 1, "")], [])


def test_a_person_in_two_companies_of_an_order_gets_one_mail(trade: Trade) -> None:
    reader = only_one_reader(trade)
    parties.grant_role(SYSTEM, email=reader, organization_ref=trade.partner.ref, role="partner", job="admin")
    placed = trade.order()
    ordering.cancel_order(trade.buyer.actor, placed.ref, reason="a second thought")
    jobs.mail()
    theirs = Mail.objects.filter(user_id=trade.supplier.actor.user_id, name="SupplierOrderCancelled")
    assert sorted(theirs.values_list("status", flat=True)) == ["dropped", "sent"]
    assert len([1 for to, _subject in mails() if to == reader]) == 3, "placed, submitted, cancelled"


def failing(failure: Exception) -> mock._patch:
    return mock.patch.object(EmailBackend, "send_messages", side_effect=failure)


def test_a_mail_server_that_is_away_is_tried_again_until_it_is_given_up(trade: Trade, clock: SettableClock) -> None:
    only_one_reader(trade)
    trade.order()
    with failing(ConnectionRefusedError()):
        jobs.mail()
        assert states() == [("waiting", 1, "ConnectionRefusedError")]
        assert commands.send_mail() == 0 and states()[0][1] == 1, "not before a minute has passed"
        for wait in WAITS:
            clock.move(seconds=wait.total_seconds())
            commands.send_mail()
    assert states() == [("failed", len(WAITS) + 1, "ConnectionRefusedError")]


def test_a_mail_goes_out_once_the_server_is_back(trade: Trade, clock: SettableClock) -> None:
    only_one_reader(trade)
    trade.order()
    with failing(smtplib.SMTPServerDisconnected()):
        jobs.mail()
    clock.move(minutes=1)
    assert commands.send_mail() == 1
    assert states() == [("sent", 2, "")]


@pytest.mark.parametrize(("code", "status"), [(550, "failed"), (450, "waiting")])
def test_an_address_that_is_refused_for_good_is_given_up_at_once_and_the_operator_sees_it(
    trade: Trade, code: int, status: str
) -> None:
    reader = only_one_reader(trade)
    trade.order()
    with failing(smtplib.SMTPRecipientsRefused({reader: (code, b"no such box: " + reader.encode())})):
        jobs.mail()
    assert states() == [(status, 1, f"SMTPRecipientsRefused {code}")]
    (row,) = queries.mail_list(trade.market.operator.actor, wanted_of(status)).rows
    assert (row.email, row.fault) == (reader, f"SMTPRecipientsRefused {code}")


def wanted_of(status: str):
    from trivium.core.lists import Wanted

    return Wanted({"status": status})


def test_a_mail_whose_worker_was_killed_is_sent_again_under_the_same_name(trade: Trade, clock: SettableClock) -> None:
    only_one_reader(trade)
    trade.order()
    commands.address_mail(now())
    with mock.patch("trivium.notices.commands.mailing._end", side_effect=KeyboardInterrupt), pytest.raises(
        KeyboardInterrupt
    ):
        commands.send_mail()
    assert states() == [(MailStatus.SENDING, 1, "")]
    assert commands.send_mail() == 0, "it may still be at it"
    clock.move(seconds=GIVEN_UP_AFTER.total_seconds())
    assert commands.send_mail() == 1
    first, second = (each.extra_headers["Message-ID"] for each in outbox_of.outbox)
    assert first == second


def test_after_a_failure_the_others_are_not_tried(trade: Trade, clock: SettableClock) -> None:
    only_one_reader(trade)
    for _each in range(3):
        trade.order()
    with failing(ConnectionRefusedError()):
        jobs.mail()
    assert states() == [("waiting", 1, "ConnectionRefusedError"), ("waiting", 0, ""), ("waiting", 0, "")]
    assert commands.send_mail() == 2
    clock.move(minutes=1)
    assert commands.send_mail() == 1


def test_a_mail_that_cannot_be_written_holds_up_no_other(trade: Trade, clock: SettableClock) -> None:
    only_one_reader(trade)
    for _each in range(3):
        trade.order()
    commands.address_mail(now())
    bad, write = Mail.objects.order_by("id")[1].event_id, composer()

    def broken(letter: Letter) -> tuple[str, str]:
        if letter.notice.event_id == bad:
            raise KeyError("a word that is not there")
        return write(letter)

    with mock.patch("trivium.notices.commands.mailing.composer", return_value=broken):
        with pytest.raises(KeyError):
            commands.send_mail()
        assert commands.send_mail() == 1
    assert states() == [("sent", 1, ""), ("sending", 1, ""), ("sent", 1, "")]


def test_many_mails_are_read_for_together(trade: Trade) -> None:
    def statements(orders: int) -> int:
        for _each in range(orders):
            trade.order()
        commands.address_mail(now())
        with CaptureQueriesContext(connection) as seen:
            assert commands.send_mail() >= 4 * orders
        return sum("notices_mail SET status" not in query["sql"] for query in seen if "POINT" not in query["sql"])

    statements(1)
    assert statements(1) == statements(5)


# -- somebody without a company --------------------------------------------------------------------------------------


def test_who_applies_is_told_by_mail_in_their_language_and_only_of_their_own(trade: Trade, settings) -> None:
    lin = stranger()
    ref = apply(lin, "buyer")
    operator = trade.market.operator
    assert commands.address_mail(now()) is False and jobs.mail() >= 1
    assert {(each.to[0], each.subject) for each in outbox_of.outbox} >= {
        (address(operator), "深圳市云启家居有限公司 已提交入驻申请，等待您审核")
    }
    outbox_of.outbox.clear()
    parties.ask_applicant(operator.actor, ref, words="Which warehouse?")
    for _again in range(2):
        jobs.mail()
    (letter,) = outbox_of.outbox
    assert letter.to == [people.person(lin.user_id or 0).email]
    assert f"{settings.TRIVIUM['SITE_URL']}/apply/{ref}/" in letter.body and "Which warehouse" not in letter.body
    assert queries.mail_list(operator.actor, Wanted()).rows[0].organization_name is None
