"""Who is suspended takes no new orders; what was ordered before goes on to its payout, and the history stays."""

import pytest
from django.db import transaction

from trivium.core.jobs import drain
from trivium.core.time import business_day
from trivium.ordering import commands as ordering
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.errors import Suspended
from trivium.settlement import commands
from trivium.settlement.tests.factories import Deal

pytestmark = pytest.mark.django_db


def test_an_order_from_before_goes_on_to_the_payout_while_all_three_are_suspended(deal: Deal) -> None:
    placed = deal.market.order(deal.buyer, [(deal.a, 10)])
    for company in (deal.first, deal.partner, deal.buyer):
        parties.suspend(deal.boss, company.ref, reason="papers are looked into")
    (part,) = placed.supplier_order_refs
    ordering.confirm_supply(deal.first.actor, part, ship_date=business_day(deal.clock.at))
    ordering.confirm_margin(deal.partner.actor, part)
    drain()
    deal.transfer(placed)
    deal.deliver(part)
    deal.refund(part, 1)
    deal.complete(part)
    ref = deal.statement_of(deal.first, deal.state())
    commands.confirm_statement(deal.first.actor, ref)
    commands.confirm_statement(deal.boss, ref)
    for person in (deal.boss, deal.clerk):
        commands.decide(person, str(people.approvals_waiting(deal.boss)[0]["ref"]), yes=True)
    drain()
    assert deal.books("supplier/{s1}/payable", "supplier/{s1}/pending") == [0, 0]


def test_new_orders_wait_for_the_reinstatement_and_each_suspension_is_kept(deal: Deal) -> None:
    for company in (deal.buyer, deal.partner):
        parties.suspend(deal.boss, company.ref, reason="papers are looked into")
        with pytest.raises(Suspended), transaction.atomic():
            deal.order()
        parties.reinstate(deal.boss, company.ref, reason="papers are fine")
        deal.order()
    for company in (deal.buyer, deal.partner):
        (kept,) = people.suspensions_of(deal.boss, company.ref)
        assert (kept.reason, kept.end_reason) == ("papers are looked into", "papers are fine")
        assert kept.starts_at == kept.ends_at == deal.clock.at and kept.by and kept.ended_by
