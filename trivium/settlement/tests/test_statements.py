"""Statements take each posting once, need both sides, and lead to payouts that need two people."""

import datetime as dt
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.jobs import drain
from trivium.core.time import SettableClock
from trivium.ledger import queries as ledger
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import OwnRequest
from trivium.settlement import commands, queries
from trivium.settlement.errors import (
    AccountMoved,
    AlreadyConfirmed,
    BadPeriod,
    BothSides,
)
from trivium.settlement.models import Payout, Statement
from trivium.settlement.tests.factories import CNY, Deal

pytestmark = pytest.mark.django_db


def test_a_statement_takes_each_posting_once_and_numbers_have_no_gap(deal: Deal) -> None:
    deal.settled()
    first = deal.state()
    assert len(first) == 2
    assert deal.state() == []
    deal.settled(2)
    with pytest.raises(BadPeriod), transaction.atomic():
        commands.issue_statements(deal.boss, until=deal.clock.at + dt.timedelta(seconds=1))
    second = deal.state()
    numbers = list(Statement.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"ST-2026-{n:06d}" for n in range(1, 5)]
    refs = (deal.statement_of(deal.partner, first), deal.statement_of(deal.partner, second))
    assert [queries.get_statement(deal.partner.actor, ref)["total"] for ref in refs] == [8000, 1600]


def test_a_statement_ends_before_its_end(deal: Deal) -> None:
    part = deal.settled()
    entry = ledger.entry(f"completed:{part}")
    assert entry is not None
    released = entry.at
    assert commands.issue_statements(deal.boss, until=released) == []
    assert len(commands.issue_statements(deal.boss, until=released + dt.timedelta(microseconds=1))) == 2


def test_what_is_not_paid_on_account_is_not_stated_unless_the_operator_pays_at_completion(
    clock: SettableClock,
) -> None:
    for payable, stated in (("when_paid", 0), ("at_completion", 1)):
        with transaction.atomic():
            deal = Deal(clock, payable=payable)
            commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
            deal.settled(method="on_account")
            assert len(deal.state()) == stated
            commands.settle_account(deal.boss, deal.buyer.ref, amount=102000, currency=CNY, reference=payable)
            assert len(deal.state()) == 2 - stated
            transaction.set_rollback(True)


def test_a_statement_needs_both_sides_and_two_people(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    assert not commands.confirm_statement(deal.first.actor, ref)
    for again in (deal.first.actor, deal.first.colleague):
        with pytest.raises(AlreadyConfirmed), transaction.atomic():
            commands.confirm_statement(again, ref)
    with pytest.raises(NotFound), transaction.atomic():
        commands.confirm_statement(deal.second.actor, ref)
    assert not Payout.objects.exists()
    assert commands.confirm_statement(deal.boss, ref)
    with pytest.raises(AlreadyConfirmed), transaction.atomic():
        commands.confirm_statement(deal.clerk, ref)
    assert deal.books("supplier/{s1}/pending", "supplier/{s1}/payable") == [0, 91000]


def double_agent(deal: Deal) -> tuple[Actor, Actor]:
    """One person with a place at the supplier and one at the operator."""
    mail = people.person(deal.first.actor.user_id or 0).email
    parties.grant_role(deal.boss, email=mail, organization_ref=deal.market.operator.ref, role="operator", job="admin")
    as_operator = people.actor_of(deal.first.actor.user_id or 0, deal.market.operator.ref, "operator")
    assert as_operator is not None
    return deal.first.actor, as_operator


def test_nobody_confirms_a_statement_for_both_sides(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    as_supplier, as_operator = double_agent(deal)
    commands.confirm_statement(as_supplier, ref)
    with pytest.raises(BothSides), transaction.atomic():
        commands.confirm_statement(as_operator, ref)
    assert queries.get_statement(deal.boss, ref)["status"] == "issued"


def test_nobody_approves_the_payout_they_confirmed_for_the_one_it_pays(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    as_supplier, as_operator = double_agent(deal)
    commands.confirm_statement(as_supplier, ref)
    commands.confirm_statement(deal.boss, ref)
    approval = str(people.approvals_waiting(deal.boss)[0]["ref"])
    with pytest.raises(OwnRequest), transaction.atomic():
        parties.decide(as_operator, approval, yes=True)
    for person in (deal.boss, deal.clerk):
        parties.decide(person, approval, yes=True)
    drain()
    assert deal.books("supplier/{s1}/payable") == [0]


def test_a_deadline_confirms_for_both(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    due = Statement.objects.get(ref=ref).confirm_by
    deal.clock.at = due - dt.timedelta(microseconds=1)
    commands.close_overdue(ref)
    assert queries.overdue_statements(deal.clock.at, 10) == []
    deal.clock.at = due
    for _again in range(2):
        commands.close_overdue(ref)
    assert Payout.objects.filter(statement__ref=ref).count() == 1
    with pytest.raises(AlreadyConfirmed), transaction.atomic():
        commands.confirm_statement(deal.first.actor, ref)


def test_a_payout_needs_two_people_and_is_sent_once(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    payout, before = Payout.objects.get(), deal.books("bank")[0]
    approval = str(people.approvals_waiting(deal.boss)[0]["ref"])
    parties.decide(deal.boss, approval, yes=True)
    drain()
    commands.finish_payout(payout.ref)
    assert deal.books("supplier/{s1}/payable") == [91000]
    parties.decide(deal.clerk, approval, yes=True)
    for _again in range(2):
        drain()
        commands.finish_payout(payout.ref)
    assert deal.books("supplier/{s1}/payable", "bank") == [0, before + 91000]


def opened_account(deal: Deal, account: str) -> None:
    wanted = {"holder": "Lvyuan Hardware", "account": account}
    asked = parties.ask_change(deal.first.actor, "bank", seen=10**9, reason="another bank", **wanted)
    parties.approve_change(deal.boss, asked)


def proposed(deal: Deal) -> str:
    """A payout waits for its two words; the reference of what it waits for."""
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    return str(people.approvals_waiting(deal.boss)[0]["ref"])


def shown(actor: Actor) -> list[tuple[str, bool]]:
    return [(row["account"], row["account_moved"]) for row in queries.payouts_of(actor)]


def test_a_payout_goes_to_the_account_it_was_proposed_to_and_keeps_it(deal: Deal) -> None:
    opened_account(deal, "6222021234567890123")
    approval = proposed(deal)
    assert (shown(deal.first.actor), shown(deal.boss)) == ([("•••• 0123", False)], [("6222021234567890123", False)])
    for person in (deal.boss, deal.clerk):
        commands.decide(person, approval, yes=True)
    opened_account(deal, "6222021234567890789")
    drain()
    assert (shown(deal.first.actor), shown(deal.boss)) == ([("•••• 0123", False)], [("6222021234567890123", False)])
    assert Payout.objects.get().status == "sent"


def test_nobody_approves_a_payout_to_an_account_that_has_changed_since(deal: Deal) -> None:
    opened_account(deal, "6222021234567890123")
    approval = proposed(deal)
    statement = Statement.objects.get(pk=Payout.objects.get().statement_id).ref
    commands.decide(deal.boss, approval, yes=True)
    opened_account(deal, "6222021234567890456")
    assert shown(deal.clerk) == [("6222021234567890123", True)]
    with pytest.raises(AccountMoved) as refused, transaction.atomic():
        commands.decide(deal.clerk, approval, yes=True)
    assert "Lvyuan" in str(refused.value)
    drain()
    assert Payout.objects.get().status == "proposed" and deal.books("supplier/{s1}/payable") == [91000]
    commands.decide(deal.clerk, approval, yes=False)
    drain()
    commands.propose_payout(deal.clerk, statement)
    commands.decide(deal.boss, str(people.approvals_waiting(deal.boss)[0]["ref"]), yes=True)
    drain()
    assert shown(deal.boss) == [("6222021234567890456", False), ("6222021234567890123", False)]
    assert [each.status for each in Payout.objects.order_by("id")] == ["declined", "sent"]


def test_an_account_that_came_after_the_proposal_is_not_paid_unseen(deal: Deal) -> None:
    approval = proposed(deal)
    opened_account(deal, "6222021234567890123")
    with pytest.raises(AccountMoved), transaction.atomic():
        commands.decide(deal.clerk, approval, yes=True)


def run(script: str) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.prepare_sql_script(script):
            cursor.execute(statement)


@pytest.mark.parametrize("moved", [False, True])
def test_a_payout_proposed_before_an_upgrade_goes_to_the_account_that_was_shown(deal: Deal, moved: bool) -> None:
    opened_account(deal, "6222021234567890123")
    approval = proposed(deal)
    forget = """SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE settlement_payout DISABLE TRIGGER settlement_payout_as_seen;
                UPDATE settlement_payout SET account_id = NULL"""
    run(forget)
    if moved:
        deal.clock.move(hours=1)
        opened_account(deal, "6222021234567890456")
    fill = import_module("trivium.settlement.migrations.0008_payouts_to_the_account_shown").FILL
    run(f"SET CONSTRAINTS ALL IMMEDIATE; {fill}")
    assert shown(deal.boss) == [("" if moved else "6222021234567890123", moved)]
    if not moved:
        commands.decide(deal.clerk, approval, yes=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.update(account=None if not moved else 1)


def test_the_database_keeps_amount_and_account_of_a_payout_as_proposed(deal: Deal) -> None:
    opened_account(deal, "6222021234567890123")
    proposed(deal)
    for change in ({"account": None}, {"amount": 1}, {"party_id": deal.second.id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.update(**change)


def test_a_declined_payout_stays_payable(deal: Deal) -> None:
    deal.settled()
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    parties.decide(deal.clerk, str(people.approvals_waiting(deal.boss)[0]["ref"]), yes=False)
    drain()
    assert Payout.objects.get().status == "declined"
    assert deal.books("supplier/{s1}/payable") == [91000]


def test_a_minus_is_carried_over_and_netted(deal: Deal) -> None:
    part = deal.settled()
    earned = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, earned)
    commands.confirm_statement(deal.boss, earned)
    deal.refund(part, 5)
    deal.clock.move(hours=1)
    minus = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, minus)
    assert commands.confirm_statement(deal.boss, minus)
    assert Payout.objects.count() == 1
    deal.settled(6)
    plus = queries.get_statement(deal.boss, deal.statement_of(deal.first, deal.state()))
    assert (plus["opening"], plus["total"]) == (-44500, -44500 + 6 * 8900 + 2000)
    commands.confirm_statement(deal.first.actor, plus["ref"])
    commands.confirm_statement(deal.boss, plus["ref"])
    assert deal.books("supplier/{s1}/pending", "supplier/{s1}/payable") == [0, 91000 + plus["total"]]
